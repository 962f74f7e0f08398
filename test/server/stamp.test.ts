/** Whether a start builds: what is told from folders alone, and what from every file. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { foldersFile, foldersOf, isFresh, looksFresh, stampFile, stampOf } from '../../server/stamp.js';

let root: string;
const at = (path: string): string => join(root, path);
function write(path: string, text = 'a'): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
}
/** As a build ends. */
function built(what: 'all' | 'programs' = 'all'): void {
  write('dist/x');
  writeFileSync(foldersFile(root), foldersOf(root));
  writeFileSync(stampFile(root, what), stampOf(root));
}
const told = (what?: 'all' | 'programs') => ({ looks: looksFresh(root, what), is: isFresh(root, what) });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stamp-'));
  for (const path of ['client/a.ts', 'server/rooms/b.ts', 'interpreters/sql/c.ts', 'package.json']) write(path);
  built();
});
afterEach(() => rmSync(root, { recursive: true }));

it('nothing is built again where nothing changed', () => {
  expect(told()).toEqual({ looks: true, is: true });
  expect(told('programs')).toEqual({ looks: true, is: true });
});

it('a file that was written into is seen by a look at every file', () => {
  write('server/rooms/b.ts', 'other');
  expect(isFresh(root)).toBe(false);
});

it.each([
  ['a new file', () => write('server/rooms/new.ts')],
  ['a new folder', () => write('client/deep/er/new.ts')],
  ['a file that is gone', () => rmSync(at('interpreters/sql/c.ts'))],
  [
    'a file in whose place another was put, as git and many editors do',
    () => {
      write('server/rooms/b.ts.next', 'other');
      renameSync(at('server/rooms/b.ts.next'), at('server/rooms/b.ts'));
    },
  ],
  ['another package.json, in whatever way', () => write('package.json', 'other')],
])('%s is seen by a look at the folders', (_what, change) => {
  // File systems keep time by ticks: so that it is another, whatever the machine.
  const before = new Date(Date.now() - 60_000);
  for (const path of ['client', 'server/rooms', 'interpreters/sql', 'package.json'])
    utimesSync(at(path), before, before);
  built();
  expect(told()).toEqual({ looks: true, is: true });
  change();
  expect(told()).toEqual({ looks: false, is: false });
});

it('what an editor left beside a file and took away leads to a look at every file, and to no build', () => {
  utimesSync(at('server/rooms'), new Date(), new Date(Date.now() + 60_000));
  expect(told()).toEqual({ looks: false, is: true });
});

it('programs built without the page are no page', () => {
  rmSync(stampFile(root));
  built('programs');
  expect(told('programs')).toEqual({ looks: true, is: true });
  expect(told()).toEqual({ looks: false, is: false });
});

it('nothing is fresh that was never built', () => {
  rmSync(at('dist'), { recursive: true });
  expect(told()).toEqual({ looks: false, is: false });
});
