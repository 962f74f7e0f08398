/** What a session's folders take on disk. */
import { lstat, readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** Files looked at in one walk; a session of more is judged by these. */
const MAX_FILES = 20_000;

/** Bytes allocated in `folders`, links not followed, and bytes free on the disk of the first. */
export async function diskOf(folders: readonly string[]): Promise<{ readonly used: number; readonly free: number }> {
  let used = 0;
  let seen = 0;
  const open = [...folders];
  for (let folder = open.pop(); folder !== undefined && seen < MAX_FILES; folder = open.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      seen += 1;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) open.push(path);
      else used += ((await lstat(path).catch(() => undefined))?.blocks ?? 0) * 512;
    }
  }
  const { bavail, bsize } = await statfs(folders[0]!);
  return { used, free: bavail * bsize };
}
