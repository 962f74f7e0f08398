/**
 * Whose files they are that a command makes in a workspace. An operator often is root and the server is not: what root
 * made there with mode 0600 the server could not read, and nobody could sign in. So root gives what it made to whoever
 * the records belong to; anybody else makes files that are their own, as ever.
 */
import { lchownSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = 0;
/** What these commands make: the database with its log and index, and the file that keeps it out of git. */
const MADE = /^(gondola\.db(-wal|-shm)?|\.gitignore)$/;

/** Whom records belong to that are there, or would: the folder's owner. */
export function ownerOf(path: string): { readonly uid: number; readonly gid: number } {
  const { uid, gid } = lstatSync(path);
  return { uid, gid };
}

/** `records` and what stands there, where root made it and is not the `owner`. */
export function giveToOwner(
  records: string,
  owner: { readonly uid: number; readonly gid: number },
  me = process.getuid?.(),
): void {
  if (me !== ROOT || owner.uid === ROOT) return;
  const made = readdirSync(records).filter((name) => MADE.test(name));
  for (const path of [records, ...made.map((name) => join(records, name))]) {
    const stands = lstatSync(path);
    // One with a second name might be anybody's, put there to be given away.
    const isOurs = stands.uid === ROOT && (stands.isDirectory() || (stands.isFile() && stands.nlink === 1));
    if (isOurs) lchownSync(path, owner.uid, owner.gid);
  }
}
