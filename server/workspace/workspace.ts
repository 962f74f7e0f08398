/**
 * A folder of notebooks, served: found, watched, listed, searched, made, moved, thrown away; each one's file handed to its
 * room. Looks at the folders and changes by the server take turns, so that none sees the other half done. Ids are durable
 * before anybody is told of them.
 */
import { mkdir, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../errors.ts';
import { cryptoRandom, type FillRandom, type NotebookId, newId, type ParagraphId } from '../protocol/ids.ts';
import { NOTEBOOK_SUFFIX } from '../protocol/title.ts';
import { openFiles } from '../storage/disk/files.ts';
import type { Languages } from '../storage/format/base.ts';
import type { FileRoom, Notebook, NotebookFile, Workspace, WorkspaceEvent } from './contract.ts';
import { dataFiles } from './data.ts';
import { contentOf, type Entry, notebookOf, textContent } from './entry.ts';
import { OpenFile } from './file.ts';
import { type Ids, openIds } from './ids.ts';
import { lockWorkspace, type Machine, thisMachine, WorkspaceError } from './lock.ts';
import { newText } from './make.ts';
import { type Appeared, Notebooks } from './notebooks.ts';
import { checkNotebookPath, checkPath, numbered, resolveInside, slugOf } from './paths.ts';
import { type Found, inBatches, scan } from './scan.ts';
import { searchEntries } from './search.ts';
import { fileSteps, orAbsent, readStamp, readWhole, type Stamp, trashName } from './steps.ts';
import { decodeText } from './text.ts';
import { type Watch, watchFolders } from './watch.ts';

export type WorkspaceOptions = {
  readonly root: string;
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
  const { report, now = Date.now, machine = thisMachine } = options;
  const root = await realFolder(options.root);
  const records = join(root, '.gondola');
  const unlock = await lockWorkspace(records, machine).catch((error: unknown) => {
    if (error instanceof WorkspaceError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new WorkspaceError('not-writable', `The folder ${root} can't be written to: ${why}`, { cause: error });
  });
  const disk = openFiles(records);
  try {
    await writeFile(join(records, '.gitignore'), '*\n');
    await rm(join(records, 'tmp'), { recursive: true, force: true });
    const ids = await openIds(disk, now());
    const folder = new Folder(root, records, ids, options);
    await folder.look(undefined);
    folder.watch(
      watchFolders({ root, report, poll: options.poll ?? false, onChange: (folders) => folder.look(folders) }),
    );
    folder.onClose(async () => {
      await disk.close();
      await unlock();
    });
    return folder;
  } catch (error) {
    await disk.close();
    await unlock();
    throw error;
  }
}

async function realFolder(path: string): Promise<string> {
  const root = await realpath(path).catch((error: unknown) => {
    throw new WorkspaceError('missing', `There is no folder ${path}.`, { cause: error });
  });
  if (!(await stat(root)).isDirectory()) throw new WorkspaceError('not-a-folder', `${path} is not a folder.`);
  return root;
}

class Folder implements Workspace {
  readonly root: string;
  readonly records: string;
  readonly data: Workspace['data'];
  readonly #options: WorkspaceOptions;
  readonly #now: () => number;
  readonly #random: FillRandom;
  readonly #ids: Ids;
  readonly #notebooks: Notebooks;
  readonly #files = new Map<NotebookId, OpenFile>();
  readonly #listeners = new Set<(event: WorkspaceEvent) => void>();
  #folders: ReadonlySet<string> = new Set();
  #watch: Watch | undefined;
  #release: () => Promise<void> = async () => {};
  #last: Promise<unknown> = Promise.resolve();

  constructor(root: string, records: string, ids: Ids, options: WorkspaceOptions) {
    this.root = root;
    this.records = records;
    this.data = dataFiles(root, records);
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? cryptoRandom;
    this.#ids = ids;
    this.#notebooks = new Notebooks(ids, () => newId<NotebookId>(this.#random));
  }

  watch(watch: Watch): void {
    this.#watch = watch;
    watch.follow(this.#folders);
  }

  onClose(release: () => Promise<void>): void {
    this.#release = release;
  }

  list(query = ''): readonly Notebook[] {
    return searchEntries(this.#notebooks.values(), query);
  }

  get(id: NotebookId): Notebook | undefined {
    const entry = this.#notebooks.get(id);
    return entry && notebookOf(entry);
  }

  locate(id: NotebookId): string | undefined {
    const entry = this.#notebooks.get(id);
    return entry && join(this.root, entry.path);
  }

  async text(id: NotebookId): Promise<string | undefined> {
    const entry = this.#entry(id);
    const bytes = await readWhole(join(this.root, entry.path));
    const decoded = bytes && decodeText(bytes);
    if (decoded && !('text' in decoded)) {
      throw new AppError('unparsable-notebook', `line ${decoded.line}: ${decoded.message}`);
    }
    return decoded?.text;
  }

  on(listener: (event: WorkspaceEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  create({ title, text, folder = '' }: { title: string; text?: string; folder?: string }): Promise<Notebook> {
    const parent = folder === '' ? '' : `${checkPath(folder)}/`;
    const content = newText(title, text, this.#options.languages);
    const name = slugOf(title) + NOTEBOOK_SUFFIX;
    return this.#inTurn(async () => {
      for (let number = 1; ; number += 1) {
        const path = checkNotebookPath(parent + (number === 1 ? name : numbered(name, number)));
        const absolute = await resolveInside(this.root, path);
        await mkdir(dirname(absolute), { recursive: true });
        if (!(await writeNew(absolute, content))) continue;
        const found = await this.#appeared(path);
        if (!found) throw new AppError('not-found', `notebook ${path}`);
        const record = { id: newId<NotebookId>(this.#random), path };
        await this.#ids.save([record]);
        this.#notebooks.set({ ...record, ...found.content, stamp: found.stamp });
        this.#follow(dirname(path) === '.' ? '' : dirname(path));
        return this.#tell('added', record.id);
      }
    });
  }

  move(id: NotebookId, wanted: string): Promise<Notebook> {
    const path = checkNotebookPath(wanted);
    return this.#inTurn(async () => {
      const entry = this.#entry(id);
      if (path === entry.path) return notebookOf(entry);
      const [from, to] = [join(this.root, entry.path), await resolveInside(this.root, path)];
      const taken = await orAbsent(() => stat(to));
      const own = await orAbsent(() => stat(from));
      if (!own) throw new AppError('not-found', `file ${entry.path}`);
      if (taken && taken.ino !== own.ino) throw new AppError('already-exists', path);
      const work = async (): Promise<void> => {
        await mkdir(dirname(to), { recursive: true });
        await this.#ids.save([{ ...this.#record({ ...entry, path }), from: entry.path }]);
        await rename(from, to).catch(async (error: unknown) => {
          await this.#ids.save([this.#record(entry)]);
          throw error;
        });
        await this.#ids.save([this.#record({ ...entry, path })]);
      };
      const file = this.#files.get(id);
      await (file ? file.moved({ absolute: to, relative: path }, work) : work());
      const stamp = (await readStamp(to)) ?? entry.stamp;
      const now = this.#notebooks.get(id) ?? entry;
      this.#notebooks.set({ ...now, ...textContent(now.text, path, this.#options.languages), path, stamp });
      this.#follow(dirname(path) === '.' ? '' : dirname(path));
      const notebook = notebookOf(this.#entry(id));
      this.#emit({ type: 'renamed', notebook, from: entry.path });
      return notebook;
    });
  }

  remove(id: NotebookId): Promise<void> {
    return this.#inTurn(async () => {
      const entry = this.#entry(id);
      const file = this.#files.get(id);
      await file?.flush();
      const trash = join(this.records, 'trash', trashName(new Date(this.#now()), entry.path.replaceAll('/', ' - ')));
      await mkdir(dirname(trash), { recursive: true, mode: 0o700 });
      await orAbsent(() => rename(join(this.root, entry.path), trash));
      const events = await this.#notebooks.change([entry], [], this.#now(), () => false);
      this.#notebooks.release(id);
      await file?.fileChanged();
      for (const event of events) this.#emit(event);
    });
  }

  attach(id: NotebookId, room: FileRoom): NotebookFile {
    const { path } = this.#entry(id);
    const { languages, report } = this.#options;
    const file: OpenFile = new OpenFile(
      { absolute: join(this.root, path), relative: path },
      {
        room,
        steps: fileSteps(this.records),
        languages,
        makeId: () => newId<ParagraphId>(this.#random),
        now: this.#now,
        wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        later: (ms, work) => {
          const timer = setTimeout(work, ms);
          return () => clearTimeout(timer);
        },
        report,
        onText: (text, by) => this.#written(id, text, by),
        onClose: () => {
          if (this.#files.get(id) === file) this.#files.delete(id);
        },
      },
    );
    this.#files.set(id, file);
    return file;
  }

  async unsettled(): Promise<readonly NotebookId[]> {
    const found: NotebookId[] = [];
    await inBatches([...this.#notebooks.values()], async ({ id, stamp }) => {
      const log = await orAbsent(() => stat(join(this.records, 'notebooks', id, 'log'))).catch(() => undefined);
      if (log && log.mtimeMs > stamp.changed) found.push(id);
    });
    return found;
  }

  async close(): Promise<void> {
    this.#watch?.close();
    for (const file of [...this.#files.values()]) {
      await file.close().catch((error: unknown) => this.#options.report('a file could not be written', error));
    }
    await this.#inTurn(async () => {});
    this.#listeners.clear();
    await this.#release();
  }

  /** Looks into these folders, into all when undefined, and acts on what changed. */
  look(folders: ReadonlySet<string> | undefined): Promise<void> {
    return this.#inTurn(async () => {
      const known = folders ? (folder: string) => this.#folders.has(folder) : () => false;
      const found = await scan(this.root, folders ?? [''], known);
      const appeared: Appeared[] = [];
      const changed: (Appeared & { readonly entry: Entry })[] = [];
      await inBatches([...found.notebooks], async ([path, stamp]) => {
        const entry = this.#notebooks.at(path);
        if (entry?.stamp.mark === stamp.mark) return;
        const one = await this.#appeared(path, stamp);
        if (one && entry) changed.push({ ...one, entry });
        else if (one) appeared.push(one);
      });
      if (this.#folders.size === 0) await this.#recall(found);
      const missing = this.#notebooks.missing(found);
      const events = await this.#notebooks.change(missing, appeared, this.#now(), (id) => !this.#files.has(id));
      for (const event of events) this.#settleEvent(event);
      for (const { entry, stamp, content } of changed) this.#changed(entry, stamp, content);
      this.#folders = foldersAfter(this.#folders, found, folders === undefined);
      this.#watch?.follow(this.#folders);
    });
  }

  async #recall(found: Found): Promise<void> {
    const { recall = async () => undefined } = this.#options;
    const unseen = this.#notebooks.unseen(found);
    const texts = new Map<NotebookId, string>();
    await inBatches(unseen, async ({ id }) => {
      const text = await recall(id).catch(() => undefined);
      if (text !== undefined) texts.set(id, text);
    });
    await this.#notebooks.recall(unseen, texts, this.#now());
  }

  #settleEvent(event: WorkspaceEvent): void {
    const file = this.#files.get(event.type === 'vanished' ? event.id : event.notebook.id);
    if (event.type === 'renamed') {
      const { path } = event.notebook;
      void file?.moved({ absolute: join(this.root, path), relative: path }, async () => {});
    } else void file?.fileChanged();
    this.#emit(event);
  }

  #changed(entry: Entry, stamp: Stamp, content: Appeared['content']): void {
    const now = this.#notebooks.get(entry.id);
    if (!now || now.path !== entry.path) return;
    const isSame = now.text === content.text && now.problem?.message === content.problem?.message;
    if (isSame) {
      this.#notebooks.set({ ...now, stamp });
      return;
    }
    const { problem: _, ...rest } = now;
    this.#notebooks.set({ ...rest, ...content, stamp });
    void this.#files.get(entry.id)?.fileChanged();
    this.#tell('changed', entry.id);
  }

  async #appeared(path: string, known?: Stamp): Promise<Appeared | undefined> {
    const absolute = join(this.root, path);
    const stamp = known ?? (await readStamp(absolute));
    if (!stamp) return undefined;
    const bytes = await readWhole(absolute).catch((error: unknown) => ({
      line: 1,
      message: `the file can't be read: ${error instanceof Error ? error.message : String(error)}`,
    }));
    return bytes && { path, stamp, content: contentOf(bytes, path, this.#options.languages) };
  }

  /** A room's file says this now. */
  #written(id: NotebookId, text: string, by: string | undefined): void {
    const entry = this.#notebooks.get(id);
    if (!entry) return;
    const { problem: _, ...rest } = entry;
    const who = by ?? entry.by;
    const content = textContent(text, entry.path, this.#options.languages);
    const stamp = { ...entry.stamp, changed: this.#now() };
    this.#notebooks.set({ ...rest, ...content, stamp, ...(who === undefined ? {} : { by: who }) });
    if (who !== undefined && who !== entry.by) {
      this.#ids.save([{ id, path: entry.path, by: who }]).catch((error: unknown) => {
        this.#options.report('who edited last could not be recorded', error);
      });
    }
    this.#tell('changed', id);
  }

  #entry(id: NotebookId): Entry {
    const entry = this.#notebooks.get(id);
    if (!entry) throw new AppError('not-found', 'notebook');
    return entry;
  }

  #record = ({ id, path, by }: Entry) => ({ id, path, ...(by === undefined ? {} : { by }) });

  #follow(folder: string): void {
    if (this.#folders.has(folder)) return;
    this.#folders = new Set([...this.#folders, folder]);
    this.#watch?.follow(this.#folders);
  }

  #tell(type: 'added' | 'changed', id: NotebookId): Notebook {
    const notebook = notebookOf(this.#entry(id));
    this.#emit({ type, notebook });
    return notebook;
  }

  #emit(event: WorkspaceEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => {});
    return turn;
  }
}

function foldersAfter(old: ReadonlySet<string>, found: Found, isAll: boolean): ReadonlySet<string> {
  if (isAll) return found.looked;
  const isGone = (folder: string): boolean => {
    for (let at = folder; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
      const parent = at.slice(0, Math.max(0, at.lastIndexOf('/')));
      if (found.absent.has(at) || (found.looked.has(parent) && !found.inside.has(at))) return true;
    }
    return false;
  };
  return new Set([...[...old].filter((folder) => !isGone(folder)), ...found.looked]);
}

async function writeNew(path: string, text: string): Promise<boolean> {
  const handle = await open(path, 'wx', 0o644).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return undefined;
    throw error;
  });
  if (!handle) return false;
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  return true;
}
