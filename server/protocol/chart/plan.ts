/**
 * A chart as the results reader takes it: columns by their place, everything said, nothing of the user's but places and
 * numbers. `planChart` is the only way from settings to a plan, for the page and the server alike, so both say the same of
 * settings that can't be drawn.
 */
import { type Static, Type } from '@sinclair/typebox';
import { AGGREGATES, type Channel, type ChannelName, type ChartSpec, MARKS, MAX_BINS, SORTS, UNITS } from '../chart.ts';
import { uniqueNames } from '../names.ts';
import type { Column } from '../outputs.ts';
import { fullChart } from './choose.ts';
import { aggregateOf, type ChartKind, isMeasurable, kindOfType } from './kinds.ts';

const oneOf = <T extends string>(values: readonly T[]) => Type.Union(values.map((value) => Type.Literal(value)));
const Place = Type.Integer({ minimum: 0 });

export const ChartPlan = Type.Object({
  mark: oneOf(MARKS),
  x: Type.Object({
    column: Place,
    kind: oneOf(['number', 'time', 'category'] as const),
    bin: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_BINS })),
    unit: Type.Optional(oneOf(UNITS)),
    sort: Type.Optional(oneOf(SORTS)),
  }),
  y: Type.Object({ column: Type.Optional(Place), aggregate: oneOf(AGGREGATES) }),
  colour: Type.Optional(Type.Object({ column: Place, kind: oneOf(['number', 'category'] as const) })),
  range: Type.Optional(Type.Tuple([Type.Number(), Type.Number()])),
});
export type ChartPlan = Static<typeof ChartPlan>;

/** Why settings can't be drawn over these columns. */
export type ChartProblem =
  | { readonly kind: 'no-columns' }
  | { readonly kind: 'unknown-column'; readonly channel: ChannelName; readonly column: string }
  | { readonly kind: 'missing'; readonly channel: ChannelName }
  | { readonly kind: 'not-a-number'; readonly channel: ChannelName; readonly column: string };

export type Planned = { readonly plan: ChartPlan } | { readonly problem: ChartProblem };

export function planChart(spec: ChartSpec, columns: readonly Column[]): Planned {
  const chart = fullChart(spec, columns);
  if (!chart) return { problem: { kind: 'no-columns' } };
  const keys = uniqueNames(columns.map((column) => column.name));
  for (const channel of ['x', 'y', 'colour'] as const) {
    const column = chart[channel]?.column;
    if (column !== undefined && !keys.includes(column)) return { problem: { kind: 'unknown-column', channel, column } };
  }
  const place = (channel: Channel | undefined): number | undefined =>
    channel?.column === undefined ? undefined : keys.indexOf(channel.column);
  const x = place(chart.x);
  if (x === undefined) return { problem: { kind: 'missing', channel: 'x' } };
  const y = place(chart.y);
  const { mark } = chart;
  const xKind = axisOf(kindOfType(columns[x]!.type));
  if (mark === 'histogram' && xKind === 'category')
    return { problem: { kind: 'not-a-number', channel: 'x', column: keys[x]! } };
  const aggregate = mark === 'histogram' ? 'count' : measureOf(chart.y, y === undefined ? undefined : columns[y], mark);
  if (aggregate !== 'count' && y === undefined) return { problem: { kind: 'missing', channel: 'y' } };
  if (y !== undefined && !['count', 'distinct'].includes(aggregate) && !isMeasurable(columns[y]!.type))
    return { problem: { kind: 'not-a-number', channel: 'y', column: keys[y]! } };
  const colour = mark === 'pie' ? undefined : place(chart.colour);
  const raw = aggregate === 'none';
  const { bin, unit, sort } = chart.x ?? {};
  const range = xKind === 'category' || mark === 'pie' ? undefined : rangeOf(spec.range);
  return {
    plan: {
      mark,
      x: {
        column: x,
        kind: mark === 'pie' ? 'category' : xKind,
        ...(bin === undefined ? {} : { bin }),
        ...(unit === undefined ? {} : { unit }),
        ...(sort === undefined ? {} : { sort }),
      },
      y: { ...(y === undefined || mark === 'histogram' ? {} : { column: y }), aggregate },
      ...(colour === undefined
        ? {}
        : {
            colour: {
              column: colour,
              kind:
                raw && mark === 'point' && kindOfType(columns[colour]!.type) === 'number'
                  ? ('number' as const)
                  : ('category' as const),
            },
          }),
      ...(range ? { range } : {}),
    },
  };
}

const axisOf = (kind: ChartKind) => (kind === 'other' ? 'category' : kind);

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
