/**
 * Runs: one execution of one paragraph, as the events that tell it and the one fold that server and page share.
 * A run record is append-only: what is stored are these events, so a reload, a second browser and a restarted server
 * show the same. `progress` alone is never stored.
 */
import type { Json } from './document.ts';
import type { NotebookId, ParagraphId, PersonId, RequestId, RunId, SessionId } from './ids.ts';
import type { Output, TableOutput, TextStream } from './outputs.ts';
import { TEXT_LIMIT } from './outputs.ts';

export type Who = { readonly id: PersonId; readonly name: string };

/** Fixed when the run was asked for, once the sender's edits were durable: what runs is what was written then. */
export type RunSpec = {
  readonly id: RunId;
  readonly notebook: NotebookId;
  readonly paragraph: ParagraphId;
  readonly request: RequestId;
  readonly session: SessionId;
  readonly by: Who;
  /** Milliseconds since 1970, as every time here. */
  readonly asked: number;
  readonly interpreter: string;
  readonly source: string;
  readonly name?: string;
  readonly options: Readonly<Record<string, Json>>;
  readonly forms: Readonly<Record<string, Json>>;
  /** Nothing is run: it has the outputs of this one, which a run would give again. */
  readonly from?: From;
};

/** The run whose result is used, and when and by whom that was made. */
export type From = { readonly run: RunId; readonly at: number; readonly by: Who };

/** Why a run ended other than by its own work. */
export type EndReason =
  | 'after-failure' // an earlier run of the same request failed
  | 'asked' // somebody pressed Stop
  | 'deleted' // its paragraph was deleted while queued
  | 'process-gone' // the interpreter or the server ended under it
  | 'memory-limit'
  | 'time-limit'
  | 'output-limit'
  | 'disk-limit';

export type Progress = { readonly fraction?: number; readonly rows?: number; readonly waiting?: string };

/** What a run took. Records of before it was counted have none. */
export type Cost = {
  /** Processor time of all processes of its session while it was under way, in ms. */
  readonly cpuMs: number;
  /** Bytes that they read, of files mostly, from the disk or the system's memory; where the system tells. */
  readonly read?: number;
  /** Rows of the tables that it made. */
  readonly rows: number;
};

type Counted = { readonly cost?: Cost };

export type RunPhase =
  /** `waiting`: what it waits for besides its turn, e.g. `memory, 2 ahead`. */
  | { readonly state: 'queued'; readonly waiting?: string }
  | { readonly state: 'running'; readonly started: number; readonly progress?: Progress }
  | ({ readonly state: 'done'; readonly started: number; readonly ended: number } & Counted)
  | ({
      readonly state: 'failed';
      readonly started: number;
      readonly ended: number;
      readonly reason?: EndReason;
    } & Counted)
  | ({
      readonly state: 'cancelled';
      readonly started?: number;
      readonly ended: number;
      readonly reason: EndReason;
    } & Counted)
  | ({
      readonly state: 'lost';
      readonly started?: number;
      readonly ended: number;
      readonly reason: EndReason;
    } & Counted);

export type RunState = RunPhase['state'];
export type EndedPhase = Exclude<RunPhase, { state: 'queued' } | { state: 'running' }>;

export type Run = RunSpec & { readonly phase: RunPhase; readonly outputs: readonly Output[] };

export type RunEvent =
  | { readonly type: 'queued'; readonly run: RunSpec }
  /** A queued run takes a newer text of its paragraph, its place unchanged. */
  | { readonly type: 'retaken'; readonly run: RunSpec }
  | { readonly type: 'started'; readonly id: RunId; readonly at: number }
  /** Sets the output at `index`; equal to the count so far, it appends. */
  | { readonly type: 'output'; readonly id: RunId; readonly index: number; readonly output: Output }
  /** Appends text; joins the last output if that is text of the same stream. `omitted`: characters left out behind it. */
  | {
      readonly type: 'text';
      readonly id: RunId;
      readonly stream: TextStream;
      readonly text: string;
      readonly omitted?: number;
    }
  | { readonly type: 'progress'; readonly id: RunId; readonly progress: Progress }
  | { readonly type: 'ended'; readonly id: RunId; readonly phase: EndedPhase }
  /** The record was dropped by age or count. */
  | { readonly type: 'forgotten'; readonly id: RunId };

/** Runs in the order they were asked for. */
export type Runs = ReadonlyMap<RunId, Run>;

export const isEnded = (phase: RunPhase): phase is EndedPhase => phase.state !== 'queued' && phase.state !== 'running';

/** The run after the event; undefined when the event speaks of none that is known. */
export function foldRun(run: Run | undefined, event: RunEvent): Run | undefined {
  if (event.type === 'queued') return { ...event.run, phase: { state: 'queued' }, outputs: [] };
  if (!run) return undefined;
  switch (event.type) {
    case 'retaken':
      return run.phase.state === 'queued' ? { ...event.run, phase: run.phase, outputs: run.outputs } : run;
    case 'started':
      return run.phase.state === 'queued' ? { ...run, phase: { state: 'running', started: event.at } } : run;
    case 'output': {
      if (event.index > run.outputs.length) return run;
      const outputs = run.outputs.slice();
      outputs[event.index] = keepingBlock(outputs[event.index], event.output);
      return { ...run, outputs };
    }
    case 'text':
      return { ...run, outputs: appendText(run.outputs, event.stream, event.text, event.omitted ?? 0) };
    case 'progress':
      return { ...run, phase: progressed(run.phase, event.progress) };
    case 'ended':
      return isEnded(run.phase) ? run : { ...run, phase: event.phase };
    case 'forgotten':
      return undefined;
  }
}

/** The first rows are sent once; a later word on the same table does not take them away. */
function keepingBlock(before: Output | undefined, after: Output): Output {
  if (before?.kind === 'table' && after.kind === 'table') return withBlockOf(before, after);
  if (before?.kind !== 'chart' || after.kind !== 'chart') return after;
  const known = new Map(before.data.map((data) => [data.result, data]));
  return { ...after, data: after.data.map((data) => withBlockOf(known.get(data.result), data)) };
}

type Rows = Pick<TableOutput, 'result' | 'block'>;

function withBlockOf<T extends Rows>(before: Rows | undefined, after: T): T {
  if (before?.result !== after.result || before.block === undefined || after.block !== undefined) return after;
  return { ...after, block: before.block };
}

function progressed(phase: RunPhase, progress: Progress): RunPhase {
  switch (phase.state) {
    case 'running':
      return { ...phase, progress };
    case 'queued':
      return progress.waiting === undefined ? { state: 'queued' } : { state: 'queued', waiting: progress.waiting };
    default:
      return phase;
  }
}

function appendText(outputs: readonly Output[], stream: TextStream, text: string, left: number): readonly Output[] {
  const last = outputs.at(-1);
  const joins = last?.kind === 'text' && last.stream === stream;
  const before = joins ? last : { kind: 'text' as const, stream, text: '' };
  const kept = text.slice(0, Math.max(0, TEXT_LIMIT - before.text.length));
  const omitted = (before.omitted ?? 0) + text.length - kept.length + left;
  const output = { ...before, text: before.text + kept, ...(omitted > 0 ? { omitted } : {}) };
  return joins ? [...outputs.slice(0, -1), output] : [...outputs, output];
}

export function foldRuns(runs: Map<RunId, Run>, event: RunEvent): void {
  const id = event.type === 'queued' || event.type === 'retaken' ? event.run.id : event.id;
  const next = foldRun(runs.get(id), event);
  if (next) runs.set(id, next);
  else runs.delete(id);
}
