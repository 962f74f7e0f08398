/** Pivots in the real reader, against what the engine itself says of the same rows; and their statements, which say the same. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { Value } from '@sinclair/typebox/value';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filtersOf } from '../../../client/outputs/pivot/drill.ts';
import { PivotAnswer } from '../../../server/protocol/pivot/answer.ts';
import type { PivotField, PivotSpec, PivotValue } from '../../../server/protocol/pivot.ts';
import type { Filter, Narrow } from '../../../server/protocol/table/narrow.ts';
import type { ResultOwner } from '../../../server/results/contract.ts';
import { type Bench, never, openBench } from './support.ts';

const EVERYTHING: Narrow = { filters: [] };
const ROWS = 1_500;
let bench: Bench;
let owner: ResultOwner;

/** What people have in tables, and what breaks statements: quotes, dollars, NULLs, edges of bins, numbers past 2^53. */
const TABLE = `create table source as select
    case when i % 11 = 0 then null else ['SEA', 'it''s $1', '', '서울'][(h // 3) % 4 + 1] end as city,
    (['a', 'b', 'c']::enum('c', 'b', 'a')[])[h % 3 + 1] as grade,
    ((h % 401) - 200)::integer as n, case when i % 13 = 0 then null else ((h % 100) - 50)::smallint end as s,
    (h % 1000 - 500)::hugeint * 10000000000000000000000 as huge, (h % 77)::utinyint as small,
    (((h % 2000) - 1000)::decimal(15, 1) * 0.5)::decimal(18, 2) as cost, (((h % 400) - 200)::decimal(28, 3) * 1.37)::decimal(38, 5) as wide,
    case when i % 17 = 0 then 'nan'::double when i % 19 = 0 then 'inf'::double else ((h % 300)::double - 150) / 10 end as x,
    date '2019-11-20' + (h % 200)::integer as day,
    case when i = 5 then 'infinity'::timestamp when i = 6 then '-infinity'::timestamp else timestamp '1969-12-25' + to_hours((h % 3000)::integer) end as moment,
    case when i % 23 = 0 then null else timestamptz '1969-12-31 22:00:00+00' + to_minutes((h % 90000)::integer) end as instant,
    h % 2 = 0 as b, [h % 3] as l, {'k': h % 2} as r, to_hours((h % 5)::integer) as took
  from (select i, (hash(i * 7 + SEED) % 1000003)::bigint as h from range(${ROWS}) t(i))`;

const random = (state: number): (() => number) => {
  let now = state >>> 0;
  return () => {
    now = (Math.imul(now, 1664525) + 1013904223) >>> 0;
    return now / 2 ** 32;
  };
};

const seed = Number(process.env.SEED ?? 7);

beforeAll(async () => {
  bench = await openBench();
  await bench.connection.run("set timezone = 'UTC'");
  await bench.connection.run(TABLE.replaceAll('SEED', String(seed)));
  owner = await bench.keep('from source');
});
afterAll(() => bench.close());

async function pivot(spec: PivotSpec | undefined, narrow = EVERYTHING): Promise<PivotAnswer> {
  const { body } = await bench.results.pivot(owner.id, spec, narrow, never);
  return Value.Parse(PivotAnswer, JSON.parse(Buffer.from(body as Uint8Array).toString('utf8')));
}

const statement = async (spec: PivotSpec, narrow = EVERYTHING): Promise<string> =>
  (await bench.results.pivotStatement(owner.id, spec, narrow, 'source', never)).sql;

/** Every value as the engine writes it. */
async function texts(connection: DuckDBConnection, sql: string): Promise<(string | null)[][]> {
  const names = (await connection.run(`from (${sql}) limit 0`)).columnNames();
  const list = names.map((name) => `"${name.replaceAll('"', '""')}"::varchar`);
  const rows = (await connection.runAndReadAll(`select ${list.join(', ')} from (${sql})`)).getRows();
  return rows.map((row) => row.map((one) => (typeof one === 'string' ? one : null)));
}

/** As anybody would write it: an expression of one's own for each field. */
function written({ column, unit, bin }: PivotField): string {
  const name = `"${column}"`;
  if (unit) return `date_trunc('${unit}', ${name})::date`;
  if (typeof bin !== 'number') return name;
  // Exact where numbers are, and told in the type that the pivot tells them in.
  if (column === 'n' || column === 's' || column === 'small')
    return `(floor(${name}::hugeint / ${bin}) * ${bin})::hugeint`;
  if (column === 'huge')
    return `(case when ${name} % ${bin}::hugeint = 0 then ${name} else ${name} - ((${name} % ${bin}::hugeint) + ${bin}::hugeint) % ${bin}::hugeint end)`;
  if (column === 'cost' && bin === 10) return `(floor(${name} / 10)::integer * 10)::hugeint`;
  return `case when isfinite(${name}) then round(floor(round(${name} / ${bin}, 6)) * ${bin}, 6) else ${name} end`;
}

function measured({ column, aggregate }: PivotValue): string {
  if (column === undefined) return 'count(*)';
  const value =
    column === 'b' && aggregate !== 'count' && ['sum', 'mean', 'median'].includes(aggregate)
      ? 'b::tinyint'
      : `"${column}"`;
  if (aggregate === 'distinct') return `count(distinct ${value})`;
  return `${aggregate === 'mean' ? 'avg' : aggregate}(${value})`;
}

/** Equal as numbers where both are floating ones, else as texts. */
function close(ours: string | null, theirs: string | null): boolean {
  if (ours === theirs) return true;
  const [a, b] = [Number(ours), Number(theirs)];
  return (
    ours !== null && theirs !== null && /[.e]/.test(ours + theirs) && Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a))
  );
}

const differing = (
  ours: readonly (readonly (string | null)[])[],
  theirs: readonly (readonly (string | null)[])[],
): unknown =>
  ours.length !== theirs.length
    ? { ours: ours.length, theirs: theirs.length }
    : ours
        .flatMap((row, at) =>
          row.flatMap((one, place) =>
            close(one, theirs[at]?.[place] ?? null) ? [] : [[at, place, one, theirs[at]?.[place]]],
          ),
        )
        .slice(0, 3);

const ROW_FIELDS: readonly PivotField[] = [
  { column: 'city' },
  { column: 'grade' },
  { column: 'b' },
  { column: 'l' },
  { column: 'r' },
  { column: 'took' },
  { column: 'n', bin: 50 },
  { column: 's', bin: 7 },
  { column: 'huge', bin: 3 },
  { column: 'small', bin: 10 },
  { column: 'cost', bin: 10 },
  { column: 'x', bin: 0.1 },
  { column: 'x', bin: 5 },
  { column: 'day', unit: 'week' },
  { column: 'day', unit: 'month' },
  { column: 'moment', unit: 'day' },
  { column: 'moment', unit: 'quarter' },
  { column: 'instant', unit: 'day' },
  { column: 'instant', unit: 'month' },
  { column: 'instant', unit: 'year' },
];
const COLUMN_FIELDS: readonly PivotField[] = [
  { column: 'city' },
  { column: 'grade' },
  { column: 'b' },
  { column: 'l' },
  { column: 'n', bin: 100 },
  { column: 'day', unit: 'quarter' },
  { column: 'moment', unit: 'month' },
  { column: 'instant', unit: 'week' },
];
const VALUES: readonly PivotValue[] = [
  { aggregate: 'count' },
  { column: 's', aggregate: 'count' },
  ...(['n', 'huge', 'cost', 'wide', 'b', 'small'] as const).flatMap((column) =>
    (['sum', 'mean', 'median', 'min', 'max', 'distinct'] as const).map((aggregate) => ({ column, aggregate })),
  ),
  { column: 'city', aggregate: 'distinct' },
  { column: 's', aggregate: 'distinct' },
  { column: 'city', aggregate: 'min' },
  { column: 'day', aggregate: 'max' },
  { column: 'instant', aggregate: 'min' },
  { column: 'l', aggregate: 'max' },
];
const FILTERS: readonly (readonly Filter[])[] = [
  [],
  [{ column: 'n', is: 'range', from: '-20.5', to: '100' }],
  [{ column: 'city', is: 'among', values: ["it's $1", null] }],
  [{ column: 'grade', is: 'contains', text: 'A' }],
  [{ column: 'moment', is: 'range', from: '1970-01-01', to: '1970-02-01', below: true }],
  [{ column: 'n', is: 'range', from: '5000' }],
];

/** What `narrow` leaves, by a statement of the test’s own. */
const WHERE: readonly string[] = [
  'true',
  'n between -20 and 100',
  `(city = 'it''s $1' or city is null)`,
  `grade::varchar = 'a'`,
  `moment >= '1970-01-01' and moment < '1970-02-01'`,
  'n >= 5000',
];

describe('a pivot', () => {
  it('is what the engine says of the same rows, cells and totals', async () => {
    const next = random(seed);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
    for (let round = 0; round < 25; round += 1) {
      const rows = next() < 0.9 ? [pick(ROW_FIELDS), ...(next() < 0.3 ? [pick(ROW_FIELDS)] : [])] : [];
      const columns = next() < 0.8 ? [pick(COLUMN_FIELDS), ...(next() < 0.2 ? [pick(COLUMN_FIELDS)] : [])] : [];
      const values = [pick(VALUES), ...(next() < 0.5 ? [pick(VALUES)] : [])];
      const spec: PivotSpec = { rows, columns, values };
      const at = Math.floor(next() * FILTERS.length);
      const about = JSON.stringify({ seed, round, spec, filter: at });
      const answer = await pivot(spec, { filters: FILTERS[at]! });
      const where = WHERE[at]!;
      const [r, c] = [rows.map(written), columns.map(written)];
      const grouped = (keys: readonly string[]): Promise<(string | null)[][]> =>
        texts(
          bench.connection,
          `select ${[...keys.map((key, place) => `${key} as k${place}`), ...values.map((value, place) => `${measured(value)} as v${place}`)].join(', ')}
            from source where ${where} ${keys.length > 0 ? 'group by all' : ''}`,
        );
      const ours = new Map<string, readonly (string | null)[]>();
      const keyed = (key: readonly (string | null)[]): string => JSON.stringify(key.map(plain));
      for (const [i, row] of answer.rows.keys.entries())
        for (const [j, column] of answer.columns.keys.entries())
          ours.set(
            keyed([...row.texts, ...column.texts]),
            answer.cells[i]!.slice(j * values.length, (j + 1) * values.length),
          );
      const isAll = answer.rows.keys.length === answer.rows.of && answer.columns.keys.length === answer.columns.of;
      const theirs = await grouped([...r, ...c]);
      const keys = r.length + c.length;
      const found = theirs.map((row) => ours.get(keyed(row.slice(0, keys))) ?? []);
      if (isAll)
        expect([
          about,
          differing(
            found,
            theirs.map((row) => row.slice(keys)),
          ),
        ]).toEqual([about, []]);
      if (answer.rowTotals) {
        const totals = new Map(answer.rows.keys.map(({ texts }, i) => [keyed(texts), answer.rowTotals![i]!]));
        const expected = await grouped(r);
        const sums = expected.map((row) => totals.get(keyed(row.slice(0, r.length))) ?? []);
        expect([
          about,
          differing(
            sums,
            expected.map((row) => row.slice(r.length)),
          ),
        ]).toEqual([about, []]);
      }
      if (answer.columnTotals && columns.length > 0) {
        const expected = await grouped(c);
        const totals = new Map(
          answer.columns.keys.map(({ texts }, j) => [
            keyed(texts),
            answer.columnTotals!.slice(j * values.length, (j + 1) * values.length),
          ]),
        );
        const sums = expected.map((row) => totals.get(keyed(row.slice(0, c.length))) ?? []);
        expect([
          about,
          differing(
            sums,
            expected.map((row) => row.slice(c.length)),
          ),
        ]).toEqual([about, []]);
      }
      if (answer.grand) expect([about, differing([answer.grand], await grouped([]))]).toEqual([about, []]);
    }
  }, 60_000);

  it('is what its own statement gives, in the same order', async () => {
    const next = random(seed + 1);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
    for (let round = 0; round < 20; round += 1) {
      const rows = next() < 0.9 ? [pick(ROW_FIELDS), ...(next() < 0.3 ? [pick(ROW_FIELDS)] : [])] : [];
      const columns = next() < 0.8 ? [pick(COLUMN_FIELDS)] : [];
      const values = [pick(VALUES), ...(next() < 0.5 ? [pick(VALUES)] : [])];
      const first = await pivot({ rows, columns, values });
      const at = columns.length > 0 && next() < 0.5 ? pick(first.columns.keys).texts : undefined;
      const sort =
        next() < 0.7
          ? { value: 0, ...(at ? { at } : {}), ...(next() < 0.5 ? { descending: true as const } : {}) }
          : undefined;
      const totals = next() < 0.3 ? { rowTotals: false as const, columnTotals: false as const } : {};
      const spec: PivotSpec = { rows, columns, values, ...(sort ? { sort } : {}), ...totals };
      const narrow = { filters: FILTERS[Math.floor(next() * 5)]! };
      const about = JSON.stringify({ seed, round, spec, narrow });
      const answer = await pivot(spec, narrow);
      const given = await texts(bench.connection, await statement(spec, narrow));
      const shown = [
        ...answer.rows.keys.map(({ texts }, i) => [...texts, ...answer.cells[i]!, ...(answer.rowTotals?.[i] ?? [])]),
        ...(answer.columnTotals ? [[...rows.map(() => null), ...answer.columnTotals, ...(answer.grand ?? [])]] : []),
      ];
      // Where no row meets, a cell is empty and a count is 0.
      for (const [i, row] of shown.entries())
        for (const [place, one] of row.entries())
          if (one === null && given[i]?.[place] === '0') given[i]![place] = null;
      const same = answer.rows.keys.length === answer.rows.of ? given : [];
      if (same.length > 0)
        expect([
          about,
          differing(
            shown.map((row) => row.map(plain)),
            given.map((row) => row.map(plain)),
          ),
        ]).toEqual([about, []]);
    }
  }, 60_000);

  it('finds behind a cell the rows that it counted', async () => {
    for (const row of ROW_FIELDS) {
      const spec: PivotSpec = { rows: [row], columns: [{ column: 'grade' }], values: [{ aggregate: 'count' }] };
      const answer = await pivot(spec);
      for (const [i] of answer.rows.keys.slice(0, 6).entries()) {
        const filters = filtersOf(answer, i, 0);
        expect([row, answer.rows.keys[i], filters !== undefined]).toEqual([row, answer.rows.keys[i], true]);
        const { rows } = await bench.results.progress(
          owner.id,
          { sort: [], narrow: { filters: filters! } },
          2 ** 40,
          never,
        );
        expect([row, answer.rows.keys[i], rows]).toEqual([row, answer.rows.keys[i], Number(answer.cells[i]![0])]);
      }
    }
  }, 60_000);

  it('says what it leaves out, and its totals leave out nothing', async () => {
    const many = await bench.keep(
      'select i, i % 3000 as k, 1 as one, repeat(chr(65 + (i % 2)::integer), 300) as long from range(7000) r(i)',
    );
    const ask = async (spec: PivotSpec): Promise<PivotAnswer> => {
      const { body } = await bench.results.pivot(many.id, spec, EVERYTHING, never);
      return Value.Parse(PivotAnswer, JSON.parse(Buffer.from(body as Uint8Array).toString('utf8')));
    };
    const sum: PivotValue = { column: 'one', aggregate: 'sum' };
    const down = await ask({ rows: [{ column: 'i' }], columns: [], values: [sum], sort: { descending: true } });
    expect([down.rows.keys.length, down.rows.of, down.rows.keys[0]!.texts, down.columnTotals]).toEqual([
      5000,
      7000,
      ['6999'],
      ['7000'],
    ]);
    const across = await ask({ rows: [], columns: [{ column: 'k' }], values: [sum] });
    // The first thousand have a row more.
    expect([across.columns.keys.length, across.columns.of, across.cells[0]![0], across.rowTotals]).toEqual([
      200,
      3000,
      '3',
      [['7000']],
    ]);
    const both = await ask({
      rows: [{ column: 'i' }],
      columns: [{ column: 'k' }],
      values: [sum, { aggregate: 'count' }],
    });
    expect([both.rows.keys.length, both.grand]).toEqual([150, ['7000', '7000']]);
    const long = await ask({ rows: [{ column: 'long' }], columns: [], values: [{ column: 'long', aggregate: 'max' }] });
    expect(long.rows.keys[0]).toEqual({ texts: [`${'A'.repeat(199)}…`], cut: [0] });
    expect(long.columnTotals![0]).toBe(`${'B'.repeat(199)}…`);
  });

  it('of no rows has no keys, and a count of none', async () => {
    const narrow: Narrow = { filters: [{ column: 'n', is: 'range', from: '5000' }] };
    const answer = await pivot(
      { rows: [{ column: 'city' }], columns: [{ column: 'x', bin: 'auto' }], values: [{ aggregate: 'count' }] },
      narrow,
    );
    expect(answer).toMatchObject({
      matching: 0,
      rows: { keys: [], of: 0 },
      columns: { keys: [] },
      cells: [],
      grand: ['0'],
    });
    const single = await pivot({ rows: [], columns: [], values: [{ column: 'n', aggregate: 'sum' }] }, narrow);
    expect(single).toMatchObject({ matching: 0, cells: [[null]] });
  });

  it('is refused where columns make none, and given up with whoever asked', async () => {
    await expect(pivot({ rows: [{ column: 'gone' }], columns: [], values: [] })).rejects.toMatchObject({
      code: 'unknown-column',
    });
    await expect(
      pivot({ rows: [], columns: [], values: [{ column: 'city', aggregate: 'sum' }] }),
    ).rejects.toMatchObject({ code: 'bad-request' });
    const stop = new AbortController();
    const asked = bench.results.pivot(owner.id, undefined, EVERYTHING, stop.signal);
    stop.abort(new Error('left'));
    await expect(asked).rejects.toThrow('left');
  });
});

/** `10.0` and `-0.0` are how a double writes whole numbers. */
const plain = (text: string | null): string | null =>
  text === null ? null : /^-?\d+\.0$/.test(text) ? text.replace('.0', '').replace(/^-0$/, '0') : text;
