/** Which columns are offered at a caret: those of the tables that are seen there, whatever is unfinished around it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Driven, discard, drive, sqlProgram } from '../harness.ts';

let sql: Driven;
beforeAll(async () => {
  sql = await drive(sqlProgram);
  await sql.run(
    "create table flights as select 1 as delay, 'SEA' as origin, [1] as stops; create table airports as select 'SEA' as code, 'Seattle' as city",
  );
  mkdirSync(join(sql.session, 'data'), { recursive: true });
  writeFileSync(join(sql.session, 'data', 'x.csv'), 'alpha,beta\n1,2\n');
});
afterAll(() => discard(sql));

const FLIGHTS = ['delay', 'origin', 'stops'];
const AIRPORTS = ['code', 'city'];

describe('at the caret are offered the columns', () => {
  it.each([
    [
      'of a query of WITH',
      'with late as (select origin, delay * 2 as twice from flights) select | from late',
      ['origin', 'twice'],
    ],
    ['inside a query of WITH', 'with late as (select | from flights) select * from late', FLIGHTS],
    ['of an earlier query of WITH', 'with a as (select origin o from flights), b as (select | from a) from b', ['o']],
    [
      'of both sides of a join',
      'select | from flights f join airports a on f.origin = a.code',
      [...FLIGHTS, ...AIRPORTS],
    ],
    ['of an alias', 'select * from flights f join airports a on f.origin = a.|', AIRPORTS],
    [
      'of the innermost query first',
      'from flights where origin in (select | from airports)',
      [...AIRPORTS, ...FLIGHTS],
    ],
    ['of an outer alias', 'from flights f where exists (select 1 from airports a where a.code = f.|)', FLIGHTS],
    [
      'of a query in brackets',
      'select s.| from (select origin as o, max(delay) as worst from flights group by 1) s',
      ['o', 'worst'],
    ],
    ['of what a lateral query makes', 'select x.| from flights f, lateral (select f.delay + 1 as more) x', ['more']],
    ['of what stands before a lateral query', 'from flights f, lateral (select f.| as more) x', FLIGHTS],
    ['of a function of what stands before it', 'select u.| from flights f, unnest(f.stops) u(stop)', ['stop']],
    ['as an alias calls them', "select d.| from (values (1, 'a')) d(num, txt)", ['num', 'txt']],
    ['of a file', "select | from 'data/x.csv'", ['alpha', 'beta']],
    ['of a file by its alias', "select t.| from 'data/x.csv' t", ['alpha', 'beta']],
    ['beside a form', 'select * from flights where day > ${day=2015-01-01} and |', FLIGHTS],
    ['of its own statement', 'select 1; select | from airports; select * from flights', AIRPORTS],
    ['of what FROM began with', 'from flights select |', FLIGHTS],
    ['of a table that rows come to', 'insert into airports (|) values', AIRPORTS],
    ['of a table that is changed', 'update flights set | = 1', FLIGHTS],
    ['of what is pivoted', 'pivot flights on |', FLIGHTS],
  ])('%s', async (_, marked, columns) => {
    const items = await sql.complete(marked.replace('|', ''), marked.indexOf('|'));
    expect(items.filter(({ kind }) => kind === 'column').map(({ label }) => label)).toEqual(columns);
  });
});
