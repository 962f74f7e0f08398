/**
 * The values of a column that a chart may draw, found before its rows are grouped: all others are one group from the start.
 * Of `some` values they are the largest; of `many`, the largest of a sample and those of the largest single measures,
 * several times as many as are drawn, so that the largest of those are told by exact values.
 */
import type { Table } from '../tables.ts';
import { type ChartColumn, groupOf, whereOf } from './columns.ts';
import type { Variety } from './known.ts';
import type { Measure } from './measure.ts';
import { sampleOf } from './sample.ts';

/** Candidates for each place: enough for those that a sample misjudges. */
const CANDIDATES = 4;

export type Leaders = {
  /** Tables of a statement: `<name>` with the value `v` and its number `i`. */
  readonly tables: string;
  /** How many values there are, as an expression. */
  readonly of: string;
};

export type Sought = {
  readonly table: Table;
  readonly where: readonly string[];
  readonly rows: number;
  readonly column: ChartColumn;
  readonly variety: Variety;
  readonly most: number;
  /** What makes one larger than another; rows if absent. */
  readonly measure?: Measure;
  /** The number whose largest single ones count too. */
  readonly single?: string;
};

export function leadersOf(sought: Sought, name: string): Leaders | undefined {
  const { table, where, column, variety, most, measure } = sought;
  if (variety.kind === 'few') return undefined;
  const value = groupOf(column);
  const rank = measure?.rank ?? 'r';
  const partial = measure ? `${(measure.roughly ?? measure.partial).join(', ')}, ` : '';
  const grouped = (some: readonly string[]) =>
    `select ${value} as v, ${partial}count(*) as r, min(t.__row) as o from ${table.sql}${whereOf([...where, ...some])} group by all`;
  const largest = (from: string, count: number) =>
    `select v from (select v, ${rank} as size, r, o from ${from}) order by size desc nulls last, r desc, o limit ${count}`;
  const numbered = (from: string) => `${name} as materialized (select v, row_number() over () - 1 as i from (${from}))`;
  const count = most * CANDIDATES;
  if (variety.kind === 'some') {
    return {
      tables: `${name}_all as materialized (${grouped([])}), ${numbered(largest(`${name}_all`, count))}`,
      of: `(select count(*) from ${name}_all)::double`,
    };
  }
  const found = largest(`(${grouped(sampleOf(sought.rows).where)})`, count);
  const single = sought.single
    ? ` union (select v from (select ${value} as v, abs(${sought.single}) as size, t.__row as o from ${table.sql}${whereOf([...where, `${sought.single} is not null`])}) order by size desc, o limit ${count})`
    : '';
  return { tables: numbered(`(${found})${single}`), of: `${variety.about}::double` };
}

export const joinLeaders = (leaders: Leaders | undefined, name: string, column: ChartColumn, joins: boolean): string =>
  leaders ? ` ${joins ? 'left ' : ''}join ${name} on ${groupOf(column)} is not distinct from ${name}.v` : '';
