/** In a process of its own: the addon needs one that was started without Node's snapshot. */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const ADDON = join(import.meta.dirname, '../../../../interpreters/typescript/machine/addon.ts');
const FOLDER = dirname(createRequire(import.meta.url).resolve('isolated-vm'));

function printed(expression: string): string {
  const source = `import * as addon from ${JSON.stringify(ADDON)}; console.log(${expression}); process.exit(0);`;
  const args = ['--no-node-snapshot', '--no-warnings', '--input-type=module', '--eval', source];
  return execFileSync(process.execPath, args, { encoding: 'utf8' }).trim();
}

it('isolated-vm is loaded from where its prebuilt file lies, without its own search', () => {
  expect(printed(`typeof addon.prebuilt(${JSON.stringify(FOLDER)})?.Isolate`)).toBe('function');
});

it('isolated-vm is found by its own search where no file lies there', () => {
  expect(printed(`[addon.prebuilt('/nowhere'), typeof addon.loadAddon().Isolate].join()`)).toBe(',function');
});
