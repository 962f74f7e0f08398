import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { discard, drive } from './harness.ts';

const root = join(import.meta.dirname, '../..');

test('the example of docs/interpreters.md is an interpreter', async () => {
  const page = readFileSync(join(root, 'docs/interpreters.md'), 'utf8');
  const example = /```ts\n([\s\S]+?)```/.exec(page)?.[1] ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'gondola-example-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'main.ts');
  writeFileSync(file, example.replace("'../runner.ts'", JSON.stringify(join(root, 'interpreters/runner.ts'))));
  const driven = await drive({ command: process.execPath, args: [file] });
  const finished = await driven.run('hello');
  expect(finished).toMatchObject({ outcome: { state: 'done' }, values: 'HELLO' });
  await driven.end();
  expect(await driven.exited).toEqual({ code: 0, signal: null });
  await discard(driven);
});
