/**
 * What each notebook's results take, for the workspace's budget. Counted by reading manifests, once, when a budget is
 * first looked at; many of them slowly, so that nobody's run waits: until then the sum is a lower bound, which never drops
 * too much. A notebook that is in use tells its own sum.
 */
import { type NotebookId, parseId, type ResultId } from '../protocol/ids.ts';
import { notebookIn, recordsOf, type SessionKey } from '../protocol/keys.ts';
import type { Disk } from '../storage/disk.ts';
import { scanRecords } from '../storage/log.ts';
import { decodeRecord, type Entry, foldRecord } from './manifest.ts';
import { type Names, namesIn } from './weight.ts';

export interface Census {
  readonly sum: number;
  /** Whose results take anything. */
  keys(): readonly SessionKey[];
  /** Linked files of all that were counted. */
  linked(): Iterable<readonly [SessionKey, Names]>;
  set(key: SessionKey, bytes: number, linked?: Names): void;
  /** Starts counting; resolves when the first ones are counted. */
  count(): Promise<void>;
  close(): Promise<void>;
}

/** Counted without a pause: most workspaces are smaller. */
const AT_ONCE = 200;

/** `pause` is awaited between two manifests. */
export function openCensus(disk: Disk, pause: () => Promise<void>): Census {
  const sums = new Map<SessionKey, number>();
  const links = new Map<SessionKey, Names>();
  let sum = 0;
  let counting: Promise<void> | undefined;
  let rest: Promise<void> | undefined;
  let closed = false;

  function set(key: SessionKey, bytes: number, linked: Names = []): void {
    sum += bytes - (sums.get(key) ?? 0);
    sums.set(key, bytes);
    if (linked.length > 0) links.set(key, linked);
    else links.delete(key);
  }

  async function countOne(notebook: NotebookId): Promise<void> {
    if (sums.has(notebook)) return;
    const entries = await readEntries(disk, notebook).catch(() => new Map<ResultId, Entry>());
    if (sums.has(notebook)) return;
    set(
      notebook,
      entries.values().reduce((bytes, entry) => bytes + entry.bytes, 0),
      namesIn(entries.values()),
    );
  }

  async function start(): Promise<void> {
    const found = (await disk.list('notebooks'))
      .map((name) => parseId<NotebookId>(name))
      .filter((id) => id !== undefined);
    for (const notebook of found.slice(0, AT_ONCE)) await countOne(notebook);
    rest = countRest(found.slice(AT_ONCE));
  }

  async function countRest(left: readonly NotebookId[]): Promise<void> {
    for (const notebook of left) {
      if (closed) return;
      await countOne(notebook);
      await pause();
    }
  }

  return {
    get sum() {
      return sum;
    },
    keys: () => [...sums].filter(([, bytes]) => bytes > 0).map(([key]) => key),
    linked: () => links,
    set,
    count: () => {
      counting ??= start().catch(() => {
        counting = undefined;
      });
      return counting;
    },
    close: async () => {
      closed = true;
      await counting;
      await rest;
    },
  };
}

/** What a manifest says, up to any damage; changes nothing. */
export async function readEntries(disk: Disk, key: SessionKey): Promise<Map<ResultId, Entry>> {
  const entries = new Map<ResultId, Entry>();
  const bytes = await disk.read(`${recordsOf(key)}/results.log`);
  for (const raw of bytes ? scanRecords(bytes).records : []) {
    const record = decodeRecord(notebookIn(key), raw);
    if (record) foldRecord(entries, record);
  }
  return entries;
}
