/**
 * The `.ts` files beside a notebook that its code imports, copied to where its processes may read them: notebooks and all
 * else of the folder stay unseen. What a text imports, and what that imports, is found by its look alone, so a file that
 * is named in a comment is copied too, which does no harm; a path made at run time is not found.
 *
 * A file counts if it lies in the notebook's folder or below, is a plain file, and no link leads to it.
 */
import { constants, lstatSync, realpathSync } from 'node:fs';
import { lstat, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';

const IMPORTED = /['"`](\.{1,2}\/[^'"`\n]{1,500}\.ts)['"`]/g;

/** Files of one run, and bytes of one file: more is no code somebody wrote by hand. */
const MAX_MODULES = 500;
const MAX_MODULE_BYTES = 2 * 2 ** 20;

/** Paths below the notebook's folder that a text names; `from` is the text's own path there. Pure. */
export function importedBy(text: string, from: string): readonly string[] {
  const paths = [...text.matchAll(IMPORTED)].map(([, specifier]) =>
    posix.normalize(posix.join(posix.dirname(from), specifier!)),
  );
  return [...new Set(paths)].filter((path) => !path.startsWith('..') && !path.split('/').some(isHidden));
}

const isHidden = (name: string): boolean => name.startsWith('.');

/** Brings the copies that a text needs up to date; what is gone, or was never there, is no copy either. */
export async function copyModules(source: string, folder: string, copies: string): Promise<void> {
  if (!source.includes('.ts')) return;
  const seen = new Set<string>();
  const open = [...importedBy(source, 'notebook')];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path) || seen.size >= MAX_MODULES) continue;
    seen.add(path);
    const text = await readModule(join(folder, path));
    await copy(text, join(copies, path), copies);
    if (text !== undefined) open.push(...importedBy(text, path));
  }
}

/**
 * Below `data/` another notebook's code may be at work meanwhile, and put a link or a pipe in a file's place: what is read
 * is what was opened, if that is what the path still leads to, without a link.
 */
async function readModule(path: string): Promise<string | undefined> {
  const file = await open(path, PLAINLY).catch(() => undefined);
  try {
    const stats = await file?.stat();
    if (!file || !stats?.isFile() || stats.size > MAX_MODULE_BYTES) return undefined;
    const now = realpathSync.native(path) === path ? lstatSync(path) : undefined;
    if (now?.ino !== stats.ino || now.dev !== stats.dev) return undefined;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(stats.size), 0, stats.size, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
}

const PLAINLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

async function copy(text: string | undefined, at: string, copies: string): Promise<void> {
  const old = await readFile(at, 'utf8').catch(() => undefined);
  if (old === text) return;
  if (text === undefined) {
    await rm(at, { recursive: true, force: true });
    return;
  }
  // A folder may have become a file, or the other way round.
  await rm(at, { recursive: true, force: true });
  for (let above = dirname(at); above !== copies; above = dirname(above)) {
    if ((await lstat(above).catch(() => undefined))?.isFile()) await rm(above);
  }
  await mkdir(dirname(at), { recursive: true, mode: 0o755 });
  // Renamed into place: a reader sees the old text or the new one.
  await writeFile(`${at}.new`, text, { mode: 0o644 });
  await rename(`${at}.new`, at);
}
