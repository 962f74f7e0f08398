/** Finds notebooks in folders: no hidden folders, no `node_modules`, no `data/`, and nothing through links. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isHidden, isNotebookName, SKIPPED_FOLDERS } from './paths.ts';
import { orAbsent, readStamp, type Stamp } from './steps.ts';

/** Files and folders looked at together: enough to keep a disk busy, few enough for the descriptors there are. */
const AT_ONCE = 64;

export type Found = {
  readonly notebooks: ReadonlyMap<string, Stamp>;
  /** Folders that were read: what they held and is not found is gone. */
  readonly looked: ReadonlySet<string>;
  /** Folders that are gone themselves. */
  readonly absent: ReadonlySet<string>;
  /** Folders in those that were read. */
  readonly inside: ReadonlySet<string>;
  /** Notebooks that are there and could not be looked at: as they were. */
  readonly unsure: ReadonlySet<string>;
};

/** '' is the workspace. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Looks into `folders`, and into those below that are not `known`; paths are relative to `root`. */
export async function scan(
  root: string,
  folders: Iterable<string>,
  known: (folder: string) => boolean,
): Promise<Found> {
  const notebooks = new Map<string, Stamp>();
  const looked = new Set<string>();
  const absent = new Set<string>();
  const inside = new Set<string>();
  const unsure = new Set<string>();
  let level = [...folders];
  while (level.length > 0) {
    const next: string[] = [];
    const files: string[] = [];
    await inBatches(level, async (folder) => {
      const entries = await orAbsent(() => readdir(join(root, folder), { withFileTypes: true })).catch(
        () => 'failed' as const,
      );
      if (entries === 'failed') return;
      if (!entries) {
        absent.add(folder);
        return;
      }
      looked.add(folder);
      for (const entry of entries) {
        if (isHidden(entry.name)) continue;
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (entry.isFile() && isNotebookName(entry.name)) files.push(path);
        if (!entry.isDirectory() || SKIPPED_FOLDERS.has(entry.name)) continue;
        inside.add(path);
        if (!known(path)) next.push(path);
      }
    });
    await inBatches(files, async (path) => {
      const stamp = await readStamp(join(root, path)).catch(() => 'failed' as const);
      if (stamp === 'failed') unsure.add(path);
      else if (stamp) notebooks.set(path, stamp);
    });
    level = next.filter((folder) => !looked.has(folder));
  }
  return { notebooks, looked, absent, inside, unsure };
}

export async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += AT_ONCE) await Promise.all(items.slice(at, at + AT_ONCE).map(work));
}
