/** The data files that a notebook sees in its working folder: for suggestions, completion and the list of tables. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Files listed at most: beyond that a list helps nobody. */
const MAX_FILES = 1000;
const MAX_DEPTH = 4;
export const DATA_FILE = /\.((csv|tsv|json|jsonl|ndjson|parquet|txt)(\.gz|\.zst)?|xlsx)$/i;

export type DataFile = { readonly path: string; readonly bytes: number; readonly modified: number };

/** Paths below `data/`, as statements name them, sorted. */
export async function listFiles(session: string): Promise<DataFile[]> {
  const found: DataFile[] = [];
  const visit = async (folder: string, depth: number): Promise<void> => {
    const names = await readdir(join(session, folder)).catch(() => []);
    for (const name of names.sort()) {
      if (found.length >= MAX_FILES || name.startsWith('.')) continue;
      const path = `${folder}/${name}`;
      const stats = await stat(join(session, path)).catch(() => undefined);
      if (stats?.isDirectory() && depth < MAX_DEPTH) await visit(path, depth + 1);
      else if (stats?.isFile()) found.push({ path, bytes: stats.size, modified: stats.mtimeMs });
    }
  };
  await visit('data', 1);
  return found;
}
