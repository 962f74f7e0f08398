import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { discard, drive } from './harness.ts';

const root = join(import.meta.dirname, '../..');

test('the example of docs/interpreters.md is an interpreter', async () => {
  const page = readFileSync(join(root, 'docs/interpreters.md'), 'utf8');
  const example = /```ts\n([\s\S]+?)```/.exec(page)?.[1] ?? '';
  const file = join(mkdtempSync(join(tmpdir(), 'gondola-example-')), 'main.ts');
  writeFileSync(file, example.replace("'../runner.ts'", JSON.stringify(join(root, 'interpreters/runner.ts'))));
  const driven = await drive({ command: process.execPath, args: [file] });
  const finished = await driven.run('hello');
  expect(finished).toMatchObject({ outcome: { state: 'done' }, values: 'HELLO' });
  await driven.end();
  expect(await driven.exited).toEqual({ code: 0, signal: null });
  await discard(driven);
});
