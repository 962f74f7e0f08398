/** Result files that change their kind while they are taken: the code of a session writes in the folder they come from. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { openResultFiles } from '../../../server/results/files.ts';

const FIFOS = 1500;

/** Puts a FIFO, a file, a FIFO … in the place of `path` until there is none left. */
const SWAP = `
  const { renameSync, writeFileSync } = require('node:fs');
  const { path, fifos } = require('node:worker_threads').workerData;
  for (const [index, fifo] of fifos.entries()) {
    writeFileSync(path + '.next', 'rows');
    renameSync(path + '.next', path);
    for (let pause = 0; pause < index % 40; pause += 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0.01);
    renameSync(fifo, path);
  }`;

let root: string;
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('a result file that becomes a pipe while it is taken', () => {
  it('holds up no thread: each is taken or refused', { timeout: 60_000 }, async () => {
    root = mkdtempSync(join(tmpdir(), 'gondola-result-files-'));
    const out = join(root, 'out');
    mkdirSync(out);
    const fifos = Array.from({ length: FIFOS }, (_, index) => join(out, `fifo${index}`));
    expect(spawnSync('mkfifo', fifos).status).toBe(0);
    const path = join(out, 'rows.duckdb');
    const worker = new Worker(SWAP, { eval: true, workerData: { path, fifos } });
    let swapping = true;
    const swapped = new Promise<void>((resolve) => {
      worker.once('exit', () => {
        swapping = false;
        resolve();
      });
    });
    const files = openResultFiles(join(root, 'kept'));
    let taken = 0;
    let refused = 0;
    while (swapping) {
      const one = files.take(path, 'results', 'one.duckdb').then(
        () => 'taken',
        () => 'refused',
      );
      const how = await Promise.race([one, new Promise((resolve) => setTimeout(() => resolve('hangs'), 5_000))]);
      expect(how).not.toBe('hangs');
      if (how === 'refused') refused += 1;
      else {
        taken += 1;
        expect(await readFile(join(root, 'kept', 'results', 'one.duckdb'), 'utf8')).toBe('rows');
      }
    }
    await swapped;
    expect([taken > 0, refused > 0]).toEqual([true, true]);
    expect(existsSync(join(root, 'kept', 'results', 'one.duckdb.tmp'))).toBe(false);
  });
});
