/**
 * The chunks of a streamed result. The bindings give no error of a stream that fails after its first rows (a damaged
 * block, no more memory, an interrupt): it ends as if it were whole, only its return type turns invalid. So each end is
 * checked: an answer that lacks rows must not look like one that has all.
 */
import { type DuckDBDataChunk, type DuckDBResult, ResultReturnType } from '@duckdb/node-api';
import { ReaderError } from './failure.ts';

/** Undefined at the end. Throws ReaderError where the stream broke off. */
export async function nextChunk(result: DuckDBResult, signal: AbortSignal): Promise<DuckDBDataChunk | undefined> {
  const chunk = await result.fetchChunk();
  if (chunk && chunk.rowCount > 0) return chunk;
  if (signal.aborted) throw new ReaderError('cancelled', '');
  if (result.returnType === ResultReturnType.INVALID) {
    throw new ReaderError('unreadable', 'reading broke off: the file is damaged, or memory ran out');
  }
  return undefined;
}

/** The next chunk is made while the last is written. */
export async function* chunksOf(result: DuckDBResult, signal: AbortSignal): AsyncGenerator<DuckDBDataChunk> {
  let next = nextChunk(result, signal);
  try {
    for (;;) {
      const chunk = await next;
      if (!chunk) return;
      if (signal.aborted) throw new ReaderError('cancelled', '');
      next = nextChunk(result, signal);
      // Its rejection is met when it is awaited; until then it must not count as unhandled.
      next.catch(() => undefined);
      yield chunk;
    }
  } finally {
    // The connection is somebody else's after this.
    await next.catch(() => undefined);
  }
}
