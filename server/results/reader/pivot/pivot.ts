/**
 * Answers a pivot from a stored result: bins that were not said get their width, the statement aggregates where the rows lie,
 * and its few groups become rows and columns. Runs no text of the user: columns are named by their place, values are bound.
 */
import type { DuckDBValue } from '@duckdb/node-api';
import { columnsOfResult } from '../../../../interpreters/arrow/types.ts';
import {
  MAX_LABEL,
  type PivotAnswer,
  type PivotAnswerField,
  type PivotAnswerKey,
} from '../../../protocol/pivot/answer.ts';
import type { PivotPlan } from '../../../protocol/pivot/plan.ts';
import { type ChartColumn, qualified } from '../chart/columns.ts';
import type { Connection } from '../engine.ts';
import { ReaderError } from '../failure.ts';
import type { Table } from '../tables.ts';
import { cutOf, type PivotField, sized } from './fields.ts';
import { type Grouping, groupedSql, KIND } from './grouped.ts';
import { type Measure, measureOf } from './measures.ts';

export type PivotAsked = {
  readonly connection: Connection;
  /** As its filters leave it. */
  readonly table: Table;
  readonly plan: PivotPlan;
  /** As the answer calls the table's columns. */
  readonly names: readonly string[];
};

/** A plan over columns that are there, its bins as wide as they are. */
export type Sized = {
  readonly table: Table;
  readonly rows: readonly PivotField[];
  readonly columns: readonly PivotField[];
  readonly measures: readonly Measure[];
};

export async function sizedPivot({ connection, table: plain, plan }: PivotAsked): Promise<Sized> {
  const table = qualified(plain);
  for (const { column } of [...plan.rows, ...plan.columns, ...plan.values])
    if (column !== undefined) columnAt(table, column);
  return {
    table,
    rows: await sized(connection, table, plan.rows),
    columns: await sized(connection, table, plan.columns),
    measures: plan.values.map((value) =>
      measureOf(value, value.column === undefined ? undefined : columnAt(table, value.column)),
    ),
  };
}

export async function pivotOf(asked: PivotAsked, signal: AbortSignal): Promise<PivotAnswer> {
  const { connection, plan, names } = asked;
  const { table, rows, columns, measures } = await sizedPivot(asked);
  if (signal.aborted) throw new ReaderError('cancelled', '');
  const types = await typesOf(connection, table, measures);
  const cut = (field: PivotField) => cutOf(columnAt(table, field.column), field);
  const values = [...table.values];
  const grouping: Grouping = {
    from: table.sql,
    rows: rows.map(cut),
    columns: columns.map(cut),
    measures,
    sort: plan.sort,
    at: (plan.sort.at ?? []).map((text) => (text === null ? 'null' : `$${values.push(text)}::varchar`)),
  };
  const found = await run(connection, groupedSql(grouping), values);
  const fields = (list: readonly PivotField[]): PivotAnswerField[] =>
    list.map((field) => ({
      ...field,
      column: names[field.column] ?? '',
      type: columnAt(table, field.column).type.sql,
    }));
  return gathered(found, {
    plan,
    rows: fields(rows),
    columns: fields(columns),
    values: plan.values.map(({ column, aggregate }, at) => ({
      ...(column === undefined ? {} : { column: names[column] ?? '' }),
      aggregate,
      type: types[at]!,
    })),
  });
}

/** What comes out, by asking no row. */
async function typesOf(connection: Connection, table: Table, measures: readonly Measure[]): Promise<readonly string[]> {
  const list = measures.map((measure, at) => `${measure.bare(measure.input ?? '')} as v${at}`);
  const result = await connection.run(`select ${list.join(', ')} from ${table.sql} where false`, table.values);
  return columnsOfResult(result).map(({ type }) => type.sql);
}

type Row = readonly DuckDBValue[];
type Shape = {
  readonly plan: PivotPlan;
  readonly rows: PivotAnswerField[];
  readonly columns: PivotAnswerField[];
  readonly values: PivotAnswer['values'];
};
type Texts = (string | null)[];

/** Kind, place of the row and of the column, how many: keys begin behind these. */
const FIRST_KEY = 4;

function gathered(found: readonly Row[], { plan, rows, columns, values }: Shape): PivotAnswer {
  const keys = Math.max(rows.length, columns.length);
  const firstValue = FIRST_KEY + keys;
  const of = (kind: number): readonly Row[] => found.filter((row) => row[0] === kind);
  const [rowRows, columnRows] = [of(KIND.row), of(KIND.column)];
  const side = (list: readonly Row[], fields: PivotAnswerField[], at: number) => {
    const made: PivotAnswerKey[] = [];
    for (const row of list) made[Number(row[at])] = keyOf(row.slice(FIRST_KEY, FIRST_KEY + fields.length));
    return { fields, keys: made, of: Number(list[0]?.[3] ?? 0) };
  };
  const down = side(rowRows, rows, 1);
  const across = side(columnRows, columns, 2);
  const width = values.length;
  const empty = (length: number): Texts => Array.from({ length }, () => null);
  const write = (into: Texts, at: number, row: Row): void => {
    for (let value = 0; value < width; value += 1) into[at * width + value] = labelFrom(row[firstValue + value]);
  };
  const cells = down.keys.map(() => empty(across.keys.length * width));
  for (const row of of(KIND.cell)) write(cells[Number(row[1])]!, Number(row[2]), row);
  const rowTotals = down.keys.map(() => empty(width));
  for (const row of of(KIND.rowTotal)) write(rowTotals[Number(row[1])]!, 0, row);
  const columnTotals = empty(across.keys.length * width);
  for (const row of of(KIND.columnTotal)) write(columnTotals, Number(row[2]), row);
  const grand = empty(width);
  for (const row of of(KIND.grand)) write(grand, 0, row);
  const matching = Number(of(KIND.grand)[0]?.[3] ?? 0);
  const hasRowTotals = plan.rowTotals && columns.length > 0;
  const hasColumnTotals = plan.columnTotals && rows.length > 0;
  return {
    matching,
    rows: down,
    columns: across,
    values,
    cells,
    ...(hasRowTotals ? { rowTotals } : {}),
    ...(hasColumnTotals ? { columnTotals } : {}),
    ...(hasRowTotals && hasColumnTotals ? { grand } : {}),
  };
}

function keyOf(texts: Row): PivotAnswerKey {
  const cut = texts.flatMap((text, at) => (isLong(text) ? [at] : []));
  return { texts: texts.map(labelFrom), ...(cut.length > 0 ? { cut } : {}) };
}

const isLong = (text: DuckDBValue | undefined): boolean =>
  typeof text === 'string' && text.length > MAX_LABEL && [...text].length > MAX_LABEL;

function labelFrom(text: DuckDBValue | undefined): string | null {
  if (typeof text !== 'string') return null;
  return isLong(text) ? `${[...text].slice(0, MAX_LABEL - 1).join('')}…` : text;
}

const run = async (connection: Connection, sql: string, values: readonly string[]): Promise<readonly Row[]> =>
  (await connection.run(sql, values)).getRows();

export function columnAt(table: Table, place: number): ChartColumn {
  const column = table.columns[place];
  if (!column) throw new ReaderError('bad-request', `no column ${place}`);
  return column;
}
