/**
 * The few things that are done to a notebook's file, each one step that a test can make fail or end the process at.
 * Paths are absolute. Text in and out is bytes: whether they are UTF-8 is for the caller to say.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, type FileHandle, lstat, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LARGEST_FILE_BYTES } from './text.ts';

/** Changes whenever the file does. */
export type Stamp = { readonly changed: number; readonly size: number; readonly mark: string };

export interface FileSteps {
  read(path: string): Promise<Uint8Array | undefined>;
  stamp(path: string): Promise<Stamp | undefined>;
  /** A synced temporary file on the same disk, with the mode of `path` if that exists. */
  writeTemporary(path: string, bytes: Uint8Array): Promise<string>;
  /** The file that `path` is now, readable also when another has taken its place. */
  hold(path: string): Promise<{ read(): Promise<Uint8Array>; close(): Promise<void> } | undefined>;
  /** Puts `temporary` in the place of `path` and makes that durable. */
  replace(temporary: string, path: string): Promise<void>;
  /** Keeps bytes that are about to be lost; returns where. */
  setAside(path: string, bytes: Uint8Array): Promise<string>;
}

/** `records` is the workspace's `.gondola`. */
export function fileSteps(records: string): FileSteps {
  const temporaries = join(records, 'tmp');
  return {
    read: (path) => readWhole(path),
    stamp: (path) => readStamp(path),
    writeTemporary: async (path, bytes) => {
      await mkdir(temporaries, { recursive: true, mode: 0o700 });
      const old = await orAbsent(() => stat(path));
      const temporary = join(temporaries, randomUUID());
      await writeSynced(temporary, bytes, old ? old.mode & 0o777 : 0o644);
      return temporary;
    },
    hold: async (path) => {
      const handle = await openFile(path);
      return handle && { read: () => readFrom(handle), close: () => handle.close() };
    },
    replace: async (temporary, path) => {
      await mkdir(dirname(path), { recursive: true });
      await rename(temporary, path).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EXDEV') {
          await rm(temporary, { force: true });
          throw error;
        }
        const beside = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
        await copyFile(temporary, beside);
        await syncPath(beside);
        await rename(beside, path);
        await rm(temporary, { force: true });
      });
      await syncPath(dirname(path));
    },
    setAside: async (path, bytes) => {
      const kept = join(records, 'trash', trashName(new Date(), basename(path)));
      await mkdir(dirname(kept), { recursive: true, mode: 0o700 });
      await writeSynced(kept, bytes, 0o600);
      return kept;
    },
  };
}

/** `2026-01-31T10-20-30-123 sales.nb.md`: sorts by time, and is a name on every system. */
export const trashName = (now: Date, name: string): string =>
  `${now.toISOString().replace('Z', '').replaceAll(/[:.]/g, '-')} ${name}`;

export async function readStamp(path: string): Promise<Stamp | undefined> {
  const found = await orAbsent(() => lstat(path, { bigint: true }));
  if (!found?.isFile()) return undefined;
  const { mtimeNs, ctimeNs, size, ino } = found;
  return { changed: Number(mtimeNs / 1_000_000n), size: Number(size), mark: `${mtimeNs} ${ctimeNs} ${size} ${ino}` };
}

/** A file that another program is writing is read when it stopped changing for this long. */
const STILL_MS = 60;
/** Looks at a file that does not stop changing; then it is read as it is. */
const MOST_LOOKS = 20;

/** `isKnown`: bytes that need no waiting. */
export async function readWhenStill(
  steps: Pick<FileSteps, 'read' | 'stamp'>,
  path: string,
  wait: (ms: number) => Promise<void>,
  isKnown: (bytes: Uint8Array) => boolean,
): Promise<Uint8Array | undefined> {
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const before = await steps.stamp(path);
    const bytes = await steps.read(path);
    if (!bytes || isKnown(bytes)) return bytes;
    await wait(STILL_MS);
    const after = await steps.stamp(path);
    if (before?.mark === after?.mark) return bytes;
  }
  return steps.read(path);
}

/** Of a file too large to be a notebook, enough to say so. */
export async function readWhole(path: string): Promise<Uint8Array | undefined> {
  const handle = await openFile(path);
  try {
    return handle && (await readFrom(handle));
  } finally {
    await handle?.close();
  }
}

/**
 * Undefined for what is no file: a folder; a link, which may lead to what is not the workspace's to show; a pipe, whose
 * opening would wait for a writer, and a thread with it, for ever.
 */
async function openFile(path: string): Promise<FileHandle | undefined> {
  const handle = await orAbsent(() => open(path, PLAINLY));
  if (!handle || (await handle.stat()).isFile()) return handle;
  await handle.close();
  return undefined;
}

const PLAINLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

async function readFrom(handle: FileHandle): Promise<Uint8Array> {
  const size = Math.min((await handle.stat()).size, LARGEST_FILE_BYTES + 1);
  const bytes = new Uint8Array(size);
  let at = 0;
  while (at < size) {
    const { bytesRead } = await handle.read(bytes, at, size - at, at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}

async function writeSynced(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const handle = await open(path, 'wx', mode);
  try {
    await handle.writeFile(bytes);
    await handle.datasync();
  } catch (error) {
    await rm(path, { force: true }).catch(() => {});
    throw error;
  } finally {
    await handle.close();
  }
}

/** Some systems can't sync a folder; then the rename is as durable as they make it. */
async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

export async function orAbsent<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && 'code' in error && ABSENT.has(error.code)) return undefined;
    throw error;
  }
}

/** ELOOP, or EMLINK on some systems: a link where none is followed. ENXIO: a socket. */
const ABSENT: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EMLINK', 'ENXIO']);
