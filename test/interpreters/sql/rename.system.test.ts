/** Where texts name a table that is to be called otherwise, by the real engine's parser. Nothing of it is run. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '../../../interpreters/protocol.ts';
import { applied, type Renamed } from '../../../interpreters/renaming.ts';
import { type Driven, discard, drive, sqlProgram } from '../harness.ts';

let sql: Driven;
let calls = 0;
beforeAll(async () => {
  sql = await drive({ ...sqlProgram });
  await sql.run('create table flights (origin text, delay int); create table columned (flights int, x int)');
});
afterAll(() => discard(sql));

type UsesEvent = Extract<Event, { type: 'uses' }>;
type Asked = { from?: string; to?: string; forms?: object; interpreter?: string };

async function ask(source: string, { from = 'flights', to = 'late', forms = {}, interpreter = 'sql' }: Asked = {}) {
  calls += 1;
  const call = calls;
  sql.send({ type: 'uses', call, asks: [{ interpreter, source, rename: { from, to } }], forms: forms as never });
  const answer = await sql.event((event): event is UsesEvent => event.type === 'uses' && event.call === call);
  const renamed: Renamed | undefined = answer.items[0]?.renamed;
  expect(renamed).toBeDefined();
  return renamed!;
}

/** As it reads then; what stays open is told beside it. */
async function renamed(source: string, asked: Asked = {}): Promise<string> {
  const { edits, doubts, clash } = await ask(source, asked);
  expect({ doubts, clash }).toEqual({ doubts: [], clash: undefined });
  return applied(source, edits).text;
}

describe('the table is renamed', () => {
  it.each([
    ['select * from flights', 'select * from late'],
    ['from flights', 'from late'],
    ['select flights.origin, flights.* from flights', 'select late.origin, late.* from late'],
    ['SELECT Flights.origin FROM FLIGHTS', 'SELECT late.origin FROM late'],
    ['select f.origin from flights f where f.delay > 1', 'select f.origin from late f where f.delay > 1'],
    ['select flights.x from flights as flights', 'select flights.x from late as flights'],
    ['select x.flights from x', 'select x.flights from x'],
    [
      "select 'flights' as flights -- flights\nfrom flights /* flights */",
      "select 'flights' as flights -- flights\nfrom late /* flights */",
    ],
    ['select "flights"."a" from "flights"', 'select "late"."a" from "late"'],
    [
      'from main.flights, named.main.flights f, other.main.flights g',
      'from main.late, named.main.late f, other.main.flights g',
    ],
    // A query of WITH hides the table outside of itself only.
    [
      'with flights as (select * from flights) select flights.x from flights',
      'with flights as (select * from late) select flights.x from flights',
    ],
    [
      'with a as (from flights) select a.x, (select max(flights.d) from flights) from a',
      'with a as (from late) select a.x, (select max(late.d) from late) from a',
    ],
    [
      'with recursive flights(i) as (select 1 union all select i + 1 from flights) from flights',
      'with recursive flights(i) as (select 1 union all select i + 1 from flights) from flights',
    ],
    // The innermost query that has the name says what it means.
    [
      'select * from flights where exists (select 1 from b where b.x = flights.x)',
      'select * from late where exists (select 1 from b where b.x = late.x)',
    ],
    [
      'select * from flights where exists (select 1 from b flights where flights.x = 1)',
      'select * from late where exists (select 1 from b flights where flights.x = 1)',
    ],
    ['from a, lateral (select a.x + flights.y from flights)', 'from a, lateral (select a.x + late.y from late)'],
    [
      'select a.x from a join flights on a.id = flights.id left join flights b using (id)',
      'select a.x from a join late on a.id = late.id left join late b using (id)',
    ],
    [
      'select flights.x from flights union all select flights.x from b flights order by 1',
      'select late.x from late union all select flights.x from b flights order by 1',
    ],
    ['select 지연 as "항공", flights.지연 from flights', 'select 지연 as "항공", late.지연 from late'],
    [
      'select list_transform([1], flights -> flights + 1) from flights',
      'select list_transform([1], flights -> flights + 1) from late',
    ],
    ['summarize flights', 'summarize late'],
    ['describe flights', 'describe late'],
    ['pivot flights on origin using sum(delay)', 'pivot late on origin using sum(delay)'],
    [
      'pivot flights on origin in (1, 2) using sum(flights.delay)',
      'pivot late on origin in (1, 2) using sum(late.delay)',
    ],
    ["from query_table('flights')", "from query_table('late')"],
    ["from 'tables/flights.parquet'", "from 'tables/late.parquet'"],
    [
      "from read_parquet(['tables/flights.parquet', 'data/flights.parquet'])",
      "from read_parquet(['tables/late.parquet', 'data/flights.parquet'])",
    ],
    ["select 'tables/flights.parquet' as path", "select 'tables/flights.parquet' as path"],
    ['create or replace table flights as select * from raw', 'create or replace table late as select * from raw'],
    ['create view v as select flights.x from flights', 'create view v as select late.x from late'],
    [
      'insert into flights select * from b where b.x not in (from flights)',
      'insert into late select * from b where b.x not in (from late)',
    ],
    ['update flights set a = flights.b + 1 where flights.c > 0', 'update late set a = late.b + 1 where late.c > 0'],
    ['delete from flights using b where flights.id = b.id', 'delete from late using b where late.id = b.id'],
    ["copy flights to 'x.csv'", "copy late to 'x.csv'"],
    ["copy (from flights) to 'flights.csv'", "copy (from late) to 'flights.csv'"],
    ['drop table if exists flights; from flights', 'drop table if exists late; from late'],
    ['explain analyze select * from flights', 'explain analyze select * from late'],
    ['with x as (from a) insert into flights from x', 'with x as (from a) insert into late from x'],
    ['select extract(year from t) from flights; select 1', 'select extract(year from t) from late; select 1'],
    // While it is written, the rest of the text is known all the same.
    ['selct flights from; select * from flights', undefined],
  ])('%s', async (source, then) => {
    if (then === undefined) {
      const { edits, doubts } = await ask(source);
      expect(applied(source, edits).text).toBe('selct flights from; select * from late');
      expect(doubts).toEqual([{ start: 6, end: 13 }]);
    } else expect(await renamed(source)).toBe(then);
  });

  it('in quotes where the engine wants them', async () => {
    expect(await renamed('select flights.x from flights', { to: '항공편' })).toBe('select "항공편".x from "항공편"');
    expect(await renamed('from flights', { to: 'select' })).toBe('from "select"');
  });

  it('beside forms, and a form’s option is the form’s', async () => {
    const forms = {
      tab: { type: 'select', value: 'flights', written: true },
      day: { type: 'date', value: '2024-01-01' },
    };
    const source =
      "select flights.x, '${who=a flights}' from flights where d = date '${day}' and e = $day and flights.y";
    expect(await renamed(source, { forms: { ...forms, who: { type: 'text', value: 'x' } } })).toBe(
      "select late.x, '${who=a flights}' from late where d = date '${day}' and e = $day and late.y",
    );
    expect(await renamed('from ${tab=flights|planes} a, flights', { forms })).toBe(
      'from ${tab=flights|planes} a, late',
    );
  });
});

describe('a name alone', () => {
  it('is the row where the engine can bind it as nothing else, and a column where it is one', async () => {
    expect(await renamed('select flights from flights')).toBe('select late from late');
    expect(await renamed('select count(flights), max(flights.delay) from flights')).toBe(
      'select count(late), max(late.delay) from late',
    );
    // A column of another table.
    expect(await renamed('select flights from flights, columned')).toBe('select flights from late, columned');
    // One of its own.
    expect(await renamed('select columned from columned', { from: 'columned' })).toBe('select late from late');
    expect(await renamed('select flights, x from columned', { from: 'x' })).toBe('select flights, x from columned');
  });

  it('is a doubt where the engine can’t say', async () => {
    const { edits, doubts } = await ask('select flights from flights, not_there');
    expect(edits).toHaveLength(1);
    expect(doubts).toEqual([{ start: 7, end: 14 }]);
  });
});

it('says where it can’t tell', async () => {
  expect((await ask('create table x (flights int)')).doubts).toHaveLength(1);
  expect((await ask('alter table x rename column flights to y')).doubts).toHaveLength(1);
  expect((await ask('pivot t on flights')).doubts).toHaveLength(1);
  expect((await ask('with flights as (from a) pivot flights on x')).edits).toEqual([]);
  expect((await ask('select * exclude (flights.x) from flights')).doubts).toHaveLength(1);
});

describe('the new name clashes', () => {
  it.each([
    'with late as (select 1) select * from flights, late',
    'select late.x from b late where exists (select late.y, flights.x from flights)',
    'select * from flights join b as late on late.id = flights.id',
    'select flights.x, late.y from flights, late',
    'insert into late from flights',
  ])('%s', async (source) => {
    expect((await ask(source)).clash).toBeDefined();
  });

  it('but not with a column, an alias of a value or a text', async () => {
    await renamed("select flights.late, 'late' as late from flights order by late");
  });
});

it('reads a spec', async () => {
  const spec =
    '{"layer": [{"data": {"name": "flights"}}, {"data": {"name": "flights"}, "title": "flights"}]} // flights';
  expect(await renamed(spec, { interpreter: 'vega-lite' })).toBe(
    '{"layer": [{"data": {"name": "late"}}, {"data": {"name": "late"}, "title": "flights"}]} // flights',
  );
  const own = '{"datasets": {"flights": []}, "data": {"name": "flights"}}';
  expect((await ask(own, { interpreter: 'vega-lite' })).edits).toEqual([]);
  const taken = '{"datasets": {"late": []}, "data": {"name": "flights"}}';
  expect((await ask(taken, { interpreter: 'vega-lite' })).clash).toBeDefined();
});
