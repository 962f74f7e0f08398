/** What takes too much ends at its limit, in real sessions with little memory; tables stay and the session goes on. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { failureIn, openTypescript, type TypescriptBench } from './bench.ts';

const MB = 2 ** 20;
let bench: TypescriptBench;
beforeAll(async () => {
  bench = openTypescript({
    limits: { memory: 256 * MB, budget: 1024 * MB },
    files: { 'helpers.ts': 'export const twice = (x: number): number => x * 2;', 'notes.nb.md': '# private' },
  });
  await bench.run('create table kept as select 42 as x', { interpreter: 'sql' });
});
afterAll(() => bench.close());

const MEMORY = /^(memory-limit|out-of-isolate-memory|process-gone)$/;

it.each([
  'const a: unknown[] = []; while (true) a.push({})',
  'const m = new Map(); for (let i = 0; ; i++) m.set(i, { i })',
  'Array(1e9).fill(0)',
  "const s: string[] = []; for (;;) s.push('x'.repeat(1e6) + s.length)",
  'const ps: Promise<unknown>[] = []; for (;;) ps.push(Promise.resolve().then(() => 1))',
])('%s ends at the memory limit', async (source) => {
  expect(failureIn(await bench.ts(source))).toMatchObject({ code: expect.stringMatching(MEMORY) });
  const next = await bench.ts('1 + 1');
  expect(next.value).toBe('2\n');
  expect(next.stderr).toMatch(/variables/i);
});

it.each([
  'new ArrayBuffer(2e9)',
  '(function f(): number { return f() + 1 })()',
  "'x'.repeat(2 ** 29) + 'y'.repeat(2 ** 29)",
])('%s is an ordinary error', async (source) => {
  expect(failureIn(await bench.ts(source))).toMatchObject({
    code: 'thrown',
    message: expect.stringMatching(/^RangeError/),
  });
});

it('printing without end ends at the output limit', async () => {
  const ran = await bench.ts("for (;;) console.log('x'.repeat(100))");
  expect(failureIn(ran)).toMatchObject({ code: 'output-limit' });
  expect(ran.stdout.length).toBeLessThan(1.1 * MB);
});

it.each(['for (;;) {}', "/(a+)+b/.test('a'.repeat(40))"])('%s ends at the time limit', async (source) => {
  const short = openTypescript({ limits: { memory: 256 * MB, budget: 1024 * MB, cpuMs: 2_000 } });
  try {
    expect((await short.ts(source)).outcome).toMatchObject({ state: 'failed', reason: 'time-limit' });
    expect((await short.ts('1 + 1')).value).toBe('2\n');
  } finally {
    await short.close();
  }
});

it('a catastrophic expression ends with a cancel, and keeps variables', async () => {
  await bench.ts('const kept = 7');
  const abort = new AbortController();
  const running = bench.ts("/(a+)+b/.test('a'.repeat(40))", {
    signal: abort.signal,
    onEvent: (event) => event.type === 'started' && setTimeout(() => abort.abort(), 300),
  });
  expect((await running).outcome).toEqual({ state: 'cancelled' });
  expect((await bench.ts('kept')).value).toBe('7\n');
});

it('tables are there after all of it', async () => {
  const ran = await bench.ts('(await table("kept").rows())[0]!.x');
  expect(failureIn(ran)).toEqual({ state: 'done' });
  expect(ran.value).toBe('42\n');
});

it('files beside the notebook are imported in the sandbox too, and nothing else of its folder is there', async () => {
  expect((await bench.ts("import { twice } from './helpers.ts';\ntwice(21)")).value).toBe('42\n');
  expect(failureIn(await bench.ts("import x from './notes.nb.md'"))).toMatchObject({ code: 'import' });
});
