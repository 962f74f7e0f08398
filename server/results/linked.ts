/**
 * Files that are results as they are: somebody else's bytes, under a second name here. Whoever has the first name may write into
 * them, so they are looked at before and after each use: their length and time, and where the kernel says that anything about
 * the file changed, their footer too. A name that goes, or that other bytes get, changes nothing here.
 */
import { constants, lstatSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { type Footprint, footprintOf, isSame } from '../../interpreters/parquet.ts';

/** `changed`: the time of its last change, in milliseconds since 1970. */
export type Linked = Footprint & { readonly changed: number };

export type Condition = 'same' | 'changed' | 'gone';

/**
 * Milliseconds. Backups keep whole ones; and no later write bears a time so near, as files just written are not linked
 * (`RECENT_MS` of `server/sessions/links.ts`).
 */
const NEAR = 2;
const PLAINLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Remembers when the kernel last touched what it knows to be the same. */
export function watchLinked(path: string, linked: Linked): () => Promise<Condition> {
  let verified: bigint | undefined;
  return async () => {
    const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (!stats) return 'gone';
    if (!stats.isFile() || Number(stats.size) !== linked.size) return 'changed';
    if (Math.abs(Number(stats.mtimeNs / 1_000_000n) - Math.floor(linked.changed)) > NEAR) return 'changed';
    if (stats.ctimeNs === verified) return 'same';
    // Also one that may not be read any more.
    const found = await printOf(path).catch(() => undefined);
    if (!found || !isSame(found, linked)) return 'changed';
    verified = stats.ctimeNs;
    return 'same';
  };
}

async function printOf(path: string): Promise<Footprint | undefined> {
  const file = await open(path, PLAINLY);
  try {
    return await footprintOf(file);
  } finally {
    await file.close();
  }
}
