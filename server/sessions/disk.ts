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
  // Counted ahead of what each takes: a folder of very many is known at once.
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    files += entries.length;
    if (files > MAX_SESSION_FILES) break;
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) open.push(path);
      else used += ((await lstat(path).catch(() => undefined))?.blocks ?? 0) * 512;
    }
  }
  const { bavail, bsize } = await statfs(folders[0]!);
  return { used, files, free: bavail * bsize };
}
