/**
 * What is durable of one notebook's document: `snapshot` (all updates up to some moment, merged) and `log` (every record
 * since). Opening reads both. A compaction writes a new snapshot, reads it back, has it verified, and only then puts a
 * fresh log in place of the old one; a kill in between leaves records that are in both, which does no harm: updates are
 * idempotent, and the last two bases are the same.
 */
import { type Epoch, newId } from '../protocol/ids.ts';
import { type Disk, DiskError } from '../storage/disk.ts';
import { type Base, decodeBase, encodeBase } from '../storage/format/base.ts';
import { encodeLog, type Log, type LogRecord, openLog, scanRecords } from '../storage/log.ts';
import { decodeRecord, encodeRecord, hashOf, type NotebookRecord } from './records.ts';

/** Before edits are taken again after a failure, so much must fit: else they would fail again at once. */
const PROBE_BYTES = 1024 * 1024;

export type StoreOpening =
  | { readonly state: 'open'; readonly store: NotebookStore; readonly updates: readonly Uint8Array[] }
  | { readonly state: 'damaged'; readonly detail: string };

export interface NotebookStore {
  readonly epoch: Epoch;
  /** The last two that are durable, older first. */
  readonly bases: readonly Base[];
  /** What came since the snapshot. */
  readonly tail: { readonly records: number; readonly bytes: number };
  /** Whether this update is known not to apply. */
  skips(update: Uint8Array): boolean;
  /** Durable when it resolves, in the order of the calls. Rejects with DiskError, and goes on to until `recover`. */
  append(record: Appendable): Promise<void>;
  /**
   * Appends made after the call wait. `collect` gives all that was appended before it, merged; `verify` looks at what
   * the disk gives back.
   */
  compact(collect: () => Promise<Uint8Array>, verify: (state: Uint8Array) => boolean): Promise<void>;
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
  | { readonly type: 'skip'; readonly update: Uint8Array };

/** `fresh`: the epoch of a notebook that has no store yet. */
export async function openStore(disk: Disk, folder: string, fresh: Epoch): Promise<StoreOpening> {
  const paths = { log: `${folder}/log`, snapshot: `${folder}/snapshot`, next: `${folder}/snapshot.next` };
  const snapshot = await disk.read(paths.snapshot);
  const scan = snapshot && scanRecords(snapshot);
  if (scan && scan.end !== 'whole') return { state: 'damaged', detail: `snapshot, from byte ${scan.offset} on` };
  const opening = await openLog(disk, paths.log);
  if (opening.state === 'damaged') return { state: 'damaged', detail: `log, from byte ${opening.offset} on` };
  if (scan && opening.records.length === 0) return { state: 'damaged', detail: 'its log is missing' };
  try {
    const merged = read(scan?.records ?? []);
    if (scan && merged.at(-1)?.type !== 'end') return { state: 'damaged', detail: 'snapshot, which is cut short' };
    const contents = gather([...merged, ...read(opening.records)]);
    const store = startStore(disk, paths, opening.log, contents, fresh, opening.records.length);
    return { state: 'open', store, updates: contents.updates };
  } catch (cause) {
    return { state: 'damaged', detail: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** What the notebook's file said when the log was last written; undefined where there is no log, or none that can be read. */
export async function lastText(disk: Disk, folder: string): Promise<string | undefined> {
  const opening = await openStore(disk, folder, newId<Epoch>());
  if (opening.state === 'damaged') return undefined;
  await opening.store.close();
  return opening.store.bases.at(-1)?.text;
}

type Contents = {
  readonly epoch: Epoch | undefined;
  readonly updates: readonly Uint8Array[];
  readonly bases: readonly Base[];
  readonly skipped: ReadonlySet<string>;
};

function read(records: readonly LogRecord[]): NotebookRecord[] {
  let before: Uint8Array | undefined;
  return records.map((stored) => {
    const record = decodeRecord(stored, before);
    if ('base' in record) before = record.base;
    return record;
  });
}

function gather(records: readonly NotebookRecord[]): Contents {
  let epoch: Epoch | undefined;
  const updates: Uint8Array[] = [];
  const bases: Base[] = [];
  const skipped = new Set<string>();
  for (const record of records) if (record.type === 'skip') skipped.add(record.hash);
  for (const record of records) {
    if (record.type === 'epoch') {
      if (epoch !== undefined && epoch !== record.epoch) throw new Error('log and snapshot are of different epochs');
      epoch = record.epoch;
    }
    // A base goes with its update: what was not taken in must be seen as an outside change again.
    if ('update' in record && skipped.size > 0 && skipped.has(hashOf(record.update))) continue;
    if ('update' in record) updates.push(record.update);
    if ('base' in record) {
      const base = decodeBase(record.base);
      if (base) bases.push(base);
    }
  }
  if (epoch === undefined && records.length > 0) throw new Error('it names no epoch');
  return { epoch, updates, bases: bases.slice(-2), skipped };
}

function startStore(
  disk: Disk,
  paths: { readonly log: string; readonly snapshot: string; readonly next: string },
  opened: Log,
  contents: Contents,
  fresh: Epoch,
  tailRecords: number,
): NotebookStore {
  const epoch = contents.epoch ?? fresh;
  const skipped = new Set(contents.skipped);
  let bases = contents.bases;
  let log: Log | undefined = opened;
  let records = tailRecords;
  let begun = opened.length > 0;
  /** The last base handed to this log file; the next is written as what changed from it. */
  let written: Uint8Array | undefined;
  let turn: Promise<void> | undefined;

  function encode(record: Appendable): LogRecord {
    if (record.type === 'update') return encodeRecord(record);
    if (record.type === 'skip') return encodeRecord({ type: 'skip', hash: hashOf(record.update) });
    const base = encodeBase(record.base);
    const encoded =
      record.type === 'base'
        ? encodeRecord({ type: 'base', base }, written)
        : encodeRecord({ type: 'import', update: record.update, base }, written);
    written = base;
    return encoded;
  }

  async function append(record: Appendable): Promise<void> {
    // What is collected may have to mark an update to be skipped: waiting for the collection would never end.
    if (turn && record.type !== 'skip') return turn.then(() => append(record));
    if (!log) throw new DiskError('disk-failed', `${paths.log} could not be opened again`);
    const first = begun ? [] : [encodeRecord({ type: 'epoch', epoch })];
    begun = true;
    records += 1;
    await log.append(...first, encode(record));
    if ('base' in record) bases = [...bases, record.base].slice(-2);
    if (record.type === 'skip') skipped.add(hashOf(record.update));
  }

  async function openAgain(): Promise<void> {
    await log?.close();
    log = undefined;
    const opening = await openLog(disk, paths.log);
    if (opening.state !== 'open') throw new DiskError('disk-failed', `${paths.log} is damaged at ${opening.offset}`);
    log = opening.log;
    begun = log.length > 0;
    records = opening.records.length;
    written = undefined;
  }

  async function compact(collect: () => Promise<Uint8Array>, verify: (state: Uint8Array) => boolean): Promise<void> {
    const state = await collect();
    const snapshot = encodeLog([
      encodeRecord({ type: 'epoch', epoch }),
      encodeRecord({ type: 'update', update: state }),
      ...bases.map((base) => encodeRecord({ type: 'base', base: encodeBase(base) })),
      ...[...skipped].map((hash) => encodeRecord({ type: 'skip', hash })),
      encodeRecord({ type: 'end' }),
    ]);
    await disk.replace(paths.next, snapshot);
    const scan = scanRecords((await disk.read(paths.next)) ?? new Uint8Array(0));
    const merged = scan.end === 'whole' ? read(scan.records).find((record) => record.type === 'update') : undefined;
    if (!merged || !verify(merged.update)) {
      await disk.remove(paths.next);
      throw new DiskError('disk-failed', `${paths.next} does not hold the document`);
    }
    await disk.rename(paths.next, paths.snapshot);
    try {
      await disk.replace(paths.log, encodeLog([encodeRecord({ type: 'epoch', epoch })]));
    } finally {
      await openAgain();
    }
  }

  return {
    epoch,
    get bases() {
      return bases;
    },
    get tail() {
      return { records, bytes: log?.length ?? 0 };
    },
    skips: (update) => skipped.size > 0 && skipped.has(hashOf(update)),
    append,
    compact: (collect, verify) => {
      const work = turn ? turn.then(() => compact(collect, verify)) : compact(collect, verify);
      turn = work
        .catch(() => {})
        .then(() => {
          turn = undefined;
        });
      return work;
    },
    reload: async () => {
      const files = await Promise.all([disk.read(paths.snapshot), disk.read(paths.log)]);
      return gather(files.flatMap((file) => (file ? read(scanRecords(file).records) : []))).updates;
    },
    recover: async () => {
      const probe = `${paths.log}.probe`;
      await disk.replace(probe, new Uint8Array(PROBE_BYTES));
      await disk.remove(probe);
      if (!log) return openAgain();
      await log.reopen();
      begun = log.length > 0;
      written = undefined;
    },
    close: async () => {
      await turn;
      await log?.close();
    },
  };
}
