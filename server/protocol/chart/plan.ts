/**
 * A chart as the results reader takes it: columns by their place, everything said, nothing of the user's but places and
 * numbers. `planChart` is the only way from settings to a plan, for the page and the server alike, so both say the same of
 * settings that can't be drawn.
 */
import { type Static, Type } from '@sinclair/typebox';
import {
  AGGREGATES,
  CHANNELS,
  type Channel,
  type ChannelName,
  type ChartSpec,
  FLAT_MARKS,
  type FlatMark,
  isFigureMark,
  MAX_BINS,
  MAX_TIPS,
  SORTS,
  UNITS,
} from '../chart.ts';
import { uniqueNames } from '../names.ts';
import type { Column } from '../outputs.ts';
import { type Chart, fullChart } from './choose.ts';
import { COHORT_UNITS, FigurePlan, type PlanAxis, type PlanMeasure } from './figures.ts';
import { aggregateOf, type ChartKind, isMeasurable, kindOfType } from './kinds.ts';
import { oneOf } from './note.ts';

const Place = Type.Integer({ minimum: 0 });
const Measure = Type.Object({ column: Type.Optional(Place), aggregate: oneOf(AGGREGATES) });

/** A chart of places along x, and of rows by themselves. */
export const ChartPlan = Type.Object({
  mark: oneOf(FLAT_MARKS),
  x: Type.Object({
    column: Place,
    kind: oneOf(['number', 'time', 'category'] as const),
    bin: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_BINS })),
    unit: Type.Optional(oneOf(UNITS)),
    sort: Type.Optional(oneOf(SORTS)),
  }),
  y: Measure,
  y2: Type.Optional(Measure),
  colour: Type.Optional(Type.Object({ column: Place, kind: oneOf(['number', 'category'] as const) })),
  size: Type.Optional(Type.Object({ column: Place })),
  row: Type.Optional(Type.Object({ column: Place })),
  column: Type.Optional(Type.Object({ column: Place })),
  tooltip: Type.Optional(Type.Array(Place, { maxItems: MAX_TIPS })),
  range: Type.Optional(Type.Tuple([Type.Number(), Type.Number()])),
  /** Points are cells of a grid. */
  aggregated: Type.Optional(Type.Boolean()),
});
export type ChartPlan = Static<typeof ChartPlan>;

export const AnyPlan = Type.Union([ChartPlan, FigurePlan]);
export type AnyPlan = Static<typeof AnyPlan>;
export const isFigurePlan = (plan: AnyPlan): plan is FigurePlan => isFigureMark(plan.mark);

/** Why settings can't be drawn over these columns. */
export type ChartProblem =
  | { readonly kind: 'no-columns' }
  | { readonly kind: 'unknown-column'; readonly channel: ChannelName | 'tooltip'; readonly column: string }
  | { readonly kind: 'missing'; readonly channel: ChannelName }
  | { readonly kind: 'not-a-number'; readonly channel: ChannelName; readonly column: string }
  | { readonly kind: 'not-a-time'; readonly channel: ChannelName; readonly column: string };

export type Planned = { readonly plan: AnyPlan } | { readonly problem: ChartProblem };

/** The columns by the names that settings call them. */
type Fields = {
  readonly keys: readonly string[];
  readonly columns: readonly Column[];
  /** Where a channel's column stands. */
  place(channel: Channel | undefined): number | undefined;
};

export function planChart(spec: ChartSpec, columns: readonly Column[]): Planned {
  const chart = fullChart(spec, columns);
  if (!chart) return { problem: { kind: 'no-columns' } };
  const keys = uniqueNames(columns.map((column) => column.name));
  for (const channel of CHANNELS) {
    const column = chart[channel]?.column;
    if (column !== undefined && !keys.includes(column)) return { problem: { kind: 'unknown-column', channel, column } };
  }
  const strange = chart.tooltip?.find((column) => !keys.includes(column));
  if (strange !== undefined) return { problem: { kind: 'unknown-column', channel: 'tooltip', column: strange } };
  const fields: Fields = {
    keys,
    columns,
    place: (channel) => (channel?.column === undefined ? undefined : keys.indexOf(channel.column)),
  };
  const { mark } = chart;
  return isFigureMark(mark) ? planFigure(chart, spec, fields) : planFlat({ ...chart, mark }, spec, fields);
}

function planFlat(chart: Chart & { readonly mark: FlatMark }, spec: ChartSpec, fields: Fields): Planned {
  const { columns, keys, place } = fields;
  const x = place(chart.x);
  if (x === undefined) return missing('x');
  const y = place(chart.y);
  const { mark } = chart;
  const parts = mark === 'pie' || mark === 'funnel';
  const xKind = parts ? 'category' : axisOf(kindOfType(columns[x]!.type));
  if (mark === 'histogram' && xKind === 'category') return notNumber('x', keys[x]!);
  if (mark === 'map') {
    if (kindOfType(columns[x]!.type) !== 'number') return notNumber('x', keys[x]!);
    if (y === undefined) return missing('y');
  }
  const aggregate =
    mark === 'histogram'
      ? 'count'
      : mark === 'map'
        ? 'none'
        : measureOf(chart.y, y === undefined ? undefined : columns[y], mark);
  const wrong = measureProblem('y', aggregate, y, fields);
  if (wrong) return wrong;
  const second = ['bar', 'line', 'area'].includes(mark) && aggregate !== 'none' ? chart.y2 : undefined;
  const y2 = second && planMeasure(second, fields);
  if (y2 && 'problem' in y2) return y2;
  const colour = parts || y2 ? undefined : place(chart.colour);
  const points = mark === 'map' || (mark === 'point' && aggregate === 'none');
  const [row, column] = parts || mark === 'map' || y2 ? [] : [place(chart.row), place(chart.column)];
  const faceted = row !== undefined || column !== undefined;
  const size = points ? place(chart.size) : undefined;
  if (size !== undefined && !isMeasurable(columns[size]!.type)) return notNumber('size', keys[size]!);
  const tooltip = points && !spec.aggregated && !faceted ? chart.tooltip?.map((key) => keys.indexOf(key)) : undefined;
  const { bin, unit, sort } = chart.x ?? {};
  const range = xKind === 'category' || mark === 'map' ? undefined : rangeOf(spec.range);
  return {
    plan: {
      mark,
      x: { column: x, kind: xKind, ...defined({ bin, unit, sort }) },
      y: { ...(y === undefined || mark === 'histogram' ? {} : { column: y }), aggregate },
      ...(y2 ? { y2: y2.measure } : {}),
      ...(colour === undefined
        ? {}
        : {
            colour: {
              column: colour,
              kind:
                points && !faceted && !spec.aggregated && kindOfType(columns[colour]!.type) === 'number'
                  ? ('number' as const)
                  : ('category' as const),
            },
          }),
      ...(size === undefined ? {} : { size: { column: size } }),
      ...(row === undefined ? {} : { row: { column: row } }),
      ...(column === undefined ? {} : { column: { column } }),
      ...(tooltip && tooltip.length > 0 ? { tooltip } : {}),
      ...(range ? { range } : {}),
      ...(spec.aggregated && points ? { aggregated: true } : {}),
    },
  };
}

function planFigure(chart: Chart, spec: ChartSpec, fields: Fields): Planned {
  const { columns, keys, place } = fields;
  const [x, y] = [place(chart.x), place(chart.y)];
  const isTime = (at: number): boolean => kindOfType(columns[at]!.type) === 'time';
  switch (chart.mark) {
    case 'box': {
      if (y === undefined) return missing('y');
      if (!isMeasurable(columns[y]!.type)) return notNumber('y', keys[y]!);
      const axis = x === undefined ? {} : { x: planAxis(chart.x, x, columns) };
      return { plan: { mark: 'box', ...axis, y: { column: y }, outliers: spec.aggregated !== true } };
    }
    case 'heat': {
      if (x === undefined) return missing('x');
      if (y === undefined) return missing('y');
      const measured = planMeasure(chart.colour, fields, 'colour');
      if ('problem' in measured) return measured;
      const [across, up] = [planAxis(chart.x, x, columns), planAxis(chart.y, y, columns)];
      return { plan: { mark: 'heat', x: across, y: up, measure: measured.measure } };
    }
    case 'cohort': {
      if (x === undefined) return missing('x');
      if (!isTime(x)) return { problem: { kind: 'not-a-time', channel: 'x', column: keys[x]! } };
      if (y === undefined) return missing('y');
      const unit = COHORT_UNITS.find((one) => one === chart.x?.unit);
      return { plan: { mark: 'cohort', x: { column: x, ...defined({ unit }) }, y: { column: y } } };
    }
    case 'number': {
      const measured = planMeasure(chart.y, fields);
      if ('problem' in measured) return measured;
      if (x === undefined) return { plan: { mark: 'number', measure: measured.measure } };
      if (!isTime(x)) return { problem: { kind: 'not-a-time', channel: 'x', column: keys[x]! } };
      const time = { column: x, ...defined({ unit: chart.x?.unit }) };
      return { plan: { mark: 'number', x: time, measure: measured.measure } };
    }
    case 'spark': {
      if (x === undefined) return missing('x');
      if (!isTime(x)) return { problem: { kind: 'not-a-time', channel: 'x', column: keys[x]! } };
      const row = place(chart.row);
      if (row === undefined) return missing('row');
      const measured = planMeasure(chart.y, fields);
      if ('problem' in measured) return measured;
      const time = { column: x, ...defined({ unit: chart.x?.unit }) };
      return { plan: { mark: 'spark', x: time, measure: measured.measure, row: { column: row } } };
    }
    default:
      return missing('x');
  }
}

const missing = (channel: ChannelName): Planned & { readonly problem: ChartProblem } => ({
  problem: { kind: 'missing', channel },
});
const notNumber = (channel: ChannelName, column: string): Planned & { readonly problem: ChartProblem } => ({
  problem: { kind: 'not-a-number', channel, column },
});

/** Without what is not said. */
function defined<T extends Record<string, unknown>>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

const axisOf = (kind: ChartKind) => (kind === 'other' ? 'category' : kind);

function planAxis(channel: Channel | undefined, column: number, columns: readonly Column[]): PlanAxis {
  const { bin, unit, sort } = channel ?? {};
  return { column, kind: axisOf(kindOfType(columns[column]!.type)), ...defined({ bin, unit, sort }) };
}

/** What stands for all rows of a place: each by itself is none. */
function planMeasure(
  channel: Channel | undefined,
  fields: Fields,
  name: ChannelName = 'y',
): { readonly measure: PlanMeasure } | { readonly problem: ChartProblem } {
  const column = fields.place(channel);
  const type = column === undefined ? undefined : fields.columns[column];
  const aggregate = measureOf(channel, type, 'bar');
  const wrong = measureProblem(name, aggregate, column, fields);
  if (wrong) return wrong;
  return { measure: { ...(column === undefined ? {} : { column }), aggregate } };
}

function measureProblem(
  channel: ChannelName,
  aggregate: PlanMeasure['aggregate'],
  column: number | undefined,
  { columns, keys }: Fields,
): { readonly problem: ChartProblem } | undefined {
  if (column === undefined) return aggregate === 'count' ? undefined : missing(channel);
  const number = !['count', 'distinct'].includes(aggregate);
  return number && !isMeasurable(columns[column]!.type) ? notNumber(channel, keys[column]!) : undefined;
}

function measureOf(
  channel: Channel | undefined,
  column: Column | undefined,
  mark: string,
): ChartPlan['y']['aggregate'] {
  const { aggregate } = channel ?? {};
  if (!column) return aggregate === undefined || aggregate === 'none' ? 'count' : aggregate;
  const each = mark === 'line' || mark === 'area' || mark === 'point';
  if (aggregate !== undefined && (aggregate !== 'none' || each)) return aggregate;
  if (!isMeasurable(column.type)) return aggregate === undefined ? 'distinct' : 'none';
  return mark === 'point' && aggregate === undefined ? 'none' : aggregateOf(column);
}

function rangeOf(range: ChartSpec['range']): [number, number] | undefined {
  if (!range?.every(Number.isFinite)) return undefined;
  const [a, b] = range;
  return a <= b ? [a, b] : [b, a];
}
