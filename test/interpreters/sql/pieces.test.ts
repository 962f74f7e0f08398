import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { closeNames, editDistance } from '../../../interpreters/likeness.ts';
import type { StartRequest } from '../../../interpreters/protocol.ts';
import { effectOf, summaryOf } from '../../../interpreters/sql/effects.ts';
import { createGuard } from '../../../interpreters/sql/guard.ts';
import { splitStatements } from '../../../interpreters/sql/lexer.ts';
import { placeOf, placesOfBytes, unitsOfBytes } from '../../../interpreters/sql/positions.ts';
import { scopeOf } from '../../../interpreters/sql/scope.ts';
import { SMALL_RESULT_BYTES, SMALL_RESULT_ROWS } from '../../../interpreters/sql/table.ts';
import { withinLine } from '../../../interpreters/sql/tables.ts';
import * as outputs from '../../../server/protocol/outputs.ts';

const statement = (text: string) => splitStatements(text)[0]!;

test('the limits of a small result are those of the server', () => {
  expect(SMALL_RESULT_ROWS).toBe(outputs.SMALL_RESULT_ROWS);
  expect(SMALL_RESULT_BYTES).toBe(outputs.SMALL_RESULT_BYTES);
});

test('tables past what a line of the protocol holds are listed by name', () => {
  const columns = [{ name: 'a', type: 'INTEGER' }];
  const items = ['x', 'y', 'z'].map((name) => ({ name, source: 'named' as const, columns }));
  const most = 2 * JSON.stringify(columns).length;
  expect(withinLine(items, most).map((item) => item.columns.length)).toEqual([1, 1, 0]);
});

test('byte positions become UTF-16 offsets, lines and columns', () => {
  const text = "select 'ü한😀',\n  dely";
  const offset = text.indexOf('dely');
  expect(unitsOfBytes(text, Buffer.byteLength(text.slice(0, offset)))).toBe(offset);
  for (const one of [text, 'select 1', '', '😀\ud800é'])
    for (let byte = 0, at = placesOfBytes(one); byte <= Buffer.byteLength(one) + 2; byte += 1)
      expect(at(byte)).toBe(unitsOfBytes(one, byte));
  expect(placeOf(text, offset)).toEqual({ line: 2, column: 3 });
  expect(placeOf('', 0)).toEqual({ line: 1, column: 1 });
});

test('a mistyped name finds what was meant, and nothing far off', () => {
  expect(closeNames('dely', ['delay', 'day', 'distance', 'origin'])[0]).toBe('delay');
  expect(closeNames('orgin', ['origin', 'destination'])).toEqual(['origin']);
  expect(closeNames('Flight_Date', ['flightdate'])).toEqual(['flightdate']);
  expect(closeNames('zzz', ['delay', 'origin'])).toEqual([]);
  expect(editDistance('flihgts', 'flights')).toBe(1);
});

const made: string[] = [];
afterEach(() => {
  for (const base of made.splice(0)) rmSync(base, { recursive: true });
});

function folders() {
  const base = mkdtempSync(join(tmpdir(), 'gondola-guard-'));
  made.push(base);
  const session = join(base, 'session');
  mkdirSync(session);
  mkdirSync(join(base, 'elsewhere'));
  symlinkSync(join(base, 'elsewhere'), join(session, 'data'));
  const start: StartRequest = {
    type: 'start',
    protocol: 1,
    session,
    out: join(base, 'out'),
    memory: 1,
    threads: 1,
    timeZone: 'UTC',
    readable: [],
  };
  return { base, start };
}

test('without a sandbox, statements that write outside of the session folder are refused', () => {
  const { base, start } = folders();
  const guard = createGuard(start);
  const refused = [
    `copy t to '${base}/x.parquet'`,
    "COPY (select 1) TO 'data/x.csv'",
    "copy (select 'to' as x) to '../x.csv' (format csv)",
    `export database '${base}/dump'`,
    `attach '${base}/other.duckdb'`,
    `attach '${base}/other.duckdb' (read_only false)`,
    "prepare p as copy t to '/tmp/x.csv'",
    "copy t to ('/tmp/' || 'x.csv')",
  ];
  for (const text of refused) expect(guard(statement(text)), text).toMatchObject({ code: 'refused' });
  const allowed = [
    "copy t to 'x.parquet'",
    `copy t to '${start.session}/deep/x.csv'`,
    "copy t from '/anywhere/x.csv'",
    `attach '${base}/other.duckdb' (read_only)`,
    "attach ':memory:' as m",
    "select 'copy t to ''/tmp/x'''",
    'copy from database a to b',
  ];
  for (const text of allowed) expect(guard(statement(text)), text).toBe(undefined);
});

test('what the server says may be written may be written, and a sandbox needs no guard', () => {
  const { base, start } = folders();
  const own = createGuard({ ...start, writable: [join(base, 'elsewhere')] });
  expect(own(statement("copy t to 'data/x.csv'"))).toBe(undefined);
  const isolated = createGuard({ ...start, isolated: true });
  expect(isolated(statement("copy t to '/x.csv'"))).toBe(undefined);
});

test('no statement takes away what every paragraph needs, in a sandbox neither', () => {
  const guard = createGuard({ ...folders().start, isolated: true });
  const refused = [
    'detach named',
    'DETACH DATABASE IF EXISTS "Named"',
    'use m; detach session',
    'drop schema named.content cascade',
    'create or replace view named.main.delays as select 1',
    'alter table named.main.delays rename to x',
  ];
  for (const text of refused) {
    const last = splitStatements(text).at(-1)!;
    expect(guard(last), text).toMatchObject({ code: 'refused', hint: expect.any(String) });
  }
  for (const text of ['detach other', 'create table named(a int)', 'drop view v', 'create view v as from named.main.a'])
    expect(guard(statement(text)), text).toBe(undefined);
});

test('statements without rows tell what they did', () => {
  const say = (text: string, changed?: number) => summaryOf(statement(text), changed);
  expect(say('insert into t values (1)', 1)).toBe('1 row inserted.');
  expect(say('delete from t', 12345)).toBe('12,345 rows deleted.');
  expect(say('create or replace table if not exists a."b c" as select 1', 3)).toBe('Created table a.b c with 3 rows.');
  expect(say('drop view if exists v')).toBe('Dropped view v.');
  expect(say('set variable x = 1')).toBe('');
});

test('words tell which statements open and close transactions and move the search path', () => {
  const kinds = (text: string) => effectOf(statement(text)).kind;
  expect(['begin', 'start transaction', 'commit', 'rollback', 'end'].map(kinds)).toEqual([
    'begins',
    'begins',
    'ends',
    'ends',
    'ends',
  ]);
  expect(['use s', "set search_path = 's'", 'set variable x = 1', 'drop table t', 'select 1'].map(kinds)).toEqual([
    'path',
    'path',
    'none',
    'catalog',
    'none',
  ]);
});

test('the tables that a statement reads are found, with their aliases', () => {
  const references = (text: string) => scopeOf(statement(text)).references.map(({ sql, alias }) => [sql, alias]);
  expect(references("select  from flights f, airports join 'data/x.csv' as x on true")).toEqual([
    ['flights', 'f'],
    ['airports', 'airports'],
    ["'data/x.csv'", 'x'],
  ]);
  expect(references('select a from s.t where')).toEqual([['s.t', 't']]);
  expect(references("from read_csv('a.csv') r select")).toEqual([["read_csv('a.csv')", 'r']]);
  expect(references('select * from (select 1 as one) sub')).toContainEqual(['(select 1 as one)', 'sub']);
  // A list of any length costs what its first names do.
  const many = Array.from({ length: 20_000 }, (_, at) => `f(${at})`);
  expect(references(`select from ${many.join(', ')}`)).toHaveLength(12);
});

test('a place in a statement sees the tables of its own query first, then those around it, and none of others', () => {
  const seen = (marked: string) =>
    scopeOf(statement(marked.replace('|', '')), marked.indexOf('|')).references.map(({ alias }) => alias);
  expect(seen('select | from (select a from inside) s join outside o on true')).toEqual(['s', 'o']);
  expect(seen('select x from (select | from inside) s, outside')).toEqual(['inside', 'outside']);
  expect(seen('select x from a where exists (select 1 from b where |) and c in (select d from e)')).toEqual(['b', 'a']);
  expect(seen('with q as (select | from one), r as (select 1 from two) select * from q')).toEqual(['one', 'q']);
  expect(seen('with q as (select 1 from one) select | from q')).toEqual(['q']);
  expect(seen('select max(|) from flights')).toEqual(['flights']);
  expect(seen('select 한국, (select | from 표')).toEqual(['표']);
});

test('the queries of a WITH clause can be asked about', () => {
  const scope = scopeOf(statement('with a as (select 1 as x), b as (select 2 as y) select  from a'));
  expect(scope.queries).toEqual(['a', 'b']);
  expect(scope.prefix).toBe('with a as (select 1 as x), b as (select 2 as y) ');
});
