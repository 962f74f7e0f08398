import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResultOwner } from '../../../server/results/contract.ts';
import { missing } from '../../support/missing.ts';
import { type Bench, bytesOf, NOTEBOOK, never, openBench, rowsOf } from './support.ts';

let bench: Bench;
let big: ResultOwner;
const ROWS = 3_000_000;

beforeAll(async () => {
  bench = await openBench();
  big = await bench.keep(`select i, md5(i::varchar) as t, random() as x from range(${ROWS}) r(i)`, bench.owner('big'));
});
afterAll(() => bench.close());

const folder = () => join(bench.root, 'notebooks', NOTEBOOK, 'results');
const temporary = () => readdirSync(join(bench.root, 'temporary'));

describe('a slow or leaving client', () => {
  it('holds up no window, with as many downloads open as the reader takes', async () => {
    const downloads = await Promise.all(
      Array.from({ length: 4 }, () => bench.results.window(big.id, { offset: 0, sort: [], format: 'json' }, never)),
    );
    const rows = await rowsOf(bench.results, big.id, { offset: 2_000_000, limit: 10 });
    expect(rows.map((row) => row[0])).toEqual(rows.map((_, index) => BigInt(2_000_000 + index)));
    const fifth = new AbortController();
    const waits = bytesOf(bench.results, big.id, { format: 'csv' }, fifth.signal);
    const refused = expect(waits).rejects.toThrow();
    fifth.abort();
    await refused;
    for (const { body } of downloads) if (body instanceof Readable) body.destroy();
    const csv = await bytesOf(bench.results, big.id, { format: 'csv', limit: 50_000 });
    expect(csv.toString().split('\r\n').length).toBe(50_002);
  });
  it('ends the reader’s work: an aborted sort makes room for the next', async () => {
    const stop = new AbortController();
    const sort = [{ column: 't', descending: false }];
    const asked = bytesOf(bench.results, big.id, { offset: 1_500_000, limit: 10, sort }, stop.signal);
    const refused = expect(asked).rejects.toThrow();
    stop.abort();
    await refused;
    const other = [{ column: 'x', descending: true }];
    const rows = await rowsOf(bench.results, big.id, { offset: 1_500_000, limit: 100, sort: other });
    const values = rows.map((row) => Number(row[2]));
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(bench.readers).toHaveLength(1);
  });
  it('leaves no file of a download behind', async () => {
    const stop = new AbortController();
    const { body } = await bench.results.window(big.id, { offset: 0, sort: [], format: 'parquet' }, stop.signal);
    expect(temporary().filter((name) => name.endsWith('.parquet'))).toHaveLength(1);
    stop.abort();
    if (body instanceof Readable)
      await new Promise((resolve) =>
        body
          .once('close', resolve)
          .resume()
          .on('error', () => {}),
      );
    await rowsOf(bench.results, big.id, { limit: 1 });
    await expect.poll(() => temporary().filter((name) => name.endsWith('.parquet'))).toEqual([]);
  });
});

describe('a reader that dies', () => {
  it('is started again for the calls that had nothing yet', async () => {
    const sort = [{ column: 'x', descending: false }];
    const asked = bytesOf(bench.results, big.id, { offset: 1_000_000, limit: 5, sort });
    const before = bench.readers.length;
    bench.readers.at(-1)!.kill();
    expect((await asked).length).toBeGreaterThan(0);
    expect(bench.readers.length).toBe(before + 1);
  });
  it('ends a download under way with an error, never as if it were whole', async () => {
    const { body } = await bench.results.window(big.id, { offset: 0, sort: [], format: 'csv' }, never);
    bench.readers.at(-1)!.kill();
    await expect(
      (async () => {
        for await (const part of body as Readable) expect(part.length).toBeGreaterThan(0);
      })(),
    ).rejects.toMatchObject({ code: 'result-unreadable' });
    expect(await rowsOf(bench.results, big.id, { offset: 7, limit: 1 })).toHaveLength(1);
  });
  it('gets a small result’s block again', async () => {
    const owner = bench.owner();
    const { bytes, columns, rows } = await bench.block('select i from range(5000) r(i)');
    await bench.results.keepBlock(owner, columns, rows, bytes);
    const window = () => rowsOf(bench.results, owner.id, { offset: 4000, limit: 2 });
    expect(await window()).toEqual([[4000n], [4001n]]);
    bench.readers.at(-1)!.kill();
    expect(await window()).toEqual([[4000n], [4001n]]);
  });
});

describe('a server that starts again', () => {
  it('finds its results, by id alone, and clears what was never recorded', async () => {
    const owner = bench.owner();
    const { bytes, columns, rows } = await bench.block('select i from range(3000) r(i)');
    await bench.results.keepBlock(owner, columns, rows, bytes);
    writeFileSync(join(folder(), 'orphan.duckdb'), 'x');
    const again = await bench.reopen();
    expect(await again.info(big.id)).toMatchObject({
      rows: ROWS,
      state: 'kept',
      columns: [{ name: 'i', type: 'BIGINT' }, {}, {}],
    });
    expect(await rowsOf(again, big.id, { offset: 9, limit: 1 })).toHaveLength(1);
    expect((await rowsOf(again, owner.id, {})).length).toBe(3000);
    expect(existsSync(join(folder(), 'orphan.duckdb'))).toBe(false);
  });
});

describe('a result file', () => {
  it('is read-only once it is kept', async () => {
    const source = await bench.results.source(big.id);
    expect(source?.kind === 'file' && (statSync(source.path).mode & 0o222) === 0).toBe(true);
  });
  it('is taken from another file system too', async () => {
    if (!existsSync('/dev/shm') || statSync('/dev/shm').dev === statSync(bench.root).dev) {
      missing('a second file system (/dev/shm): results are moved within one only');
      return;
    }
    const { file, columns, rows } = await bench.write('select 5 as a');
    const elsewhere = join('/dev/shm', `${basename(bench.root)}.duckdb`);
    copyFileSync(file, elsewhere);
    const owner = bench.owner('elsewhere');
    await bench.results.keepFile(owner, columns, rows, elsewhere);
    expect(await rowsOf(bench.results, owner.id, { limit: 1 })).toEqual([[5]]);
    expect(existsSync(elsewhere)).toBe(false);
  });
  it('is not taken through a link', async () => {
    const { file, columns, rows } = await bench.write('select 1 as a');
    const link = join(bench.root, 'out', 'link.duckdb');
    symlinkSync(file, link);
    const owner = bench.owner();
    await expect(bench.results.keepFile(owner, columns, rows, link)).rejects.toMatchObject({
      code: 'storage-read-only',
    });
    expect(existsSync(file)).toBe(true);
    expect(await bench.results.info(owner.id)).toBeUndefined();
  });
  it('whose middle is damaged gives an error, never fewer rows', async () => {
    const broken = await bench.keep('select random() as x, md5(i::varchar) as t from range(1000000) r(i)');
    const path = join(folder(), `${broken.id}.duckdb`);
    const bytes = readFileSync(path);
    const middle = Math.floor(bytes.length * 0.65);
    bytes.writeUInt8(bytes.readUInt8(middle) ^ 0xff, middle);
    chmodSync(path, 0o644);
    writeFileSync(path, bytes);
    const first = await rowsOf(bench.results, broken.id, { limit: 100 });
    expect(first).toHaveLength(100);
    for (const format of ['csv', 'json', 'arrow', 'parquet'] as const) {
      const length = bytesOf(bench.results, broken.id, { format }).then((given) => given.length);
      await expect(length).rejects.toMatchObject({ code: 'result-unreadable' });
    }
  });
  it('goes when the budget wants it, the latest of its paragraph last, and answers 410', async () => {
    const keep = async (paragraph: string) =>
      bench.keep('select random() as x from range(100000)', bench.owner(paragraph));
    const [old, other, fresh] = [await keep('a'), await keep('b'), await keep('a')];
    const size = (await bench.results.info(fresh.id))!.bytes;
    const results = await bench.reopen({ notebook: size / 2, workspace: 2 ** 40 });
    await results.info(fresh.id);
    const dropped = await results.enforceBudget();
    expect(dropped).toContain(old.id);
    expect(dropped).not.toContain(other.id);
    await expect(bytesOf(results, old.id, { limit: 1 })).rejects.toMatchObject({ code: 'result-gone', status: 410 });
    expect(await rowsOf(results, fresh.id, { limit: 1 })).toHaveLength(1);
    expect(existsSync(join(folder(), `${old.id}.duckdb`))).toBe(false);
  });
});
