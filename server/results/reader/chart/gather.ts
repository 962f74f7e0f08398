/** What the statements of a chart are made from, and their rows gathered as its answer. */
import type { ChartAnswer, ChartX } from '../../../protocol/chart/answer.ts';
import type { ChartNote } from '../../../protocol/chart/note.ts';
import type { ChartPlan } from '../../../protocol/chart/plan.ts';
import type { Connection } from '../engine.ts';
import type { Table } from '../tables.ts';
import { colourOf, numberFrom, type Row } from './answers.ts';
import type { ChartColumn } from './columns.ts';
import type { Extent, NumberSpan, TimeSpan } from './extent.ts';
import { type Grouping, MOST_COLOURS } from './grouped.ts';
import type { Known, Variety } from './known.ts';
import { leadersOf } from './leaders.ts';
import { type Measure, measureOf, paired } from './measure.ts';

export type Ask<P = ChartPlan> = {
  readonly connection: Connection;
  readonly table: Table;
  readonly plan: P;
  readonly known: Known;
  /** Of the result. */
  readonly rows: number;
};
export type Source = Ask & {
  readonly x: ChartColumn;
  readonly y: ChartColumn | undefined;
  readonly y2?: ChartColumn | undefined;
  readonly colour: ChartColumn | undefined;
  /** Of the colour. */
  readonly variety: Variety;
  /** Of rows, beside what the axis asks. */
  readonly only: readonly string[];
  /** Colours that are told apart, where it is not eight. */
  readonly most?: number;
  /** Places on x that there is room for, where it is less than the mark's own. */
  readonly places?: number;
};

export const query = async (connection: Connection, sql: string): Promise<readonly Row[]> =>
  (await connection.run(sql)).getRows();

export function groupingOf(
  { table, plan, y, y2, colour, variety, rows, only, most }: Source,
  placed: readonly string[],
  first: Measure = measureOf(plan.y.aggregate, y),
): Grouping {
  const where = [...only, ...placed];
  const measured = plan.y2 ? paired(first, measureOf(plan.y2.aggregate, y2)) : { measure: first };
  if (!colour) return { table, where, ...measured };
  const leaders = leadersOf({ table, where, rows, column: colour, variety, most: most ?? MOST_COLOURS }, 'lc');
  return { table, where, ...measured, colour, leaders, ...(most === undefined ? {} : { most }) };
}

export type Scale = (value: number | null) => number | null;

export const scaleOf = ({ kind }: NumberSpan | TimeSpan): Scale =>
  kind === 'time' ? (micros) => (micros === null ? null : micros / 1000) : (value) => value;

/** The first column of rows on the axis; the domain is the whole result's, also where a stretch of it is asked for. */
export function axisOf({ span }: Extent, rows: readonly Row[], scale: Scale) {
  const values = rows.map((row) => scale(numberFrom(row[0])));
  if (span?.kind !== 'time') {
    const domain: [number, number] = [span?.from ?? 0, span?.to ?? 0];
    return { scale: 'number' as const, values, domain };
  }
  const domain: [number, number] = [Number(span.wall[0]) / 1000, Number(span.wall[1]) / 1000];
  return { scale: 'time' as const, values, domain };
}

export function gather(
  { plan, rows: total, y, variety, most }: Source,
  extent: Extent,
  rows: readonly Row[],
  x: ChartX,
  about: readonly ChartNote[] = [],
): ChartAnswer {
  const { colour, notes } = colourOf(rows, plan, 4, variety, most);
  const high = rows.map((row) => numberFrom(row[2]));
  const thinned = about.some(({ kind }) => kind === 'thinned');
  return {
    mark: plan.mark,
    rows: total,
    x,
    y: {
      aggregate: plan.y.aggregate,
      values: rows.map((row) => numberFrom(row[1])),
      ...(thinned ? { high } : {}),
    },
    ...(plan.y2 ? { y2: { aggregate: plan.y2.aggregate, values: high } } : {}),
    ...(colour ? { colour } : {}),
    ...(plan.y.aggregate === 'none' ? {} : { counts: rows.map((row) => Number(row[3])) }),
    notes: [...about, ...notes, ...missingOf(extent), ...roundedOf(y, rows, 1)],
  };
}

/** Whole numbers and decimals are exact in the engine; past 2^53 a double is not. `at` is where the values stand. */
export function roundedOf(y: ChartColumn | undefined, rows: readonly Row[], at: number): ChartNote[] {
  if (!y || (y.type.kind === 'fixed' && y.type.arrow.type === 'float')) return [];
  return rows.some((row) => Math.abs(Number(row[at])) > Number.MAX_SAFE_INTEGER) ? [{ kind: 'rounded' }] : [];
}

const missingOf = ({ nulls, infinite }: Extent): ChartNote[] => [
  ...(nulls > 0 ? [{ kind: 'null' as const, rows: nulls }] : []),
  ...(infinite > 0 ? [{ kind: 'infinite' as const, rows: infinite }] : []),
];
