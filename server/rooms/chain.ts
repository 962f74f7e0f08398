/**
 * The files of a notebook's store, and what they hold together. A generation is a snapshot (all updates up to some
 * moment, merged) and the log of what came since: `snapshot-3` and `log-3`. The first has no snapshot; its log is `log`.
 * A compaction makes the next generation: an empty log first, then the verified snapshot by one rename. The generation
 * before is kept, so that a snapshot that cannot be read any more is made up for by the one before and the logs since.
 *
 * So this holds at every moment, whatever call was the last: the newest snapshot that is whole, with all logs from its
 * generation on, holds everything that was acknowledged. Reading twice does no harm: updates are idempotent, and so are
 * the last two bases.
 */
import type { Epoch } from '../protocol/ids.ts';
import type { Disk } from '../storage/disk.ts';
import { type Base, decodeBase } from '../storage/format/base.ts';
import { type LogRecord, scanRecords } from '../storage/log.ts';
import { decodeRecord, hashOf, type NotebookRecord, type Owner, STORE_VERSION, UnknownRecord } from './records.ts';

export const logOf = (generation: number): string => (generation === 0 ? 'log' : `log-${generation}`);
export const snapshotOf = (generation: number): string => (generation === 0 ? 'snapshot' : `snapshot-${generation}`);

/** Written by a backup into the folder: the document it is a copy of may have gone on elsewhere. */
export const COPIED = 'copied';

export type Contents = {
  readonly epoch: Epoch | undefined;
  readonly updates: readonly Uint8Array[];
  /** The last two, older first. */
  readonly bases: readonly Base[];
  readonly skipped: ReadonlySet<string>;
  readonly owners: ReadonlyMap<number, Owner>;
  /** When somebody last had it open; undefined where nobody wrote that down. */
  readonly seen: number | undefined;
  /** Of the newest record. */
  readonly version: number;
};

export type Chain = {
  readonly state: 'read';
  /** The generation whose snapshot is read. */
  readonly base: number;
  /** The one whose log is appended to. */
  readonly top: number;
  readonly contents: Contents;
  /** Bytes of the top log; undefined where there is none yet. */
  readonly log: Uint8Array | undefined;
  /** Records in it. */
  readonly tail: number;
  /** What could not be read and was made up for. */
  readonly warnings: readonly string[];
  readonly copied: boolean;
  /** Every generation that has a file. */
  readonly present: ReadonlySet<number>;
};

export type ChainReading = Chain | { readonly state: 'damaged'; readonly detail: string };

/** Writes nothing. Rejects with DiskError. */
export async function readChain(disk: Disk, folder: string): Promise<ChainReading> {
  const names = await disk.list(folder);
  const logs = numbersOf(names, 'log');
  const snapshots = numbersOf(names, 'snapshot');
  const present = new Set([...logs, ...snapshots]);
  const copied = names.includes(COPIED);
  const read = (name: string) => disk.read(`${folder}/${name}`);
  let top = Math.max(0, ...present);
  let log = logs.has(top) ? await read(logOf(top)) : undefined;
  // A compaction that got no further than its log.
  if (top > 0 && !snapshots.has(top) && log && isBlank(log)) {
    present.delete(top);
    top = Math.max(0, ...present);
    log = logs.has(top) ? await read(logOf(top)) : undefined;
  }
  if (present.size === 0) {
    const contents = gather([]);
    return { state: 'read', base: 0, top: 0, contents, log: undefined, tail: 0, warnings: [], copied, present };
  }
  try {
    const found = await newestSnapshot(read, snapshots, logs, top);
    const parts: (readonly LogRecord[])[] = [found.records];
    for (let generation = found.base; generation < top; generation += 1) {
      parts.push(wholeRecords(await read(logOf(generation)), logOf(generation)));
    }
    if (log === undefined) return { state: 'damaged', detail: `its log is missing (${logOf(top)})` };
    const scan = scanRecords(log);
    if (scan.end === 'damaged') return { state: 'damaged', detail: `${logOf(top)}, from byte ${scan.offset} on` };
    if (scan.records.length === 0 && (top > 0 || snapshots.has(0))) {
      return { state: 'damaged', detail: `its log is missing (${logOf(top)} is empty)` };
    }
    parts.push(scan.records);
    const contents = gather(decodeFiles(parts));
    const { base, warnings } = found;
    const tail = scan.records.length;
    return { state: 'read', base, top, contents, log, tail, warnings, copied, present };
  } catch (cause) {
    if (!(cause instanceof Damage)) throw cause;
    return { state: 'damaged', detail: cause.message };
  }
}

/** Reads from the newest on, down to one that is whole. */
async function newestSnapshot(
  read: (name: string) => Promise<Uint8Array | undefined>,
  snapshots: ReadonlySet<number>,
  logs: ReadonlySet<number>,
  top: number,
): Promise<{ readonly base: number; readonly records: readonly LogRecord[]; readonly warnings: readonly string[] }> {
  const warnings: string[] = [];
  for (let base = top; base >= 0; base -= 1) {
    if (!snapshots.has(base)) {
      if (base === 0 && logs.has(0)) return { base, records: [], warnings };
      continue;
    }
    const bytes = await read(snapshotOf(base));
    const scan = scanRecords(bytes ?? new Uint8Array(0));
    const isWhole = scan.end === 'whole' && scan.records.at(-1)?.type === END;
    if (isWhole) return { base, records: scan.records, warnings };
    warnings.push(
      `${snapshotOf(base)}, ${scan.end === 'whole' ? 'which is cut short' : `from byte ${scan.offset} on`}`,
    );
  }
  throw new Damage(warnings[0] ?? `its snapshot is missing (${snapshotOf(top)})`);
}

class Damage extends Error {}

/** As `records.ts` has it. */
const END = 6;
const EPOCH = 1;

function wholeRecords(bytes: Uint8Array | undefined, name: string): readonly LogRecord[] {
  if (bytes === undefined) throw new Damage(`its log is missing (${name})`);
  const { records, end, offset } = scanRecords(bytes);
  if (end !== 'whole') throw new Damage(`${name}, from byte ${offset} on`);
  return records;
}

/** Whether it holds nothing but its epoch, or not even that. */
function isBlank(log: Uint8Array): boolean {
  const { records, end } = scanRecords(log);
  return end !== 'damaged' && records.every(({ type }) => type === EPOCH);
}

function numbersOf(names: readonly string[], kind: 'log' | 'snapshot'): ReadonlySet<number> {
  const numbers = names.flatMap((name) => {
    const match = /^(log|snapshot)(?:-([1-9]\d{0,8}))?$/.exec(name);
    return match?.[1] === kind ? [Number(match[2] ?? 0)] : [];
  });
  return new Set(numbers);
}

function decodeFiles(files: readonly (readonly LogRecord[])[]): readonly NotebookRecord[] {
  let version = STORE_VERSION;
  return files.flatMap((records) => {
    let before: Uint8Array | undefined;
    return records.flatMap((stored) => {
      try {
        const record = decodeRecord(stored, before);
        if (record.type === 'epoch') version = Math.max(version, record.version ?? 0);
        if ('base' in record) before = record.base;
        return [record];
      } catch (cause) {
        if (cause instanceof UnknownRecord && version > STORE_VERSION) return [];
        const which =
          version > STORE_VERSION ? ` (it was written by version ${version}, this is ${STORE_VERSION})` : '';
        throw new Damage((cause instanceof Error ? cause.message : String(cause)) + which);
      }
    });
  });
}

function gather(records: readonly NotebookRecord[]): Contents {
  let epoch: Epoch | undefined;
  let version = 0;
  let seen: number | undefined;
  const updates: Uint8Array[] = [];
  const bases: Base[] = [];
  const owners = new Map<number, Owner>();
  const skipped = new Set<string>();
  for (const record of records) if (record.type === 'skip') skipped.add(record.hash);
  for (const record of records) {
    if (record.type === 'epoch') {
      if (epoch !== undefined && epoch !== record.epoch) throw new Damage('log and snapshot are of different epochs');
      epoch = record.epoch;
      version = Math.max(version, record.version ?? STORE_VERSION);
    }
    if (record.type === 'owner') {
      for (const client of record.clients) if (!owners.has(client)) owners.set(client, record.person);
    }
    if (record.type === 'seen') seen = Math.max(seen ?? 0, record.at);
    // A base goes with its update: what was not taken in must be seen as an outside change again.
    if ('update' in record && skipped.size > 0 && skipped.has(hashOf(record.update))) continue;
    if ('update' in record) updates.push(record.update);
    if ('base' in record) {
      const base = decodeBase(record.base);
      if (base) bases.push(base);
    }
  }
  if (epoch === undefined && records.length > 0) throw new Damage('it names no epoch');
  return { epoch, updates, bases: bases.slice(-2), skipped, owners, seen, version };
}
