/**
 * Scratch tables: rows that a run of another program keeps in the engine. They lie in an attached in-memory database, whose
 * blocks the engine moves to disk when memory is short; every connection sees them, no list of tables does. They go with
 * their run.
 */
import duckdb, { type Connection, type DataChunk } from '@duckdb/node-bindings';
import { appendStream, createStatement, describeStream, uniqueNames } from '../../arrow/load.ts';
import { Failed, failure } from '../../errors.ts';
import { SCRATCH_CATALOG } from '../database.ts';
import { prepareBound } from '../statement.ts';
import type { Checked, Progress } from './query.ts';

export type Scratch = {
  /** A new table's name, as it stands in queries. */
  name(run: string): string;
  /** Appends a stream's rows to a new table or one of the run's; its name. */
  append(run: string, bytes: Uint8Array, table?: string): Promise<{ readonly table: string; readonly rows: number }>;
  drop(run: string, table: string): Promise<void>;
  release(run: string): Promise<void>;
};

export function openScratch(connection: Connection): Scratch {
  const tables = new Map<string, Set<string>>();
  let last = 0;

  const name = (run: string): string => {
    last += 1;
    const table = `${SCRATCH_CATALOG}.main.t${last}`;
    const own = tables.get(run) ?? new Set();
    tables.set(run, own.add(table));
    return table;
  };
  const remove = async (table: string): Promise<void> => {
    await duckdb.query(connection, `drop table if exists ${table}`);
  };

  return {
    name,
    async append(run, bytes, given) {
      if (given !== undefined && !tables.get(run)?.has(given)) {
        throw new Failed(failure('rows-gone', `There is no scratch table ${given.slice(0, 100)}.`));
      }
      const { fields, rows } = read(bytes);
      const table = given ?? name(run);
      if (given === undefined) {
        const names = uniqueNames(fields.map((field) => field.name));
        // Prepared, so that what a field calls its type can't be more than one statement.
        const statement = await duckdb.prepare(connection, createStatement(table, fields, names)).catch(unreadable);
        await duckdb.execute_prepared(statement).catch(unreadable);
        duckdb.destroy_prepare_sync(statement);
      }
      const appender = duckdb.appender_create_ext(connection, SCRATCH_CATALOG, 'main', lastPart(table));
      try {
        if (duckdb.appender_column_count(appender) !== fields.length) throw new Error('another number of columns');
        appendStream(appender, bytes);
        duckdb.appender_close_sync(appender);
      } catch (error) {
        closeQuietly(appender);
        throw unreadable(error);
      }
      return { table, rows };
    },
    async drop(run, table) {
      tables.get(run)?.delete(table);
      await remove(table);
    },
    async release(run) {
      const own = tables.get(run) ?? [];
      tables.delete(run);
      for (const table of own) await remove(table);
    },
  };
}

const lastPart = (table: string): string => table.slice(table.lastIndexOf('.') + 1);

function read(bytes: Uint8Array): ReturnType<typeof describeStream> {
  try {
    const stream = describeStream(bytes);
    if (stream.fields.length > 0) return stream;
  } catch (error) {
    throw unreadable(error);
  }
  throw unreadable(new Error('it has no columns'));
}

function unreadable(error: unknown): never {
  const detail = error instanceof Error ? error.message : String(error);
  throw new Failed(failure('protocol', 'The rows can’t be read: they are no Arrow stream of this engine.', { detail }));
}

function closeQuietly(appender: Parameters<typeof duckdb.appender_close_sync>[0]): void {
  try {
    duckdb.appender_close_sync(appender);
  } catch {
    // What it held was refused already.
  }
}

/** The query's rows into a table, in their order; `table` is SQL, made by this one statement or not at all. */
export async function keepRows(
  connection: Connection,
  table: string,
  { text, values }: Checked,
  progress: Progress,
  replace = false,
): Promise<number> {
  const head = `create ${replace ? 'or replace ' : ''}table ${table} as from (`;
  progress.prefix = head.length;
  const statement = await prepareBound(connection, `${head}${text}\n)`, values);
  try {
    const result = await duckdb.execute_prepared(statement);
    const chunk = await duckdb.fetch_chunk(result);
    if (chunk && duckdb.data_chunk_get_size(chunk) > 0) return countIn(chunk);
  } finally {
    duckdb.destroy_prepare_sync(statement);
  }
  // A PIVOT is several statements, the last of which is no CREATE.
  const counted = await duckdb.fetch_chunk(await duckdb.query(connection, `select count(*) from ${table}`));
  return counted ? countIn(counted) : 0;
}

function countIn(chunk: DataChunk): number {
  const count = duckdb.vector_get_data(duckdb.data_chunk_get_vector(chunk, 0), 8);
  return Number(new DataView(count.buffer, count.byteOffset, 8).getBigInt64(0, true));
}
