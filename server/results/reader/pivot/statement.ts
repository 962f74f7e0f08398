/**
 * A pivot as a statement over a named table, for people to keep and change: plain DuckDB, columns written out as they stand
 * now. It gives all rows, also those that a pivot on the page has no room for, and the total last.
 */
import { quoteName, quoteText } from '../../../../interpreters/arrow/names.ts';
import { uniqueNames } from '../../../protocol/names.ts';
import { MAX_COLUMN_KEYS, MAX_LABEL } from '../../../protocol/pivot/answer.ts';
import type { PivotPlan } from '../../../protocol/pivot/plan.ts';
import type { PlacedNarrow } from '../../../protocol/table/narrow.ts';
import { type ChartColumn, whereOf } from '../chart/columns.ts';
import { conditionsOf } from '../narrow.ts';
import type { Table } from '../tables.ts';
import { type PivotField, plainCut } from './fields.ts';
import { measureOf } from './measures.ts';
import { columnAt, type PivotAsked, sizedPivot } from './pivot.ts';

export type StatementAsked = PivotAsked & {
  /** Without filters. */
  readonly whole: Table;
  readonly narrow: PlacedNarrow;
  /** What the table is called. */
  readonly name: string;
};

/** A value as a text of SQL. In a paragraph `${…}` within a text is a form; a value that holds one is none. */
export function literal(value: string): string {
  const parts = value.split(/(?<=\$)(?=\{)/).map(quoteText);
  return parts.length === 1 ? parts[0]! : `(${parts.join(' || ')})`;
}

type Key = readonly { readonly text: string | null; readonly hash: string | null }[];

export async function statementOf(asked: StatementAsked): Promise<string> {
  const { plan, names, whole, narrow, name } = asked;
  const { rows, columns } = await sizedPivot(asked);
  const keys = await keysOf(asked, columns);
  const column = (place: number): ChartColumn => columnAt(whole, place);
  const cut = (field: PivotField) => plainCut(column(field.column), field);
  const inputs = plan.values.map((value) =>
    value.column === undefined ? undefined : measureOf(value, column(value.column)).input,
  );
  const picked = [
    ...rows.map((field, at) => `${cut(field)} as row_${at + 1}`),
    ...columns.map((field, at) => `${cut(field)} as column_${at + 1}`),
    ...inputs.flatMap((input, at) => (input === undefined ? [] : [`${input} as value_${at + 1}`])),
  ];
  const conditions = conditionsOf(whole, narrow, literal);
  const aggregates = plan.values.map((value, at) =>
    measureOf(value, value.column === undefined ? undefined : column(value.column)).bare(`value_${at + 1}`),
  );
  const titles = plan.values.map(({ aggregate, column: place }) =>
    place === undefined ? aggregate : `${aggregate} of ${names[place]}`,
  );
  const several = plan.values.length > 1;
  const cells = keys.flatMap((key) =>
    aggregates.map((aggregate, at) => ({
      sql: `${aggregate} filter (where ${isKey(key, columns, column)})`,
      title: [labelOf(key), ...(several ? [titles[at]] : [])].join(' · '),
    })),
  );
  const hasTotals = columns.length === 0 || plan.rowTotals;
  const totals = hasTotals
    ? aggregates.map((sql, at) => ({
        sql,
        title: columns.length === 0 ? titles[at]! : several ? `total · ${titles[at]}` : 'total',
      }))
    : [];
  const heads = rows.map((field, at) => ({ sql: `row_${at + 1}`, title: titleOf(field, names) }));
  const all = [...heads, ...cells, ...totals];
  const aliases = uniqueNames(all.map(({ title }) => title || 'null'));
  const select = all.map(({ sql }, at) => `  ${sql} as ${quoteName(aliases[at]!)}`);
  const from = `with picked as (
  select ${picked.length > 0 ? picked.join(',\n    ') : '1'}
  from ${quoteName(name)}${whereOf(conditions).replace(' where', '\n  where')}
)
select
${select.join(',\n')}
from picked`;
  return `${from}${groupedBy(plan, rows.length, orderBy(plan, keys, rows.length, aggregates))}`;
}

/** The total row comes last, whatever it comes to. */
function groupedBy({ columnTotals }: PivotPlan, rows: number, order: readonly string[]): string {
  if (rows === 0) return '';
  const list = Array.from({ length: rows }, (_, at) => `row_${at + 1}`).join(', ');
  const terms = columnTotals ? [`grouping(row_1)`, ...order] : order;
  return `\ngroup by ${columnTotals ? `grouping sets ((${list}), ())` : list}\norder by ${terms.join(', ')}`;
}

/** `totals`: what each value comes to in all columns, whether that is shown or not. */
function orderBy(
  { sort, values }: PivotPlan,
  keys: readonly Key[],
  rows: number,
  totals: readonly string[],
): readonly string[] {
  const byKey = (descending: boolean) =>
    Array.from({ length: rows }, (_, at) => `${at + 1}${descending ? ' desc' : ''} nulls last`);
  const { value, at } = sort;
  if (value === undefined) return byKey(sort.descending);
  const place = at ? keys.findIndex((key) => key.every(({ text }, index) => text === at[index])) : 0;
  if (place < 0) return byKey(false);
  const by = at ? String(rows + place * values.length + value + 1) : totals[value]!;
  return [`${by}${sort.descending ? ' desc' : ''} nulls last`, ...byKey(false)];
}

const titleOf = ({ column, unit, bin }: PivotField, names: readonly string[]): string =>
  `${names[column]}${unit ? ` by ${unit}` : bin === undefined ? '' : ` by ${bin}`}`;

const labelOf = (key: Key): string => key.map(({ text }) => (text === null ? 'null' : cut(text))).join(' · ');

const cut = (text: string): string =>
  [...text].length > MAX_LABEL ? `${[...text].slice(0, MAX_LABEL - 1).join('')}…` : text;

/** By the text that a value has; very long ones by their hash. */
function isKey(key: Key, columns: readonly PivotField[], column: (place: number) => ChartColumn): string {
  const parts = key.map(({ text, hash }, at) => {
    const name = `column_${at + 1}`;
    if (text === null) return `${name} is null`;
    const field = columns[at]!;
    const { type } = column(field.column);
    const isText =
      field.unit === undefined && field.bin === undefined && type.kind === 'bytes' && type.sql === 'VARCHAR';
    const plain = isText || field.unit !== undefined ? name : `${name}::varchar`;
    return hash === null ? `${plain} = ${literal(text)}` : `md5(${plain}) = ${quoteText(hash)}`;
  });
  return parts.join(' and ');
}

async function keysOf(
  { connection, table, plan }: StatementAsked,
  columns: readonly PivotField[],
): Promise<readonly Key[]> {
  if (plan.columns.length === 0) return [];
  const cuts = columns.map((field, at) => `${plainCut(columnAt(table, field.column), field)} as c${at}`);
  const names = columns.map((_, at) => `c${at}`);
  const order = names.map((name) => `${name} nulls last`).join(', ');
  const texts = names.flatMap((name) => [
    `left(${name}::varchar, ${MAX_LABEL + 1})`,
    `case when length(${name}::varchar) > ${MAX_LABEL} then md5(${name}::varchar) end`,
  ]);
  const sql = `select ${texts.join(', ')} from (select ${names.join(', ')} from
      (select ${names.join(', ')}, count(*) as n from (select ${cuts.join(', ')} from ${table.sql}) group by all
        order by n desc, ${order} limit ${MAX_COLUMN_KEYS}) order by ${order})`;
  const rows = await (await connection.run(sql, table.values)).getRows();
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return rows.map((row) => names.map((_, at) => ({ text: text(row[2 * at]), hash: text(row[2 * at + 1]) })));
}
