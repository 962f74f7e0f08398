/**
 * One live document and the peers that edit it. Every edit passes the pipeline: durable first, then applied, broadcast and
 * acknowledged, in that order. What peers send is inspected before; what the server itself changes is made on a copy, so
 * that it passes like any other.
 *
 * When the disk refuses, nothing is acknowledged and everybody is told; once it takes edits again, each peer is asked for
 * what it has that the room lacks. A little long: the steps of the pipeline share what is known to be durable.
 */
import * as Y from 'yjs';
import { AppError } from '../errors.ts';
import { controlFrame, syncFrame } from '../protocol/frames.ts';
import type { NotebookId } from '../protocol/ids.ts';
import { CLOSE, SYNC } from '../protocol/messages.ts';
import type { Who } from '../protocol/runs.ts';
import { Claims } from './claims.ts';
import type { Change, Clock, Origin, Room } from './contract.ts';
import { Crowd } from './crowd.ts';
import { watchHealth } from './health.ts';
import { inspectUpdate, passesOn } from './inspect.ts';
import { copyDocument } from './load.ts';
import { Outbox } from './outbox.ts';
import { Connection, type Host } from './peer.ts';
import { startPipeline } from './pipeline.ts';
import { Present } from './present.ts';
import { type Owner, SERVER } from './records.ts';
import type { Appendable, NotebookStore } from './store.ts';
import { trackUnderway } from './underway.ts';

/** A tail of so many records takes some 50 ms to apply; a snapshot of a usual notebook takes 5. */
const WORTH_RECORDS = 300;
const WORTH_BYTES = 512 * 1024;
/** Half a second to apply. Compacting holds edits back for some 10 ms, so in use it has to be worth it. */
const OVERDUE_RECORDS = 20_000;
const OVERDUE_BYTES = 16 * 1024 * 1024;
/** That somebody was here is written down this often: months are counted by it. */
const SEEN_MS = 24 * 60 * 60 * 1000;

export type RoomOptions = {
  readonly id: NotebookId;
  readonly store: NotebookStore;
  readonly updates: readonly Uint8Array[];
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly today: () => number;
  /** The server's own Yjs client id, fresh at each boot. */
  readonly client: number;
  /** Told of each edit of a peer how long it took, in ms. */
  readonly acknowledged?: (ms: number) => void;
  readonly warn: (what: string, details: object) => void;
};

/** The room as its registry holds it. */
export interface HeldRoom extends Room {
  /** Its document could not be loaded again: it must be let go. */
  readonly broken: boolean;
  /** Whether `compact` makes the next opening notably faster; while people type it has to be by much. */
  worthCompacting(when: 'at rest' | 'in use'): boolean;
  /** Closes all peers. */
  dismiss(code: number, reason: string): void;
  /** Resolves when everything submitted so far is applied or refused. */
  settled(): Promise<void>;
  /** Writes a snapshot. Rejects with DiskError; the log then stands as it was. */
  compact(): Promise<void>;
  close(): Promise<void>;
}

export function openRoom(options: RoomOptions): HeldRoom {
  const { id, store, clock, client, warn, today, acknowledged } = options;
  const peers = new Set<Connection>();
  const outbox = new Outbox(clock, peers);
  const present = new Present();
  const crowd = new Crowd(clock, peers, () => present.untold);
  const claims = new Claims<object>(() => store.owners);
  claims.claim(client, SERVER, outbox);
  const ownerOf = (one: number): Owner | undefined => claims.ownerOf(one);
  const sealed = store.newer === undefined ? undefined : 'a newer Gondola wrote this notebook; update this one to edit';
  let seen = store.seen ?? Number.NEGATIVE_INFINITY;
  const changeListeners = new Set<(change: Change) => void>();
  const storageListeners = new Set<(readOnly: string | undefined) => void>();
  let closed = false;
  /** Ends when the server's own last edit is applied: each is made on a copy that holds the one before. */
  let ownTurn: Promise<unknown> = Promise.resolve();

  const health = watchHealth({
    recover: () => store.recover(),
    clock,
    onChange: (readOnly, cause) => {
      if (readOnly !== undefined) warn('edits are not taken', { notebook: id, cause: String(cause) });
      const frame = controlFrame(readOnly === undefined ? { type: 'storage' } : { type: 'storage', readOnly });
      for (const peer of peers) peer.tell(frame);
      if (readOnly === undefined) for (const peer of peers) peer.askAgain();
      for (const listener of storageListeners) listener(readOnly);
    },
  });

  const pipeline = startPipeline({
    store,
    updates: options.updates,
    warn: (what, details) => warn(what, { notebook: id, ...details }),
    fail: (cause) => health.fail(cause),
    onChange: (change) => {
      for (const listener of changeListeners) listener(change);
    },
    onBroken: () => dismiss(CLOSE.storageFailed, 'storage-failed'),
  });

  const host: Host = {
    get doc() {
      return pipeline.doc;
    },
    get readOnly() {
      return sealed ?? health.readOnly;
    },
    submit: (peer, update, count) => submitOf(peer, update, count),
    show: (peer, shown) => {
      // Whose edits bear an id comes back under it, also where somebody else took it in between.
      const owner = ownerOf(shown.client);
      if (owner !== undefined && owner !== peer.who.id) return false;
      for (const other of peers) {
        if (other === peer || other.shown?.client !== shown.client) continue;
        // The same page came back before its old connection was known to be dead.
        if (other.who.id !== peer.who.id && owner === undefined) return false;
        other.shown = undefined;
      }
      for (const one of present.show(shown)) outbox.show(one);
      crowd.changed();
      return true;
    },
    acknowledgeSoon: (peer) => outbox.owe(peer),
    present: () => present.frame,
    left: (peer) => {
      peers.delete(peer);
      outbox.left(peer);
      pipeline.inTurn(() => claims.left(peer));
      const state = peer.goneState();
      if (state) for (const one of present.show(state)) outbox.show(one);
      crowd.changed();
    },
  };

  const underway = trackUnderway(() => pipeline.doc);

  function submitOf(peer: Connection, update: Uint8Array, count: number): void {
    const inspection = inspectUpdate(pipeline.doc, update);
    const flaw = inspection.state === 'refused' ? inspection.detail : flawFor(peer, update, inspection.clients);
    if (inspection.state === 'refused' || flaw !== undefined) {
      peer.refuse(CLOSE.updateRefused, `update-refused: ${flaw}`);
      return;
    }
    const applied = () => {
      peer.applied(count, update.length);
      // At once, unless more of the same peer is on its way to the disk: then as one.
      if (peer.hasAll(count)) peer.acknowledge();
      else outbox.owe(peer);
    };
    if (inspection.known) {
      pipeline.inTurn(applied);
      return;
    }
    const taken = underway.take(inspection.decoded);
    if (taken.state === 'refused') {
      peer.refuse(CLOSE.updateRefused, `update-refused: ${taken.detail}`);
      return;
    }
    outbox.typed(peer);
    const since = clock.now();
    pipeline.submit({
      record: { type: 'update', update },
      owns: { person: peer.who.id, clients: ownedBy(peer, inspection.clients) },
      origin: { kind: 'peer', who: peer.who },
      applied: () => {
        taken.arrived();
        outbox.update(update, peer);
        applied();
        acknowledged?.(clock.now() - since);
      },
      failed: (why) => {
        taken.arrived();
        if (why === 'refused') peer.refuse(CLOSE.updateRefused, 'update-refused: it does not apply');
        else peer.drop(update.length);
      },
    });
  }

  function flawFor(peer: Connection, update: Uint8Array, clients: ReadonlySet<number>): string | undefined {
    if (store.skips(update)) return 'it does not apply';
    for (const one of clients) {
      const owner = ownerOf(one);
      const isForeign = owner !== undefined && owner !== peer.who.id;
      if (isForeign && !passesOn(pipeline.doc, update, one)) return 'it writes under the id of another person';
    }
    for (const one of clients) claims.claim(one, peer.who.id, peer);
    return undefined;
  }

  /** Without those that it only passes on. */
  const ownedBy = (peer: Connection, clients: ReadonlySet<number>): readonly number[] =>
    [...clients].filter((one) => ownerOf(one) === peer.who.id);

  function dismiss(code: number, reason: string): void {
    for (const peer of [...peers]) peer.refuse(code, reason);
  }

  const refusing = (): AppError | undefined => {
    if (closed || pipeline.broken) return new AppError('unavailable');
    const why = host.readOnly;
    return why === undefined ? undefined : new AppError('storage-read-only', why);
  };

  /** Logged, applied and broadcast like any update; `record` may carry a base. */
  function write(record: Appendable, origin: Origin): Promise<void> {
    const refusal = refusing();
    if (refusal) return Promise.reject(refusal);
    const inspection = 'update' in record ? inspectUpdate(pipeline.doc, record.update) : undefined;
    const clients = inspection?.state === 'fine' ? inspection.clients : [];
    return new Promise((resolve, reject) => {
      pipeline.submit({
        record,
        owns: { person: SERVER, clients },
        origin,
        applied: () => {
          if ('update' in record && record.type !== 'skip') outbox.update(record.update, undefined);
          resolve();
        },
        failed: (why) => reject(why === 'refused' ? new AppError('update-refused', 'it does not apply') : why),
      });
    });
  }

  /** Not waited for: whoever comes tomorrow writes it again. */
  function noteSeen(): void {
    const now = today();
    if (now - seen < SEEN_MS || refusing()) return;
    seen = now;
    store.append({ type: 'seen', at: now }).catch((cause) => health.fail(cause));
  }

  async function transact<T>(who: Who, edit: (doc: Y.Doc) => T): Promise<T> {
    const copy = copyDocument(pipeline.doc, client);
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
      return pipeline.doc;
    },
    get readOnly() {
      return host.readOnly;
    },
    get peers() {
      return peers.size;
    },
    get bases() {
      return store.bases;
    },
    join: (port, who, peerClient, fixed) => {
      const peer = new Connection(port, host, clock, who, peerClient, fixed);
      peers.add(peer);
      // Its presence shows this id to all: nobody else may write under it before it has.
      claims.claim(peerClient, who.id, peer);
      noteSeen();
      peer.lane.send(syncFrame(SYNC.step1, Y.encodeStateVector(pipeline.doc)));
      if (present.frame) peer.lane.send(present.frame);
      if (crowd.frame) peer.lane.send(crowd.frame);
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
      return pipeline.broken;
    },
    dismiss,
    worthCompacting: (when) => {
      const { records, bytes } = store.tail;
      if (refusing()) return false;
      return when === 'at rest'
        ? records >= WORTH_RECORDS || bytes >= WORTH_BYTES
        : records >= OVERDUE_RECORDS || bytes >= OVERDUE_BYTES;
    },
    settled: () => pipeline.settled(),
    compact: () => pipeline.compact(),
    close: async () => {
      dismiss(1001, 'the server is stopping');
      await pipeline.settled();
      closed = true;
      health.release();
      crowd.release();
      await store.close();
      outbox.release();
      pipeline.doc.destroy();
    },
  };
}
