/** Statements of charts that draw rows themselves: each of a few, or the same sample of many whenever they are asked for. */
import { groupOf, labelOf, whereOf } from './columns.ts';
import { colours, type Grouping, noColour } from './grouped.ts';
import { joinLeaders } from './leaders.ts';

/** Rows come as (x, y, number of the colour, 1, place of the colour, its label, whether it is NULL, colours in all). */
export function eachSql(grouping: Grouping, x: string, y: string): string {
  return rowsSql(grouping, x, y, undefined, [], 'order by x, o', '');
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
): string {
  const step = Math.max(1, Math.floor(total / most));
  const some = step > 1 ? [`hash(t.__row) % ${step} = 0`] : [];
  return rowsSql(grouping, x, y, scale, some, 'order by hash(o), o', `order by hash(t.__row), t.__row limit ${most}`);
}

function rowsSql(
  { table, where, colour, leaders }: Grouping,
  x: string,
  y: string,
  scale: string | undefined,
  some: readonly string[],
  order: string,
  kept: string,
): string {
  const by = scale === undefined ? colour : undefined;
  const group = by ? groupOf(by) : 'null';
  const joined = by ? joinLeaders(leaders, 'lc', by, false) : '';
  const all = by
    ? `, cs as materialized (select ${group} as c, count(*) as n, any_value(${group}) as v from ${table.sql}${joined}${whereOf(where)} group by all)${colours}`
    : '';
  return `with ${by && leaders ? `${leaders.tables}, ` : ''}g as materialized (select (${x})::double as x, (${y})::double as y, ${group} as c, (${scale ?? 'null'})::double as s, t.__row as o
      from ${table.sql}${whereOf([...where, ...some])} ${kept})${all}
    select x, y, s, 1, ${by ? `tc.place::integer, ${labelOf('tc.v')}, tc.place is not null and tc.v is null, ${leaders?.of ?? '(select count(*) from cs)::double'}` : noColour}
    from g ${by ? 'left join tc on g.c is not distinct from tc.c' : ''} ${order}`;
}
