/**
 * The folders of one session, `.gondola/notebooks/ID/`:
 *   session/  working folder, read-write: the database, spilled rows, files that code writes; `data` in it is the view
 *   out/      where a process writes result files, which the server takes away
 *   results/  what it took; read-only for processes
 *   linked/   files that become results as they are, until they are one; the server's own
 *   modules/  copies of the `.ts` files beside the notebook that its code imports; read-only for processes
 *   named/    of a visitor's: large named results of the notebook's own session; read-only for processes
 *   view/     links to the visible entries of `data/` folders; the server's own
 * `refresh` keeps the view true. It is called before each use, and looks without waiting: each of its few calls takes
 * microseconds, while a promise of one waits for a thread behind the syncs of every notebook.
 */
import { type BigIntStats, lstatSync, realpathSync } from 'node:fs';
import { chmod, chown, lchown, lstat, mkdir, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EXCHANGE_FOLDER } from '../../interpreters/protocol.ts';
import { removeTree } from '../storage/disk/remove.ts';
import { forgetLinks } from './links.ts';
import { copyModules } from './modules.ts';
import type { Mount } from './program.ts';
import { type DataFolder, foldersAbove, mentionsOwn, mountKey, ownName, type View, viewOf } from './visible.ts';

/** A folder written within this time may be written again without a newer time stamp: it is read again. */
const TIMESTAMP_MS = 100;

/** In the folder of a visitor's session. */
export const NAMED_FOLDER = 'named';

/** A finished result is taken out of `out` within this time. */
const TAKING_MS = 60_000;

export type Owner = { readonly uid: number; readonly gid: number };

export type Prepared = {
  readonly key: string;
  readonly view: View;
  readonly mounts: readonly Mount[];
  /** The notebook's own folder, on the host. */
  readonly own?: string;
  /** Hosts are granted to the notebook. */
  readonly networked?: true;
};

export type Folders = {
  readonly session: string;
  readonly out: string;
  readonly results: string;
  /** Where files are linked that become results as they are. */
  readonly linked: string;
  /** Who its processes run as, where that is not the server's user. */
  readonly owner: () => Owner | undefined;
  /** Where links to visible entries lie, on the host. */
  readonly view: string;
  /** Copies of the `.ts` files that its code imports. */
  readonly modules: string;
  /** Links to large named results of the notebook's own session, where this is another. */
  readonly named?: string;
  /**
   * Removes what earlier processes left: in `out`, but not what is just being taken away, and rows on their way. What code
   * took from itself, such as entering its folder, it gets back. Call it, and `clear`, while no process lives.
   */
  emptyOut(): Promise<void>;
  /** Removes the database and all files of the session. */
  clear(): Promise<void>;
  /** Brings the view up to date with the notebook's place and its `data` folders. */
  refresh(notebook: string, source: string): Promise<Prepared>;
};

/** `isolated`: links name the paths of a sandbox instead of the host's. */
export function sessionFolders(options: {
  readonly workspace: string;
  /** `.gondola/notebooks/ID`. */
  readonly base: string;
  /** Of a visitor: it has named results of the notebook linked into `named`, and writes nothing beside the notebook. */
  readonly visitor?: boolean;
  readonly isolated: () => boolean;
  /** Who the processes run as, where that is not the server's user. */
  readonly owner: () => Owner | undefined;
  readonly now: () => number;
}): Folders {
  const { workspace, base } = options;
  const session = join(base, 'session');
  const out = join(base, 'out');
  const results = join(base, 'results');
  const linked = join(base, 'linked');
  const viewFolder = join(base, 'view');
  const modules = join(base, 'modules');
  const named = options.visitor ? join(base, NAMED_FOLDER) : undefined;
  let made = false;
  let known: { readonly signature: string; readonly prepared: Prepared } | undefined;

  const dataFolder = (folder: string): { data: Omit<DataFolder, 'entries'>; stats: BigIntStats } | undefined => {
    const host = join(workspace, folder, 'data');
    const stats = look(() => lstatSync(host, { bigint: true, throwIfNoEntry: false }));
    // A link would show whatever it names: another notebook's folder, or the whole host.
    if (!stats?.isDirectory() || look(() => realpathSync.native(host)) !== host) return undefined;
    return { data: { folder, host, identity: `${stats.dev}:${stats.ino}` }, stats };
  };

  return {
    session,
    out,
    results,
    linked,
    owner: options.owner,
    view: viewFolder,
    modules,
    ...(named === undefined ? {} : { named }),
    async emptyOut() {
      for (const folder of [session, out]) await unlock(folder, OPEN);
      await empty(out, options.now() - TAKING_MS);
      await forgetLinks(linked, options.now());
      await removeTree(join(session, EXCHANGE_FOLDER));
    },
    async clear() {
      for (const folder of [session, out]) await unlock(folder, OPEN);
      await empty(session);
      await empty(out);
      known = undefined;
    },
    async refresh(notebook, source) {
      if (!made) await make();
      made = true;
      const isolated = options.isolated();
      const above = foldersAbove(notebook);
      const ownPath = join(workspace, above[0]!, 'data', ownName(notebook));
      await copyModules(source, join(workspace, above[0]!), modules);
      if (!options.visitor && mentionsOwn(source, ownName(notebook))) await makeOwn(ownPath, options.owner());
      const found = above.map(dataFolder).filter((one) => one !== undefined);
      const isThere = found[0]?.data.folder === above[0] && isFolder(ownPath);
      const own = isThere && !options.visitor ? ownPath : undefined;
      const oldest = BigInt(options.now() - TIMESTAMP_MS) * 1_000_000n;
      const settled = found.every(({ stats }) => stats.mtimeNs < oldest);
      const signature = JSON.stringify([
        isolated,
        own ?? null,
        found.map(({ data, stats }) => [data.host, data.identity, String(stats.mtimeNs)]),
      ]);
      if (known?.signature === signature && (!isolated || isFolder(join(session, 'data')))) return known.prepared;
      const folders = await Promise.all(
        found.map(async ({ data }) => ({ ...data, entries: await readdir(data.host).catch(() => []) })),
      );
      const view = viewOf(folders);
      await show(view);
      const prepared: Prepared = {
        key: `${isolated} ${mountKey(view, own)}`,
        view,
        mounts: mountsOf(view, own),
        ...(own === undefined ? {} : { own }),
      };
      known = settled ? { signature, prepared } : undefined;
      return prepared;
    },
  };

  async function make(): Promise<void> {
    for (const folder of [session, out, results, viewFolder, modules, named ?? []].flat())
      await mkdir(folder, { recursive: true });
    await mkdir(linked, { recursive: true, mode: 0o700 });
    const owner = options.owner();
    if (!owner) return;
    await give(session, owner);
    await give(out, owner);
    await chmod(results, 0o755);
    await chmod(viewFolder, 0o755);
    await chmod(modules, 0o755);
    if (named) await chmod(named, 0o755);
  }

  function mountsOf(view: View, own: string | undefined): readonly Mount[] {
    const inData = join('/session/data', own?.slice(own.lastIndexOf('/') + 1) ?? '');
    switch (view.kind) {
      case 'empty':
        return [{ host: viewFolder, inside: '/session/data' }];
      case 'whole':
        return [
          { host: view.folder.host, inside: '/session/data' },
          ...(own === undefined ? [] : [{ host: own, inside: inData, write: true }]),
        ];
      case 'entries':
        return [
          { host: viewFolder, inside: '/session/data' },
          ...view.folders.map(({ host }, index) => ({ host, inside: `/data/${index}` })),
          ...(own === undefined
            ? []
            : [{ host: own, inside: `/data/0/${own.slice(own.lastIndexOf('/') + 1)}`, write: true }]),
        ];
    }
  }

  /**
   * In a sandbox `session/data` is the place a mount goes to, never a link: what mounts may be root, and would follow it.
   * Without one it is a link to the folder shown.
   */
  async function show(view: View): Promise<void> {
    if (view.kind !== 'whole') await linkEntries(view);
    const at = join(session, 'data');
    const target = view.kind === 'whole' ? view.folder.host : viewFolder;
    const now = await lstat(at).catch(() => undefined);
    if (options.isolated()) {
      if (now?.isDirectory()) return;
      await rm(at, { force: true });
      await mkdir(at);
      return;
    }
    if (now?.isSymbolicLink() && (await readlink(at)) === target) return;
    await removeTree(at);
    await symlink(target, at);
  }

  async function linkEntries(view: Exclude<View, { kind: 'whole' }>): Promise<void> {
    const entries = view.kind === 'empty' ? [] : [...view.entries];
    const folders = view.kind === 'empty' ? [] : view.folders;
    const wanted = new Map(
      entries.map(([name, index]) => [
        name,
        options.isolated() ? `/data/${index}/${name}` : join(folders[index]!.host, name),
      ]),
    );
    for (const name of await readdir(viewFolder)) {
      const at = join(viewFolder, name);
      if (wanted.get(name) === (await readlink(at).catch(() => undefined))) wanted.delete(name);
      else if (!wanted.has(name)) await removeTree(at);
    }
    for (const [name, target] of wanted) {
      // Renamed into place: a reader sees the old link or the new one.
      const fresh = join(base, `.link-${process.pid}`);
      await rm(fresh, { force: true });
      await symlink(target, fresh);
      await rename(fresh, join(viewFolder, name));
    }
  }
}

/** Undefined for what can't be looked at. */
function look<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}

const isFolder = (path: string): boolean =>
  look(() => lstatSync(path, { throwIfNoEntry: false }))?.isDirectory() ?? false;

async function makeOwn(path: string, owner: Owner | undefined): Promise<void> {
  // Below a folder that is a link it would be made wherever that leads.
  let above = dirname(path);
  while (!look(() => lstatSync(above)) && above !== dirname(above)) above = dirname(above);
  if (look(() => realpathSync.native(above)) !== above) return;
  await mkdir(path, { recursive: true }).catch(() => undefined);
  if (owner && isFolder(path)) await chown(path, owner.uid, owner.gid);
}

/** Gives a folder and all in it to `owner`. Only when the folder is not theirs yet: then a server of another kind made it. */
async function give(folder: string, owner: Owner): Promise<void> {
  const stats = await lstat(folder);
  if (stats.uid === owner.uid && stats.gid === owner.gid) return;
  for (const entry of await readdir(folder, { recursive: true })) {
    await lchown(join(folder, entry), owner.uid, owner.gid).catch(() => undefined);
  }
  await chown(folder, owner.uid, owner.gid);
}

/** Removes what was last written before `before`. */
async function empty(folder: string, before = Number.POSITIVE_INFINITY): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const stats = await lstat(path).catch(() => undefined);
    if (stats && stats.mtimeMs < before) await removeMade(path);
  }
}

/** Also what code made so that nobody may enter, which stands in the way of whoever is not root. */
export async function removeMade(path: string): Promise<void> {
  try {
    await removeTree(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM')))
      throw error;
    await unlockAll(path);
    await removeTree(path);
  }
}

async function unlockAll(path: string): Promise<void> {
  if (!(await lstat(path)).isDirectory()) return;
  await unlock(path);
  for (const name of await readdir(path)) await unlockAll(join(path, name));
}

async function unlock(folder: string, mode = 0o700): Promise<void> {
  const stats = await lstat(folder).catch(() => undefined);
  if (stats?.isDirectory() && (stats.mode & mode) !== mode) await chmod(folder, (stats.mode & 0o777) | mode);
}

/** What mounts a session's folders may be another user than their owner. */
const OPEN = 0o755;
