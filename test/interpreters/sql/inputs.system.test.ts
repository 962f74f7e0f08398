/** What a text would read now, by the real engine: nothing is said where it can't be known. */
import { mkdirSync, renameSync, rmSync, statSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Event } from '../../../interpreters/protocol.ts';
import type { Inputs } from '../../../interpreters/uses.ts';
import { type Driven, discard, drive, sqlProgram } from '../harness.ts';

let sql: Driven;
let calls = 0;
const at = (path: string): string => join(sql.session, path);
beforeAll(async () => {
  sql = await drive({ ...sqlProgram });
  for (const folder of ['data/many', 'data/one', 'data/two']) mkdirSync(at(folder), { recursive: true });
  for (const path of ['n', 'again', 'placed', 'under', 'many/a', 'many/b', 'one/x', 'two/x'])
    writeFileSync(at(`data/${path}.csv`), 'n\n1\n2\n');
  symlinkSync(at('data/one'), at('data/now'));
  await settled();
}, 60_000);
afterAll(() => discard(sql));

type UsesEvent = Extract<Event, { type: 'uses' }>;

async function read(source: string, forms = {}, more = {}): Promise<Inputs | undefined> {
  calls += 1;
  const call = calls;
  sql.send({ type: 'uses', call, asks: [{ interpreter: 'sql', source, ...more }], forms, inputs: true });
  const answer = await sql.event((event): event is UsesEvent => event.type === 'uses' && event.call === call);
  return answer.items[0]?.inputs;
}

/** Names of so many files. */
const many = (count: number): string => Array.from({ length: count }, (_, index) => `'data/${index}.csv'`).join(', ');

const READS = { reads: true } as const;

/** As the run found it. */
async function ran(source: string): Promise<Inputs | undefined> {
  const { outcome } = await sql.run(source, READS);
  expect(outcome.state, JSON.stringify(outcome)).toBe('done');
  return outcome.state === 'done' ? outcome.inputs : undefined;
}

/** Files that were just written are not looked at before their times tell a further change. */
const settled = (path = 'data/two/x.csv'): Promise<void> =>
  vi.waitFor(async () => expect(await read(`from '${path}'`)).toBeDefined(), { timeout: 30_000, interval: 100 });

const AGAIN = "from 'data/again.csv'";
const PLACED = "from 'data/placed.csv'";

describe('nothing is known', () => {
  it.each([
    ['of what changes by itself', 'select random()'],
    ['', 'select now()'],
    ['', 'select current_date'],
    ['', 'select current_localtimestamp()'],
    ['', 'select current_localtimestamp'],
    ['', 'select reservoir_quantile(range, 0.5) over () from range(9)'],
    ['', "select age(timestamp '2020-01-01')"],
    ['', 'select ago(interval 1 day)'],
    ['', 'from range(100) using sample 5'],
    ['', 'select uuid()'],
    ['of settings and variables', "select getvariable('x')"],
    ['', "select current_setting('threads')"],
    ['of what tells of the session', 'from duckdb_tables()'],
    ['', 'show tables'],
    ['', 'from sqlite_master'],
    ['', 'from duckdb_tables'],
    ['', 'from (show tables)'],
    ['', 'from (show all tables)'],
    ['', 'from (show tables from session)'],
    ['', 'from (show databases)'],
    ['of what changes something', 'create table made as select 1'],
    ['', 'insert into nothing values (1)'],
    ['', 'select 1; create table made as select 1'],
    ['of what measures', 'explain analyze select 1'],
    ['of what can’t be read', 'select from from'],
    ['of files elsewhere', "from 'https://example.com/x.csv'"],
    ['of files that are not there', "from 'data/none.csv'"],
    ['', "from glob('data/none*.csv')"],
    ['', 'from session.csv'],
    ['of files elsewhere by a pattern', "from '/etc/*.csv'"],
    ['of a path that is longer than is looked at', `from 'data/${'long/'.repeat(70)}n.csv'`],
    ['of more files than are looked at', `from read_csv([${"'data/n.csv', ".repeat(3)}${many(501)}])`],
    ['of what leaves rejected lines', "from read_csv('data/n.csv', store_rejects = true)"],
    ['of a path that is put together', "from read_csv('data/' || 'n.csv')"],
    ['of nothing', '-- nothing'],
  ])('%s: %s', async (_, source) => {
    expect(await read(source)).toBeUndefined();
  });

  it('of other languages', async () => {
    expect(
      await read('{"mark": "bar", "data": {"name": "flights"}}', {}, { interpreter: 'vega-lite' }),
    ).toBeUndefined();
  });
});

describe('a query', () => {
  it('tells the named results that it reads, whether they are there or not', async () => {
    const inputs = await read('with late as (from Flights) from late, airports');
    expect(inputs?.tables).toEqual(['airports', 'flights']);
    expect(inputs?.marks.map((mark) => mark.split(' ')[0])).toEqual(['engine', 'zone']);
  });

  it('tells the named result that a recursive one begins with', async () => {
    const query = 'with recursive flights as (select n from flights union all select n + 1 from flights where n < 3)';
    expect((await read(`${query} from flights`))?.tables).toEqual(['flights']);
  });

  it.each(['[1, 2][1]', "date '2020-01-01' + interval 1 day", "{'a': 1}.a", "'a' like 'b'"])(
    'gives the same without a word for a function: %s',
    async (value) => {
      expect(await read(`select ${value}`)).toBeDefined();
    },
  );

  it('says the same when it ran', async () => {
    expect(await ran('select 1 as n')).toEqual(await read('select 1 as n'));
    expect(await ran("from 'data/n.csv'")).toEqual(await read("from 'data/n.csv'"));
    expect(await ran('select random()')).toBeUndefined();
  });

  it('tells files with a pattern by what it finds, and each by how it is', async () => {
    const many = "from 'data/many/*.csv'";
    const [before, again, placed] = await Promise.all([read(many), read(AGAIN), read(PLACED)]);
    expect(before?.marks.filter((mark) => mark.startsWith('file')).length).toBe(2);
    writeFileSync(at('data/many/c.csv'), 'n\n3\n');
    // As many bytes, and the same time of change.
    const { atime, mtime } = statSync(at('data/again.csv'));
    writeFileSync(at('data/again.csv'), 'n\n3\n4\n');
    utimesSync(at('data/again.csv'), atime, mtime);
    // Another in its place.
    writeFileSync(at('data/next.csv'), 'n\n5\n6\n');
    renameSync(at('data/next.csv'), at('data/placed.csv'));
    for (const path of ['many/c', 'again', 'placed']) await settled(`data/${path}.csv`);
    expect((await read(many))?.marks.filter((mark) => mark.startsWith('file')).length).toBe(3);
    expect(statSync(at('data/again.csv'))).toMatchObject({ size: 6, mtime });
    expect(await read(AGAIN)).not.toEqual(again);
    expect(await read(PLACED)).not.toEqual(placed);
  }, 60_000);
});

describe('a file is another', () => {
  it('when a folder on its way is', async () => {
    const before = await read("from 'data/now/x.csv'");
    expect(before).toBeDefined();
    unlinkSync(at('data/now'));
    symlinkSync(at('data/two'), at('data/now'));
    const after = await read("from 'data/now/x.csv'");
    expect(after).toBeDefined();
    expect(after).not.toEqual(before);
  });

  it('for a run under which it changed', async () => {
    // The rows of the file come first; the rest takes longer than to write it anew.
    const slow = sql.run(
      "from 'data/under.csv'; select count(*) from range(20_000_000) a, range(10) b where a.range % 7 = b.range",
      READS,
    );
    await sql.event((event): event is Event => event.type === 'table' && event.run === slow.id);
    writeFileSync(at('data/under.csv'), 'n\n7\n8\n');
    expect((await slow).outcome).toEqual({ state: 'done' });
  });

  it('while it changed so lately that the next change might not show', async () => {
    writeFileSync(at('data/fresh.csv'), 'n\n1\n');
    expect(await read("from 'data/fresh.csv'")).toBeUndefined();
  });

  it('when the clock was set back', async () => {
    const later = new Date(Date.now() + 3_600_000);
    utimesSync(at('data/fresh.csv'), later, later);
    expect(await read("from 'data/fresh.csv'")).toBeUndefined();
    rmSync(at('data/fresh.csv'));
  });
});

describe('what statements left in the session', () => {
  it('hides what is read by its name, and nothing else', async () => {
    expect(await read('from flights')).toBeDefined();
    await ran('create table Flights as select 1 as n');
    expect(await read('from flights')).toBeUndefined();
    expect(await read('from airports')).toBeDefined();
    await ran('drop table flights');
    expect(await read('from flights')).toBeDefined();
    await ran('create view flights as select 2 as n');
    expect(await read('from flights')).toBeUndefined();
    await ran('drop view flights');
    expect(await read('from flights')).toBeDefined();
  });

  it('comes before a file of its name, and takes the name that a result would have', async () => {
    expect(await read("from 'data/n.csv'")).toBeDefined();
    expect(await read('select 1', {}, { name: 'late' })).toBeDefined();
    await ran('create table "data/n.csv" as select 9 as n; create table Late as select 1 as n');
    expect(await read("from 'data/n.csv'")).toBeUndefined();
    expect(await read('select 1', {}, { name: 'late' })).toBeUndefined();
    await ran('drop table "data/n.csv"; drop table late');
    expect(await read("from 'data/n.csv'")).toBeDefined();
  });

  it.each([
    ['a macro', 'create macro lower(x) as upper(x)'],
    ['a type', "create type mood as enum ('good')"],
    ['a variable', 'set variable x = 1'],
    ['another search path', 'use memory'],
    ['a macro that is explained', 'explain analyze create macro lower(x) as upper(x)'],
    ['a macro behind a line that ends by the other sign', 'select 1 as n -- \r; create macro lower(x) as upper(x)'],
    ['a macro with the name of a kind', 'create macro view(x) as x'],
    ['a temporary table', 'create temp table flights as select 1'],
    ['', 'create or replace table temp.flights as select 1'],
    ['', 'create table "temp".flights as select 1'],
    ['rejected lines', "from read_csv('data/bad.csv', rejects_table = 'flights')"],
    ['a prepared statement', 'prepare p as select 1'],
    ['another database', "attach ':memory:' as other"],
    ['a statement that was not followed', 'insert into named.content.x values (1)'],
  ])('is beyond what can be known: %s', async (_, statement) => {
    const own = await drive({ ...sqlProgram });
    try {
      await own.run(statement);
      const { outcome } = await own.run('select 1 as n', READS);
      expect(outcome).toEqual({ state: 'done' });
    } finally {
      await discard(own);
    }
  });

  it('is looked for when a new process opens the session', async () => {
    const first = await drive({ ...sqlProgram });
    await first.run('create macro twice(x) as 2 * x');
    await first.end();
    const next = await drive({ ...sqlProgram, folder: first.folder });
    expect((await next.run('select 1 as n', READS)).outcome).toEqual({ state: 'done' });
    await discard(next);
  });
});
