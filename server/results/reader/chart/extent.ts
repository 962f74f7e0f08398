/** How far the values of an axis reach: found once for a column of a result (`kept.ts`). */
import type { ChartUnit } from '../../../protocol/chart/answer.ts';
import type { Connection } from '../engine.ts';
import type { Table } from '../tables.ts';
import { type ChartColumn, isDate, isPlaced, isZoned, numberOf } from './columns.ts';
import type { Kept } from './kept.ts';

export type Extent = {
  readonly rows: number;
  /** Rows whose value is NULL; neither NULL nor on the axis. */
  readonly nulls: number;
  readonly infinite: number;
  /** Absent where no row has a place. */
  readonly span?: NumberSpan | TimeSpan;
};
export type NumberSpan = { readonly kind: 'number'; readonly from: number; readonly to: number };
/** Microseconds. `wall` are those of the clock on the wall, which differ where the type has a zone. */
export type TimeSpan = {
  readonly kind: 'time';
  readonly from: bigint;
  readonly to: bigint;
  readonly wall: readonly [bigint, bigint];
  /** All values are whole ones of it. */
  readonly grain: ChartUnit['unit'];
};

/** Rows that are looked at first: most times are no whole minutes, and these say so at once. */
const FIRST_ROWS = 10_000;
const GRAINS = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;

export const extentOf = (
  known: Kept<Extent>,
  connection: Connection,
  table: Table,
  column: number,
  kind: 'number' | 'time',
): Promise<Extent> =>
  known.of(table, `${column}.${kind}`, () => measure(connection, table, table.columns[column]!, kind));

async function measure(
  connection: Connection,
  table: Table,
  column: ChartColumn,
  kind: 'number' | 'time',
): Promise<Extent> {
  const { name, type } = column;
  const value = kind === 'number' ? numberOf(column) : name;
  const ends = (condition: string) =>
    `select count(*)::double, count(${name})::double, count(${value})::double, ${isPlaced(column, `min(${value})`)} and ${isPlaced(column, `max(${value})`)}, min(${value}), max(${value}) from ${table.sql}${condition}`;
  const micros = (end: string) => `epoch_us(${end})`;
  const wall = (end: string) => (isZoned(type) ? `epoch_us((${end})::timestamp)` : micros(end));
  const read = async (condition: string) => {
    const outer =
      kind === 'number'
        ? 'lo::double, hi::double'
        : `${micros('lo')}::varchar, ${micros('hi')}::varchar, ${wall('lo')}::varchar, ${wall('hi')}::varchar`;
    const sql = `with e(n, known, held, placed, lo, hi) as materialized (${ends(condition)})
      select n, known, held, placed, ${outer.replaceAll(/\b(lo|hi)\b/g, '(case when placed then $1 end)')} from e`;
    return (await (await connection.run(sql)).getRows())[0]!;
  };
  let [rows, known, held, placed, ...bounds] = await read('');
  const total = Number(rows);
  const nulls = total - Number(known);
  if (placed === false) [, , held, placed, ...bounds] = await read(` where ${isPlaced(column, value)}`);
  const infinite = total - nulls - (placed === true ? Number(held) : 0);
  if (placed !== true) return { rows: total, nulls, infinite };
  if (kind === 'number') {
    const [from, to] = bounds.map(Number);
    return { rows: total, nulls, infinite, span: { kind, from: from!, to: to! } };
  }
  const [from, to, first, last] = bounds.map((bound) => BigInt(String(bound)));
  const grain = await grainOf(connection, table, column);
  return { rows: total, nulls, infinite, span: { kind, from: from!, to: to!, wall: [first!, last!], grain } };
}

/** The coarsest that all values are whole ones of: stretches shorter than that would be empty every other time. */
async function grainOf(connection: Connection, table: Table, column: ChartColumn): Promise<ChartUnit['unit']> {
  const stamp = `${column.name}::timestamp`;
  const isWhole = (grain: string): string => `coalesce(bool_and(date_trunc('${grain}', ${stamp}) = ${stamp}), false)`;
  const ask = async (grains: readonly string[], condition: string): Promise<readonly unknown[]> => {
    const sql = `select ${grains.map(isWhole).join(', ')} from ${table.sql} where ${isPlaced(column)}${condition}`;
    return (await (await connection.run(sql)).getRows())[0] ?? [];
  };
  const first = await ask(GRAINS, ` and t.__row < ${FIRST_ROWS}`);
  for (const grain of GRAINS.filter((_, index) => first[index] === true)) {
    const [all] = await ask([grain], '');
    if (all === true) return grain;
  }
  return isDate(column.type) ? 'day' : 'microsecond';
}
