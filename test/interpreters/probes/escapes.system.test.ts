/** TypeScript paragraphs of a real session against the table of `escapes.ts`: none gets hold of anything, and the session goes on. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { counter, keep, wantsRecord } from '../../reliability/record.ts';
import { root } from '../../server/sessions/support.ts';
import { failureIn, openTypescript, type TypescriptBench } from '../typescript/bench.ts';
import { ESCAPES } from './escapes.ts';

const { held, counts } = counter(ESCAPES);

let bench: TypescriptBench;
beforeAll(async () => {
  bench = openTypescript({
    files: {
      'sub/helpers.ts': "export const mine = 'ok';",
      'sub/notes.nb.md': '# private',
      'private.ts': "export const theirs = 'private';",
    },
  });
  expect((await run('create table kept as select 42 as x', 'sql')).outcome).toEqual({ state: 'done' });
});
afterAll(async () => {
  if (wantsRecord()) keep(root, { figure: 'R7', part: 'escapes of TypeScript', counts: counts() });
  await bench.close();
});

const run = (source: string, interpreter = 'typescript') =>
  bench.run(source, { notebook: 'sub/report.nb.md', interpreter });

it('the table has at least 40 escapes of at least 8 classes, each with another name', () => {
  expect(ESCAPES.length).toBeGreaterThanOrEqual(40);
  expect(new Set(ESCAPES.map(({ what }) => what)).size).toBe(ESCAPES.length);
  expect(new Set(ESCAPES.map((one) => one.class)).size).toBeGreaterThanOrEqual(8);
});

it.each(ESCAPES.map((one) => [one.what, one] as const))('%s', async (_, one) => {
  const { attack, control } = one;
  const ran = await run(attack);
  if (ran.outcome.state === 'done') expect(ran.value).toBe('undefined\n');
  else
    expect(failureIn(ran)).toMatchObject({
      code: expect.stringMatching(/^(thrown|unknown-name|import|syntax|types|unsupported)$/),
    });
  // What it sent passed through this process, as it passes through the server.
  expect(Object.keys(Object.prototype)).toEqual([]);
  const lawful = await run(control);
  expect(failureIn(lawful)).toEqual({ state: 'done' });
  expect(lawful.value).toBe('ok\n');
  held(one);
});

it('leaves the session as it was', async () => {
  expect((await run('(await table("kept").rows())[0]!.x')).value).toBe('42\n');
});
