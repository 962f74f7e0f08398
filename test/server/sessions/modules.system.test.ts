/** Modules that change their kind while they are copied: another notebook’s code may write below `data/`. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyModules } from '../../../server/sessions/modules.ts';

const ODD = 1500;

/** Puts what is no file and a file in the place of `path` by turns, until there is none left of the first. */
const SWAP = `
  const { renameSync, writeFileSync } = require('node:fs');
  const { path, odd } = require('node:worker_threads').workerData;
  for (const one of odd) {
    writeFileSync(path + '.next', 'export const own = 1');
    renameSync(path + '.next', path);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0.05);
    renameSync(one, path);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0.05);
  }`;

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'gondola-modules-')));
  mkdirSync(join(root, 'notes', 'data', 'other'), { recursive: true });
  mkdirSync(join(root, 'odd'));
  writeFileSync(join(root, 'secret'), 'the server’s own');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function copiedMeanwhile(odd: readonly string[]): Promise<ReadonlySet<string>> {
  const worker = new Worker(SWAP, {
    eval: true,
    workerData: { path: join(root, 'notes', 'data', 'other', 'x.ts'), odd },
  });
  let swapping = true;
  worker.once('exit', () => {
    swapping = false;
  });
  const seen = new Set<string>();
  while (swapping) {
    const copied = copyModules(`import { own } from './data/other/x.ts'`, join(root, 'notes'), join(root, 'copies'));
    const how = await Promise.race([
      copied.then(() => 'copied'),
      new Promise((resolve) => setTimeout(() => resolve('hangs'), 5_000)),
    ]);
    expect(how).toBe('copied');
    try {
      seen.add(readFileSync(join(root, 'copies', 'data', 'other', 'x.ts'), 'utf8'));
    } catch {
      seen.add('none');
    }
  }
  return seen;
}

describe('a module that is replaced while it is copied', () => {
  it('is never what a link leads to', { timeout: 60_000 }, async () => {
    const links = Array.from({ length: ODD }, (_, index) => join(root, 'odd', String(index)));
    for (const link of links) symlinkSync(join(root, 'secret'), link);
    const seen = await copiedMeanwhile(links);
    expect([...seen].sort()).toEqual(['export const own = 1', 'none']);
  });

  it('holds up no thread as a pipe', { timeout: 60_000 }, async () => {
    const pipes = Array.from({ length: ODD }, (_, index) => join(root, 'odd', String(index)));
    expect(spawnSync('mkfifo', pipes).status).toBe(0);
    const seen = await copiedMeanwhile(pipes);
    expect([...seen].sort()).toEqual(['export const own = 1', 'none']);
  });
});
