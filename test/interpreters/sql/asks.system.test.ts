import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { tableFromIPC } from '@uwdata/flechette';
import { afterEach, describe, expect, it } from 'vitest';
import type { NamedTable, SessionMethods } from '../../../interpreters/protocol.ts';
import { type Driven, type DriveOptions, discard, drive, sqlProgram, type TableEvent } from '../harness.ts';
import { type Asking, asking } from './asking.ts';
import { blockRows, fileTexts } from './reading.ts';

const alive: Driven[] = [];
const start = async (options: Partial<DriveOptions> = {}): Promise<Driven> => {
  const driven = await drive({ ...sqlProgram, ...options });
  alive.push(driven);
  return driven;
};
afterEach(async () => {
  for (const driven of alive.splice(0)) await discard(driven);
});

const shownTables = async (sql: Driven, asker: Asking, run: string, table: number): Promise<TableEvent> => {
  await asker.ask('describe', { sql: 'select 1' });
  return sql.event(
    (event): event is TableEvent => event.type === 'table' && event.run === run && event.table === table && !event.open,
  );
};

/** Rows of a query, through `show`. */
let lastTable = 1000;
async function rowsOf(sql: Driven, asker: Asking, query: string, values: readonly (number | string)[] = []) {
  lastTable += 1;
  await asker.ask('show', { sql: query, values, table: lastTable });
  return blockRows(await shownTables(sql, asker, 'asker', lastTable));
}

/** Fetches all that is left of a cursor; the files are left where they are. */
async function fetchAll(asker: Asking, cursor: number, rows: number): Promise<{ files: string[]; counts: number[] }> {
  const files: string[] = [];
  const counts: number[] = [];
  for (;;) {
    const fetched = await asker.ask('fetch', { cursor, rows });
    if (fetched.file !== undefined) files.push(fetched.file);
    counts.push(fetched.rows);
    if (fetched.done) return { files, counts };
  }
}

const decode = (sql: Driven, file: string) => tableFromIPC(readFileSync(join(sql.session, file)), { useBigInt: true });

/** What a converter answers. */
const converted: SessionMethods['sheet']['result'] = {
  ...{ file: 'lines.csv', sheet: 'One', sheets: ['One', 'Two'], columns: [{ name: 'n', type: 'BIGINT' }] },
  ...{ skipped: 0, rows: 3, longest: 2, ragged: false, broken: false, errors: 0, unvalued: 0 },
};

describe('names', () => {
  it('are those of tables and views of the session and of named results, written just so', async () => {
    const sql = await start();
    await sql.run(
      'create table flights as select 1 as n; create view busy as from flights; create schema s; create table s.inner as select 1',
    );
    const asker = await asking(sql);
    const names = ['Flights', 'flights', 'busy', 'inner', 'nothing', 'x"; drop table flights; --', 'duckdb_tables'];
    expect(await asker.ask('names', { names })).toEqual({ names: ['flights', 'busy'] });
  });
});

describe('a query of another program', () => {
  it('is described without being run, its values bound', async () => {
    const sql = await start();
    const asker = asking(sql);
    const { columns } = await asker.ask('describe', {
      sql: 'select x, $1 as given, x + $2 as sum from (select 1::utinyint as x)',
      values: ['a', 1.5],
    });
    expect(columns).toEqual([
      { name: 'x', type: 'UTINYINT' },
      { name: 'given', type: 'VARCHAR' },
      { name: 'sum', type: 'DOUBLE' },
    ]);
    expect((await asker.ask('describe', { sql: 'select 1 as a, 2 as a' })).columns.map(({ name }) => name)).toEqual([
      'a',
      'a',
    ]);
  });

  it('gets values of each kind exactly', async () => {
    const sql = await start();
    const asker = asking(sql);
    const values = [
      null,
      true,
      7,
      2 ** 40,
      1.5,
      "it's \0 한",
      { type: 'bigint', value: '170141183460469231731687303715884105727' },
      { type: 'bigint', value: '-9223372036854775808' },
      { type: 'double', value: 'NaN' },
      { type: 'date', value: '1969-12-31' },
      { type: 'timestamp', value: '2024-02-29 23:59:59.123456' },
      { type: 'timestamptz', value: '2024-02-29T12:00:00+05:30' },
      { type: 'blob', value: Buffer.from([0, 255]).toString('base64') },
    ] as const;
    const list = values.map((_, index) => `$${index + 1} as v${index}`).join(', ');
    const query = `select ${values.map((_, index) => `typeof(v${index}) || ' ' || coalesce(v${index}::varchar, 'null')`).join(', ')} from (select ${list})`;
    await asker.ask('show', { sql: query, values, table: 0 });
    const [row] = blockRows(await shownTables(sql, asker, 'asker', 0));
    expect(row).toEqual([
      '"NULL" null',
      'BOOLEAN true',
      'INTEGER 7',
      'BIGINT 1099511627776',
      'DOUBLE 1.5',
      "VARCHAR it's \0 한",
      'HUGEINT 170141183460469231731687303715884105727',
      'BIGINT -9223372036854775808',
      'DOUBLE nan',
      'DATE 1969-12-31',
      'TIMESTAMP 2024-02-29 23:59:59.123456',
      'TIMESTAMP WITH TIME ZONE 2024-02-29 06:30:00+00',
      'BLOB \\x00\\xFF',
    ]);
  });

  it('fails as a paragraph does, at its place in the query’s own text', async () => {
    const sql = await start();
    const asker = asking(sql);
    await sql.run('create table flights as select 1 as delay');
    for (const method of ['describe', 'show', 'read', 'keep', 'save']) {
      const error = await asker.refused(method, { sql: '-- all\nselect\n  delai from flights', table: 0, name: 'x' });
      expect(error, method).toMatchObject({
        code: 'unknown-column',
        line: 3,
        column: 3,
        length: 5,
        fix: { replacement: 'delay' },
      });
    }
    expect(await asker.refused('describe', { sql: 'from fligths' })).toMatchObject({
      code: 'unknown-table',
      column: 6,
      fix: { replacement: 'flights' },
    });
    expect(await asker.refused('describe', { sql: 'select 1 +' })).toMatchObject({ code: 'syntax' });
    expect(await asker.refused('describe', { sql: 'select $1', values: [1, 2] })).toMatchObject({ code: 'parameter' });
    expect(
      await asker.refused('describe', { sql: 'select $1', values: [{ type: 'date', value: '2023-02-30' }] }),
    ).toMatchObject({ code: 'type' });
  });

  it('is one statement that gives rows, and nothing else', async () => {
    const sql = await start();
    const asker = asking(sql);
    await sql.run('create table t as select 1 as x');
    for (const query of [
      '',
      ';',
      'drop table t',
      'select 1; drop table t',
      'select 1) ; drop table t; --',
      'set threads = 1',
      'begin',
    ]) {
      for (const method of ['describe', 'show', 'read', 'keep', 'save']) {
        expect((await asker.refused(method, { sql: query, table: 0, name: 'x' })).code, query).toBe('no-query');
      }
    }
    for (const query of ['with a as (select 2) insert into t from a', 'with a as (select 2) delete from t']) {
      for (const method of ['show', 'read', 'keep', 'save'])
        await asker.refused(method, { sql: query, table: 0, name: 'x' });
    }
    expect(await rowsOf(sql, asker, 'from t')).toEqual([[1]]);
  });

  it('says why rows late in it fail, and where', async () => {
    const sql = await start();
    const asker = asking(sql);
    const query = "select case when range = 900000 then 'x' else '1' end::integer as n from range($1)";
    const wanted = { code: 'type', message: expect.stringContaining("'x'") };
    expect(await asker.refused('show', { sql: query, values: [1_000_000], table: 0 })).toMatchObject(wanted);
    expect(await asker.refused('keep', { sql: query, values: [1_000_000] })).toMatchObject(wanted);
    const { cursor } = await asker.ask('read', { sql: query, values: [1_000_000] });
    expect(await asker.refused('fetch', { cursor, rows: 2_000_000 })).toMatchObject(wanted);
    expect(await asker.refused('fetch', { cursor, rows: 1 })).toMatchObject({ code: 'rows-gone' });
  });

  it('has spreadsheets that it names read for its own run', async () => {
    const sql = await start();
    const asker = asking(sql);
    writeFileSync(join(sql.session, 'data', 'book.xlsx'), 'whatever the converter makes of it');
    const asked = asker.refused('read', { sql: "from 'data/book.xlsx'" });
    const call = await sql.event((event): event is typeof event & { type: 'call' } => event.type === 'call');
    expect(call).toMatchObject({ run: 'asker', method: 'sheet', params: { path: 'data/book.xlsx' } });
    sql.send({ type: 'reply', call: call.call, error: { code: 'file-unreadable', message: 'is no spreadsheet.' } });
    expect(await asked).toMatchObject({
      code: 'file-unreadable',
      message: 'data/book.xlsx is no spreadsheet.',
      column: 6,
      length: 16,
    });
  });

  it('is told once what a spreadsheet brings, in however many pieces its rows are fetched', async () => {
    const sql = await start();
    const asker = asking(sql);
    writeFileSync(join(sql.session, 'data', 'two.xlsx'), 'as the converter reads it');
    writeFileSync(join(sql.session, 'lines.csv'), '1\n2\n3\n');
    const opened = asker.ask('read', { sql: "from 'data/two.xlsx'" });
    const call = await sql.event((event): event is typeof event & { type: 'call' } => event.type === 'call');
    sql.send({ type: 'reply', call: call.call, result: converted });
    const { cursor } = await opened;
    for (let row = 0; row < 3; row += 1) await asker.ask('fetch', { cursor, rows: 1 });
    const said = sql.events.filter((event) => event.type === 'output');
    expect(said).toMatchObject([{ run: 'asker', output: { text: expect.stringContaining('2 sheets; this is One') } }]);
  });

  it('believes of a list of spreadsheets only what is a file of its own', async () => {
    const sql = await start();
    const asker = asking(sql);
    const book = join(sql.session, 'data', 'listed.xlsx');
    writeFileSync(book, 'as the converter reads it');
    await sql.run(`copy (select 'elsewhere' as n) to '${join(sql.session, 'elsewhere.parquet')}'`);
    const { ino, size, mtimeNs } = statSync(book, { bigint: true });
    const listed = { name: 'data/listed.xlsx', version: `${ino}-${size}-${mtimeNs}`, file: '../elsewhere.parquet' };
    const rest = { columns: [{ name: 'n', type: 'VARCHAR' }], rows: 1, sheets: ['One'], notices: [] };
    mkdirSync(join(sql.session, '.sheets'));
    writeFileSync(join(sql.session, '.sheets', 'index.json'), JSON.stringify([{ ...listed, ...rest }]));
    const asked = asker.refused('describe', { sql: "from 'data/listed.xlsx'" });
    const call = await sql.event((event): event is typeof event & { type: 'call' } => event.type === 'call');
    sql.send({ type: 'reply', call: call.call, error: { code: 'file-unreadable', message: 'is no spreadsheet.' } });
    expect(await asked).toMatchObject({ code: 'file-unreadable' });
  });

  it('is told how far its cursor is before the first rows are there', async () => {
    const sql = await start();
    const asker = asking(sql);
    await sql.run('create table many as select range as n from range(3000000)');
    const query = 'select max(list_sum(list_transform(range(25), x -> x * n % 7))) as m from many';
    const { cursor } = await asker.ask('read', { sql: query });
    expect((await asker.ask('fetch', { cursor, rows: 1 })).rows).toBe(1);
    const told = sql.events.flatMap((event) => (event.type === 'progress' ? [event] : []));
    expect(told.every(({ run, rows }) => run === 'asker' && rows === undefined)).toBe(true);
    expect(told.some(({ fraction = 0 }) => fraction > 0 && fraction < 1)).toBe(true);
    // The connection serves the next one as well, and another beside it.
    const [one, two] = [await asker.ask('read', { sql: 'from many' }), await asker.ask('read', { sql: 'from many' })];
    for (const { cursor: open } of [one, two])
      expect((await asker.ask('fetch', { cursor: open, rows: 5 })).rows).toBe(5);
    asker.release();
  });

  it('keeps nothing of spreadsheets that are gone', async () => {
    const sql = await start();
    const asker = asking(sql);
    const sheets = join(sql.session, '.sheets');
    for (const name of ['here.xlsx', 'other.xlsx']) writeFileSync(join(sql.session, 'data', name), 'a book');
    const rest = { version: '1-1-1', columns: [], rows: 0, sheets: ['One'], notices: [] };
    const noted = (name: string, file: string) => ({ name: `data/${name}`, file, ...rest });
    mkdirSync(sheets);
    for (const file of ['1-1.parquet', '1-2.parquet', '1-3.parquet']) writeFileSync(join(sheets, file), 'rows');
    const list = [noted('here.xlsx', '1-1.parquet'), noted('gone.xlsx', '1-2.parquet')];
    writeFileSync(join(sheets, 'index.json'), JSON.stringify(list));
    const asked = asker.refused('describe', { sql: "from 'data/other.xlsx'" });
    const call = await sql.event((event): event is typeof event & { type: 'call' } => event.type === 'call');
    const odd = { ...converted, columns: [{ name: 'n', type: 'VARCHAR); drop table x; --' }] };
    sql.send({ type: 'reply', call: call.call, result: odd });
    expect((await asked).code).toBe('protocol');
    expect(readdirSync(sheets).sort()).toEqual(['1-1.parquet', 'index.json']);
  });

  it('sees what paragraphs of SQL see: temporary tables, the path, named results', async () => {
    const sql = await start();
    const asker = asking(sql);
    await sql.run(
      "create temp table passing as select range as n from range(5000); create schema s; create table s.t as select 's' as x; use s",
    );
    expect(await rowsOf(sql, asker, 'select count(*), (from t) from passing')).toEqual([[5000n, 's']]);
    const { cursor } = await asker.ask('read', { sql: 'select n from passing where n > $1', values: [10] });
    expect((await fetchAll(asker, cursor, 3000)).counts).toEqual([3000, 1989]);
    const inSchema = await asker.ask('read', { sql: 'from t' });
    expect((await fetchAll(asker, inSchema.cursor, 10)).counts).toEqual([1]);
  });
});

describe('show', () => {
  it('makes a table of the asking run: small ones a block, large ones a file, and its rows never pass the asker', async () => {
    const sql = await start();
    const asker = asking(sql);
    const small = await asker.ask('show', { sql: 'select 1 as x', table: 0, named: true });
    expect(small).toEqual({ rows: 1, columns: [{ name: 'x', type: 'INTEGER' }] });
    expect(await shownTables(sql, asker, 'asker', 0)).toMatchObject({ named: true, rows: 1 });
    expect(
      await asker.ask('show', { sql: 'select range as x from range(50000) order by x desc', table: 3 }),
    ).toMatchObject({ rows: 50_000 });
    const { file } = await shownTables(sql, asker, 'asker', 3);
    expect(await fileTexts(file, 'select count(*), bool_and(x = 49999 - __row) from r.result')).toEqual([
      ['50000', 'true'],
    ]);
  });

  it('tells of hidden tables once, when they are whole, and refuses more rows than the limit', async () => {
    const sql = await start();
    const asker = asking(sql);
    await asker.ask('show', { sql: 'from range(30000)', table: 0, hidden: true, limit: 30_000 });
    expect(await shownTables(sql, asker, 'asker', 0)).toMatchObject({ hidden: true, rows: 30_000 });
    const error = await asker.refused('show', { sql: 'from range(30001)', table: 1, hidden: true, limit: 30_000 });
    expect(error).toMatchObject({
      code: 'too-large',
      message: 'There are 30,001 rows; at most 30,000 can be taken here.',
    });
    const events: string[] = [];
    sql
      .event((event): event is TableEvent => {
        if (event.type === 'table') events.push(`${event.table} ${event.open}`);
        return false;
      })
      .catch(() => undefined);
    expect(events).toEqual(['0 false']);
    expect(readdirSync(sql.out).filter((name) => name.includes('-1-'))).toEqual([]);
  });

  it('tells how far a long query is, as of the asking run', async () => {
    const sql = await start();
    const asker = asking(sql);
    const shown = asker.ask('show', {
      sql: 'select range, hash(range) as h from range(5000000)',
      table: 0,
    });
    await sql.event(
      (event): event is typeof event & { type: 'progress' } => event.type === 'progress' && event.run === 'asker',
    );
    await shown;
  });
});

describe('cursors', () => {
  it('give all rows in order in pieces of any size, and end with the last', async () => {
    const sql = await start();
    const asker = asking(sql);
    const { cursor, columns } = await asker.ask('read', {
      sql: "select range as n, repeat('x', (range % 30)::int) as s, [range, range + 1] as l from range(10000) order by n",
    });
    expect(columns.map(({ type }) => type)).toEqual(['BIGINT', 'VARCHAR', 'BIGINT[]']);
    const { files, counts } = await fetchAll(asker, cursor, 3001);
    expect(counts).toEqual([3001, 3001, 3001, 997]);
    const all = files.flatMap((file) => decode(sql, file).toArray());
    expect(
      all.every(({ n, s, l }, index) => n === BigInt(index) && s.length === index % 30 && l[1] === BigInt(index + 1)),
    ).toBe(true);
    expect(await asker.ask('close', { cursor })).toEqual({});
  });

  it('keep a file to its bytes, even where one row has more', async () => {
    const sql = await start({ start: { memory: 1024 * 2 ** 20 } });
    const asker = asking(sql);
    const long = await asker.ask('read', { sql: "select repeat('x', 1000000) as s from range(100)" });
    const { files, counts } = await fetchAll(asker, long.cursor, 1_000_000);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(100);
    for (const file of files) expect(statSync(join(sql.session, file)).size).toBeLessThan(34 * 2 ** 20);
    const longer = await asker.ask('read', { sql: "select repeat('x', 40000000) as s from range(2)" });
    expect((await fetchAll(asker, longer.cursor, 10)).counts).toEqual([1, 1]);
  });

  it('of no rows say so with their columns, and give no file', async () => {
    const sql = await start();
    const asker = asking(sql);
    const { cursor, columns } = await asker.ask('read', { sql: 'select 1 as x where false' });
    expect(columns).toEqual([{ name: 'x', type: 'INTEGER' }]);
    expect(await asker.ask('fetch', { cursor, rows: 10 })).toEqual({ rows: 0, done: true });
  });

  it('are open side by side, with other queries and paragraphs in between', async () => {
    const sql = await start();
    const asker = asking(sql);
    const other = asking(sql, 'other');
    const open = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        asker.ask('read', { sql: `select ${index} as c, range as n from range(200000)` }),
      ),
    );
    const foreign = await other.ask('read', { sql: 'from range(3)' });
    expect(await asker.refused('fetch', { cursor: foreign.cursor, rows: 1 })).toMatchObject({ code: 'rows-gone' });
    for (const { cursor } of open) await asker.ask('fetch', { cursor, rows: 70_000 });
    expect(await rowsOf(sql, asker, 'select count(*) from range(1000000)')).toEqual([[1_000_000n]]);
    await asker.ask('save', { sql: 'select 1 as x', name: 'between' });
    expect((await sql.run('create table y as from range(10000); from y')).outcome).toEqual({ state: 'done' });
    for (const [index, { cursor }] of open.entries()) {
      const { files, counts } = await fetchAll(asker, cursor, 1_000_000);
      expect(counts).toEqual([130_000]);
      const first = decode(sql, files[0]!).get(0);
      expect(first).toEqual({ c: index, n: 70_000n });
    }
  });

  it('are a bounded number, and those of a run go with it', async () => {
    const sql = await start();
    const asker = asking(sql);
    const query = { sql: 'from range(1000000)' };
    const opened = [];
    for (let index = 0; index < 16; index += 1) opened.push(await asker.ask('read', query));
    expect(await asker.refused('read', query)).toMatchObject({ code: 'too-many-cursors' });
    await asker.ask('fetch', { cursor: opened[0]!.cursor, rows: 10 });
    expect(readdirSync(join(sql.session, '.exchange')).length).toBe(1);
    asker.release();
    const next = asking(sql, 'next');
    await next.ask('read', query);
    expect(await next.refused('fetch', { cursor: opened[0]!.cursor, rows: 1 })).toMatchObject({ code: 'rows-gone' });
    expect(readdirSync(join(sql.session, '.exchange'))).toEqual([]);
  });
});

describe('scratch tables', () => {
  it('take back rows of every type as they were', async () => {
    const sql = await start();
    const asker = asking(sql);
    // What Arrow carries as text alone is text in the table as well.
    const query = 'select row_number() over () as row, * from test_all_types()';
    const { cursor } = await asker.ask('read', { sql: query });
    const { files } = await fetchAll(asker, cursor, 2);
    let table: string | undefined;
    for (const file of files)
      table = (await asker.ask('write', { file, ...(table === undefined ? {} : { table }) })).table;
    const { columns } = await asker.ask('describe', { sql: query });
    const texts = `select columns(*)::varchar from`;
    expect(await rowsOf(sql, asker, `${texts} ${table}`)).toEqual(await rowsOf(sql, asker, `${texts} (${query})`));
    const after = (await asker.ask('describe', { sql: `from ${table}` })).columns;
    const texted = new Set(['VARIANT', 'GEOMETRY']);
    expect(after).toEqual(columns.map((column) => (texted.has(column.type) ? { ...column, type: 'VARCHAR' } : column)));
    expect(readdirSync(join(sql.session, '.exchange'))).toEqual([]);
  });

  it('keep a query’s rows in their order, past the memory the engine may use', async () => {
    const sql = await start({ start: { memory: 200 * 2 ** 20 } });
    const asker = asking(sql);
    const { table, rows } = await asker.ask('keep', {
      sql: 'select hash(range) as h, range as n, md5(range::varchar) as t from range($1)',
      values: [8_000_000],
    });
    expect(rows).toBe(8_000_000);
    expect(
      await rowsOf(
        sql,
        asker,
        `select count(*), bool_and(n = place) from (select n, row_number() over () - 1 as place from ${table})`,
      ),
    ).toEqual([[8_000_000n, true]]);
    expect(readdirSync(join(sql.session, 'spill')).length).toBeGreaterThan(0);
    asker.release();
    await asking(sql, 'next').ask('describe', { sql: 'select 1' });
    expect(readdirSync(join(sql.session, 'spill'))).toEqual([]);
  }, 60_000);

  it('are in no list, in nobody’s completion, and gone with their run', async () => {
    const sql = await start();
    const asker = asking(sql);
    const { table } = await asker.ask('keep', { sql: 'select 1 as hidden_column' });
    expect((await sql.tables()).map(({ name }) => name)).toEqual([]);
    expect((await sql.complete('from ')).filter(({ kind }) => kind === 'table')).toEqual([]);
    expect((await sql.complete('from gondola')).map(({ insert }) => insert)).toEqual([]);
    expect((await sql.run(`drop table ${table}`)).outcome).toMatchObject({ failure: { code: 'refused' } });
    expect((await sql.run('detach gondola_scratch')).outcome).toMatchObject({ failure: { code: 'refused' } });
    asker.release();
    expect(await asking(sql, 'next').refused('describe', { sql: `from ${table}` })).toMatchObject({
      code: 'unknown-table',
    });
  });

  it('take rows of nothing but plain files of the exchange folder', async () => {
    const sql = await start();
    const asker = asking(sql);
    const { cursor } = await asker.ask('read', { sql: 'from range(10)' });
    const { file } = await asker.ask('fetch', { cursor, rows: 10 });
    const folder = join(sql.session, '.exchange');
    const outside = join(sql.folder, 'outside.arrow');
    renameSync(join(sql.session, file!), outside);
    symlinkSync(outside, join(folder, 'link.arrow'));
    symlinkSync('/dev/zero', join(folder, 'zero'));
    mkdirSync(join(folder, 'folder'));
    writeFileSync(join(folder, 'none.arrow'), 'no rows');
    for (const path of [
      '../../outside.arrow',
      outside,
      '.exchange/../../outside.arrow',
      '.exchange/link.arrow',
      '.exchange/zero',
      '.exchange/folder',
      '.exchange/',
      '',
      '.exchange/missing',
    ]) {
      expect((await asker.refused('write', { file: path })).code, path).toBe('refused');
    }
    expect((await asker.refused('write', { file: '.exchange/none.arrow' })).code).toBe('protocol');
    expect(existsSync(outside)).toBe(true);
  });

  it('are not made by what a field calls its type', async () => {
    const sql = await start();
    const asker = asking(sql);
    await sql.run('create table kept as select 1 as x');
    const { cursor } = await asker.ask('read', { sql: "select 1 as x, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' as y" });
    const { file } = await asker.ask('fetch', { cursor, rows: 10 });
    const path = join(sql.session, file!);
    const forged = readFileSync(path).toString('latin1').replace('INTEGER', 'INT);--');
    writeFileSync(path, forged, 'latin1');
    expect((await asker.refused('write', { file: file! })).code).toBe('protocol');
    expect(await rowsOf(sql, asker, 'from kept')).toEqual([[1]]);
  });
});

describe('save', () => {
  it('makes and replaces a table of the session, or leaves the old one', async () => {
    const sql = await start();
    const asker = asking(sql);
    expect(await asker.ask('save', { sql: 'from range($1)', values: [5], name: 'My table' })).toEqual({ rows: 5 });
    expect(await asker.ask('save', { sql: 'from "My table" where range > 2', name: 'My table' })).toEqual({ rows: 2 });
    expect(await asker.refused('save', { sql: "select 'x'::integer from range(3)", name: 'My table' })).toMatchObject({
      code: 'type',
    });
    expect((await sql.run('select sum(range)::int from "My table"')).tables[0]?.rows).toBe(1);
    expect(await rowsOf(sql, asker, 'select list(range)::varchar from "My table"')).toEqual([['[3, 4]']]);
  });

  it('leaves a paragraph’s name alone, and refuses what is no name', async () => {
    const sql = await start();
    const asker = asking(sql);
    const { tables } = await sql.run('select 42 as x', { name: 'Answer' });
    const named: NamedTable[] = [{ name: 'Answer', version: 'v1', block: tables[0]!.block! }];
    expect((await asker.refused('save', { sql: 'select 1', name: 'answer' }, named)).code).toBe('name-taken');
    for (const name of ['', 'a\nb', 'x'.repeat(129)]) {
      expect((await asker.refused('save', { sql: 'select 1', name })).code).toBe('name-unfit');
    }
  });

  it('takes a query that is several statements to the engine, and fails as one', async () => {
    const sql = await start();
    const asker = asking(sql);
    await sql.run("create table c as select * from (values ('a', 1, 'x'), ('b', 2, 'y'), ('a', 3, 'y')) v(k, n, z)");
    expect(await asker.ask('save', { sql: 'pivot c on z using sum(n) group by k', name: 'wide' })).toEqual({ rows: 2 });
    const failing =
      "pivot (select k, z, (case when n = 3 then 'x' else n::varchar end)::int as n from c) on z using sum(n)";
    expect((await asker.refused('save', { sql: failing, name: 'wide' })).code).toBe('type');
    expect(await rowsOf(sql, asker, 'from wide order by k')).toEqual([
      ['a', '1', '3'],
      ['b', null, '2'],
    ]);
    expect((await sql.run(`create table fails as ${failing}`)).outcome).toMatchObject({ failure: { code: 'type' } });
    expect((await sql.run('from wide')).outcome).toEqual({ state: 'done' });
  });

  it('binds values in a PIVOT, and says where the engine takes none', async () => {
    const sql = await start();
    const asker = asking(sql);
    await sql.run("create table c as select * from (values ('a', 1, 'x'), ('b', 2, 'x'), ('a', 3, 'x')) v(k, n, z)");
    const sums = { sql: 'pivot c on k using sum(n + $1) group by z', values: [10] };
    expect((await asker.ask('describe', sums)).columns.map(({ name }) => name)).toEqual(['z', 'a', 'b']);
    const { table } = await asker.ask('keep', sums);
    expect(await rowsOf(sql, asker, `select a, b from ${table}`)).toEqual([['24', '12']]);
    expect(await asker.ask('save', { ...sums, name: 'wide' })).toEqual({ rows: 1 });
    const named = "select a, b from (pivot (from c where n < $1) on k in ('a', 'b') using sum(n) group by z)";
    expect(await rowsOf(sql, asker, named, [3])).toEqual([['1', '2']]);
    expect(
      await asker.refused('keep', { sql: 'pivot (from c where n < $1) on k using sum(n)', values: [3] }),
    ).toMatchObject({
      code: 'parameter',
      hint: expect.stringContaining('Name the columns'),
    });
    expect((await sql.run('from c')).outcome).toEqual({ state: 'done' });
  });

  it('does not happen where the run is cancelled', async () => {
    const sql = await start();
    const asker = asking(sql);
    await asker.ask('save', { sql: 'select 1 as x', name: 't' });
    const saving = asker.refused('save', {
      sql: 'select count(*) as x from range(100000000) a, range(100000) b',
      name: 't',
    });
    setTimeout(() => asker.cancel(), 300);
    expect((await saving).code).toBe('engine');
    expect((await sql.run('from t')).tables[0]?.columns).toEqual([{ name: 'x', type: 'INTEGER' }]);
  });
});

describe('export', () => {
  it('writes named tables once for each version, removes those that are gone, and keeps what is not ours', async () => {
    const sql = await start();
    const asker = asking(sql);
    const block = (await sql.run("select 1::hugeint as h, interval 3 days as i, 'a'::enum('a') as e", { name: 'one' }))
      .tables[0]!.block!;
    const named: NamedTable[] = [
      { name: 'one', version: 'v1', block },
      { name: 'two', version: 'v2', block },
    ];
    expect(await asker.ask('export', {}, named)).toEqual({ names: ['one', 'two'] });
    const folder = join(sql.session, 'tables');
    const inode = (name: string) => statSync(join(folder, name)).ino;
    const before = [inode('one.parquet'), inode('two.parquet')];
    writeFileSync(join(folder, 'mine.parquet'), 'mine');
    const renamed: NamedTable[] = [
      { name: 'one', version: 'v3', block },
      { name: 'three', version: 'v2' },
    ];
    expect(await asker.ask('export', { names: ['ONE'] }, renamed)).toEqual({ names: ['one'] });
    expect(inode('one.parquet')).not.toBe(before[0]);
    expect(readdirSync(folder).sort()).toEqual(['.written.json', 'mine.parquet', 'one.parquet']);
    expect(await asker.ask('export', {}, renamed)).toEqual({ names: ['one', 'three'] });
    const again = inode('one.parquet');
    await asker.ask('export', {}, renamed);
    expect(inode('one.parquet')).toBe(again);
    expect(await rowsOf(sql, asker, "select h, i, e, typeof(h), typeof(i) from 'tables/one.parquet'")).toEqual([
      [1, '3 days', 'a', 'DECIMAL(38,0)', 'VARCHAR'],
    ]);
  });

  it('gives code no way to write into the file that a table is', async () => {
    const sql = await start();
    const asker = asking(sql);
    const file = join(sql.session, 'source.parquet');
    await sql.run(`copy (select range as n from range(3)) to '${file}' (format parquet)`);
    const before = readFileSync(file);
    const named: NamedTable[] = [{ name: 'big', version: 'v1', file, parquet: true }];
    expect(await asker.ask('export', {}, named)).toEqual({ names: ['big'] });
    const exported = join(sql.session, 'tables', 'big.parquet');
    expect(readFileSync(exported)).toEqual(before);
    writeFileSync(exported, 'mine');
    expect(readFileSync(file)).toEqual(before);
  });

  it('writes tables of the session that are named, and none whose name leads elsewhere', async () => {
    const sql = await start();
    const asker = asking(sql);
    await sql.run(
      'create table mine as select 1 as x; create table "../../up" as select 1 as x; create table other as select 1',
    );
    expect(await asker.ask('export', { names: ['mine', '../../up', 'nothing'] })).toEqual({ names: ['mine'] });
    expect(readdirSync(join(sql.session, 'tables')).sort()).toEqual(['.written.json', 'mine.parquet']);
    expect(await asker.ask('export', {})).toEqual({ names: [] });
    expect(existsSync(join(sql.session, 'tables', 'mine.parquet'))).toBe(true);
    await sql.run('drop table mine');
    await asker.ask('export', {});
    expect(existsSync(join(sql.session, 'tables', 'mine.parquet'))).toBe(false);
  });

  it('writes nowhere but into a folder of its own', async () => {
    const sql = await start();
    const asker = asking(sql);
    mkdirSync(join(sql.folder, 'elsewhere'));
    symlinkSync(join(sql.folder, 'elsewhere'), join(sql.session, 'tables'));
    await sql.run('create table mine as select 1 as x');
    expect((await asker.refused('export', { names: ['mine'] })).code).toBe('refused');
    expect(readdirSync(join(sql.folder, 'elsewhere'))).toEqual([]);
  });
});

describe('a run that asks', () => {
  it('is interrupted while its query runs, and gets nothing more afterwards', async () => {
    const sql = await start();
    const asker = asking(sql);
    for (const method of ['show', 'read', 'keep'] as const) {
      const own = asking(sql, `run-${method}`);
      const began = performance.now();
      const slow = 'select count(*) from range(100000000) a, range(100000) b';
      const asked = own.refused(method, { sql: slow, table: 0 });
      setTimeout(() => own.cancel(), 200);
      expect((await asked).code).toBe('engine');
      // It would take minutes.
      expect(performance.now() - began).toBeLessThan(20_000);
      expect((await own.refused('describe', { sql: 'select 1' })).message).toBe('Interrupted.');
    }
    expect(await asker.ask('describe', { sql: 'select 1 as x' })).toMatchObject({ columns: [{ name: 'x' }] });
  });

  it('gets an answer to anything it sends', async () => {
    const sql = await start();
    const asker = asking(sql);
    expect((await asker.refused('nothing', {})).code).toBe('unsupported');
    expect((await asker.refused('toString', {})).code).toBe('unsupported');
    for (const params of [
      null,
      7,
      'x',
      [],
      {},
      { sql: 7 },
      { sql: 'select 1', values: {} },
      { sql: 'select $1', values: [{}] },
    ]) {
      for (const method of ['describe', 'show', 'read', 'keep', 'save', 'fetch', 'write']) {
        expect((await asker.refused(method, params)).code).toMatch(/protocol|rows-gone/);
      }
    }
    expect((await asker.refused('show', { sql: 'select 1', table: -1 })).code).toBe('protocol');
    expect((await asker.refused('export', { names: [1] })).code).toBe('protocol');
  });
});
