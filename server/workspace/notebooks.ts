/**
 * The notebooks of a workspace in memory, and what each look at the folders means for them: which file is which notebook.
 * An id belongs to its path; a file that vanished and one that appeared within 5 s with the same content are a rename; a
 * vanished file's notebook is hidden and goes on if the file returns; anything else that appears is new.
 */
import type { NotebookId } from '../protocol/ids.ts';
import type { WorkspaceEvent } from './contract.ts';
import { type Content, type Entry, notebookOf } from './entry.ts';
import { renamedFolders } from './folders.ts';
import type { IdRecord, Ids } from './ids.ts';
import { matchRenames, RENAME_MS } from './rename.ts';
import { type Found, folderOf } from './scan.ts';
import type { Stamp } from './steps.ts';

/** A file that the last look found at a path where there was none. */
export type Appeared = { readonly path: string; readonly stamp: Stamp; readonly content: Content };

type Vanished = { readonly id: NotebookId; readonly path: string; readonly at: number; readonly text: string };

export class Notebooks {
  readonly #ids: Ids;
  readonly #makeId: () => NotebookId;
  readonly #entries = new Map<NotebookId, Entry>();
  readonly #byPath = new Map<string, NotebookId>();
  #vanished: Vanished[] = [];
  /** Renames of the last moments: a folder's are not always seen in one look. */
  #moved: { readonly from: string; readonly to: string; readonly at: number }[] = [];

  constructor(ids: Ids, makeId: () => NotebookId) {
    this.#ids = ids;
    this.#makeId = makeId;
  }

  values(): IterableIterator<Entry> {
    return this.#entries.values();
  }

  get size(): number {
    return this.#entries.size;
  }

  get(id: NotebookId): Entry | undefined {
    return this.#entries.get(id);
  }

  at(path: string): Entry | undefined {
    const id = this.#byPath.get(path);
    return id === undefined ? undefined : this.#entries.get(id);
  }

  set(entry: Entry): void {
    const old = this.#entries.get(entry.id);
    if (old && old.path !== entry.path && this.#byPath.get(old.path) === entry.id) this.#byPath.delete(old.path);
    this.#entries.set(entry.id, entry);
    this.#byPath.set(entry.path, entry.id);
  }

  /** Entries that a look shows to be gone. */
  missing(found: Found): readonly Entry[] {
    const gone = (path: string): boolean => {
      if (found.notebooks.has(path) || found.unsure.has(path)) return false;
      const folder = folderOf(path);
      if (found.looked.has(folder)) return true;
      for (let at = folder; ; at = folderOf(at)) {
        if (found.absent.has(at)) return true;
        if (at === '') return false;
        if (found.looked.has(folderOf(at)) && !found.inside.has(at)) return true;
      }
    };
    return [...this.#entries.values()].filter(({ path }) => gone(path));
  }

  /** Records whose files the first look did not find: they vanished while no server was there to see it. */
  unseen(found: Found): readonly IdRecord[] {
    return [...this.#ids.records.values()].filter(
      ({ path, from, gone }) => gone === undefined && !found.notebooks.has(from ?? path) && !found.notebooks.has(path),
    );
  }

  /** At the first look: `texts` of unseen files as far as anything remembers them, so that renames are recognised. */
  async recall(unseen: readonly IdRecord[], texts: ReadonlyMap<NotebookId, string>, now: number): Promise<void> {
    for (const { id, path } of unseen) this.#vanished.push({ id, path, at: now, text: texts.get(id) ?? '' });
    await this.#ids.save(
      unseen.map(({ id, path, by }) => ({ id, path, gone: now, ...(by === undefined ? {} : { by }) })),
    );
  }

  /** Thrown away on purpose, which the records say already: what appears now is no other name of it. */
  release(id: NotebookId): void {
    const entry = this.#entries.get(id);
    if (entry) this.#forget(id, entry.path);
    this.#vanished = this.#vanished.filter((one) => one.id !== id);
  }

  /**
   * Records what vanished and what appeared, durably, and says what happened. `isFree`: whether a notebook that appeared
   * moments ago may still turn out to be another one renamed: nobody has opened it.
   */
  async change(
    missing: readonly Entry[],
    appeared: readonly Appeared[],
    now: number,
    isFree: (id: NotebookId) => boolean,
  ): Promise<readonly WorkspaceEvent[]> {
    const events: WorkspaceEvent[] = [];
    const records = new Map<NotebookId, IdRecord>();
    for (const { id, path, text, by } of missing) {
      this.#forget(id, path);
      this.#vanished.push({ id, path, at: now, text });
      records.set(id, { id, path, gone: now, ...(by === undefined ? {} : { by }) });
      events.push({ type: 'vanished', id, path });
    }
    this.#vanished = this.#vanished.filter(({ at }) => now - at <= RENAME_MS);
    const returning = this.#returning(appeared);
    const fresh: Appeared[] = [];
    for (const one of appeared) {
      const record = returning.get(one.path);
      if (!record || this.#entries.has(record.id)) fresh.push(one);
      else
        events.push({ ...this.#add(record, one, records), ...(record.gone === undefined ? {} : { returned: true }) });
    }
    const waiting = this.#vanished.filter(({ id }) => !this.#entries.has(id));
    const late = [...this.#entries.values()].filter(
      ({ id, appeared: at }) => at !== undefined && now - at <= RENAME_MS && isFree(id),
    );
    const candidates = [
      ...fresh.map((one) => ({ key: one as Appeared | Entry, path: one.path, text: one.content.text })),
      ...late.map((one) => ({ key: one as Appeared | Entry, path: one.path, text: one.text })),
    ];
    const taken = new Set<Appeared | Entry>();
    for (const { from, to } of matchRenames(
      waiting.map((old) => ({ key: old, path: old.path, text: old.text })),
      candidates,
    )) {
      taken.add(to);
      events.push(this.#rename(from, to, records));
    }
    this.#vanished = this.#vanished.filter(({ id }) => !this.#entries.has(id));
    for (const one of fresh) {
      if (taken.has(one)) continue;
      const record = { id: this.#makeId(), path: one.path };
      events.push(this.#add(record, { ...one, since: now }, records));
    }
    await this.#ids.save([...records.values()]);
    return [...settle(events), ...this.#folders(events, now)];
  }

  #folders(events: readonly WorkspaceEvent[], now: number): readonly WorkspaceEvent[] {
    const moves = events.flatMap((event) =>
      event.type === 'renamed' ? [{ from: event.from, to: event.notebook.path, at: now }] : [],
    );
    this.#moved = [...this.#moved.filter(({ at }) => now - at <= RENAME_MS), ...moves];
    if (moves.length === 0) return [];
    const here = [...this.#entries.values()].map(({ path }) => path);
    const missing = this.#vanished.map(({ path }) => path);
    return renamedFolders(this.#moved, here, missing).map((one) => ({ type: 'folder-renamed', ...one }));
  }

  /** Which notebook each path was, the last to have it first. */
  #returning(appeared: readonly Appeared[]): ReadonlyMap<string, IdRecord> {
    const paths = new Set(appeared.map(({ path }) => path));
    const known = [...this.#ids.records.values()].filter(({ id }) => !this.#entries.has(id));
    known.sort((a, b) => (a.gone ?? Number.MAX_VALUE) - (b.gone ?? Number.MAX_VALUE));
    return new Map(
      known.map((record) => {
        const { path, from } = record;
        return [from !== undefined && !paths.has(path) && paths.has(from) ? from : path, record];
      }),
    );
  }

  #forget(id: NotebookId, path: string): void {
    this.#entries.delete(id);
    if (this.#byPath.get(path) === id) this.#byPath.delete(path);
  }

  #add(
    { id, by }: IdRecord,
    { path, stamp, content, since }: Appeared & { readonly since?: number },
    records: Map<NotebookId, IdRecord>,
  ): Extract<WorkspaceEvent, { type: 'added' }> {
    const entry: Entry = {
      id,
      path,
      stamp,
      ...content,
      ...(by === undefined ? {} : { by }),
      ...(since === undefined ? {} : { appeared: since }),
    };
    this.set(entry);
    const known = this.#ids.records.get(id);
    if (records.has(id) || known?.path !== path || known.gone !== undefined) {
      records.set(id, { id, path, ...(by === undefined ? {} : { by }) });
    }
    return { type: 'added', notebook: notebookOf(entry) };
  }

  #rename(from: Vanished, to: Appeared | Entry, records: Map<NotebookId, IdRecord>): WorkspaceEvent {
    const by = this.#ids.records.get(from.id)?.by;
    if ('id' in to) {
      this.#forget(to.id, to.path);
      records.set(to.id, { id: to.id, path: '', gone: 0 });
      const { appeared: _, ...rest } = to;
      this.set({ ...rest, id: from.id, ...(by === undefined ? {} : { by }) });
    } else {
      this.set({ id: from.id, path: to.path, stamp: to.stamp, ...to.content, ...(by === undefined ? {} : { by }) });
    }
    records.set(from.id, { id: from.id, path: to.path, ...(by === undefined ? {} : { by }) });
    return { type: 'renamed', notebook: notebookOf(this.#entries.get(from.id)!), from: from.path };
  }
}

/** A file that vanished and is back, or has another name, in the same look did not vanish. */
function settle(events: readonly WorkspaceEvent[]): readonly WorkspaceEvent[] {
  const here = new Set(events.flatMap((event) => ('notebook' in event ? [event.notebook.id] : [])));
  return events.filter((event) => event.type !== 'vanished' || !here.has(event.id));
}
