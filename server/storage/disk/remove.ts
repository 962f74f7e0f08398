/**
 * Removes a folder with all in it, one call at a time. Node's own way asks for thousands of removals at once, and what
 * people type waits behind them all: four threads do whatever is asked of the disk, syncs of logs among it.
 */
import { lstat, readdir, rmdir, unlink } from 'node:fs/promises';

/** Absent is fine; links are removed, not followed. Names are bytes, as code may have made any. */
export async function removeTree(path: string | Buffer): Promise<void> {
  const stats = await absentIsUndefined(() => lstat(path));
  if (!stats) return;
  if (!stats.isDirectory()) await absentIsUndefined(() => unlink(path));
  else await removeFolder(Buffer.from(path));
}

async function removeFolder(folder: Buffer): Promise<void> {
  const entries = await absentIsUndefined(() => readdir(folder, { encoding: 'buffer', withFileTypes: true }));
  for (const entry of entries ?? []) {
    const path = Buffer.concat([folder, SEPARATOR, entry.name]);
    if (entry.isDirectory()) await removeFolder(path);
    else await absentIsUndefined(() => unlink(path));
  }
  await absentIsUndefined(() => rmdir(folder));
}

const SEPARATOR = Buffer.from('/');

async function absentIsUndefined<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}
