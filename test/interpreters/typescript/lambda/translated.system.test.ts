/** Which lambdas become SQL, as `.explain()` tells it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Bench, startBench } from '../support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench(
    "create table t as select 1.5::double as x, 2 as i, 3::bigint as n, 4.5::decimal(9,2) as d, 'a' as s, 'b' as r, true as p, date '2024-02-29' as day, now()::timestamp as at, now() as zoned, 'a'::enum('a', 'b') as e, uuid() as u, [1] as l",
  );
});
afterAll(() => bench.close());

const BEFORE =
  "const min = 2; const word = 'ab'; const list = ['a', 'b']; const set = new Set([1, 2]); const since = new Date('2024-01-01'); const limits = { low: 1, high: 2 };";

/** Lambda → what stands in the SQL. */
const SQL: Readonly<Record<string, string>> = {
  't => t.i + 1': '(i::DOUBLE + 1::DOUBLE)',
  't => t.x - t.d * 2': '(x - (d::DOUBLE * 2::DOUBLE))',
  't => t.x / t.i % 3': '((x / i::DOUBLE) % 3::DOUBLE)',
  't => t.x ** 2': '(x * x)',
  't => -t.i': '(-i::DOUBLE)',
  't => +t.p': '(p)::INTEGER::DOUBLE',
  't => t.i > 60': '(i > 60)',
  't => t.i <= min': '(i <= 2)',
  't => t.x < 0.5': '(x < 5e-1)',
  't => t.x > 0.5': 'isnan(x)',
  't => t.n >= 5': "error('gondola-past-2^53:n:' || n)",
  't => t.d < t.x': '(case when isnan(x) and d::DOUBLE is not null then false else (d::DOUBLE < x) end)',
  't => t.i === 5': '(i is not distinct from 5)',
  "t => t.s !== 'ORD'": "(s is distinct from 'ORD')",
  't => t.s === word': "(s is not distinct from 'ab')",
  't => t.s === null': '(s is null)',
  't => t.s != null': '(not (s is null))',
  't => t.x === t.x': 'not coalesce(isnan(x), false)',
  't => t.s < t.r': '(s < r)',
  't => t.p && t.i > 1': '(p and (i > 1))',
  't => t.p || !t.p': '(p or (not p))',
  "t => t.s || 'none'": "(case when (s <> '') then s else 'none' end)",
  "t => t.s ?? 'none'": "coalesce(s, 'none')",
  't => t.p ? t.i : t.x': '(case when p then i::DOUBLE else x end)',
  't => t.i > 1 && t.i < min * 2': '((i > 1) and (i < 4))',
  't => Math.abs(t.i)': 'abs(i::DOUBLE)',
  't => Math.floor(t.x)': 'floor(x)',
  't => Math.ceil(t.x)': 'ceil(x)',
  't => Math.round(t.x)': 'floor(x + 0.5::DOUBLE)',
  't => Math.trunc(t.x)': 'trunc(x)',
  't => Math.sign(t.x)': 'when x > 0 then 1 when x < 0 then -1',
  't => Math.sqrt(t.x)': "(case when x < 0 then 'nan'::DOUBLE else sqrt(x) end)",
  't => Math.max(t.i, 0)':
    '(case when i::DOUBLE is null then null when 0::DOUBLE > i::DOUBLE then 0::DOUBLE else i::DOUBLE end)',
  't => Math.PI * t.x': '(3.141592653589793e+0 * x)',
  't => Number.isNaN(t.x)': 'isnan(x)',
  't => Number.isInteger(t.x)': 'isfinite(x)',
  't => isFinite(t.x)': 'isfinite(x)',
  't => Number(t.p)': '(p)::INTEGER::DOUBLE',
  't => String(t.i)': '(i::VARCHAR)',
  't => Boolean(t.s)': "(s <> '')",
  't => !!t.i': '(not (not (i <> 0)))',
  "t => t.s + '-' + t.r": "((s || '-') || r)",
  't => t.s + t.i': '(s || (i::VARCHAR))',
  't => `${t.s}/${t.i}/${t.p}`': "(s || '/' || (i::VARCHAR) || '/' || ((p)::VARCHAR))",
  "t => t.s.startsWith('a')": "starts_with(s, 'a')",
  "t => t.s.endsWith('a')": "suffix(s, 'a')",
  't => t.s.includes(t.r)': 'contains(s, r)',
  "t => t.s.indexOf('a')": "(strpos(s, 'a') - 1)::DOUBLE",
  't => t.s.slice(0, 3)': 'substring(s, 1, 3)',
  't => t.s.slice(-2)': 'right(s, 2)',
  't => t.s.slice(1, -1)': 'substring(s, 1 + 1, greatest(0, greatest(0, length(s) - 1) - 1))',
  't => t.s.substring(1, 3)': 'substring(s, 1 + 1, greatest(0, 3 - 1))',
  't => t.s.charAt(0)': 'substring(s, 0 + 1, greatest(0, 1 - 0))',
  't => t.s.at(-1)': "nullif((s)[-1], '')",
  't => t.s.trim()': 'trim(s, ',
  "t => t.s.padStart(5, '0')": "lpad(s, 5, '0')",
  't => t.s.repeat(2)': 'repeat(s, 2)',
  't => t.s.concat(t.r, t.i)': '((s || r) || (i::VARCHAR))',
  "t => t.s.replace('a', 'b')": "strpos(s, 'a')",
  "t => t.s.replaceAll('a', t.r)": "replace(s, 'a', r)",
  "t => t.s.split('/')[1]": "string_split(s, '/')[2]",
  't => list.includes(t.s)': "coalesce(s in ('a', 'b'), false)",
  "t => ['x', 'y'].includes(t.e)": "coalesce((e::VARCHAR) in ('x', 'y'), false)",
  't => set.has(t.i)': 'coalesce(i in (1, 2), false)',
  't => t.i < limits.high': '(i < 2)',
  't => t.day.getUTCFullYear()': '(year("day"::TIMESTAMP))::DOUBLE',
  't => t.at.getUTCMonth() + 1': '(month("at") - 1)::DOUBLE',
  't => t.at.getUTCHours()': 'hour("at")',
  't => t.zoned.getUTCDay()': "(dayofweek((zoned at time zone 'UTC')))::DOUBLE",
  't => t.at.getTime()': 'floor(epoch_us("at") / 1000)',
  't => t.at.toISOString().slice(0, 10)': 'strftime("at"',
  't => t.at - t.day': '(floor(epoch_us("at") / 1000) - floor(epoch_us("day"::TIMESTAMP) / 1000))',
  't => t.at > since': '("at" >= \'2024-01-01 00:00:00.000\'::TIMESTAMP + interval 1 millisecond)',
  "t => t.day >= new Date('2024-06-01')": '("day"::TIMESTAMP >= \'2024-06-01 00:00:00.000\'::TIMESTAMP)',
  't => t.at < Date.UTC(2024, 0)': '(floor(epoch_us("at") / 1000) < 1.7040672e+12)',
  "t => t['i'] * 2": '(i::DOUBLE * 2::DOUBLE)',
  '({ i, x: y }) => i + y': '(i::DOUBLE + x)',
  't => { const double = t.i * 2; return double + 1; }': '((i::DOUBLE * 2::DOUBLE) + 1::DOUBLE)',
  "t => { if (t.i > 5) return 'high'; if (t.i > 2) return 'middle'; return 'low'; }":
    "(case when (i > 5) then 'high' else (case when (i > 2) then 'middle' else 'low' end) end)",
  'function (t) { return t.s?.trim() ?? null; }': 'coalesce(trim(s, ',
  't => t.u === word': "((u::VARCHAR) is not distinct from 'ab')",
  '() => 5': '5::DOUBLE',
};

it('translates what the page lists', async () => {
  expect(Object.keys(SQL).length).toBeGreaterThan(80);
  for (const [lambda, expected] of Object.entries(SQL)) {
    const text = await bench.value(`${BEFORE} await table('t').select({ made: ${lambda} }).explain()`);
    expect(text, lambda).not.toContain('runs over columns');
    expect(text, lambda).toContain(expected);
    await bench.value(`${BEFORE} await table('t').select({ made: ${lambda} }).rows()`);
    await bench.value(`${BEFORE} await table('t').filter(${lambda}).rows()`);
  }
});

/** Lambda → why it runs over columns. */
const COLUMNS: Readonly<Record<string, string>> = {
  't => t.s.length': '.length counts as JavaScript does (length)',
  't => t.s.toUpperCase()': '.toUpperCase() of a text is JavaScript’s (toUpperCase)',
  't => /a/.test(t.s)': 'a regular expression is JavaScript’s (/a/)',
  "t => t.s.replace(/a/g, 'b')": 'JavaScript’s',
  't => t.at.getHours()': '.getHours() of a date is JavaScript’s (getHours)',
  't => Math.log(t.x)': 'Math.log to its last digit is JavaScript’s own (Math.log)',
  't => t.x ** 3': '** to its last digit is JavaScript’s own',
  't => String(t.x)': 'String() is JavaScript’s',
  't => `${t.x}`': 'how it writes a number or date is JavaScript’s',
  't => Number(t.s)': 'Number() is JavaScript’s',
  't => parseInt(t.s)': 'parseInt() is JavaScript’s',
  "t => t.i > '5'": 'JavaScript would convert: a number > a text',
  't => t.p + 1': 'JavaScript would convert: a boolean + a number',
  't => (t.p ? t.i : t.s)': 'its branches are of different kinds',
  't => JSON.stringify(t)': 'it uses the row as a whole (t)',
  '(t, index) => index': 'it uses the row’s number',
  't => t.l.length': 'l is INTEGER[]',
  't => helper(t.s)': 'helper() is JavaScript’s',
  't => { let n = 0; for (const c of t.s) n += 1; return n; }': 'it has variables',
  't => Math.random() < 0.5': 'Math.random to its last',
  't => new Date(t.n)': 'new Date is JavaScript’s',
};

it('gives up on what would grow without end', async () => {
  const chain = Array.from({ length: 40 }, (_, index) => `(t.s + ${index})`).join(' || ');
  const consts = Array.from({ length: 40 }, (_, index) => `const v${index + 1} = v${index} + v${index};`).join(' ');
  for (const lambda of [`t => ${chain}`, `t => { const v0 = t.x; ${consts} return v40; }`]) {
    expect(await bench.value(`await table('t').select({ made: ${lambda} }).explain()`)).toContain(
      'its SQL would be too long',
    );
    await bench.value(`await table('t').select({ made: ${lambda} }).rows()`);
  }
});

it('says why it runs the others over columns, and does', async () => {
  for (const [lambda, why] of Object.entries(COLUMNS)) {
    const text = await bench.value(`const helper = x => x; await table('t').select({ made: ${lambda} }).explain()`);
    expect(text, lambda).toContain(`runs over columns: `);
    expect(text, lambda).toContain(why);
    await bench.value(`const helper = x => x; await table('t').select({ made: ${lambda} }).rows()`);
    await bench.value(`const helper = x => x; await table('t').filter(${lambda}).rows()`);
  }
});
