/** Finds notebooks in folders: no hidden folders, no `node_modules`, no `data/`, and nothing through links. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isHidden, isNotebookName, SKIPPED_FOLDERS } from './paths.ts';
import { orAbsent, readStamp, type Stamp } from './steps.ts';

/** Files and folders looked at together: enough to keep a disk busy, few enough for the descriptors there are. */
const AT_ONCE = 64;

export type Found = { readonly notebooks: ReadonlyMap<string, Stamp>; readonly folders: readonly string[] };

const joined = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);

/** All notebooks at and below `folder`, relative to `root`, and all folders looked into. */
export async function scan(root: string, folder: string): Promise<Found> {
  const notebooks = new Map<string, Stamp>();
  const folders: string[] = [];
  let level = [folder];
  while (level.length > 0) {
    const next: string[] = [];
    const files: string[] = [];
    await inBatches(level, async (path) => {
      const entries = await orAbsent(() => readdir(join(root, path), { withFileTypes: true })).catch(() => undefined);
      if (!entries) return;
      folders.push(path);
      for (const entry of entries) {
        if (isHidden(entry.name)) continue;
        if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) next.push(joined(path, entry.name));
        else if (entry.isFile() && isNotebookName(entry.name)) files.push(joined(path, entry.name));
      }
    });
    await inBatches(files, async (path) => {
      const stamp = await readStamp(join(root, path)).catch(() => undefined);
      if (stamp) notebooks.set(path, stamp);
    });
    level = next;
  }
  return { notebooks, folders };
}

export async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += AT_ONCE) await Promise.all(items.slice(at, at + AT_ONCE).map(work));
}
