/**
 * The inverse of `encode.ts`: the bytes of a stream of ours → DuckDB data chunks → an appender. The table's own columns
 * say the types, so nothing is guessed: make it with `createStatement`, whose types come from the fields' metadata.
 */
import duckdb, { type Appender, type Connection, type DataChunk, type LogicalType } from '@duckdb/node-bindings';
import { BatchReader, fill } from './fill.ts';
import { quoteName } from './names.ts';
import { readStream, type StreamBatch, type StreamField } from './schema.ts';
import { type DuckType, duckType } from './types.ts';

/** The names and engine types of a stream's columns, and how many rows it holds. */
export function describeStream(bytes: Uint8Array): { fields: readonly StreamField[]; rows: number } {
  const { fields, batches } = readStream(bytes);
  return { fields, rows: batches.reduce((sum, batch) => sum + batch.rows, 0) };
}

/** `create table` for a stream's rows. Names must be unique, case apart: see `uniqueNames`. `table` is SQL. */
export function createStatement(table: string, fields: readonly StreamField[], names: readonly string[]): string {
  const columns = fields.map((field, index) => `${quoteName(names[index] ?? field.name)} ${field.type}`);
  return `create table ${table} (${columns.join(', ')})`;
}

/** Repeated names become `a_1`, `a_2`, as the engine itself does it; `taken` may not be used at all. */
export function uniqueNames(names: readonly string[], taken: readonly string[] = []): string[] {
  const used = new Set([...taken, ...names].map((name) => name.toLowerCase()));
  const seen = new Set(taken.map((name) => name.toLowerCase()));
  return names.map((name) => {
    const folded = name.toLowerCase();
    if (!seen.has(folded)) {
      seen.add(folded);
      return name;
    }
    let count = 1;
    while (used.has(`${folded}_${count}`)) count += 1;
    used.add(`${folded}_${count}`);
    return `${name}_${count}`;
  });
}

/** Appends all rows of the stream; the caller flushes and closes. Returns how many. */
export function appendStream(appender: Appender, bytes: Uint8Array): number {
  const { batches } = readStream(bytes);
  const logical = Array.from({ length: duckdb.appender_column_count(appender) }, (_, index) =>
    duckdb.appender_column_type(appender, index),
  );
  const types = logical.map(duckType);
  let rows = 0;
  for (const batch of batches) {
    duckdb.append_data_chunk(appender, decodeBatch(batch, logical, types));
    rows += batch.rows;
  }
  return rows;
}

/** What a vector of the engine holds, and so a batch that is loaded. */
export const MAX_BATCH_ROWS = 2048;

/** All chunks of a stream, their columns of these types. */
export function decodeStream(bytes: Uint8Array, logical: readonly LogicalType[]): DataChunk[] {
  const types = logical.map(duckType);
  return readStream(bytes).batches.map((batch) => decodeBatch(batch, logical, types));
}

/** Creates `name` in `catalog`.`schema` and fills it. Throws with the engine's message if the name is taken. */
export async function loadTable(
  connection: Connection,
  target: { readonly catalog: string; readonly schema: string; readonly name: string },
  bytes: Uint8Array,
): Promise<number> {
  const { fields } = readStream(bytes);
  const names = uniqueNames(fields.map((field) => field.name));
  const table = [target.catalog, target.schema, target.name].map(quoteName).join('.');
  await duckdb.query(connection, createStatement(table, fields, names));
  const appender = duckdb.appender_create_ext(connection, target.catalog, target.schema, target.name);
  try {
    return appendStream(appender, bytes);
  } finally {
    duckdb.appender_close_sync(appender);
  }
}

function decodeBatch(batch: StreamBatch, logical: readonly LogicalType[], types: readonly DuckType[]): DataChunk {
  if (batch.rows > MAX_BATCH_ROWS) throw new RangeError(`a batch of ${batch.rows} rows; at most ${MAX_BATCH_ROWS}`);
  const chunk = duckdb.create_data_chunk(logical);
  duckdb.data_chunk_set_size(chunk, batch.rows);
  const reader = new BatchReader(batch);
  types.forEach((type, index) => {
    fill(type, duckdb.data_chunk_get_vector(chunk, index), batch.rows, reader);
  });
  return chunk;
}
