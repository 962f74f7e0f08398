/** Marks and channels beyond places along x, against statements written by hand over the same rows of seeded chance. */
import { Value } from '@sinclair/typebox/value';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AnyAnswer, isFigure, MAX_ANSWER } from '../../../server/protocol/chart/answer.ts';
import type { FigureAnswer, FigureOf } from '../../../server/protocol/chart/figures.ts';
import type { ChartSpec } from '../../../server/protocol/chart.ts';
import type { ResultOwner } from '../../../server/results/contract.ts';
import { type Bench, never, openBench } from './support.ts';

/** Chance of the engine's own hash, so that a seed gives the same rows everywhere. */
const seed = Number(process.env.SEED ?? 20_261_123);
const ROWS = 40_000;
const chance = (salt: number) => `(hash(i * 31 + ${seed}::bigint * 7919 + ${salt}) % 1000003)::double / 1000003`;
const EVENTS = `select
    timestamp '2023-01-01' + to_seconds((pow(${chance(1)}, 2) * 86400 * 500)::bigint) as seen,
    'u' || (${chance(2)} * 900)::integer as "user",
    case when ${chance(3)} < 0.02 then null else 'city ' || (${chance(4)} * 6)::integer end as city,
    ['web', 'app', 'shop'][1 + floor(${chance(5)} * 2.999)::integer] as place,
    case when ${chance(6)} < 0.03 then null else round(exp(${chance(7)} * 4), 3) end as price,
    (${chance(8)} * 9)::integer as n,
    -180 + ${chance(9)} * 365 as lon, -90 + ${chance(10)} * 180 as lat,
    'secret-' || i as secret
  from range(${ROWS}) r(i)`;

let bench: Bench;
let events: ResultOwner;
beforeAll(async () => {
  bench = await openBench();
  events = await bench.keep(EVENTS);
  await bench.connection.run(`create table events as ${EVENTS}`);
});
afterAll(() => bench.close());

async function text(spec: ChartSpec, owner = events): Promise<string> {
  const { body } = await bench.results.chart(owner.id, spec, { filters: [] }, never);
  if (!(body instanceof Uint8Array)) throw new Error('a chart is short');
  expect(body.length).toBeLessThanOrEqual(MAX_ANSWER);
  return Buffer.from(body).toString();
}
const any = async (spec: ChartSpec, owner?: ResultOwner) => Value.Parse(AnyAnswer, JSON.parse(await text(spec, owner)));
async function figure<M extends FigureAnswer['mark']>(mark: M, spec: ChartSpec, owner?: ResultOwner) {
  const answer = await any({ ...spec, mark }, owner);
  if (answer.mark !== mark) throw new Error(answer.mark);
  return answer as FigureOf<M>;
}
async function flat(spec: ChartSpec, owner?: ResultOwner) {
  const answer = await any(spec, owner);
  if (isFigure(answer)) throw new Error(answer.mark);
  return answer;
}
const rows = async (sql: string): Promise<(number | string | null)[][]> =>
  (await (await bench.connection.run(sql)).getRows()).map((row) =>
    row.map((value) => (typeof value === 'bigint' ? Number(value) : (value as number | string | null))),
  );
const near = (found: readonly unknown[], wanted: readonly unknown[]) => {
  expect(found.length).toBe(wanted.length);
  found.forEach((one, index) => {
    const other = wanted[index];
    if (typeof one === 'number' && typeof other === 'number') expect(one).toBeCloseTo(other, 6);
    else expect(one).toEqual(other);
  });
};

describe('boxes', () => {
  const spec: ChartSpec = { x: { column: 'city' }, y: { column: 'price' } };
  it('have their quartiles, whiskers and what lies beyond, as a statement of one’s own has them', async () => {
    const answer = await figure('box', spec);
    const wanted =
      await rows(`with q as (select city, quantile_cont(price, 0.25) q1, median(price) q2, quantile_cont(price, 0.75) q3
        from events where price is not null group by city)
      select e.city, any_value(q1), any_value(q2), any_value(q3),
        min(price) filter (price >= q1 - 1.5 * (q3 - q1)), max(price) filter (price <= q3 + 1.5 * (q3 - q1)),
        count(*), count(*) filter (price < q1 - 1.5 * (q3 - q1) or price > q3 + 1.5 * (q3 - q1))
      from events e join q on e.city is not distinct from q.city where price is not null group by e.city order by e.city nulls last`);
    expect(answer.x.scale === 'category' && answer.x.keys).toEqual(wanted.map((row) => row[0]));
    answer.boxes.forEach(({ q1, median, q3, low, high, count, beyond }, index) => {
      near([q1, median, q3, low, high, count, beyond], wanted[index]!.slice(1));
    });
    expect(answer.notes).toContainEqual({
      kind: 'null',
      rows: Number((await rows('select count(*) from events where price is null'))[0]?.[0]),
    });
    expect(answer.outliers?.values.length).toBeGreaterThan(0);
  });
  it('are one of all where nothing tells them apart', async () => {
    const { boxes } = await figure('box', { y: { column: 'price' } });
    const [wanted] = await rows('select median(price), count(price) from events');
    near([boxes[0]?.median, boxes[0]?.count], wanted!);
  });
  it('stand along a time', async () => {
    const answer = await figure('box', { x: { column: 'seen', unit: 'month' }, y: { column: 'price' } });
    const wanted = await rows(
      `select epoch_ms(date_trunc('month', seen)), median(price) from events where price is not null group by 1 order by 1`,
    );
    near(
      answer.x.scale === 'time' ? answer.x.values : [],
      wanted.map((row) => row[0]),
    );
    near(
      answer.boxes.map(({ median }) => median),
      wanted.map((row) => row[1]),
    );
  });
  it('without values of rows have no outliers', async () => {
    expect((await figure('box', { ...spec, aggregated: true })).outliers).toBeUndefined();
  });
});

describe('a heat map', () => {
  it('measures each pair of categories', async () => {
    const answer = await figure('heat', {
      x: { column: 'city' },
      y: { column: 'place' },
      colour: { column: 'price', aggregate: 'median' },
    });
    const { x, y, cells } = answer;
    if (x.scale !== 'category' || y.scale !== 'category') throw new Error('categories');
    const found = cells.values.map((value, at) => [
      x.keys[cells.x[at]!],
      y.keys[cells.y[at]!],
      value,
      cells.counts[at],
    ]);
    const wanted = await rows(
      'select city, place, median(price), count(*) from events group by all order by city nulls last, place',
    );
    const order = (a: readonly unknown[], b: readonly unknown[]) =>
      `${a[0] ?? '~'}${a[1]}`.localeCompare(`${b[0] ?? '~'}${b[1]}`);
    found.sort(order).forEach((row, index) => {
      near(row, wanted.toSorted(order)[index]!);
    });
  });
  it('counts bins of numbers by stretches of time', async () => {
    const answer = await figure('heat', { x: { column: 'seen', unit: 'month' }, y: { column: 'price', bin: 6 } });
    const { x, y, cells } = answer;
    if (x.scale !== 'time' || y.scale !== 'number') throw new Error('axes');
    const wanted = await rows(
      `select epoch_ms(date_trunc('month', seen)), floor(price / ${y.bin}) * ${y.bin}, count(*) from events where price is not null group by all order by 1, 2`,
    );
    expect(cells.values.map((value, at) => [x.values[cells.x[at]!], y.values[cells.y[at]!], value])).toEqual(wanted);
  });
});

describe('cohorts', () => {
  it('are those who came first in the same stretch, and who came again', async () => {
    for (const unit of ['month', 'week', 'quarter'] as const) {
      const answer = await figure('cohort', { x: { column: 'seen', unit }, y: { column: 'user' } });
      const wanted = await rows(`with f as (select "user" u, date_trunc('${unit}', min(seen)) c from events group by 1)
        select epoch_ms(c), date_diff('${unit}', c, date_trunc('${unit}', seen)) o, count(distinct u)
        from events join f on f.u = "user" group by 1, 2 order by 1, 2`);
      const found = answer.cohorts.flatMap(({ start, kept }) =>
        kept.flatMap((count, after) => (count === 0 ? [] : [[start, after, count]])),
      );
      const shown = new Set(answer.cohorts.map(({ start }) => start));
      expect(found).toEqual(wanted.filter(([start, after]) => shown.has(Number(start)) && Number(after) < 36));
      for (const { size, kept } of answer.cohorts) expect(kept[0]).toBe(size);
    }
  });
});

describe('a number', () => {
  it('is measured over all rows', async () => {
    const answer = await figure('number', { y: { column: 'price', aggregate: 'mean' } });
    near([answer.value], (await rows('select avg(price) from events'))[0]!);
    expect(answer.series).toBeUndefined();
  });
  it('is the last stretch of time, with the one before', async () => {
    const answer = await figure('number', {
      x: { column: 'seen', unit: 'month' },
      y: { column: 'n', aggregate: 'sum' },
    });
    const wanted = await rows(`select epoch_ms(date_trunc('month', seen)), sum(n) from events group by 1 order by 1`);
    expect([answer.value, answer.before]).toEqual([wanted.at(-1)?.[1], wanted.at(-2)?.[1]]);
    expect(answer.series?.at).toEqual(wanted.map((row) => row[0]));
  });
  it('knows that nothing happened in a stretch without rows', async () => {
    const owner = await bench.keep(`select * from (values (date '2024-01-05', 3), (date '2024-03-02', 4)) t(d, n)`);
    const former = async (aggregate: 'sum' | 'mean') =>
      (await figure('number', { x: { column: 'd', unit: 'month' }, y: { column: 'n', aggregate } }, owner)).before;
    expect([await former('sum'), await former('mean')]).toEqual([0, null]);
  });
});

describe('small lines', () => {
  it('are one for each value, the most frequent first', async () => {
    const answer = await figure('spark', {
      x: { column: 'seen', unit: 'month' },
      y: { column: 'n', aggregate: 'sum' },
      row: { column: 'place' },
    });
    const wanted = await rows(
      `select place, epoch_ms(date_trunc('month', seen)), sum(n) from events group by all order by 1, 2`,
    );
    const found = answer.keys.flatMap((key, line) =>
      answer.at.flatMap((at, index) => {
        const value = answer.lines[line]![index];
        return value === null ? [] : [[key, at, value]];
      }),
    );
    const order = (a: readonly unknown[], b: readonly unknown[]) => `${a[0]} ${a[1]}`.localeCompare(`${b[0]} ${b[1]}`);
    expect(found.sort(order)).toEqual(wanted.sort(order));
  });
});

describe('a funnel', () => {
  it('counts the different ones of each step, the most first', async () => {
    const answer = await flat({ mark: 'funnel', x: { column: 'place' }, y: { column: 'user', aggregate: 'distinct' } });
    const wanted = await rows('select place, count(distinct "user") n from events group by all order by n desc, place');
    if (answer.x.scale !== 'category') throw new Error(answer.x.scale);
    expect(answer.y.values).toEqual(wanted.map((row) => row[1]));
  });
});

describe('small charts', () => {
  it('are bars of each panel and colour, all from one statement', async () => {
    const answer = await flat({
      mark: 'bar',
      x: { column: 'place' },
      y: { column: 'n', aggregate: 'sum' },
      colour: { column: 'n' },
      row: { column: 'place' },
      column: { column: 'city' },
    });
    const { facet, x, colour } = answer;
    if (x.scale !== 'category' || colour?.scale !== 'category' || !facet?.row || !facet.column)
      throw new Error('parts');
    const across = facet.column.keys.length;
    expect([facet.row.keys.length, across]).toEqual([3, 4]);
    expect(answer.notes).toContainEqual({ kind: 'top', channel: 'column', shown: 4, of: 8, together: false });
    const top = facet.column.keys;
    const found = answer.y.values.map((value, index) => [
      facet.row!.keys[Math.floor(facet.at[index]! / across)],
      top[facet.at[index]! % across],
      x.keys[x.at[index]!],
      colour.rest !== undefined && colour.at[index] === colour.keys.length - 1
        ? 'others'
        : String(colour.keys[colour.at[index]!]),
      value,
    ]);
    const shown = colour.keys.filter((key) => key !== null).map(String);
    const wanted = (await rows('select place, city, place, n, sum(n) from events group by all')).filter((row) =>
      top.includes(row[1] as string | null),
    );
    const sums = new Map<string, number>();
    for (const [row, column, place, n, sum] of wanted) {
      const key = JSON.stringify([row, column, place, shown.includes(String(n)) ? String(n) : 'others']);
      sums.set(key, (sums.get(key) ?? 0) + Number(sum));
    }
    expect(new Map(found.map(([a, b, c, d, value]) => [JSON.stringify([a, b, c, d]), value]))).toEqual(sums);
  });
  it('are lines of each panel over one axis', async () => {
    const answer = await flat({
      mark: 'line',
      x: { column: 'seen', unit: 'month' },
      y: { column: 'price', aggregate: 'mean' },
      column: { column: 'place' },
    });
    const { facet, x } = answer;
    if (x.scale !== 'time' || !facet?.column) throw new Error('parts');
    const wanted = await rows(`select place, epoch_ms(date_trunc('month', seen)), avg(price) from events group by all`);
    const key = (place: unknown, at: unknown) => `${place} ${at}`;
    const means = new Map(wanted.map(([place, at, mean]) => [key(place, at), mean]));
    expect(answer.y.values.length).toBe(means.size);
    answer.y.values.forEach((value, index) => {
      near([value], [means.get(key(facet.column!.keys[facet.at[index]!], x.values[index]))]);
    });
  });
  it('are points of rows in their panels', async () => {
    const answer = await flat({
      mark: 'point',
      x: { column: 'lon' },
      y: { column: 'lat' },
      column: { column: 'place' },
    });
    expect(answer.facet?.at.length).toBe(answer.y.values.length);
    expect(new Set(answer.facet?.at)).toEqual(new Set([0, 1, 2]));
  });
});

describe('a second measure', () => {
  it('stands beside the first over a time and over categories', async () => {
    const over = await flat({
      mark: 'line',
      x: { column: 'seen', unit: 'month' },
      y: { column: 'n', aggregate: 'sum' },
      y2: { column: 'price', aggregate: 'median' },
    });
    const wanted = await rows(
      `select sum(n), median(price) from events group by date_trunc('month', seen) order by min(seen)`,
    );
    near(
      over.y.values,
      wanted.map((row) => row[0]),
    );
    near(
      over.y2?.values ?? [],
      wanted.map((row) => row[1]),
    );
    const bars = await flat({
      mark: 'bar',
      x: { column: 'place', sort: 'name' },
      y: { aggregate: 'count' },
      y2: { column: 'price', aggregate: 'mean' },
    });
    if (bars.x.scale !== 'category') throw new Error(bars.x.scale);
    const means = new Map(
      (await rows('select place, avg(price) from events group by all')).map(([place, mean]) => [place, mean]),
    );
    const { keys, at } = bars.x;
    near(
      bars.y2?.values ?? [],
      at.map((place) => means.get(keys[place] as string)),
    );
  });
});

describe('points', () => {
  const spec: ChartSpec = {
    mark: 'point',
    x: { column: 'lon' },
    y: { column: 'lat' },
    size: { column: 'n' },
    tooltip: ['secret', 'city'],
    colour: { column: 'place' },
  };
  it('say the size and the columns that were asked for', async () => {
    const answer = await flat(spec);
    const [secrets, cities] = answer.tooltip ?? [];
    expect(secrets?.length).toBe(answer.y.values.length);
    const wanted = new Map(
      (await rows('select secret, lon, n, city from events')).map(([secret, ...rest]) => [secret, rest]),
    );
    answer.y.values.slice(0, 100).forEach((_, index) => {
      const [lon, n, city] = wanted.get(secrets![index]!)!;
      expect(answer.x.scale === 'number' && answer.x.values[index]).toBeCloseTo(Number(lon), 2);
      expect([answer.size?.[index], cities?.[index]]).toEqual([n, city]);
    });
  });
  it('together in cells say nothing of a row, and every row is in one of them', async () => {
    const said = await text({ ...spec, aggregated: true });
    expect(said).not.toContain('secret');
    const answer = await flat({ ...spec, aggregated: true });
    expect([answer.tooltip, answer.size]).toEqual([undefined, undefined]);
    expect(answer.notes).toContainEqual({ kind: 'cells', of: ROWS });
    const exact = new Set((await rows('select lon from events')).map((row) => row[0]));
    expect(answer.x.scale === 'number' && answer.x.values.some((value) => exact.has(value))).toBe(false);
    const few = await bench.keep(`select * from (select * from (${EVENTS}) limit 500)`);
    const all = await flat({ ...spec, aggregated: true }, few);
    expect(all.counts?.reduce((sum, count) => sum + count, 0)).toBe(500);
  });
  it('of a map lie on Earth', async () => {
    const answer = await flat({ mark: 'map', x: { column: 'lon' }, y: { column: 'lat' } });
    const out = Number((await rows('select count(*) from events where lon not between -180 and 180'))[0]?.[0]);
    expect(out).toBeGreaterThan(0);
    expect(answer.notes).toContainEqual({ kind: 'null', rows: out });
    expect(answer.x.scale === 'number' && answer.x.values.every((value) => Math.abs(Number(value)) <= 180)).toBe(true);
  });
});

it('the largest answers are within what a page is sent', async () => {
  const owner = await bench.keep(
    `select repeat('x', 119) || (i % 97) as a, repeat('y', 119) || (i % 89) as b, i as v, timestamp '2001-01-01' + to_seconds(i * 6000) as t from range(200000) r(i)`,
  );
  const a = { column: 'a' };
  const measure = { column: 'v', aggregate: 'mean' as const };
  for (const spec of [
    { mark: 'heat', x: a, y: { column: 'b' }, colour: measure },
    { mark: 'heat', x: { column: 't' }, y: { column: 'v' } },
    { mark: 'box', x: a, y: { column: 'v' } },
    { mark: 'cohort', x: { column: 't', unit: 'day' }, y: a },
    { mark: 'spark', x: { column: 't' }, y: measure, row: a },
    { mark: 'line', x: { column: 't' }, y: measure, row: a, column: { column: 'b' }, colour: a },
    { mark: 'point', x: { column: 't' }, y: { column: 'v' }, tooltip: ['a', 'b'], size: { column: 'v' } },
  ] as const)
    expect((await text(spec as ChartSpec, owner)).length).toBeGreaterThan(100);
});
