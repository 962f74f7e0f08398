/** Result files that a process says it wrote, or that were linked for it: taken only if they are what the protocol allows. */
import { lstatSync, type Stats } from 'node:fs';
import { join } from 'node:path';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/**
 * `inside` is the name of `out` as the program sees it. A plain file with one name, right inside it: a link could make the
 * server move or read what the program itself may not.
 */
export function checkResultFile(
  out: string,
  inside: string,
  file: string,
): { readonly path: string } | { readonly refused: string } {
  const found = checkLinkedFile(out, file.startsWith(`${inside}/`) ? file.slice(inside.length + 1) : file);
  return 'stats' in found && found.stats.nlink !== 1 ? { refused: 'it is no plain file' } : found;
}

/** A plain file of this name in a folder; `linked` ones have other names elsewhere. */
export function checkLinkedFile(
  folder: string,
  name: string,
): { readonly path: string; readonly stats: Stats } | { readonly refused: string } {
  if (!NAME.test(name)) return { refused: 'it does not lie in the folder for results' };
  const path = join(folder, name);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return { refused: 'there is no such file' };
  return stats.isFile() ? { path, stats } : { refused: 'it is no plain file' };
}
