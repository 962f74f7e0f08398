/** The start script: under an older Node it hands over to the one that npm installed; where it keeps compiled code. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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

it('keeps compiled code in the user’s folder for caches, and nothing in the one for temporary files', () => {
  const [home, tmp, main] = ['home', 'tmp', 'dist/server/main.js'].map((name) => join(folder.path, name));
  for (const made of [home!, tmp!, dirname(main!)]) mkdirSync(made, { recursive: true });
  writeFileSync(main!, "export const main = () => process.stdout.write('served\\n');\n");
  const run = (env: Readonly<Record<string, string>>) =>
    spawnSync(process.execPath, [join(folder.path, 'server', 'gondola.js')], { encoding: 'utf8', env });
  expect(run({ TMPDIR: tmp! })).toMatchObject({ status: 0, stdout: 'served\n', stderr: '' });
  expect(run({ TMPDIR: tmp!, XDG_CACHE_HOME: home! })).toMatchObject({ status: 0, stdout: 'served\n', stderr: '' });
  expect([readdirSync(tmp!), readdirSync(home!)]).toEqual([[], ['gondola']]);
  expect(readdirSync(join(home!, 'gondola')).length).toBeGreaterThan(0);
});
