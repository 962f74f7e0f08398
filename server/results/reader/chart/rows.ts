/** Statements of charts that draw rows themselves: each of a few, or the same sample of many whenever they are asked for. */
import { groupOf, labelOf, whereOf } from './columns.ts';
import { coloursOf, type Grouping, noColour } from './grouped.ts';
import { joinLeaders } from './leaders.ts';

/** Rows come as (x, y, number of the colour, 1, place of the colour, its label, whether it is NULL, colours in all, more …). */
export function eachSql(grouping: Grouping, x: string, y: string): string {
  return rowsSql(grouping, x, y, undefined, [], 'order by x, o', '', []);
}

/**
 * A sample by the hash of the row number: without order in the data it is even, and it never changes. `scale` is a
 * number that colours; without it `grouping.colour` does, by the whole result's largest.
 */
export function pointsSql(
  grouping: Grouping,
  x: string,
  y: string,
  scale: string | undefined,
  total: number,
  most: number,
  more: readonly string[] = [],
): string {
  const step = Math.max(1, Math.floor(total / most));
  const some = step > 1 ? [`hash(t.__row) % ${step} = 0`] : [];
  return rowsSql(
    grouping,
    x,
    y,
    scale,
    some,
    'order by hash(o), o',
    `order by hash(t.__row), t.__row limit ${most}`,
    more,
  );
}

function rowsSql(
  { table, where, colour, leaders, most }: Grouping,
  x: string,
  y: string,
  scale: string | undefined,
  some: readonly string[],
  order: string,
  kept: string,
  more: readonly string[],
): string {
  const by = scale === undefined ? colour : undefined;
  const group = by ? groupOf(by) : 'null';
  const joined = by ? joinLeaders(leaders, 'lc', by, false) : '';
  const all = by
    ? `, cs as materialized (select ${group} as c, count(*) as n, any_value(${group}) as v from ${table.sql}${joined}${whereOf(where)} group by all)${coloursOf(most)}`
    : '';
  return `with ${by && leaders ? `${leaders.tables}, ` : ''}g as materialized (select (${x})::double as x, (${y})::double as y, ${group} as c, (${scale ?? 'null'})::double as s, t.__row as o${more.map((one, index) => `, ${one} as e${index}`).join('')}
      from ${table.sql}${whereOf([...where, ...some])} ${kept})${all}
    select x, y, s, 1, ${by ? `tc.place::integer, ${labelOf('tc.v')}, tc.place is not null and tc.v is null, ${leaders?.of ?? '(select count(*) from cs)::double'}` : noColour}${more.map((_, index) => `, e${index}`).join('')}
    from g ${by ? 'left join tc on g.c is not distinct from tc.c' : ''} ${order}`;
}

/** A grid over a plane: its cells are so wide and so high, and begin at `x` and `y`. */
export type Grid = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

/**
 * Rows together in the cells of a grid: (x and y of the middle, mean of `scale`, rows, place of the colour, its label, whether
 * it is NULL, colours in all). The fullest first, where there are too many.
 */
export function cellsSql(
  { table, where, colour, leaders, most }: Grouping,
  x: string,
  y: string,
  grid: Grid,
  scale: string | undefined,
  cells: number,
): string {
  const group = colour ? (leaders ? 'lc.i' : groupOf(colour)) : 'null';
  const value = leaders
    ? 'select c, n, lc.v from (select c, sum(r) as n from g group by c) join lc on c = lc.i'
    : 'select c, sum(r) as n, c as v from g group by c';
  const all = colour ? `, cs as materialized (${value})${coloursOf(most)}` : '';
  const place = (value: string, start: number, step: number) =>
    `floor((${value} - ${start}::double) / ${step}::double)::integer`;
  return `with ${colour && leaders ? `${leaders.tables}, ` : ''}g as materialized (select ${place(x, grid.x, grid.width)} as a, ${place(y, grid.y, grid.height)} as b, ${group} as c, avg(${scale ?? 'null::double'}) as s, count(*) as r
      from ${table.sql}${colour ? joinLeaders(leaders, 'lc', colour, true) : ''}${whereOf(where)} group by all)${all}
    select ${grid.x}::double + (a + 0.5) * ${grid.width}::double, ${grid.y}::double + (b + 0.5) * ${grid.height}::double, avg(s)::double, sum(r)::double,
      ${colour ? `tc.place::integer as cp, ${labelOf('any_value(tc.v)')}, any_value(tc.place) is not null and any_value(tc.v) is null, ${leaders?.of ?? '(select count(*) from cs)::double'}` : noColour}
    from g ${colour ? 'left join tc on g.c is not distinct from tc.c' : ''}
    group by a, b${colour ? ', tc.place' : ''} order by 4 desc, a, b${colour ? ', cp' : ''} limit ${cells}`;
}
