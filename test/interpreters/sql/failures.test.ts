import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Event, Failure } from '../../../interpreters/protocol.ts';
import { createSql } from '../../../interpreters/sql/interpreter.ts';

const folder = mkdtempSync(join(tmpdir(), 'gondola-failures-'));
const sql = createSql();
const before = process.cwd();

beforeAll(async () => {
  const session = join(folder, 'session');
  for (const path of [session, join(session, 'data'), join(folder, 'out')]) mkdirSync(path);
  writeFileSync(join(session, 'data', 'delays.csv'), 'origin,delay\nSEA,5\n');
  writeFileSync(join(session, 'data', 'latin.csv'), Buffer.from([...Buffer.from('name\nJos'), 0xe9, 0x0a]));
  writeFileSync(join(session, 'data', 'ragged.csv'), `a,b\n${'1,2\n'.repeat(50_000)}one,2\n`);
  writeFileSync(join(session, 'data', 'broken.json'), '{"a": [[[1}\n');
  writeFileSync(join(session, 'data', 'broken.parquet'), 'this is no parquet file at all');
  await sql.start({
    type: 'start',
    protocol: 1,
    session,
    out: join(folder, 'out'),
    memory: 512 * 1024 * 1024,
    threads: 1,
    timeZone: 'UTC',
    readable: [],
  });
  await run(
    'create table flights(origin varchar, destination varchar, delay integer, day date, id integer primary key)',
  );
  await run('create table airports(code varchar, city varchar)');
});
afterAll(async () => {
  await sql.close?.();
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

let runs = 0;
async function run(source: string): Promise<{ failure: Failure | undefined; events: Event[] }> {
  const events: Event[] = [];
  runs += 1;
  const outcome = await sql.run(
    { type: 'run', run: `r${runs}`, source, options: {}, forms: {}, tables: [] },
    {
      signal: new AbortController().signal,
      emit: (event) => events.push(event),
      drained: () => Promise.resolve(),
      call: () => Promise.reject(new Error('nobody answers')),
    },
  );
  return { failure: outcome.state === 'failed' ? outcome.failure : undefined, events };
}

/** The marked place is written in the source itself: ‹here›. */
const CASES: readonly (readonly [marked: string, code: string, message: RegExp, more?: Partial<Failure>])[] = [
  ['select ‹dely› from flights', 'unknown-column', /no column “dely” in flights/, { fix: { replacement: 'delay' } }],
  ['select origin,\n  ‹dely›\nfrom flights', 'unknown-column', /dely/, { fix: { replacement: 'delay' } }],
  ["select '한😀', ‹dely› from flights", 'unknown-column', /dely/, { fix: { replacement: 'delay' } }],
  ['select f.‹orgin› from flights f', 'unknown-column', /orgin/, { fix: { replacement: 'origin' } }],
  [
    'select * from flights where origin = ‹"ATL"›',
    'unknown-column',
    /double quotes are for names/,
    { hint: "A text stands in single quotes: 'ATL'.", fix: { replacement: "'ATL'" } },
  ],
  [
    'select ‹"orgin"› from flights',
    'unknown-column',
    /no column “orgin” in flights/,
    { fix: { replacement: 'origin' } },
  ],
  ['select 1;\n-- two\nselect ‹nope› from airports;', 'unknown-column', /nope/],
  ['select ‹nope›', 'unknown-column', /nope/],
  ['from ‹flihgts›', 'unknown-table', /no table “flihgts”/, { fix: { replacement: 'flights' } }],
  ['select * from flights join ‹airport› on true', 'unknown-table', /airport/, { fix: { replacement: 'airports' } }],
  ['from ‹zzz›', 'unknown-table', /zzz/, { hint: expect.stringContaining('airports, flights') as never }],
  ['drop table ‹airprts›', 'unknown-table', /airprts/],
  ['describe ‹nope›', 'unknown-table', /nope/],
  ['select ‹z›.x from flights', 'unknown-table', /z/],
  ['select ‹sun›(delay) from flights', 'unknown-function', /sun/, { fix: { replacement: 'sum' } }],
  ['‹selct› 1', 'syntax', /selct/, { fix: { replacement: 'select' } }],
  ['select 1‹,›, 2', 'syntax', /./, { fix: { replacement: '' } }],
  ['select * ‹form› flights', 'syntax', /./, { fix: { replacement: 'from' } }],
  ['select (1', 'syntax', /ends too early/],
  ["select ‹'abc›", 'syntax', /does not end/],
  ['select origin, ‹delay› from flights group by origin', 'not-grouped', /GROUP BY/i],
  ['select ‹delay› from flights a, flights b', 'ambiguous-column', /[Aa]mbiguous/],
  ["select 'x'‹::›int", 'type', /x/],
  ['select ‹sum›(delay, 1) from flights', 'type', /sum/],
  ['create table ‹flights›(a int)', 'already-exists', /exists/],
  ["from ‹'data/delay.csv'›", 'file-not-found', /data\/delay\.csv/, { fix: { replacement: "'data/delays.csv'" } }],
  ["from ‹'delays.csv'›", 'file-not-found', /delays\.csv/, { fix: { replacement: "'data/delays.csv'" } }],
  ["from ‹'data/latin.csv'›", 'file-encoding', /UTF-8/],
  ["from ‹'data/ragged.csv'›", 'file-unreadable', /ragged\.csv, line 50002: .*"a"/],
  ["from ‹'data/broken.json'›", 'file-unreadable', /JSON/],
  ["from ‹'data/broken.parquet'›", 'file-unreadable', /./],
  ["from read_text(‹'/etc/passwd'›)", 'refused', /\/etc\/passwd/],
  ['‹set› threads = 4', 'setting-locked', /./],
  ['‹commit›', 'transaction', /./],
  ["‹insert› into flights values ('a', 'b', 1, null, 1), ('a', 'b', 1, null, 1)", 'constraint', /./],
  ['‹select› 9223372036854775807 + 1', 'out-of-range', /./],
  ['select ‹$x›', 'unknown-form', /no form “x”/],
  ['‹select› $1', 'parameter', /./],
  ["‹select› error('my own words')", 'engine', /My own words/],
];

test.each(CASES.map((one) => ({ marked: one[0], code: one[1], one })))('$marked is $code', async ({ one }) => {
  const [marked, code, message, more = {}] = one;
  const source = marked.replaceAll(/[‹›]/g, '');
  const { failure } = await run(source);
  expect(failure).toMatchObject({
    code,
    message: expect.stringMatching(message),
    hint: expect.stringMatching(/\S/),
    ...more,
  });
  if (!marked.includes('‹')) return;
  const lines = marked.slice(0, marked.indexOf('‹')).split('\n');
  const length = marked.indexOf('›') - marked.indexOf('‹') - 1;
  expect({ line: failure?.line, column: failure?.column, length: failure?.length }).toEqual({
    line: lines.length,
    column: lines.at(-1)!.length + 1,
    length,
  });
});

test('applying the mend makes the statement run', async () => {
  for (const source of [
    'select dely from flights',
    'from flihgts',
    'selct 1',
    "from 'delays.csv'",
    'select 1,, 2',
    'select * form flights',
  ]) {
    const { failure } = await run(source);
    const { column = 0, length = 0, fix } = failure ?? {};
    const mended = source.slice(0, column - 1) + (fix?.replacement ?? '') + source.slice(column - 1 + length);
    expect((await run(mended)).failure, mended).toBe(undefined);
  }
});

test('what came before a failing statement is shown', async () => {
  const { failure, events } = await run('select 1 as a; select nope; select 2');
  expect(failure?.code).toBe('unknown-column');
  expect(events.filter(({ type }) => type === 'table')).toHaveLength(1);
});

test('an error behind the first rows names its place, too', async () => {
  await run(
    "create or replace table texts as select case when i = 150000 then 'bad' else i::varchar end as s from range(200000) t(i)",
  );
  const { failure } = await run('select\n  s::int as n from texts');
  expect(failure).toMatchObject({ code: 'type', message: expect.stringContaining('bad'), line: 2 });
});

test('a NUL in the text is refused: the engine would stop reading there', async () => {
  const { failure } = await run('select 1;\ndrop\0 table flights');
  expect(failure).toMatchObject({ code: 'syntax', line: 2, column: 5 });
});
