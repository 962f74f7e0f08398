/**
 * Run records as they lie in `runs.log`: the events of `protocol/runs.ts` with two differences. Long texts (a source, an
 * output) stand in segment files and are named by address; and `ended` carries all outputs, replacing whatever pieces were
 * logged while the run went on, so that a short run costs one record. Blocks of tables are never stored here.
 */
import { type LongOutput, tablesOf, withTables } from '../protocol/content.ts';
import type { ParagraphId, ResultId, RunId } from '../protocol/ids.ts';
import type { Output, TextStream } from '../protocol/outputs.ts';
import { type EndedPhase, isEnded, type RunPhase, type RunSpec } from '../protocol/runs.ts';
import type { Address } from '../storage/segments.ts';

export const VERSION = 1;

export type StoredText = string | Address;
export type StoredSpec = Omit<RunSpec, 'source'> & { readonly source: StoredText };
/** `pieces`, one behind the other, are its content. */
export type StoredLongOutput = LongOutput & { readonly pieces: readonly StoredText[] };
export type StoredOutput = Exclude<Output, LongOutput> | StoredLongOutput;
export type StoredRun = StoredSpec & {
  readonly phase: RunPhase;
  readonly outputs: readonly StoredOutput[];
  /** By which it is known again (`kept/fingerprint.ts`). */
  readonly fingerprint?: string;
};

export type StoredEvent =
  | { readonly type: 'queued'; readonly run: StoredSpec }
  | { readonly type: 'retaken'; readonly run: StoredSpec }
  | { readonly type: 'started'; readonly id: RunId; readonly at: number }
  | { readonly type: 'output'; readonly id: RunId; readonly index: number; readonly output: StoredOutput }
  | { readonly type: 'text'; readonly id: RunId; readonly stream: TextStream; readonly text: StoredText }
  | {
      readonly type: 'ended';
      readonly id: RunId;
      readonly phase: EndedPhase;
      readonly outputs: readonly StoredOutput[];
      /** The result that the paragraph's name stands for from now on. */
      readonly named?: ResultId;
      readonly fingerprint?: string;
    }
  | { readonly type: 'forgotten'; readonly id: RunId }
  /** Restart and clear: no name stands for anything any more. */
  | { readonly type: 'cleared' }
  /** In a compacted log: a whole run, and a name that outlived the runs before it. */
  | { readonly type: 'run'; readonly run: StoredRun }
  | { readonly type: 'held'; readonly paragraph: ParagraphId; readonly result: ResultId };

/** What the records say, in memory: runs in the order they were asked for. */
export type History = {
  readonly runs: Map<RunId, StoredRun>;
  readonly byParagraph: Map<ParagraphId, RunId[]>;
  readonly held: Map<ParagraphId, ResultId>;
};

export const emptyHistory = (): History => ({ runs: new Map(), byParagraph: new Map(), held: new Map() });

export function foldStored(history: History, event: StoredEvent): void {
  switch (event.type) {
    case 'queued':
      put(history, { ...event.run, phase: { state: 'queued' }, outputs: [] });
      return;
    case 'run':
      put(history, event.run);
      return;
    case 'held':
      history.held.set(event.paragraph, event.result);
      return;
    case 'cleared':
      history.held.clear();
      return;
    case 'forgotten':
      forget(history, event.id);
      return;
    default: {
      const id = event.type === 'retaken' ? event.run.id : event.id;
      const run = history.runs.get(id);
      if (run) history.runs.set(id, changed(run, event));
      if (run && event.type === 'ended' && event.named) history.held.set(run.paragraph, event.named);
    }
  }
}

type Change = Extract<StoredEvent, { readonly type: 'retaken' | 'started' | 'output' | 'text' | 'ended' }>;

function changed(run: StoredRun, event: Change): StoredRun {
  switch (event.type) {
    case 'retaken':
      return { ...event.run, phase: run.phase, outputs: run.outputs };
    case 'started':
      return { ...run, phase: { state: 'running', started: event.at } };
    case 'output': {
      const outputs = run.outputs.slice();
      if (event.index <= outputs.length) outputs[event.index] = event.output;
      return { ...run, outputs };
    }
    case 'text': {
      const last = run.outputs.at(-1);
      if (last?.kind !== 'text' || last.stream !== event.stream)
        return {
          ...run,
          outputs: [...run.outputs, { kind: 'text', stream: event.stream, text: '', pieces: [event.text] }],
        };
      return { ...run, outputs: [...run.outputs.slice(0, -1), { ...last, pieces: [...last.pieces, event.text] }] };
    }
    case 'ended': {
      const { phase, outputs, fingerprint } = event;
      return { ...run, phase, outputs, ...(fingerprint === undefined ? {} : { fingerprint }) };
    }
  }
}

function put(history: History, run: StoredRun): void {
  if (!history.runs.has(run.id)) {
    const list = history.byParagraph.get(run.paragraph);
    if (list) list.push(run.id);
    else history.byParagraph.set(run.paragraph, [run.id]);
  }
  history.runs.set(run.id, run);
}

function forget(history: History, id: RunId): void {
  const run = history.runs.get(id);
  if (!run) return;
  history.runs.delete(id);
  const left = history.byParagraph.get(run.paragraph)?.filter((other) => other !== id) ?? [];
  if (left.length > 0) history.byParagraph.set(run.paragraph, left);
  else history.byParagraph.delete(run.paragraph);
}

/** The events that a compacted log holds: folded, they give the same history. */
export function* eventsOf(history: History): Iterable<StoredEvent> {
  for (const run of history.runs.values()) yield { type: 'run', run };
  for (const [paragraph, result] of history.held) yield { type: 'held', paragraph, result };
}

export function addressesOf(run: StoredRun | undefined): readonly Address[] {
  if (!run) return [];
  const texts = [run.source, ...run.outputs.flatMap((output) => ('pieces' in output ? output.pieces : []))];
  return texts.filter((text): text is Address => typeof text !== 'string');
}

export const resultsOf = (run: StoredRun | undefined): readonly ResultId[] =>
  run?.outputs.flatMap((output) => tablesOf(output).map((table) => table.result)) ?? [];

/** Runs whose process is gone: under way when the server ended. A table that was still being written is no more. */
export function lostRuns(history: History, at: number): readonly StoredEvent[] {
  const lost: StoredEvent[] = [];
  for (const run of history.runs.values()) {
    if (isEnded(run.phase)) continue;
    const since = run.phase.state === 'running' ? { started: run.phase.started } : {};
    const phase: EndedPhase = { state: 'lost', ...since, ended: at, reason: 'process-gone' };
    lost.push({ type: 'ended', id: run.id, phase, outputs: run.outputs.map(closed) });
  }
  return lost;
}

const closed = (output: StoredOutput): StoredOutput =>
  withTables(output, ({ open, ...rows }) => (open ? { ...rows, dropped: true } : rows));

const DAY = 24 * 60 * 60 * 1000;
/** Enough to see how a paragraph came about; a loop that runs each second stays bounded. */
export const RUNS_KEPT = 100;
export const DAYS_KEPT = 30;

/** Of a paragraph's runs those to forget: all but the last 100, and what is older than 30 days, never its latest nor what its name stands for. */
export function forgettable(history: History, paragraph: ParagraphId, now: number): readonly RunId[] {
  const ids = history.byParagraph.get(paragraph) ?? [];
  const held = history.held.get(paragraph);
  return ids.slice(0, -1).filter((id, index) => {
    const run = history.runs.get(id);
    if (!run || !isEnded(run.phase)) return false;
    if (held !== undefined && resultsOf(run).includes(held)) return false;
    return index < ids.length - RUNS_KEPT || run.phase.ended < now - DAYS_KEPT * DAY;
  });
}

const KNOWN: ReadonlySet<string> = new Set<StoredEvent['type']>([
  'queued',
  'retaken',
  'started',
  'output',
  'text',
  'ended',
  'forgotten',
  'cleared',
  'run',
  'held',
]);

/** A record's payload: `{version}` or a list of events. Throws on anything else: its checksum held, so it is not ours. */
export function parseRecord(payload: Uint8Array): { readonly version: number } | readonly StoredEvent[] {
  const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  if (Array.isArray(value)) {
    for (const event of value) {
      if (!KNOWN.has((event as { type: string }).type)) throw new Error('a run record of an unknown kind');
    }
    return value as StoredEvent[];
  }
  const version = (value as { version?: unknown } | null)?.version;
  if (typeof version !== 'number') throw new Error('a run record of an unknown shape');
  return { version };
}
