/** Forms in SQL against the real engine: what is bound, what stands as code, and where an error belongs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FormInput, FormInputs } from '../../../interpreters/forms.ts';
import { type Driven, discard, drive, sqlProgram } from '../harness.ts';
import { blockRows } from './reading.ts';

let sql: Driven;
beforeAll(async () => {
  sql = await drive(sqlProgram);
  const table =
    "create table t as select * from (values ('SEA', 1, date '2015-01-01'), ('JFK', 2, date '2015-01-02'), ('a%b', 3, date '2015-01-03')) v(s, i, d)";
  expect((await sql.run(table)).outcome).toEqual({ state: 'done' });
});
afterAll(() => discard(sql));

const text = (value: string): FormInput => ({ type: 'text', value });
const select = (value: string | number | null, written = true): FormInput => ({ type: 'select', value, written });
const list = (...value: string[]): FormInput => ({ type: 'multi-select', value, written: true, numbers: false });
const forms: FormInputs = {
  day: { type: 'date', value: '2015-01-02' },
  none: { type: 'date', value: null },
  q: text("it's ${day} $day"),
  Name: text('SEA'),
  n: { type: 'number', value: 2 },
  half: { type: 'slider', value: 0.5 },
  big: { type: 'number', value: 2 ** 53 - 1 },
  late: { type: 'checkbox', value: true },
  p: { type: 'date-range', value: { from: '2015-01-02', to: null } },
  airports: list('SEA', 'JFK'),
  nobody: list(),
  numbers: { type: 'multi-select', value: [1, 3], written: true, numbers: true },
  dir: select('desc'),
  tab: select('t'),
  cols: list('s', 'i'),
  file: select('t.csv'),
  asked: select('t', false),
};

async function rows(source: string, more: FormInputs = {}): Promise<unknown[][]> {
  const { outcome, tables } = await sql.run(source, { forms: { ...forms, ...more } });
  expect(outcome, source).toEqual({ state: 'done' });
  return blockRows(tables.at(-1));
}
async function failure(source: string) {
  const { outcome } = await sql.run(source, { forms });
  if (outcome.state !== 'failed') throw new Error(`${source} did not fail`);
  return outcome.failure;
}

describe('a form in SQL', () => {
  it.each<[string, unknown]>([
    [
      'select typeof($day), typeof($n), typeof($half), typeof($big), typeof($late), typeof($q), typeof($airports), typeof($nobody), typeof($numbers), typeof($none)',
      ['DATE', 'INTEGER', 'DOUBLE', 'BIGINT', 'BOOLEAN', 'VARCHAR', 'VARCHAR[]', 'VARCHAR[]', 'BIGINT[]', '"NULL"'],
    ],
    ['select i from t where d = $day', [2]],
    ['select i from t where d = ${day=2015-01-02}', [2]],
    ["select i from t where d = '${day}'", [2]],
    ["select i from t where d = date '${day}'", [2]],
    ["select i from t where d = timestamp '${day} 00:00:00'", [2]],
    ['select i from t where d = date ${day}', [2]],
    ["select i from t where d + interval '${n} days' = date '2015-01-03'", [1]],
    ["select i from t where d + interval $n day = date '2015-01-03'", [1]],
    ['select $q', ["it's ${day} $day"]],
    ["select '<${q}>'", ["<it's ${day} $day>"]],
    ["select 'O''Hare ${Name}'", ["O'Hare SEA"]],
    ["select e'a\\n\\'${Name}\\x41\\u00e9\\\\'", ["a\n'SEAAé\\"]],
    ["select e'\\${Name}'", ['${Name}']],
    ["select '${none} x'", [null]],
    ["select '${n}${late}${half}'", ['2true0.5']],
    ['select $name, ${NAME}', ['SEA', 'SEA']],
    ["select i from t where s like '%' || ${Name} || '%'", [1]],
    ['select i from t where s in $airports and i = 1', [1]],
    ['select i from t where s in ($airports) and i = 2', [2]],
    ['select i from t where s in ( ${airports} ) and i = 2', [2]],
    ['select count(*)::int from t where s not in ($nobody)', [3]],
    ['select count(*)::int from t where i in ($numbers)', [2]],
    ["select array_to_string($airports, ', ')", ['SEA, JFK']],
    ['select count(*)::int from t where d between $p', [2]],
    ['select count(*)::int from t where d between ${range:p=2015-01-01|} and i > 0', [2]],
    ['select count(*)::int from t where d >= $p_from and d <= $p_to', [2]],
    ["select '${p_from}'", ['2015-01-02']],
    ['select case when $late then 1 else 2 end', [1]],
    ['select 1 where $late', [1]],
    ['select i from t order by i limit $n', [1]],
    ['select "${q}" from (select 1 as "${q}")', [1]],
    ['select $$ ${q} $$, $a$ $q $a$', [' ${q} ', ' $q ']],
    ["select 1 -- ${q} $q it's\n", [1]],
    ["select /* ${q} ' */ 2", [2]],
    ['from t select i order by i $dir limit 1', [3]],
    ['select i from t order by i ${dir} limit 1', [3]],
    ['select i from $tab order by i limit 1', [1]],
    ['select i from ${tab=t,t|u} order by 1 limit 1', [1]],
    ['select x.i from t x join ${tab} y on x.i = y.i and y.i = $n', [2]],
    ['select ${code:cols} from t order by i limit 1', ['SEA', 1]],
    ['select count(*)::int from (select ${code:cols} from t group by $cols)', [3]],
    ['select i from t order by s, $col', [2]],
    ['select count(*)::int from t where s is distinct from ${airport=SEA,SEA|JFK}', [2]],
    ['select extract(year from $day)::int', [2015]],
    ['select ${airport=SEA,SEA|JFK}', ['SEA']],
    ["set variable x = $n; select getvariable('x')", [2]],
    ['select $n; select $q; select $half', [0.5]],
    ['create or replace table made as select $day as d; select d::text from made', ['2015-01-02']],
    ['insert into t select $q, 9, $day; delete from t where i = 9; select count(*)::int from t', [3]],
    ["copy (select $q as q) to 'out.csv'; select q from 'out.csv'", ["it's ${day} $day"]],
  ])('%s', async (source, expected) => {
    const more = { col: select('i'), airport: select('SEA') };
    const [first] = await rows(source, more);
    expect(first).toEqual(expected);
  });

  it('that chooses a file among those the author wrote stands in the text of FROM', async () => {
    expect((await sql.run("copy (select 7 as a) to 't.csv'", { forms })).outcome).toEqual({ state: 'done' });
    expect(await rows("select a::int from '${file}'")).toEqual([[7]]);
    expect(await rows("select a::int from read_csv('${file}')")).toEqual([[7]]);
  });

  it.each<[string, object]>([
    [
      'select 1,\n  $dya',
      { code: 'unknown-form', line: 2, column: 3, length: 4, hint: expect.stringContaining('day') },
    ],
    ["select '${dya}'", { code: 'unknown-form', line: 1, column: 9, length: 6 }],
    ['select ${dya=1}', { code: 'unknown-form', column: 8, length: 8 }],
    ['select * from $q', { code: 'form-place', line: 1, column: 15, length: 2 }],
    ['select * from ${q}', { code: 'form-place', column: 15, length: 4 }],
    ['select * from $asked', { code: 'form-place', column: 15, length: 6 }],
    ['select i from t order by i $q', { code: 'form-place', column: 28, length: 2 }],
    ['select i from t order by $q', { code: 'form-place' }],
    ['select ${code:q} from t', { code: 'form-place', column: 8, length: 9 }],
    ['select $p', { code: 'form-place', column: 8, length: 2 }],
    ["select '${airports}'", { code: 'form-place', column: 9, length: 11 }],
    ["select '${p}'", { code: 'form-place', column: 9, length: 4 }],
    ['prepare x as select $day', { code: 'form-place', column: 21, length: 4 }],
    ['create view v as select $day', { code: 'form-place' }],
    ['create macro m() as $day', { code: 'form-place' }],
    ['pivot (select * from t where d = $day) on s using sum(i)', { code: 'parameter' }],
    // Behind something that took more room than what stands for it.
    [
      'select i from ${tab} where d between $p and nope > 1',
      { code: 'unknown-column', line: 1, column: 45, length: 4 },
    ],
    ["select '${q}${q}',\n date '${day}', nope from t", { code: 'unknown-column', line: 2, column: 17, length: 4 }],
    ["select '\n${q}\n',\n nope from t", { code: 'unknown-column', line: 4, column: 2 }],
    ['select i from t order by nope $dir', { code: 'unknown-column', column: 26 }],
    ['select $q::int', { code: 'type' }],
  ])('%j fails where it is written', async (source, expected) => {
    expect(await failure(source)).toMatchObject(expected);
  });

  it('is in plans, too', async () => {
    const { outcome, values } = await sql.run('explain select $day as d', { forms });
    expect(outcome).toEqual({ state: 'done' });
    expect(values).toContain('PROJECTION');
  });

  it('where the engine has no statement for it, nothing of the paragraph ran', async () => {
    const { outcome } = await sql.run('create table never as select 1; select $nobodyknows', { forms });
    expect(outcome.state).toBe('failed');
    expect((await sql.run('from never', { forms })).outcome).toMatchObject({ failure: { code: 'unknown-table' } });
  });

  it('may be called as a text is that is put together here', async () => {
    const named = Object.fromEntries(
      Array.from({ length: 36 }, (_, at) => [`_${at.toString(36).padStart(2, '0')}`, text(`form ${at}`)]),
    );
    const query = `select '\${Name}!', ${Object.keys(named)
      .map((name) => `$${name}`)
      .join(', ')}`;
    expect(await rows(query, named)).toEqual([['SEA!', ...Array.from({ length: 36 }, (_, at) => `form ${at}`)]]);
  });
});
