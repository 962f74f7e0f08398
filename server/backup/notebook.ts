/**
 * One notebook's stores copied while its server goes on writing. Logs only grow and what they point at is written before
 * them, so each log is read before what it names: versions, runs, then results. A log's copy ends with its last whole
 * record. What was compacted or dropped in between shows as a file that is gone, or as damage of the copy: then the
 * notebook is copied again.
 *
 * The mark that is left in the copy gives the document another epoch when it is opened: its clients may be ahead of it.
 */
import type { Stats } from 'node:fs';
import { cp, link, lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkNotebook, type Damage } from '../check/notebook.ts';
import { readOnly } from '../check.ts';
import { COPIED } from '../rooms/chain.ts';
import { openFiles } from '../storage/disk/files.ts';
import type { Disk } from '../storage/disk.ts';
import { scanRecords } from '../storage/log.ts';

/** Copies of one notebook: each is made anew because its server compacted or dropped something meanwhile. */
const MOST_COPIES = 5;

/** Written by a session and made again by the next, or half made. */
const LEFT_OUT = /^(session|out|linked|view|modules|network|visitors?|\.link-.*|.*\.probe|.*\.next|.*\.torn|.*\.tmp)$/;
/** Each before what it points at. */
const LOGS_FIRST = ['versions.log', 'runs.log'];
const LOGS_THEN = ['results.log'];

/** Where the copy lies of a file of several names, by its identity: results that are the same file are one in the copy too. */
export type Copies = Map<string, string>;

/** What is damaged in the copy, and so in the original. */
export async function copyNotebook(
  from: string,
  to: string,
  id: string,
  copies: Copies = new Map(),
): Promise<readonly Damage[]> {
  const source = openFiles(from);
  const target = openFiles(to);
  try {
    for (let copy = 1; ; copy += 1) {
      const isWhole = await copyOnce(source, target, { from, to, copies }, `notebooks/${id}`).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code !== 'ENOENT' || copy === MOST_COPIES) throw error;
          return false;
        },
      );
      const found: Damage[] = [];
      const damage = (where: string, what: string, todo: string): void => void found.push({ where, what, todo });
      // Reading would remove what it takes for unused.
      if (isWhole) await checkNotebook(readOnly(target), to, id, { damage, note: () => {} });
      if ((isWhole && found.length === 0) || copy === MOST_COPIES) return found;
      await rm(join(to, 'notebooks', id), { recursive: true, force: true });
    }
  } finally {
    await source.close();
    await target.close();
  }
}

type Way = { readonly from: string; readonly to: string; readonly copies: Copies };

async function copyOnce(source: Disk, target: Disk, way: Way, folder: string): Promise<void> {
  const { from, to } = way;
  await mkdir(join(to, folder), { recursive: true, mode: 0o711 });
  const names = (await readdir(join(from, folder))).filter((name) => !LEFT_OUT.test(name)).sort();
  const isStore = (name: string): boolean => /^(log|snapshot)(-\d+)?$/.test(name);
  const later = names.filter((name) => !LOGS_FIRST.includes(name) && !LOGS_THEN.includes(name) && !isStore(name));
  for (const name of LOGS_FIRST) if (names.includes(name)) await copyLog(source, target, `${folder}/${name}`);
  if (later.includes('texts')) await copyAll(way, `${folder}/texts`);
  if (later.includes('visited')) await copyVisited(source, target, way, `${folder}/visited`);
  for (const name of LOGS_THEN) if (names.includes(name)) await copyLog(source, target, `${folder}/${name}`);
  for (const name of later) if (name !== 'texts' && name !== 'visited') await copyAll(way, `${folder}/${name}`);
  for (const name of names) if (isStore(name)) await copyLog(source, target, `${folder}/${name}`);
  await target.replace(`${folder}/${COPIED}`, new Uint8Array(0));
}

/** What visitors ran: run records of their own. */
async function copyVisited(source: Disk, target: Disk, way: Way, folder: string): Promise<void> {
  const { from, to } = way;
  const names = await readdir(join(from, folder));
  await mkdir(join(to, folder), { recursive: true, mode: 0o711 });
  if (names.includes('runs.log')) await copyLog(source, target, `${folder}/runs.log`);
  if (names.includes('texts')) await copyAll(way, `${folder}/texts`);
}

async function copyLog(source: Disk, target: Disk, path: string): Promise<void> {
  const bytes = await source.read(path);
  if (!bytes) throw Object.assign(new Error(`${path} is gone`), { code: 'ENOENT' });
  const { end, offset } = scanRecords(bytes);
  // A damaged one is copied as it is: the check of the copy tells.
  await target.replace(path, end === 'torn' ? bytes.subarray(0, offset) : bytes);
}

async function copyAll(way: Way, path: string): Promise<void> {
  const { from, to } = way;
  const source = join(from, path);
  const stats = await lstat(source);
  // A link would bring what is no record into the copy; a pipe or socket is none either.
  if (!stats.isDirectory() && !stats.isFile()) return;
  if (stats.isFile()) return copyFile(source, join(to, path), stats, way.copies);
  await mkdir(join(to, path), { recursive: true, mode: 0o711 });
  for (const name of await readdir(source)) if (!LEFT_OUT.test(name)) await copyAll(way, `${path}/${name}`);
}

async function copyFile(source: string, target: string, { dev, ino, nlink }: Stats, copies: Copies): Promise<void> {
  const file = `${dev}:${ino}`;
  const known = nlink > 1 ? copies.get(file) : undefined;
  // The first copy may have been taken back since, and not every disk has links.
  const linked = known !== undefined && (await link(known, target).then(isDone, isNot));
  if (linked) return;
  await cp(source, target, { preserveTimestamps: true });
  if (nlink > 1) copies.set(file, target);
}

const isDone = (): boolean => true;
const isNot = (): boolean => false;
