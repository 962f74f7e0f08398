/**
 * The trash: notebooks thrown away on purpose, kept for 30 days. What is in it is what the id records say, never what lies
 * in the folder. Each move is announced in a record before it is done, so that a server that ends at any moment finds the
 * notebook either in its place or in the trash, with its history:
 *
 *   put       record {trash} → rename        ended between: the file is found in its place, and the record forgets the trash
 *   take out  record {path} → link → record {no trash} → unlink      ended between: as above; a second name is cleaned up
 *   purge     record {purged} → store → file → record forgotten      ended between: the next start goes on
 */
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../errors.ts';
import type { NotebookId } from '../protocol/ids.ts';
import { removeTree } from '../storage/disk/remove.ts';
import type { TrashedNotebook } from './contract.ts';
import type { Entry } from './entry.ts';
import { type IdRecord, type Ids, KEEP_GONE_MS, type TrashRecord } from './ids.ts';
import { numbered, resolveInside } from './paths.ts';
import { folderOf } from './scan.ts';
import { orAbsent, trashName } from './steps.ts';

/** Characters, of up to four bytes each. */
const MOST_NAME = 50;

export type TrashContext = {
  readonly root: string;
  readonly records: string;
  readonly ids: Ids;
  /** What the notebook's file last said: for one that was missing when its notebook was thrown away. */
  readonly recall: (id: NotebookId) => Promise<string | undefined>;
  /** A notebook that is in the workspace is not in the trash, whatever an old record says. */
  readonly isHere: (id: NotebookId) => boolean;
};

type Trashed = IdRecord & { readonly trash: TrashRecord; readonly gone: number };

export class Trash {
  readonly #context: TrashContext;

  constructor(context: TrashContext) {
    this.#context = context;
  }

  list(): readonly TrashedNotebook[] {
    return this.#all()
      .filter(({ trash }) => !trash.purged)
      .sort((a, b) => b.gone - a.gone)
      .map(({ id, path, gone, trash: { title, by } }) => ({
        id,
        path,
        title,
        deleted: gone,
        ...(by === undefined ? {} : { by }),
      }));
  }

  expired(now: number): readonly NotebookId[] {
    return this.#all()
      .filter(({ gone, trash }) => trash.purged || now - gone > KEEP_GONE_MS)
      .map(({ id }) => id);
  }

  async put(entry: Entry, now: number, by: string | undefined): Promise<void> {
    const { ids, root } = this.#context;
    const { id, path, title } = entry;
    const edited = entry.by === undefined ? {} : { by: entry.by };
    // The end of its name, for whoever looks into the folder: with the time no longer than file systems take.
    const name = [...basename(path)].slice(-MOST_NAME).join('');
    const file = trashName(new Date(now), `${id} ${name}`);
    const trash: TrashRecord = { file, title, ...(by === undefined ? {} : { by }) };
    try {
      await mkdir(dirname(this.#fileOf(trash)), { recursive: true, mode: 0o700 });
      await ids.save([{ id, path, gone: now, trash, ...edited }]);
      await orAbsent(() => rename(join(root, path), this.#fileOf(trash)));
    } catch (cause) {
      await ids.save([{ id, path, ...edited }]).catch(() => {});
      throw cause;
    }
  }

  /** Its file is in the workspace when this resolves, at the path it says. */
  async takeOut(id: NotebookId): Promise<{ readonly path: string; readonly by?: string }> {
    const { ids, root, recall } = this.#context;
    const record = this.#find(id);
    const kept = this.#fileOf(record.trash);
    const text = (await orAbsent(() => stat(kept))) ? undefined : ((await recall(id)) ?? missing());
    for (let number = 1; ; number += 1) {
      const path = number === 1 ? record.path : besides(record.path, number);
      const target = await resolveInside(root, path);
      if (await orAbsent(() => stat(target))) continue;
      await mkdir(dirname(target), { recursive: true });
      await ids.save([{ ...record, path }]);
      if (!(await (text === undefined ? place(kept, target) : writeNew(target, text)))) continue;
      const by = record.by === undefined ? {} : { by: record.by };
      await ids.save([{ id, path, ...by }]);
      await rm(kept, { force: true });
      return { path, ...by };
    }
  }

  async purge(id: NotebookId): Promise<void> {
    const { ids, records } = this.#context;
    const record = this.#find(id);
    await ids.save([{ ...record, trash: { ...record.trash, purged: true } }]);
    await removeTree(join(records, 'notebooks', id));
    await rm(this.#fileOf(record.trash), { force: true });
    await ids.save([{ id, path: '', gone: 0 }]);
  }

  #fileOf({ file }: TrashRecord): string {
    return join(this.#context.records, 'trash', file);
  }

  #all(): Trashed[] {
    return [...this.#context.ids.records.values()].filter(
      (record): record is Trashed =>
        record.trash !== undefined && record.gone !== undefined && !this.#context.isHere(record.id),
    );
  }

  #find(id: NotebookId): Trashed {
    return this.#all().find((record) => record.id === id) ?? missing();
  }
}

function missing(): never {
  throw new AppError('not-found', 'notebook in the trash');
}

function besides(path: string, number: number): string {
  const folder = folderOf(path);
  return `${folder === '' ? '' : `${folder}/`}${numbered(basename(path), number)}`;
}

/** What disks without links answer, and what a path on another disk does. */
const NO_LINKS: ReadonlySet<unknown> = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EMLINK']);

/** A second name of the file, or a copy where the disk has no links: never over another one. False where there is one. */
async function place(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EEXIST') return false;
    if (!NO_LINKS.has(code)) throw cause;
    return writeOnce(to, await readFile(from));
  }
}

/** Durable before the kept file goes; what could not be written whole leaves nothing. */
async function writeOnce(path: string, bytes: Uint8Array): Promise<boolean> {
  const handle = await open(path, 'wx', 0o644).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST') return undefined;
    throw cause;
  });
  if (!handle) return false;
  try {
    await handle.writeFile(bytes);
    await handle.datasync();
    return true;
  } catch (cause) {
    await rm(path, { force: true });
    throw cause;
  } finally {
    await handle.close();
  }
}

async function writeNew(path: string, text: string): Promise<boolean> {
  const beside = join(dirname(path), `.${basename(path)}.restored`);
  const handle = await open(beside, 'w', 0o644);
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  return place(beside, path).finally(() => rm(beside, { force: true }));
}
