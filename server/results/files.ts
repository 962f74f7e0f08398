/**
 * Result files on disk: they come from a session's `out`, which code of the user may write, and are read-only for ever
 * after. So a file is taken only if it is a plain file with one name, and never followed through a link. Linked ones are others'
 * files: nothing of them is changed, and they are taken only if they are what was read.
 */
import { constants, createWriteStream } from 'node:fs';
import { chmod, chown, type FileHandle, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Footprint, footprintOf, isSame } from '../../interpreters/parquet.ts';
import { DiskError } from '../storage/disk.ts';
import type { Linked } from './linked.ts';

export interface ResultFiles {
  /** Moves `from`, a host path, to `folder/name`, durably; resolves with its bytes. Rejects with DiskError. */
  take(from: string, folder: string, name: string): Promise<number>;
  /** As `take`, of a file that the session linked; undefined where it is no more what `print` says. */
  adopt(from: string, folder: string, name: string, print: Footprint): Promise<Adopted | undefined>;
  /** How many names it has, and its identity; undefined where it is absent. */
  names(folder: string, name: string): Promise<{ readonly count: number; readonly file: string } | undefined>;
  /** Absent is fine. */
  remove(folder: string, name: string): Promise<void>;
  list(folder: string): Promise<readonly string[]>;
  path(folder: string, name: string): string;
}

/** `shared`: it has other names, so that it takes nothing here. */
export type Adopted = { readonly linked: Linked; readonly shared: boolean };

/** Folders are relative to `root`. */
export function openResultFiles(root: string): ResultFiles {
  const at = (folder: string, name: string) => join(root, folder, name);
  return {
    take: (from, folder, name) => guard(() => take(from, at(folder, name))),
    adopt: (from, folder, name, print) => guard(() => adopt(from, at(folder, name), print)),
    names: (folder, name) =>
      guard(async () => {
        const stats = await lstat(at(folder, name)).catch(() => undefined);
        return stats && { count: stats.nlink, file: `${stats.dev}:${stats.ino}` };
      }),
    remove: (folder, name) => guard(() => rm(at(folder, name), { force: true })),
    list: (folder) =>
      guard(() =>
        readdir(join(root, folder)).catch((error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return [];
          throw error;
        }),
      ),
    path: at,
  };
}

async function makeFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true });
  if (made) await syncPath(dirname(made));
}

/** The folder that it comes from is the server's own, on the disk of the results. */
async function adopt(from: string, to: string, print: Footprint): Promise<Adopted | undefined> {
  await makeFolder(dirname(to));
  const handle = await open(from, PLAINLY);
  try {
    const before = await handle.stat();
    const found = before.isFile() ? await footprintOf(handle) : undefined;
    await handle.sync();
    const after = await handle.stat();
    if (!found || !isSame(found, print) || before.mtimeMs !== after.mtimeMs) {
      await rm(from, { force: true });
      return undefined;
    }
    await rename(from, to);
    await syncPath(dirname(to));
    return { linked: { ...found, changed: Math.floor(after.mtimeMs) }, shared: after.nlink > 1 };
  } finally {
    await handle.close();
  }
}

async function take(from: string, to: string): Promise<number> {
  const seen = await lstat(from);
  if (!seen.isFile() || seen.nlink !== 1) throw new Error(`${from} is not a plain file`);
  await makeFolder(dirname(to));
  const handle = await open(from, PLAINLY);
  let source: string | undefined;
  try {
    const opened = await handle.stat();
    if (!opened.isFile() || !sameFile(opened, seen)) throw new Error(`${from} was replaced`);
    await handle.sync();
    source = await rename(from, to).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EXDEV') throw error;
        return copyAcross(handle, from, to);
      },
    );
  } finally {
    await handle.close();
  }
  // Out of the session's reach now: what stands there is what stays.
  const kept = await lstat(to);
  if (!kept.isFile() || (!source && !sameFile(kept, seen))) {
    await rm(to, { force: true });
    throw new Error(`${from} was replaced`);
  }
  if (process.geteuid?.() === 0 && kept.uid !== 0) await chown(to, 0, 0);
  await chmod(to, 0o444);
  await syncPath(dirname(to));
  if (source) await rm(source, { force: true });
  return kept.size;
}

/**
 * While its code runs, a session may put anything in the place of a file that was looked at: opening a FIFO would wait for
 * its writer, for ever, in one of the few threads that all of the server shares.
 */
const PLAINLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

type Identity = { readonly ino: number; readonly dev: number };
const sameFile = (a: Identity, b: Identity): boolean => a.ino === b.ino && a.dev === b.dev;

/** `out` may lie on another file system than the workspace. What was opened is copied, whatever has the name by now. */
async function copyAcross(handle: FileHandle, from: string, to: string): Promise<string> {
  const temporary = `${to}.tmp`;
  try {
    await pipeline(handle.createReadStream({ autoClose: false, start: 0 }), createWriteStream(temporary));
    await syncPath(temporary);
    await rename(temporary, to);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return from;
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function guard<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const full = cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');
    throw new DiskError(full ? 'disk-full' : 'disk-failed', cause instanceof Error ? cause.message : String(cause), {
      cause,
    });
  }
}
