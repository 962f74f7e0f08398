import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResultOwner, Sort } from '../../../server/results/contract.ts';
import { type Bench, bytesOf, never, openBench, rowsOf } from './support.ts';

let bench: Bench;
let table: { owner: ResultOwner; query: string };
const ROWS = 60_000;

beforeAll(async () => {
  bench = await openBench();
  await bench.connection.run('select setseed(0.42)');
  await bench.connection.run(
    `create table plain as select i, case when random() < 0.2 then null else (random() * 20)::integer end as few,
       case when random() < 0.1 then null when random() < 0.02 then 'nan'::double else round(random() * 1000) end as x,
       case when random() < 0.2 then null else chr(44032 + (random() * 30)::integer) || (random() * 5)::integer end as t
     from range(${ROWS}) r(i)`,
  );
  await bench.connection.run(
    `create table source as select *, [few, 1] as l, {'a': few, 'b': t} as s, few::decimal(9, 2) as d, few::hugeint as h, (few % 2 = 0) as b from plain`,
  );
  table = { owner: await bench.keep('from source order by i'), query: 'from source' };
});
afterAll(() => bench.close());

const sorting = async (sort: Sort) =>
  (await bench.results.progress(table.owner.id, { sort, narrow: { filters: [] } }, 0, never)).fraction;

const term = ({ column, descending }: Sort[number]) => `${column} ${descending ? 'desc' : 'asc'} nulls last`;

async function expected(sort: Sort): Promise<unknown[]> {
  const answer = await bench.connection.runAndReadAll(
    `select i from source order by ${[...sort.map(term), 'i'].join(', ')}`,
  );
  return answer.getColumns()[0]!;
}

describe('sorted windows', () => {
  it('stand in the engine’s own order, ties by row, NULLs last, in any columns at any place', async () => {
    const columns = ['few', 'x', 't', 'l', 's', 'd', 'h', 'b'];
    const sorts = fc.uniqueArray(fc.record({ column: fc.constantFrom(...columns), descending: fc.boolean() }), {
      minLength: 1,
      maxLength: 3,
      selector: (one) => one.column,
    });
    await fc.assert(
      fc.asyncProperty(sorts, fc.array(fc.nat(ROWS - 1), { minLength: 1, maxLength: 4 }), async (sort, places) => {
        const order = await expected(sort);
        for (const offset of [0, ...places]) {
          const rows = await rowsOf(bench.results, table.owner.id, { offset, limit: 150, sort });
          expect(rows.map((row) => row[0])).toEqual(order.slice(offset, offset + 150));
        }
      }),
      { numRuns: 12 },
    );
  });
  it('hold every column of their rows', async () => {
    const sort = [{ column: 'x', descending: true }];
    const row = (await rowsOf(bench.results, table.owner.id, { offset: 30_000, limit: 1, sort }))[0]!;
    const plain = (await rowsOf(bench.results, table.owner.id, { offset: Number(row[0]), limit: 1 }))[0]!;
    expect(row).toEqual(plain);
  });
  it('reach over the edges of what is held in memory', async () => {
    const sort = [{ column: 'few', descending: false }];
    const order = await expected(sort);
    for (const offset of [9_990, 19_900, 39_950, ROWS - 5]) {
      const rows = await rowsOf(bench.results, table.owner.id, { offset, limit: 10_000, sort });
      expect(rows.map((one) => one[0])).toEqual(order.slice(offset, offset + 10_000));
    }
  });
  it('download in the same order', async () => {
    const sort = [
      { column: 't', descending: true },
      { column: 'x', descending: false },
    ];
    const csv = (await bytesOf(bench.results, table.owner.id, { format: 'csv', sort })).toString();
    const first = csv
      .trimEnd()
      .split('\r\n')
      .slice(1)
      .map((line) => BigInt(line.slice(0, line.indexOf(','))));
    expect(first).toEqual(await expected(sort));
  });
  it('say how far their sort has come', async () => {
    const sort = [{ column: 'd', descending: false }];
    expect(await sorting([])).toBe(1);
    expect(await sorting(sort)).toBeLessThanOrEqual(1);
    await rowsOf(bench.results, table.owner.id, { offset: 50_000, limit: 1, sort });
    expect(await sorting(sort)).toBe(1);
  });
  it('refuse a column that is not there, and the row number is none', async () => {
    for (const column of ['nothing', '__row', 'few"']) {
      await expect(
        bytesOf(bench.results, table.owner.id, { limit: 1, sort: [{ column, descending: false }] }),
      ).rejects.toMatchObject({ code: 'unknown-column' });
    }
  });
});
