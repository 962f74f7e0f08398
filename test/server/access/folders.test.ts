import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Access, openAccess } from '../../../server/access/access.ts';
import { keepFolderGrants, sharedFolders } from '../../../server/access/folders.ts';
import { grantsAt, setGrants } from '../../../server/access/grants.ts';
import { type BookChange, grantChange } from '../../../server/access/store.ts';
import { checkDatabase } from '../../../server/check/records.ts';
import type { NotebookId, PersonId, TokenId } from '../../../server/protocol/ids.ts';
import type { Workspace } from '../../../server/workspace/contract.ts';
import { openWorkspace } from '../../../server/workspace/workspace.ts';

const TEXT = '# Sales\n\nAll of them, by month.\n\nAnd by year.\n';
const WAIT = { timeout: 20_000 };
const state: { root: string; access: Access; workspace: Workspace; release: () => void } = {
  root: '',
} as never;
const at = (path: string): string => join(state.root, path);

const grantTo = (folder: string) =>
  grantChange({
    place: { kind: 'folder', folder },
    subject: { kind: 'person', person: 'ben' as PersonId },
    role: 'writer',
    by: 'Ada',
    at: 1,
  });
const tokenFor = (...folders: string[]): BookChange => ({
  table: 'tokens',
  id: 'nightly' as TokenId,
  body: {
    id: 'nightly' as TokenId,
    ...{ name: 'nightly', digest: 'd', role: 'reader', made: 1, by: 'Ada' },
    places: [{ kind: 'notebook', notebook: 'elsewhere' as NotebookId }, ...folders.map(folderPlace)],
  },
});
const folderPlace = (folder: string) => ({ kind: 'folder', folder }) as const;
/** What the token names beside a notebook, and whether it reads a notebook there. */
const named = () =>
  state.access.store
    .latest()
    .tokens.get('nightly' as TokenId)
    ?.places?.slice(1);
const reads = (path: string): boolean =>
  state.access.decide({ kind: 'token', token: 'nightly' as TokenId }, 'notebook.read', {
    kind: 'notebook',
    notebook: 'any' as NotebookId,
    path,
  }).allowed;
const living = () => [...sharedFolders(state.access.store.latest(), 'folder')].sort();
const aside = () => sharedFolders(state.access.store.latest(), 'gone');
const told = () =>
  state.access.audit
    .read({ limit: 10 })
    .map(({ event, on }) => `${event} ${on}`)
    .reverse();

async function start(): Promise<void> {
  state.workspace = await openWorkspace({
    root: state.root,
    languages: { sql: 'sql' },
    report: () => {},
    poll: true,
    recall: async () => TEXT,
  });
  state.release = await keepFolderGrants({
    access: state.access,
    workspace: state.workspace,
    isThere: async (folder) => existsSync(at(folder)),
    warn: (what) => {
      throw new Error(what);
    },
  });
}

async function stop(): Promise<void> {
  state.release();
  await state.workspace.close();
}

beforeEach(async () => {
  state.root = await mkdtemp(join(tmpdir(), 'gondola-folders-'));
  await mkdir(at('.gondola'));
  await mkdir(at('reports/deep'), { recursive: true });
  await writeFile(at('reports/deep/sales.nb.md'), TEXT);
  state.access = openAccess(at('.gondola/gondola.db'), 'owner', Date.now);
  state.access.store.commit(() => [grantTo('reports'), grantTo('reports/deep'), grantTo('reportsish')]);
  await mkdir(at('reportsish'));
  await start();
});
afterEach(async () => {
  try {
    await stop();
    state.access.close();
  } finally {
    await rm(state.root, { recursive: true, maxRetries: 5 });
  }
});

it('a folder that is renamed on the disk takes its roles along, and the log tells it', {
  timeout: 60_000,
}, async () => {
  await rename(at('reports'), at('papers'));
  await vi.waitFor(() => expect(living()).toEqual(['papers', 'papers/deep', 'reportsish']), WAIT);
  expect(aside()).toEqual([]);
  expect(told()).toEqual(
    expect.arrayContaining([
      'grant-removed reports/',
      'grant-removed reports/deep/',
      'granted papers/',
      'granted papers/deep/',
    ]),
  );
  expect(grantsAt(state.access.store.book(), { kind: 'folder', folder: 'papers' })).toMatchObject([
    { role: 'writer', by: 'Ada', at: 1 },
  ]);
});

it('tokens that name a folder follow it, open nothing once it is gone, and all is told', {
  timeout: 60_000,
}, async () => {
  state.access.store.commit(() => [tokenFor('reports/deep')]);
  expect([reads('reports/deep/a.nb.md'), reads('papers/deep/a.nb.md'), reads('a.nb.md')]).toEqual([true, false, false]);
  await rename(at('reports'), at('papers'));
  await vi.waitFor(() => expect(named()).toEqual([folderPlace('papers/deep')]), WAIT);
  expect([reads('reports/deep/a.nb.md'), reads('papers/deep/a.nb.md')]).toEqual([false, true]);

  await rm(at('papers'), { recursive: true });
  await vi.waitFor(() => expect(named()).toEqual([{ kind: 'gone', folder: 'papers/deep' }]), WAIT);
  expect([reads('papers/deep/a.nb.md'), reads('a.nb.md')]).toEqual([false, false]);
  await state.workspace.create({ title: 'Another', folder: 'papers/deep' });
  expect(reads('papers/deep/another.nb.md')).toBe(false);

  await mkdir(at('papers/deep'), { recursive: true });
  await writeFile(at('papers/deep/sales.nb.md'), TEXT);
  await vi.waitFor(() => expect(named()).toEqual([folderPlace('papers/deep')]), WAIT);
  const changes = state.access.audit.read({ limit: 100 }).filter(({ event }) => event === 'token-changed');
  expect(changes.map(({ on, detail }) => `${on} ${detail}`).reverse()).toEqual([
    'nightly nightly: elsewhere, papers/deep/',
    'nightly nightly: elsewhere, papers/deep/ (gone)',
    'nightly nightly: elsewhere, papers/deep/',
  ]);
});

it('a token that names a folder which was gone and is another’s now does not come back to it', async () => {
  await stop();
  state.access.store.commit((book) => [
    ...[...book.grants.keys()].map(
      (key): BookChange => ({ table: 'grants', id: `${key}|person:ben`, body: undefined }),
    ),
    tokenFor('reports/deep'),
  ]);
  await rename(at('reports'), at('.aside'));
  await start();
  expect(named()).toEqual([{ kind: 'gone', folder: 'reports/deep' }]);
  await stop();
  state.access.store.commit(() => [grantTo('reports/deep')]);
  await rename(at('.aside'), at('reports'));
  await start();
  expect(named()).toEqual([{ kind: 'gone', folder: 'reports/deep' }]);
});

it('a folder renamed while no server ran takes its roles along', async () => {
  await stop();
  await rename(at('reports'), at('papers'));
  await start();
  expect(living()).toEqual(['papers', 'papers/deep', 'reportsish']);
});

it('roles of a folder that is gone are no role in a new one of its name, and come back with its notebooks', {
  timeout: 60_000,
}, async () => {
  await rm(at('reports'), { recursive: true });
  await vi.waitFor(() => expect(aside()).toEqual(['reports/deep', 'reports']), WAIT);
  expect(living()).toEqual(['reportsish']);
  const notes: string[] = [];
  checkDatabase(at('.gondola'), { damage: (...all) => notes.push(all.join()), note: (line) => notes.push(line) });
  expect(notes).toEqual([
    expect.stringContaining('reports/deep/ is gone'),
    expect.stringContaining('reports/ is gone'),
  ]);

  const made = await state.workspace.create({ title: 'Mine', folder: 'reports' });
  expect(made.path).toBe('reports/mine.nb.md');
  expect(living()).toEqual(['reportsish']);

  await mkdir(at('reports/deep'));
  await writeFile(at('reports/deep/sales.nb.md'), TEXT);
  await vi.waitFor(() => expect(living()).toEqual(['reports', 'reports/deep', 'reportsish']), WAIT);
  expect(aside()).toEqual([]);
});

it('a folder that went while no server ran has its roles put aside, and sharing its name anew ends them', async () => {
  await stop();
  await rm(at('reports'), { recursive: true });
  await start();
  expect(living()).toEqual(['reportsish']);
  let changes: readonly BookChange[] = [];
  state.access.store.commit((book) => {
    changes = setGrants(book, { kind: 'folder', folder: 'reports' }, [], 'Ada', 2);
    return changes;
  });
  expect(changes).toHaveLength(1);
  expect(aside()).toEqual(['reports/deep']);
});

it('a folder that went and came back while no server ran has its roles again', async () => {
  await stop();
  await rename(at('reports'), at('.aside'));
  await start();
  expect(living()).toEqual(['reportsish']);
  await stop();
  await rename(at('.aside'), at('reports'));
  await start();
  expect(living()).toEqual(['reports', 'reports/deep', 'reportsish']);
});
