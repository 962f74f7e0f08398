import { chownSync, linkSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { giveToOwner, ownerOf } from '../../../server/commands/owner.ts';

const isRoot = process.getuid?.() === 0;
/** Anybody but root. */
const SERVICE = { uid: 1234, gid: 1234 };
let folder: string;
let records: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gondola-owner-'));
  records = join(folder, '.gondola');
  mkdirSync(records, { mode: 0o700 });
  for (const name of ['gondola.db', 'gondola.db-wal', '.gitignore', 'token']) writeFileSync(join(records, name), 'x');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const uidOf = (name: string): number => statSync(join(records, name)).uid;

test.runIf(isRoot)('what root made belongs to whoever the workspace belongs to, and nothing else does', () => {
  chownSync(folder, SERVICE.uid, SERVICE.gid);
  expect(ownerOf(folder)).toEqual(SERVICE);
  giveToOwner(records, SERVICE);
  for (const name of ['.', 'gondola.db', 'gondola.db-wal', '.gitignore'])
    expect([name, uidOf(name)]).toEqual([name, 1234]);
  expect(uidOf('token')).toBe(0);
});

test.runIf(isRoot)('a name that leads to another file gives nothing away', () => {
  const other = join(folder, 'other');
  writeFileSync(other, 'root’s');
  for (const name of ['gondola.db', 'gondola.db-wal']) rmSync(join(records, name));
  symlinkSync(other, join(records, 'gondola.db'));
  linkSync(other, join(records, 'gondola.db-wal'));
  giveToOwner(records, SERVICE);
  expect(statSync(other).uid).toBe(0);
});

test('who is not root, or works on root’s own, changes nothing', () => {
  const before = uidOf('gondola.db');
  giveToOwner(records, SERVICE, 1000);
  giveToOwner(records, { uid: 0, gid: 0 }, 0);
  expect(uidOf('gondola.db')).toBe(before);
});
