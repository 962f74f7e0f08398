/** A number with its change, and a table of small lines: the last of a measure over time, as bars over time are found. */
import type { ChartAnswer } from '../../../protocol/chart/answer.ts';
import type { FigureOf, PlanOf } from '../../../protocol/chart/figures.ts';
import type { ChartPlan } from '../../../protocol/chart/plan.ts';
import { endOf } from '../../../protocol/chart/stretches.ts';
import { numberFrom } from './answers.ts';
import { qualified } from './columns.ts';
import { drawChart } from './draw.ts';
import { type Ask, query, roundedOf } from './gather.ts';
import { measureOf } from './measure.ts';

/** Lines of a table that are still read. */
const LINES = 30;
/** Bars are cut into stretches even where rows are few. */
const EVERY = { count: 1, unit: 'day' } as const;

export async function drawNumber(ask: Ask<PlanOf<'number'>>): Promise<FigureOf<'number'>> {
  const { connection, plan, rows } = ask;
  const { aggregate } = plan.measure;
  if (!plan.x) {
    const table = qualified(ask.table);
    const column = plan.measure.column === undefined ? undefined : table.columns[plan.measure.column];
    const measure = measureOf(aggregate, column);
    const found = await query(
      connection,
      `select ${measure.single} from (select ${measure.partial.join(', ')} from ${table.sql})`,
    );
    return {
      mark: 'number',
      rows,
      aggregate,
      value: numberFrom(found[0]?.[0]),
      notes: roundedOf(column, found, 0),
    };
  }
  const { x, y, notes } = await overTime(ask, { x: { ...plan.x, kind: 'time' }, y: plan.measure });
  if (x.scale !== 'time') return { mark: 'number', rows, aggregate, value: null, notes: [] };
  const at = x.values.map(Number);
  const every = x.every ?? EVERY;
  const isNext = endOf(at.at(-2) ?? Number.NaN, every) === at.at(-1);
  // Nothing happened in a stretch without rows; what its mean would have been nobody knows.
  const gap = aggregate === 'sum' || aggregate === 'count' || aggregate === 'distinct' ? 0 : null;
  return {
    mark: 'number',
    rows,
    aggregate,
    value: y.values.at(-1) ?? null,
    ...(at.length > 1 ? { before: isNext ? (y.values.at(-2) ?? null) : gap } : {}),
    series: { values: y.values, at, every },
    notes,
  };
}

export async function drawSparks(ask: Ask<PlanOf<'spark'>>): Promise<FigureOf<'spark'>> {
  const { plan, rows } = ask;
  const { aggregate } = plan.measure;
  const colour = { column: plan.row.column, kind: 'category' as const };
  const answer = await overTime(ask, { x: { ...plan.x, kind: 'time' }, y: plan.measure, colour }, LINES);
  const { x, y, colour: found } = answer;
  const notes = answer.notes.map((note) => (note.kind === 'top' ? { ...note, channel: 'row' as const } : note));
  if (x.scale !== 'time' || found?.scale !== 'category')
    return { mark: 'spark', rows, aggregate, keys: [], at: [], every: EVERY, lines: [], notes };
  const at = [...new Set(x.values.map(Number))].sort((a, b) => a - b);
  const places = new Map(at.map((value, index) => [value, index]));
  const shown = found.rest === undefined ? found.keys : found.keys.slice(0, -1);
  const lines = shown.map(() => at.map((): number | null => null));
  y.values.forEach((value, index) => {
    const line = lines[found.at[index]!];
    if (line) line[places.get(Number(x.values[index]))!] = value;
  });
  const apart = notes.map((note) => (note.kind === 'top' ? { ...note, together: false } : note));
  return { mark: 'spark', rows, aggregate, keys: [...shown], at, every: x.every ?? EVERY, lines, notes: apart };
}

function overTime(ask: Ask<unknown>, plan: Pick<ChartPlan, 'x' | 'y' | 'colour'>, most?: number): Promise<ChartAnswer> {
  return drawChart({ ...ask, plan: { mark: 'bar', ...plan } }, most);
}
