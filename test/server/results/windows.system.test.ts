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
  it('are empty past the end', async () => {
    expect(await rowsOf(bench.results, big.id, { offset: ROWS, limit: 10 })).toEqual([]);
    expect(await rowsOf(bench.results, big.id, { offset: ROWS * 10, limit: 10 })).toEqual([]);
  });
  it('speak JSON', async () => {
    const json = await bytesOf(bench.results, big.id, { offset: 7, limit: 2, format: 'json' });
    expect(JSON.parse(json.toString())).toEqual([
      { n: 7, k: 433, t: 'row 7' },
      { n: 8, k: 352, t: 'row 8' },
    ]);
  });
  it('follow a sort', async () => {
    const sort = [{ column: 'k', descending: true }];
    const expected = await bench.connection.runAndReadAll(
      `select i from range(${ROWS}) r(i) order by (i * 7919) % 1000 desc, i`,
    );
    const all = expected.getColumns()[0]!;
    for (const offset of [0, 100, 5000, 250_000, 499_900, 19_950, 39_000]) {
      const rows = await rowsOf(bench.results, big.id, { offset, limit: 200, sort });
      expect(rows.map((row) => row[0])).toEqual(all.slice(offset, offset + 200));
    }
    expect(await bench.results.sorting(big.id, sort)).toBe(1);
  });
});
