/**
 * Which notebook a path is: `.gondola/notebooks.jsonl`, one line for each change, the last line of an id counts. An id is
 * random and belongs to its path; it is durable before anybody is told of it. Lines that cannot be read are skipped: a
 * torn one is the last, and what it would have said is found again by the next scan.
 */
import type { NotebookId } from '../protocol/ids.ts';
import { parseId } from '../protocol/ids.ts';
import type { Disk } from '../storage/disk.ts';

export type IdRecord = {
  readonly id: NotebookId;
  readonly path: string;
  /** Where its file still is if the server ended while moving it. */
  readonly from?: string;
  /** When its file vanished, in milliseconds since 1970. */
  readonly gone?: number;
  /** Who edited last. */
  readonly by?: string;
  /** It was thrown away on purpose, and `path` is where it goes back to. */
  readonly trash?: TrashRecord;
};

export type TrashRecord = {
  /** Its file's name in `.gondola/trash/`. */
  readonly file: string;
  readonly title: string;
  readonly by?: string;
  /** It is being removed for ever: a server that ended meanwhile goes on with that. */
  readonly purged?: true;
};

/** A notebook whose file is gone for longer is forgotten; what is in the trash for longer is removed (`trash.ts`). */
export const KEEP_GONE_MS = 30 * 24 * 60 * 60 * 1000;

export const FILE = 'notebooks.jsonl';
/** Lines beyond two for each notebook; more, and the file is written anew when opened. */
const SPARE_LINES = 1_000;

export interface Ids {
  readonly records: ReadonlyMap<NotebookId, IdRecord>;
  /** Durable when it resolves. What could not be saved is saved by the next call, one without records too. */
  save(records: readonly IdRecord[]): Promise<void>;
}

export async function openIds(disk: Disk, now: number): Promise<Ids> {
  const bytes = await disk.read(FILE);
  const lines = bytes ? new TextDecoder().decode(bytes).split('\n') : [];
  const records = new Map<NotebookId, IdRecord>();
  let forgotten = 0;
  let broken = bytes !== undefined && bytes.length > 0 && lines.at(-1) !== '';
  for (const line of lines) {
    if (line === '') continue;
    const record = readLine(line);
    if (record) records.set(record.id, record);
    else broken = true;
  }
  for (const { id, gone, trash } of [...records.values()]) {
    if (gone === undefined || trash || now - gone <= KEEP_GONE_MS) continue;
    records.delete(id);
    forgotten += 1;
  }
  const unreadable = lines.slice(0, -1).some((line) => line !== '' && !readLine(line));
  // A torn line is the last; others are damage, and kept for whoever can read them.
  if (bytes && unreadable) await disk.replace(`${FILE}.damaged-${now}`, bytes).catch(() => {});
  /** A write failed: nobody knows how much of it is there, so the next one writes all records anew. */
  let doubtful = false;
  if (broken || forgotten > 0 || lines.length > 2 * records.size + SPARE_LINES) {
    // A full disk is no reason not to open what is there.
    await disk.replace(FILE, encode([...records.values()])).catch(() => {
      doubtful = true;
    });
  }
  let last: Promise<void> = Promise.resolve();
  const write = async (list: readonly IdRecord[]): Promise<void> => {
    const anew = doubtful;
    doubtful = true;
    if (anew) await disk.replace(FILE, encode([...records.values()]));
    else {
      await disk.append(FILE, encode(list));
      await disk.sync(FILE);
    }
    doubtful = false;
  };
  return {
    records,
    save: (list) => {
      for (const record of list) records.set(record.id, record);
      last = last.catch(() => {}).then(() => (list.length > 0 || doubtful ? write(list) : undefined));
      return last;
    },
  };
}

const encode = (records: readonly IdRecord[]): Uint8Array =>
  new TextEncoder().encode(records.map((record) => `${JSON.stringify(record)}\n`).join(''));

export function readLine(line: string): IdRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return undefined;
    const { id, path, from, gone, by, trash } = value as Record<string, unknown>;
    const parsed = parseId<NotebookId>(id);
    if (!parsed || typeof path !== 'string') return undefined;
    return {
      id: parsed,
      path,
      ...(typeof from === 'string' ? { from } : {}),
      ...(typeof gone === 'number' ? { gone } : {}),
      ...(typeof by === 'string' ? { by } : {}),
      ...readTrash(trash),
    };
  } catch {
    return undefined;
  }
}

function readTrash(value: unknown): { readonly trash?: TrashRecord } {
  if (typeof value !== 'object' || value === null) return {};
  const { file, title, by, purged } = value as Record<string, unknown>;
  // A name alone: it is joined to a path.
  if (typeof file !== 'string' || /[/\\]/.test(file) || file.startsWith('.')) return {};
  return {
    trash: {
      file,
      title: typeof title === 'string' ? title : '',
      ...(typeof by === 'string' ? { by } : {}),
      ...(purged === true ? { purged } : {}),
    },
  };
}
