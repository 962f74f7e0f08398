/** Rows of one VARCHAR as bytes, back to back: what leaves as text. */
import type { DuckDBResult } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { Body } from '../../../interpreters/arrow/body.ts';
import { encodeStrings } from '../../../interpreters/arrow/strings.ts';
import { chunksOf } from './chunks.ts';

/** Some of them, whole. */
export type Lines = {
  readonly bytes: Uint8Array;
  readonly count: number;
  /** Where the first `count` of them end. */
  end(count: number): number;
  /** Without the first ones. */
  from(count: number): Lines;
};

/** None of the rows is NULL. */
export async function* linesOf(result: DuckDBResult, signal: AbortSignal): AsyncGenerator<Lines> {
  for await (const chunk of chunksOf(result, signal)) {
    const body = new Body();
    const count = chunk.rowCount;
    encodeStrings(duckdb.data_chunk_get_vector(chunk.chunk, 0), { count, extent: count }, undefined, body);
    const [offsetsAt, offsetsBytes, start, length] = body.buffers.slice(-4);
    const { written } = body;
    const offsets = new Int32Array(written.slice(offsetsAt!, offsetsAt! + offsetsBytes!).buffer);
    yield linesIn(written.subarray(start!, start! + length!), offsets, 0);
  }
}

function linesIn(bytes: Uint8Array, offsets: Int32Array, first: number): Lines {
  const zero = offsets[first]!;
  return {
    bytes,
    count: offsets.length - 1 - first,
    end: (count) => offsets[first + count]! - zero,
    from: (count) => linesIn(bytes.subarray(offsets[first + count]! - zero), offsets, first + count),
  };
}
