/**
 * One run of a session, from finding its process to its outcome: what it is told of beforehand, the files it reads tables
 * from, and the engine for what it asks. Rejects for nothing that code or a process does.
 */
import type { Failure } from '../../interpreters/protocol.ts';
import { type Calls, openCalls } from './calls.ts';
import type { ExecutedRun, ExecutionEvent, ExecutionOutcome, NamedResult, Spent } from './contract.ts';
import type { NotReady } from './end.ts';
import type { Live } from './live.ts';
import { maySet, tablesIn } from './mentions.ts';

/** `replaced`: it stands in for one that runs had used. */
export type Readied = { readonly live: Live; readonly replaced: boolean };

export type Execution = {
  readonly engine: string;
  readonly hostOf: (interpreter: string) => string;
  /** The process of an interpreter, ready to run; its folders as the text needs them. */
  readonly ready: (host: string, source: string) => Promise<Readied | NotReady>;
  /** Whether its process went away with what runs had left in it; true once. */
  readonly forgot: (host: string) => boolean;
  /** Begins to count what the session's processes take; returns what it was. */
  readonly meter: () => () => Spent | undefined;
  /** Called when it begins and when it has ended. */
  readonly changed: () => void;
};

type Emit = (event: ExecutionEvent) => void;

export async function execute(
  run: ExecutedRun,
  tables: readonly NamedResult[],
  emit: Emit,
  signal: AbortSignal,
  session: Execution,
  spent?: (spent: Spent) => void,
): Promise<ExecutionOutcome> {
  const host = session.hostOf(run.interpreter);
  const asks = host !== session.engine;
  const found = await orAbort(session.ready(host, run.source), signal);
  if (found === 'aborted') return { state: 'cancelled' };
  if ('failure' in found) return { state: 'failed', ...found };
  const { live, replaced } = found;
  const { id, source, interpreter, name, options, inputs: forms = {} } = run;
  let over = false;
  // A call that nobody waits for may outlive its run, which then says nothing more.
  const say: Emit = (event) => {
    if (!over) emit(event);
  };
  const meter = session.meter();
  const calls = openCalls({ run: id, name, tables, signal, engine: () => engineFor(session, say) });
  try {
    emit({ type: 'started' });
    if (replaced) emit({ type: 'text', stream: 'stderr', text: REPLACED });
    // Told once, by whichever of the two knows more.
    if (session.forgot(host) && !replaced) emit({ type: 'text', stream: 'stderr', text: asks ? ANEW : ENGINE_ANEW });
    if (asks) await exportTables(source, calls, emit, signal);
    const { sent } = await live.withTables(tables, (named): { readonly outcome: Promise<ExecutionOutcome> } => {
      if (signal.aborted) return { outcome: Promise.resolve({ state: 'cancelled' }) };
      live.used = true;
      live.holds ||= asks || maySet(source);
      const request = { type: 'run' as const, run: id, interpreter, source, options, forms, tables: named };
      const whole = {
        ...request,
        ...(name === undefined ? {} : { name }),
        ...(run.reads ? { reads: run.reads } : {}),
      };
      return { outcome: live.process.run(whole, emit, signal, asks ? calls.answer : undefined) };
    });
    session.changed();
    const outcome = await sent.outcome;
    const took = meter();
    if (took) spent?.(took);
    session.changed();
    return outcome;
  } finally {
    over = true;
    calls.end();
  }
}

/** The engine for a run that asks it. */
async function engineFor(session: Execution, emit: Emit): Promise<Live | Failure> {
  const found = await session.ready(session.engine, '');
  if ('failure' in found) return found.failure;
  if (found.replaced) emit({ type: 'text', stream: 'stderr', text: REPLACED });
  return found.live;
}

/** A run whose text reads tables as files finds them. What can't be written is told, and the run goes on. */
async function exportTables(source: string, calls: Calls, emit: Emit, signal: AbortSignal): Promise<void> {
  const mentioned = tablesIn(source);
  if (!mentioned) return;
  const { error } = await calls.exportTables(mentioned.names, (event) => {
    if (event.type !== 'progress') return;
    const { type, fraction, rows } = event;
    emit({ type, ...(fraction === undefined ? {} : { fraction }), ...(rows === undefined ? {} : { rows }) });
  });
  if (error && !signal.aborted) emit({ type: 'error', failure: error });
}

const REPLACED =
  'The data folders of this notebook changed, so its process was started again: variables and temporary tables are gone.\n';
const ANEW = 'This is a new process: variables and settings of earlier runs are gone.\n';
const ENGINE_ANEW =
  'This is a new process: temporary tables, variables and settings of earlier runs are gone. Tables are kept.\n';

/** What the promise gives, unless the signal comes first. */
export function orAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | 'aborted'> {
  if (signal.aborted) return Promise.resolve('aborted');
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve('aborted');
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
