/**
 * The workspace's folder as it is on disk, and its notebooks in memory as the last look found them. Looks and changes by
 * the server take turns, so that none sees the other half done.
 */
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import type { NotebookId } from '../protocol/ids.ts';
import type { Languages } from '../storage/format/base.ts';
import type { Notebook, WorkspaceEvent } from './contract.ts';
import { contentOf, type Entry, notebookOf, textContent } from './entry.ts';
import type { OpenFile } from './file.ts';
import type { Ids } from './ids.ts';
import { type Appeared, Notebooks } from './notebooks.ts';
import { type Found, folderOf, inBatches, scan } from './scan.ts';
import { readStamp, readWhole, type Stamp } from './steps.ts';
import { Turns } from './turns.ts';
import type { Watch } from './watch.ts';

export type FolderContext = {
  readonly root: string;
  readonly ids: Ids;
  readonly languages: Languages;
  readonly now: () => number;
  readonly makeId: () => NotebookId;
  readonly report: (message: string, error?: unknown) => void;
  readonly recall: (id: NotebookId) => Promise<string | undefined>;
};

export class Folder {
  readonly notebooks: Notebooks;
  readonly turns = new Turns();
  /** Of the rooms that are open. */
  readonly files = new Map<NotebookId, OpenFile>();
  /** Of the first look, before anybody listened: what others cannot see from the list. */
  readonly found: WorkspaceEvent[] = [];
  readonly #context: FolderContext;
  readonly #listeners = new Set<(event: WorkspaceEvent) => void>();
  #folders: ReadonlySet<string> = new Set();
  #watch: Watch | undefined;

  constructor(context: FolderContext) {
    this.#context = context;
    this.notebooks = new Notebooks(context.ids, context.makeId);
  }

  watch(watch: Watch): void {
    this.#watch = watch;
    watch.follow(this.#folders);
  }

  stop(): void {
    this.#watch?.close();
  }

  on(listener: (event: WorkspaceEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: WorkspaceEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  tell(type: 'added' | 'changed', id: NotebookId): Notebook {
    const notebook = notebookOf(this.entry(id));
    this.emit({ type, notebook });
    return notebook;
  }

  entry(id: NotebookId): Entry {
    const entry = this.notebooks.get(id);
    if (!entry) throw new AppError('not-found', 'notebook');
    return entry;
  }

  /** A folder that the server itself may just have made. */
  follow(folder: string): void {
    if (this.#folders.has(folder)) return;
    this.#folders = new Set([...this.#folders, folder]);
    this.#watch?.follow(this.#folders);
  }

  /** Looks into these folders, into all when undefined, and acts on what changed. */
  look(folders: ReadonlySet<string> | undefined): Promise<void> {
    return this.turns.take(async () => {
      const { root, now } = this.#context;
      const known = folders ? (folder: string) => this.#folders.has(folder) : () => false;
      const found = await scan(root, folders ?? [''], known);
      const appeared: Appeared[] = [];
      const changed: (Appeared & { readonly entry: Entry })[] = [];
      await inBatches([...found.notebooks], async ([path, stamp]) => {
        const entry = this.notebooks.at(path);
        if (entry?.stamp.mark === stamp.mark) return;
        const one = await this.read(path, stamp);
        if (one && entry) changed.push({ ...one, entry });
        else if (one) appeared.push(one);
      });
      if (this.#folders.size === 0) await this.#recall(found);
      const missing = this.notebooks.missing(found);
      const events = await this.notebooks.change(missing, appeared, now(), (id) => !this.files.has(id));
      for (const event of events) this.#pass(event);
      for (const { entry, stamp, content } of changed) this.#changed(entry, stamp, content);
      this.#folders = foldersAfter(this.#folders, found, folders === undefined);
      this.#watch?.follow(this.#folders);
    });
  }

  /** The notebook file at `path` as it is now; undefined where there is none. */
  async read(path: string, known?: Stamp): Promise<Appeared | undefined> {
    const { root, languages } = this.#context;
    const absolute = join(root, path);
    const stamp = known ?? (await readStamp(absolute));
    if (!stamp) return undefined;
    const bytes = await readWhole(absolute).catch((error: unknown) => ({
      line: 1,
      message: `the file can’t be read: ${error instanceof Error ? error.message : String(error)}`,
    }));
    return bytes && { path, stamp, content: contentOf(bytes, path, languages) };
  }

  /** A room's file was read or written, and says this now. */
  written(id: NotebookId, text: string, by: string | undefined): void {
    const entry = this.notebooks.get(id);
    if (!entry) return;
    const { ids, languages, now, report } = this.#context;
    const { problem: _, ...rest } = entry;
    const who = by ?? entry.by;
    const content = textContent(text, entry.path, languages);
    const stamp = { ...entry.stamp, changed: now() };
    this.notebooks.set({ ...rest, ...content, stamp, ...(who === undefined ? {} : { by: who }) });
    if (who !== undefined && who !== entry.by) {
      ids.save([{ id, path: entry.path, by: who }]).catch((error: unknown) => {
        report('who edited last could not be recorded', error);
      });
    }
    this.tell('changed', id);
  }

  async #recall(found: Found): Promise<void> {
    const unseen = this.notebooks.unseen(found);
    const texts = new Map<NotebookId, string>();
    await inBatches(unseen, async ({ id }) => {
      const text = await this.#context.recall(id).catch(() => undefined);
      if (text !== undefined) texts.set(id, text);
    });
    await this.notebooks.recall(unseen, texts, this.#context.now());
  }

  /** Files settle by themselves: a look does not wait for them. */
  #pass(event: WorkspaceEvent): void {
    const id = event.type === 'vanished' ? event.id : 'notebook' in event ? event.notebook.id : undefined;
    const file = id && this.files.get(id);
    const isTold = event.type === 'folder-renamed' || (event.type === 'added' && event.returned === true);
    if (isTold && this.#folders.size === 0) this.found.push(event);
    if (event.type === 'renamed') {
      const { path } = event.notebook;
      void file?.moved({ absolute: join(this.#context.root, path), relative: path }, async () => {});
    } else void file?.fileChanged();
    this.emit(event);
  }

  #changed(entry: Entry, stamp: Stamp, content: Appeared['content']): void {
    const now = this.notebooks.get(entry.id);
    if (!now || now.path !== entry.path) return;
    const isSame = now.text === content.text && now.problem?.message === content.problem?.message;
    if (isSame) {
      this.notebooks.set({ ...now, stamp });
      return;
    }
    const { problem: _, ...rest } = now;
    this.notebooks.set({ ...rest, ...content, stamp });
    void this.files.get(entry.id)?.fileChanged();
    this.tell('changed', entry.id);
  }
}

function foldersAfter(old: ReadonlySet<string>, found: Found, isAll: boolean): ReadonlySet<string> {
  if (isAll) return found.looked;
  const isGone = (folder: string): boolean => {
    for (let at = folder; at !== ''; at = folderOf(at)) {
      if (found.absent.has(at) || (found.looked.has(folderOf(at)) && !found.inside.has(at))) return true;
    }
    return false;
  };
  return new Set([...[...old].filter((folder) => !isGone(folder)), ...found.looked]);
}
