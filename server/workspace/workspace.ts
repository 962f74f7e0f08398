/**
 * A folder of notebooks, served: listed, searched, made, moved, thrown away, each one's file handed to its room. What
 * happens to the folder outside is `folder.ts`'s to find. Ids are durable before anybody is told of them. A
 * little long: all that it does is done under one hold of the folder.
 */
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../errors.ts';
import { cryptoRandom, type FillRandom, type NotebookId, newId, type ParagraphId } from '../protocol/ids.ts';
import { NOTEBOOK_SUFFIX } from '../protocol/suffix.ts';
import { openFiles } from '../storage/disk/files.ts';
import type { Languages } from '../storage/format/base.ts';
import type { FileRoom, Notebook, NotebookFile, TrashedNotebook, Workspace, WorkspaceEvent } from './contract.ts';
import { dataFiles } from './data.ts';
import { type Entry, notebookOf, textContent } from './entry.ts';
import { OpenFile } from './file.ts';
import { Folder } from './folder.ts';
import { type Held, holdFolder } from './hold.ts';
import { type IdRecord, type Ids, openIds } from './ids.ts';
import { type Machine, thisMachine } from './lock.ts';
import { lastLogged } from './logged.ts';
import { newText } from './make.ts';
import { checkNotebookPath, checkPath, numbered, resolveInside, slugOf } from './paths.ts';
import { folderOf, inBatches } from './scan.ts';
import { searchEntries } from './search.ts';
import { fileSteps, orAbsent, readStamp, readWhole } from './steps.ts';
import { decodeText } from './text.ts';
import { Trash } from './trash.ts';
import { watchFolders } from './watch.ts';

export type WorkspaceOptions = {
  readonly root: string;
  /** The folder, if it is held already; closing releases it. */
  readonly held?: Held;
  readonly languages: Languages;
  /** What an operator should know and nobody else has to. */
  readonly report: (message: string, error?: unknown) => void;
  readonly now?: () => number;
  readonly random?: FillRandom;
  readonly machine?: Machine;
  /** What a notebook's file said when its log was last written: recognises renames made while no server ran. */
  readonly recall?: (id: NotebookId) => Promise<string | undefined>;
  /** Look at all files regularly instead of watching them. */
  readonly poll?: boolean;
};

/** Rejects with WorkspaceError: the folder is missing, not writable, or served already. */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const { languages, report, now = Date.now, random = cryptoRandom, machine = thisMachine, poll = false } = options;
  const { recall = async () => undefined } = options;
  const held = options.held ?? (await holdFolder(options.root, machine));
  const { root, records } = held;
  const disk = openFiles(records);
  const release = async (): Promise<void> => {
    await disk.close();
    await held.release();
  };
  try {
    await rm(join(records, 'tmp'), { recursive: true, force: true });
    const ids = await openIds(disk, now());
    const makeId = () => newId<NotebookId>(random);
    const folder = new Folder({ root, ids, languages, now, makeId, report, recall });
    await folder.look(undefined);
    folder.watch(watchFolders({ root, report, poll, onChange: (folders) => folder.look(folders) }));
    return new Served({ root, records, ids, folder, languages, report, now, random, recall, release });
  } catch (error) {
    // A folder held by the caller stays his: he may try again.
    await (options.held ? disk.close() : release());
    throw error;
  }
}

type Parts = Required<Pick<WorkspaceOptions, 'languages' | 'report' | 'now' | 'random' | 'recall'>> & {
  readonly root: string;
  readonly records: string;
  readonly ids: Ids;
  readonly folder: Folder;
  readonly release: () => Promise<void>;
};

class Served implements Workspace {
  readonly root: string;
  readonly records: string;
  readonly data: Workspace['data'];
  readonly #parts: Parts;
  readonly #folder: Folder;
  readonly #trash: Trash;

  constructor(parts: Parts) {
    this.root = parts.root;
    this.records = parts.records;
    this.data = dataFiles(parts.root, parts.records);
    this.#parts = parts;
    this.#folder = parts.folder;
    const { root, records, ids, recall } = parts;
    this.#trash = new Trash({
      root,
      records,
      ids,
      recall,
      isHere: (id) => this.#folder.notebooks.get(id) !== undefined,
    });
  }

  list(query = ''): readonly Notebook[] {
    return searchEntries(this.#folder.notebooks.values(), query);
  }

  get(id: NotebookId): Notebook | undefined {
    const entry = this.#folder.notebooks.get(id);
    return entry && notebookOf(entry);
  }

  locate(id: NotebookId): string | undefined {
    const entry = this.#folder.notebooks.get(id);
    return entry && join(this.root, entry.path);
  }

  async text(id: NotebookId): Promise<string | undefined> {
    const bytes = await readWhole(join(this.root, this.#folder.entry(id).path));
    const decoded = bytes && decodeText(bytes);
    if (decoded && !('text' in decoded)) {
      throw new AppError('unparsable-notebook', `line ${decoded.line}: ${decoded.message}`);
    }
    return decoded?.text;
  }

  get found(): Workspace['found'] {
    return this.#folder.found;
  }

  on(listener: (event: WorkspaceEvent) => void): () => void {
    return this.#folder.on(listener);
  }

  create({ title, text, folder = '' }: { title?: string; text?: string; folder?: string }): Promise<Notebook> {
    const { ids, languages, random } = this.#parts;
    const parent = folder === '' ? '' : `${checkPath(folder)}/`;
    const content = newText(title, text, languages);
    const name = slugOf(title ?? 'untitled') + NOTEBOOK_SUFFIX;
    return this.#folder.turns.take(async () => {
      for (let number = 1; ; number += 1) {
        const path = checkNotebookPath(parent + (number === 1 ? name : numbered(name, number)));
        const absolute = await resolveInside(this.root, path);
        await mkdir(dirname(absolute), { recursive: true });
        if (!(await writeNew(absolute, content))) continue;
        const found = await this.#folder.read(path);
        if (!found) throw new AppError('not-found', `notebook ${path}`);
        const record = { id: newId<NotebookId>(random), path };
        await ids.save([record]);
        this.#folder.notebooks.set({ ...record, ...found.content, stamp: found.stamp });
        this.#folder.follow(folderOf(path));
        return this.#folder.tell('added', record.id);
      }
    });
  }

  move(id: NotebookId, wanted: string): Promise<Notebook> {
    const path = checkNotebookPath(wanted);
    return this.#folder.turns.take(async () => {
      const entry = this.#folder.entry(id);
      if (path === entry.path) return notebookOf(entry);
      const [from, to] = [join(this.root, entry.path), await resolveInside(this.root, path)];
      const taken = await orAbsent(() => stat(to));
      const own = await orAbsent(() => stat(from));
      if (!own) throw new AppError('not-found', `file ${entry.path}`);
      if (taken && taken.ino !== own.ino) throw new AppError('already-exists', path);
      const file = this.#folder.files.get(id);
      const work = (): Promise<void> => this.#rename(entry, path, from, to);
      await (file ? file.moved({ absolute: to, relative: path }, work) : work());
      const stamp = (await readStamp(to)) ?? entry.stamp;
      const now = this.#folder.entry(id);
      const content = textContent(now.text, path, this.#parts.languages);
      this.#folder.notebooks.set({ ...now, ...content, path, stamp });
      this.#folder.follow(folderOf(path));
      const notebook = notebookOf(this.#folder.entry(id));
      this.#folder.emit({ type: 'renamed', notebook, from: entry.path });
      return notebook;
    });
  }

  /** The record names both places while the file is at one of them. */
  async #rename(entry: Entry, path: string, from: string, to: string): Promise<void> {
    const { ids } = this.#parts;
    await mkdir(dirname(to), { recursive: true });
    await ids.save([{ ...recordOf({ ...entry, path }), from: entry.path }]);
    await rename(from, to).catch(async (error: unknown) => {
      await ids.save([recordOf(entry)]);
      throw error;
    });
    await ids.save([recordOf({ ...entry, path })]);
  }

  remove(id: NotebookId, by?: string): Promise<void> {
    return this.#folder.turns.take(async () => {
      const now = this.#parts.now();
      const entry = this.#folder.entry(id);
      const file = this.#folder.files.get(id);
      // What can't be written is in the log, and comes back with the file.
      await file?.flush().catch((error: unknown) => this.#parts.report(`${entry.path} could not be written`, error));
      await this.#trash.put(entry, now, by);
      this.#folder.notebooks.release(id);
      await file?.fileChanged();
      this.#folder.emit({ type: 'vanished', id, path: entry.path });
    });
  }

  trash(): readonly TrashedNotebook[] {
    return this.#trash.list();
  }

  expired(): readonly NotebookId[] {
    return this.#trash.expired(this.#parts.now());
  }

  restore(id: NotebookId): Promise<Notebook> {
    return this.#folder.turns.take(async () => {
      const { path, by } = await this.#trash.takeOut(id);
      const found = await this.#folder.read(path);
      if (!found) throw new AppError('not-found', `file ${path}`);
      this.#folder.notebooks.set({
        id,
        path,
        stamp: found.stamp,
        ...found.content,
        ...(by === undefined ? {} : { by }),
      });
      this.#folder.follow(folderOf(path));
      const place = { absolute: join(this.root, path), relative: path };
      await this.#folder.files.get(id)?.moved(place, async () => {});
      return this.#folder.tell('added', id);
    });
  }

  purge(id: NotebookId): Promise<void> {
    return this.#folder.turns.take(() => this.#trash.purge(id));
  }

  attach(id: NotebookId, room: FileRoom): NotebookFile {
    const { languages, report, now, random } = this.#parts;
    const { files } = this.#folder;
    const { path } = this.#folder.entry(id);
    const file: OpenFile = new OpenFile(
      { absolute: join(this.root, path), relative: path },
      {
        room,
        steps: fileSteps(this.records),
        languages,
        makeId: () => newId<ParagraphId>(random),
        now,
        wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        later: (ms, work) => {
          const timer = setTimeout(work, ms);
          return () => clearTimeout(timer);
        },
        report,
        onText: (text, by) => this.#folder.written(id, text, by),
        onClose: () => {
          if (files.get(id) === file) files.delete(id);
        },
      },
    );
    files.set(id, file);
    return file;
  }

  async unsettled(): Promise<readonly NotebookId[]> {
    const found: NotebookId[] = [];
    await inBatches([...this.#folder.notebooks.values()], async ({ id, stamp }) => {
      if ((await lastLogged(join(this.records, 'notebooks', id))) > stamp.changed) found.push(id);
    });
    return found;
  }

  async close(): Promise<void> {
    this.#folder.stop();
    for (const file of [...this.#folder.files.values()]) {
      await file.close().catch((error: unknown) => this.#parts.report('a file could not be written', error));
    }
    await this.#folder.turns.take(async () => {});
    await this.#parts.release();
  }
}

const recordOf = ({ id, path, by }: Entry): IdRecord => ({ id, path, ...(by === undefined ? {} : { by }) });

async function writeNew(path: string, text: string): Promise<boolean> {
  const handle = await open(path, 'wx', 0o644).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return undefined;
    throw error;
  });
  if (!handle) return false;
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return true;
}
