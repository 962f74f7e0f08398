/**
 * Versions of all notebooks: opens a notebook's store when it is asked for or its room is open, and makes the automatic
 * versions: what a notebook said before its first edit, then once a day while it is edited, before a restore, and before a
 * large change from outside.
 *
 * Daily means: a day after the first edit that no version holds. Where the room is not open then, at its next opening.
 * Longer than most files: what is asked for and what happens by itself take turns at the same stores.
 */
import * as Y from 'yjs';
import { AppError } from '../errors.ts';
import { type NotebookId, newId, type ParagraphId, type ResultId, type VersionId } from '../protocol/ids.ts';
import { compareMoments } from '../protocol/versions/compare.ts';
import { restoreMoment, withParagraph } from '../protocol/versions/restore.ts';
import { isEmpty, type Moment, momentOf, type Reason, type Version } from '../protocol/versions/version.ts';
import type { Clock, Room, RoomLease } from '../rooms/contract.ts';
import { type Disk, DiskError } from '../storage/disk.ts';
import type { FileRoom } from '../workspace/contract.ts';
import { Turns } from '../workspace/turns.ts';
import type { Versions } from './contract.ts';
import { isLarge } from './large.ts';
import { MOST_BYTES, MOST_NAMED, openVersionStore, type VersionStore } from './store.ts';

export const DAY_MS = 24 * 60 * 60 * 1000;
/** Who edited is written down so much later: a kill forgets a name, never a text. */
const TOUCH_MS = 5_000;
/** A store that nobody looks at is closed after so long. */
const IDLE_MS = 60_000;

export type VersionsOptions = {
  readonly disk: Disk;
  readonly folder: (notebook: NotebookId) => string;
  readonly use: (notebook: NotebookId) => Promise<RoomLease>;
  /** What the notebook's paragraphs show now. */
  readonly shown: (notebook: NotebookId) => Promise<ReadonlyMap<ParagraphId, readonly ResultId[]>>;
  readonly clock: Pick<Clock, 'after'>;
  /** Bytes of one notebook's versions; `MOST_BYTES` by default. */
  readonly most?: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly warn: (what: string, details: object) => void;
};

export type OpenVersions = Versions & {
  /** A room was loaded, and nobody is in it yet. Resolves with what to call before it goes. */
  watch(room: Room): Promise<() => Promise<void>>;
  /** The room as its file is given it: a large change from outside makes a version first. */
  guard(notebook: NotebookId, room: FileRoom): FileRoom;
};

type Shelf = { readonly store: Promise<VersionStore>; readonly turns: Turns; users: number; leave: () => void };

export function openVersions(options: VersionsOptions): OpenVersions {
  const { disk, folder, clock, now, warn, most = MOST_BYTES } = options;
  const shelves = new Map<NotebookId, Shelf>();
  const closing = new Map<NotebookId, Promise<void>>();
  /** Write down who edited, of notebooks that are open. */
  const flushes = new Map<NotebookId, () => Promise<void>>();
  /** Whose edit is being taken in that came as a text. */
  const writers = new Map<NotebookId, string>();
  let closed = false;

  async function open(notebook: NotebookId): Promise<VersionStore> {
    await closing.get(notebook);
    const opening = await openVersionStore(disk, folder(notebook), most);
    if (opening.state === 'damaged') throw new AppError('notebook-damaged', opening.detail);
    return opening.store;
  }

  function take(notebook: NotebookId): Shelf {
    if (closed) throw new AppError('unavailable');
    const known = shelves.get(notebook);
    const shelf = known ?? { store: open(notebook), turns: new Turns(), users: 0, leave: () => {} };
    shelves.set(notebook, shelf);
    shelf.leave();
    shelf.users += 1;
    return shelf;
  }

  function leave(notebook: NotebookId, shelf: Shelf): void {
    shelf.users -= 1;
    if (shelf.users === 0) shelf.leave = clock.after(IDLE_MS, () => void letGo(notebook, shelf));
  }

  function letGo(notebook: NotebookId, shelf: Shelf): Promise<void> {
    shelf.leave();
    if (shelves.get(notebook) === shelf) shelves.delete(notebook);
    const work = shelf.turns
      .take(async () => (await shelf.store).close())
      .catch(() => {})
      .finally(() => {
        if (closing.get(notebook) === work) closing.delete(notebook);
      });
    closing.set(notebook, work);
    return work;
  }

  /** One after another: what `add` compares with is the newest. */
  async function within<T>(notebook: NotebookId, work: (store: VersionStore) => Promise<T> | T): Promise<T> {
    const shelf = take(notebook);
    try {
      return await shelf.turns.take(async () => work(await shelf.store));
    } catch (cause) {
      // A log that failed takes nothing more: the next opens it anew.
      if (!(cause instanceof AppError)) void letGo(notebook, shelf);
      else if (cause.code === 'notebook-damaged' && shelves.get(notebook) === shelf) shelves.delete(notebook);
      throw cause instanceof DiskError ? new AppError('storage-read-only', cause.message, { cause }) : cause;
    } finally {
      leave(notebook, shelf);
    }
  }

  type Wish = { readonly reason: Reason; readonly name?: string; readonly by?: string };

  async function add(notebook: NotebookId, moment: Moment, asked: Wish): Promise<Version> {
    const shown = asked.name === undefined ? undefined : await options.shown(notebook);
    return within(notebook, async (store) => {
      if (store.isFull) await store.thin(now());
      if (store.isFull) throw new AppError('versions-full', `${most / 1024 / 1024} MB`);
      if (asked.name !== undefined) refuseTooMany(store);
      const info = await store.add({
        id: newId<VersionId>(),
        at: now(),
        moment,
        ...asked,
        ...(shown ? { results: [...shown] } : {}),
      });
      // The version is durable: what thinning could not do now the next one does.
      await store.thin(now()).catch((cause) => {
        warn('old versions could not be thinned', { notebook, cause: String(cause) });
        const shelf = shelves.get(notebook);
        if (shelf) void letGo(notebook, shelf);
      });
      return store.read(info.id) ?? missing();
    });
  }

  async function capture(notebook: NotebookId, moment: Moment, reason: Reason): Promise<void> {
    if (isEmpty(moment)) return;
    await add(notebook, moment, { reason }).catch((cause) => {
      warn('a version could not be kept', { notebook, reason, cause: String(cause) });
    });
  }

  async function holding<T>(notebook: NotebookId, work: (room: Room) => Promise<T>): Promise<T> {
    const lease = await options.use(notebook);
    try {
      return await work(lease.room);
    } finally {
      lease.release();
    }
  }

  async function watch(room: Room): Promise<() => Promise<void>> {
    const notebook = room.id;
    const shelf = take(notebook);
    const start = await shelf.turns
      .take(async () => {
        const store = await shelf.store;
        return { isFirst: store.list().length === 0, since: store.since?.at };
      })
      .catch((cause: unknown) => {
        warn('versions cannot be read', { notebook, cause: String(cause) });
        return undefined;
      });
    if (!start) {
      leave(notebook, shelf);
      return async () => {};
    }
    /** What no version holds yet, of a notebook that has none: kept once somebody edits it. */
    let first = start.isFirst && start.since === undefined ? momentOf(room.doc) : undefined;
    let since = start.since;
    let touches = new Map<ParagraphId, { readonly by: string; readonly at: number }>();
    let callOff = (): void => {};
    let callOffTouch: (() => void) | undefined;

    function daily(): void {
      callOff();
      if (since === undefined) return;
      callOff = clock.after(Math.max(0, since + DAY_MS - now()), () => {
        since = undefined;
        void flush().then(() => capture(notebook, momentOf(room.doc), 'daily'));
      });
    }

    async function flush(): Promise<void> {
      callOffTouch?.();
      callOffTouch = undefined;
      const list = [...touches].map(([id, { by, at }]) => [id, by, at] as const);
      touches = new Map();
      if (list.length === 0) return;
      await within(notebook, (store) => store.touch(list)).catch((cause) => {
        warn('who edited could not be written down', { notebook, cause: String(cause) });
      });
    }

    const unwatch = room.onChange(({ origin, paragraphs }) => {
      const at = now();
      if (first) void capture(notebook, first, 'daily');
      first = undefined;
      const by = origin.kind === 'file' ? (writers.get(notebook) ?? '') : origin.who.name;
      for (const id of paragraphs) touches.set(id as ParagraphId, { by, at });
      callOffTouch ??= clock.after(TOUCH_MS, () => void flush());
      if (since !== undefined) return;
      since = at;
      daily();
    });
    daily();
    flushes.set(notebook, flush);
    return async () => {
      unwatch();
      callOff();
      if (flushes.get(notebook) === flush) flushes.delete(notebook);
      await flush();
      leave(notebook, shelf);
    };
  }

  return {
    watch,
    guard: (notebook, room) => ({
      get doc() {
        return room.doc;
      },
      get bases() {
        return room.bases;
      },
      saveBase: (base) => room.saveBase(base),
      saveImport: async (update, base, by) => {
        const before = momentOf(room.doc);
        if (before.paragraphs.length > 0 && isLarge(compareMoments(before, after(room.doc, update)))) {
          await capture(notebook, before, 'outside');
        }
        if (by !== undefined) writers.set(notebook, by);
        await room.saveImport(update, base, by).finally(() => writers.delete(notebook));
      },
    }),
    list: async (notebook) => {
      await flushes.get(notebook)?.();
      return within(notebook, (store) => ({ items: store.list(), ...(store.since ? { since: store.since } : {}) }));
    },
    read: async (notebook, version) => {
      await flushes.get(notebook)?.();
      return within(notebook, (store) => store.read(version) ?? missing());
    },
    keep: (notebook, { name, by }) =>
      holding(notebook, async (room) => {
        const moment = momentOf(room.doc);
        await flushes.get(notebook)?.();
        return add(notebook, moment, name === undefined ? { reason: 'restore', by } : { reason: 'asked', name, by });
      }),
    rename: (notebook, version, name, by) =>
      within(notebook, async (store) => {
        const known = store.list().find(({ id }) => id === version) ?? missing();
        if (known.name === undefined) refuseTooMany(store);
        await store.name(version, { name, by: known.by ?? by });
        return store.list().find(({ id }) => id === version) ?? missing();
      }),
    unname: (notebook, version) =>
      within(notebook, async (store) => {
        if (!store.list().some(({ id }) => id === version)) missing();
        await store.unname(version);
        await store.thin(now());
      }),
    restore: (notebook, version, who, paragraph) =>
      holding(notebook, async (room) => {
        const { moment } = await within(notebook, (store) => store.read(version) ?? missing());
        if (room.readOnly !== undefined) throw new AppError('storage-read-only', room.readOnly);
        await flushes.get(notebook)?.();
        const before = momentOf(room.doc);
        const here = [...moment.paragraphs, ...before.paragraphs].some(({ id }) => id === paragraph);
        if (paragraph !== undefined && !here) throw new AppError('not-found', 'paragraph');
        const kept = await add(notebook, before, { reason: 'restore', by: who.name });
        const wanted = paragraph === undefined ? moment : withParagraph(before, moment, paragraph);
        const deletion = { by: who.name, at: now() };
        await room.transact(who, (doc) => restoreMoment(doc, before, wanted, deletion));
        return kept;
      }),
    results: async (notebook) => {
      const isOpen = shelves.has(notebook);
      const results = await within(notebook, (store) => store.results);
      // Over its budget a workspace asks for those of all notebooks: no history stays in memory for that.
      const shelf = shelves.get(notebook);
      if (!isOpen && shelf?.users === 0) await letGo(notebook, shelf);
      return results;
    },
    forget: async (notebook) => {
      const shelf = shelves.get(notebook);
      if (shelf) await letGo(notebook, shelf);
      await closing.get(notebook);
    },
    close: async () => {
      closed = true;
      await Promise.all([...shelves].map(([notebook, shelf]) => letGo(notebook, shelf)));
      await Promise.all(closing.values());
    },
  };
}

/** What the document would say with the update. */
function after(doc: Y.Doc, update: Uint8Array): Moment {
  const copy = new Y.Doc();
  try {
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
    Y.applyUpdate(copy, update);
    return momentOf(copy);
  } finally {
    copy.destroy();
  }
}

function refuseTooMany(store: VersionStore): void {
  const named = store.list().filter(({ name }) => name !== undefined).length;
  if (named >= MOST_NAMED) throw new AppError('too-many', `a notebook has at most ${MOST_NAMED} named versions`);
}

function missing(): never {
  throw new AppError('not-found', 'version');
}
