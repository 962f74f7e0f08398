/** Profiles and sums in the real reader, against what the engine says of the same rows. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Filter, Narrow } from '../../../server/protocol/table/narrow.ts';
import type { ResultOwner } from '../../../server/results/contract.ts';
import { type Bench, never, openBench, rowsOf } from './support.ts';

let bench: Bench;
let owner: ResultOwner;
const EVERYTHING: Narrow = { filters: [] };

beforeAll(async () => {
  bench = await openBench();
  await bench.connection.run(
    `create table source as select i, (i * 7919) % 1000 as n, case when i % 10 = 0 then null else ['SEA', 'JFK', 'SEA', 'ORD'][i % 4 + 1] end as city,
      'id-' || i as id, case when i % 3 = 0 then 'frequent' else 'rare ' || i end as mixed,
      timestamp '2001-01-01 00:00:00' + (i * interval 1 minute) as moment, date '2001-01-01' + (i % 10)::integer as day,
      case when i = 7 then 'nan'::double when i = 8 then 'inf'::double else i / 4 end as x, (i % 50)::decimal(9, 2) / 8 as d,
      i % 4 = 0 as b, [i] as l, null::integer as nothing, 12 as same, (i::hugeint * 10000000000000000000) as h from range(120000) r(i)`,
  );
  owner = await bench.keep('from source order by i');
});
afterAll(() => bench.close());

const of = (column: string, narrow = EVERYTHING) => bench.results.profile(owner.id, column, narrow, never);
const sum = (list: readonly number[]) => list.reduce((total, one) => total + one, 0);
const counted = async (narrow: Narrow): Promise<number> =>
  (await bench.results.progress(owner.id, { sort: [], narrow }, 2 ** 40, never)).rows;

describe('a profile', () => {
  it('counts NULLs, different and frequent values exactly where they are few', async () => {
    expect(await of('city')).toEqual({
      rows: 120_000,
      nulls: 12_000,
      distinct: { count: 3, about: false },
      ends: ['JFK', 'SEA'],
      frequent: {
        about: false,
        values: [
          { text: 'SEA', count: 48_000 },
          { text: 'JFK', count: 30_000 },
          { text: 'ORD', count: 30_000 },
        ],
      },
    });
    expect(await of('b')).toMatchObject({
      distinct: { count: 2, about: false },
      frequent: { values: [{ text: 'false', count: 90_000 }, { text: 'true' }] },
    });
    expect(await of('nothing')).toEqual({ rows: 120_000, nulls: 120_000, distinct: { count: 0, about: false } });
    expect(await of('l')).toEqual({ rows: 120_000, nulls: 0 });
  });

  it('estimates very many values, and counts those exactly that a sample finds frequent', async () => {
    const { distinct, frequent } = await of('id');
    expect(distinct!.about).toBe(true);
    expect(Math.abs(distinct!.count / 120_000 - 1)).toBeLessThan(0.2);
    expect(frequent).toBeUndefined();
    expect((await of('mixed')).frequent!.values[0]).toEqual({ text: 'frequent', count: 40_000 });
  });

  it.each(['n', 'i', 'd', 'x', 'h', 'moment', 'day', 'same'])(
    'puts each value of %s into one bin, whose edges are filters',
    async (column) => {
      const { bins, rows, nulls } = await of(column);
      const infinite = column === 'x' ? 2 : 0;
      expect(sum(bins!.counts)).toBe(rows - nulls - infinite);
      expect(bins!.edges).toHaveLength(bins!.counts.length + 1);
      expect(bins!.counts.length).toBeLessThanOrEqual(60);
      for (const at of new Set([0, bins!.counts.length >> 1, bins!.counts.length - 1])) {
        const [from, to] = [bins!.edges[at]!, bins!.edges[at + 1]!];
        const filter: Filter = { column, is: 'range', from, to, below: true };
        expect(await counted({ filters: [filter] }), `${column} ${from} ${to}`).toBe(bins!.counts[at]);
      }
    },
  );

  it('is of the rows that filters leave', async () => {
    const narrow: Narrow = { filters: [{ column: 'city', is: 'among', values: ['JFK', null] }] };
    expect(await of('city', narrow)).toMatchObject({ rows: 42_000, nulls: 12_000, distinct: { count: 1 } });
    expect(sum((await of('n', narrow)).bins!.counts)).toBe(42_000);
    await expect(of('absent')).rejects.toMatchObject({ code: 'unknown-column' });
  });

  it('of nobody’s rows is empty', async () => {
    const none: Narrow = { filters: [{ column: 'n', is: 'range', from: '5000' }] };
    expect(await of('n', none)).toEqual({ rows: 0, nulls: 0, distinct: { count: 0, about: false } });
  });
});

describe('a profile that was made', () => {
  it('is told again by a server that starts anew, without its reader, until the result goes', async () => {
    const one = await bench.keep('select range as i from range(50000)', bench.owner('p9'));
    const before = await bench.results.profile(one.id, 'i', EVERYTHING, never);
    const started = bench.readers.length;
    const results = await bench.reopen();
    expect(await results.profile(one.id, 'i', EVERYTHING, never)).toEqual(before);
    expect(bench.readers.length).toBe(started);
    const kept = () => readdirSync(join(bench.root, 'cache', 'profiles'), { recursive: true, encoding: 'utf8' });
    expect(kept().some((name) => name.includes(one.id))).toBe(true);
    await results.forget([one.id]);
    await expect.poll(() => kept().some((name) => name.includes(one.id)), { timeout: 20_000 }).toBe(false);
    await expect(results.profile(one.id, 'i', EVERYTHING, never)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('sums', () => {
  const sums = (
    columns: string[],
    from: number,
    to: number,
    narrow = EVERYTHING,
    sort: { column: string; descending: boolean }[] = [],
  ) => bench.results.sums(owner.id, { sort, narrow }, { columns, from, to }, never);

  it('are of the rows meant, exact for whole numbers and decimals', async () => {
    expect(await sums(['i'], 0, 120_000)).toEqual({
      values: 120_000,
      numbers: 120_000,
      sum: '7199940000',
      mean: 59_999.5,
    });
    expect(await sums(['d'], 0, 8)).toEqual({ values: 8, numbers: 8, sum: '3.5', mean: 0.4375 });
    expect(await sums(['city', 'i'], 10, 20)).toEqual({ values: 19, numbers: 10, sum: '145', mean: 14.5 });
    expect(await sums(['city'], 0, 10)).toEqual({ values: 9, numbers: 0 });
  });

  it('are of as many columns as an address names', async () => {
    const names = Array.from({ length: 1100 }, (_, index) => `c${index}`);
    const wide = await bench.keep(`select ${names.map((name) => `1 as ${name}`).join(', ')}`, bench.owner('wide'));
    const range = { columns: names, from: 0, to: 1 };
    const all = await bench.results.sums(wide.id, { sort: [], narrow: EVERYTHING }, range, never);
    expect(all).toEqual({ values: 1100, numbers: 1100, sum: '1100.0', mean: 1 });
  });

  it('follow sort and filter', async () => {
    const narrow: Narrow = { filters: [{ column: 'city', is: 'equals', text: 'jfk' }] };
    const sort = [{ column: 'i', descending: true }];
    const rows = await rowsOf(bench.results, owner.id, { offset: 5, limit: 20, sort, narrow });
    const expected = rows.reduce((total, row) => total + Number(row[0]), 0);
    expect(await sums(['i'], 5, 25, narrow, sort)).toMatchObject({ numbers: 20, sum: String(expected) });
  });
});
