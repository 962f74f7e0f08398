/**
 * Both printings of a lambda give the same: values, nulls, NaN, errors and types. The suite has one seed, so that what it
 * says depends on the code alone; `SEED=$RANDOM npx vitest run …` tries others, and what they find is kept below as a test
 * of its own.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, startBench } from '../support.ts';
import { bothWays } from './both.ts';
import { CAPTURES, createTable, lambdas, rows } from './random.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

const SUITE_SEED = 84_400_208;
/** Tables of a run, and lambdas for each of them. */
const TABLES = 6;
const LAMBDAS = 40;

async function make(values: string): Promise<void> {
  const { outcome } = await bench.sql.run(createTable('random', values));
  if (outcome.state !== 'done') throw new Error(JSON.stringify(outcome));
}

/** Whether it was translated; both answers are compared if so. */
async function compare(text: string, as: 'value' | 'condition', told = ''): Promise<boolean> {
  const { sql, columns } = await bothWays(bench.host, 'random', text, as, CAPTURES);
  if (sql === undefined) return false;
  const allNull = typeof sql === 'object' && sql.values.every((value) => value === null);
  const [a, b] = allNull && typeof columns === 'object' ? [sql.values, columns.values] : [sql, columns];
  expect(a, `${text} as ${as}\n${told}`).toEqual(b);
  return true;
}

describe('a lambda gives the same', () => {
  it('as SQL and over columns, over random rows with nulls', { timeout: 300_000 }, async () => {
    const seed = Number(process.env.SEED ?? SUITE_SEED);
    let translated = 0;
    for (const [index, values] of fc.sample(rows(), { numRuns: TABLES, seed }).entries()) {
      await make(values);
      for (const text of fc.sample(lambdas, { numRuns: LAMBDAS, seed: seed + index })) {
        const told = `SEED=${seed}\n${values}`;
        if (await compare(text, 'value', told)) translated += 1;
        await compare(text, 'condition', told);
      }
    }
    // Nearly all of what is made here is meant to be translated.
    expect(translated).toBeGreaterThan(TABLES * LAMBDAS * 0.85);
  });
});

const ROWS = `
  (0.5, 'nan'::double, 3, null, 9007199254740991, -918.02, 'ab', '', true, null, timestamp '2024-02-29T12:34:56.789', null, date '1960-02-08'),
  (null, '-0'::double, null, -2, 5, null, '😀b,x', null, null, false, null, timestamp '1969-12-31T23:59:59.999999', null),
  ('-infinity'::double, -0.5, -7, 7, -5, 12.34, '\u{ffff}', '😀', false, true, timestamp '1969-12-31T23:59:59.999999', timestamp '1969-12-31T23:59:59.999', date '1969-12-31')
`;

/** Each was answered differently once, or would be by a plain translation. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  'a number’s text, indexed': ['f => String(f.n).at(0)', 'f => String(f.p).at(-1)'],
  'texts that UTF-16 and code points order differently': ['f => f.s < f.t', 'f => f.t >= f.s'],
  'an emoji as one character': [
    'f => f.s.slice(0, 1)',
    "f => f.s.indexOf('b')",
    "f => f.t.padStart(3, 'x')",
    'f => f.t.at(-1)',
  ],
  'comparisons with NaN': [
    'f => f.y > 0',
    'f => f.y >= f.x',
    'f => f.x < f.y',
    'f => f.y === f.y',
    'f => f.y !== f.y',
    'f => !(f.y < f.x)',
    'f => Math.max(f.x, f.y)',
  ],
  'zero, its sign and its quotients': [
    'f => 1 / f.y',
    'f => f.i / 0',
    'f => f.i % 0',
    'f => Math.trunc(f.y)',
    'f => Math.round(f.y)',
    'f => -f.y',
    'f => Math.min(0, f.y)',
    'f => -(-0 ?? f.i)',
    'f => f.i - (-0 ?? f.i)',
  ],
  'remainders of negative numbers': ['f => f.i % 2', 'f => f.d % 1'],
  'null in a condition and under a not': [
    'f => !f.p',
    'f => !(f.p && f.q)',
    'f => f.p || f.q',
    'f => f.p && f.q',
    'f => (f.p ? 1 : 2)',
    'f => !f.s',
    "f => f.t || 'none'",
  ],
  'dates to the millisecond': [
    'f => f.u === f.v',
    'f => f.u < f.v',
    'f => f.u.getTime()',
    'f => f.u.getUTCMilliseconds()',
    'f => f.u.toISOString()',
    "f => f.u <= new Date('1969-12-31T23:59:59.999Z')",
    "f => f.u === new Date('1969-12-31T23:59:59.999Z')",
    'f => (new Date(0) ?? f.v).getTime()',
    'f => (new Date(-1) ?? f.v).valueOf() ?? f.i',
  ],
  'roots of negative numbers': ['f => Math.sqrt(f.i)', 'f => f.i ** 0.5'],
  'lists with null and NaN': [
    'f => [null, 0.5].includes(f.x)',
    'f => [NaN].includes(f.y)',
    "f => !['ab'].includes(f.s)",
  ],
  'a const that hides another within its block': [
    'f => { const a = f.i; if (f.p) { const a = f.x; return a } return a }',
    'f => { const a = f.i; if (f.p) { const a = f.x; return a } else { return a } }',
  ],
  'a block that gives nothing, or nothing for some rows': [
    'f => { const a = f.i; return; }',
    'f => { if (f.p) return; return f.q }',
    'f => { if (f.p) return true }',
  ],
  'whole numbers past 32 bits': ['f => f.i * 4294967296', 'f => f.n + 1', 'f => f.n > 9007199254740990'],
};

describe('named cases', () => {
  beforeAll(() => make(ROWS));
  for (const [title, texts] of Object.entries(KEPT)) {
    it(title, async () => {
      for (const text of texts) {
        expect(await compare(text, 'value'), text).toBe(true);
        await compare(text, 'condition');
      }
    });
  }

  it('variables may be called as the printing calls its own', async () => {
    const captures = { $: 1, $0: 2, fn: (value: number) => value * 10, out: 3, rows: 4, base: 5, lambda: 6 };
    const text = 'f => { const $1 = 100; return $ + $0 + fn(f.i) + out + rows + base + lambda + $1 }';
    const { columns } = await bothWays(bench.host, 'random', text, 'value', captures);
    expect(columns).toEqual({ type: 'DOUBLE', values: [151, 121, 51] });
  });

  it('a captured -0 keeps its sign', async () => {
    const { sql, columns } = await bothWays(bench.host, 'random', 'f => 1 / captured', 'value', { captured: -0 });
    expect([sql, columns]).toEqual([columns, { type: 'DOUBLE', values: Array(3).fill(-Infinity) }]);
  });

  it('a value past 2^53 is an error both ways, with column and value', async () => {
    await make(
      "(1, 1, 1, 1, 9007199254740993, 1, 'a', 'a', true, true, timestamp '2024-01-01', timestamp '2024-01-01', date '2024-01-01')",
    );
    const { sql, columns } = await bothWays(bench.host, 'random', 'f => f.n + 1', 'value');
    expect(sql).toBe(columns);
    expect(sql).toContain('n:9007199254740993');
  });
});
