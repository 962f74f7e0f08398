import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { NamedTable } from '../../../interpreters/protocol.ts';
import { type Driven, type DriveOptions, discard, drive, makeFolder, sqlProgram } from '../harness.ts';
import { blockRows } from './reading.ts';

const alive: Driven[] = [];
const start = async (options: Partial<DriveOptions> = {}): Promise<Driven> => {
  const driven = await drive({ ...sqlProgram, ...options });
  alive.push(driven);
  return driven;
};
afterEach(async () => {
  for (const driven of alive.splice(0)) await discard(driven);
});

const rowsOf = async (sql: Driven, source: string, tables: readonly NamedTable[] = []): Promise<unknown[][]> => {
  const finished = await sql.run(source, { tables });
  expect(finished.outcome).toEqual({ state: 'done' });
  return blockRows(finished.tables.at(-1));
};

/** A named result as the server hands it on: the block or file that an earlier run gave. */
async function result(sql: Driven, source: string, name: string, version: string): Promise<NamedTable> {
  const { tables, outcome } = await sql.run(source, { name });
  expect(outcome).toEqual({ state: 'done' });
  const { block, file, named } = tables.at(-1)!;
  expect(named).toBe(true);
  if (file !== undefined) return { name, version, file };
  return { name, version, ...(block === undefined ? {} : { block }) };
}

const unsent = ({ name, version }: NamedTable): NamedTable => ({ name, version });

test('tables and views are there after the process was ended and after it was killed', async () => {
  const folder = makeFolder();
  const first = await start({ folder });
  await first.run('create table kept as select 42 as answer; create view seen as from kept');
  await first.end();
  const second = await start({ folder });
  expect(await rowsOf(second, 'from seen')).toEqual([[42]]);
  await second.run('insert into kept values (43)');
  second.child.kill('SIGKILL');
  await second.exited;
  const third = await start({ folder });
  expect(await rowsOf(third, 'select count(*)::int from kept')).toEqual([[2]]);
});

test('a session database that is none fails each run and says what to do', async () => {
  const folder = makeFolder();
  const first = await start({ folder });
  await first.end();
  rmSync(join(first.session, 'session.duckdb'));
  writeFileSync(
    join(first.session, 'session.duckdb'),
    'this is no database, but long enough to look like one'.repeat(400),
  );
  const second = await start({ folder });
  expect((await second.run('select 1')).outcome).toMatchObject({
    state: 'failed',
    failure: { code: 'session-damaged', hint: expect.stringContaining('Restart and clear') },
  });
});

test('a named result is a table in every case, small as a block and large as a file', async () => {
  const sql = await start();
  const small = await result(sql, "select 1 as a, 'x' as b, interval 1 month as i", 'Small', 'v1');
  const large = await result(sql, 'select i, i::hugeint * 2 as h from range(50000) t(i)', 'large', 'v2');
  expect(large.file).toBeDefined();
  const tables = [small, large];
  expect(await rowsOf(sql, 'select a, b, i::varchar from SMALL', tables)).toEqual([[1, 'x', '1 month']]);
  expect(await rowsOf(sql, 'select count(*)::int, sum(h)::varchar from large', [unsent(small), large])).toEqual([
    [50000, '2499950000'],
  ]);
  expect(await rowsOf(sql, 'from large limit 1', [unsent(small), large])).toEqual([[0n, '0']]);
  expect((await sql.tables([unsent(small), large])).filter(({ source }) => source === 'named')).toMatchObject([
    {
      name: 'Small',
      rows: 1,
      columns: [{ name: 'a', type: 'INTEGER' }, { name: 'b' }, { name: 'i', type: 'INTERVAL' }],
    },
    {
      name: 'large',
      rows: 50000,
      columns: [
        { name: 'i', type: 'BIGINT' },
        { name: 'h', type: 'HUGEINT' },
      ],
    },
  ]);
}, 60_000);

test('a name moves to a new version, to another name, and away, without its block being sent again', async () => {
  const sql = await start();
  const one = await result(sql, 'select 1 as v', 'one', 'v1');
  const two = await result(sql, 'select 2 as v', 'one', 'v2');
  expect(await rowsOf(sql, 'from one', [one])).toEqual([[1]]);
  expect(await rowsOf(sql, 'from one', [two])).toEqual([[2]]);
  expect(await rowsOf(sql, 'from renamed', [{ name: 'renamed', version: 'v2' }])).toEqual([[2]]);
  expect((await sql.run('from one', { tables: [{ name: 'renamed', version: 'v2' }] })).outcome).toMatchObject({
    failure: { code: 'unknown-table' },
  });
  expect((await sql.run('from renamed')).outcome).toMatchObject({ failure: { code: 'unknown-table' } });
  expect(await rowsOf(sql, 'from renamed', [{ name: 'renamed', version: 'v2' }])).toEqual([[2]]);
  expect(await rowsOf(sql, 'from one', [unsent(one)])).toEqual([[1]]);
});

test('two names may swap their results at once', async () => {
  const sql = await start();
  const a = await result(sql, "select 'a' as v", 'first', 'va');
  const b = await result(sql, "select 'b' as v", 'second', 'vb');
  expect(await rowsOf(sql, 'from first union all from second', [a, b])).toEqual([['a'], ['b']]);
  const swapped = [
    { name: 'first', version: 'vb' },
    { name: 'second', version: 'va' },
  ];
  expect(await rowsOf(sql, 'from first union all from second', swapped)).toEqual([['b'], ['a']]);
});

test('a result file that is gone fails the query that uses it, and nothing else', async () => {
  const sql = await start();
  const tables = [{ name: 'lost', version: 'v1', file: join(sql.out, 'nothing.duckdb') }];
  expect(await rowsOf(sql, 'select 1', tables)).toEqual([[1]]);
  expect((await sql.run('from lost', { tables })).outcome).toMatchObject({ failure: { code: 'named-result-gone' } });
});

test('a name the session database holds is taken, before and after the run', async () => {
  const sql = await start();
  await sql.run('create table Delays(a int)');
  expect((await sql.run('select 1', { name: 'delays' })).outcome).toMatchObject({ failure: { code: 'name-taken' } });
  const late = await sql.run('create table made as select 1 as a; from made', { name: 'made' });
  expect(late.outcome).toMatchObject({ failure: { code: 'name-taken' } });
});

test('a named paragraph ends with a query, and its last table is the named one', async () => {
  const sql = await start();
  expect((await sql.run('create table t(a int)', { name: 'x' })).outcome).toMatchObject({
    failure: { code: 'no-result' },
  });
  expect((await sql.run('', { name: 'x' })).outcome).toMatchObject({ failure: { code: 'no-result' } });
  const { tables } = await sql.run('select 1; select 2;', { name: 'x' });
  expect(tables.map(({ named }) => named ?? false)).toEqual([false, true]);
});

test('a named table that a statement dropped is there again in the next run', async () => {
  const sql = await start();
  const one = await result(sql, 'select 1 as v', 'one', 'v1');
  await sql.run('drop view one', { tables: [one] });
  expect(await rowsOf(sql, 'from one', [unsent(one)])).toEqual([[1]]);
});

test('USE keeps named results in reach, and new tables go where it says', async () => {
  const sql = await start();
  const one = await result(sql, 'select 1 as v', 'one', 'v1');
  await sql.run('create schema bronze; use bronze; create table t as select 7 as v', { tables: [one] });
  expect(await rowsOf(sql, 'from one union all from t', [unsent(one)])).toEqual([[1], [7]]);
  expect(await rowsOf(sql, 'from session.bronze.t')).toEqual([[7]]);
  expect((await sql.complete('select  from t', 7))[0]?.label).toBe('v');
});

test('a transaction left open is rolled back with a notice; one that is committed stays', async () => {
  const sql = await start();
  const open = await sql.run('begin; create table gone(a int)');
  expect(open.outcome).toEqual({ state: 'done' });
  expect(open.values).toContain('rolled back');
  expect((await sql.run('from gone')).outcome).toMatchObject({ failure: { code: 'unknown-table' } });
  const failed = await sql.run('begin; create table gone(a int); select nope');
  expect(failed.outcome).toMatchObject({ failure: { code: 'unknown-column' } });
  expect(failed.values).toContain('rolled back');
  const kept = await sql.run('begin; create table kept(a int); commit');
  expect(kept.values).not.toContain('rolled back');
  expect(await rowsOf(sql, 'select count(*)::int from kept')).toEqual([[0]]);
});

test('a cancelled statement in a transaction leaves the session clean', async () => {
  const sql = await start();
  const run = sql.run(
    'begin; create table gone(a int); select count(*) from range(10000000) a, range(10000000) b where a.range + b.range < 0',
  );
  await sql.event((event): event is typeof event => event.type === 'output' && event.run === run.id);
  sql.cancel(run.id);
  expect((await run).outcome).toEqual({ state: 'cancelled' });
  expect((await sql.run('from gone')).outcome).toMatchObject({ failure: { code: 'unknown-table' } });
});

test('the time zone is the one given, and settings, files and the network are closed', async () => {
  const sql = await start({ start: { timeZone: 'Asia/Seoul' } });
  expect(await rowsOf(sql, "select timestamptz '2020-01-01 00:00:00+00'::varchar")).toEqual([
    ['2020-01-01 09:00:00+09'],
  ]);
  const closed: readonly (readonly [string, string])[] = [
    ['set threads = 1', 'setting-locked'],
    ['set enable_external_access = true', 'setting-locked'],
    ["from read_csv('/etc/passwd')", 'refused'],
    ["from read_text('/etc/passwd')", 'refused'],
    ["from glob('/etc/*')", 'refused'],
    ["from 'https://example.com/x.csv'", 'refused'],
    ['install httpfs', 'refused'],
    ['load httpfs', 'refused'],
    ["attach '/tmp/x.duckdb'", 'refused'],
    ["copy (select 1) to '/tmp/gondola-must-not-exist.csv'", 'refused'],
  ];
  for (const [source, code] of closed) {
    expect((await sql.run(source)).outcome, source).toMatchObject({ state: 'failed', failure: { code } });
  }
  expect(readdirSync('/tmp')).not.toContain('gondola-must-not-exist.csv');
  expect((await sql.run("copy (select 1 as a) to 'mine.csv'; from 'mine.csv'")).outcome).toEqual({ state: 'done' });
});

test('memory is bounded: a query past it fails with a hint, or spills', async () => {
  const sql = await start({ start: { memory: 128 * 1024 * 1024 } });
  const { outcome } = await sql.run("select list(i::varchar || repeat('x', 100)) from range(10000000) t(i)");
  expect(outcome).toMatchObject({
    state: 'failed',
    failure: { code: 'out-of-memory', hint: expect.stringMatching(/\S/) },
  });
  expect((await sql.run('select 1')).outcome).toEqual({ state: 'done' });
});

test('completion knows files, tables, columns of what is read, and the grammar', async () => {
  const sql = await start();
  writeFileSync(join(sql.session, 'data', 'flights.csv'), 'origin,delay\nSEA,5\n');
  await sql.run('create table airports(code varchar, city varchar); create schema s; create table s.inner_one(a int)');
  const one = await result(sql, 'select 1 as first_column', 'named_one', 'v1');
  const labels = async (
    text: string,
    offset = text.length,
    tables: readonly NamedTable[] = [unsent(one)],
  ): Promise<string[]> => (await sql.complete(text, offset, tables)).map(({ label }) => label);
  await sql.complete('', 0, [one]);
  expect(await labels("from 'da")).toEqual(['data/flights.csv']);
  expect(await labels("from 'fl")).toEqual(['data/flights.csv']);
  expect((await sql.complete("from 'fl", 8)).map(({ insert }) => insert)).toEqual(["data/flights.csv'"]);
  expect((await sql.complete("from 'fl' f", 8)).map(({ insert }) => insert)).toEqual(['data/flights.csv']);
  expect(await labels('from ai')).toContain('airports');
  expect(await labels('from ')).toEqual(
    expect.arrayContaining(['named_one', 'airports', 's.inner_one', "'data/flights.csv'"]),
  );
  expect((await labels('select ci from airports', 9))[0]).toBe('city');
  expect((await labels("select de from 'data/flights.csv'", 9))[0]).toBe('delay');
  expect(await labels('select a. from airports a', 9)).toEqual(['code', 'city']);
  expect(await labels('with q as (select 1 as inside) select  from q', 39)).toContain('inside');
  expect((await labels('select  from named_one', 7))[0]).toBe('first_column');
  expect(await labels('sel')).toContain('select');
  expect(await labels('select date_tr')).toContain('date_trunc');
  expect(await labels('select 1 -- from ')).toEqual([]);
  expect(await labels('from s.')).toContain('inner_one');
  const item = (await sql.complete('from "wei', 9)).find(({ label }) => label === 'airports');
  expect(item).toBe(undefined);
});

test('completion and tables are answered while a run goes on', async () => {
  const sql = await start();
  const run = sql.run('select count(*) from range(10000000) a, range(10000000) b where a.range + b.range < 0');
  expect((await sql.complete('sel', 3)).map(({ label }) => label)).toContain('select');
  expect(Array.isArray(await sql.tables())).toBe(true);
  sql.cancel(run.id);
  expect((await run).outcome).toEqual({ state: 'cancelled' });
});

test('the list of tables has session tables, views and files with their columns', async () => {
  const sql = await start();
  writeFileSync(join(sql.session, 'data', 'a.csv'), 'x,y\n1,one\n');
  writeFileSync(join(sql.session, 'data', 'broken.parquet'), 'no parquet');
  await sql.run(
    'create table t as select range as i from range(10); create view v as from t; create schema s; create table s.u(a int)',
  );
  expect(await sql.tables()).toEqual([
    { name: 't', source: 'session', columns: [{ name: 'i', type: 'BIGINT' }], rows: 10 },
    { name: 's.u', source: 'session', columns: [{ name: 'a', type: 'INTEGER' }], rows: 0 },
    { name: 'v', source: 'view', columns: [{ name: 'i', type: 'BIGINT' }] },
    {
      name: 'data/a.csv',
      source: 'file',
      columns: [
        { name: 'x', type: 'BIGINT' },
        { name: 'y', type: 'VARCHAR' },
      ],
      bytes: 10,
    },
    { name: 'data/broken.parquet', source: 'file', columns: [], bytes: 10 },
  ]);
});

test.skipIf(!existsSync('/proc/self/status'))('memory that a query freed goes back to the system', async () => {
  const sql = await start();
  await rowsOf(sql, 'select 1');
  const memory = (field: 'VmRSS' | 'VmHWM'): number => {
    const status = readFileSync(`/proc/${sql.child.pid}/status`, 'latin1');
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
  };
  const before = memory('VmRSS');
  await rowsOf(sql, 'select count(distinct i * 7919 % 4000000)::int from range(8000000) t(i)');
  const taken = memory('VmHWM') - before;
  expect(taken).toBeGreaterThan(100);
  await expect.poll(() => memory('VmRSS') - before, { timeout: 10_000 }).toBeLessThan(taken / 3);
});
