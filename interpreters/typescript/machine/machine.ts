/**
 * A run in the isolate, from its script to its end: it is over when its code is done and nothing of it is left, timers
 * and questions included. All that can ever happen inside comes from here (an answer, a timer), so a run that waits while
 * nothing is on its way waits for ever, and is told so.
 *
 * A cancel ends what runs inside and drops what waits; variables stay. Only where V8 does not stop in time the isolate is
 * given up, and its variables with it.
 */
import type { Answer, Realm, Report, RunMeta, Sent, UnitMeta } from '../realm/outer.ts';
import { type Isolate, openIsolate } from './isolate.ts';

export type Ended =
  | { readonly kind: 'settled'; readonly error?: Report; readonly live: readonly string[] }
  /** Nothing can settle what it waits for, at the offset. */
  | { readonly kind: 'stuck'; readonly offset: number | undefined }
  | { readonly kind: 'cancelled'; readonly kept: boolean }
  | { readonly kind: 'out-of-memory'; readonly process: boolean }
  | { readonly kind: 'syntax'; readonly message: string };

/** What a run's code asks of its process. */
export type Handlers = {
  /** Text, outputs: to be passed on in their order. */
  show(message: Extract<Sent, { kind: 'text' | 'show' }>): void;
  /** Resolves when what was shown has been taken on. */
  settled(): Promise<void>;
  ask(message: Extract<Sent, { kind: 'call' | 'take' | 'readFile' | 'fetch' | 'body' }>): Promise<unknown>;
  give(buffer: SharedArrayBuffer): Promise<unknown>;
  module(
    specifier: string,
    from: number,
  ): Promise<{ readonly code: string; readonly name: string; readonly meta: UnitMeta }>;
};

export type Job = {
  readonly code: string;
  readonly name: string;
  readonly meta: RunMeta;
  readonly handlers: Handlers;
  readonly signal: AbortSignal;
};

export type Machine = {
  /** One at a time. */
  run(job: Job): Promise<Ended>;
  /** Those of these names that are globals inside, now. Between runs. */
  globals(names: readonly string[]): Promise<readonly string[]>;
  /** Whether its isolate can run another. */
  isOpen(): boolean;
};

/** V8 looks for an interrupt at every loop and call; a builtin that takes longer than this is given up. */
const TERMINATE_MS = 900;
const TERMINATE_EVERY_MS = 20;
/** Before it is said that nothing can settle what a run waits for. */
const STUCK_MS = 1_000;

export async function openMachine(memory: number): Promise<Machine> {
  const buffers = new Map<number, SharedArrayBuffer>();
  let lastBuffer = 0;
  let broken: 'memory' | 'thread' | 'given-up' | undefined;
  let active: { sent(message: Sent): void; settled(): Promise<void>; broke(): void } | undefined;
  const isolate: Isolate = await openIsolate({
    memory,
    sent: (message) => active?.sent(message),
    settled: () => active?.settled() ?? Promise.resolve(),
    allocated(buffer) {
      lastBuffer += 1;
      buffers.set(lastBuffer, buffer);
      return lastBuffer;
    },
    onBroken() {
      broken = 'thread';
      active?.broke();
    },
  });

  function run({ code, name, meta, handlers, signal }: Job): Promise<Ended> {
    const { promise, resolve } = Promise.withResolvers<Ended>();
    let inside = 0;
    let answers = 0;
    let wake: NodeJS.Timeout | undefined;
    let stuck: NodeJS.Timeout | undefined;
    let settled: { readonly error?: Report; readonly live: readonly string[] } | undefined;
    let stray: Report | undefined;
    let over = false;

    const end = (ended: Ended): void => {
      if (over) return;
      over = true;
      clearTimeout(wake);
      clearTimeout(stuck);
      signal.removeEventListener('abort', cancel);
      buffers.clear();
      active = undefined;
      resolve(ended);
    };
    /** After each thing that happened inside: is anything left that can happen? */
    const look = (): void => {
      clearTimeout(stuck);
      if (over || inside > 0 || answers > 0 || wake) return;
      if (!settled) {
        stuck = setTimeout(() => void leave({ kind: 'stuck', offset: undefined }), STUCK_MS);
        return;
      }
      const error = settled.error ?? stray;
      void leave({ kind: 'settled', live: settled.live, ...(error ? { error } : {}) });
    };
    const leave = async (ended: Ended): Promise<void> => {
      if (over) return;
      const offset = await isolate.enter('drop', []).catch(() => undefined);
      end(ended.kind === 'stuck' && typeof offset === 'number' && offset >= 0 ? { ...ended, offset } : ended);
    };
    const enter = (what: keyof Realm, values: readonly unknown[]): void => {
      inside += 1;
      isolate
        .enter(what, values)
        .catch(caught)
        .finally(() => {
          inside -= 1;
          look();
        });
    };
    const caught = (error: unknown): void => {
      if (!(error instanceof Error)) {
        // A rejected value that is no error, or null where it was terminated.
        if (error !== null && error !== undefined)
          stray ??= { name: '', message: `It threw ${String(error)}`, stack: '' };
      } else if (/^Isolate (was|is) disposed/.test(error.message)) broke(error.message.includes('memory limit'));
      else stray ??= { name: error.name, message: error.message, stack: error.stack ?? '' };
    };
    const broke = (memoryLimit: boolean): void => {
      broken ??= memoryLimit ? 'memory' : 'given-up';
      if (!signal.aborted) end({ kind: 'out-of-memory', process: broken === 'thread' });
    };
    const answer = (id: number, asked: Promise<unknown>): void => {
      answers += 1;
      asked
        .then(
          (result): Answer => ({ result }),
          (error: unknown): Answer => ({
            error: error instanceof Error ? error.message : String(error),
            ...failureIn(error),
          }),
        )
        .then((reply) => {
          answers -= 1;
          if (over) return;
          // Shared memory is handed over as itself, and so not within another value.
          const bytes = 'result' in reply && reply.result instanceof SharedArrayBuffer ? reply.result : undefined;
          enter('deliver', bytes ? [id, undefined, bytes] : [id, reply]);
        });
    };

    async function cancel(): Promise<void> {
      clearTimeout(wake);
      clearTimeout(stuck);
      wake = undefined;
      over = true;
      const began = performance.now();
      let left = false;
      const dropped = isolate.enter('drop', []).then(
        () => {
          left = true;
        },
        // Terminated instead of what was meant: once more.
        () =>
          isolate.enter('drop', []).then(() => {
            left = true;
          }),
      );
      dropped.catch(() => undefined);
      while (!left && performance.now() - began < TERMINATE_MS && broken === undefined) {
        await Promise.race([dropped.catch(() => undefined), pause(TERMINATE_EVERY_MS)]);
        if (!left) isolate.terminate();
      }
      if (!left) {
        broken ??= 'given-up';
        isolate.dispose();
      }
      over = false;
      end({ kind: 'cancelled', kept: left });
    }

    active = {
      settled: () => Promise.race([handlers.settled(), aborted(signal)]),
      broke: () => end({ kind: 'out-of-memory', process: true }),
      sent(message) {
        if (over) return;
        switch (message.kind) {
          case 'text':
          case 'show':
            return handlers.show(message);
          case 'call':
          case 'take':
          case 'readFile':
          case 'fetch':
          case 'body':
            return answer(message.id, handlers.ask(message));
          case 'give': {
            const buffer = buffers.get(message.memory);
            buffers.delete(message.memory);
            if (buffer) answer(message.id, handlers.give(buffer));
            return;
          }
          case 'import':
            answers += 1;
            handlers
              .module(message.specifier, message.from)
              .then(async (module) => {
                const unit = await isolate.compile(module.code, module.name);
                if (!over) enter('module', [message.id, unit, module.meta]);
              })
              .catch((error: unknown) => answer(message.id, Promise.reject(error)))
              .finally(() => {
                answers -= 1;
                look();
              });
            return;
          case 'wake':
            clearTimeout(wake);
            wake =
              message.in === undefined
                ? undefined
                : setTimeout(() => {
                    wake = undefined;
                    enter('wake', []);
                  }, message.in);
            return;
          case 'settled':
            settled = message;
            return;
        }
      },
    };
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) void cancel();
    else {
      inside += 1;
      isolate
        .compile(code, name)
        .then((unit) => {
          if (!over) enter('run', [unit, meta]);
        })
        .catch((error: unknown) => {
          if (error instanceof SyntaxError) end({ kind: 'syntax', message: error.message });
          else caught(error);
        })
        .finally(() => {
          inside -= 1;
          look();
        });
    }
    return promise;
  }

  return {
    run,
    async globals(names) {
      const found = await isolate.enter('globals', [names.join('\n')]).catch(() => undefined);
      return typeof found === 'string' ? found.split('\n') : [];
    },
    isOpen: () => broken === undefined,
  };
}

const failureIn = (error: unknown): object =>
  typeof error === 'object' && error !== null && 'failure' in error ? { failure: error.failure } : {};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
