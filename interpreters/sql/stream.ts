/**
 * The chunks of a streamed result. The bindings give no error of a stream that fails after its first rows: it ends as if
 * it were whole, only its return type turns invalid. So each end is checked, and why a stream failed is learnt by one
 * more execution that keeps no rows, for a bounded time. A stream that succeeds runs once.
 */
import duckdb, { type Connection, type DataChunk, type Result } from '@duckdb/node-bindings';
import { bindValues, type Values } from './bind.ts';
import { type EngineError, isInterrupt, parseEngineError } from './engine-error.ts';

/** How long the engine may look for the reason of a failed stream, beyond the time the stream itself took. */
const LEARN_MS = 5000;

export class StreamFailed extends Error {}

/** Undefined at the end. Throws `StreamFailed` when the stream broke off or was interrupted. */
export async function nextChunk(result: Result): Promise<DataChunk | undefined> {
  const chunk = await duckdb.fetch_chunk(result);
  if (chunk && duckdb.data_chunk_get_size(chunk) > 0) return chunk;
  if (duckdb.result_return_type(result) === duckdb.ResultType.INVALID) throw new StreamFailed('the stream broke off');
  return undefined;
}

/** Every column of every row is computed and none is kept. */
const HEAD = 'select max(hash(failing)) from (';

/** What the engine says when the query is executed once more; undefined if it succeeds now, or takes too long. */
export async function learnError(
  connection: Connection,
  text: string,
  took: number,
  values: Values = [],
): Promise<{ error: EngineError; prefix: number } | undefined> {
  const timer = setTimeout(() => duckdb.interrupt(connection), took + LEARN_MS);
  try {
    const statement = await duckdb.prepare(connection, `${HEAD}${text}\n) failing`);
    try {
      bindValues(statement, values);
      await duckdb.execute_prepared(statement);
    } finally {
      duckdb.destroy_prepare_sync(statement);
    }
    return undefined;
  } catch (error) {
    const said = parseEngineError(error);
    return isInterrupt(said) ? undefined : { error: said, prefix: HEAD.length };
  } finally {
    clearTimeout(timer);
  }
}
