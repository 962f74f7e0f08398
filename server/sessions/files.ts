/** Result files that a process says it wrote: taken only if they are what the protocol allows. */
import { lstatSync } from 'node:fs';
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
  const name = file.startsWith(`${inside}/`) ? file.slice(inside.length + 1) : file;
  if (!NAME.test(name)) return { refused: 'it does not lie in the folder for results' };
  const path = join(out, name);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return { refused: 'there is no such file' };
  if (!stats.isFile() || stats.nlink !== 1) return { refused: 'it is no plain file' };
  return { path };
}
