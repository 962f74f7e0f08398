import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FOOTER, footprintOf } from '../../interpreters/parquet.ts';
import { parquetBytes } from '../support/parquet.ts';

describe('the footprint of a Parquet file', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gondola-parquet-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const print = async (bytes: Uint8Array) => {
    const path = join(folder, 'file');
    await writeFile(path, bytes);
    const file = await open(path);
    try {
      return await footprintOf(file);
    } finally {
      await file.close();
    }
  };

  it('is its length and a hash of its footer', async () => {
    const bytes = parquetBytes('rows', 'footer');
    const found = await print(bytes);
    expect(found?.size).toBe(bytes.length);
    expect(found?.footer).toMatch(FOOTER);
    expect(await print(parquetBytes('ROWS', 'footer'))).toEqual(found);
    expect(await print(parquetBytes('rows', 'Footer'))).not.toEqual(found);
  });

  it('is none where the bytes are no such file, or were cut', async () => {
    const bytes = parquetBytes('rows', 'footer');
    for (const other of [
      new Uint8Array(0),
      bytes.subarray(0, -1),
      bytes.subarray(-8),
      Buffer.from('a,b\n1,2\n'),
      parquetBytes('rows', 'footer', 1_000),
      parquetBytes('rows', 'footer', 2 ** 31),
    ])
      expect(await print(other)).toBeUndefined();
  });
});
