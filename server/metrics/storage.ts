/**
 * What the records of notebooks take on the disk, by kind. Walked one call at a time and seldom: ten thousand notebooks are
 * a hundred thousand calls. What was found last is told meanwhile.
 */
import { lstat, readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';

export type StorageKind = 'documents' | 'runs' | 'results' | 'versions' | 'sessions' | 'other';
export type StorageUse = Readonly<Record<StorageKind, number>>;

const AGAIN_MS = 10 * 60_000;

export type StorageWatch = {
  /** Undefined until it was walked once, which the first call begins. */
  use(): StorageUse | undefined;
  /** Bytes that the server may still write. */
  free(): Promise<number>;
};

/** `state`: `.gondola`. */
export function watchStorage(state: string, now: () => number): StorageWatch {
  let last: StorageUse | undefined;
  let at = Number.NEGATIVE_INFINITY;
  let walking = false;
  return {
    use() {
      if (!walking && now() - at >= AGAIN_MS) {
        walking = true;
        measureStorage(join(state, 'notebooks'))
          .then((use) => {
            last = use;
          })
          .catch(() => undefined)
          .finally(() => {
            walking = false;
            at = now();
          });
      }
      return last;
    },
    async free() {
      const { bavail, bsize } = await statfs(state);
      return bavail * bsize;
    },
  };
}

export async function measureStorage(notebooks: string): Promise<StorageUse> {
  const use = { documents: 0, runs: 0, results: 0, versions: 0, sessions: 0, other: 0 };
  for (const notebook of await readdir(notebooks).catch(() => [])) {
    for (const name of await readdir(join(notebooks, notebook)).catch(() => []))
      use[kindOf(name)] += await bytesOf(join(notebooks, notebook, name));
  }
  return use;
}

export function kindOf(name: string): StorageKind {
  if (/^(log|snapshot)(-|\.|$)/.test(name)) return 'documents';
  if (/^(runs\.log|texts|visited)/.test(name)) return 'runs';
  if (/^(results|blocks)/.test(name)) return 'results';
  if (/^versions/.test(name)) return 'versions';
  return /^(session|out|view|modules|network|visitors)/.test(name) ? 'sessions' : 'other';
}

/** As the disk has it, links not followed; what goes meanwhile is nothing. */
async function bytesOf(path: string): Promise<number> {
  let bytes = 0;
  const open = [path];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const stats = await lstat(at).catch(() => undefined);
    if (!stats) continue;
    if (!stats.isDirectory()) bytes += stats.blocks * 512;
    else for (const name of await readdir(at).catch(() => [])) open.push(join(at, name));
  }
  return bytes;
}
