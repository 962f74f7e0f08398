import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileSteps } from '../../../server/workspace/steps.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gondola-steps-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const steps = () => fileSteps(join(folder, '.gondola'));
const makings: Readonly<Record<string, (path: string) => void>> = {
  'a folder': (path) => mkdirSync(path),
  'a link': (path) => {
    writeFileSync(join(folder, 'secret'), 'secret');
    symlinkSync(join(folder, 'secret'), path);
  },
  'a link to itself': (path) => symlinkSync(path, path),
  // Opening one waits for who writes into it: this test would never end.
  'a pipe': (path) => void execFileSync('mkfifo', [path]),
};

it.each(Object.keys(makings))('%s in the place of a notebook is no file, and not read', async (what) => {
  const path = join(folder, 'a.nb.md');
  makings[what]!(path);
  expect(await steps().read(path)).toBeUndefined();
  expect(await steps().hold(path)).toBeUndefined();
  expect(await steps().stamp(path)).toBeUndefined();
});

it('a file is read, and held while another takes its place', async () => {
  const path = join(folder, 'a.nb.md');
  writeFileSync(path, 'one');
  const held = await steps().hold(path);
  await steps().replace(await steps().writeTemporary(path, new TextEncoder().encode('two')), path);
  expect(new TextDecoder().decode(await held?.read())).toBe('one');
  await held?.close();
  expect(new TextDecoder().decode(await steps().read(path))).toBe('two');
});
