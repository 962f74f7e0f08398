/**
 * Takes a Parquet file that a statement only names, so that it becomes the result: a second name for the same bytes, in a folder
 * that no code reaches. The program that asks runs code of strangers, so nothing it says is trusted: the path is gone along from the
 * `data` folder that its process sees, folder by folder, through no link and past nothing that its user may not read; what
 * is linked is looked at again under its new name, and has to be the very file that was opened, with the footer that the program read.
 *
 * Where no link can be made (another file system, another owner's file, one without links) its blocks are shared or, up to a
 * size, copied. Undefined is never a failure: then the rows are written as those of any result.
 */
import { type BigIntStats, constants } from 'node:fs';
import { chmod, copyFile, type FileHandle, link, lstat, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FOOTER, type Footprint, footprintOf, isSame } from '../../interpreters/parquet.ts';
import type { DataFolder, View } from './visible.ts';

/** Of a process. */
export type User = { readonly uid: number; readonly gid: number };

export type Place = {
  /** What the process sees of `data`. */
  readonly view: View;
  /** Who the process runs as, where that is not the server's user. */
  readonly user: User | undefined;
  /** Where the link goes, and its name. */
  readonly folder: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly now: number;
};

/** What was written a moment ago may be written on, with the same time on it: the clock of files goes in steps of 10 ms at most. */
export const RECENT_MS = 100;
/** A second or two of copying, and twice the room on the disk: more than that is better kept in our own form. */
export const COPIED_BYTES = 2 ** 30;
/** Links that wait at once to become results: each statement makes one, and it is taken within moments. */
const MOST_WAITING = 100;
/** One that nobody took by then belongs to a run that ended before. */
const WAITING_MS = 60_000;
/** Folders below one another: deeper ones hold no one's data. */
const DEEPEST = 32;
/** A folder of which an open one is shown by the kernel: what is opened below it can't be led elsewhere by a renaming. */
const OPENED = '/proc/self/fd';

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** Opening a pipe would wait for its writer. */
const PLAINLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** What a link fails with where a copy does not. */
const UNLINKABLE: ReadonlySet<string> = new Set(['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'ENOSYS', 'EACCES']);

/** `asked`: what the program said. The name in `folder`, if there is one now. */
export async function linkFile(asked: unknown, place: Place): Promise<string | undefined> {
  const request = parse(asked);
  const start = request && startOf(place.view, request.path);
  if (!start) return undefined;
  const opened: FileHandle[] = [];
  const to = join(place.folder, place.name);
  try {
    await forgetLinks(place.folder, place.now);
    if ((await readdir(place.folder)).length >= MOST_WAITING) return undefined;
    const found = await openBelow(start, place.user, opened);
    if (!found || !(await isMeant(found.file, request, place.now))) return undefined;
    if (!(await take(found, to, place.folder))) return undefined;
    // Still what was asked for, after all that.
    if (await isMeant(found.file, request, place.now)) return place.name;
    await rm(to, { force: true });
    return undefined;
  } catch (error) {
    await rm(to, { force: true });
    if (isOfSystem(error)) return undefined;
    throw error;
  } finally {
    for (const handle of opened) await handle.close();
  }
}

type Request = Footprint & { readonly path: string };

function parse(asked: unknown): Request | undefined {
  if (typeof asked !== 'object' || asked === null) return undefined;
  const { path, size, footer } = asked as Readonly<Record<string, unknown>>;
  if (typeof path !== 'string' || typeof size !== 'number' || typeof footer !== 'string') return undefined;
  return FOOTER.test(footer) ? { path, size, footer } : undefined;
}

type Start = { readonly folder: DataFolder; readonly parts: readonly string[] };

/** The folder in which a path `data/NAME…` begins, and its parts there. */
function startOf(view: View, path: string): Start | undefined {
  const [data, ...parts] = path.split('/');
  const isPlain = parts.every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0'));
  const [first] = parts;
  if (data !== 'data' || first === undefined || !isPlain || parts.length > DEEPEST || view.kind === 'empty')
    return undefined;
  const folder = view.kind === 'whole' ? view.folder : view.folders[view.entries.get(first) ?? -1];
  return folder && { folder, parts };
}

/** `path` names it within its folder, wherever that is by now. */
type Found = { readonly file: FileHandle; readonly path: string };

/** Each handle goes into `opened`. */
async function openBelow(
  { folder, parts }: Start,
  user: User | undefined,
  opened: FileHandle[],
): Promise<Found | undefined> {
  const enter = async (path: string, flags: number): Promise<{ handle: FileHandle; stats: BigIntStats }> => {
    const handle = await open(path, flags);
    opened.push(handle);
    return { handle, stats: await handle.stat({ bigint: true }) };
  };
  let { handle, stats } = await enter(folder.host, FOLDER);
  if (`${stats.dev}:${stats.ino}` !== folder.identity) return undefined;
  for (const [index, part] of parts.entries()) {
    if (!allows(stats, user, SEARCH)) return undefined;
    const path = `${OPENED}/${handle.fd}/${part}`;
    const isLast = index === parts.length - 1;
    ({ handle, stats } = await enter(path, isLast ? PLAINLY : FOLDER));
    if (!isLast) continue;
    return stats.isFile() && allows(stats, user, READ) ? { file: handle, path } : undefined;
  }
  return undefined;
}

const READ = 0o4n;
const SEARCH = 0o1n;

/** Whether the mode allows it to that user; the server's own was asked by opening it. */
function allows(stats: BigIntStats, user: User | undefined, right: bigint): boolean {
  if (!user) return true;
  const shift = stats.uid === BigInt(user.uid) ? 6n : stats.gid === BigInt(user.gid) ? 3n : 0n;
  return ((stats.mode >> shift) & right) !== 0n;
}

/** It is the file that the program read, and nobody is just writing it. */
async function isMeant(file: FileHandle, request: Request, now: number): Promise<boolean> {
  const { mtimeMs } = await file.stat();
  const found = mtimeMs < now - RECENT_MS ? await footprintOf(file) : undefined;
  return found !== undefined && isSame(found, request);
}

async function take({ file, path }: Found, to: string, folder: string): Promise<boolean> {
  try {
    await link(path, to);
  } catch (error) {
    if (!isOfSystem(error) || !UNLINKABLE.has(error.code ?? '')) throw error;
    return copy(file, to, folder);
  }
  const [one, other] = [await file.stat({ bigint: true }), await lstat(to, { bigint: true })];
  if (other.isFile() && one.dev === other.dev && one.ino === other.ino) return true;
  await rm(to, { force: true });
  return false;
}

/** Of the open file, whatever has its name by now. */
async function copy(file: FileHandle, to: string, folder: string): Promise<boolean> {
  const from = `${OPENED}/${file.fd}`;
  const size = (await file.stat()).size + (await copiedIn(folder));
  const shared = await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE).then(
    () => true,
    () => false,
  );
  if (!shared) {
    await rm(to, { force: true });
    if (size > COPIED_BYTES) return false;
    await copyFile(from, to);
  }
  await chmod(to, 0o444);
  return true;
}

/** Bytes of copies that wait: all together are bounded as one is. */
async function copiedIn(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder)) {
    const stats = await lstat(join(folder, name)).catch(() => undefined);
    if (stats?.nlink === 1) bytes += stats.size;
  }
  return bytes;
}

/** Removes links that nobody took. Their own times are those of the files. */
export async function forgetLinks(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const stats = await lstat(path).catch(() => undefined);
    if (stats && stats.ctimeMs < now - WAITING_MS) await rm(path, { recursive: true, force: true });
  }
}

const isOfSystem = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'code' in error;
