/**
 * The server's end of the results reader: one process, started when first asked, ended when idle, started again when it
 * dies. A call that had sent nothing yet when its process died is asked once more of the next one; a download under way
 * fails. Aborting a call interrupts its query; a reader that does not stop in time is killed, as an interrupt can hang
 * inside one long function. What ends readers again and again is refused (`suspects.ts`). A little long: calls, their process and its end are one machine.
 */
import { Readable } from 'node:stream';
import { AppError } from '../errors.ts';
import { BlockNeeded, errorOf, ReaderDied } from './failures.ts';
import {
  CREDIT,
  decodeFailure,
  decodeHead,
  decodeProgress,
  encodeCredit,
  encodeFrame,
  encodeRequest,
  type Frame,
  frameDecoder,
  KIND,
  type ReaderRequest,
} from './reader/protocol.ts';
import { type Asker, HOUSE } from './reader/turns.ts';
import type { ReaderProcess, SpawnReader } from './spawn.ts';
import { openSuspects } from './suspects.ts';

export type Answer = { readonly contentType: string; readonly body: Readable };

export interface Reader {
  /**
   * `block` gives the bytes of a small result, if the reader lacks them; `onProgress` hears how much of a download is made,
   * 0–1. Rejects with AppError.
   */
  ask(
    request: ReaderRequest,
    block: (() => Promise<Uint8Array>) | undefined,
    signal: AbortSignal,
    onProgress?: (fraction: number) => void,
  ): Promise<Answer>;
  /** Lets go of what the reader made of a result that is gone; starts nothing. */
  release(key: string): void;
  /** Starts the process, so that the first window need not wait for it. */
  warm(): void;
  close(): Promise<void>;
}

export type Timers = { after(ms: number, work: () => void): () => void };
export const realTimers: Timers = {
  after: (ms, work) => {
    const timer = setTimeout(work, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Calls at once: pages abort windows that they scrolled past, so more than this is a flood. */
const MAX_CALLS = 200;
/** Of one asker: three have room for all of theirs, and someone with many pages open asks for fewer. */
const MAX_CALLS_EACH = 64;
/** Its sorts and open files are worth keeping while someone looks; its memory is not, for ever. */
const IDLE_MS = 5 * 60_000;
/** How long an interrupted query may go on before its process is killed. */
const CANCEL_MS = 5_000;
/** How long the process may take to end when its requests end. */
const END_MS = 1_000;

type Phase =
  | { readonly state: 'asked'; readonly resolve: (answer: Answer) => void; readonly reject: (error: unknown) => void }
  | { readonly state: 'streaming'; readonly body: Readable; owed: number }
  /** Nobody listens any more; kept until the reader says that it stopped. */
  | { readonly state: 'cancelled'; readonly release: () => void };

type Call = {
  readonly asker: Asker;
  /** What it may have ended its process over. */
  readonly about?: string;
  readonly onProgress?: (fraction: number) => void;
  phase: Phase;
};
type Running = {
  readonly process: ReaderProcess;
  readonly calls: Map<number, Call>;
  /** By us, or over a call that is known: its end says nothing of the others. */
  isKilled: boolean;
};

export function openReader(
  spawn: SpawnReader,
  timers: Timers = realTimers,
  log: (line: string) => void = () => {},
  now: () => number = Date.now,
): Reader {
  const suspects = openSuspects(now);
  let starting: Promise<Running> | undefined;
  let running: Running | undefined;
  let next = 1;
  let closed = false;
  let idle: (() => void) | undefined;

  function start(): Promise<Running> {
    starting ??= spawn().then(
      (child) => {
        running = listen(child);
        return running;
      },
      (cause: unknown) => {
        starting = undefined;
        throw new ReaderDied(cause instanceof Error ? cause.message : String(cause), { cause });
      },
    );
    return starting;
  }

  function listen(child: ReaderProcess): Running {
    const started: Running = { process: child, calls: new Map(), isKilled: false };
    const decoder = frameDecoder();
    child.answers.on('data', (chunk: Uint8Array) => {
      try {
        for (const frame of decoder.push(chunk)) receive(started, frame);
      } catch (error) {
        log(`results reader: ${error}`);
        child.kill();
      }
    });
    child.answers.on('error', () => child.kill());
    child.requests.on('error', () => child.kill());
    void child.exited.then((how) => ended(started, how));
    return started;
  }

  function leave(which: Running): void {
    if (running !== which) return;
    running = undefined;
    starting = undefined;
  }

  function ended(which: Running, how: string): void {
    leave(which);
    if (which.calls.size > 0) log(`results reader ended (${how}) with ${which.calls.size} calls`);
    const calls = [...which.calls.values()];
    which.calls.clear();
    if (!which.isKilled) suspects.died(calls.flatMap(({ about }) => about ?? []));
    for (const { phase } of calls) {
      if (phase.state === 'asked') phase.reject(new ReaderDied(how));
      else if (phase.state === 'streaming')
        phase.body.destroy(new AppError('result-unreadable', `the reader ended (${how})`));
      else phase.release();
    }
  }

  function receive(from: Running, { kind, call: id, payload }: Frame): void {
    const call = from.calls.get(id);
    if (!call) return;
    const { phase } = call;
    switch (kind) {
      case KIND.head: {
        if (phase.state !== 'asked') return;
        const body = bodyOf(from, id, call);
        // Whoever reads hears of it; nobody may.
        body.on('error', () => {});
        call.phase = { state: 'streaming', body, owed: 0 };
        phase.resolve({ contentType: decodeHead(payload).contentType, body });
        return;
      }
      case KIND.data:
        if (phase.state !== 'streaming') return;
        phase.owed += payload.length;
        if (phase.body.push(payload)) grant(from, id, phase);
        return;
      case KIND.progress:
        if (phase.state !== 'cancelled') call.onProgress?.(decodeProgress(payload));
        return;
      case KIND.end:
      case KIND.failure: {
        finish(from, id);
        const failed = kind === KIND.failure ? decodeFailure(payload) : undefined;
        const error = failed && errorOf(failed);
        if (failed?.broke && call.about !== undefined) {
          // Its process ends next, and nothing else that is under way is to blame.
          from.isKilled = true;
          suspects.broke(call.about);
        }
        if (phase.state === 'cancelled') phase.release();
        else if (phase.state === 'asked') phase.reject(error ?? new ReaderDied('an end without a head'));
        else if (error) phase.body.destroy(error);
        else phase.body.push(null);
      }
    }
  }

  function bodyOf(from: Running, id: number, call: Call): Readable {
    return new Readable({
      highWaterMark: CREDIT,
      read: () => {
        if (call.phase.state === 'streaming') grant(from, id, call.phase);
      },
      destroy: (error, done) => {
        if (from.calls.get(id) === call) cancel(from, id, call);
        done(error);
      },
    });
  }

  /** Gives back credit in halves: a frame for each piece would cost more than it brings. */
  function grant(from: Running, id: number, phase: Extract<Phase, { state: 'streaming' }>): void {
    if (phase.owed < CREDIT / 2 || from.calls.get(id)?.phase !== phase) return;
    from.process.requests.write(encodeCredit(id, phase.owed));
    phase.owed = 0;
  }

  function cancel(from: Running, id: number, call: Call): void {
    const release = timers.after(CANCEL_MS, () => {
      log('results reader: a cancelled query went on, killed');
      from.isKilled = true;
      from.process.kill();
    });
    call.phase = { state: 'cancelled', release };
    from.process.requests.write(encodeFrame(KIND.cancel, id));
  }

  function finish(from: Running, id: number): void {
    from.calls.delete(id);
    if (from.calls.size > 0 || from !== running) return;
    idle?.();
    idle = timers.after(IDLE_MS, () => {
      if (running === from && from.calls.size === 0) void end(from);
    });
  }

  async function end(which: Running): Promise<void> {
    leave(which);
    which.process.requests.end();
    const release = timers.after(END_MS, () => which.process.kill());
    await which.process.exited;
    release();
  }

  function once(
    on: Running,
    request: ReaderRequest,
    block: Uint8Array | undefined,
    signal: AbortSignal,
    onProgress: ((fraction: number) => void) | undefined,
  ): Promise<Answer> {
    idle?.();
    return new Promise<Answer>((resolve, reject) => {
      const id = next;
      next = (next % 0xffff_fff0) + 1;
      const abort = () => {
        if (on.calls.get(id) === call) cancel(on, id, call);
        reject(signal.reason);
      };
      const call: Call = {
        asker: askerOf(request),
        about: aboutOf(request),
        ...(onProgress ? { onProgress } : {}),
        phase: {
          state: 'asked',
          resolve: (answer) => {
            signal.removeEventListener('abort', abort);
            const destroy = () => answer.body.destroy();
            signal.addEventListener('abort', destroy, { once: true });
            answer.body.once('close', () => signal.removeEventListener('abort', destroy));
            resolve(answer);
          },
          reject: (error) => {
            signal.removeEventListener('abort', abort);
            reject(error);
          },
        },
      };
      on.calls.set(id, call);
      signal.addEventListener('abort', abort, { once: true });
      on.process.requests.write(encodeRequest(id, request, block));
    });
  }

  return {
    ask: async (request, block, signal, onProgress) => {
      let bytes: Uint8Array | undefined;
      let deaths = 0;
      const about = aboutOf(request);
      for (;;) {
        const leave = await suspects.turn(about, deaths > 0, signal);
        try {
          signal.throwIfAborted();
          if (closed) throw new AppError('unavailable');
          const crowd = crowdOf(running, askerOf(request));
          if (crowd) throw new AppError('too-many', crowd);
          const on = await start();
          signal.throwIfAborted();
          if (on !== running) throw new ReaderDied('it ended just now');
          const answer = await once(on, request, bytes, signal, onProgress);
          suspects.answered(about);
          return answer;
        } catch (error) {
          if (error instanceof BlockNeeded && block && !bytes) {
            bytes = await block();
          } else if (error instanceof BlockNeeded) {
            throw new AppError('result-unreadable', 'its rows are not where they were kept');
          } else if (error instanceof ReaderDied) {
            deaths += 1;
            if (deaths > 1) throw new AppError('result-unreadable', `the reader ended twice (${error.message})`);
          } else throw error;
        } finally {
          leave();
        }
      }
    },
    release: (key) => {
      if (!running) return;
      const id = next++;
      running.calls.set(id, { asker: HOUSE, phase: { state: 'cancelled', release: () => {} } });
      running.process.requests.write(encodeRequest(id, { type: 'release', key }));
    },
    warm: () => {
      if (closed || starting) return;
      start().then(
        (started) => finish(started, 0),
        (error: unknown) => log(`results reader: ${error}`),
      );
    },
    close: async () => {
      closed = true;
      idle?.();
      const last = await starting?.catch(() => undefined);
      if (last) await end(last);
    },
  };
}

const askerOf = (request: ReaderRequest): Asker => (request.type === 'release' ? HOUSE : request.asker);

/** Windows of a result may be had where its charts are not. */
const aboutOf = (request: ReaderRequest): string =>
  `${request.type} ${request.type === 'release' ? request.key : request.source.key}`;

/** What there is too much of. */
function crowdOf(running: Running | undefined, asker: Asker): string | undefined {
  if (!running) return undefined;
  const own = [...running.calls.values()].filter((call) => call.asker === asker).length;
  if (own >= MAX_CALLS_EACH) return `calls for results by you or by others with your link: at most ${MAX_CALLS_EACH}`;
  return running.calls.size >= MAX_CALLS ? 'calls for results' : undefined;
}
