/**
 * The rooms of a workspace: loaded on first use, kept while anybody uses them and a while longer, then written out and
 * let go. Letting a room go touches nothing but the room: sessions and runs have lives of their own.
 */
import { AppError } from '../errors.ts';
import { type Epoch, type NotebookId, newId } from '../protocol/ids.ts';
import type { Disk } from '../storage/disk.ts';
import type { NotebookFile } from '../workspace/contract.ts';
import type { AttachFile, Change, Clock, Room, RoomLease, Rooms } from './contract.ts';
import { renewIfDue } from './epoch.ts';
import { type HeldRoom, openRoom } from './room.ts';
import { type NotebookStore, openStore } from './store.ts';

/** A reload of the page, or a way home and back, finds the room still loaded. */
const KEPT_MS = 60_000;
/** Rooms nobody uses that are kept for that while: opening all notebooks once must not hold them all in memory. */
const KEPT_ROOMS = 20;
/** A document at rest for so long is compacted if that is worth it. */
const REST_MS = 30_000;
/** While people type, one document at a time, and for each moment of that nine without: those who began together would hold up everybody together. */
const APART = 9;

export type RoomsOptions = {
  readonly disk: Disk;
  /** The folder of a notebook's store on `disk`, e.g. `notebooks/ID`. */
  readonly folder: (notebook: NotebookId) => string;
  readonly attach: AttachFile;
  readonly clock: Clock;
  /** Milliseconds since 1970; months are counted by it. The system's by default. */
  readonly today?: () => number;
  /** The server before did not end in order, or may not have. */
  readonly abandoned?: boolean;
  /** The server's own Yjs client id: random, fresh at each boot. */
  readonly client: number;
  /** A room was loaded and nobody is in it yet; what it resolves with is called before the room goes. */
  readonly loaded?: (room: Room) => Promise<() => Promise<void>>;
  /** Told of each edit of a peer how long it took until it was durable and applied, in ms. */
  readonly acknowledged?: (ms: number) => void;
  readonly warn: (what: string, details: object) => void;
};

type Open = { readonly room: HeldRoom; readonly file: NotebookFile; readonly leave: () => Promise<void> };
type Entry = {
  readonly opening: Promise<Open>;
  open: Open | undefined;
  users: number;
  /** Calls off its going. */
  stay: (() => void) | undefined;
  rest: (() => void) | undefined;
};

/** A class, as there are thousands: a function of each would be another object, and hold on to more. */
class Lease implements RoomLease {
  readonly room: Room;
  readonly file: NotebookFile;
  readonly #entry: Entry;
  #unuse: ((room: Room, entry: Entry) => void) | undefined;

  constructor(room: Room, file: NotebookFile, entry: Entry, unuse: (room: Room, entry: Entry) => void) {
    this.room = room;
    this.file = file;
    this.#entry = entry;
    this.#unuse = unuse;
  }

  release(): void {
    const unuse = this.#unuse;
    this.#unuse = undefined;
    unuse?.(this.room, this.#entry);
  }
}

export function openRooms(options: RoomsOptions): Rooms {
  const { disk, folder, attach, clock, client, warn, today = Date.now, abandoned = true, acknowledged } = options;
  const entries = new Map<NotebookId, Entry>();
  const going = new Map<NotebookId, Promise<void>>();
  /** Nobody uses them, the longest unused first. */
  const kept = new Set<NotebookId>();
  /** Opened before: this server itself has written what is there. */
  const met = new Set<NotebookId>();
  const compacting = new WeakSet<HeldRoom>();
  /** When the next may be compacted that is in use; `Infinity` while one is. */
  let nextInUse = Number.NEGATIVE_INFINITY;
  let closed = false;

  async function openDocument(id: NotebookId): Promise<{ store: NotebookStore; updates: readonly Uint8Array[] }> {
    const opening = await openStore(disk, folder(id), newId<Epoch>(), abandoned && !met.has(id));
    met.add(id);
    if (opening.state === 'damaged') throw new AppError('notebook-damaged', opening.detail);
    const { store } = opening;
    for (const what of store.warnings) {
      warn('part of a store is damaged; the generation before holds the same', { notebook: id, what });
    }
    const before = store.epoch;
    try {
      const updates = await renewIfDue(store, opening.updates, today());
      if (store.epoch !== before) warn('the document begins a new epoch', { notebook: id, before, epoch: store.epoch });
      return { store, updates };
    } catch (cause) {
      await store.close();
      throw cause;
    }
  }

  async function load(id: NotebookId): Promise<Open> {
    await going.get(id);
    const { store, updates } = await openDocument(id).catch((cause) => {
      if (cause instanceof AppError) throw cause;
      throw new AppError('storage-read-only', 'the disk failed', { cause });
    });
    const room = openRoom({
      id,
      store,
      updates,
      clock,
      today,
      client,
      warn,
      ...(acknowledged ? { acknowledged } : {}),
    });
    const file = attach(id, room);
    try {
      const state = await file.open();
      if (state.state === 'failed') {
        const place = state.line === undefined ? '' : `line ${state.line}: `;
        throw new AppError('unparsable-notebook', place + state.message);
      }
    } catch (cause) {
      await file.close().catch(() => {});
      await room.close();
      throw cause;
    }
    room.onChange((change) => changed(id, file, change));
    const leave = (await options.loaded?.(room)) ?? (async () => {});
    return { room, file, leave };
  }

  function changed(id: NotebookId, file: NotebookFile, { origin }: Change): void {
    if (origin.kind !== 'file') file.documentChanged(origin.who.name);
    const entry = entries.get(id);
    if (!entry) return;
    entry.rest?.();
    entry.rest = clock.after(REST_MS, () => {
      if (entry.open) void compact(entry.open.room, 'at rest');
    });
    if (entry.open) void compact(entry.open.room, 'in use');
  }

  function compact(room: HeldRoom, when: 'at rest' | 'in use'): Promise<void> {
    if (compacting.has(room) || !room.worthCompacting(when)) return Promise.resolve();
    const since = clock.now();
    if (when === 'in use') {
      // The next edit asks again.
      if (since < nextInUse) return Promise.resolve();
      nextInUse = Number.POSITIVE_INFINITY;
    }
    compacting.add(room);
    return room
      .compact()
      .finally(() => {
        if (when === 'in use') nextInUse = clock.now() + APART * (clock.now() - since);
      })
      .then(
        () => compacting.delete(room),
        (cause) => {
          warn('a log could not be compacted', { notebook: room.id, cause: String(cause) });
          clock.after(REST_MS, () => compacting.delete(room));
        },
      )
      .then(() => {});
  }

  function entryOf(id: NotebookId): Entry {
    const known = entries.get(id);
    if (known && !known.open?.room.broken) return known;
    if (known) void letGo(id, known);
    const opening = load(id);
    const entry: Entry = { opening, open: undefined, users: 0, stay: undefined, rest: undefined };
    entries.set(id, entry);
    opening.then(
      (open) => {
        entry.open = open;
      },
      () => {
        if (entries.get(id) === entry) entries.delete(id);
      },
    );
    return entry;
  }

  async function use(id: NotebookId): Promise<RoomLease> {
    if (closed) throw new AppError('unavailable');
    const entry = entryOf(id);
    entry.users += 1;
    entry.stay?.();
    entry.stay = undefined;
    kept.delete(id);
    try {
      const { room, file } = await entry.opening;
      return new Lease(room, file, entry, unuse);
    } catch (cause) {
      entry.users -= 1;
      throw cause;
    }
  }

  function unuse({ id }: Room, entry: Entry): void {
    entry.users -= 1;
    if (entry.users > 0 || entries.get(id) !== entry || closed) return;
    entry.stay = clock.after(KEPT_MS, () => void letGo(id, entry));
    kept.add(id);
    for (const oldest of kept) {
      if (kept.size <= KEPT_ROOMS) break;
      const other = entries.get(oldest);
      if (other) void letGo(oldest, other);
      else kept.delete(oldest);
    }
  }

  function letGo(id: NotebookId, entry: Entry): Promise<void> {
    kept.delete(id);
    if (entries.get(id) === entry) entries.delete(id);
    entry.stay?.();
    entry.rest?.();
    const work = end(entry)
      .catch((cause) => warn('a room did not end well', { notebook: id, cause: String(cause) }))
      .finally(() => {
        if (going.get(id) === work) going.delete(id);
      });
    going.set(id, work);
    return work;
  }

  async function end(entry: Entry): Promise<void> {
    const { room, file, leave } = await entry.opening;
    room.dismiss(1001, 'the server is stopping');
    await room.settled();
    await leave().catch((cause) => warn('a room was not left well', { notebook: room.id, cause: String(cause) }));
    await file.close().catch((cause) => warn('a file was not written', { notebook: room.id, cause: String(cause) }));
    if (!closed) await compact(room, 'at rest');
    await room.close();
  }

  return {
    use,
    loaded: (id): Room | undefined => {
      const room = entries.get(id)?.open?.room;
      return room?.broken ? undefined : room;
    },
    end: async (id) => {
      const entry = entries.get(id);
      await (entry ? letGo(id, entry) : going.get(id));
    },
    close: async () => {
      closed = true;
      await Promise.allSettled([...entries].map(([id, entry]) => letGo(id, entry)));
      await Promise.allSettled(going.values());
    },
  };
}
