import type { LogicalType } from '@duckdb/node-bindings';
import duckdb from '@duckdb/node-bindings';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { concat, encodeStream } from '../../../interpreters/arrow/encode.ts';
import { decodeStream } from '../../../interpreters/arrow/load.ts';
import { batchMessage, END_OF_STREAM, readStream, schemaMessage } from '../../../interpreters/arrow/schema.ts';
import { columnsOf } from '../../../interpreters/arrow/types.ts';
import { type Memory, openMemory } from './database.ts';

let memory: Memory;
beforeAll(async () => {
  memory = await openMemory();
});
afterAll(() => memory.close());

async function streamOf(query: string) {
  const { result, chunks } = await memory.chunks(query);
  const logical: LogicalType[] = Array.from({ length: duckdb.column_count(result) }, (_, index) =>
    duckdb.column_logical_type(result, index),
  );
  const columns = columnsOf(result);
  return { bytes: encodeStream(chunks, columns), logical, columns };
}

test('a batch of more rows than a vector holds is refused', async () => {
  const { columns, logical } = await streamOf('select 1::bigint as x');
  const rows = 2049;
  const bytes = concat([
    schemaMessage(columns, 'UTC'),
    batchMessage(rows, [rows, 0], [0, 0, 0, rows * 8], rows * 8),
    new Uint8Array(rows * 8),
    END_OF_STREAM,
  ]);
  expect(() => decodeStream(bytes, logical)).toThrow(/2049 rows/);
});

test('texts, lists and numbers that are not what they say are refused, each byte of a stream turned over', async () => {
  const { bytes, logical } = await streamOf(
    "select range as n, repeat('한', (range % 9)::int) as s, [range, range + 1] as l, {a: range, b: 'x'} as t, range::varchar::blob as b, range % 2 = 0 as f from range(40)",
  );
  const start = bytes.length - END_OF_STREAM.length - (readStream(bytes).batches[0]?.body.length ?? 0);
  let refused = 0;
  for (let at = start; at < bytes.length; at += 1) {
    for (const flip of [0x01, 0x80, 0xff]) {
      const broken = Uint8Array.from(bytes);
      broken[at]! ^= flip;
      try {
        decodeStream(broken, logical);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        refused += 1;
      }
    }
  }
  expect(refused).toBeGreaterThan(100);
});

test('a column of another type than its field says is refused or read as what it says, never past its end', async () => {
  const { bytes } = await streamOf('select range::tinyint as x from range(100)');
  for (const query of [
    "select 'text' as x",
    'select [1] as x',
    'select 1::bigint as x',
    'select {a: 1} as x',
    'select 1::decimal(30,2) as x',
    "select 'a'::enum('a') as x",
  ]) {
    const { logical } = await streamOf(query);
    expect(() => decodeStream(bytes, logical), query).toThrow(RangeError);
  }
});
