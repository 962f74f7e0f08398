/**
 * One living process of an interpreter: the protocol on descriptors 3 and 4, its text on 1 and 2, one run at a time.
 *
 * starting → idle ⇄ running → gone. Whatever the program does (dies, floods, hangs, talks nonsense), the run under way
 * resolves with an outcome, after all its events. Requests go down 3 and events up 4, apart from the text, and text is
 * read in bounded slices: so a cancel is never stuck behind a flood. A little long: it is one machine, whose states are
 * read together.
 */
import type { Readable, Writable } from 'node:stream';
import type { FormInputs } from '../../interpreters/forms.ts';
import { encodeMessage, messageReader } from '../../interpreters/framing.ts';
import {
  type CompletionItem,
  type Event,
  type Failure,
  type NamedTable,
  PROTOCOL_VERSION,
  type Request,
  type RunRequest,
  type StartRequest,
  type TableItem,
} from '../../interpreters/protocol.ts';
import type { Uses, UsesAsked } from '../../interpreters/uses.ts';
import { ANSWER_TOO_LONG, type Answer, type Ask, openQuestions, type Questions, type Relay } from './asked.ts';
import type { ExecutionEvent, ExecutionOutcome } from './contract.ts';
import { type ChildExit, type EndCause, type Gone, goneUnder, type NotReady, notReady } from './end.ts';
import type { EventParser } from './events.ts';
import { END_MS, TEXT_SLICE_BYTES, TEXT_SLICE_MS } from './limits.ts';
import { type ActiveRun, beginRun, type Stream } from './run.ts';
import type { Passed } from './sampler.ts';
import { later, markerReader } from './text.ts';

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

export type InterpreterProcess = {
  readonly pid: number;
  /** Undefined once ready; else why it did not start. */
  readonly ready: Promise<NotReady | undefined>;
  readonly gone: Promise<Gone>;
  readonly state: () => 'starting' | 'idle' | 'running' | 'gone';
  /** What it works on: the start, or one run; undefined while idle. */
  readonly activity: () => string | undefined;
  /** Rejects nothing; call it only while idle. `answer` answers what the run asks of the engine. */
  run(
    request: RunRequest,
    emit: (event: ExecutionEvent) => void,
    signal: AbortSignal,
    answer?: AnswerCall,
  ): Promise<ExecutionOutcome>;
  /** Of the engine: a call of another process's run. Resolves in any case; `relay` gets the run's events before that. */
  ask(call: Ask, relay: Relay): Promise<Answer>;
  /** Of the engine, for runs that asked (`asked.ts`). */
  readonly asked: Pick<Questions, 'cancel' | 'release' | 'isHeld'>;
  complete(text: string, offset: number, tables: readonly NamedTable[], ms: number): Promise<readonly CompletionItem[]>;
  /** Undefined where no answer came in time. */
  tables(tables: readonly NamedTable[], ms: number): Promise<readonly TableItem[] | undefined>;
  /** Undefined where no answer came in time, or a later text came first. */
  check(
    text: string,
    forms: FormInputs,
    tables: readonly NamedTable[],
    ms: number,
  ): Promise<readonly Failure[] | undefined>;
  /** Undefined where no answer came in time. */
  uses(asked: UsesAsked, ms: number): Promise<readonly Uses[] | undefined>;
  /** Lets it end by itself, then kills it. */
  end(cause: EndCause): Promise<void>;
  kill(cause: EndCause): void;
};

export type AnswerCall = (method: string, params: unknown, relay: Relay) => Promise<Answer>;
/** What the session itself answers, whichever run it is for; undefined for what it does not. */
export type AnswerOwn = (run: string, method: string, params: unknown) => Promise<Answer> | undefined;

/** Characters of a process's text kept for saying why it ended. */
const LAST_WORDS = 2_000;

export function startInterpreter(options: {
  readonly child: Child;
  readonly interpreter: string;
  readonly start: Omit<StartRequest, 'type' | 'protocol'>;
  /** Where result files lie on the host. */
  readonly out: string;
  /** Where the session links files for its runs. */
  readonly linked: string;
  readonly parse: EventParser;
  readonly startMs: number;
  readonly answerOwn?: AnswerOwn;
  /** A limit that the kernel holds and that it passed, though it lives. */
  readonly passed?: () => Passed | undefined;
}): InterpreterProcess {
  const { child, interpreter, parse } = options;
  const calls = new Map<number, (event: Event | undefined) => void>();
  const { promise: ready, resolve: settleReady } = Promise.withResolvers<NotReady | undefined>();
  let state: 'starting' | 'idle' | 'running' | 'gone' = 'starting';
  let active: ActiveRun | undefined;
  let answerCall: AnswerCall | undefined;
  let cause: EndCause | undefined;
  let lastWords = '';
  let nextCall = 1;
  const asked = openQuestions(send, () => kill({ kind: 'cancel' }));

  /** False where the message is longer than a line may be. */
  function send(request: Request): boolean {
    try {
      const line = encodeMessage(request);
      if (child.requests.writable) child.requests.write(line);
      return true;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  }

  function kill(why: EndCause): void {
    if (state === 'gone') return;
    cause ??= why;
    child.kill();
  }
  const breach = (message: string): void => kill({ kind: 'protocol', message });

  function readText(source: Readable, stream: Stream): void {
    const read = markerReader();
    let slice = 0;
    source.on('data', (chunk: Buffer) => {
      slice += chunk.length;
      if (slice > TEXT_SLICE_BYTES && !source.isPaused()) {
        source.pause();
        later(() => {
          slice = 0;
          source.resume();
        }, TEXT_SLICE_MS);
      }
      for (const piece of read(chunk)) {
        if ('text' in piece) {
          lastWords = (lastWords + piece.text).slice(-LAST_WORDS);
          active?.text(stream, piece.text, chunk.length);
        } else if (active?.id === piece.end) active.marked(stream);
      }
    });
  }

  function onEvent(event: Event): void {
    switch (event.type) {
      case 'ready':
        if (event.protocol !== PROTOCOL_VERSION) {
          breach(`it speaks version ${event.protocol} of the protocol, not ${PROTOCOL_VERSION}`);
        } else if (state === 'starting') {
          state = 'idle';
          settleReady(undefined);
        }
        return;
      case 'completions':
      case 'tables':
      case 'uses':
      case 'checked':
        calls.get(event.call)?.(event);
        return;
      case 'answer':
        asked.answered(event);
        return;
      case 'call':
        void answerTo(event);
        return;
      default:
        if (event.run === active?.id) active.event(event);
        else if (event.type !== 'done') asked.tell(event);
    }
  }

  /** A call of a run that is not under way, or that nobody answers, fails; so does one whose answer is too long. */
  async function answerTo({ call, run, method, params }: Event & { readonly type: 'call' }): Promise<void> {
    const asker = active?.id === run ? active : undefined;
    const relay: Relay = (event) => {
      if (active === asker) asker?.event(event);
    };
    const own = options.answerOwn?.(run, method, params);
    const answer: Answer = await (own ?? (asker && answerCall ? answerCall(method, params, relay) : { error: NO_RUN }));
    const { result, error } = answer;
    if (!send({ type: 'reply', call, ...(error ? { error } : { result }) })) {
      send({ type: 'reply', call, error: ANSWER_TOO_LONG });
    }
  }

  readText(child.stdout, 'stdout');
  readText(child.stderr, 'stderr');
  const receive = messageReader(
    (message) => {
      const event = parse(message);
      if (event) onEvent(event);
      else breach('it sent what is no event of the protocol');
    },
    (fault) =>
      breach(
        fault.kind === 'too-long'
          ? `it sent a line longer than ${fault.limit} bytes`
          : `it sent what is no JSON: ${fault.start}`,
      ),
  );
  child.events.on('data', (chunk: Buffer) => {
    active?.received(chunk.length);
    receive(chunk);
  });
  // A stream that breaks is the end of the process, which is told of by its exit.
  for (const stream of [child.stdout, child.stderr, child.events, child.requests]) stream.on('error', () => undefined);

  const startTimer = later(() => breach(`it was not ready within ${options.startMs / 1000} s`), options.startMs);
  void ready.then(startTimer);

  const gone = child.exited.then((exit): Gone => {
    const passed = options.passed?.();
    if (passed) cause ??= { kind: 'limit', ...passed };
    state = 'gone';
    const end: Gone = { ...exit, lastWords: lastWords.trim(), ...(cause ? { cause } : {}) };
    settleReady(notReady(interpreter, end));
    for (const answer of calls.values()) answer(undefined);
    asked.gone(cause?.kind === 'limit' ? cause.failure : goneUnder(interpreter, end));
    active?.gone(end);
    return end;
  });

  /** One question; undefined where the answer is late, of another kind, or never comes. */
  function ask(make: (call: number) => Request, ms: number): Promise<Event | undefined> {
    return new Promise((resolve) => {
      const call = nextCall;
      nextCall += 1;
      const settle = (event: Event | undefined): void => {
        stop();
        calls.delete(call);
        resolve(event);
      };
      const stop = later(() => settle(undefined), ms);
      calls.set(call, settle);
      if (state === 'gone' || !send(make(call))) settle(undefined);
    });
  }

  send({ type: 'start', protocol: PROTOCOL_VERSION, ...options.start });

  return {
    pid: child.pid,
    ready,
    gone,
    state: () => state,
    activity: () => active?.id ?? asked.working() ?? (state === 'starting' ? 'start' : undefined),
    run(request, emit, signal, answer) {
      return new Promise((resolve) => {
        if (state !== 'idle') return resolve({ state: 'lost', reason: 'process-gone' });
        if (!send(request)) return resolve({ state: 'failed', failure: TOO_LONG });
        state = 'running';
        const run = beginRun({
          id: request.run,
          interpreter,
          out: { host: options.out, inside: options.start.out },
          linked: options.linked,
          emit,
          finish(outcome) {
            signal.removeEventListener('abort', run.stop);
            active = undefined;
            answerCall = undefined;
            const passed = state === 'running' ? options.passed?.() : undefined;
            if (passed) {
              // Some of what it started was ended: it ends whole, and takes no other run before.
              kill({ kind: 'limit', ...passed });
              void gone.then(() => resolve({ state: 'failed', ...passed }));
              return;
            }
            if (state === 'running') state = 'idle';
            resolve(outcome);
          },
          steps: {
            ask: () => send({ type: 'cancel', run: request.run }),
            interrupt: child.interrupt,
            kill: () => kill({ kind: 'cancel' }),
          },
          later,
        });
        active = run;
        answerCall = answer;
        signal.addEventListener('abort', run.stop, { once: true });
        if (signal.aborted) run.stop();
      });
    },
    ask(one, relay) {
      const call = nextCall;
      nextCall += 1;
      return asked.ask(call, one, relay);
    },
    asked,
    async complete(text, offset, tables, ms) {
      const answer = await ask((call) => ({ type: 'complete', call, text, offset, tables }), ms);
      return answer?.type === 'completions' ? answer.items : [];
    },
    async tables(tables, ms) {
      const answer = await ask((call) => ({ type: 'tables', call, tables }), ms);
      return answer?.type === 'tables' ? answer.items : undefined;
    },
    async check(text, forms, tables, ms) {
      const answer = await ask((call) => ({ type: 'check', call, text, forms, tables }), ms);
      return answer?.type === 'checked' ? answer.failures : undefined;
    },
    async uses(asked, ms) {
      const answer = await ask((call) => ({ type: 'uses', call, ...asked }), ms);
      return answer?.type === 'uses' && answer.items.length === asked.asks.length ? answer.items : undefined;
    },
    async end(why) {
      if (state === 'gone') return;
      cause ??= why;
      child.requests.end();
      const stop = later(child.kill, END_MS);
      await gone;
      stop();
    },
    kill,
  };
}

const TOO_LONG = {
  code: 'source-too-long',
  message: 'The paragraph and its options are longer than what can be sent to its process.',
  hint: 'Put the data into a file, and read that.',
};

const NO_RUN = { code: 'unsupported', message: 'Only a run that is under way can ask.' };
