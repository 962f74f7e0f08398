import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Driven, discard, drive, sqlProgram } from '../harness.ts';
import { blockRows, fileTexts, tableEvents } from './reading.ts';

let sql: Driven;
beforeAll(async () => {
  sql = await drive(sqlProgram);
});
afterAll(() => discard(sql));

test('a small result is one event with one block', async () => {
  const finished = await sql.run("select 1 as a, 'x' as b union all select 2, null order by a");
  expect(tableEvents(finished)).toHaveLength(1);
  expect(finished.tables[0]).toMatchObject({
    table: 0,
    rows: 2,
    open: false,
    columns: [
      { name: 'a', type: 'INTEGER' },
      { name: 'b', type: 'VARCHAR' },
    ],
  });
  expect(blockRows(finished.tables[0])).toEqual([
    [1, 'x'],
    [2, null],
  ]);
});

test('a result of no rows still has its columns', async () => {
  const { tables } = await sql.run('select 1 as a where false');
  expect(tables[0]).toMatchObject({ rows: 0, open: false, columns: [{ name: 'a', type: 'INTEGER' }] });
  expect(blockRows(tables[0])).toEqual([]);
});

test('10,000 rows are a block, one more is a file with numbered rows in order', async () => {
  const small = await sql.run('select range as i from range(10000)');
  expect(small.tables[0]?.file).toBe(undefined);
  expect(blockRows(small.tables[0])).toHaveLength(10_000);

  const large = await sql.run("select range as i, 'row ' || range as s from range(10001)");
  const [first, last] = [tableEvents(large)[0], large.tables[0]];
  expect(first).toMatchObject({ open: true });
  expect(blockRows(first)[0]).toEqual([0n, 'row 0']);
  expect(last).toMatchObject({ open: false, rows: 10_001 });
  expect(await fileTexts(last?.file, 'select count(*), min(__row), max(__row) from r.result')).toEqual([
    ['10001', '0', '10000'],
  ]);
  expect(await fileTexts(last?.file, 'select count(*) from r.result where __row = i')).toEqual([['10001']]);
});

test('few rows of more than 1 MB are a file, too', async () => {
  const { tables } = await sql.run('select repeat(i::varchar, 5000) as s from range(1000) t(i)');
  expect(tables[0]?.file).toMatch(/\.duckdb$/);
  expect(tables[0]?.rows).toBe(1000);
});

test('a million rows keep the order of the query, and its random values are fixed', async () => {
  const { tables } = await sql.run('select i, random() as r from range(1000000) t(i) order by i desc');
  const file = tables[0]?.file;
  expect(await fileTexts(file, 'select count(*) from r.result where __row = 999999 - i')).toEqual([['1000000']]);
  const once = await fileTexts(file, 'select sum(hash(r)) from r.result');
  expect(await fileTexts(file, 'select sum(hash(r)) from r.result')).toEqual(once);
});

test('first rows are on their way before the query has ended', async () => {
  const run = sql.run('select i, md5(i::varchar) as h from range(20000000) t(i)');
  const opened = await sql.event((event): event is typeof event => event.type === 'table' && event.run === run.id);
  expect(opened).toMatchObject({ open: true });
  expect(blockRows(opened as never).length).toBeGreaterThan(100);
  const progress = await sql.event((event): event is typeof event => event.type === 'progress' && event.run === run.id);
  expect(progress).toMatchObject({ rows: expect.any(Number) });
  sql.cancel(run.id);
  expect((await run).outcome).toEqual({ state: 'cancelled' });
  expect(readdirSync(sql.out).filter((name) => name.startsWith(run.id))).toEqual([]);
});

test('a result file keeps every type', async () => {
  const { tables } = await sql.run(`
    select i::hugeint as h, i::decimal(18,3) as d, interval (i) hour as iv, timestamptz '2020-01-01' + interval (i) day as tz,
           (['a', 'b'])[i % 2 + 1]::enum('a', 'b') as e, [i, null] as l, {'x': i, 'y z': 's'} as st, map {'k': i} as m,
           union_value(n := i) as u, i::varchar::blob as b, null as nothing, '{"a": 1}'::json as j, uuid() as id, i::bit as bits
    from range(12000) t(i)`);
  const types = tables[0]?.columns.map(({ type }) => type);
  expect(types).toEqual([
    'HUGEINT',
    'DECIMAL(18,3)',
    'INTERVAL',
    'TIMESTAMP WITH TIME ZONE',
    "ENUM('a', 'b')",
    'BIGINT[]',
    'STRUCT(x BIGINT, "y z" VARCHAR)',
    'MAP(VARCHAR, BIGINT)',
    'UNION(n BIGINT)',
    'BLOB',
    'INTEGER',
    'JSON',
    'UUID',
    'BIT',
  ]);
  const stored = await fileTexts(
    tables[0]?.file,
    "select data_type from duckdb_columns() where database_name = 'r' order by column_index",
  );
  expect(stored.map(([type]) => type)).toEqual([...(types ?? []), 'BIGINT']);
  expect(await fileTexts(tables[0]?.file, 'select h, iv, e, u from r.result where __row = 11999')).toEqual([
    ['11999', '11999:00:00', 'b', '11999'],
  ]);
});

test('a name may come twice, and may be that of the row number', async () => {
  const small = await sql.run('select 1 as a, 2 as a, 3 as __row, 4 as A');
  expect(small.tables[0]?.columns.map(({ name }) => name)).toEqual(['a', 'a', '__row', 'A']);
  expect(blockRows(small.tables[0])).toEqual([[1, 2, 3, 4]]);
  const large = await sql.run('select i as a, i + 1 as a, -i as __row from range(20000) t(i)');
  expect(large.tables[0]?.columns.map(({ name }) => name)).toEqual(['a', 'a', '__row']);
  expect(await fileTexts(large.tables[0]?.file, 'select * from r.result where __row = 7')).toEqual([
    ['7', '8', '-7', '7'],
  ]);
});

test('5,000 columns are shown; more than 10,000 are refused with a hint', async () => {
  const wide = (count: number): string =>
    `select ${Array.from({ length: count }, (_, i) => `${i} as c${i}`).join(', ')}`;
  const shown = await sql.run(wide(5000));
  expect(shown.outcome).toEqual({ state: 'done' });
  expect(shown.tables[0]?.columns).toHaveLength(5000);
  const rows = await sql.run(`${wide(5000)} from range(3000)`);
  expect(rows.tables[0]).toMatchObject({ rows: 3000, open: false, file: expect.any(String) });
  expect(await sql.run(wide(10_001))).toMatchObject({
    outcome: { state: 'failed', failure: { code: 'too-wide' } },
    tables: [],
  });
}, 240_000);

test('NaN, infinities and nothing but NULL are values', async () => {
  const { tables } = await sql.run("select 'nan'::double, 'inf'::double, '-inf'::float, null, null::varchar, [null]");
  const [row] = blockRows(tables[0]);
  expect(row?.slice(0, 5)).toEqual([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, null, null]);
});

test('types that Arrow lacks and that can’t be stored are shown as text', async () => {
  const { tables } = await sql.run(
    "select {'a': [1, 2]}::variant as v, 'POINT(1 2)'::geometry as g, 3 as x, [1::variant] as l",
  );
  expect(blockRows(tables[0])).toEqual([["{'a': [1, 2]}", 'POINT (1 2)', 3, '[1]']]);
});

test('statements that can’t be wrapped give their tables, a large one with numbered rows', async () => {
  await sql.run('create or replace table many(i integer)');
  for (const source of [
    'show tables',
    'describe many',
    'summarize many',
    'pragma table_info(many)',
    'call duckdb_settings()',
  ]) {
    const { outcome, tables } = await sql.run(source);
    expect(outcome, source).toEqual({ state: 'done' });
    expect(tables[0]?.columns.length, source).toBeGreaterThan(0);
  }
  const { tables } = await sql.run('insert into many select range from range(20000) returning i, i + 1 as next');
  expect(await fileTexts(tables[0]?.file, 'select count(*) from r.result where __row = i and next = i + 1')).toEqual([
    ['20000'],
  ]);
});

test('PIVOT, which is two statements to the engine, runs as one', async () => {
  const { outcome, tables } = await sql.run("pivot (values ('a', 1), ('b', 2), ('a', 3)) t(k, v) on k using sum(v)");
  expect(outcome).toEqual({ state: 'done' });
  expect(blockRows(tables[0])).toEqual([['4', '2']]);
});

test('statements in one paragraph are each shown, in order', async () => {
  const finished = await sql.run(
    'create or replace table t as select 1 as a;\ninsert into t values (2), (3);\nfrom t; select count(*) as n from t -- end',
  );
  expect(finished.values).toBe('Created table t with 1 row.\n2 rows inserted.\n');
  expect(finished.tables.map(({ rows }) => rows)).toEqual([3, 1]);
});

test('EXPLAIN draws its plan as text', async () => {
  const finished = await sql.run('explain select 42');
  expect(finished.tables).toEqual([]);
  expect(finished.values).toContain('PROJECTION');
});

test('files are read by relative paths: CSV, JSON lines, Parquet, compressed ones', async () => {
  const data = join(sql.session, 'data');
  writeFileSync(join(data, 'a.csv'), 'k,v\n1,one\n2,two\n');
  writeFileSync(join(data, 'b.csv.gz'), gzipSync('k,v\n1,one\n'));
  writeFileSync(join(data, 'c.jsonl'), '{"k": 1, "deep": {"x": [{"y": [[[1]]]}]}}\n');
  const copied = await sql.run("copy (select 1 as k) to 'data/d.parquet'; copy (select 1 as k) to 'data/e.csv.zst'");
  expect(copied.outcome).toEqual({ state: 'done' });
  for (const [file, rows] of [
    ['a.csv', 2],
    ['b.csv.gz', 1],
    ['c.jsonl', 1],
    ['d.parquet', 1],
    ['e.csv.zst', 1],
  ] as const) {
    const { outcome, tables } = await sql.run(`from 'data/${file}'`);
    expect(outcome, file).toEqual({ state: 'done' });
    expect(tables[0]?.rows, file).toBe(rows);
  }
});

test('JSON of a thousand levels is shown or refused, and the session lives on', async () => {
  const deep = `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`;
  writeFileSync(join(sql.session, 'data', 'deep.json'), deep);
  expect((await sql.run("from 'data/deep.json'")).outcome.state).toMatch(/done|failed/);
  expect((await sql.run('select 1')).outcome).toEqual({ state: 'done' });
});

test('a value of 30 MB goes to a file, and its table says so at once', async () => {
  const { outcome, tables } = await sql.run("select repeat('x', 30000000) as long");
  expect(outcome).toEqual({ state: 'done' });
  expect(tables[0]).toMatchObject({ rows: 1, file: expect.any(String) });
  expect(await fileTexts(tables[0]?.file, 'select length(long) from r.result')).toEqual([['30000000']]);
});

test('a paragraph of almost 4 MB, the most that fits a request, runs', async () => {
  const { outcome, tables } = await sql.run(`select 1 as a -- ${'x'.repeat(3_900_000)}`);
  expect(outcome).toEqual({ state: 'done' });
  expect(tables[0]?.rows).toBe(1);
});

test('a query that fails half-way leaves no file', async () => {
  const run = sql.run("select case when i = 500000 then error('half-way') else i end as i from range(1000000) t(i)");
  const { outcome } = await run;
  expect(outcome).toMatchObject({ state: 'failed', failure: { message: 'Half-way.' } });
  expect(readdirSync(sql.out).filter((name) => name.startsWith(`${run.id}-`))).toEqual([]);
});

test('names and types of megabytes are shortened in the list of columns', async () => {
  const literal = await sql.run(`select '${'x'.repeat(2_000_000)}', 1 as b`);
  expect(literal.outcome).toEqual({ state: 'done' });
  expect(literal.tables[0]?.columns.map(({ name }) => name.length)).toEqual([501, 1]);
  const values = await sql.run(
    "create or replace type many as enum (select 'value ' || i from range(200000) t(i)); select 'value 7'::many as v",
  );
  expect(values.outcome).toEqual({ state: 'done' });
  expect(values.tables[0]).toMatchObject({ rows: 1, open: false, file: expect.any(String) });
  expect(await fileTexts(values.tables[0]?.file, 'select v from r.result')).toEqual([['value 7']]);
});
