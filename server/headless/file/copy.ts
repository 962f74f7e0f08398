/**
 * A file into a `data/` folder: whole or not at all, as a shared copy where the file system can make one, and otherwise with
 * words about how far it is.
 */
import { constants } from 'node:fs';
import { chmod, copyFile, open, rename, rm, stat, statfs } from 'node:fs/promises';
import { UsageError } from '../../config.ts';

/** One read and write: large enough for a disk, small enough for progress. */
const PIECE = 8 * 1024 * 1024;
/** Sessions end their runs where less than this is free. */
const RESERVE = 512 * 1024 * 1024;

/** `progress` gets a fraction. Rejects with UsageError where there is no room, or the file can't be read. */
export async function copyInto(
  from: string,
  to: string,
  progress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const temporary = `${to}.${process.pid}.part`;
  try {
    await clone(from, temporary).catch(async () => {
      await refuseWithoutRoom(from, temporary);
      await copyPieces(from, temporary, progress, signal);
    });
    // Sessions of a server that is root run as another user.
    await chmod(temporary, 0o644);
    await rename(temporary, to);
  } catch (error) {
    await rm(temporary, { force: true });
    throw sayWhy(error, from);
  }
}

const clone = (from: string, to: string): Promise<void> => copyFile(from, to, constants.COPYFILE_FICLONE_FORCE);

async function refuseWithoutRoom(from: string, temporary: string): Promise<void> {
  await rm(temporary, { force: true });
  const { size } = await stat(from);
  const { bavail, bsize } = await statfs(temporary.slice(0, temporary.lastIndexOf('/')));
  const free = bavail * bsize;
  if (size + RESERVE > free)
    throw new UsageError(
      `${from} has ${megabytes(size)} MB, and ${megabytes(free)} MB are free where it is copied to. Serve its folder instead: put it into data/ of a folder and call gondola serve FOLDER`,
    );
}

const megabytes = (bytes: number): string => Math.round(bytes / 2 ** 20).toLocaleString('en-US');

async function copyPieces(
  from: string,
  to: string,
  progress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const source = await open(from, 'r');
  try {
    const { size } = await source.stat();
    const target = await open(to, 'wx', 0o600);
    try {
      const piece = Buffer.allocUnsafe(PIECE);
      for (let done = 0; ; ) {
        signal.throwIfAborted();
        const { bytesRead } = await source.read(piece, 0, PIECE, done);
        if (bytesRead === 0) break;
        await target.writeFile(piece.subarray(0, bytesRead));
        done += bytesRead;
        progress(size === 0 ? 1 : Math.min(1, done / size));
      }
      await target.sync();
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

function sayWhy(error: unknown, from: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EACCES' || code === 'EPERM') return new UsageError(`${from} may not be read by this user.`);
  if (code === 'ENOSPC' || code === 'EDQUOT') return new UsageError(`there is no room for a copy of ${from}.`);
  return error;
}
