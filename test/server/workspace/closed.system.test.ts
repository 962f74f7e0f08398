import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SANDBOX_ID } from '../../../server/sessions/isolation.ts';
import { fullLimits } from '../../../server/sessions/limits.ts';
import { probe } from '../../../server/sessions/probe.ts';
import { nodeProgram } from '../../../server/sessions/program.ts';
import { formsFor } from '../../../server/sessions/sandbox.ts';
import { findSystem } from '../../../server/sessions/system.ts';
import { closeToOthers } from '../../../server/workspace/closed.ts';
import { absent } from '../../support/missing.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const isRoot = process.getuid?.() === 0;
let workspace: string;
let state: string;
const modeOf = (path: string) => statSync(path).mode & 0o777;

beforeEach(() => {
  workspace = realpathSync(mkdtempSync(join(tmpdir(), 'gondola-closed-')));
  chmodSync(workspace, 0o755);
  state = join(workspace, '.gondola');
  // As one that was made by hand, or by a server of before.
  mkdirSync(join(state, 'notebooks', 'abc', 'session'), { recursive: true });
  for (const folder of ['', 'notebooks', 'notebooks/abc', 'notebooks/abc/session'])
    chmodSync(join(state, folder), 0o755);
  writeFileSync(join(state, 'notebooks', 'abc', 'session', 'table'), 'rows', { mode: 0o644 });
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

it('the records are left as they are where nobody else may enter, and else closed', async () => {
  chmodSync(state, 0o700);
  closeToOthers(state, SANDBOX_ID);
  expect(modeOf(state)).toBe(0o700);
  chmodSync(state, 0o711);
  closeToOthers(state, SANDBOX_ID);
  expect(modeOf(state)).toBe(isRoot ? 0o710 : 0o700);
  chmodSync(state, 0o755);
  closeToOthers(state, SANDBOX_ID, false);
  expect(modeOf(state)).toBe(0o700);
});

if (!isRoot) absent('root, to be other users');
describe.skipIf(!isRoot)('of a server that is root', () => {
  const readAs = (uid: number) =>
    spawnSync('/bin/cat', [join(state, 'notebooks', 'abc', 'session', 'table')], { uid, gid: uid, encoding: 'utf8' });

  it('another user of the machine reaches no session, whose id they know', async () => {
    expect(readAs(65_534).stdout).toBe('rows');
    closeToOthers(state, SANDBOX_ID);
    expect(readAs(65_534)).toMatchObject({ status: 1, stdout: '' });
    // The user that code runs as still passes, as the enclosures need it to.
    expect(readAs(SANDBOX_ID).stdout).toBe('rows');
  });

  it('every enclosure that held before holds after', async () => {
    const system = findSystem();
    const program = nodeProgram({
      node: process.execPath,
      root,
      entry: 'test/fixtures/interpreters/scripted.js',
      folders: ['test/fixtures/interpreters'],
    });
    const limits = fullLimits({ memory: 2 ** 32, cores: 2 });
    const options = {
      sandbox: 'auto' as const,
      beyondLoopback: false,
      system,
      program,
      workspace,
      state,
      limits,
      within: 30_000,
    };
    const holding = async () => {
      const held: string[] = [];
      for (const form of formsFor(system))
        if ((await probe(options, form)).length === 0) held.push(`${form.id} ${form.proc}`);
      return held;
    };
    const before = await holding();
    closeToOthers(state, SANDBOX_ID);
    expect(await holding()).toEqual(before);
    expect(before.length).toBeGreaterThan(0);
  });
});
