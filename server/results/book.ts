/**
 * One notebook's results: its manifest in memory, its blocks and files on disk. Opened when first asked for, and let go of
 * when not used. What the records and the disk disagree on is settled at opening: a file without a record was never
 * acknowledged and goes, a record without its file counts as dropped. A damaged manifest is read up to the damage and
 * takes nothing new; then no file is touched.
 *
 * A file goes before the record of its dropping, so that room can be made on a full disk.
 */
import type { Footprint } from '../../interpreters/parquet.ts';
import { AppError } from '../errors.ts';
import type { NotebookId, ResultId, RunId } from '../protocol/ids.ts';
import { type Disk, DiskError } from '../storage/disk.ts';
import { encodeLog, type Log, openLog } from '../storage/log.ts';
import { openSegments, type Segments } from '../storage/segments.ts';
import type { ResultFiles } from './files.ts';
import {
  decodeRecord,
  type Entry,
  encodeRecord,
  fileOf,
  foldRecord,
  INLINE_BYTES,
  type ManifestRecord,
  sizeOf,
} from './manifest.ts';
import { type Holdings, type Names, namesIn, newlyCounted } from './weight.ts';

export type NewEntry = Omit<Entry, 'form' | 'bytes'>;

export interface Book {
  /** Oldest first. */
  readonly entries: ReadonlyMap<ResultId, Entry>;
  /** What they take on disk. */
  readonly bytes: number;
  /** Their linked files. */
  readonly linked: Names;
  /** Durable when it resolves. Rejects with AppError. */
  keepBlock(entry: NewEntry, block: Uint8Array): Promise<Entry>;
  /** `room` is told the file's bytes and may throw, before anything is recorded. */
  keepFile(entry: NewEntry, file: string, room: (bytes: number) => void): Promise<Entry>;
  /** Of a file that the session linked: takes nothing as long as it has another name. Rejects with AppError, source-changed too. */
  keepLinked(entry: NewEntry, file: string, print: Footprint, room: (bytes: number) => void): Promise<Entry>;
  /** Linked files that only results have take what they are, from now on. */
  weigh(holdings: Holdings): Promise<void>;
  /** They count as that run's, of then. False, and nothing changed, where one has no rows any more. */
  renew(ids: readonly ResultId[], run: RunId, at: number): Promise<boolean>;
  drop(ids: readonly ResultId[]): Promise<void>;
  forget(ids: readonly ResultId[]): Promise<void>;
  /** The block of a small result. Rejects with AppError where it is damaged. */
  read(entry: Entry): Promise<Uint8Array>;
  path(entry: Entry): string;
  /** Where the manifest is damaged. */
  readonly damage: string | undefined;
  close(): Promise<void>;
}

/** The log is written anew when this many records in it speak of nothing any more: a second's reading at most is wasted. */
const DEAD_RECORDS = 500;

export async function openBook(disk: Disk, files: ResultFiles, folder: string, notebook: NotebookId): Promise<Book> {
  const path = `${folder}/results.log`;
  const results = `${folder}/results`;
  const opening = await openLog(disk, path);
  const entries = new Map<ResultId, Entry>();
  let unreadable = 0;
  for (const raw of opening.records) {
    const record = decodeRecord(notebook, raw);
    if (record) foldRecord(entries, record);
    else unreadable += 1;
  }
  const damage =
    opening.state === 'damaged'
      ? `${path} at byte ${opening.offset}`
      : unreadable > 0
        ? `${path} holds ${unreadable} records that this version can't read`
        : undefined;
  let log = opening.state === 'open' ? opening.log : undefined;
  if (!damage && log) {
    await settle();
    if (opening.records.length - entries.size > DEAD_RECORDS) await compact(log);
  }
  let segments: Promise<Segments> | undefined;
  let bytes = sum(entries);
  let names: Names | undefined;

  async function settle(): Promise<void> {
    const named = new Map<string, Entry>();
    for (const entry of entries.values()) {
      const name = fileOf(entry);
      if (name !== undefined) named.set(name, entry);
    }
    const present = new Set(await files.list(results));
    for (const name of present) if (!named.has(name)) await files.remove(results, name);
    for (const [name, entry] of named) {
      if (!present.has(name)) foldRecord(entries, { type: 'dropped', ids: [entry.id] });
    }
  }

  async function compact(old: Log): Promise<void> {
    const records = [...entries.values()].map((entry) => encodeRecord({ type: 'kept', entry }));
    try {
      await disk.replace(path, encodeLog(records));
    } catch {
      return; // A full disk: the long log does as well.
    }
    await old.close();
    const again = await openLog(disk, path);
    log = again.state === 'open' ? again.log : undefined;
  }

  const openedSegments = (): Promise<Segments> => {
    const kept = [...entries.values()].flatMap(({ form }) => (form.kind === 'block' ? [form.address] : []));
    // Nothing may be removed for a manifest whose end is not known.
    segments ??= openSegments(damage ? keepAll(disk) : disk, `${folder}/blocks`, kept);
    segments.catch(() => {
      segments = undefined;
    });
    return segments;
  };

  async function append(record: ManifestRecord): Promise<void> {
    if (damage || !log) throw new AppError('notebook-damaged', damage ?? path);
    await log.reopen();
    await log.append(encodeRecord(record));
    const before = record.type === 'kept' ? (entries.get(record.entry.id)?.bytes ?? 0) : 0;
    foldRecord(entries, record);
    names = undefined;
    bytes = record.type === 'kept' ? bytes + record.entry.bytes - before : sum(entries);
  }

  async function weigh(holdings: Holdings): Promise<void> {
    const counted = await newlyCounted(entries.values(), (name) => files.names(results, name), holdings);
    for (const entry of counted) await append({ type: 'kept', entry: { ...entry, bytes: sizeOf(entry) } });
  }

  async function removeRows(ids: readonly ResultId[]): Promise<void> {
    for (const id of ids) {
      const entry = entries.get(id);
      const name = entry && fileOf(entry);
      if (name !== undefined) await files.remove(results, name);
    }
  }

  async function dropBlocks(gone: readonly Entry[]): Promise<void> {
    for (const { form } of gone) if (form.kind === 'block') await (await openedSegments()).drop(form.address);
  }

  async function remove(type: 'dropped' | 'forgotten', ids: readonly ResultId[]): Promise<void> {
    const gone = ids.map((id) => entries.get(id)).filter((entry) => entry !== undefined);
    if (gone.length === 0) return;
    if (damage) throw new AppError('notebook-damaged', damage);
    await refused(async () => {
      if (gone.some(({ form }) => form.kind === 'block')) await openedSegments();
      await removeRows(ids);
      await append({ type, ids: gone.map((entry) => entry.id) });
      await dropBlocks(gone);
    });
  }

  return {
    entries,
    get bytes() {
      return bytes;
    },
    get linked() {
      names ??= namesIn(entries.values());
      return names;
    },
    damage,
    keepBlock: (rest, block) =>
      refused(async () => {
        if (damage) throw new AppError('notebook-damaged', damage);
        if (block.length <= INLINE_BYTES) {
          const entry: Entry = { ...rest, bytes: block.length, form: { kind: 'inline', block } };
          await append({ type: 'kept', entry });
          return entry;
        }
        const store = await openedSegments();
        const entry: Entry = {
          ...rest,
          bytes: block.length,
          form: { kind: 'block', address: await store.write(block) },
        };
        await append({ type: 'kept', entry }).catch(async (error: unknown) => {
          await dropBlocks([entry]).catch(() => {});
          throw error;
        });
        return entry;
      }),
    keepFile: (rest, file, room) =>
      refused(async () => {
        if (damage) throw new AppError('notebook-damaged', damage);
        const name = `${rest.id}.duckdb`;
        const taken = await files.take(file, results, name);
        const entry: Entry = { ...rest, bytes: taken, form: { kind: 'file', name } };
        try {
          room(taken);
          await append({ type: 'kept', entry });
        } catch (error) {
          await files.remove(results, name).catch(() => {});
          throw error;
        }
        return entry;
      }),
    keepLinked: (rest, file, print, room) =>
      refused(async () => {
        if (damage) throw new AppError('notebook-damaged', damage);
        const name = `${rest.id}.parquet`;
        const adopted = await files.adopt(file, results, name, print);
        if (!adopted) throw new AppError('source-changed');
        const { linked, shared } = adopted;
        const entry: Entry = { ...rest, bytes: shared ? 0 : linked.size, form: { kind: 'linked', name, linked } };
        try {
          room(entry.bytes);
          await append({ type: 'kept', entry });
        } catch (error) {
          await files.remove(results, name).catch(() => {});
          throw error;
        }
        return entry;
      }),
    weigh: (holdings) => refused(() => weigh(holdings)),
    renew: (ids, run, at) =>
      refused(async () => {
        const found = ids.flatMap((id) => entries.get(id) ?? []).filter(({ form }) => form.kind !== 'dropped');
        if (found.length < ids.length) return false;
        if (damage) throw new AppError('notebook-damaged', damage);
        for (const entry of found) await append({ type: 'kept', entry: { ...entry, run, at } });
        return true;
      }),
    drop: (ids) => remove('dropped', ids),
    forget: (ids) => remove('forgotten', ids),
    read: async ({ form }) => {
      if (form.kind === 'inline') return form.block;
      if (form.kind !== 'block') throw new AppError('result-gone');
      const store = await openedSegments();
      return store.read(form.address).catch((cause: unknown) => {
        throw new AppError('result-unreadable', cause instanceof Error ? cause.message : String(cause), { cause });
      });
    },
    path: (entry) => files.path(results, fileOf(entry) ?? ''),
    close: async () => {
      await log?.close();
      await (await segments)?.close();
    },
  };
}

const sum = (entries: ReadonlyMap<ResultId, Entry>): number =>
  entries.values().reduce((total, entry) => total + entry.bytes, 0);

const keepAll = (disk: Disk): Disk => ({ ...disk, remove: async () => {} });

/** A disk that refuses is an expected failure, with its own code. */
async function refused<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof DiskError) throw new AppError('storage-read-only', cause.message, { cause });
    throw cause;
  }
}
