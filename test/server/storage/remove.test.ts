import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeTree } from '../../../server/storage/disk/remove.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gondola-remove-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('other calls of the disk go on among the removals of very many files', async () => {
  const many = join(folder, 'many');
  mkdirSync(many);
  for (let at = 0; at < 5_000; at += 1) writeFileSync(join(many, String(at)), '');
  const removing = removeTree(many);
  // Were all removals asked for at once, the third of these would wait for them all.
  for (let call = 0; call < 100; call += 1) await stat(folder);
  expect(readdirSync(many).length).toBeGreaterThan(1_000);
  await removing;
  expect(existsSync(many)).toBe(false);
});

test('folders go with all in them, links without what they name, and names are bytes', async () => {
  const tree = join(folder, 'tree');
  mkdirSync(join(tree, 'a', 'b'), { recursive: true });
  mkdirSync(join(folder, 'kept'));
  writeFileSync(join(folder, 'kept', 'file'), 'x');
  writeFileSync(join(tree, 'a', 'b', 'file'), '');
  // Not every file system takes what is no UTF-8.
  if (process.platform === 'linux')
    writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0xff, 0xfe])]), '');
  symlinkSync(join(folder, 'kept'), join(tree, 'link'));
  symlinkSync('nowhere', join(tree, 'dangling'));
  await removeTree(tree);
  expect(readdirSync(folder)).toEqual(['kept']);
  expect(readdirSync(join(folder, 'kept'))).toEqual(['file']);
  await removeTree(tree);
});
