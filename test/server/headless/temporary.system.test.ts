/** Folders of headless runs that were killed, in the system's own temporary folder. */
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { sweepTemporaries } from '../../../server/headless/temporary.ts';
import { leftoversIn } from '../../../server/sessions/leftovers.ts';
import { missing } from '../../support/missing.ts';

const NOBODY = 65_534;
const releases: (() => void)[] = [];
afterEach(() => {
  for (const release of releases.splice(0).reverse()) release();
});

/** The folder of a run whose process is gone, and one that it had started. */
function abandoned() {
  const folder = join(tmpdir(), `gondola-run-${spawnSync('true').pid}-test${process.pid}`);
  mkdirSync(folder);
  releases.push(() => rmSync(folder, { recursive: true, force: true }));
  const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  const gone = new Promise<string | null>((resolve) => {
    child.once('exit', (_, signal) => resolve(signal));
  });
  releases.push(() => child.kill('SIGKILL'));
  leftoversIn(join(folder, 'processes')).note(child.pid!);
  return { folder, child, gone };
}

it('are removed, and what they had started is ended', async () => {
  const { folder, gone } = abandoned();
  sweepTemporaries();
  expect(await gone).toBe('SIGKILL');
  expect(existsSync(folder)).toBe(false);
});

it('of somebody else, and links to anywhere, end nothing', async () => {
  const { folder, child, gone } = abandoned();
  const link = join(tmpdir(), `gondola-run-${spawnSync('true').pid}-link${process.pid}`);
  symlinkSync(folder, link);
  releases.push(() => rmSync(link, { force: true }));
  if (process.getuid?.() === 0) chownSync(folder, NOBODY, NOBODY);
  else {
    missing('root, to make a folder of somebody else');
    return;
  }
  sweepTemporaries();
  expect(existsSync(folder)).toBe(true);
  child.kill('SIGTERM');
  expect(await gone).toBe('SIGTERM');
});
