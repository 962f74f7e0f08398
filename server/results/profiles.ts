/**
 * Profiles of columns that were made once, in `cache/profiles/`: a large result never changes, so neither does what it looks
 * like. A cache: what is not there is made anew. It goes when its result goes, as values of it stand in there.
 */
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { ResultId } from '../protocol/ids.ts';
import { keyIn, recordsOf, type SessionKey } from '../protocol/keys.ts';
import { ColumnProfile } from '../protocol/table/profile.ts';
import type { Disk } from '../storage/disk.ts';

/** Results whose profiles are in memory. */
const MAX_RESULTS = 100;
/** Columns of one result: wider ones are profiled each time they are looked at. */
const MAX_COLUMNS = 500;
/** The columns of a table come one after the other; they are written together. */
const WRITE_AFTER_MS = 2_000;

const Kept = Type.Object({ version: Type.Literal(1), columns: Type.Record(Type.String(), ColumnProfile) });
type Columns = Static<typeof Kept>['columns'];

export interface KeptProfiles {
  get(id: ResultId, column: number): Promise<ColumnProfile | undefined>;
  put(id: ResultId, column: number, profile: ColumnProfile): Promise<void>;
  drop(id: ResultId): Promise<void>;
  /** All results of a session go. */
  leave(key: SessionKey): Promise<void>;
  close(): Promise<void>;
}

type Entry = { readonly columns: Promise<Columns>; timer?: NodeJS.Timeout; changed: boolean; gone: boolean };

export function openKeptProfiles(disk: Disk): KeptProfiles {
  const known = new Map<ResultId, Entry>();

  function entryOf(id: ResultId): Entry {
    const entry = known.get(id) ?? { columns: read(disk, id), changed: false, gone: false };
    known.delete(id);
    known.set(id, entry);
    for (const [oldest, other] of known) {
      if (known.size <= MAX_RESULTS) break;
      known.delete(oldest);
      void write(oldest, other);
    }
    return entry;
  }

  async function write(id: ResultId, entry: Entry): Promise<void> {
    clearTimeout(entry.timer);
    delete entry.timer;
    if (!entry.changed) return;
    entry.changed = false;
    const text = JSON.stringify({ version: 1, columns: await entry.columns });
    if (!entry.gone) await disk.replace(pathOf(id), new TextEncoder().encode(text)).catch(() => undefined);
    // It went while it was written.
    if (entry.gone) await disk.remove(pathOf(id)).catch(() => undefined);
  }

  async function drop(id: ResultId): Promise<void> {
    const entry = known.get(id);
    known.delete(id);
    if (entry) {
      entry.gone = true;
      clearTimeout(entry.timer);
    }
    await disk.remove(pathOf(id)).catch(() => undefined);
  }

  return {
    get: async (id, column) => (await entryOf(id).columns)[column],
    put: async (id, column, profile) => {
      const entry = entryOf(id);
      const columns = await entry.columns;
      if (entry.gone || Object.keys(columns).length >= MAX_COLUMNS) return;
      columns[column] = profile;
      entry.changed = true;
      entry.timer ??= setTimeout(() => void write(id, entry), WRITE_AFTER_MS).unref();
    },
    drop,
    leave: async (key) => {
      for (const id of [...known.keys()]) if (keyIn(id) === key) await drop(id);
      await disk.remove(folderOf(key)).catch(() => undefined);
    },
    close: async () => {
      await Promise.all([...known].map(([id, entry]) => write(id, entry)));
      known.clear();
    },
  };
}

async function read(disk: Disk, id: ResultId): Promise<Columns> {
  try {
    const bytes = await disk.read(pathOf(id));
    return bytes ? Value.Parse(Kept, JSON.parse(new TextDecoder().decode(bytes))).columns : {};
  } catch {
    // Of another version, or damaged: as good as absent.
    return {};
  }
}

const folderOf = (key: SessionKey): string => `cache/profiles/${recordsOf(key)}`;

function pathOf(id: ResultId): string {
  const key = keyIn(id);
  if (!key) throw new TypeError('a result’s id is made by newResultId(key)');
  return `${folderOf(key)}/${id}.json`;
}
