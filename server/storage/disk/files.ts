/**
 * The disk as real files below one folder. Keeps descriptors of the files that are appended to, so that an append and
 * its sync cost two calls. A file's first sync also syncs its folder, and the folders above that this process has not
 * synced yet: without that, the file itself may be missing after a power loss. Not only of files that are made here: a
 * process that was killed may have made them and synced nothing.
 */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, truncate } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Disk, DiskError } from '../disk.ts';
import { removeTree } from './remove.ts';

/** Descriptors kept for appending: a busy server's open notebooks, well below the usual limit of 1,024. */
const KEPT_DESCRIPTORS = 200;
const TEMPORARY = '.tmp';

type Kept = {
  readonly handle: FileHandle;
  length: number;
  dirty: boolean;
  /** Its name may not survive a power loss. */
  fresh: boolean;
  uses: number;
};

export function openFiles(folder: string): Disk {
  const root = resolve(folder);
  const kept = new Map<string, Promise<Kept>>();
  /** Folders whose own names are safe. */
  const reached = new Set<string>([root]);
  let temporaries = 0;
  const at = (path: string) => join(root, path);

  async function use<T>(path: string, work: (file: Kept) => Promise<T>): Promise<T> {
    const opening = kept.get(path) ?? openKept(at(path));
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

  /** Makes what changed in `folder` safe, and that it can be reached. */
  async function syncNames(folder: string): Promise<void> {
    await syncFolder(folder);
    const above: string[] = [];
    for (let one = folder; !reached.has(one); one = dirname(one)) above.push(one);
    for (const one of above) await syncFolder(dirname(one));
    for (const one of above) reached.add(one);
  }

  function forget(path: string): void {
    for (const one of reached) if (one === path || one.startsWith(`${path}/`)) reached.delete(one);
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
          if (file.fresh) await syncNames(dirname(at(path)));
          file.fresh = false;
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
        await makeFolder(dirname(at(path)));
        try {
          await writeWhole(temporary, bytes);
          await release(path);
          await rename(temporary, at(path));
        } catch (cause) {
          await rm(temporary, { force: true }).catch(() => {});
          throw cause;
        }
        await syncNames(dirname(at(path)));
      }),
    rename: (from, to) =>
      guarded(from, async () => {
        await release(from);
        await release(to);
        await makeFolder(dirname(at(to)));
        await rename(at(from), at(to));
        forget(at(from));
        await syncNames(dirname(at(to)));
        if (dirname(at(from)) !== dirname(at(to))) await syncFolder(dirname(at(from)));
      }),
    remove: (path) =>
      guarded(path, async () => {
        await release(path);
        await removeTree(at(path));
        forget(at(path));
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

async function openKept(path: string): Promise<Kept> {
  await makeFolder(dirname(path));
  const handle = await open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, 0o600);
  return { handle, length: (await handle.stat()).size, dirty: false, fresh: true, uses: 0 };
}

/** Passed through, not listed: the results reader, as another user, reaches `results/` below it; `.gondola` itself is closed. */
const FOLDER_MODE = 0o711;

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
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
