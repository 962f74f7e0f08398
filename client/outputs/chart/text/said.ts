/** What the builder shows, with everything said that a text has to say: types of fields, aggregates, and what it chose by itself. Pure. */
import { type AnyAnswer, isFigure } from '../../../../server/protocol/chart/answer.ts';
import type { Chart } from '../../../../server/protocol/chart/choose.ts';
import { kindOfType } from '../../../../server/protocol/chart/kinds.ts';
import { type AnyPlan, isFigurePlan, planChart } from '../../../../server/protocol/chart/plan.ts';
import { CHANNELS } from '../../../../server/protocol/chart.ts';
import { uniqueNames } from '../../../../server/protocol/names.ts';
import type { Column } from '../../../../server/protocol/outputs.ts';
import { type Automatic, type FieldType, UNITS, type Written } from './write.ts';

/** Of a repeated name nothing in a text can say which is meant. */
export function saidOf(
  chart: Chart,
  answer: AnyAnswer,
  columns: readonly Column[],
  table: string,
): Written | undefined {
  const keys = uniqueNames(columns.map(({ name }) => name));
  if (keys.some((key, at) => key !== columns[at]!.name)) return undefined;
  const planned = planChart(chart, columns);
  if ('problem' in planned) return undefined;
  const typeOf = (key: string | undefined): FieldType | undefined => {
    const column = columns[keys.indexOf(key ?? '')];
    const kind = column && kindOfType(column.type);
    return kind && (kind === 'number' ? 'quantitative' : kind === 'time' ? 'temporal' : 'nominal');
  };
  const said = drawnParts(chart, planned.plan);
  const types: Record<string, FieldType> = {};
  for (const channel of CHANNELS) {
    const type = typeOf(said[channel]?.column);
    const isMade = said[channel]?.aggregate !== undefined && said[channel]?.aggregate !== 'none';
    if (type && !isMade && !['y2', 'row', 'column'].includes(channel)) types[channel] = type;
  }
  const axes = axesOf(answer);
  // Whole numbers of a few are places; colours of small charts and of what is added up are names.
  if (axes.x.isPlaces && types.x === 'quantitative') types.x = 'ordinal';
  if (axes.y.isPlaces && types.y === 'quantitative') types.y = 'ordinal';
  if (said.mark === 'pie' && types.x) types.x = 'nominal';
  const isShaded = !isFigure(answer) && answer.colour?.scale === 'number';
  if (types.colour && said.mark !== 'heat' && !isShaded) types.colour = 'nominal';
  const automatic = {
    ...(axes.x.own && said.x?.bin === undefined && said.x?.unit === undefined ? { x: axes.x.own } : {}),
    ...(axes.y.own && said.y?.bin === undefined && said.y?.unit === undefined ? { y: axes.y.own } : {}),
  };
  const { tooltip } = said;
  return { table, chart: said, types, automatic, tips: (tooltip ?? []).map((key) => typeOf(key) ?? 'nominal') };
}

/** The parts that are drawn: another mark may have left more. */
function drawnParts(chart: Chart, plan: AnyPlan): Chart {
  const { mark, x, y, colour, stack } = chart;
  const at = { ...(x ? { x } : {}) };
  if (isFigurePlan(plan)) {
    if (!('measure' in plan)) return chart;
    const { aggregate } = plan.measure;
    if (mark === 'heat') return { mark, ...at, ...(y ? { y } : {}), colour: { ...colour, aggregate } };
    return { mark, ...at, y: { ...y, aggregate } };
  }
  const isPlace = mark === 'map';
  const measure = {
    ...(y?.column === undefined ? {} : { column: y.column }),
    ...(isPlace ? {} : { aggregate: plan.y.aggregate }),
  };
  const stacks = ['bar', 'area', 'histogram'].includes(mark) && plan.colour && stack && stack !== 'sum';
  return {
    mark,
    ...at,
    ...(mark === 'histogram' ? {} : { y: measure }),
    ...(plan.y2 && chart.y2
      ? { y2: { ...(chart.y2.column === undefined ? {} : { column: chart.y2.column }), aggregate: plan.y2.aggregate } }
      : {}),
    ...(plan.colour && colour?.column !== undefined ? { colour: { column: colour.column } } : {}),
    ...(plan.size && chart.size?.column !== undefined ? { size: { column: chart.size.column } } : {}),
    ...(plan.row && chart.row?.column !== undefined ? { row: { column: chart.row.column } } : {}),
    ...(plan.column && chart.column?.column !== undefined ? { column: { column: chart.column.column } } : {}),
    ...(plan.tooltip && chart.tooltip ? { tooltip: chart.tooltip } : {}),
    ...(stacks ? { stack } : {}),
  };
}

type Axis = { readonly own?: Automatic; readonly isPlaces: boolean };
const NONE: Axis = { isPlaces: false };

function axesOf(answer: AnyAnswer): { readonly x: Axis; readonly y: Axis } {
  if (!isFigure(answer)) return { x: axisOf(answer.x), y: NONE };
  return answer.mark === 'heat' ? { x: axisOf(answer.x), y: axisOf(answer.y) } : { x: NONE, y: NONE };
}

function axisOf(axis: {
  readonly scale: string;
  readonly values?: readonly unknown[];
  readonly bin?: number;
  readonly every?: { readonly count: number; readonly unit: string };
}): Axis {
  if (axis.scale === 'category') return { isPlaces: true };
  if (axis.every) {
    const unit = Object.entries(UNITS).find(([name]) => name === axis.every?.unit)?.[1];
    const finer = `${UNITS.second}milliseconds`;
    return { own: { kind: 'unit', unit: unit ?? finer, step: unit ? axis.every.count : 1 }, isPlaces: false };
  }
  if (axis.bin === undefined) return NONE;
  // As many as there are, and some that are empty.
  const most = Math.max(2, Math.ceil((axis.values?.length ?? 10) * 1.5));
  return { own: { kind: 'bins', most }, isPlaces: false };
}
