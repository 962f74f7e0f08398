/**
 * What is durable of one notebook's document, in the files that `chain.ts` describes. Opening reads them. A compaction
 * writes a new snapshot, reads it back, has it verified, and only then makes the next generation of it; the one before
 * stays. What the disk says decides afterwards which generation goes on, whichever call failed.
 *
 * A client id is owned by the first person whose update under it was logged: the owner stands in the log before it.
 */
import type { Epoch } from '../protocol/ids.ts';
import { type Disk, DiskError } from '../storage/disk.ts';
import { type Base, encodeBase } from '../storage/format/base.ts';
import { encodeLog, type Log, type LogRecord, openLog, scanRecords } from '../storage/log.ts';
import { type Chain, COPIED, logOf, readChain, snapshotOf } from './chain.ts';
import { decodeRecord, encodeRecord, hashOf, type Owner, STORE_VERSION } from './records.ts';

/** Before edits are taken again after a failure, so much must fit: else they would fail again at once. */
const PROBE_BYTES = 1024 * 1024;

export type StoreOpening =
  | { readonly state: 'open'; readonly store: NotebookStore; readonly updates: readonly Uint8Array[] }
  | { readonly state: 'damaged'; readonly detail: string };

export interface NotebookStore {
  readonly epoch: Epoch;
  /** The last two that are durable, older first. */
  readonly bases: readonly Base[];
  /** Of the client ids that anything durable was written under. */
  readonly owners: ReadonlyMap<number, Owner>;
  /** When somebody last had the document open, as far as it was written down. */
  readonly seen: number | undefined;
  /** The version that wrote it, if that is newer than this one: nothing is written. */
  readonly newer: number | undefined;
  /** It is a copy out of a backup: whoever had the original may be ahead of it. */
  readonly copied: boolean;
  /** What could not be read when it was opened, and was made up for by the generation before. */
  readonly warnings: readonly string[];
  /** What came since the snapshot. */
  readonly tail: { readonly records: number; readonly bytes: number };
  /** Whether this update is known not to apply. */
  skips(update: Uint8Array): boolean;
  /** Durable when it resolves, in the order of the calls. Rejects with DiskError, and goes on to until `recover`. */
  append(record: Appendable, owns?: Owns): Promise<void>;
  /**
   * Appends made after the call wait. `collect` gives all that was appended before it, merged; `verify` looks at what
   * the disk gives back. Another `epoch` is for a document that nobody has open.
   */
  compact(
    collect: () => Promise<Uint8Array>,
    verify: (state: Uint8Array) => boolean,
    epoch?: { readonly next: Epoch },
  ): Promise<void>;
  /** All updates that are durable, read anew. */
  reload(): Promise<readonly Uint8Array[]>;
  /** After a failure: tries the disk, and takes appends again. Rejects with DiskError while it still fails. */
  recover(): Promise<void>;
  close(): Promise<void>;
}

export type Appendable =
  | { readonly type: 'update'; readonly update: Uint8Array }
  | { readonly type: 'base'; readonly base: Base }
  | { readonly type: 'import'; readonly update: Uint8Array; readonly base: Base }
  | { readonly type: 'skip'; readonly update: Uint8Array }
  | { readonly type: 'seen'; readonly at: number };

/** Whose the client ids are that an update writes under. */
export type Owns = { readonly person: Owner; readonly clients: Iterable<number> };

/**
 * `fresh`: the epoch of a notebook that has no store yet. `abandoned`: whoever wrote last did not end in order, so what
 * is read may be in the system's memory alone, also where a sync failed: it is written anew before it is relied on.
 */
export async function openStore(disk: Disk, folder: string, fresh: Epoch, abandoned = false): Promise<StoreOpening> {
  const chain = await readChain(disk, folder);
  if (chain.state === 'damaged') return chain;
  // Of a newer version not even a torn tail is cut.
  const log = isNewer(chain) ? undefined : await openTop(disk, folder, chain, abandoned);
  const store = startStore(disk, folder, chain, log, chain.contents.epoch ?? fresh);
  return { state: 'open', store, updates: chain.contents.updates };
}

/** What the notebook's file said when the log was last written; undefined where there is no log, or none that can be read. */
export async function lastText(disk: Disk, folder: string): Promise<string | undefined> {
  const chain = await readChain(disk, folder);
  return chain.state === 'read' ? chain.contents.bases.at(-1)?.text : undefined;
}

async function openTop(disk: Disk, folder: string, chain: Chain, anew: boolean): Promise<Log> {
  const path = `${folder}/${logOf(chain.top)}`;
  if (anew && chain.log !== undefined && chain.tail > 0) {
    const good = chain.log.subarray(0, scanRecords(chain.log).offset);
    await disk.replace(path, good).catch((cause) => {
      // A full disk has no room for another file; nothing is acknowledged on it either.
      if (!(cause instanceof DiskError && cause.code === 'disk-full')) throw cause;
    });
  }
  const opening = await openLog(disk, path, chain.log);
  if (opening.state !== 'open') throw new DiskError('disk-failed', `${path} is damaged at ${opening.offset}`);
  return opening.log;
}

const isNewer = ({ contents }: Chain): boolean => contents.version > STORE_VERSION;

function startStore(disk: Disk, folder: string, opened: Chain, first: Log | undefined, named: Epoch): NotebookStore {
  const { contents, warnings, base, top, present } = opened;
  const at = (name: string): string => `${folder}/${name}`;
  const { version } = contents;
  const owners = new Map(contents.owners);
  const skipped = new Set(contents.skipped);
  const newer = isNewer(opened) ? contents.version : undefined;
  /** No more of what was read: it would be held for as long as the room is. */
  let chain: Pick<Chain, 'base' | 'top' | 'present'> = { base, top, present };
  let epoch = named;
  let bases = contents.bases;
  let seen = contents.seen;
  let copied = opened.copied;
  let log = first;
  let records = opened.tail;
  /** The log file says epoch and version. */
  let begun = isBegun();
  /** The last base handed to this log file; the next is written as what changed from it. */
  let written: Uint8Array | undefined;
  let turn: Promise<void> | undefined;

  function isBegun(): boolean {
    return log !== undefined && log.length > 0 && version >= STORE_VERSION;
  }

  function encode(record: Appendable): LogRecord {
    if (record.type === 'update' || record.type === 'seen') return encodeRecord(record);
    if (record.type === 'skip') return encodeRecord({ type: 'skip', hash: hashOf(record.update) });
    const base = encodeBase(record.base);
    const encoded =
      record.type === 'base'
        ? encodeRecord({ type: 'base', base }, written)
        : encodeRecord({ type: 'import', update: record.update, base }, written);
    written = base;
    return encoded;
  }

  async function append(record: Appendable, owns?: Owns): Promise<void> {
    if (newer !== undefined) throw new DiskError('disk-failed', `${folder} was written by version ${newer}`);
    // What is collected may have to mark an update to be skipped: waiting for the collection would never end.
    if (turn && record.type !== 'skip') return turn.then(() => append(record, owns));
    if (!log) throw new DiskError('disk-failed', `${at(logOf(chain.top))} could not be opened again`);
    const head = begun ? [] : [encodeRecord({ type: 'epoch', epoch })];
    const clients: number[] = [];
    if (owns) for (const client of owns.clients) if (!owners.has(client)) clients.push(client);
    if (owns && clients.length > 0) head.push(encodeRecord({ type: 'owner', person: owns.person, clients }));
    begun = true;
    records += 1;
    await log.append(...head, encode(record));
    if (owns) for (const client of clients) if (!owners.has(client)) owners.set(client, owns.person);
    if ('base' in record) bases = [...bases, record.base].slice(-2);
    if (record.type === 'skip') skipped.add(hashOf(record.update));
    if (record.type === 'seen') seen = record.at;
  }

  /** What is on the disk decides which generation goes on. */
  async function openAgain(anew: boolean): Promise<void> {
    await log?.close();
    log = undefined;
    const again = await readChain(disk, folder);
    if (again.state === 'damaged') throw new DiskError('disk-failed', `${folder} is damaged: ${again.detail}`);
    log = await openTop(disk, folder, again, anew);
    chain = { base: again.base, top: again.top, present: again.present };
    epoch = again.contents.epoch ?? epoch;
    begun = log.length > 0;
    records = again.tail;
    written = undefined;
  }

  function snapshotWith(state: Uint8Array, named: Epoch): Uint8Array {
    const owned = Map.groupBy(owners, ([, person]) => person);
    return encodeLog([
      encodeRecord({ type: 'epoch', epoch: named }),
      ...[...owned].map(([person, pairs]) =>
        encodeRecord({ type: 'owner', person, clients: pairs.map(([client]) => client) }),
      ),
      ...(seen === undefined ? [] : [encodeRecord({ type: 'seen', at: seen })]),
      encodeRecord({ type: 'update', update: state }),
      ...bases.map((base) => encodeRecord({ type: 'base', base: encodeBase(base) })),
      ...[...skipped].map((hash) => encodeRecord({ type: 'skip', hash })),
      encodeRecord({ type: 'end' }),
    ]);
  }

  async function compact(
    collect: () => Promise<Uint8Array>,
    verify: (state: Uint8Array) => boolean,
    named: Epoch,
  ): Promise<void> {
    if (newer !== undefined) return;
    if (log?.failed) throw log.failed;
    const state = await collect();
    const next = at('snapshot.next');
    await disk.replace(next, snapshotWith(state, named));
    const scan = scanRecords((await disk.read(next)) ?? new Uint8Array(0));
    const update = scan.end === 'whole' ? scan.records.map((one) => decodeRecord(one)).find(isUpdate) : undefined;
    if (!update || !verify(update.update)) {
      await disk.remove(next);
      throw new DiskError('disk-failed', `${next} does not hold the document`);
    }
    const { base, top, present } = chain;
    const isRenewed = named !== epoch;
    await disk.replace(at(logOf(top + 1)), encodeLog([encodeRecord({ type: 'epoch', epoch: named })]));
    try {
      await disk.rename(next, at(snapshotOf(top + 1)));
    } catch (cause) {
      // Nobody knows which generation the disk will have: nothing is taken until `recover` has read it.
      await log?.close();
      log = undefined;
      throw cause;
    }
    await openAgain(false);
    copied = false;
    const old = [...present].filter((one) => one < base).flatMap((one) => [snapshotOf(one), logOf(one)]);
    // Left over, they cost room and nothing else, and the next compaction tries again.
    for (const name of isRenewed ? [COPIED, ...old] : old) await disk.remove(at(name)).catch(() => {});
  }

  return {
    get epoch() {
      return epoch;
    },
    get bases() {
      return bases;
    },
    owners,
    get seen() {
      return seen;
    },
    newer,
    get copied() {
      return copied;
    },
    warnings,
    get tail() {
      return { records, bytes: log?.length ?? 0 };
    },
    skips: (update) => skipped.size > 0 && skipped.has(hashOf(update)),
    append,
    compact: (collect, verify, other) => {
      const work = turn
        ? turn.then(() => compact(collect, verify, other?.next ?? epoch))
        : compact(collect, verify, other?.next ?? epoch);
      turn = work
        .catch(() => {})
        .then(() => {
          turn = undefined;
        });
      return work;
    },
    reload: async () => {
      const again = await readChain(disk, folder);
      if (again.state === 'damaged') throw new DiskError('disk-failed', `${folder} is damaged: ${again.detail}`);
      return again.contents.updates;
    },
    recover: async () => {
      const probe = at('log.probe');
      await disk.replace(probe, new Uint8Array(PROBE_BYTES));
      await disk.remove(probe);
      if (!log) return openAgain(true);
      await log.reopen();
      begun = isBegun();
      written = undefined;
    },
    close: async () => {
      await turn;
      await log?.close();
    },
  };
}

const isUpdate = <T extends { readonly type: string }>(record: T): record is Extract<T, { type: 'update' }> =>
  record.type === 'update';
