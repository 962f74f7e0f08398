/**
 * The runner of interpreters written in TypeScript: it speaks the protocol, so that an interpreter is an object with
 * `start`, `run` and, if it likes, `complete` and `tables`. One run at a time, later ones wait; a cancel reaches the run
 * under way at once, as an abort; the process ends when descriptor 3 ends.
 *
 * Descriptor 4 is a socket, written at once while the server reads; past `HELD_BYTES` not yet taken, `drained` makes a
 * producer wait. Before `done` the run's marker goes to 1 and 2.
 */
import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { Failed, failure } from './errors.ts';
import type { FormInputs } from './forms.ts';
import { encodeMessage, messageReader } from './framing.ts';
import {
  type CompletionItem,
  type Event,
  type Failure,
  marker,
  type NamedTable,
  type Outcome,
  PROTOCOL_VERSION,
  type Request,
  type RunRequest,
  type StartRequest,
  type TableItem,
} from './protocol.ts';
import type { Uses, UsesAsked } from './uses.ts';

export type RunContext = {
  /** Aborted when the run is cancelled, or the process is to end. */
  readonly signal: AbortSignal;
  emit(event: Event): void;
  /** Resolves when the server has taken most of what was emitted. */
  drained(): Promise<void>;
  /** Asks the server: query, read, write a table. Rejects with `Failed`. */
  call(method: string, params: unknown): Promise<unknown>;
};

export type Interpreter = {
  readonly language: string;
  start(request: StartRequest): Promise<void>;
  /** What it throws is a fault of its own; a failure of the user's code is an outcome. */
  run(request: RunRequest, context: RunContext): Promise<Outcome>;
  /** Called once, where no run came soon after the start: what makes the first one as fast as the next. Runs wait for it. */
  warm?(context: RunContext): Promise<void>;
  complete?(text: string, offset: number, tables: readonly NamedTable[]): Promise<readonly CompletionItem[]>;
  tables?(tables: readonly NamedTable[]): Promise<readonly TableItem[]>;
  /** One answer for each text, in their order. */
  uses?(asked: UsesAsked): Promise<readonly Uses[]>;
  /** What is wrong with a text, without running it; undefined where a later one came first. */
  check?(text: string, forms: FormInputs, tables: readonly NamedTable[]): Promise<readonly Failure[] | undefined>;
  /** The engine's: what a run of another program asks. `context` is of that run. Rejects with `Failed`. */
  ask?(ask: AskRequest, context: RunContext): Promise<unknown>;
  /** The engine's: a run that asked has ended. */
  release?(run: string): Promise<void>;
  close?(): Promise<void>;
};

export type AskRequest = Extract<Request, { readonly type: 'ask' }>;

/** What the server has not taken yet, before a producer waits: a few blocks. */
const HELD_BYTES = 8 * 1024 * 1024;
/** How long a run and the interpreter's own end may take once descriptor 3 has ended; the server kills after 3 s. */
const CLOSE_MS = 1500;
/** A process started for a run that waits gets it within this time. */
const WARM_AFTER_MS = 50;

export function serve(interpreter: Interpreter): void {
  const requests = new Socket({ fd: 3, readable: true, writable: false });
  const events = new Socket({ fd: 4, readable: false, writable: true });
  const send = (event: Event): void => {
    events.write(encodeMessage(event));
  };
  const runner = createRunner(interpreter, {
    send,
    drained: () =>
      events.writableLength <= HELD_BYTES
        ? Promise.resolve()
        : new Promise((resolve) => {
            events.once('drain', resolve);
            events.once('close', resolve);
          }),
    mark: (run) => {
      writeAll(1, marker(run));
      writeAll(2, marker(run));
    },
    later: (call, ms) => {
      setTimeout(call, ms).unref();
    },
  });
  const end = (): void => {
    // Not `exit`: native threads that are still at work would be torn down under their feet.
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), CLOSE_MS);
    runner.close().finally(() => process.exit(0));
  };
  // An interrupt asks the run to stop; without a run it means nothing.
  process.on('SIGINT', () => runner.interrupt());
  events.on('error', () => process.exit(0));
  requests.on(
    'data',
    messageReader(
      (message) => {
        const request = parseRequest(message);
        if (request) runner.receive(request);
      },
      (fault) => {
        writeAll(2, `A request could not be read (${fault.kind}).\n`);
        process.exit(2);
      },
    ),
  );
  requests.on('end', end);
  requests.on('error', end);
}

const REQUESTS: ReadonlySet<unknown> = new Set([
  'start',
  'run',
  'cancel',
  'complete',
  'tables',
  'uses',
  'check',
  'reply',
  'ask',
  'release',
] satisfies Request['type'][]);

/** A request of a kind we know; others are of a later version and are passed over. Its fields are the server's to get right. */
function parseRequest(message: unknown): Request | undefined {
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined;
  return REQUESTS.has(message.type) ? (message as Request) : undefined;
}

/** The sides of the outer world that the runner needs: a socket and two descriptors, or a test's. */
export type Outside = {
  send(event: Event): void;
  drained(): Promise<void>;
  /** Writes the run's end on stdout and stderr. */
  mark(run: string): void;
  later(call: () => void, ms: number): void;
};

export type Runner = {
  receive(request: Request): void;
  interrupt(): void;
  /** Aborts what runs and lets the interpreter end. */
  close(): Promise<void>;
};

type Waiting = { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void };

export function createRunner(interpreter: Interpreter, outside: Outside): Runner {
  const aborts = new Map<string, AbortController>();
  const calls = new Map<number, Waiting>();
  let lastCall = 0;
  let work: Promise<void> = Promise.resolve();
  let started: Promise<void> = work;
  let current: AbortController | undefined;
  let broken: unknown;
  let ran = false;

  const contextOf = (run: string, signal: AbortSignal): RunContext => ({
    signal,
    emit: outside.send,
    drained: outside.drained,
    call: (method, params) =>
      new Promise((resolve, reject) => {
        lastCall += 1;
        calls.set(lastCall, { resolve, reject });
        outside.send({ type: 'call', call: lastCall, run, method, params });
      }),
  });

  const execute = async (request: RunRequest): Promise<void> => {
    const abort = aborts.get(request.run) ?? new AbortController();
    current = abort;
    const outcome = await outcomeOf(request, abort.signal);
    current = undefined;
    aborts.delete(request.run);
    outside.mark(request.run);
    outside.send({ type: 'done', run: request.run, outcome });
  };

  const outcomeOf = async (request: RunRequest, signal: AbortSignal): Promise<Outcome> => {
    if (broken !== undefined) return { state: 'failed', failure: fault(broken) };
    if (signal.aborted) return { state: 'cancelled' };
    try {
      return await interpreter.run(request, contextOf(request.run, signal));
    } catch (error) {
      if (signal.aborted) return { state: 'cancelled' };
      return { state: 'failed', failure: error instanceof Failed ? error.failure : fault(error) };
    }
  };

  /** Nobody sees what it emits, and what fails in it is told by the first run. */
  const warmUp = (): void => {
    if (ran || broken !== undefined) return;
    const context = { ...contextOf('', new AbortController().signal), emit: () => undefined };
    queue(() => interpreter.warm?.(context).catch(() => undefined) ?? Promise.resolve());
  };

  const queue = (task: () => Promise<void>): void => {
    work = work.then(task).catch((error: unknown) => {
      broken ??= error;
    });
  };

  return {
    receive(request) {
      switch (request.type) {
        case 'start':
          queue(async () => {
            try {
              if (request.protocol !== PROTOCOL_VERSION) {
                throw new Failed(failure('protocol', `The server speaks version ${request.protocol} of the protocol.`));
              }
              await interpreter.start(request);
            } catch (error) {
              broken = error;
            }
            outside.send({ type: 'ready', protocol: PROTOCOL_VERSION, language: interpreter.language });
            outside.later(warmUp, WARM_AFTER_MS);
          });
          started = work;
          return;
        case 'run':
          ran = true;
          aborts.set(request.run, new AbortController());
          queue(() => execute(request));
          return;
        case 'cancel':
          aborts.get(request.run)?.abort();
          return;
        case 'ask':
          asked(request);
          return;
        case 'release':
          // Behind what the run still asked, which has no one to answer any more.
          aborts.get(request.run)?.abort();
          queue(async () => {
            aborts.delete(request.run);
            await interpreter.release?.(request.run);
          });
          return;
        case 'complete':
          answer(
            async () => {
              const items = await interpreter.complete?.(request.text, request.offset, request.tables);
              outside.send({ type: 'completions', call: request.call, items: items ?? [] });
            },
            () => outside.send({ type: 'completions', call: request.call, items: [] }),
          );
          return;
        case 'tables':
          answer(
            async () => {
              const items = await interpreter.tables?.(request.tables);
              outside.send({ type: 'tables', call: request.call, items: items ?? [] });
            },
            () => outside.send({ type: 'tables', call: request.call, items: [] }),
          );
          return;
        case 'uses':
          answer(
            async () => {
              const items = await interpreter.uses?.(request);
              outside.send({ type: 'uses', call: request.call, items: items ?? [] });
            },
            () => outside.send({ type: 'uses', call: request.call, items: [] }),
          );
          return;
        case 'check':
          answer(
            async () => {
              const failures = await interpreter.check?.(request.text, request.forms, request.tables);
              outside.send({ type: 'checked', call: request.call, ...(failures ? { failures } : {}) });
            },
            () => outside.send({ type: 'checked', call: request.call }),
          );
          return;
        case 'reply': {
          const waiting = calls.get(request.call);
          calls.delete(request.call);
          if (request.error) waiting?.reject(new Failed(request.error));
          else waiting?.resolve(request.result);
          return;
        }
      }
    },
    interrupt() {
      current?.abort();
    },
    async close() {
      for (const abort of aborts.values()) abort.abort();
      await work;
      await interpreter.close?.();
    },
  };

  /** Calls of a run of another program go one after the other, as runs do: an abort of that run ends the one under way. */
  function asked(request: AskRequest): void {
    const abort = aborts.get(request.run) ?? new AbortController();
    aborts.set(request.run, abort);
    queue(async () => {
      const reply = (answer: { result: unknown } | { error: Failure }): void =>
        outside.send({ type: 'answer', call: request.call, ...answer });
      try {
        if (broken !== undefined) throw broken;
        if (abort.signal.aborted || !interpreter.ask) throw new Failed(failure('engine', 'Interrupted.'));
        reply({ result: await interpreter.ask(request, contextOf(request.run, abort.signal)) });
      } catch (error) {
        reply({ error: fault(error) });
      }
    });
  }

  /** Questions don't wait for a run; a failed one gets an empty answer. They wait for the start. */
  function answer(task: () => Promise<void>, otherwise: () => void): void {
    started
      .then(() => {
        if (broken !== undefined) otherwise();
        else return task();
      })
      .catch(otherwise);
  }
}

function fault(error: unknown) {
  if (error instanceof Failed) return error.failure;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return failure('internal', 'The interpreter failed.', { detail });
}

/** How long a write to a full pipe waits before it is tried again. */
const RETRY_MS = 1;

/** Writes all of it, also to a pipe that is full for a moment. A closed one takes nothing, which is fine. */
function writeAll(descriptor: number, text: string): void {
  let rest: Uint8Array = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}
