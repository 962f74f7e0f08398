/**
 * The statement of every chart that groups rows: one pass over the result into small groups (`g`), and all else, the
 * largest colours and categories, the others together, local days and months, from those.
 */
import type { Table } from '../tables.ts';
import { type ChartColumn, groupOf, labelOf } from './columns.ts';
import type { Measure } from './measure.ts';

/** Colours that people tell apart, blind to some or not. */
export const MOST_COLOURS = 8;

export type Grouping = {
  readonly table: Table;
  /** Of rows; all of them hold. */
  readonly where: readonly string[];
  readonly measure: Measure;
  /** Makes a thinned line's second value. */
  readonly high?: string;
  /** Rows, if not all of them count. */
  readonly counted?: string;
  readonly colour?: ChartColumn;
};

export const whereOf = (conditions: readonly string[]): string =>
  conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`;

/**
 * Over a continuous axis. Rows come as (x, value, high, rows, place of the colour or NULL for the others, its label, whether
 * it is NULL, colours in all), in order of x. Of the two steps, a measure that can't be joined takes one.
 */
export function alongSql(
  { table, where, measure, high, counted, colour }: Grouping,
  row: string,
  start: (key: string) => string,
): string {
  const key = measure.joins ? row : start(row);
  const end = measure.joins ? start('g.k') : 'g.k';
  const c = colour ? `, ${groupOf(colour)} as c` : '';
  return `with g as materialized (select ${key} as k${c}, ${measure.partial.join(', ')}, ${counted ?? 'count(*)'} as r
      from ${table.sql}${whereOf(where)} group by all)${colour ? coloursOfGroups : ''}
    select (${end})::double as x, ${measure.whole}, ${high ?? 'null'}::double, sum(r)::double, ${colour ? colourColumns : noColour}
    from g ${joinOf(colour, measure)}
    group by ${colour ? '1, tc.place' : '1'} order by x, cp`;
}

/** Of `cs`, colours with their rows, the largest in their places. */
export const colours = `, tc as materialized (select c, row_number() over (order by n desc, c::varchar) - 1 as place
    from (select * from cs order by n desc, c::varchar limit ${MOST_COLOURS}))`;

const coloursOfGroups = `, cs as materialized (select c, sum(r) as n from g group by c)${colours}`;

const colourColumns = `tc.place::integer as cp, ${labelOf('any_value(tc.c)')}, any_value(tc.place) is not null and any_value(tc.c) is null, (select count(*) from cs)::double`;

export const noColour = 'null as cp, null, null, null';

const joinOf = (colour: ChartColumn | undefined, measure: Measure): string =>
  colour ? `${measure.joins ? 'left ' : ''}join tc on g.c is not distinct from tc.c` : '';

/**
 * Over categories. Rows come as (place or NULL for the others, label, is NULL, number or NULL, value, rows, first row number,
 * whether each category is one row, categories in all, place of the colour, its label, is NULL, colours in all).
 */
export function categoriesSql(grouping: Grouping, x: ChartColumn, most: number): string {
  const { table, where, measure, colour } = grouping;
  const c = colour ? `, ${groupOf(colour)} as c` : '';
  // Where a category has several colours its measure is only known if colours can be joined; else most rows go first.
  const rank = measure.joins ? `abs(${measure.whole})` : 'sum(r)';
  // Without colours each category is one group already, and there may be as many as rows.
  const keys = colour
    ? `select k, ${rank} as v, min(o) as o, sum(r) as r from g group by k`
    : `select k, abs(${measure.single}) as v, o, r from g`;
  return `with g as materialized (select ${groupOf(x)} as k${c}, ${measure.partial.join(', ')}, count(*) as r, min(t.__row) as o
      from ${table.sql}${whereOf(where)} group by all),
    ks as (${keys}),
    tk as materialized (select k, o, row_number() over (order by v desc nulls last, o) - 1 as place
      from (select * from ks order by v desc nulls last, o limit ${most}))${colour ? coloursOfGroups : ''}
    select tk.place::integer as xp, ${labelOf('any_value(tk.k)')}, any_value(tk.place) is not null and any_value(tk.k) is null,
      ${orderOf(x)}::double, ${measure.whole}, sum(r)::double, min(g.o)::double, (select max(r) = 1 from g),
      (select count(*) from ks)::double, ${colour ? colourColumns : noColour}
    from g ${measure.joins ? 'left ' : ''}join tk on g.k is not distinct from tk.k ${joinOf(colour, measure)}
    group by tk.place${colour ? ', tc.place' : ''} order by xp nulls last, cp nulls last`;
}

/** What stands in an order of its own that its text has not. */
function orderOf({ type }: ChartColumn): string {
  if (type.kind === 'enum') return 'enum_code(any_value(tk.k))';
  const isNumber = type.kind === 'decimal' || (type.kind === 'fixed' && ['int', 'float'].includes(type.arrow.type));
  return isNumber ? 'any_value(tk.k)' : 'null';
}
