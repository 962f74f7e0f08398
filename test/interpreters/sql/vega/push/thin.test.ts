/** What stays of rows that are drawn as they are: the ends of axes, and of a line enough wherever its axis shows it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { factsOf } from '../../../../../interpreters/sql/vega/drawing.ts';
import { plan } from '../../../../../interpreters/sql/vega/push/plan.ts';
import { type Database, openDatabase } from './drawn.ts';

let database: Database;
beforeAll(async () => {
  // Each axis has its ends in other rows, and is no number in some.
  database = await openDatabase(`create table t as select
    i as id, pow(10, i / 10000.0) as wide,
    ${['a', 'b', 'c', 'd']
      .map(
        (name, at) =>
          `case when i % 7 = ${at} then 'nan'::double else ((i + ${at * 1234}) * 7919) % 60013 end as ${name}`,
      )
      .join(', ')},
    case when i = 5 then timestamp 'infinity' else timestamp '2024-01-01' + to_seconds(i) end as at
    from range(60000) r(i)`);
});
afterAll(() => database.close());

async function drawn(view: object) {
  const flow = { sql: 'select * from "t"', columns: await database.columns('from t') };
  const spec = { data: { name: 't' }, ...view };
  const planned = await plan(spec, new Map([['t', flow]]), factsOf(database.texts), { rows: 50_000 });
  return { note: planned.tables[0]?.note, rows: await database.rows(planned.tables[0]!.sql) };
}
const number = (field: string, scale?: object) => ({ field, type: 'quantitative', ...(scale ? { scale } : {}) });

it('of points stay those at the ends of each axis, where some are no number', async () => {
  const encoding = { x: number('a'), y: number('b'), size: number('c'), color: number('d') };
  const { note, rows } = await drawn({ mark: 'point', encoding });
  expect(note).toMatchObject({ kind: 'sampled', of: 60_000 });
  for (const name of ['a', 'b', 'c', 'd']) {
    const [ends] = await database.texts(`select min(${name}), max(${name}) from t where not isnan(${name})`);
    const values = rows.map((row) => Number(row[name])).filter(Number.isFinite);
    expect([name, Math.min(...values), Math.max(...values)]).toEqual([name, ...ends!.map(Number)]);
  }
});

it.each(['log', 'symlog'])('of a line on an axis that is %s stay rows all along it', async (type) => {
  const { note, rows } = await drawn({ mark: 'line', encoding: { x: number('wide', { type }), y: number('id') } });
  expect(note).toMatchObject({ kind: 'thinned' });
  const places = rows.map((row) => Math.log10(Number(row.wide)));
  const gaps = places.slice(1).map((place, index) => place - places[index]!);
  expect(rows.length).toBeLessThan(8_000);
  expect(Math.max(...gaps)).toBeLessThan(0.05);
});

it('of a line of times stays what has a time', async () => {
  const { rows } = await drawn({
    mark: 'line',
    encoding: { x: { field: 'at', type: 'temporal' }, y: number('id') },
  });
  expect(rows.length).toBeGreaterThan(1000);
  expect(rows.some(({ id }) => id === 5)).toBe(false);
});
