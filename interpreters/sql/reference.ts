/**
 * A statement that only names a Parquet file: its result is the file itself. Nothing is copied: the engine shows the first rows,
 * says what it read (`../parquet.ts`), and the session links that very file to where no code reaches it. The engine only proposes,
 * as it runs code of strangers; what the session does not take is copied like any other result. So is a file that would be slower to
 * look at than a copy: its rows stand in groups, and a window reads the pieces of its group from their beginnings.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import duckdb, { type DataChunk } from '@duckdb/node-bindings';
import { quoteText } from '../arrow/names.ts';
import { type ArrowColumn, columnsOf, isForeign } from '../arrow/types.ts';
import { type Footprint, footprintOf } from '../parquet.ts';
import type { RunContext } from '../runner.ts';
import { readTexts } from './database.ts';
import { ROW_COLUMN } from './file.ts';
import { literalOf, nameOf, type Statement, type Token, wordOf } from './lexer.ts';
import type { Session } from './session.ts';
import { openTelling, SMALL_RESULT_ROWS, type Told } from './table.ts';

/** Rows of one group, and its bytes as they are read: a window then takes a tenth of a second at most. */
export const GROUP_ROWS = 1_100_000;
export const GROUP_BYTES = 128 * 1024 * 1024;
/** Rows shown at once: one chunk. */
const FIRST_ROWS = 2048;
/** Names that the readers of such a file give its row numbers. */
const TAKEN: ReadonlySet<string> = new Set([ROW_COLUMN, 'file_row_number']);

export type Referring = {
  readonly session: Session;
  readonly context: Pick<RunContext, 'call' | 'signal'>;
  readonly statement: Statement;
  /** As they would be shown. */
  readonly columns: readonly ArrowColumn[];
  readonly told: Told;
};

/** Shows the file as the table. The number of its rows, or undefined where they have to be copied. */
export async function refer({ session, context, statement, columns, told }: Referring): Promise<number | undefined> {
  const path = plainFile(statement);
  if (path === undefined) return undefined;
  const found = await printOf(join(session.start.session, path));
  // What is wrong with the file is said by the statement itself.
  const read = found && (await readFirst(session, path, columns).catch(() => undefined));
  if (!read) return undefined;
  const telling = openTelling(columns, told);
  telling.begin(duckdb.data_chunk_get_size(read.chunk), telling.first(read.chunk));
  const file = await linked(context, path, found);
  if (file === undefined) return undefined;
  telling.send(read.rows, false, { linked: { ...found, file } });
  return read.rows;
}

type Read = { readonly rows: number; readonly chunk: DataChunk };

/** Undefined where the file is not what the statement gives, or not one to be looked at as it is. */
async function readFirst(session: Session, path: string, shown: readonly ArrowColumn[]): Promise<Read | undefined> {
  if (await isHidden(session, path)) return undefined;
  const rows = await rowsOf(session, path);
  if (rows === undefined) return undefined;
  const query = `from read_parquet(${quoteText(path)}, hive_partitioning = false) limit ${FIRST_ROWS}`;
  const first = await duckdb.query(session.engine.main, query);
  if (!isAlike(shown, columnsOf(first))) return undefined;
  const chunk = await duckdb.fetch_chunk(first);
  return chunk ? { rows, chunk } : undefined;
}

/** `from 'data/x.parquet'`, `select * from 'data/x.parquet'`, `from read_parquet('data/x.parquet')` and their like. */
export function plainFile({ tokens }: Statement): string | undefined {
  const words = tokens.map(wordOf);
  const starts = words[0] === 'select' && tokens[1]?.text === '*' ? 2 : 0;
  if (words[starts] !== 'from') return undefined;
  const rest = tokens.slice(starts + 1);
  const [first, open, text, close] = rest;
  if (rest.length === 1) return plainPath(first && (literalOf(first) ?? quotedOf(first)), true);
  const isCall = /^(read_parquet|parquet_scan)$/.test(wordOf(first)) && open?.text === '(' && close?.text === ')';
  return isCall && rest.length === 4 ? plainPath(literalOf(text), false) : undefined;
}

const quotedOf = (token: Token): string | undefined =>
  token.kind === 'quoted' && !token.open ? nameOf(token) : undefined;

/** Below `data/`, one file, and no part of it is a value. */
function plainPath(path: string | undefined, named: boolean): string | undefined {
  if (path === undefined || !path.startsWith('data/') || /[*?[\]{}\\=\0]|:\/\//.test(path)) return undefined;
  if (path.split('/').some((part) => part === '' || part === '.' || part === '..')) return undefined;
  return named && !/\.parquet$/i.test(path) ? undefined : path;
}

/** Whether a table or a macro has this name, and so comes before the file: where statements run, as some are of their connection. */
async function isHidden({ engine }: Session, path: string): Promise<boolean> {
  const name = quoteText(path.toLowerCase());
  const [found] = await readTexts(
    engine.main,
    `select 1 from duckdb_tables() where lower(table_name) = ${name} union all select 1 from duckdb_views() where lower(view_name) = ${name}
     union all select 1 from duckdb_functions() where lower(function_name) in ('read_parquet', 'parquet_scan') and not internal limit 1`,
  );
  return found !== undefined;
}

async function printOf(path: string): Promise<Footprint | undefined> {
  // What is no file, such as a pipe, is opened without waiting.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
  try {
    return file && (await file.stat()).isFile() ? await footprintOf(file) : undefined;
  } finally {
    await file?.close();
  }
}

/** Undefined where its groups are too large, or the rows so few that they are a small result. */
async function rowsOf({ engine }: Session, path: string): Promise<number | undefined> {
  const file = quoteText(path);
  const [row = []] = await readTexts(
    engine.meta,
    `select (select num_rows from parquet_file_metadata(${file})), max(n), max(bytes) from (
       select any_value(row_group_num_rows) as n, sum(total_uncompressed_size) as bytes from parquet_metadata(${file}) group by row_group_id)`,
  );
  const [rows, most, bytes] = row.map(Number);
  if (rows === undefined || most === undefined || bytes === undefined) return undefined;
  return rows > SMALL_RESULT_ROWS && most <= GROUP_ROWS && bytes <= GROUP_BYTES ? rows : undefined;
}

/** What is shown is what stands in the file. */
const isAlike = (shown: readonly ArrowColumn[], read: readonly ArrowColumn[]): boolean =>
  shown.length === read.length &&
  shown.every(({ name, type }, index) => {
    const other = read[index]!;
    return (
      name === other.name && type.sql === other.type.sql && !isForeign(other.type) && !TAKEN.has(name.toLowerCase())
    );
  });

async function linked(context: Referring['context'], path: string, found: Footprint): Promise<string | undefined> {
  const answer = await context.call('link', { path, ...found }).catch((error: unknown) => {
    if (context.signal.aborted) throw error;
    return undefined;
  });
  const file = typeof answer === 'object' && answer !== null && 'file' in answer ? answer.file : undefined;
  return typeof file === 'string' ? file : undefined;
}
