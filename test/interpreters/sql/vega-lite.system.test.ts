import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_SPEC } from '../../../interpreters/sql/vega-lite.ts';
import { type Driven, discard, drive, type Finished, sqlProgram } from '../harness.ts';
import { blockRows, fileTexts, tableEvents } from './reading.ts';

let sql: Driven;
beforeAll(async () => {
  sql = await drive(sqlProgram);
  await sql.run(`create table flights as
    select ['SEA','JFK','ORD'][i % 3 + 1] as origin, i % 100 as delay, i as id, repeat('x', 100) as note from range(30000) t(i);
    create table big as select i, i % 7 as day, sin(i / 1000.0) * 10 as level, case when i = 77777 then 1000 else 0 end as spike
      from range(250000) t(i)`);
  writeFileSync(join(sql.session, 'data', 'x.csv'), 'city,n\nBusan,1\nSeoul,2\n');
});
afterAll(() => discard(sql));

const draw = (spec: unknown, options: object = {}): Promise<Finished> =>
  sql.run(typeof spec === 'string' ? spec : JSON.stringify(spec, null, 2), { interpreter: 'vega-lite', ...options });
const chartOf = (finished: Finished) => {
  const event = finished.events.find((one) => one.type === 'output' && one.output.kind === 'chart');
  if (event?.type !== 'output' || event.output.kind !== 'chart') throw new Error(JSON.stringify(finished.outcome));
  return { ...event.output, spec: JSON.parse(event.output.spec) as unknown };
};
/** Rows of the last table, as numbers and texts. */
async function rowsOf(finished: Finished): Promise<readonly (readonly unknown[])[]> {
  const table = tableEvents(finished).at(-1);
  return table?.file === undefined
    ? blockRows(table)
    : fileTexts(table.file, 'select * exclude (__row) from r.result order by __row');
}
const failureOf = async (spec: unknown, options: object = {}) => {
  const { outcome, events } = await draw(spec, options);
  expect(events.some((one) => one.type === 'output')).toBe(false);
  if (outcome.state !== 'failed') throw new Error(`it was drawn: ${JSON.stringify(outcome)}`);
  return outcome.failure;
};
const bars = (name: string) => ({
  data: { name },
  mark: 'bar',
  encoding: { x: { field: 'origin' }, y: { field: 'delay', aggregate: 'mean' } },
});

describe('a vega-lite paragraph', () => {
  it('sends the columns that it speaks of as hidden tables, then the chart that names them', async () => {
    await sql.run('create table few as select * from flights where id < 9000');
    const finished = await draw(bars('few'));
    expect(finished.outcome).toEqual({ state: 'done' });
    const tables = tableEvents(finished);
    expect(tables.every((table) => table.hidden)).toBe(true);
    expect(tables.at(-1)).toMatchObject({ rows: 9000, open: false, columns: [{ name: 'origin' }, { name: 'delay' }] });
    expect(chartOf(finished)).toEqual({ kind: 'chart', spec: bars('few'), data: [{ name: 'few', table: 0 }] });
    const order = finished.events.filter((one) => one.type === 'table' || one.type === 'output').map((one) => one.type);
    expect(order.at(-1)).toBe('output');
  });

  it('aggregates what is larger in the engine, and sends its groups', async () => {
    const finished = await draw(bars('flights'));
    expect(chartOf(finished)).toEqual({
      kind: 'chart',
      spec: {
        mark: 'bar',
        encoding: {
          x: { field: 'origin' },
          y: { aggregate: 'mean', field: 'gd_0', title: 'Mean of delay' },
        },
        data: { name: 'flights #1' },
      },
      data: [{ name: 'flights #1', table: 0 }],
    });
    const rows = blockRows(tableEvents(finished).at(-1));
    expect(rows).toEqual([
      ['JFK', 49.5],
      ['ORD', 49.5],
      ['SEA', 49.5],
    ]);
  });

  it('thins a line to the ends of its steps, samples points, and says so', async () => {
    const field = (name: string) => ({ field: name, type: 'quantitative' });
    const line = await draw({ data: { name: 'big' }, mark: 'line', encoding: { x: field('i'), y: field('spike') } });
    const { notes = [] } = chartOf(line);
    expect(notes).toMatchObject([{ kind: 'thinned', table: 'big', of: 250_000 }]);
    expect(notes[0]?.shown).toBeLessThan(7_600);
    expect(notes[0]?.shown).toBeGreaterThan(1_500);
    // The one high value is there, and both ends are.
    const rows = await rowsOf(line);
    expect(Math.max(...rows.map(([, value]) => Number(value)))).toBe(1000);
    expect([rows[0]?.[0], rows.at(-1)?.[0]].map(Number)).toEqual([0, 249_999]);

    const points = await draw({ data: { name: 'big' }, mark: 'point', encoding: { x: field('i'), y: field('level') } });
    expect(chartOf(points).notes).toMatchObject([{ kind: 'sampled', table: 'big', of: 250_000 }]);
    const sample = await rowsOf(points);
    expect(sample.length).toBeGreaterThan(15_000);
    expect(sample.length).toBeLessThan(20_400);
    expect([sample[0]?.[0], sample.at(-1)?.[0]].map(Number)).toEqual([0, 249_999]);
  });

  it('draws the first rows where it can do neither, and says what stood in the way', async () => {
    const window = [{ window: [{ op: 'row_number', as: 'row' }] }];
    const finished = await draw({
      data: { name: 'big' },
      transform: window,
      mark: 'bar',
      encoding: { x: { field: 'row' } },
    });
    expect(chartOf(finished)).toMatchObject({
      spec: { transform: window, data: { name: 'big #1' } },
      notes: [{ kind: 'first', table: 'big', shown: 100_000, of: 250_000, why: { kind: 'transform', name: 'window' } }],
    });
    const filtered = await draw({
      data: { name: 'big' },
      transform: [{ filter: 'datum.i < 50000' }, ...window],
      mark: 'bar',
      encoding: { x: { field: 'row' } },
    });
    expect(chartOf(filtered).notes).toBeUndefined();
    expect(tableEvents(filtered).at(-1)).toMatchObject({ rows: 50_000 });
  });

  it('plans each view of several by itself', async () => {
    const x = { field: 'day', type: 'ordinal' };
    const finished = await draw({
      data: { name: 'big' },
      hconcat: [
        { mark: 'bar', encoding: { x, y: { aggregate: 'count' } } },
        { layer: [{ mark: 'line' }, { mark: 'point' }], encoding: { x, y: { aggregate: 'sum', field: 'level' } } },
      ],
    });
    expect(chartOf(finished)).toMatchObject({
      data: [{ name: 'big #1' }, { name: 'big #2' }],
      spec: {
        hconcat: [
          { data: { name: 'big #1' } },
          { layer: [{ data: { name: 'big #2' } }, { data: { name: 'big #2' } }] },
        ],
      },
    });
  });

  it('draws files of data/', async () => {
    const finished = await draw({ data: { url: 'data/x.csv' }, mark: 'point', encoding: { x: { field: 'city' } } });
    expect(chartOf(finished)).toMatchObject({ spec: { data: { name: 'data/x.csv' } }, data: [{ name: 'data/x.csv' }] });
    expect(blockRows(tableEvents(finished).at(-1))).toEqual([['Busan'], ['Seoul']]);
  });

  it('draws rows of its own, with comments in it', async () => {
    const finished = await draw('{ // by hand\n "data": {"values": [{"a": 1}]}, "mark": "bar", }');
    expect(chartOf(finished)).toMatchObject({ data: [], spec: { mark: 'bar' } });
  });

  it('says where a column that is not there is named, and which is meant', async () => {
    const failure = await failureOf(
      '{"data": {"name": "flights"}, "mark": "bar",\n "encoding": {"x": {"field": "orgin"}}}',
    );
    expect(failure).toMatchObject({
      code: 'unknown-column',
      message: 'There is no column “orgin” in flights.',
      hint: 'Did you mean origin? It has: origin, delay, id, note.',
      fix: { replacement: 'origin' },
      line: 2,
      column: 31,
      length: 5,
    });
  });

  it('says where a table that is not there is named, and which is meant', async () => {
    const failure = await failureOf('{\n  "data": {"name": "flihgts"},\n  "mark": "bar"\n}');
    expect(failure).toMatchObject({
      code: 'unknown-table',
      line: 2,
      column: 21,
      length: 7,
      fix: { replacement: 'flights' },
    });
  });

  it('says what is too large', async () => {
    const groups = { x: { field: 'i', type: 'ordinal' }, y: { aggregate: 'count' } };
    expect(await failureOf({ data: { name: 'big' }, mark: 'bar', encoding: groups })).toMatchObject({
      code: 'too-large',
      message: 'big is too large for a chart. There are 250,000 rows; at most 100,000 can be taken here.',
      hint: expect.stringContaining('coarser bins'),
      line: 3,
    });
    const long = JSON.stringify({ data: { values: Array.from({ length: 100_000 }, (_, i) => ({ a: i })) } });
    expect(long.length).toBeGreaterThan(MAX_SPEC);
    expect(await failureOf(long)).toMatchObject({ code: 'too-large', hint: expect.stringContaining('table') });
  });

  it('says what is wrong with it, where', async () => {
    expect(await failureOf('{"mark": "bar",\n "data": {"name": }}')).toMatchObject({
      code: 'syntax',
      line: 2,
      column: 19,
    });
    expect(await failureOf('')).toMatchObject({ code: 'syntax', hint: expect.stringContaining('"mark"') });
    expect(await failureOf('[1]')).toMatchObject({ code: 'syntax' });
    expect(await failureOf({ mark: 'bar' })).toMatchObject({ code: 'no-data' });
    expect(await failureOf({ data: { url: 'https://x.org/a.csv' }, mark: 'bar' })).toMatchObject({
      code: 'refused',
      message: 'A chart loads nothing from https://x.org/a.csv.',
      line: 3,
    });
    expect(await failureOf({ data: { url: 'data/none.csv' }, mark: 'bar' })).toMatchObject({ code: 'file-not-found' });
    expect(await failureOf(bars('flights'), { name: 'chart' })).toMatchObject({ code: 'no-result' });
  });

  it('ends when it is cancelled', async () => {
    await sql.run(
      'create or replace view endless as select a.i + b.i as x from range(1000000) a(i), range(1000000) b(i) where a.i * b.i < 0',
    );
    const spec = JSON.stringify({ data: { name: 'endless' }, mark: 'bar' });
    const run = sql.run(spec, { interpreter: 'vega-lite' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    sql.cancel(run.id);
    expect((await run).outcome).toEqual({ state: 'cancelled' });
  });
});
