/**
 * One live document. An update is inspected, appended to the log as it came, made durable, and only then applied,
 * broadcast and acknowledged, in that order, whoever made it: a peer, the notebook's file, or the server itself.
 *
 * An update that throws when applied is in the log already: it is marked to be skipped, its sender is closed, and the
 * document is loaded anew. When the disk refuses, nothing is acknowledged and everybody is told; edits are taken again,
 * and asked for again, as soon as a probe of the disk succeeds.
 */
import * as Y from 'yjs';
import { AppError } from '../errors.ts';
import { awarenessFrame, controlFrame, syncFrame } from '../protocol/frames.ts';
import type { NotebookId, PersonId } from '../protocol/ids.ts';
import { CLOSE, SYNC } from '../protocol/messages.ts';
import type { Who } from '../protocol/runs.ts';
import { DiskError } from '../storage/disk.ts';
import { watchChanges } from './changes.ts';
import type { Change, Clock, Origin, Room } from './contract.ts';
import { inspectUpdate } from './inspect.ts';
import { copyDocument, holdsDocument, loadDocument } from './load.ts';
import { Outbox } from './outbox.ts';
import { Connection, type Host } from './peer.ts';
import { encodePresence } from './presence.ts';
import type { Appendable, NotebookStore } from './store.ts';

/** How long after a failure the disk is tried again: soon for who waits, seldom enough for a disk in trouble. */
const PROBE_MS = 1000;
/** A tail of so many records takes some 50 ms to apply; a snapshot of a usual notebook takes 5. */
const WORTH_RECORDS = 300;
const WORTH_BYTES = 512 * 1024;

export type RoomOptions = {
  readonly id: NotebookId;
  readonly store: NotebookStore;
  readonly updates: readonly Uint8Array[];
  readonly clock: Clock;
  /** The server's own Yjs client id, fresh at each boot. */
  readonly client: number;
  readonly warn: (what: string, details: object) => void;
};

/** The room as its registry holds it. */
export interface HeldRoom extends Room {
  /** Its document could not be loaded again: it must be let go. */
  readonly broken: boolean;
  /** Whether the next opening would be notably faster after `compact`. */
  readonly worthCompacting: boolean;
  /** Closes all peers. */
  dismiss(code: number, reason: string): void;
  /** Resolves when everything submitted so far is applied or refused. */
  settled(): Promise<void>;
  /** Writes a snapshot. Rejects with DiskError; the log then stands as it was. */
  compact(): Promise<void>;
  close(): Promise<void>;
}

type Entry = {
  readonly record: Appendable;
  readonly origin: Origin;
  readonly applied: () => void;
  /** `refused`: logged, but it does not apply. */
  readonly failed: (why: AppError | 'refused') => void;
};

export function openRoom(options: RoomOptions): HeldRoom {
  const { id, store, clock, client, warn } = options;
  const peers = new Set<Connection>();
  const outbox = new Outbox(clock, peers);
  const owners = new Map<number, PersonId>();
  const changeListeners = new Set<(change: Change) => void>();
  const storageListeners = new Set<(readOnly: string | undefined) => void>();
  const loaded = loadDocument(options.updates);
  let doc = loaded.doc;
  let changes = watchChanges(doc);
  let readOnly: string | undefined;
  let callOffProbe: (() => void) | undefined;
  let closed = false;
  let broken = false;
  /** Ends when everything submitted so far is settled, in order. */
  let tail: Promise<void> = Promise.resolve();
  /** Ends when the server's own last edit is applied: each is made on a copy that holds the one before. */
  let ownTurn: Promise<unknown> = Promise.resolve();

  for (const update of loaded.refused) {
    warn('an update in the log does not apply and is skipped', { notebook: id, bytes: update.length });
    store.append({ type: 'skip', update }).catch((cause) => fail(cause));
  }

  const host: Host = {
    get doc() {
      return doc;
    },
    get readOnly() {
      return readOnly;
    },
    submit: (peer, update, count, whole) => submitOf(peer, update, count, whole),
    show: (peer, shown) => {
      for (const other of peers) {
        if (other === peer || other.shown?.client !== shown.client) continue;
        // The same page came back before its old connection was known to be dead.
        if (other.who.id !== peer.who.id) return false;
        other.shown = undefined;
      }
      outbox.show(shown);
      return true;
    },
    flushSoon: () => outbox.schedule(),
    present: (except) => presentFrame(except),
    left: (peer) => {
      peers.delete(peer);
      const state = peer.goneState();
      if (state) outbox.show(state);
    },
  };

  function submitOf(peer: Connection, update: Uint8Array, count: number, whole: boolean): void {
    const inspection = inspectUpdate(doc, update);
    const flaw = inspection.state === 'refused' ? inspection.detail : flawFor(peer, update, inspection.clients);
    if (inspection.state === 'refused' || flaw !== undefined) {
      peer.refuse(CLOSE.updateRefused, `update-refused: ${flaw}`);
      return;
    }
    const applied = () => {
      peer.applied(count, update.length, whole);
      outbox.schedule();
    };
    if (inspection.known) {
      tail = tail.then(applied);
      return;
    }
    submit({
      record: { type: 'update', update },
      origin: { kind: 'peer', who: peer.who },
      applied: () => {
        outbox.update(update, peer);
        applied();
      },
      failed: (why) => {
        if (why === 'refused') peer.refuse(CLOSE.updateRefused, 'update-refused: it does not apply');
        else peer.drop(update.length);
      },
    });
  }

  function flawFor(peer: Connection, update: Uint8Array, clients: ReadonlySet<number>): string | undefined {
    if (store.skips(update)) return 'it does not apply';
    const foreign = (owner: PersonId | undefined) => owner !== undefined && owner !== peer.who.id;
    for (const one of clients) {
      if (one === client || foreign(owners.get(one))) return 'it writes under the id of another person';
    }
    for (const one of clients) owners.set(one, peer.who.id);
    return undefined;
  }

  function submit(entry: Entry): void {
    const durable = store.append(entry.record);
    durable.catch(() => {});
    tail = tail.then(async () => {
      try {
        await durable;
      } catch (cause) {
        entry.failed(fail(cause));
        return;
      }
      if (!('update' in entry.record)) entry.applied();
      else if (applyTo(doc, entry.record.update)) {
        entry.applied();
        tell(entry.origin, false);
      } else await loadAnew(entry, entry.record.update);
    });
  }

  function applyTo(target: Y.Doc, update: Uint8Array): boolean {
    try {
      Y.applyUpdate(target, update);
      return true;
    } catch (cause) {
      warn('an update does not apply', { notebook: id, bytes: update.length, cause: String(cause) });
      return false;
    }
  }

  async function loadAnew(entry: Entry, update: Uint8Array): Promise<void> {
    try {
      await store.append({ type: 'skip', update });
      doc = loadDocument(await store.reload()).doc;
      changes = watchChanges(doc);
    } catch (cause) {
      // The document is half changed and cannot be had anew: nobody may go on with it.
      dismiss(CLOSE.storageFailed, 'storage-failed');
      entry.failed(fail(cause));
      broken = true;
      return;
    }
    entry.failed('refused');
    tell(entry.origin, true);
  }

  function tell(origin: Origin, reloaded: boolean): void {
    const { touched, paragraphs } = changes.take();
    if (!touched && !reloaded) return;
    for (const listener of changeListeners) listener({ origin, paragraphs, reloaded });
  }

  function fail(cause: unknown): AppError {
    const why =
      cause instanceof DiskError && cause.code === 'disk-full'
        ? 'the disk is full'
        : 'the disk failed; what is shown as saved is safe';
    if (readOnly === undefined) {
      warn('edits are not taken', { notebook: id, cause: String(cause) });
      setReadOnly(why);
      callOffProbe = clock.after(PROBE_MS, probe);
    }
    return new AppError('storage-read-only', why, { cause });
  }

  function probe(): void {
    store.recover().then(
      () => {
        if (closed) return;
        setReadOnly(undefined);
        for (const peer of peers) peer.askAgain();
      },
      () => {
        if (!closed) callOffProbe = clock.after(PROBE_MS, probe);
      },
    );
  }

  function setReadOnly(why: string | undefined): void {
    readOnly = why;
    const frame = controlFrame(why === undefined ? { type: 'storage' } : { type: 'storage', readOnly: why });
    for (const peer of peers) peer.tell(frame);
    for (const listener of storageListeners) listener(why);
  }

  function presentFrame(except: Connection): Uint8Array | undefined {
    const present = [...peers].flatMap((peer) => (peer !== except && peer.isHere() ? [peer.shown!] : []));
    return present.length > 0 ? awarenessFrame(encodePresence(present)) : undefined;
  }

  function dismiss(code: number, reason: string): void {
    for (const peer of [...peers]) peer.refuse(code, reason);
  }

  const refusing = () =>
    closed || broken ? new AppError('unavailable') : readOnly && new AppError('storage-read-only', readOnly);

  /** Logged, applied and broadcast like any update; `record` may carry a base. */
  function write(record: Appendable, origin: Origin): Promise<void> {
    const refusal = refusing();
    if (refusal) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      submit({
        record,
        origin,
        applied: () => {
          if ('update' in record && record.type !== 'skip') outbox.update(record.update, undefined);
          resolve();
        },
        failed: (why) => reject(why === 'refused' ? new AppError('update-refused', 'it does not apply') : why),
      });
    });
  }

  async function transact<T>(who: Who, edit: (doc: Y.Doc) => T): Promise<T> {
    const copy = copyDocument(doc, client);
    try {
      const updates: Uint8Array[] = [];
      copy.on('update', (update: Uint8Array) => updates.push(update));
      const result = copy.transact(() => edit(copy));
      if (updates.length > 0) {
        await write({ type: 'update', update: Y.mergeUpdates(updates) }, { kind: 'server', who });
      }
      return result;
    } finally {
      copy.destroy();
    }
  }

  return {
    id,
    epoch: store.epoch,
    get doc() {
      return doc;
    },
    get readOnly() {
      return readOnly;
    },
    get peers() {
      return peers.size;
    },
    get bases() {
      return store.bases;
    },
    join: (port, who, peerClient) => {
      const peer = new Connection(port, host, clock, who, peerClient);
      peers.add(peer);
      peer.lane.send(syncFrame(SYNC.step1, Y.encodeStateVector(doc)));
      const present = presentFrame(peer);
      if (present) peer.lane.send(present);
      return peer;
    },
    transact: (who, edit) => {
      const work = ownTurn.then(() => transact(who, edit));
      ownTurn = work.catch(() => {});
      return work;
    },
    saveBase: (base) => write({ type: 'base', base }, { kind: 'file' }),
    saveImport: (update, base) => write({ type: 'import', update, base }, { kind: 'file' }),
    onChange: (listener) => {
      changeListeners.add(listener);
      return () => changeListeners.delete(listener);
    },
    onStorage: (listener) => {
      storageListeners.add(listener);
      return () => storageListeners.delete(listener);
    },
    get broken() {
      return broken;
    },
    dismiss,
    get worthCompacting() {
      const { records, bytes } = store.tail;
      return !broken && readOnly === undefined && (records >= WORTH_RECORDS || bytes >= WORTH_BYTES);
    },
    settled: () => tail,
    compact: async () => {
      await tail;
      if (readOnly === undefined && !closed && !broken) {
        const state = Y.encodeStateAsUpdate(doc);
        await store.compact(state, (read) => holdsDocument(read, doc));
      }
    },
    close: async () => {
      dismiss(1001, 'the server is stopping');
      await tail;
      closed = true;
      callOffProbe?.();
      await store.close();
      outbox.release();
      doc.destroy();
    },
  };
}
