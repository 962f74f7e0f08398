/**
 * The statement of every chart that groups rows: one pass over the result into small groups (`g`), and all else, the
 * largest colours and categories, the others together, local days and months, from those. Where a column has so many
 * values that the groups would not be small, its leaders (`leaders.ts`) are found first, and rows grouped by their numbers.
 */
import type { Table } from '../tables.ts';
import { type ChartColumn, groupOf, labelOf, whereOf } from './columns.ts';
import { joinLeaders, type Leaders } from './leaders.ts';
import type { Measure } from './measure.ts';

/** Colours that people tell apart, blind to some or not. */
export const MOST_COLOURS = 8;

export type Grouping = {
  readonly table: Table;
  /** Of rows; all of them hold. */
  readonly where: readonly string[];
  readonly measure: Measure;
  /** Makes a second value: the highest of a thinned line, or another measure. */
  readonly high?: string;
  /** Rows, if not all of them count. */
  readonly counted?: string;
  readonly colour?: ChartColumn;
  /** Of the colour; as the table `lc`. */
  readonly leaders?: Leaders | undefined;
  /** Colours that are told apart, where it is not eight. */
  readonly most?: number;
};

/**
 * Over a continuous axis. Rows come as (x, value, high, rows, place of the colour or NULL for the others, its label, whether
 * it is NULL, colours in all), in order of x. Of the two steps, a measure that can't be joined takes one.
 */
export function alongSql(grouping: Grouping, row: string, start: (key: string) => string): string {
  const { table, where, measure, high, counted, colour, leaders } = grouping;
  const key = measure.joins ? row : start(row);
  const end = measure.joins ? start('g.k') : 'g.k';
  return `with ${leaders ? `${leaders.tables}, ` : ''}g as materialized (select ${key} as k${colourKey(grouping)}, ${measure.partial.join(', ')}, ${counted ?? 'count(*)'} as r
      from ${table.sql}${joinColour(grouping)}${whereOf(where)} group by all)${coloursOfGroups(grouping)}
    select (${end})::double as x, ${measure.whole}, ${high ?? 'null'}::double, sum(r)::double, ${colourColumns(grouping)}
    from g ${joinOf(colour, measure)}
    group by ${colour ? '1, tc.place' : '1'} order by x, cp`;
}

const colourKey = ({ colour, leaders }: Grouping): string =>
  colour ? `, ${leaders ? 'lc.i' : groupOf(colour)} as c` : '';

const joinColour = ({ colour, leaders, measure }: Grouping): string =>
  colour ? joinLeaders(leaders, 'lc', colour, measure.joins) : '';

/** Of `cs`, colours with their rows, the largest in their places: `c` is what rows are grouped by, `v` its value. */
export const coloursOf = (most = MOST_COLOURS): string =>
  `, tc as materialized (select c, v, row_number() over (order by n desc, v::varchar) - 1 as place
    from (select * from cs order by n desc, v::varchar limit ${most}))`;

function coloursOfGroups({ colour, leaders, most }: Grouping): string {
  if (!colour) return '';
  const groups = 'select c, sum(r) as n from g group by c';
  return `, cs as materialized (${leaders ? `select c, n, lc.v from (${groups}) join lc on c = lc.i` : `select c, n, c as v from (${groups})`})${coloursOf(most)}`;
}

function colourColumns({ colour, leaders }: Grouping): string {
  if (!colour) return noColour;
  return `tc.place::integer as cp, ${labelOf('any_value(tc.v)')}, any_value(tc.place) is not null and any_value(tc.v) is null, ${leaders?.of ?? '(select count(*) from cs)::double'}`;
}

export const noColour = 'null as cp, null, null, null';

const joinOf = (colour: ChartColumn | undefined, measure: Measure): string =>
  colour ? `${measure.joins ? 'left ' : ''}join tc on g.c is not distinct from tc.c` : '';

/**
 * Over categories. Rows come as (place or NULL for the others, label, is NULL, number or NULL, value, rows, first row number,
 * whether each category is one row, categories in all, place of the colour, its label, is NULL, colours in all, `high`).
 * `places` are the leaders of x, as the table `lx`.
 */
export function categoriesSql(grouping: Grouping, x: ChartColumn, most: number, places?: Leaders): string {
  const { table, where, measure, high, colour, leaders } = grouping;
  // Where a category has several colours its measure is only known if colours can be joined; else most rows go first.
  const rank = measure.joins ? `abs(${measure.whole})` : 'sum(r)';
  const led = places ? 'where k is not null' : '';
  // Without colours each category is one group already, and there may be as many as rows.
  const keys = colour
    ? `select k, ${rank} as v, min(o) as o, sum(r) as r from g ${led} group by k`
    : `select k, abs(${measure.single}) as v, o, r from g ${led}`;
  const before = [places, leaders].flatMap((one) => (one ? [`${one.tables}, `] : [])).join('');
  return `with ${before}g as materialized (select ${places ? 'lx.i' : groupOf(x)} as k${colourKey(grouping)}, ${measure.partial.join(', ')}, count(*) as r, min(t.__row) as o
      from ${table.sql}${joinLeaders(places, 'lx', x, measure.joins)}${joinColour(grouping)}${whereOf(where)} group by all),
    ks as (${keys}),
    tp as (select k, o, row_number() over (order by v desc nulls last, o) - 1 as place
      from (select * from ks order by v desc nulls last, o limit ${most})),
    tk as materialized (${places ? 'select tp.*, lx.v from tp join lx on tp.k = lx.i' : 'select *, k as v from tp'})${coloursOfGroups(grouping)}
    select tk.place::integer as xp, ${labelOf('any_value(tk.v)')}, any_value(tk.place) is not null and any_value(tk.v) is null,
      ${orderOf(x)}::double, ${measure.whole}, sum(r)::double, min(g.o)::double, (select max(r) = 1 from g ${led}),
      ${places?.of ?? '(select count(*) from ks)::double'}, ${colourColumns(grouping)}, ${high ?? 'null'}::double
    from g ${measure.joins ? 'left ' : ''}join tk on g.k is not distinct from tk.k ${joinOf(colour, measure)}
    group by tk.place${colour ? ', tc.place' : ''} order by xp nulls last, cp nulls last`;
}

/** What stands in an order of its own that its text has not. */
function orderOf({ type }: ChartColumn): string {
  if (type.kind === 'enum') return 'enum_code(any_value(tk.v))';
  const isNumber = type.kind === 'decimal' || (type.kind === 'fixed' && ['int', 'float'].includes(type.arrow.type));
  return isNumber ? 'any_value(tk.v)' : 'null';
}
