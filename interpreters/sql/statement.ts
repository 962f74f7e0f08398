/**
 * Preparing one statement. A query is wrapped, so that its rows carry their number; names, types, errors and places come
 * from the text itself wherever the wrapping could change them. What can't be wrapped runs bare: it is enough that the
 * wrapped form doesn't prepare while the text does; so does what reads no table.
 */
import duckdb, { type Connection, type PreparedStatement, type Result } from '@duckdb/node-bindings';
import { uniqueNames } from '../arrow/load.ts';
import { quoteName } from '../arrow/names.ts';
import { type ArrowColumn, columnsOf, duckType, isForeign } from '../arrow/types.ts';
import { Failed } from '../errors.ts';
import { bindValues, type Values } from './bind.ts';
import { ShiftedError } from './engine-error.ts';
import { ROW_COLUMN } from './file.ts';
import { type Statement, wordOf } from './lexer.ts';

const NUMBER = `row_number() over () - 1 as ${ROW_COLUMN}`;
const QUERIES = new Set([
  'select',
  'with',
  'from',
  'values',
  'table',
  'pivot',
  'unpivot',
  'describe',
  'desc',
  'summarize',
  'show',
]);

/** `prefix`: characters before the statement's text in what the engine got. */
export type Prepared = {
  readonly statement: PreparedStatement;
  readonly prefix: number;
  /** Of a query: its columns as shown, without the row number. */
  readonly columns?: readonly ArrowColumn[];
  /** Wrapped: its rows carry their number. */
  readonly numbered: boolean;
};

/** Throws the engine's error, its position counting from the statement's own text. */
export async function prepareStatement(
  connection: Connection,
  statement: Statement,
  values: Values = [],
): Promise<Prepared> {
  const { text } = statement;
  if (isQuery(statement)) {
    const plain = readsNothing(statement) ? await preparePlain(connection, text, values) : undefined;
    if (plain) return plain;
    const wrapped = await tryPrepare(connection, wrap(text, '*'));
    if (wrapped) return finishWrapped(connection, text, values, wrapped);
  }
  return { statement: await prepareBound(connection, text, values), prefix: 0, numbered: false };
}

/** A query whose rows carry no number, for what reads them in order; casts what can't be encoded. */
export async function prepareRows(
  connection: Connection,
  text: string,
  values: Values,
): Promise<{
  readonly statement: PreparedStatement;
  readonly columns: readonly ArrowColumn[];
  readonly prefix: number;
}> {
  const statement = await prepareBound(connection, text, values);
  const columns = await columnsOfPrepared(connection, statement, text, values);
  if (columns.every(({ type }) => !isForeign(type))) return { statement, columns, prefix: 0 };
  duckdb.destroy_prepare_sync(statement);
  const names = uniqueNames(columns.map(({ name }) => name));
  const casts = names.map((name, index) =>
    isForeign(columns[index]!.type) ? `${quoteName(name)}::varchar` : quoteName(name),
  );
  const before = `select ${casts.join(', ')} from (`;
  const cast = await prepareBound(connection, `${before}${text}\n)`, values);
  const types = await columnsOfPrepared(connection, cast, `${before}${text}\n)`, values, before.length);
  return {
    statement: cast,
    columns: columns.map(({ name }, index) => ({ name, type: types[index]!.type })),
    prefix: before.length,
  };
}

/** Of a query. Where types depend on the bound values, the engine says them when it executes: then for no rows. */
export async function columnsOfPrepared(
  connection: Connection,
  statement: PreparedStatement,
  text: string,
  values: Values,
  /** Characters before the author's own in `text`. */
  prefix = 0,
): Promise<ArrowColumn[]> {
  if (!isUnresolved(statement)) return preparedColumns(statement);
  try {
    const empty = await prepareBound(connection, `${EMPTY}${text}\n) limit 0`, values);
    try {
      return columnsOf(await duckdb.execute_prepared_streaming(empty));
    } finally {
      duckdb.destroy_prepare_sync(empty);
    }
  } catch (error) {
    throw error instanceof Failed ? error : new ShiftedError(error, EMPTY.length + prefix);
  }
}

const EMPTY = 'from (';

const isUnresolved = (statement: PreparedStatement): boolean =>
  duckdb.nparams(statement) > 0 &&
  duckdb.prepared_statement_column_count(statement) === 1 &&
  duckdb.get_type_id(duckdb.prepared_statement_column_logical_type(statement, 0)) === duckdb.Type.INVALID;

export async function prepareBound(connection: Connection, sql: string, values: Values): Promise<PreparedStatement> {
  const { statement, bound } = await prepareLast(connection, sql, values);
  try {
    if (!bound || duckdb.nparams(statement) > 0) bindValues(statement, values);
    return statement;
  } catch (error) {
    duckdb.destroy_prepare_sync(statement);
    throw error;
  }
}

/** `select 1 + 1`: one row, or a few. Planning the number of a row would take longer than all the rest. */
async function preparePlain(connection: Connection, text: string, values: Values): Promise<Prepared | undefined> {
  const statement = await tryPrepare(connection, text);
  if (!statement) return undefined;
  bindValues(statement, values);
  const columns = await columnsOfPrepared(connection, statement, text, values);
  if (columns.every(({ type }) => !isForeign(type))) return { statement, prefix: 0, columns, numbered: false };
  duckdb.destroy_prepare_sync(statement);
  return undefined;
}

async function finishWrapped(
  connection: Connection,
  text: string,
  values: Values,
  wrapped: PreparedStatement,
): Promise<Prepared> {
  bindValues(wrapped, values);
  const all = await columnsOfPrepared(connection, wrapped, wrap(text, '*'), values, prefixOf('*'));
  const stored = all.slice(0, -1);
  const names = await shownNames(connection, text, stored);
  const columns = stored.map(({ type }, index) => ({ name: names[index] ?? '', type }));
  const foreign = stored.filter(({ type }) => isForeign(type));
  if (foreign.length === 0) return { statement: wrapped, prefix: prefixOf('*'), columns, numbered: true };
  const casts = foreign.map(({ name }) => `${quoteName(name)}::varchar as ${quoteName(name)}`);
  const selection = `* replace (${casts.join(', ')})`;
  duckdb.destroy_prepare_sync(wrapped);
  const statement = await prepareBound(connection, wrap(text, selection), values);
  const cast = await columnsOfPrepared(connection, statement, wrap(text, selection), values, prefixOf(selection));
  return {
    statement,
    prefix: prefixOf(selection),
    columns: columns.map(({ name }, index) => ({ name, type: cast[index]!.type })),
    numbered: true,
  };
}

/** What came out of the statement: rows with their columns, or none. */
export function resultColumns(result: Result, prepared: Prepared): readonly ArrowColumn[] | undefined {
  if (prepared.columns) return prepared.columns;
  return duckdb.result_return_type(result) === duckdb.ResultType.QUERY_RESULT ? columnsOf(result) : undefined;
}

const head = (selection: string): string => `select ${selection}, ${NUMBER} from (`;
const prefixOf = (selection: string): number => head(selection).length;
/** The line feed ends a comment at the text's end. */
const wrap = (text: string, selection: string): string => `${head(selection)}${text}\n)`;

/** Begins like a query, and its brackets can't close ours. */
export function isQuery({ tokens }: Statement): boolean {
  const first = tokens.find(({ text }) => text !== '(');
  if (!QUERIES.has(wordOf(first))) return false;
  let depth = 0;
  for (const { text } of tokens) {
    if (text === '(') depth += 1;
    else if (text === ')') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** A plain SELECT without FROM, and without what makes rows of a list. */
function readsNothing({ tokens }: Statement): boolean {
  return wordOf(tokens[0]) === 'select' && !tokens.some((token) => /^(from|unnest)$/.test(wordOf(token)));
}

async function tryPrepare(connection: Connection, sql: string): Promise<PreparedStatement | undefined> {
  try {
    return (await prepareLast(connection, sql)).statement;
  } catch {
    return undefined;
  }
}

/**
 * One text may be several statements to the engine: all but the last run at once. PIVOT makes a type first, and a table of
 * it is made between a BEGIN and a COMMIT of the engine's own. `bound`: the values went to one of those that ran.
 */
async function prepareLast(
  connection: Connection,
  sql: string,
  values: Values = [],
): Promise<{ readonly statement: PreparedStatement; readonly bound: boolean }> {
  try {
    return { statement: await duckdb.prepare(connection, sql), bound: false };
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('Cannot prepare multiple statements')) throw error;
  }
  const { extracted_statements: parts, statement_count: count } = await duckdb.extract_statements(connection, sql);
  let begun = false;
  let bound = false;
  try {
    for (let index = 0; index < count - 1; index += 1) {
      const part = await duckdb.prepare_extracted_statement(connection, parts, index);
      begun ||= duckdb.prepared_statement_type(part) === duckdb.StatementType.TRANSACTION;
      try {
        if (duckdb.nparams(part) > 0) {
          bindValues(part, values);
          bound = true;
        }
        await duckdb.execute_prepared(part);
      } finally {
        duckdb.destroy_prepare_sync(part);
      }
    }
    return { statement: await duckdb.prepare_extracted_statement(connection, parts, count - 1), bound };
  } catch (error) {
    if (begun) await duckdb.query(connection, 'rollback').catch(() => undefined);
    throw error;
  }
}

const preparedColumns = (statement: PreparedStatement): ArrowColumn[] =>
  Array.from({ length: duckdb.prepared_statement_column_count(statement) }, (_, index) => ({
    name: duckdb.prepared_statement_column_name(statement, index),
    type: duckType(duckdb.prepared_statement_column_logical_type(statement, index)),
  }));

/**
 * In a subquery the engine turns a repeated `a` into `a_1`. Only where a name looks like that is the text itself asked:
 * preparing twice costs time, and a CSV file would be sniffed twice.
 */
async function shownNames(connection: Connection, text: string, stored: readonly ArrowColumn[]): Promise<string[]> {
  const names = stored.map(({ name }) => name);
  const folded = new Set(names.map((name) => name.toLowerCase()));
  const numbered = names.some((name) => {
    const base = /^(.*)_\d+$/s.exec(name.toLowerCase())?.[1];
    return base !== undefined && folded.has(base);
  });
  if (!numbered) return names;
  const itself = await tryPrepare(connection, text);
  if (!itself) return names;
  const shown = preparedColumns(itself).map(({ name }) => name);
  duckdb.destroy_prepare_sync(itself);
  return shown.length === names.length ? shown : names;
}
