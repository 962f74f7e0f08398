/**
 * Paths that come from outside, checked before the disk sees them: relative, `/`-separated, below the workspace, nothing
 * hidden, no link that leads elsewhere, no name that another system can't have. `checkPath` is the pure half; `resolveInside`
 * asks the disk where the path really leads.
 */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { AppError } from '../errors.ts';
import { NOTEBOOK_SUFFIX } from '../protocol/suffix.ts';

/** Longest name that every usual file system takes, in bytes; room is left for `-2` and a temporary ending. */
const LONGEST_NAME = 230;
const LONGEST_PATH = 1_000;
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
/** `.` and `..`, also written with letters that other programs take for dots. */
const LOOKS_UP = /^\.{1,2}$/;
/** Folders that hold no notebooks, whatever is in them. */
export const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(['node_modules', 'data']);

export const isHidden = (name: string): boolean => name.startsWith('.');
export const isNotebookName = (name: string): boolean =>
  name.endsWith(NOTEBOOK_SUFFIX) && name.length > NOTEBOOK_SUFFIX.length && !isHidden(name);

/** Why the path is refused; undefined if it is fine. */
export function refusePath(path: string): string | undefined {
  if (path === '' || path.length > LONGEST_PATH) return 'it is empty or too long';
  if (!path.isWellFormed()) return 'it is no text';
  if (/[\p{Cc}\\]/u.test(path)) return 'it holds a control character or a backslash';
  for (const name of path.split('/')) {
    if (name === '') return 'it has an empty part';
    if (isHidden(name) || LOOKS_UP.test(name.normalize('NFKC'))) return 'it has a hidden part';
    if (/[<>:"|?*]/.test(name) || /[. ]$/.test(name) || name.startsWith(' ')) return `"${name}" is no name everywhere`;
    if (RESERVED.test(name)) return `"${name}" is a reserved name`;
    if (Buffer.byteLength(name) > LONGEST_NAME) return 'a part of it is too long';
  }
  return undefined;
}

export function checkPath(path: string): string {
  const normal = path.normalize('NFC');
  if (refusePath(normal) !== undefined) throw new AppError('not-acceptable-path', JSON.stringify(path.slice(0, 200)));
  return normal;
}

/** `FOLDER/NAME.nb.md`, where notebooks are looked for. */
export function checkNotebookPath(path: string): string {
  const checked = checkPath(path);
  const parts = checked.split('/');
  const fits = isNotebookName(parts.at(-1) ?? '') && !parts.slice(0, -1).some((name) => SKIPPED_FOLDERS.has(name));
  if (!fits) throw new AppError('not-acceptable-path', JSON.stringify(path));
  return checked;
}

/** `…/data/NAME` → folder ('' is the workspace) and name. */
export function checkDataPath(path: string): { readonly folder: string; readonly name: string; readonly path: string } {
  const checked = checkPath(path);
  const match = /^(?:(.*)\/)?data\/([^/]+)$/.exec(checked);
  const folder = match?.[1] ?? '';
  if (!match?.[2] || folder.split('/').some((name) => SKIPPED_FOLDERS.has(name))) {
    throw new AppError('not-acceptable-path', JSON.stringify(path));
  }
  return { folder, name: match[2], path: checked };
}

/**
 * The absolute path, once the nearest part of it that exists was seen to be where its name says: roles go by names, and a
 * link would lead past them. A file of `data/` may be a link to another that the same notebooks see. `root` is real already.
 */
export async function resolveInside(root: string, path: string): Promise<string> {
  const wanted = join(root, path);
  for (let at = wanted; ; at = dirname(at)) {
    const real = await realpath(at).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw new AppError('not-acceptable-path', JSON.stringify(path), { cause: error });
    });
    if (real !== undefined) {
      // Some systems give names back decomposed.
      const isItself = real.normalize('NFC') === at.normalize('NFC');
      if (!isItself && !(at === wanted && isSeenBeside(root, real, wanted)))
        throw new AppError('not-acceptable-path', JSON.stringify(path));
      return wanted;
    }
    if (at === root) return wanted;
  }
}

/** Whether `real` lies in the `data/` of the folder whose `data/` holds `wanted`, or of one above it. */
function isSeenBeside(root: string, real: string, wanted: string): boolean {
  const [from, to] = [dirname(wanted), dirname(real)];
  if (basename(from) !== 'data' || basename(to) !== 'data' || isHidden(basename(real))) return false;
  const above = dirname(to);
  return (above === root || above.startsWith(root + sep)) && (dirname(from) + sep).startsWith(above + sep);
}

/** A file name made of a title: letters and digits of every script, the rest one `-`. */
export function slugOf(title: string): string {
  const words =
    title
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  let slug = words.join('-');
  while (Buffer.byteLength(slug) > 120) slug = [...slug].slice(0, -1).join('');
  slug = slug.replace(/-+$/, '');
  return slug === '' ? 'notebook' : RESERVED.test(slug) ? `${slug}-notebook` : slug;
}

/** `flights.csv`, 2 → `flights-2.csv`; double endings (`.csv.gz`, `.nb.md`) stay whole. */
export function numbered(name: string, number: number): string {
  const ending = /(?:\.nb\.md|(?:\.[A-Za-z0-9]{1,8})?\.[A-Za-z0-9]{1,8})$/.exec(name)?.[0] ?? '';
  const stem = name.slice(0, name.length - ending.length);
  return stem === '' ? `${name}-${number}` : `${stem}-${number}${ending}`;
}
