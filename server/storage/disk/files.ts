/**
 * The disk as real files below one folder. Keeps descriptors of the files that are appended to, so that an append and
 * its sync cost two calls. A file's first sync also syncs the folders that its creation changed: without that, the file
 * itself may be missing after a power loss.
 */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Disk, DiskError } from '../disk.ts';

/** Descriptors kept for appending: a busy server's open notebooks, well below the usual limit of 1,024. */
const KEPT_DESCRIPTORS = 200;
const TEMPORARY = '.tmp';

type Kept = {
  readonly handle: FileHandle;
  length: number;
  dirty: boolean;
  readonly unsynced: Set<string>;
  uses: number;
};

export function openFiles(root: string): Disk {
  const kept = new Map<string, Promise<Kept>>();
  let temporaries = 0;
  const at = (path: string) => join(root, path);

  async function use<T>(path: string, work: (file: Kept) => Promise<T>): Promise<T> {
    const opening = kept.get(path) ?? openKept(at(path), root);
    kept.delete(path);
    kept.set(path, opening);
    const file = await opening.catch((cause) => {
      if (kept.get(path) === opening) kept.delete(path);
      throw cause;
    });
    file.uses += 1;
    try {
      return await work(file);
    } finally {
      file.uses -= 1;
      await releaseOldest();
    }
  }

  async function releaseOldest(): Promise<void> {
    for (const [path, opening] of kept) {
      if (kept.size <= KEPT_DESCRIPTORS) return;
      const file = await opening.catch(() => undefined);
      if (!file || file.uses > 0 || file.dirty || kept.get(path) !== opening) continue;
      kept.delete(path);
      await file.handle.close();
    }
  }

  async function release(path: string): Promise<void> {
    for (const [name, opening] of [...kept]) {
      if (name !== path && !name.startsWith(`${path}/`)) continue;
      kept.delete(name);
      const file = await opening.catch(() => undefined);
      await file?.handle.close();
    }
  }

  return {
    append: (path, bytes) =>
      guarded(path, () =>
        use(path, async (file) => {
          file.dirty = true;
          for (let from = 0; from < bytes.length; ) {
            const { bytesWritten } = await file.handle.write(bytes, from, bytes.length - from);
            from += bytesWritten;
            file.length += bytesWritten;
          }
          return file.length;
        }),
      ),
    sync: (path) =>
      guarded(path, () =>
        use(path, async (file) => {
          await file.handle.datasync();
          for (const folder of file.unsynced) await syncFolder(folder);
          file.unsynced.clear();
          file.dirty = false;
        }),
      ),
    read: (path, range) => guarded(path, () => absentIsUndefined(() => readFrom(at(path), range))),
    size: (path) => guarded(path, () => absentIsUndefined(async () => (await stat(at(path))).size)),
    truncate: (path, length) =>
      guarded(path, async () => {
        await release(path);
        await truncate(at(path), length);
        await syncFile(at(path));
      }),
    replace: (path, bytes) =>
      guarded(path, async () => {
        temporaries += 1;
        const temporary = `${at(path)}.${temporaries}${TEMPORARY}`;
        const created = await makeFolders(dirname(at(path)), root);
        try {
          await writeWhole(temporary, bytes);
          await release(path);
          await rename(temporary, at(path));
        } catch (cause) {
          await rm(temporary, { force: true }).catch(() => {});
          throw cause;
        }
        for (const folder of created) await syncFolder(folder);
      }),
    rename: (from, to) =>
      guarded(from, async () => {
        await release(from);
        await release(to);
        const folders = await makeFolders(dirname(at(to)), root);
        await rename(at(from), at(to));
        for (const folder of new Set([...folders, dirname(at(from))])) await syncFolder(folder);
      }),
    remove: (path) =>
      guarded(path, async () => {
        await release(path);
        await rm(at(path), { recursive: true, force: true });
      }),
    list: (folder) =>
      guarded(folder, async () => {
        const names = await absentIsUndefined(() => readdir(at(folder)));
        return (names ?? []).filter((name) => !name.endsWith(TEMPORARY)).sort();
      }),
    close: async () => {
      for (const path of [...kept.keys()]) await release(path);
    },
  };
}

async function openKept(path: string, root: string): Promise<Kept> {
  const existed = await absentIsUndefined(() => stat(path));
  const unsynced = existed ? [] : await makeFolders(dirname(path), root);
  const handle = await open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, 0o600);
  return { handle, length: (await handle.stat()).size, dirty: false, unsynced: new Set(unsynced), uses: 0 };
}

/** Passed through, not listed: the results reader, as another user, reaches `results/` below it; `.gondola` itself is closed. */
const FOLDER_MODE = 0o711;

/** Makes `folder`; the folders whose entries have changed or are about to, innermost first. */
async function makeFolders(folder: string, root: string): Promise<string[]> {
  const first = await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  const changed = [folder];
  if (first === undefined) return changed;
  for (let at = folder; at.length >= first.length && at !== root; at = dirname(at)) changed.push(dirname(at));
  return changed;
}

async function readFrom(
  path: string,
  range: { readonly offset: number; readonly length: number } | undefined,
): Promise<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const offset = range?.offset ?? 0;
    const wanted = Math.max(0, Math.min(range?.length ?? size, size - offset));
    const bytes = new Uint8Array(wanted);
    let got = 0;
    while (got < wanted) {
      const { bytesRead } = await handle.read(bytes, got, wanted - got, offset + got);
      if (bytesRead === 0) break;
      got += bytesRead;
    }
    return bytes.subarray(0, got);
  } finally {
    await handle.close();
  }
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, 'w', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const codeOf = (cause: unknown): string | undefined =>
  cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;

async function absentIsUndefined<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR') return undefined;
    throw cause;
  }
}

async function guarded<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = codeOf(cause);
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    const why = full ? 'the disk is full' : `the disk refused (${code ?? String(cause)})`;
    throw new DiskError(full ? 'disk-full' : 'disk-failed', `${path}: ${why}`, { cause });
  }
}
