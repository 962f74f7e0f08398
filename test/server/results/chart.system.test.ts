import { Value } from '@sinclair/typebox/value';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AnyAnswer, ChartAnswer, MAX_ANSWER } from '../../../server/protocol/chart/answer.ts';
import { AGGREGATES, type ChartSpec, MARKS, SORTS, UNITS } from '../../../server/protocol/chart.ts';
import { uniqueNames } from '../../../server/protocol/names.ts';
import type { ResultOwner } from '../../../server/results/contract.ts';
import { readerProgram, spawnPlainReader } from '../../../server/results/spawn.ts';
import { type Bench, never, openBench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const draw = async (owner: ResultOwner, spec: ChartSpec, on = bench): Promise<ChartAnswer> =>
  Value.Parse(ChartAnswer, await drawAny(owner, spec, on));

async function drawAny(owner: ResultOwner, spec: ChartSpec, on = bench): Promise<AnyAnswer> {
  const { body } = await on.results.chart(owner.id, spec, { filters: [] }, never);
  if (!(body instanceof Uint8Array)) throw new Error('a chart is short');
  expect(body.length).toBeLessThanOrEqual(MAX_ANSWER);
  return Value.Parse(AnyAnswer, JSON.parse(Buffer.from(body).toString()));
}
const chart = async (query: string, spec: ChartSpec) => draw(await bench.keep(query), spec);

/** Places of a category axis with their values. */
function bars({ x, y }: ChartAnswer): Record<string, number | null> {
  if (x.scale !== 'category') throw new Error(x.scale);
  const name = (at: number) => (x.rest !== undefined && at === x.keys.length - 1 ? `…${x.rest}` : String(x.keys[at]));
  return Object.fromEntries(x.at.map((at, index) => [name(at), y.values[index]!]));
}
const keysOf = ({ x }: ChartAnswer) => (x.scale === 'category' ? x.keys : []);
const at = (text: string): number => Date.parse(`${text}Z`);

describe('bars', () => {
  it('are summed a category, the largest first, NULL told apart from its name', async () => {
    const answer = await chart(
      `select * from (values ('a', 1), ('b', 5), ('a', 3), (null, 2), ('null', 7), (null, null)) t(k, n)`,
      { mark: 'bar', x: { column: 'k' }, y: { column: 'n', aggregate: 'sum' } },
    );
    expect(answer.x).toEqual({ scale: 'category', keys: ['null', 'b', 'a', null], at: [0, 1, 2, 3] });
    expect(answer.y.values).toEqual([7, 5, 4, 2]);
    expect(answer.counts).toEqual([1, 1, 2, 2]);
    expect(answer.rows).toBe(6);
  });
  it('stand as the query ordered them where each is one row', async () => {
    const answer = await chart(`select * from (values ('Mon', 2), ('Tue', 9), ('Wed', 4)) t(day, n)`, {});
    expect(answer.mark).toBe('bar');
    expect(keysOf(answer)).toEqual(['Mon', 'Tue', 'Wed']);
  });
  it('stand by name or by value where that is wished', async () => {
    const owner = await bench.keep(`select * from (values ('x10', 2), ('x9', 9), ('x1', 4)) t(k, n)`);
    const y = { column: 'n', aggregate: 'sum' as const };
    const sorted = async (sort: 'name' | 'value') =>
      keysOf(await draw(owner, { mark: 'bar', x: { column: 'k', sort }, y }));
    expect(await sorted('name')).toEqual(['x1', 'x9', 'x10']);
    expect(await sorted('value')).toEqual(['x9', 'x1', 'x10']);
  });
  it('of whole numbers near each other stand for themselves, in their order', async () => {
    const answer = await chart('select (i * 7) % 24 as hour, i % 24 as v from range(480) r(i)', {
      mark: 'bar',
      x: { column: 'hour' },
      y: { column: 'v', aggregate: 'mean' },
    });
    expect(keysOf(answer)).toEqual(Array.from({ length: 24 }, (_, hour) => hour));
    expect(bars(answer)['7']).toBe(1);
  });
  it('past fifty come together in one, for every measure that can be put together', async () => {
    const owner = await bench.keep(`select 'c' || (i % 12034) as k, (i % 12034)::bigint as n from range(120340) r(i)`);
    const of = (aggregate: 'sum' | 'mean' | 'max' | 'count' | 'median') =>
      draw(owner, { mark: 'bar', x: { column: 'k' }, y: { column: 'n', aggregate } });
    const sum = await of('sum');
    expect(sum.notes).toEqual([{ kind: 'top', channel: 'x', shown: 50, of: 12_034, together: true }]);
    expect(keysOf(sum).slice(0, 2)).toEqual(['c12033', 'c12032']);
    const rest = Array.from({ length: 12_034 - 50 }, (_, n) => n * 10).reduce((a, b) => a + b, 0);
    expect(bars(sum)['…11984']).toBe(rest);
    expect(bars(await of('mean'))['…11984']).toBe(rest / 11_984 / 10);
    expect(bars(await of('max'))['…11984']).toBe(11_983);
    expect(bars(await of('count'))['…11984']).toBe(119_840);
    const median = await of('median');
    expect(keysOf(median).length).toBe(50);
    expect(median.notes).toEqual([{ kind: 'top', channel: 'x', shown: 50, of: 12_034, together: false }]);
  });
  it('are split by colour, eight and the others', async () => {
    const answer = await chart(
      `select 'k' || (i % 3) as k, case when i % 20 = 19 then null else 'c' || (i % 20) end as c, 1 as n from range(6000) r(i) where i % 20 < 12 or i % 20 = 19`,
      { mark: 'bar', x: { column: 'k' }, y: { column: 'n', aggregate: 'sum' }, colour: { column: 'c' } },
    );
    const { colour } = answer;
    expect(colour?.scale === 'category' && [colour.keys.length, colour.rest]).toEqual([9, 5]);
    expect(answer.y.values.reduce((a, b) => a! + b!, 0)).toBe(3900);
    expect(answer.notes).toEqual([{ kind: 'top', channel: 'colour', shown: 8, of: 13, together: true }]);
  });
  it('of a time stand a stretch of its own length apart', async () => {
    const days = await chart(`select date '2024-02-27' + i::integer as d, i as n from range(5) r(i)`, {
      mark: 'bar',
      x: { column: 'd' },
      y: { column: 'n', aggregate: 'sum' },
    });
    expect(days.x).toMatchObject({ scale: 'time', every: { count: 1, unit: 'day' } });
    expect(days.x.scale === 'time' && days.x.values[3]).toBe(at('2024-03-01T00:00:00'));
    const months = await chart(
      `select timestamp '2023-01-31 10:00:00' + to_days(i::integer) as t, 1 as n from range(365) r(i)`,
      { mark: 'bar', x: { column: 't', unit: 'month' }, y: { column: 'n', aggregate: 'sum' } },
    );
    expect(months.x.scale === 'time' && months.x.values[1]).toBe(at('2023-02-01T00:00:00'));
    expect(months.y.values.slice(0, 3)).toEqual([1, 28, 31]);
  });
});

describe('a histogram', () => {
  it('counts every row in bins people can read', async () => {
    const answer = await chart('select (i % 1000) / 10 as v from range(100000) r(i)', {
      mark: 'histogram',
      x: { column: 'v' },
    });
    expect(answer.x).toMatchObject({ scale: 'number', bin: 2, domain: [0, 99.9] });
    expect(answer.x.scale === 'number' && answer.x.values.slice(0, 3)).toEqual([0, 2, 4]);
    expect(new Set(answer.y.values)).toEqual(new Set([2000]));
  });
  it('leaves out what has no place, and says so', async () => {
    const answer = await chart(
      `select * from (values (1.0::double), (2), (null), ('nan'::double), ('inf'::double), ('-inf'::double)) t(v)`,
      { mark: 'histogram', x: { column: 'v' } },
    );
    expect(answer.y.values.reduce((a, b) => a! + b!, 0)).toBe(2);
    expect(answer.notes).toEqual([
      { kind: 'null', rows: 1 },
      { kind: 'infinite', rows: 3 },
    ]);
  });
  it('zooms into its own bins', async () => {
    const answer = await chart('select i as v from range(100000) r(i)', {
      mark: 'histogram',
      x: { column: 'v' },
      range: [500, 599],
    });
    expect(answer.x).toMatchObject({ bin: 2, domain: [0, 99_999] });
    expect(answer.y.values.reduce((a, b) => a! + b!, 0)).toBe(100);
  });
  it('with values far out shows where the bulk lies, and counts what is beyond', async () => {
    const owner = await bench.keep(
      `select case i when 77 then 1e9 when 78 then -4e8 when 79 then -5e8 when 80 then null else (i % 1000) / 10 end as v, 'c' || (i % 2) as c from range(20000) r(i)`,
    );
    const spec: ChartSpec = { mark: 'histogram', x: { column: 'v' } };
    const first = await draw(owner, spec);
    expect(first.x).toMatchObject({ scale: 'number', bin: 2, domain: [-5e8, 1e9], view: [0, 99.9] });
    expect(first.y.values.reduce((a, b) => a! + b!, 0)).toBe(19_996);
    expect(first.notes).toEqual([
      { kind: 'beyond', below: 2, above: 1 },
      { kind: 'null', rows: 1 },
    ]);
    expect(await draw(owner, spec)).toEqual(first);
    const coloured = await draw(owner, { ...spec, colour: { column: 'c' } });
    expect(coloured.notes[0]).toEqual(first.notes[0]);
    expect(coloured.y.values.reduce((a, b) => a! + b!, 0)).toBe(19_996);
    const all = await draw(owner, { ...spec, range: [-5e8, 1e9] });
    expect(all.y.values.reduce((a, b) => a! + b!, 0)).toBe(19_999);
    expect(all.notes).toEqual([{ kind: 'null', rows: 1 }]);
    const near = await draw(owner, { ...spec, range: [10, 19.95] });
    expect(near.x).toMatchObject({ bin: 0.2, view: [0, 99.9] });
    expect(near.y.values.reduce((a, b) => a! + b!, 0)).toBe(2000);
  });
  it('with times far out does the same', async () => {
    const answer = await chart(
      `select case i when 5 then timestamptz '1970-01-01 00:00:00+00' when 6 then timestamptz '9999-12-31 00:00:00+00' else timestamptz '2024-01-01 00:00:00+00' + to_minutes(i) end as t from range(1440) r(i)`,
      { mark: 'histogram', x: { column: 't' } },
    );
    expect(answer.x).toMatchObject({
      every: { count: 30, unit: 'minute' },
      view: [at('2024-01-01T00:00:00'), at('2024-01-01T23:59:00')],
      domain: [at('1970-01-01T00:00:00'), at('9999-12-31T00:00:00')],
    });
    expect(answer.notes).toEqual([{ kind: 'beyond', below: 1, above: 1 }]);
    expect(answer.y.values.reduce((a, b) => a! + b!, 0)).toBe(1438);
  });
  it('shows all of what has no values far out, a long tail of few and zeros included', async () => {
    const views = async (query: string) => {
      const { x } = await chart(query, { mark: 'histogram', x: { column: 'v' } });
      return x.scale === 'category' ? undefined : x.view;
    };
    expect(await views('select i as v from range(100000) r(i)')).toBeUndefined();
    expect(await views('select case when i % 100 = 0 then i else 0 end as v from range(100000) r(i)')).toBeUndefined();
    expect(await views('select sqrt(i) as v from range(7) r(i)')).toBeUndefined();
    expect(await views('select i % 2 as v from range(100000) r(i) union all select 1000000')).toEqual([0, 1]);
    expect(await views('select i as v from range(60) r(i) union all select 1000000000')).toEqual([0, 59]);
  });
  it('of times counts stretches', async () => {
    const answer = await chart(`select timestamp '2024-01-01' + to_minutes(i) as t from range(1440) r(i)`, {
      mark: 'histogram',
      x: { column: 't' },
    });
    expect(answer.x).toMatchObject({ scale: 'time', every: { count: 30, unit: 'minute' } });
    expect(answer.y.values).toEqual(Array(48).fill(30));
  });
  it('is right for every numeric type', async () => {
    for (const type of [
      'utinyint',
      'tinyint',
      'hugeint',
      'uhugeint',
      'ubigint',
      'decimal(9,2)',
      'decimal(38,0)',
      'float',
      'bignum',
    ]) {
      const answer = await chart(`select (i % 100)::${type} as v from range(1000) r(i)`, {
        mark: 'histogram',
        x: { column: 'v' },
      });
      expect([type, answer.y.values.reduce((a, b) => a! + b!, 0)]).toEqual([type, 1000]);
      expect([type, answer.x.scale === 'number' && answer.x.domain]).toEqual([type, [0, 99]]);
    }
    const spans = await chart('select to_seconds(i) as v from range(100) r(i)', {
      mark: 'histogram',
      x: { column: 'v' },
    });
    expect(spans.x).toMatchObject({ domain: [0, 99] });
  });
  it('holds one value many times', async () => {
    const answer = await chart('select 7 as v from range(10)', { mark: 'histogram', x: { column: 'v' } });
    expect(answer.x).toMatchObject({ values: [7], bin: 1 });
    expect(answer.y.values).toEqual([10]);
  });
});

describe('a line', () => {
  it('of few rows has each place, averaged where it repeats', async () => {
    const answer = await chart(
      `select * from (values (timestamp '2024-01-02 03:04:05', 1), (timestamp '2024-01-01', 10), (timestamp '2024-01-02 03:04:05', 3)) t(t, v)`,
      { mark: 'line', x: { column: 't' }, y: { column: 'v', aggregate: 'mean' } },
    );
    expect(answer.x.scale === 'time' && answer.x.values).toEqual([
      at('2024-01-01T00:00:00'),
      at('2024-01-02T03:04:05'),
    ]);
    expect(answer.y.values).toEqual([10, 2]);
  });
  it('of many is averaged over stretches that suit its length', async () => {
    const answer = await chart(
      `select timestamp '2024-01-01' + to_seconds(i * 60) as t, (i // 60) % 24 as v from range(43200) r(i)`,
      { mark: 'line', x: { column: 't' }, y: { column: 'v', aggregate: 'mean' } },
    );
    expect(answer.x).toMatchObject({ every: { count: 3, unit: 'hour' } });
    expect(answer.y.values.slice(0, 3)).toEqual([1, 4, 7]);
  });
  it('of rows is thinned to the lowest and highest of a thousand columns of pixels', async () => {
    const answer = await chart(
      `select timestamp '2024-01-01' + to_seconds(i) as t, case when i = 123456 then 1000 else sin(i / 1000) end as v from range(300000) r(i)`,
      { mark: 'line', x: { column: 't' }, y: { column: 'v', aggregate: 'none' } },
    );
    expect(answer.y.values.length).toBe(1000);
    expect(Math.max(...answer.y.high!.map(Number))).toBe(1000);
    expect(Math.min(...answer.y.values.map(Number))).toBeCloseTo(-1, 3);
    expect(answer.notes).toEqual([{ kind: 'thinned', of: 300_000 }]);
  });
  it('zooms to its rows', async () => {
    const owner = await bench.keep(
      `select timestamp '2024-01-01' + to_seconds(i) as t, i as v from range(300000) r(i)`,
    );
    const from = at('2024-01-02T00:00:00');
    const answer = await draw(owner, {
      mark: 'line',
      x: { column: 't' },
      y: { column: 'v', aggregate: 'none' },
      range: [from, from + 10_000],
    });
    expect(answer.y.values).toEqual([
      86_400, 86_401, 86_402, 86_403, 86_404, 86_405, 86_406, 86_407, 86_408, 86_409, 86_410,
    ]);
    expect(answer.x).toMatchObject({ domain: [at('2024-01-01T00:00:00'), at('2024-01-04T11:19:59')] });
  });
  it('of many colours stays short', async () => {
    const answer = await chart(
      `select i::double as t, random() * 1e9 as v, 'series ' || (i % 30) as c from range(200000) r(i)`,
      { mark: 'line', x: { column: 't' }, y: { column: 'v', aggregate: 'none' }, colour: { column: 'c' } },
    );
    expect(answer.colour?.scale === 'category' && answer.colour.keys.length).toBe(9);
  });
});

describe('points', () => {
  it('of few rows are all of them', async () => {
    const answer = await chart('select i as a, i * i as b from range(100) r(i)', {
      mark: 'point',
      x: { column: 'a' },
      y: { column: 'b', aggregate: 'none' },
    });
    expect(answer.y.values.length).toBe(100);
    expect(answer.notes).toEqual([]);
  });
  it('of many are the same sample each time, coloured by a number or by categories', async () => {
    const owner = await bench.keep(
      `select random() as a, random() as b, i % 7 as c, 'k' || (i % 3) as k from range(300000) r(i)`,
    );
    const spec: ChartSpec = { mark: 'point', x: { column: 'a' }, y: { column: 'b', aggregate: 'none' } };
    const first = await draw(owner, spec);
    expect(first.notes).toEqual([{ kind: 'sampled', shown: first.y.values.length, of: 300_000 }]);
    expect(first.y.values.length).toBeGreaterThan(3000);
    bench.readers.at(-1)!.kill();
    expect(await draw(owner, spec)).toEqual(first);
    const shaded = await draw(owner, { ...spec, colour: { column: 'c' } });
    expect(shaded.colour?.scale).toBe('number');
    const named = await draw(owner, { ...spec, colour: { column: 'k' } });
    expect(named.colour?.scale === 'category' && named.colour.keys).toEqual(['k0', 'k1', 'k2']);
  });
});

describe('a pie', () => {
  it('has eight slices and the others', async () => {
    const answer = await chart(`select 'k' || i as k, i as n from range(30) r(i)`, {
      mark: 'pie',
      x: { column: 'k' },
      y: { column: 'n', aggregate: 'sum' },
    });
    expect(keysOf(answer).slice(0, 2)).toEqual(['k29', 'k28']);
    expect(keysOf(answer).length).toBe(9);
  });
  it('says which rows a negative slice would have had', async () => {
    const answer = await chart(`select * from (values ('a', 5), ('b', -2)) t(k, n)`, {
      mark: 'pie',
      x: { column: 'k' },
      y: { column: 'n', aggregate: 'sum' },
    });
    expect(bars(answer)).toEqual({ a: 5 });
    expect(answer.notes).toEqual([{ kind: 'negative', rows: 1 }]);
  });
});

describe('of very many values', () => {
  // Sixty names of 2,000 … 7,900 rows, and 300,000 of one row each; one of those has the largest measure of all.
  const rows = 597_000;
  const query = `select 'frequent ' || i as name, 'some ' || (r % 5000) as some, 1.5 as v, r % 97 as x from range(60) a(i), range(2000 + i * 100) b(r)
    union all select 'once ' || r, 'some ' || (r % 5000), case when r = 1234 then 1e6 else 1.5 end, r % 97 from range(300000) c(r)`;
  let owner: ResultOwner;
  beforeAll(async () => {
    owner = await bench.keep(query);
  });
  const total = ({ y }: ChartAnswer) => y.values.reduce<number>((sum, value) => sum + (value ?? 0), 0);

  it('the most frequent stand for themselves, exactly, and the others together', async () => {
    const answer = await draw(owner, { mark: 'bar', x: { column: 'name' }, y: { aggregate: 'count' } });
    const [top] = answer.notes;
    expect(top).toMatchObject({ kind: 'top', channel: 'x', shown: 50, together: true, about: true });
    expect(top?.kind === 'top' && Math.abs(top.of / 300_060 - 1)).toBeLessThan(0.05);
    expect(keysOf(answer).slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, i) => `frequent ${59 - i}`));
    expect(answer.y.values.slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, i) => 7900 - i * 100));
    expect(total(answer)).toBe(rows);
    expect(await draw(owner, { mark: 'bar', x: { column: 'name' }, y: { aggregate: 'count' } })).toEqual(answer);
  });
  it('one that is large by a single row is found', async () => {
    for (const mark of ['bar', 'pie'] as const) {
      const sum = await draw(owner, { mark, x: { column: 'name' }, y: { column: 'v', aggregate: 'sum' } });
      expect(bars(sum)['once 1234']).toBe(1e6);
      expect(bars(sum)['frequent 59']).toBe(7900 * 1.5);
      expect(total(sum)).toBe((rows - 1) * 1.5 + 1e6);
    }
    const highest = await draw(owner, { mark: 'bar', x: { column: 'name' }, y: { column: 'v', aggregate: 'max' } });
    expect(bars(highest)['once 1234']).toBe(1e6);
  });
  it('colours are the same eight on every axis', async () => {
    const eight = Array.from({ length: 8 }, (_, i) => `frequent ${59 - i}`);
    for (const spec of [
      { mark: 'histogram', x: { column: 'x' } },
      { mark: 'line', x: { column: 'x' }, y: { aggregate: 'count' } },
      { mark: 'bar', x: { column: 'some' }, y: { aggregate: 'count' } },
      { mark: 'bar', x: { column: 'name' }, y: { aggregate: 'count' } },
    ] satisfies ChartSpec[]) {
      const answer = await draw(owner, { ...spec, colour: { column: 'name' } });
      expect(answer.colour?.scale === 'category' && answer.colour.keys.slice(0, 8)).toEqual(eight);
      expect(total(answer)).toBe(rows);
    }
    const points = await draw(owner, {
      mark: 'point',
      x: { column: 'x' },
      y: { column: 'v', aggregate: 'none' },
      colour: { column: 'name' },
    });
    expect(points.colour?.scale === 'category' && points.colour.keys.slice(0, 8)).toEqual(eight);
  });
  it('thousands are counted exactly, with a colour or without', async () => {
    const spec: ChartSpec = { mark: 'bar', x: { column: 'some' }, y: { column: 'v', aggregate: 'sum' } };
    const plain = await draw(owner, spec);
    const coloured = await draw(owner, { ...spec, colour: { column: 'x' } });
    expect(plain.notes).toEqual([{ kind: 'top', channel: 'x', shown: 50, of: 5000, together: true }]);
    expect(coloured.notes[0]).toEqual(plain.notes[0]);
    expect(keysOf(coloured)).toEqual(keysOf(plain));
    expect(total(coloured)).toBe(total(plain));
    const median = await draw(owner, { ...spec, y: { column: 'v', aggregate: 'median' } });
    expect(median.y.values).toEqual(Array(50).fill(1.5));
  });
  it('counts of distinct ones are estimated where they are good, exact where they are not', async () => {
    const y = { column: 'name', aggregate: 'distinct' as const };
    const owners = await bench.keep(
      'select i % 2 = 0 as even, i // 100 as few, i::varchar as name from range(900000) r(i)',
    );
    const estimated = await draw(owners, { mark: 'bar', x: { column: 'even' }, y });
    expect(estimated.notes).toEqual([{ kind: 'estimated' }]);
    for (const value of estimated.y.values) expect(Math.abs(value! / 450_000 - 1)).toBeLessThan(0.03);
    const exact = await draw(owners, { mark: 'bar', x: { column: 'few', bin: 100 }, y });
    expect(exact.notes).toEqual([]);
    expect(exact.y.values.slice(0, 3)).toEqual([10_000, 10_000, 10_000]);
  });
});

describe('any chart', () => {
  const specs: readonly ChartSpec[] = (['bar', 'line', 'area', 'point', 'pie', 'histogram'] as const).flatMap((mark) =>
    (['t', 'n', 'k'] as const).flatMap((x) =>
      (['none', 'sum', 'median', 'distinct'] as const).map((aggregate) => ({
        mark,
        x: { column: x },
        y: { column: 'n', aggregate },
        colour: { column: 'k' },
      })),
    ),
  );
  const drawAll = async (query: string): Promise<void> => {
    const owner = await bench.keep(query);
    for (const spec of specs) {
      if (spec.mark === 'histogram' && spec.x?.column === 'k') continue;
      const answer = await draw(owner, spec);
      expect(answer.mark).toBe(spec.mark);
    }
  };
  it('of no rows, of one row, of NULLs alone is drawn', async () => {
    const typed = (t: string, n: string, k: string) =>
      `select ${t}::timestamptz as t, ${n}::double as n, ${k}::varchar as k`;
    await drawAll(`${typed('null', 'null', 'null')} where false`);
    await drawAll(typed("'2024-01-01'", '1', "'a'"));
    await drawAll(`${typed('null', 'null', 'null')} from range(10)`);
    await drawAll(typed("'infinity'", "'nan'", "''"));
  });
  it('knows columns of any name', async () => {
    const names = [
      'k',
      'c',
      'g',
      'r',
      'o',
      't',
      'x',
      'm0',
      'n',
      'place',
      '__row',
      'a"b',
      "it's",
      'select',
      '한국어 열',
      '🛫',
      ' ',
      'a',
      'A',
    ];
    const list = names.map((name, index) => `i % ${index + 2} as "${name.replaceAll('"', '""')}"`).join(', ');
    const owner = await bench.keep(`select ${list} from range(5000) r(i)`);
    // Column names differ by more than their case: the second is called anew.
    for (const [index, name] of [...names.slice(0, -1), 'A_2'].entries()) {
      const answer = await draw(owner, {
        mark: 'bar',
        x: { column: name },
        y: { aggregate: 'count' },
        colour: { column: 'k' },
      });
      expect([name, keysOf(answer).length]).toEqual([name, index + 2]);
      const points = await draw(owner, {
        mark: 'point',
        x: { column: name },
        y: { column: 'o', aggregate: 'none' },
        colour: { column: 'x' },
      });
      expect(points.y.values.length).toBeGreaterThan(1000);
    }
  });
  it('of a small block is the same as of a file', async () => {
    const query = `select timestamptz '2024-01-01 00:00:00+00' + to_hours(i) as t, i % 5 as n, 'k' || (i % 3) as k from range(500) r(i)`;
    const file = await bench.keep(query);
    const { bytes, columns, rows } = await bench.block(query);
    const owner = bench.owner();
    await bench.results.keepBlock(owner, columns, rows, bytes);
    for (const spec of specs.slice(0, 24)) expect(await draw(owner, spec)).toEqual(await draw(file, spec));
  });
  it('that can’t be drawn says why', async () => {
    const owner = await bench.keep(`select 'a' as k, 1 as n`);
    const code = (spec: ChartSpec) =>
      draw(owner, spec).then(
        () => 'drawn',
        (error) => error.code,
      );
    expect(await code({ mark: 'bar', x: { column: 'gone' } })).toBe('unknown-column');
    expect(await code({ mark: 'bar', y: { column: 'n' } })).toBe('bad-request');
    expect(await code({ mark: 'histogram', x: { column: 'k' } })).toBe('bad-request');
    expect(await code({ mark: 'bar', x: { column: 'n' }, y: { column: 'k', aggregate: 'sum' } })).toBe('bad-request');
  });
  it('of a result that is being written or is gone is refused', async () => {
    const owner = bench.owner();
    bench.results.open(owner, [{ name: 'a', type: 'INTEGER' }], undefined, 5);
    await expect(draw(owner, {})).rejects.toMatchObject({ code: 'result-open' });
    bench.results.abandon(owner.id);
    await expect(draw(owner, {})).rejects.toMatchObject({ code: 'not-found' });
  });
  it('of a result that is whole and being kept waits until it is', async () => {
    const file = await bench.keep(`select 'a' as k, 3 as n`);
    const { body } = await bench.results.window(file.id, { offset: 0, sort: [], format: 'arrow' }, never);
    const bytes = body instanceof Uint8Array ? body : Buffer.concat(await body.toArray());
    const { columns } = (await bench.results.info(file.id))!;
    const owner = bench.owner();
    bench.results.open(owner, columns, bytes, 1);
    const kept = bench.results.keepBlock(owner, columns, 1, bytes);
    const asked = draw(owner, { mark: 'bar', x: { column: 'k' }, y: { column: 'n', aggregate: 'sum' } });
    const sort = [{ column: 'n', descending: true }];
    const sorted = bench.results.window(owner.id, { offset: 0, limit: 1, sort, format: 'json' }, never);
    expect((await asked).y.values).toEqual([3]);
    expect((await sorted).contentType).toContain('json');
    await kept;
  });
  it('stops when nobody waits for it any more', async () => {
    const owner = await bench.keep(`select md5(i::varchar) as k, i as n from range(3000000) r(i)`);
    const stop = new AbortController();
    const asked = bench.results.chart(
      owner.id,
      { mark: 'bar', x: { column: 'k' }, y: { column: 'n', aggregate: 'median' } },
      { filters: [] },
      stop.signal,
    );
    setTimeout(() => stop.abort(new Error('left')), 50);
    await expect(asked).rejects.toThrow('left');
    expect((await draw(owner, { mark: 'histogram', x: { column: 'n' } })).rows).toBe(3_000_000);
  });
});

describe('times with a zone', () => {
  it('are cut and shown by the clock on the wall', async () => {
    const seoul = await openBench((settings) =>
      spawnPlainReader(
        { ...settings, timeZone: 'Asia/Seoul' },
        readerProgram(new URL('../../../server/results/spawn.ts', import.meta.url).href),
      ),
    );
    try {
      const owner = await seoul.keep(
        `select timestamptz '2024-01-31 16:00:00+00' + to_hours(i) as t, 1 as n from range(48) r(i)`,
      );
      const days = await draw(
        owner,
        { mark: 'bar', x: { column: 't', unit: 'day' }, y: { column: 'n', aggregate: 'sum' } },
        seoul,
      );
      expect(days.x).toMatchObject({
        values: [at('2024-02-01T00:00:00'), at('2024-02-02T00:00:00'), at('2024-02-03T00:00:00')],
        domain: [at('2024-02-01T01:00:00'), at('2024-02-03T00:00:00')],
      });
      expect(days.y.values).toEqual([23, 24, 1]);
      const months = await draw(
        owner,
        { mark: 'bar', x: { column: 't', unit: 'month' }, y: { column: 'n', aggregate: 'sum' } },
        seoul,
      );
      expect(months.x).toMatchObject({ values: [at('2024-02-01T00:00:00')] });
      const zoomed = await draw(
        owner,
        {
          mark: 'line',
          x: { column: 't' },
          y: { column: 'n', aggregate: 'none' },
          range: [at('2024-02-02T00:00:00'), at('2024-02-02T02:00:00')],
        },
        seoul,
      );
      expect(zoomed.x.scale === 'time' && zoomed.x.values).toEqual(
        [0, 1, 2].map((hour) => at(`2024-02-02T0${hour}:00:00`)),
      );
    } finally {
      await seoul.close();
    }
  });
});

describe('settings of any kind', () => {
  it('never make a statement that the engine refuses', async () => {
    const list = [
      `case when i % 7 = 0 then null else timestamp '1970-01-01' + to_seconds(i * i) end as "t""s"`,
      `case when i % 5 = 0 then null else timestamptz '2024-03-30 00:00:00+00' + to_minutes(i) end as "시간 🕒"`,
      "date '0001-01-01' + i::integer * 300 as d",
      'i::hugeint * 1000000000000000000000 as h',
      'i::tinyint as tiny',
      "case i % 4 when 0 then 'nan'::double when 1 then 'inf'::double else i / 3 end as f",
      "case when i % 3 = 0 then null else 'k''\"' || i end as \"k'; drop table result; --\"",
      'i % 2 = 0 as ok',
      "(['low', 'high'][i % 2 + 1])::enum('low', 'high') as e",
      '[i, null] as l',
      "{'a': i} as s",
      'to_seconds(i) as iv',
      "time '00:00:00' + to_seconds(i) as tm",
      'i::decimal(38, 10) as dec',
      'null as nothing',
      'i as a',
      'i as A',
    ];
    const owner = await bench.keep(`select ${list.join(', ')} from range(120) r(i)`);
    const info = await bench.results.info(owner.id);
    const names = uniqueNames(info!.columns.map(({ name }) => name));
    const channel = fc.record(
      {
        column: fc.constantFrom(...names),
        aggregate: fc.constantFrom(...AGGREGATES),
        bin: fc.integer({ min: 1, max: 200 }),
        unit: fc.constantFrom(...UNITS),
        sort: fc.constantFrom(...SORTS),
      },
      { requiredKeys: ['column'] },
    );
    const range = fc.oneof(
      fc.tuple(fc.double(), fc.double()),
      fc.tuple(fc.integer({ min: -100, max: 100 }), fc.integer({ min: -100, max: 2 ** 31 })),
    );
    const outcomes = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        fc.record(
          {
            mark: fc.constantFrom(...MARKS),
            x: channel,
            y: channel,
            colour: channel,
            range,
            ...{ y2: channel, size: channel, row: channel, column: channel, aggregated: fc.boolean() },
            tooltip: fc.array(fc.constantFrom(...names), { maxLength: 5 }),
          },
          { requiredKeys: ['mark', 'x'] },
        ),
        async (wild) => {
          const spec = JSON.parse(JSON.stringify(wild)) as ChartSpec;
          if (spec.range?.includes(null as never)) delete spec.range;
          const outcome = await drawAny(owner, spec).then(
            () => 'drawn',
            (error) => (error.code === 'bad-request' ? error.code : error.message),
          );
          expect(['drawn', 'bad-request']).toContain(outcome);
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        },
      ),
      { numRuns: 600 },
    );
    expect(outcomes.get('drawn')).toBeGreaterThan(100);
  }, 120_000);
});
