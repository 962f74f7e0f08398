/** What a session's folders take on disk. */
import { lstat, readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_SESSION_FILES } from './limits.ts';

export type DiskUse = {
  /** Bytes allocated, links not followed. */
  readonly used: number;
  /** Files and folders, as far as they were counted. */
  readonly files: number;
  /** Bytes free on the disk of the first folder. */
  readonly free: number;
};

export async function diskOf(folders: readonly string[]): Promise<DiskUse> {
  let used = 0;
  let files = 0;
  const open = [...folders];
  // One past the limit is enough to know.
  for (let folder = open.pop(); folder !== undefined && files <= MAX_SESSION_FILES; folder = open.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      files += 1;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) open.push(path);
      else used += ((await lstat(path).catch(() => undefined))?.blocks ?? 0) * 512;
    }
  }
  const { bavail, bsize } = await statfs(folders[0]!);
  return { used, files, free: bavail * bsize };
}
