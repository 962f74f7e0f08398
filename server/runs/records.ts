/**
 * The run records of one notebook: `runs.log`, and segment files for long texts.
 *
 * `add` is synchronous and cheap; `flush` resolves when everything added before is durable. One append is under way at
 * a time, what is added meanwhile gathers into the next. Running output is flushed a second after it came, so that a run
 * lost with the server still shows what it printed; when a run ends, `ended` carries all its outputs and what was
 * gathered of them is left out. `history` is what is durable (or, after a failure, what is to be written anew).
 */
import type { ParagraphId, ResultId, RunId } from '../protocol/ids.ts';
import type { Run } from '../protocol/runs.ts';
import type { Disk } from '../storage/disk.ts';
import { encodeLog, type Log, type LogRecord, openLog } from '../storage/log.ts';
import { type Address, openSegments, type Segments } from '../storage/segments.ts';
import {
  addressesOf,
  emptyHistory,
  eventsOf,
  foldStored,
  forgettable,
  type History,
  lostRuns,
  parseRecord,
  resultsOf,
  type StoredEvent,
  type StoredRun,
  VERSION,
} from './stored.ts';
import { type Added, inline, keyOf, openTexts } from './texts.ts';

/** What a record in the log is told by: the version comes first, then lists of events. */
const RECORD = { version: 0, events: 1 } as const;
/** Running output reaches the disk this often: a crash loses at most as much of what a lost run printed. */
const FLUSH_AFTER = 1000;
/** A log below this is not worth compacting. */
const COMPACT_BYTES = 1024 * 1024;
/** Runs a record of a compacted log holds: keeps one record below some megabytes. */
const RUNS_IN_RECORD = 200;

export type RecordsOptions = {
  readonly disk: Disk;
  /** Of this notebook, holds `runs.log` and `texts/`. */
  readonly folder: string;
  readonly now: () => number;
  readonly warn: (what: string) => void;
};

export interface Records {
  readonly history: History;
  /** Why nothing is recorded: the disk is full or failed. The next flush tries again. */
  readonly failed: Error | undefined;
  add(event: Added): void;
  /** Rejects with what the disk said; the history then holds the events all the same, and the next flush writes it anew. */
  flush(): Promise<void>;
  read(run: StoredRun): Promise<Run>;
  /** Forgets old runs of a paragraph; gives their ids and results. Durable with the next flush. */
  forgetOld(paragraph: ParagraphId): { readonly runs: readonly RunId[]; readonly results: readonly ResultId[] };
  close(): Promise<void>;
}

export async function openRecords(options: RecordsOptions): Promise<Records> {
  const { disk, folder, now, warn } = options;
  const path = `${folder}/runs.log`;
  const opening = await openLog(disk, path);
  const history = emptyHistory();
  const { readable, newer } = replay(history, opening.records);
  const damaged = opening.state === 'damaged' || readable < opening.records.length;
  if (newer) warn('the run records were written by a newer Gondola: they are shown, and nothing is run');
  if (damaged && !newer) {
    if (opening.state === 'open') await opening.log.close();
    const aside = `${path}.damaged-${now()}`;
    await disk.rename(path, aside);
    warn(`the run records are damaged: ${history.runs.size} runs were read, the file is kept as ${aside}`);
  }
  const log = opening.state === 'open' && !damaged ? opening.log : undefined;
  const lost = lostRuns(history, now());
  for (const event of lost) foldStored(history, event);
  if (lost.length > 0 && !newer) await log?.append(encode(RECORD.events, lost)).catch(() => undefined);
  const kept = new Map<string, Address>();
  for (const run of history.runs.values()) for (const one of addressesOf(run)) kept.set(keyOf(one), one);
  const segments = await openSegments(disk, `${folder}/texts`, kept.values());
  return startRecords(options, path, history, segments, log, newer);
}

/** Folds what can be read. A record whose checksum holds but whose content is not ours ends the reading. */
function replay(
  history: History,
  records: readonly LogRecord[],
): { readonly readable: number; readonly newer: boolean } {
  let readable = 0;
  let newer = false;
  try {
    for (const record of records) {
      const parsed = parseRecord(record.payload);
      if ('version' in parsed) newer ||= parsed.version > VERSION;
      else for (const event of parsed) foldStored(history, event);
      readable += 1;
    }
  } catch {
    return { readable, newer };
  }
  return { readable, newer };
}

const encoder = new TextEncoder();
const encode = (type: number, value: unknown): LogRecord => ({ type, payload: encoder.encode(JSON.stringify(value)) });

function startRecords(
  { disk, now, warn }: RecordsOptions,
  path: string,
  history: History,
  segments: Segments,
  opened: Log | undefined,
  newer: boolean,
): Records {
  let log = opened;
  let failed: Error | undefined = newer ? new Error('its records were written by a newer Gondola') : undefined;
  let compactAt = Math.max(COMPACT_BYTES, 2 * (log?.length ?? 0));
  let buffer: Added[] = [];
  /** The flush that takes the buffer as it is when its turn comes. */
  let next: Promise<void> | undefined;
  let under = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const texts = openTexts(segments, warn);
  for (const run of history.runs.values()) texts.hold(addressesOf(run));

  /** Folds; gives the texts that nothing refers to any more. */
  function take(event: StoredEvent): readonly Address[] {
    const id = 'id' in event ? event.id : 'run' in event ? event.run.id : undefined;
    const before = addressesOf(id && history.runs.get(id));
    foldStored(history, event);
    const after = addressesOf(id && history.runs.get(id));
    if (before.length === 0 && after.length === 0) return [];
    texts.hold(after);
    return texts.release(before);
  }

  async function rewrite(): Promise<void> {
    const events = [...eventsOf(history)];
    const records = [encode(RECORD.version, { version: VERSION })];
    for (let at = 0; at < events.length; at += RUNS_IN_RECORD)
      records.push(encode(RECORD.events, events.slice(at, at + RUNS_IN_RECORD)));
    await log?.close();
    log = undefined;
    await disk.replace(path, encodeLog(records));
    const opening = await openLog(disk, path);
    if (opening.state !== 'open') throw new Error('the run records could not be read back');
    log = opening.log;
    compactAt = Math.max(COMPACT_BYTES, 2 * log.length);
  }

  async function write(batch: readonly Added[]): Promise<void> {
    let events: readonly StoredEvent[] | undefined;
    if (newer) throw failed;
    try {
      if (failed || !log) await rewrite();
      if (batch.length === 0) return;
      events = await Promise.all(batch.map(texts.store));
      const version = log?.length === 0 ? [encode(RECORD.version, { version: VERSION })] : [];
      await log?.append(...version, encode(RECORD.events, events));
      failed = undefined;
    } catch (error) {
      failed = error instanceof Error ? error : new Error(String(error));
      for (const event of events ?? batch.map(inline)) take(event);
      throw failed;
    }
    const free = events.flatMap(take);
    await Promise.all(free.map((address) => segments.drop(address))).catch(() => undefined);
    if (log && log.length > compactAt) await rewrite().catch(() => undefined);
  }

  function flush(): Promise<void> {
    if (!next) {
      next = under.then(() => {
        next = undefined;
        clearTimeout(timer);
        timer = undefined;
        const batch = buffer;
        buffer = [];
        return write(batch);
      });
      under = next.catch(() => undefined);
    }
    return next;
  }

  return {
    history,
    get failed() {
      return failed;
    },
    add(event) {
      if (event.type === 'ended') buffer = buffer.filter((other) => !supersedes(event.id, other));
      const last = buffer.at(-1);
      if (event.type === 'text' && last?.type === 'text' && last.id === event.id && last.stream === event.stream)
        buffer[buffer.length - 1] = { ...last, text: last.text + event.text };
      else buffer.push(event);
      timer ??= setTimeout(() => void flush().catch(() => undefined), FLUSH_AFTER).unref();
    },
    flush,
    read: texts.read,
    forgetOld(paragraph) {
      const runs = forgettable(history, paragraph, now());
      const gone = new Set(runs);
      const left = (history.byParagraph.get(paragraph) ?? []).filter((id) => !gone.has(id));
      // What a later run of it uses is that one's too.
      const used = new Set(left.flatMap((id) => resultsOf(history.runs.get(id))));
      const results = runs.flatMap((id) => resultsOf(history.runs.get(id))).filter((id) => !used.has(id));
      for (const id of runs) this.add({ type: 'forgotten', id });
      return { runs, results };
    },
    async close() {
      clearTimeout(timer);
      timer = undefined;
      if (buffer.length > 0) await flush().catch(() => undefined);
      await under;
      await log?.close();
      await segments.close();
    },
  };
}

/** Whether `ended` of the run says what `other` says too. */
const supersedes = (id: RunId, other: Added): boolean =>
  'id' in other && other.id === id && (other.type === 'text' || other.type === 'output' || other.type === 'started');
