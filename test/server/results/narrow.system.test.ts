/** Filters and searches in the real reader, against what the engine says of the same rows. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Narrow, Test } from '../../../server/protocol/table/narrow.ts';
import type { ResultOwner, Sort } from '../../../server/results/contract.ts';
import { type Bench, bytesOf, never, openBench, rowsOf } from './support.ts';

let bench: Bench;
let large: ResultOwner;
let small: ResultOwner;
const ROWS = 60_000;
const SOURCE = `select i, (i * 7919) % 1000 as n, case when i % 5 = 0 then null else (i % 97)::decimal(9, 2) / 4 end as d,
  case when i % 11 = 0 then 'nan'::double when i % 7 = 0 then null else (i % 50) / 3 end as x,
  case when i % 6 = 0 then null when i % 13 = 0 then 'ÉCOLE ' || i when i % 3 = 0 then '서울 강남' else 'Item ' || (i % 100) end as t,
  timestamp '2001-01-01 00:00:00' + (i * interval 97 minute) as moment, date '2001-01-01' + (i % 700)::integer as day,
  i % 2 = 0 as b, (i * 10000000000000000000)::hugeint as h, [i % 3, 1] as l, {'a': i % 4} as s,
  ('k' || i % 3)::enum('k0', 'k1', 'k2') as e, (timestamp '2001-01-01' + (i * interval 97 minute))::timestamp_ns as ns, (i % 200)::utinyint as u from range(ROWS) r(i)`;

beforeAll(async () => {
  bench = await openBench();
  await bench.connection.run(`create table source as ${SOURCE.replace('ROWS', String(ROWS))}`);
  large = await bench.keep('from source order by i');
  const { bytes, columns, rows } = await bench.block('from source where i < 3000 order by i');
  small = bench.owner('p2');
  await bench.results.keepBlock(small, columns, rows, bytes);
});
afterAll(() => bench.close());

const on = (column: string, test: Test): Narrow => ({ filters: [{ column, ...test }] });

async function expected(where: string, order = 'i'): Promise<unknown[]> {
  return (
    (await bench.connection.runAndReadAll(`select i from source where ${where} order by ${order}`)).getColumns()[0] ??
    []
  );
}

async function found(narrow: Narrow, sort: Sort = [], owner = large): Promise<unknown[]> {
  const rows = await rowsOf(bench.results, owner.id, { offset: 0, limit: 10_000, sort, narrow });
  return rows.map((row) => row[0]);
}

/** Asks until all are found. */
async function counted(narrow: Narrow, owner = large): Promise<number> {
  for (;;) {
    const { fraction, rows } = await bench.results.progress(owner.id, { sort: [], narrow }, 2 ** 40, never);
    if (fraction === 1) return rows;
  }
}

const CASES: readonly [string, Narrow, string][] = [
  ['a range of whole numbers', on('n', { is: 'range', from: '10.5', to: '20.5' }), 'n between 11 and 20'],
  ['an open end', on('n', { is: 'range', from: '990' }), 'n >= 990'],
  ['an end that is left out', on('n', { is: 'range', from: '10', to: '20', below: true }), 'n >= 10 and n < 20'],
  ['ends beyond the type', on('u', { is: 'range', from: '-5', to: '1e30' }), 'u is not null'],
  ['nothing beyond the type', on('u', { is: 'range', from: '256' }), 'false'],
  ['a range of decimals', on('d', { is: 'range', from: '1.001', to: '2.5' }), 'd > 1.001 and d <= 2.5'],
  ['a range of doubles, without NaN', on('x', { is: 'range', from: '10' }), "x >= 10 and x <> 'nan'"],
  [
    'a range of wide integers',
    on('h', { is: 'range', from: '99999999999999999999999' }),
    'h > 99999999999999999999998',
  ],
  [
    'days, the last one whole',
    on('moment', { is: 'range', from: '2001-01-05', to: '2001-01-06' }),
    "moment::date between date '2001-01-05' and date '2001-01-06'",
  ],
  [
    'moments',
    on('moment', { is: 'range', from: '2001-01-05 03:00', to: '2001-01-05 10:00:00.5', below: true }),
    "moment >= timestamp '2001-01-05 03:00' and moment < timestamp '2001-01-05 10:00:00.5'",
  ],
  [
    'days of nanoseconds',
    on('ns', { is: 'range', from: '2001-01-05', to: '2001-01-06' }),
    "ns::date between date '2001-01-05' and date '2001-01-06'",
  ],
  ['a day before all nanoseconds', on('ns', { is: 'range', from: '1500-01-01', to: '2300-01-01' }), 'true'],
  ['a moment after them', on('ns', { is: 'range', to: '2300-01-01 10:00' }), 'true'],
  ['the days after them', on('ns', { is: 'range', from: '2300-01-01' }), 'false'],
  ['the days before them', on('ns', { is: 'range', to: '1500-01-01' }), 'false'],
  [
    'dates',
    on('day', { is: 'range', from: '2001-03-01', to: '2001-03-02' }),
    "day in (date '2001-03-01', date '2001-03-02')",
  ],
  ['a part of a text, in any case', on('t', { is: 'contains', text: 'ITEM 9' }), "t like 'Item 9%'"],
  ['letters beyond ASCII, in any case', on('t', { is: 'starts', text: 'école' }), "t like 'ÉCOLE%'"],
  ['Hangul written in parts', on('t', { is: 'contains', text: '강남'.normalize('NFD') }), "t = '서울 강남'"],
  ['marks of LIKE as they are', on('t', { is: 'contains', text: '%' }), 'false'],
  ['a whole text', on('t', { is: 'equals', text: 'item 7' }), "t = 'Item 7'"],
  ['a quote and a dollar', on('t', { is: 'equals', text: "' or $1 --" }), 'false'],
  ['some values', on('t', { is: 'among', values: ['Item 7', 'item 8', null] }), "t = 'Item 7' or t is null"],
  ['some numbers', on('n', { is: 'among', values: ['7', 'x', '8.4'] }), 'n in (7, 8)'],
  ['some decimals', on('d', { is: 'among', values: ['1.25'] }), 'd = 1.25'],
  ['NaN', on('x', { is: 'among', values: ['nan'] }), "x = 'nan'"],
  ['truth', on('b', { is: 'among', values: ['true'] }), 'b'],
  ['values of an enum', on('e', { is: 'among', values: ['k1'] }), "e = 'k1'"],
  ['none of them', on('e', { is: 'among', values: [] }), 'false'],
  ['nulls', on('d', { is: 'null' }), 'd is null'],
  ['no nulls', on('d', { is: 'present' }), 'd is not null'],
  ['the text of a list', on('l', { is: 'contains', text: '[2,' }), 'i % 3 = 2'],
  [
    'all of several',
    {
      filters: [
        { column: 'n', is: 'range', to: '100' },
        { column: 'b', is: 'among', values: ['true'] },
      ],
      search: 'ITEM',
    },
    "n <= 100 and b and t like 'Item%'",
  ],
  ['a search over all texts', { filters: [], search: 'K1' }, "e = 'k1' or t like '%k1%'"],
];

describe('filters', () => {
  it.each(CASES)('find %s', async (_, narrow, where) => {
    const all = await expected(where);
    expect(await found(narrow)).toEqual(all.slice(0, 10_000));
    expect(await counted(narrow)).toBe(all.length);
    expect(await found(narrow, [], small)).toEqual(all.filter((i) => Number(i) < 3000));
  });

  it('stand in order of other columns, at any place', async () => {
    const narrow = on('t', { is: 'contains', text: 'item' });
    const sort = [
      { column: 'n', descending: true },
      { column: 't', descending: false },
    ];
    const order = await expected("t like 'Item%'", 'n desc nulls last, t nulls last, i');
    const places = fc.array(fc.nat(order.length - 1), { minLength: 3, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(places, async (offsets) => {
        for (const offset of offsets) {
          for (const [by, all] of [[sort, order] as const, [[], await expected("t like 'Item%'")] as const]) {
            const rows = await rowsOf(bench.results, large.id, { offset, limit: 300, sort: by, narrow });
            expect(rows.map((row) => row[0])).toEqual(all.slice(offset, offset + 300));
          }
        }
      }),
      { numRuns: 5 },
    );
  });

  it('end where their rows end', async () => {
    const narrow = on('n', { is: 'range', to: '3' });
    const all = await expected('n <= 3');
    const rows = await rowsOf(bench.results, large.id, { offset: all.length - 5, limit: 100, narrow });
    expect(rows.map((row) => row[0])).toEqual(all.slice(-5));
    expect(await rowsOf(bench.results, large.id, { offset: 50_000, limit: 100, narrow })).toEqual([]);
  });

  it('reach downloads of every form', async () => {
    const narrow = on('t', { is: 'equals', text: 'item 7' });
    const all = (await expected("t = 'Item 7'")).map(Number);
    const json = JSON.parse(String(await bytesOf(bench.results, large.id, { format: 'json', narrow })));
    expect(json.map((row: { i: number }) => row.i)).toEqual(all);
    const csv = String(await bytesOf(bench.results, large.id, { format: 'csv', narrow }))
      .trimEnd()
      .split('\r\n');
    expect(csv.slice(1).map((line) => Number(line.split(',')[0]))).toEqual(all);
    const sort = [{ column: 'i', descending: true }];
    const arrow = await rowsOf(bench.results, large.id, { narrow, sort });
    expect(arrow.map((row) => Number(row[0]))).toEqual(all.toReversed());
    const parquet = `${bench.root}/narrow.parquet`;
    const { writeFileSync } = await import('node:fs');
    writeFileSync(parquet, await bytesOf(bench.results, large.id, { format: 'parquet', narrow, sort }));
    const read = await bench.connection.runAndReadAll(`select i::integer from '${parquet}'`);
    expect(read.getColumns()[0]).toEqual(all.toReversed());
  });

  it('reach charts', async () => {
    const spec = { mark: 'bar', x: { column: 'e' }, y: { aggregate: 'count' } } as const;
    const { body } = await bench.results.chart(large.id, spec, on('e', { is: 'among', values: ['k1'] }), never);
    const { rows, y } = JSON.parse(String(body));
    expect([rows, y.values]).toEqual([20_000, [20_000]]);
    const histogram = { mark: 'histogram', x: { column: 'n' } } as const;
    const drawn = await bench.results.chart(large.id, histogram, on('n', { is: 'range', from: '500' }), never);
    const { y: bins } = JSON.parse(String(drawn.body));
    expect(bins.values.reduce((sum: number, one: number) => sum + one, 0)).toBe(30_000);
  });

  it('are refused where a column is not there or has no such values', async () => {
    const refused = async (narrow: Narrow) => bytesOf(bench.results, large.id, { limit: 1, narrow });
    await expect(refused(on('__row', { is: 'present' }))).rejects.toMatchObject({ code: 'unknown-column' });
    await expect(refused(on('t', { is: 'range', from: '1' }))).rejects.toMatchObject({ code: 'bad-request' });
    await expect(refused(on('n', { is: 'range', from: 'x' }))).rejects.toMatchObject({ code: 'bad-request' });
  });
});

describe('CSV', () => {
  it('has the separator asked for, a mark, and no formulas', async () => {
    const owner = await bench.keep(
      `select '=1+1' as "=a", '-x;y' as b, -5 as c, ' ok' as d, '＝1' as e, null::varchar as f`,
    );
    const written = { separator: ';', mark: true, guard: true } as const;
    expect(String(await bytesOf(bench.results, owner.id, { format: 'csv', written }))).toBe(
      "\ufeff'=a;b;c;d;e;f\r\n'=1+1;\"'-x;y\";-5; ok;'＝1;\r\n",
    );
    const plain = await bytesOf(bench.results, owner.id, { format: 'csv', written: { mark: false, guard: false } });
    expect(String(plain)).toBe('=a,b,c,d,e,f\r\n=1+1,-x;y,-5, ok,＝1,\r\n');
  });
});
