/**
 * The statement of a pivot: one pass over the rows into the groups where keys meet, their totals from those groups wherever
 * the aggregates allow it (`measures.ts`); then the columns with the most rows, the first rows in their order, and the cells
 * where these meet. All else is aggregated and left there.
 *
 *   kind  0 a row’s key · 1 a column’s key · 2 a cell · 3 a row’s total · 4 a column’s total · 5 the grand total
 *   then  place of the row · place of the column · how many keys there are, for 5 rows of the table · keys · values
 */
import { MAX_CELLS, MAX_COLUMN_KEYS, MAX_LABEL, MAX_ROW_KEYS } from '../../../protocol/pivot/answer.ts';
import type { PivotPlan } from '../../../protocol/pivot/plan.ts';
import type { Cut } from './fields.ts';
import type { Measure } from './measures.ts';

export const KIND = { row: 0, column: 1, cell: 2, rowTotal: 3, columnTotal: 4, grand: 5 } as const;

export type Grouping = {
  /** For `from`. */
  readonly from: string;
  readonly rows: readonly Cut[];
  readonly columns: readonly Cut[];
  readonly measures: readonly Measure[];
  readonly sort: PivotPlan['sort'];
  /** What stands for the texts of `sort.at`. */
  readonly at: readonly string[];
};

export function groupedSql(grouping: Grouping): string {
  const { rows, columns, measures } = grouping;
  const [r, c, v] = [named('r', rows), named('c', columns), named('v', measures)];
  const [gr, gc] = [rows.length > 0 ? 1 : 0, columns.length > 0 ? 1 : 0];
  const keys = Math.max(r.length, c.length);
  const key = (names: readonly string[]) =>
    Array.from({ length: keys }, (_, index) =>
      names[index] ? `left(${names[index]}::varchar, ${MAX_LABEL + 1})` : NO_TEXT,
    );
  const noKeys = key([]);
  const values = v.map((name) => `left(s.${name}::varchar, ${MAX_LABEL + 1})`);
  const noValues = v.map(() => NO_TEXT);
  const part = (kind: number, i: string, j: string, of: string, rest: readonly string[], from: string) =>
    `select ${[kind, `${i}::integer`, `${j}::integer`, `${of}::double`, ...rest].join(', ')} from ${from}`;
  const onRow = r.length > 0 ? r.map((name) => `s.${name} is not distinct from rk.${name}`).join(' and ') : 'true';
  const onColumn = c.length > 0 ? c.map((name) => `s.${name} is not distinct from ck.${name}`).join(' and ') : 'true';
  const level = (row: number, column: number) => `s.gr = ${row} and s.gc = ${column}`;
  const parts = [
    part(KIND.row, 'i', 'null', `(select count(*) from sets s where ${level(0, gc)})`, [...key(r), ...noValues], 'rk'),
    part(
      KIND.column,
      'null',
      'j',
      `(select count(*) from sets s where ${level(gr, 0)})`,
      [...key(c), ...noValues],
      'ck',
    ),
    part(
      KIND.cell,
      'i',
      'j',
      'null',
      [...noKeys, ...values],
      `sets s join rk on ${onRow} join ck on ${onColumn} where ${level(0, 0)}`,
    ),
    ...(gc
      ? [
          part(
            KIND.rowTotal,
            'i',
            'null',
            'null',
            [...noKeys, ...values],
            `sets s join rk on ${onRow} where ${level(0, 1)}`,
          ),
        ]
      : []),
    ...(gr
      ? [
          part(
            KIND.columnTotal,
            'null',
            'j',
            'null',
            [...noKeys, ...values],
            `sets s join ck on ${onColumn} where ${level(1, 0)}`,
          ),
        ]
      : []),
    part(KIND.grand, 'null', 'null', 'n', [...noKeys, ...values], `sets s where ${level(gr, gc)}`),
  ];
  return `with ${setsSql(grouping, r, c, v)},
    ck as materialized (select *, row_number() over (${by(ordered(c, false))}) - 1 as j from (
      select ${[...c, 'n'].join(', ')} from sets s where ${level(gr, 0)} ${by(['n desc', ...ordered(c, false)])} limit ${MAX_COLUMN_KEYS})),
    ${rowsSql(grouping, r, c, v, gc)}
    ${parts.join('\n    union all ')}`;
}

const NO_TEXT = 'null::varchar';
const named = (letter: string, list: readonly unknown[]): readonly string[] => list.map((_, at) => `${letter}${at}`);

/** `gr`, `gc`: 1 where rows, or columns, are together. `n`: rows of the table. */
function setsSql(
  { from, rows, columns, measures }: Grouping,
  r: readonly string[],
  c: readonly string[],
  v: readonly string[],
): string {
  const counted = [...new Set(measures.flatMap(({ distinct, input }) => (distinct && input ? [input] : [])))];
  // Different values of one column are counted once rows that have the same one are together.
  const joins = counted.length <= 1 && measures.every((measure) => measure.joins ?? measure.distinct);
  const beside = counted.map((input) => ({ sql: input, name: 'dv' }));
  const cuts = [...rows, ...columns];
  const keys = [...r, ...c];
  const keyed = (write: (cut: Cut, name: string) => string) =>
    cuts.map((cut, at) => `${write(cut, keys[at]!)} as ${keys[at]}`);
  const partials = measures.map((measure, at) =>
    (measure.joins?.partial(measure.input ?? '') ?? []).map((sql, part) => ({ sql, name: `p${at}_${part}` })),
  );
  const names = partials.flat().map(({ name }) => name);
  const base = joins
    ? `b as (select ${[...keyed(({ fine }) => fine), ...[...beside, ...partials.flat()].map(({ sql, name }) => `${sql} as ${name}`), 'count(*) as n'].join(', ')}
      from ${from} group by all),
    d as (select ${[...keyed((cut, name) => cut.key(name)), ...beside.map(({ name }) => name), ...names, 'n'].join(', ')} from b)`
    : `d as (select ${[...keyed((cut) => cut.key(cut.fine)), ...measures.map(({ input }, at) => `${input ?? 'null'} as x${at}`)].join(', ')} from ${from})`;
  const wholes = measures.map((measure, at) =>
    joins
      ? (measure.joins?.whole(partials[at]!.map(({ name }) => name)) ?? measure.bare('dv'))
      : measure.bare(`x${at}`),
  );
  const sets = [...new Set([[...r, ...c], r, c, []].map((list) => `(${list.join(', ')})`))];
  const select = [
    ...keys,
    `${r.length > 0 ? 'grouping(r0)' : '0'} as gr`,
    `${c.length > 0 ? 'grouping(c0)' : '0'} as gc`,
    ...wholes.map((sql, at) => `${sql} as ${v[at]}`),
    `${joins ? 'coalesce(sum(n), 0)' : 'count(*)'} as n`,
  ];
  return `${base},
    sets as materialized (select ${select.join(', ')} from d group by grouping sets (${sets.join(', ')}))`;
}

/** The first rows in their order, as many as cells have room for. */
function rowsSql(
  { sort, at, measures }: Grouping,
  r: readonly string[],
  c: readonly string[],
  v: readonly string[],
  gc: number,
): string {
  const isAt = at.length > 0;
  const name = sort.value === undefined ? undefined : `${isAt ? 'f' : 's'}.${v[sort.value]}`;
  // Where no row meets, a count is 0 to whoever sorts.
  const value = isAt && measures[sort.value ?? 0]?.counts ? `coalesce(${name}, 0)` : name;
  const same = [
    'f.gr = 0 and f.gc = 0',
    ...r.map((name) => `f.${name} is not distinct from s.${name}`),
    ...at.map((text, index) => `f.${c[index]}::varchar is not distinct from ${text}`),
  ];
  const beside = isAt ? ` left join sets f on ${same.join(' and ')}` : '';
  const order =
    value === undefined ? ordered(r, sort.descending) : ordered(['o'], sort.descending).concat(ordered(r, false));
  const select = [...r.map((name) => `s.${name}`), `${value ?? 'null'} as o`].join(', ');
  const room = `least(${MAX_ROW_KEYS}, greatest(1, ${MAX_CELLS} // ((select count(*) from ck) * ${v.length})))`;
  return `rk as materialized (select *, row_number() over (${by(order)}) - 1 as i from (
      select ${select} from sets s${beside} where s.gr = 0 and s.gc = ${gc} ${by(order)} limit ${MAX_ROW_KEYS})
      qualify i < ${room})`;
}

const ordered = (names: readonly string[], descending: boolean): string[] =>
  names.map((name) => `${name}${descending ? ' desc' : ''} nulls last`);

/** One key alone needs no order. */
const by = (order: readonly string[]): string => (order.length > 0 ? `order by ${order.join(', ')}` : '');
