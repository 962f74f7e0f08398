/**
 * The files of `data/` folders: listed as a notebook sees them, streamed in and out. An upload is written beside the
 * records and linked into its place when whole, so that nobody reads half of one and a taken name is never overwritten.
 */
import { randomUUID } from 'node:crypto';
import { constants, createWriteStream } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { AppError } from '../errors.ts';
import type { DataFile, DataFiles } from './contract.ts';
import { checkDataPath, isHidden, numbered, refusePath, resolveInside } from './paths.ts';
import { folderOf } from './scan.ts';
import { orAbsent } from './steps.ts';

/** Names tried for an upload before it is refused: nobody keeps a thousand of one name. */
const MOST_NAMES = 1_000;

export function dataFiles(root: string, records: string): DataFiles {
  const temporaries = join(records, 'tmp');

  async function describe(path: string): Promise<DataFile | undefined> {
    const { folder, name } = checkDataPath(path);
    const found = await orAbsent(async () => stat(await resolveInside(root, path)));
    if (!found?.isFile()) return undefined;
    return { name, folder, path, bytes: found.size, changed: Math.trunc(found.mtimeMs) };
  }

  async function existing(path: string): Promise<DataFile> {
    const file = await describe(checkDataPath(path).path);
    if (!file) throw new AppError('not-found', `data file ${path}`);
    return file;
  }

  /** Moves the upload to the first free name; returns its path. */
  async function place(temporary: string, path: string, replace: boolean): Promise<string> {
    const { folder, name } = checkDataPath(path);
    const prefix = folder === '' ? 'data/' : `${folder}/data/`;
    await mkdir(await resolveInside(root, prefix.slice(0, -1)), { recursive: true });
    if (replace) {
      await moveFile(temporary, await resolveInside(root, path));
      return path;
    }
    for (let number = 1; number <= MOST_NAMES; number += 1) {
      const candidate = prefix + (number === 1 ? name : numbered(name, number));
      if (await placeNew(temporary, join(root, candidate))) return candidate;
    }
    throw new AppError('already-exists', path);
  }

  return {
    visible: async (notebookPath) => {
      const files = new Map<string, DataFile>();
      for (let folder = folderOf(notebookPath); ; folder = folderOf(folder)) {
        const prefix = folder === '' ? 'data/' : `${folder}/data/`;
        const entries = await orAbsent(() => readdir(join(root, prefix), { withFileTypes: true })).catch(
          () => undefined,
        );
        for (const entry of entries ?? []) {
          const path = prefix + entry.name;
          if (isHidden(entry.name) || files.has(entry.name) || refusePath(path) !== undefined) continue;
          const file = entry.isDirectory() ? undefined : await describe(path).catch(() => undefined);
          if (file) files.set(entry.name, file);
        }
        if (folder === '') break;
      }
      return [...files.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    },

    write: async (path, content, { replace = false, signal } = {}) => {
      const checked = checkDataPath(path).path;
      const target = await resolveInside(root, checked);
      if ((await orAbsent(() => stat(target)))?.isDirectory()) throw new AppError('already-exists', path);
      await mkdir(temporaries, { recursive: true, mode: 0o700 });
      const temporary = join(temporaries, randomUUID());
      try {
        await receive(content, temporary, signal);
        const placed = await place(temporary, checked, replace);
        return await existing(placed);
      } catch (error) {
        throw spaceError(error);
      } finally {
        await rm(temporary, { force: true });
      }
    },

    read: async (path, range) => {
      const file = await existing(path);
      const handle = await open(await resolveInside(root, file.path), constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        // What was opened is read, if that is what the path still leads to: a link may have taken its place meanwhile.
        const [opened, now] = await Promise.all([handle.stat(), resolveInside(root, file.path).then((at) => stat(at))]);
        if (!opened.isFile() || opened.ino !== now.ino || opened.dev !== now.dev) {
          throw new AppError('not-found', `data file ${path}`);
        }
        return { file, content: handle.createReadStream(range ?? {}) };
      } catch (error) {
        await handle.close();
        throw error;
      }
    },

    stat: existing,

    remove: async (path) => {
      const file = await existing(path);
      await unlink(await resolveInside(root, file.path));
    },
  };
}

async function receive(content: Readable, temporary: string, signal: AbortSignal | undefined): Promise<void> {
  const file = createWriteStream(temporary, { flags: 'wx', mode: 0o644, flush: true });
  if (content.readableEnded) {
    file.end();
    await finished(file);
    return;
  }
  await pipeline(content, file, signal ? { signal } : {});
}

/** Whether the name was free. */
async function placeNew(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EEXIST') return false;
    if (code !== 'EXDEV' && code !== 'EPERM' && code !== 'ENOTSUP') throw error;
  }
  // No links here, or another disk: an empty file takes the name, the content takes its place.
  try {
    await (await open(path, 'wx')).close();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
  await moveFile(temporary, path).catch(async (error) => {
    await rm(path, { force: true });
    throw error;
  });
  return true;
}

async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
    // A copy beside it takes its place: written into what is there, it would go wherever a link leads.
    const beside = join(dirname(to), `.${randomUUID()}.tmp`);
    try {
      await copyFile(from, beside, constants.COPYFILE_EXCL);
      await rename(beside, to);
    } finally {
      await rm(beside, { force: true });
    }
    await rm(from, { force: true });
  }
}

function spaceError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new AppError('storage-read-only', 'its disk is full', { cause: error });
  if (code === 'EROFS' || code === 'EACCES') {
    return new AppError('storage-read-only', 'the folder may not be written to', { cause: error });
  }
  return error;
}
