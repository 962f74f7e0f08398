/**
 * One run in a process: what it says, in order and within its limits, and its one outcome.
 *
 * It ends when the program said `done` and both streams their marker (or a second has passed), or when the process is
 * gone. Cancelling goes in steps: ask, then signal, then kill. A limit that it passed stands over what the program says.
 */
import type { Event, Failure, Outcome } from '../../interpreters/protocol.ts';
import type { TextStream } from '../protocol/outputs.ts';
import type { EndReason } from '../protocol/runs.ts';
import type { ExecutionEvent, ExecutionOutcome } from './contract.ts';
import { type Gone, goneUnder, KEPT } from './end.ts';
import { checkLinkedFile, checkResultFile } from './files.ts';
import {
  CANCEL_ASKED_MS,
  CANCEL_SIGNALLED_MS,
  FLOOD_BYTES,
  MARKER_MS,
  MAX_EVENT_BYTES,
  MAX_OUTPUTS,
  PROGRESS_MS,
  TEXT_SLICE_MS,
} from './limits.ts';
import { type Later, textCollector } from './text.ts';

export type Stream = 'stdout' | 'stderr';
export type RunEvent = Extract<Event, { type: 'output' | 'table' | 'progress' | 'done' }>;

/** What the engine tells of a run in another process. */
export type RelayedEvent = Extract<Event, { type: 'output' | 'table' | 'progress' }>;

export type ActiveRun = {
  readonly id: string;
  /** Text of a stream, and the bytes it came in. */
  text(stream: Stream, text: string, bytes: number): void;
  /** The stream's end marker came. */
  marked(stream: Stream): void;
  /** Bytes of events came in. */
  received(bytes: number): void;
  event(event: RunEvent): void;
  /** Cancels it in steps. */
  stop(): void;
  /** Its process is gone. */
  gone(end: Gone): void;
};

export function beginRun(options: {
  readonly id: string;
  readonly interpreter: string;
  /** The folder for result files, on the host and as the program names it. */
  readonly out: { readonly host: string; readonly inside: string };
  /** Where the session links files for it. */
  readonly linked: string;
  readonly emit: (event: ExecutionEvent) => void;
  readonly finish: (outcome: ExecutionOutcome) => void;
  /** The three steps of a cancel. */
  readonly steps: { ask(): void; interrupt(): void; kill(): void };
  readonly later: Later;
}): ActiveRun {
  const { id, emit, later, steps } = options;
  const open = new Set<Stream>(['stdout', 'stderr']);
  const timers: (() => void)[] = [];
  let outcome: Outcome | undefined;
  let held: { readonly reason?: EndReason; readonly failure: Failure } | undefined;
  let cancelled = false;
  let ended = false;
  let outputs = 0;
  let pieces = 0;
  let textBytes = 0;
  let eventBytes = 0;
  let lastProgress = Number.NEGATIVE_INFINITY;
  const text = textCollector({
    emit: (stream, part) => {
      pieces += 1;
      if (pieces <= MAX_OUTPUTS) emit({ type: 'text', stream, text: part });
    },
    later,
    everyMs: TEXT_SLICE_MS,
  });

  function finish(): void {
    if (ended) return;
    ended = true;
    for (const stop of timers) stop();
    text.end();
    options.finish(verdict());
  }

  function verdict(): ExecutionOutcome {
    if (held) return { state: 'failed', ...held };
    if (outcome) return cancelled && outcome.state === 'failed' ? { state: 'cancelled' } : outcome;
    return cancelled ? { state: 'cancelled' } : { state: 'lost', reason: 'process-gone' };
  }

  function finishIfWhole(): void {
    if (outcome && open.size === 0) finish();
  }

  function stop(): void {
    if (cancelled || ended) return;
    cancelled = true;
    steps.ask();
    const signal = (): void => {
      steps.interrupt();
      timers.push(later(steps.kill, CANCEL_SIGNALLED_MS));
    };
    timers.push(later(signal, CANCEL_ASKED_MS));
  }

  function passOutput(message: string): void {
    if (held) return;
    const hint = 'Show less: filter, aggregate, or write a file.';
    held = { reason: 'output-limit', failure: { code: 'output-limit', message, hint } };
    stop();
  }

  function printed(stream: TextStream, part: string, bytes: number): void {
    textBytes += bytes;
    text.push(stream, part);
    if (textBytes > FLOOD_BYTES) passOutput(`It printed more than ${FLOOD_BYTES / 2 ** 20} MB.`);
  }

  function mayShow(): boolean {
    outputs += 1;
    if (outputs > MAX_OUTPUTS) passOutput(`It showed more than ${MAX_OUTPUTS} outputs.`);
    return outputs <= MAX_OUTPUTS;
  }

  function fileOf({ file, linked }: RunEvent & { type: 'table' }) {
    if (linked) return checkLinkedFile(options.linked, linked.file);
    return file === undefined ? undefined : checkResultFile(options.out.host, options.out.inside, file);
  }

  function onTable(event: RunEvent & { type: 'table' }): void {
    if (!event.open && !mayShow()) return;
    const { block, type, table, columns, rows, open: more, named, hidden } = event;
    const found = fileOf(event);
    text.flush();
    if (found && 'refused' in found) {
      held ??= { failure: { code: 'result-refused', message: `The result file was refused: ${found.refused}.` } };
      return;
    }
    const bytes = block === undefined ? {} : { block: new Uint8Array(Buffer.from(block, 'base64')) };
    const { linked } = event;
    const path = {
      ...(found ? { file: found.path } : {}),
      ...(linked ? { linked: { size: linked.size, footer: linked.footer } } : {}),
    };
    emit({
      type,
      table,
      columns,
      rows,
      open: more,
      named: named === true,
      ...(hidden ? { hidden } : {}),
      ...bytes,
      ...path,
    });
  }

  return {
    id,
    text(stream, part, bytes) {
      // A marker ends its stream: what comes behind one was not the last, so it was none of ours.
      open.add(stream);
      printed(stream, part, bytes);
    },
    marked(stream) {
      open.delete(stream);
      finishIfWhole();
    },
    received(bytes) {
      eventBytes += bytes;
      if (eventBytes > MAX_EVENT_BYTES) passOutput(`It showed more than ${MAX_EVENT_BYTES / 2 ** 20} MB.`);
    },
    event(event) {
      if (outcome) return;
      switch (event.type) {
        case 'output':
          if (event.output.kind === 'text') printed(event.output.stream, event.output.text, event.output.text.length);
          else if (mayShow()) {
            text.flush();
            if (event.output.kind === 'error') {
              const { kind: _, ...failure } = event.output;
              emit({ type: 'error', failure });
            } else emit({ type: 'output', output: event.output });
          }
          return;
        case 'table':
          onTable(event);
          return;
        case 'progress': {
          const { type, fraction, rows } = event;
          const now = performance.now();
          if (now - lastProgress < PROGRESS_MS) return;
          lastProgress = now;
          emit({ type, ...(fraction === undefined ? {} : { fraction }), ...(rows === undefined ? {} : { rows }) });
          return;
        }
        case 'done':
          outcome = event.outcome;
          timers.push(later(finish, MARKER_MS));
          finishIfWhole();
          return;
      }
    },
    stop,
    gone(end) {
      text.flush();
      if (!outcome) {
        if (end.cause?.kind === 'limit') held ??= { reason: end.cause.reason, failure: end.cause.failure };
        else if (end.cause?.kind === 'restart' || end.cause?.kind === 'idle') cancelled = true;
        else if (cancelled && !held) text.push('stderr', stubborn(options.interpreter));
        else if (!held) emit({ type: 'error', failure: goneUnder(options.interpreter, end) });
      }
      finish();
    },
  };
}

const stubborn = (interpreter: string): string =>
  `It did not stop when asked, so the ${interpreter} process was ended. ${KEPT}\n`;
