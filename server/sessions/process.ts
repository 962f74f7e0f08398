/**
 * One living process of an interpreter: the protocol on descriptors 3 and 4, its text on 1 and 2, one run at a time.
 *
 * starting → idle ⇄ running → gone. Whatever the program does (dies, floods, hangs, talks nonsense), the run under way
 * resolves with an outcome, after all its events. Requests go down 3 and events up 4, apart from the text, and text is
 * read in bounded slices: so a cancel is never stuck behind a flood.
 */
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { encodeMessage, messageReader } from '../../interpreters/framing.ts';
import {
  type CompletionItem,
  type Event,
  type Failure,
  type NamedTable,
  type Outcome,
  PROTOCOL_VERSION,
  type Request,
  type RunRequest,
  type StartRequest,
  type TableItem,
} from '../../interpreters/protocol.ts';
import type { EndReason } from '../protocol/runs.ts';
import type { ExecutionEvent, ExecutionOutcome } from './contract.ts';
import type { EventParser } from './events.ts';
import { checkResultFile } from './files.ts';
import {
  CANCEL_ASKED_MS,
  CANCEL_SIGNALLED_MS,
  END_MS,
  FLOOD_BYTES,
  MARKER_MS,
  MAX_EVENT_BYTES,
  MAX_OUTPUTS,
  TEXT_SLICE_BYTES,
  TEXT_SLICE_MS,
} from './limits.ts';
import { markerReader, type TextCollector, textCollector } from './text.ts';

/** The operating system's side, as `launch.ts` gives it and tests may. */
export type Child = {
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly requests: Writable;
  readonly events: Readable;
  /** Resolves once, when the process is gone. */
  readonly exited: Promise<ChildExit>;
  /** SIGINT to the program itself, not to what contains it. */
  interrupt(): void;
  /** SIGKILL to all of it. */
  kill(): void;
};

export type ChildExit = { readonly code: number | null; readonly signal: string | null };

/** Why the server ended a process. */
export type EndCause =
  | { readonly kind: 'limit'; readonly reason: EndReason; readonly failure: Failure }
  | { readonly kind: 'protocol'; readonly message: string }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'restart' }
  | { readonly kind: 'stop' };

export type Gone = ChildExit & { readonly cause?: EndCause; readonly lastWords: string };

export type NotReady = { readonly failure: Failure; readonly reason?: EndReason };

export type InterpreterProcess = {
  readonly pid: number;
  /** Undefined once ready; else why it did not start. */
  readonly ready: Promise<NotReady | undefined>;
  readonly gone: Promise<Gone>;
  readonly state: () => 'starting' | 'idle' | 'running' | 'gone';
  /** What it works on: the start, or one run; undefined while idle. */
  readonly activity: () => string | undefined;
  /** Rejects nothing; call it only while idle. */
  run(request: RunRequest, emit: (event: ExecutionEvent) => void, signal: AbortSignal): Promise<ExecutionOutcome>;
  complete(text: string, offset: number, tables: readonly NamedTable[], ms: number): Promise<readonly CompletionItem[]>;
  tables(tables: readonly NamedTable[], ms: number): Promise<readonly TableItem[] | undefined>;
  /** Lets it end by itself, then kills it. */
  end(cause: EndCause): Promise<void>;
  kill(cause: EndCause): void;
};

type Active = {
  readonly id: string;
  readonly emit: (event: ExecutionEvent) => void;
  readonly text: TextCollector;
  readonly finish: (outcome: ExecutionOutcome) => void;
  readonly timers: Set<() => void>;
  /** Streams whose end marker is still to come. */
  readonly open: Set<'stdout' | 'stderr'>;
  outcome?: Outcome;
  outputs: number;
  textBytes: number;
  eventBytes: number;
  cancelled: boolean;
  lastProgress: number;
  /** What the server holds against the run; it stands over the program's own outcome. */
  limit?: { readonly reason?: EndReason; readonly failure: Failure };
};

export type Later = (call: () => void, ms: number) => () => void;

export const later: Later = (call, ms) => {
  const timer = setTimeout(call, ms);
  return () => clearTimeout(timer);
};

/** Progress is for eyes: more often than this is only work. */
const PROGRESS_MS = 40;
/** Text of a process kept for saying why it ended. */
const LAST_WORDS = 2_000;

export function startInterpreter(options: {
  readonly child: Child;
  readonly interpreter: string;
  readonly start: Omit<StartRequest, 'type' | 'protocol'>;
  /** Where result files lie on the host. */
  readonly out: string;
  readonly parse: EventParser;
  readonly startMs: number;
}): InterpreterProcess {
  const { child, interpreter } = options;
  const parse = options.parse;
  const calls = new Map<number, (event: Event) => void>();
  let state: 'starting' | 'idle' | 'running' | 'gone' = 'starting';
  let active: Active | undefined;
  let cause: EndCause | undefined;
  let lastWords = '';
  let nextCall = 1;
  let settleReady: (failure: NotReady | undefined) => void = () => undefined;
  const ready = new Promise<NotReady | undefined>((resolve) => {
    settleReady = resolve;
  });

  const send = (request: Request): void => {
    if (child.requests.writable) child.requests.write(encodeMessage(request));
  };
  const kill = (why: EndCause): void => {
    if (state === 'gone') return;
    cause ??= why;
    child.kill();
  };

  // The two streams of text.
  for (const stream of ['stdout', 'stderr'] as const) readText(child[stream], stream);

  function readText(source: Readable, stream: 'stdout' | 'stderr'): void {
    const read = markerReader();
    let slice = 0;
    let paused = false;
    source.on('data', (chunk: Buffer) => {
      slice += chunk.length;
      if (slice > TEXT_SLICE_BYTES && !paused) {
        paused = true;
        source.pause();
        later(() => {
          paused = false;
          slice = 0;
          source.resume();
        }, TEXT_SLICE_MS);
      }
      for (const piece of read(chunk)) {
        if ('end' in piece) {
          if (active?.id === piece.end) {
            active.open.delete(stream);
            finishIfWhole(active);
          }
        } else putText(stream, piece.text, chunk.length);
      }
    });
    source.on('error', () => undefined);
  }

  function putText(stream: 'stdout' | 'stderr', text: string, bytes: number): void {
    lastWords = (lastWords + text).slice(-LAST_WORDS);
    if (!active) return;
    // A marker ends its stream: what comes behind one was not the last, so it was none of ours.
    active.open.add(stream);
    active.textBytes += bytes;
    active.text.push(stream, text);
    if (active.textBytes > FLOOD_BYTES) passOutput(active, `It printed more than ${FLOOD_BYTES / 2 ** 20} MB.`);
  }

  function passOutput(run: Active, message: string): void {
    if (run.limit) return;
    run.limit = {
      reason: 'output-limit',
      failure: { code: 'output-limit', message, hint: 'Show less: filter, aggregate, or write a file.' },
    };
    stopInSteps(run);
  }

  // Events.
  const receive = messageReader(
    (message) => {
      const event = parse(message);
      if (event) onEvent(event);
      else kill({ kind: 'protocol', message: 'it sent what is no event of the protocol' });
    },
    (fault) => {
      const said =
        fault.kind === 'too-long' ? `a line longer than ${fault.limit} bytes` : `what is no JSON: ${fault.start}`;
      kill({ kind: 'protocol', message: `it sent ${said}` });
    },
  );
  child.events.on('data', (chunk: Buffer) => {
    if (active) {
      active.eventBytes += chunk.length;
      if (active.eventBytes > MAX_EVENT_BYTES)
        passOutput(active, `It showed more than ${MAX_EVENT_BYTES / 2 ** 20} MB.`);
    }
    receive(chunk);
  });
  child.events.on('error', () => undefined);
  child.requests.on('error', () => undefined);

  function onEvent(event: Event): void {
    switch (event.type) {
      case 'ready':
        if (event.protocol !== PROTOCOL_VERSION) {
          kill({
            kind: 'protocol',
            message: `it speaks version ${event.protocol} of the protocol, not ${PROTOCOL_VERSION}`,
          });
        } else if (state === 'starting') {
          state = 'idle';
          settleReady(undefined);
        }
        return;
      case 'completions':
      case 'tables':
        calls.get(event.call)?.(event);
        return;
      case 'call':
        send({
          type: 'reply',
          call: event.call,
          error: { code: 'unsupported', message: `There is no call ${event.method.slice(0, 100)}.` },
        });
        return;
    }
    const run = active;
    if (!run || event.run !== run.id || run.outcome) return;
    switch (event.type) {
      case 'output':
        if (event.output.kind === 'text') {
          // Values are text as well: one limit for all that a run says.
          run.textBytes += event.output.text.length;
          run.text.push(event.output.stream, event.output.text);
        } else if (mayShow(run)) {
          const { kind: _, ...failure } = event.output;
          run.text.flush();
          run.emit({ type: 'error', failure });
        }
        return;
      case 'table':
        onTable(run, event);
        return;
      case 'progress': {
        const { type, fraction, rows } = event;
        const now = performance.now();
        if (now - run.lastProgress < PROGRESS_MS) return;
        run.lastProgress = now;
        run.emit({ type, ...(fraction === undefined ? {} : { fraction }), ...(rows === undefined ? {} : { rows }) });
        return;
      }
      case 'done':
        run.outcome = event.outcome;
        run.timers.add(later(() => finishRun(run), MARKER_MS));
        finishIfWhole(run);
        return;
    }
  }

  function mayShow(run: Active): boolean {
    run.outputs += 1;
    if (run.outputs > MAX_OUTPUTS) passOutput(run, `It showed more than ${MAX_OUTPUTS} outputs.`);
    return run.outputs <= MAX_OUTPUTS;
  }

  function onTable(run: Active, event: Event & { type: 'table' }): void {
    if (!event.open && !mayShow(run)) return;
    const { block, file, type, table, columns, rows, open, named } = event;
    const found = file === undefined ? undefined : checkResultFile(options.out, options.start.out, file);
    run.text.flush();
    if (found && 'refused' in found) {
      run.limit ??= {
        failure: { code: 'result-refused', message: `The result file was refused: ${found.refused}.` },
      };
      return;
    }
    run.emit({
      type,
      table,
      columns,
      rows,
      open,
      named: named === true,
      ...(block === undefined ? {} : { block: new Uint8Array(Buffer.from(block, 'base64')) }),
      ...(found ? { file: found.path } : {}),
    });
  }

  // Runs.
  function finishIfWhole(run: Active): void {
    if (run.outcome && run.open.size === 0) finishRun(run);
  }

  function finishRun(run: Active): void {
    if (active !== run) return;
    active = undefined;
    if (state === 'running') state = 'idle';
    for (const stop of run.timers) stop();
    run.text.end();
    run.finish(outcomeOf(run));
  }

  function outcomeOf(run: Active): ExecutionOutcome {
    if (run.limit) return { state: 'failed', ...run.limit };
    if (run.outcome) return run.cancelled && run.outcome.state === 'failed' ? { state: 'cancelled' } : run.outcome;
    return run.cancelled ? { state: 'cancelled' } : { state: 'lost', reason: 'process-gone' };
  }

  /** Asks; then signals; then kills: each step only if the run has not ended by then. */
  function stopInSteps(run: Active): void {
    if (run.cancelled) return;
    run.cancelled = true;
    send({ type: 'cancel', run: run.id });
    run.timers.add(
      later(() => {
        child.interrupt();
        run.timers.add(later(() => kill({ kind: 'cancel' }), CANCEL_SIGNALLED_MS));
      }, CANCEL_ASKED_MS),
    );
  }

  // The end.
  const startTimer = later(
    () => kill({ kind: 'protocol', message: `it was not ready within ${options.startMs / 1000} s` }),
    options.startMs,
  );
  void ready.then(startTimer);

  const gone = child.exited.then((exit): Gone => {
    state = 'gone';
    const end: Gone = { ...exit, lastWords: lastWords.trim(), ...(cause ? { cause } : {}) };
    settleReady(notReady(interpreter, end));
    for (const answer of calls.values()) answer({ type: 'tables', call: 0, items: [] });
    calls.clear();
    const run = active;
    if (run) endedUnder(run, end);
    return end;
  });

  function endedUnder(run: Active, end: Gone): void {
    run.text.flush();
    if (run.outcome) {
      finishRun(run);
      return;
    }
    if (cause?.kind === 'limit') run.limit ??= { reason: cause.reason, failure: cause.failure };
    else if (cause?.kind === 'restart') run.cancelled = true;
    else if (run.cancelled) {
      run.text.push(
        'stderr',
        `It did not stop when asked, so the ${interpreter} process was ended. Tables are kept, temporary ones are gone.\n`,
      );
    } else if (!run.limit) {
      run.emit({
        type: 'error',
        failure: {
          code: 'process-gone',
          message: `The ${interpreter} process ended under the run: ${describe(end)}.`,
          hint: 'Run it again: a new process starts. Tables are kept, temporary ones are gone.',
          ...(end.lastWords === '' ? {} : { detail: end.lastWords }),
        },
      });
    }
    finishRun(run);
  }

  const ask = <T>(make: (call: number) => Request, ms: number, pick: (event: Event) => T | undefined) =>
    new Promise<T | undefined>((resolve) => {
      if (state === 'gone') return resolve(undefined);
      const call = nextCall;
      nextCall += 1;
      const settle = (value: T | undefined): void => {
        stop();
        calls.delete(call);
        resolve(value);
      };
      const stop = later(() => settle(undefined), ms);
      calls.set(call, (event) => settle(event.type === 'tables' && event.call === 0 ? undefined : pick(event)));
      send(make(call));
    });

  send({ type: 'start', protocol: PROTOCOL_VERSION, ...options.start });

  return {
    pid: child.pid,
    ready,
    gone,
    state: () => state,
    activity: () => active?.id ?? (state === 'starting' ? 'start' : undefined),
    run(request, emit, signal) {
      return new Promise((resolve) => {
        if (state !== 'idle') return resolve({ state: 'lost', reason: 'process-gone' });
        state = 'running';
        let outputs = 0;
        const onAbort = (): void => stopInSteps(run);
        const run: Active = {
          id: request.run,
          emit,
          text: textCollector({
            emit: (stream, text) => {
              outputs += 1;
              if (outputs <= MAX_OUTPUTS) emit({ type: 'text', stream, text });
            },
            later,
            everyMs: TEXT_SLICE_MS,
          }),
          finish: (outcome) => {
            signal.removeEventListener('abort', onAbort);
            resolve(outcome);
          },
          timers: new Set(),
          open: new Set(['stdout', 'stderr']),
          outputs: 0,
          textBytes: 0,
          eventBytes: 0,
          lastProgress: Number.NEGATIVE_INFINITY,
          cancelled: false,
        };
        active = run;
        send(request);
        signal.addEventListener('abort', onAbort, { once: true });
        if (signal.aborted) onAbort();
      });
    },
    async complete(text, offset, tables, ms) {
      const items = await ask(
        (call) => ({ type: 'complete', call, text, offset, tables }),
        ms,
        (event) => (event.type === 'completions' ? event.items : undefined),
      );
      return items ?? [];
    },
    tables: (tables, ms) =>
      ask(
        (call) => ({ type: 'tables', call, tables }),
        ms,
        (event) => (event.type === 'tables' ? event.items : undefined),
      ),
    async end(why) {
      if (state === 'gone') return;
      cause ??= why;
      child.requests.end();
      const stop = later(() => child.kill(), END_MS);
      await gone;
      stop();
    },
    kill,
  };
}

function notReady(interpreter: string, end: Gone): NotReady {
  if (end.cause?.kind === 'limit') return { failure: end.cause.failure, reason: end.cause.reason };
  return {
    failure: {
      code: 'session-failed',
      message: `The ${interpreter} process did not start: ${describe(end)}.`,
      hint: 'Run it again; if it fails again, restart the session. The server’s log says more.',
      ...(end.lastWords === '' ? {} : { detail: end.lastWords }),
    },
  };
}

function describe(end: Gone): string {
  if (end.cause?.kind === 'protocol') return end.cause.message;
  if (end.cause?.kind === 'stop') return 'the server is stopping';
  if (end.cause) return 'it was ended';
  const signal = end.signal ?? signalOf(end.code ?? 0);
  if (signal === 'SIGKILL') return 'it was killed from outside; the machine may be out of memory';
  return signal === undefined ? `exit code ${end.code}` : `signal ${signal}`;
}

/** A shell and bubblewrap tell of a signal by 128 and its number. */
const signalOf = (code: number): string | undefined =>
  Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
