/** What statements read and write, by the real engine's parser. Nothing of it is run. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '../../../interpreters/protocol.ts';
import type { Uses } from '../../../interpreters/uses.ts';
import { type Driven, discard, drive, sqlProgram } from '../harness.ts';

let sql: Driven;
let calls = 0;
beforeAll(async () => {
  sql = await drive({ ...sqlProgram });
});
afterAll(() => discard(sql));

type UsesEvent = Extract<Event, { type: 'uses' }>;

async function ask(sources: readonly string[], forms = {}, interpreter = 'sql'): Promise<readonly Uses[]> {
  calls += 1;
  const call = calls;
  sql.send({ type: 'uses', call, asks: sources.map((source) => ({ interpreter, source })), forms });
  const answer = await sql.event((event): event is UsesEvent => event.type === 'uses' && event.call === call);
  return answer.items;
}

const uses = async (source: string, forms = {}): Promise<Uses> => (await ask([source], forms))[0]!;
const names = (list: Uses['reads']): string[] => list.map(({ kind, name }) => `${kind} ${name}`).sort();

describe('a query reads', () => {
  it.each([
    ['select * from flights', ['table flights']],
    [
      'from flights f join airports a on f.origin = a.code where a.city in (select city from big)',
      ['table airports', 'table big', 'table flights'],
    ],
    ['with late as (from flights where delay > 60), more as (from late) from more, late', ['table flights']],
    // A query of the WITH clause hides a table of its name outside of itself only.
    ['with flights as (select * from flights) select * from flights', ['table flights']],
    ['with recursive n(i) as (select 1 union all select i + 1 from n where i < 9) from n, t', ['table t']],
    ['select (select max(x) from a), exists (from b) union all from c', ['table a', 'table b', 'table c']],
    ["from 'data/x.csv'", ['file data/x.csv']],
    [
      "select * from read_csv('data/x.csv', header = true), read_parquet(['data/a.parquet', 'data/b.parquet'])",
      ['file data/a.parquet', 'file data/b.parquet', 'file data/x.csv'],
    ],
    ['from "항공편" where "지연" > 1', ['table 항공편']],
    ['from session.main.kept, named.main.flights, other.main.t', ['table flights', 'table kept', 'table other.t']],
    ['pivot flights on origin using sum(delay)', ['table flights']],
    ['summarize flights', ['table flights']],
    ['describe flights', ['table flights']],
    ["select 'from nowhere' as text -- from comment", []],
    ['select * from range(10)', []],
    ["select * from query_table('flights')", ['table flights']],
  ])('%s', async (source, reads) => {
    const found = await uses(source);
    const words = (found.words ?? []).filter((name) => ['flights'].includes(name)).map((name) => `table ${name}`);
    expect([...new Set([...names(found.reads), ...words])].sort()).toEqual(reads);
    expect(found.writes).toEqual([]);
  });
});

describe('a statement writes', () => {
  it.each([
    ['create or replace table late as select * from flights', ['table flights'], ['table late']],
    ['create temp view if not exists v as from a', ['table a'], ['table v']],
    ['create table t (a integer, b text)', [], ['table t']],
    ['insert into t select * from s', ['table s', 'table t'], ['table t']],
    ['insert into t (a, b) values (1, 2) on conflict do nothing returning a', ['table t'], ['table t']],
    [
      'update t set a = (select max(x) from m) from s where t.id = s.id returning *',
      ['table m', 'table s', 'table t'],
      ['table t'],
    ],
    ['delete from t using s where t.id = s.id and s.x in (from u)', ['table s', 'table t', 'table u'], ['table t']],
    ["copy (from flights) to 'data/out.parquet' (format parquet)", ['table flights'], ['file data/out.parquet']],
    ["copy t from 'data/in.csv'", ['file data/in.csv'], ['table t']],
    ["copy t to 'x.csv'", ['table t'], ['file x.csv']],
    ['drop table if exists t', [], ['table t']],
    ['alter table t add column c int', ['table t'], ['table t']],
    ['set variable x = 1', ['settings session'], ['settings session']],
    ['create macro twice(x) as x * 2', ['settings session'], ['settings session']],
    ['begin; insert into t values (1); commit', ['table t'], ['table t']],
    ['explain analyze select * from flights', ['table flights'], []],
  ])('%s', async (source, reads, writes) => {
    const found = await uses(source);
    expect(names(found.reads)).toEqual(reads);
    expect(names(found.writes)).toEqual(writes);
  });
});

it('gives the words of what the parser does not take', async () => {
  const found = await uses(
    "merge into t using s on t.id = s.id when matched then delete; selct * from wrong; from 'data/x.csv' wher",
  );
  expect(found.words).toEqual(expect.arrayContaining(['t', 's', 'wrong']));
  expect(names(found.reads)).toContain('file data/x.csv');
});

it('runs nothing: neither statements nor table functions', async () => {
  await ask([
    "copy (select 1) to 'made.csv'",
    "select * from read_csv('not/there.csv')",
    'create table made as select 1',
  ]);
  expect(existsSync(join(sql.session, 'made.csv'))).toBe(false);
  expect((await sql.run('from made')).outcome).toMatchObject({ state: 'failed' });
});

it('reads a form’s option as what it stands for, and its value as none', async () => {
  const chosen = { tab: { type: 'select', value: 'flights', written: true } };
  expect(names((await uses('select * from ${tab=flights|planes} where x = 1', chosen)).reads)).toEqual([
    'table flights',
  ]);
  const text = { who: { type: 'text', value: 'airports' } };
  expect(names((await uses('select * from flights where name = $who', text)).reads)).toEqual(['table flights']);
});

describe('varies', () => {
  it.each([
    ['select sum(delay), origin from flights group by all order by 2', undefined],
    ["select lower(a) || b, date_trunc('day', t) from x", undefined],
    ['select now()', 'now()'],
    ['select current_date', 'current_date'],
    ['select random() from x', 'random()'],
    ['select uuid()', 'uuid()'],
    ['from flights using sample 10', 'a sample'],
    ['select twice(1)', 'twice()'],
    ['from duckdb_tables()', 'duckdb_tables()'],
    ["from read_csv(getvariable('f'))", 'read_csv() of what is not written there'],
    ['create table t as select 1', 'what it writes'],
  ])('%s', async (source, varies) => {
    expect((await uses(source)).varies).toBe(varies);
  });
});

it('answers while a run is under way, and a text of a megabyte by not reading it', async () => {
  const run = sql.run('select count(*) from range(3000000000) t(i) where i % 7 = 3');
  expect(names((await uses('from flights')).reads)).toEqual(['table flights']);
  sql.cancel(run.id);
  expect((await run).outcome).toEqual({ state: 'cancelled' });
  expect(await uses(`select '${'x'.repeat(1_000_000)}'`)).toEqual({
    reads: [],
    writes: [],
    varies: 'a text too long to be read',
  });
});

it('reads what a Vega-Lite spec draws', async () => {
  const spec =
    '{"layer": [{"data": {"name": "flights"}}, {"data": {"url": "data/x.csv"}}, {"data": {"name": "own", "values": []}}]}';
  const [found, none] = await ask([spec, '{ not json'], {}, 'vega-lite');
  expect(names(found!.reads)).toEqual(['file data/x.csv', 'table flights']);
  expect(none!.reads).toEqual([]);
});
