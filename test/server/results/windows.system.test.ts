import { randomBytes } from 'node:crypto';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResultOwner } from '../../../server/results/contract.ts';
import { type Bench, bytesOf, openBench, rowsOf } from './support.ts';

let bench: Bench;
let big: ResultOwner;
const ROWS = 500_000;

beforeAll(async () => {
  bench = await openBench();
  big = await bench.keep(`select i as n, (i * 7919) % 1000 as k, 'row ' || i as t from range(${ROWS}) r(i)`);
});
afterAll(() => bench.close());

describe('windows of a result file', () => {
  it('hold exactly the rows asked for, anywhere', async () => {
    for (const offset of [0, 1, 122_879, 122_880, 2047, 499_800, 333_333]) {
      const rows = await rowsOf(bench.results, big.id, { offset, limit: 200 });
      expect(rows.length).toBe(Math.min(200, ROWS - offset));
      expect(rows[0]).toEqual([BigInt(offset), BigInt((offset * 7919) % 1000), `row ${offset}`]);
      expect(rows.map((row) => row[0])).toEqual(rows.map((_, index) => BigInt(offset + index)));
    }
  });
  it('of few rows of a megabyte each come whole, and the reader holds only some of them', async () => {
    const wide = await bench.keep('select i, repeat(md5(i::varchar), 32768) as t from range(60) r(i)');
    const csv = await bytesOf(bench.results, wide.id, { offset: 15, limit: 45, format: 'csv' });
    expect(csv.length).toBeGreaterThan(45 * 2 ** 20);
    expect(
      csv
        .toString('latin1')
        .split('\r\n')
        .slice(1, -1)
        .map((line) => line.slice(0, 3)),
    ).toEqual(Array.from({ length: 45 }, (_, index) => `${15 + index},`));
  });
  it('are empty past the end', async () => {
    expect(await rowsOf(bench.results, big.id, { offset: ROWS, limit: 10 })).toEqual([]);
    expect(await rowsOf(bench.results, big.id, { offset: ROWS * 10, limit: 10 })).toEqual([]);
  });
  it('come from the one run: random() gives the same rows twice, and after the engine that ran it has ended', async () => {
    const owner = await bench.keep('select random() as x from range(200000)');
    const first = await rowsOf(bench.results, owner.id, { offset: 150_000, limit: 50 });
    bench.readers.at(-1)!.kill();
    const again = await rowsOf(bench.results, owner.id, { offset: 150_000, limit: 50 });
    expect(again).toEqual(first);
    const sort = [{ column: 'x', descending: false }];
    const lowest = await rowsOf(bench.results, owner.id, { offset: 0, limit: 3, sort });
    expect(await rowsOf(bench.results, owner.id, { offset: 0, limit: 3, sort })).toEqual(lowest);
  });
  it('know columns of any name, in plain and in sorted windows', async () => {
    const names = ['__place', '__row', '__pos', 'at_row', 'a"b', "it's", 'select', '한국어 열', ' ', 'a', 'A', 'a_1'];
    const list = names.map((name, index) => `i + ${index} as "${name.replaceAll('"', '""')}"`).join(', ');
    const owner = await bench.keep(`select ${list} from range(5000) r(i)`);
    const shown = ['__place', '__row', '__pos', 'at_row', 'a"b', "it's", 'select', '한국어 열', ' ', 'a', 'A_2', 'a_1'];
    const row = (first: number) => Object.fromEntries(shown.map((name, index) => [name, first + index]));
    const read = async (query: Parameters<typeof bytesOf>[2]) =>
      JSON.parse((await bytesOf(bench.results, owner.id, { ...query, limit: 1, format: 'json' })).toString());
    expect(await read({ offset: 4000 })).toEqual([row(4000)]);
    for (const column of shown) {
      expect(await read({ offset: 4000, sort: [{ column, descending: true }] })).toEqual([row(999)]);
    }
    const csv = await bytesOf(bench.results, owner.id, { limit: 0, format: 'csv' });
    expect(csv.toString()).toBe(`__place,__row,__pos,at_row,"a""b",it's,select,한국어 열, ,a,A_2,a_1\r\n`);
  });
  it('are refused for a table that is none: a view would run its text', async () => {
    const { file, columns, rows } = await bench.write('select 1 as a');
    await bench.connection.run(`attach '${file}' as evil`);
    await bench.connection.run('drop table evil.result');
    await bench.connection.run(
      "create view evil.result as select 1 as a, 0::bigint as __row from (select current_setting('memory_limit'))",
    );
    await bench.connection.run('detach evil');
    const owner = bench.owner();
    await bench.results.keepFile(owner, columns, rows, file);
    await expect(bytesOf(bench.results, owner.id, { limit: 1 })).rejects.toMatchObject({ code: 'result-unreadable' });
  });
  it('say so when a file is damaged or gone, and others go on', async () => {
    const [broken, gone] = [await bench.keep('select 1 as a'), await bench.keep('select 1 as a')];
    const path = async (id: typeof broken.id) => {
      const source = await bench.results.source(id);
      return source?.kind === 'file' ? source.path : '';
    };
    const damaged = await path(broken.id);
    chmodSync(damaged, 0o644);
    writeFileSync(damaged, randomBytes(300_000));
    rmSync(await path(gone.id));
    await expect(bytesOf(bench.results, broken.id, { limit: 1 })).rejects.toMatchObject({ code: 'result-unreadable' });
    await expect(bytesOf(bench.results, gone.id, { limit: 1 })).rejects.toMatchObject({ code: 'result-gone' });
    expect(await rowsOf(bench.results, big.id, { offset: 9, limit: 1 })).toHaveLength(1);
  });
  it('serve more results than the reader holds open', async () => {
    const owners = [];
    for (let count = 0; count < 40; count += 1) owners.push(await bench.keep(`select ${count} as a`));
    for (const round of [0, 1]) {
      for (const [count, owner] of owners.entries()) {
        const rows = await rowsOf(bench.results, owner.id, { limit: 1 });
        expect([round, ...rows[0]!]).toEqual([round, count]);
      }
    }
  });
});

describe('a result of many columns', () => {
  it('is served whole, 5,000 of them', async () => {
    const list = Array.from({ length: 5000 }, (_, index) => `i + ${index} as x${index}`).join(', ');
    const owner = await bench.keep(`select ${list} from range(300) r(i)`);
    const rows = await rowsOf(bench.results, owner.id, { offset: 100, limit: 100 });
    expect([rows.length, rows[0]!.length, rows[0]![4999]]).toEqual([100, 5000, 5099n]);
    const [first] = JSON.parse((await bytesOf(bench.results, owner.id, { limit: 1, format: 'json' })).toString());
    expect(first.x4999).toBe(4999);
    const sort = [{ column: 'x7', descending: true }];
    expect((await rowsOf(bench.results, owner.id, { limit: 1, sort }))[0]![0]).toBe(299n);
  });
});
