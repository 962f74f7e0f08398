/** One engine in memory for a test, with raw access to results. */
import duckdb, { type Connection, type DataChunk, type Result } from '@duckdb/node-bindings';

export type Memory = {
  readonly connection: Connection;
  run(sql: string): Promise<Result>;
  /** All chunks of a query's result, as the stream gives them. */
  chunks(sql: string): Promise<{ result: Result; chunks: DataChunk[] }>;
  /** Rows as text: each value as `::varchar` gives it, NULL as null. */
  texts(sql: string): Promise<(string | null)[][]>;
  close(): void;
};

export async function openMemory(): Promise<Memory> {
  const database = await duckdb.open(':memory:');
  const connection = await duckdb.connect(database);
  const stream = async (sql: string): Promise<{ result: Result; chunks: DataChunk[] }> => {
    const prepared = await duckdb.prepare(connection, sql);
    const result = await duckdb.execute_prepared_streaming(prepared);
    const chunks: DataChunk[] = [];
    for (;;) {
      const chunk = await duckdb.fetch_chunk(result);
      if (!chunk || duckdb.data_chunk_get_size(chunk) === 0) break;
      chunks.push(chunk);
    }
    return { result, chunks };
  };
  return {
    connection,
    run: (sql) => duckdb.query(connection, sql),
    chunks: stream,
    texts: async (sql) => {
      const { DuckDBDataChunk } = await import('@duckdb/node-api');
      const { chunks } = await stream(`select columns(*)::varchar from (${sql})`);
      return chunks.flatMap((chunk) => new DuckDBDataChunk(chunk).getRows() as (string | null)[][]);
    },
    close: () => {
      duckdb.disconnect_sync(connection);
      duckdb.close_sync(database);
    },
  };
}
