/** What a paragraph's own code can't take from others of its session or break; what it can't reach is in `probes/escapes.ts`. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Driven, discard, drive } from '../harness.ts';
import { typescriptProgram } from './program.ts';

let driven: Driven;
beforeAll(async () => {
  driven = await drive(typescriptProgram);
});
afterAll(() => discard(driven));

it('what the library relies on can’t be overwritten, and can be declared anew', async () => {
  for (const name of ['table', 'sql', 'DataFrame', 'count', 'console', 'setTimeout', 'URL', 'TextEncoder', 'crypto']) {
    const { outcome } = await driven.run(`(globalThis as any).${name} = 1`);
    expect(outcome).toMatchObject({ state: 'failed', failure: { message: expect.stringContaining('read only') } });
  }
  expect((await driven.run('const count = 5; count')).values).toBe('5\n');
  expect((await driven.run('count + 1')).values).toBe('6\n');
  expect((await driven.run("const console = { log: () => 'mine' }; console.log()")).values).toBe('mine\n');
});

it('prototypes that a paragraph breaks break its session only', async () => {
  const own = await drive(typescriptProgram);
  await own.run('Array.prototype.map = () => { throw new Error("broken") }; Promise.prototype.then = null as any;');
  await discard(own);
  expect((await driven.run('[1].map((x) => x + 1)')).values).toBe('[ 2 ]\n');
});
