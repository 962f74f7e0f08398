/** The start script under an older Node: it hands over to the Node that npm installed. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeWorkspace, root } from '../support/server.ts';

let folder: ReturnType<typeof makeWorkspace>;
let shipped: string;
beforeEach(() => {
  folder = makeWorkspace({
    'package.json': '{ "type": "module" }',
    'server/gondola.js': readFileSync(join(root, 'server', 'gondola.js'), 'utf8'),
    'old.cjs': "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.9.0' } });",
  });
  shipped = join(folder.path, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  mkdirSync(dirname(shipped), { recursive: true });
  writeFileSync(shipped, '#!/bin/sh\necho "handed over: $2"\nexit 7\n', { mode: 0o755 });
});
afterEach(() => folder.remove());

const start = () => {
  const script = ['--require', join(folder.path, 'old.cjs'), join(folder.path, 'server', 'gondola.js'), 'check'];
  return spawnSync(process.execPath, script, { encoding: 'utf8' });
};

it('passes its arguments on, and ends as that one ends', () => {
  const { status, stdout } = start();
  expect([status, stdout]).toEqual([7, 'handed over: check\n']);
});

it('finds it where npm put it beside the package', () => {
  const installed = join(folder.path, 'node_modules', 'gondola');
  mkdirSync(join(installed, 'server'), { recursive: true });
  writeFileSync(join(installed, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(installed, 'server', 'gondola.js'), readFileSync(join(root, 'server', 'gondola.js'), 'utf8'));
  const script = ['--require', join(folder.path, 'old.cjs'), join(installed, 'server', 'gondola.js'), 'check'];
  const { status, stdout } = spawnSync(process.execPath, script, { encoding: 'utf8' });
  expect([status, stdout]).toEqual([7, 'handed over: check\n']);
});

it('says in one line that it can’t be run', () => {
  chmodSync(shipped, 0o644);
  const { status, stderr } = start();
  expect([status, stderr.trimEnd().split('\n').length]).toEqual([2, 1]);
  expect(stderr).toContain('can’t be run');
});
