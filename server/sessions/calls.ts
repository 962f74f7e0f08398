/**
 * What one run of another process asks of the engine. Its calls go to the engine's process, which is started where it is not
 * there; answers come back in any case. Only what a run may ask passes, and only while it runs. When it ends, whatever it
 * left in the engine is let go.
 */
import type { EngineMethod, Failure } from '../../interpreters/protocol.ts';
import type { Answer, Relay } from './asked.ts';
import type { NamedResult } from './contract.ts';
import { MAX_OPEN_CALLS } from './limits.ts';
import type { Live } from './live.ts';

/** `export` is the server's own to ask. */
const METHODS: ReadonlySet<string> = new Set([
  'describe',
  'show',
  'read',
  'fetch',
  'close',
  'write',
  'keep',
  'save',
  'names',
] satisfies readonly EngineMethod[]);

export type Calls = {
  /** Answers one call of the run; `relay` gets what the engine tells of it meanwhile. */
  answer(method: string, params: unknown, relay: Relay): Promise<Answer>;
  /** Brings `tables/` up to date: these, or all. */
  exportTables(names: readonly string[] | undefined, relay: Relay): Promise<Answer>;
  end(): void;
};

export function openCalls(options: {
  readonly run: string;
  /** The name that its result gets. */
  readonly name: string | undefined;
  readonly tables: readonly NamedResult[];
  readonly signal: AbortSignal;
  /** The engine, ready; called when the run has none yet, or the one it had is gone. */
  readonly engine: () => Promise<Live | Failure>;
}): Calls {
  const { run, name, tables, signal } = options;
  const asked = new Set<Live>();
  let current: Promise<Live | Failure> | undefined;
  let open = 0;
  let ended = false;

  const onAbort = (): void => {
    for (const { process } of asked) process.asked.cancel(run);
  };
  signal.addEventListener('abort', onAbort, { once: true });

  async function engine(): Promise<Live | Failure> {
    const before = await current;
    if (before && !('code' in before) && before.process.state() !== 'gone') return before;
    // Of several calls that find none, the first looks for it.
    current = options.engine();
    return current;
  }

  async function ask(method: string, params: unknown, relay: Relay): Promise<Answer> {
    const live = await inTurn(engine);
    if ('code' in live) return { error: live };
    const { sent } = await live.withTables(tables, (named): { readonly answer: Promise<Answer> } => {
      if (ended || signal.aborted) return { answer: Promise.resolve({ error: INTERRUPTED }) };
      asked.add(live);
      const call = { run, method, params, tables: named, ...(name === undefined ? {} : { name }) };
      return { answer: live.process.ask(call, relay) };
    });
    return sent.answer;
  }

  let turn: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  }

  return {
    async answer(method, params, relay) {
      if (!METHODS.has(method)) return { error: unknownCall(method) };
      if (open >= MAX_OPEN_CALLS) return { error: TOO_MANY };
      open += 1;
      try {
        return await ask(method, params, relay);
      } finally {
        open -= 1;
      }
    },
    exportTables: (names, relay) => ask('export', names ? { names } : {}, relay),
    end() {
      ended = true;
      signal.removeEventListener('abort', onAbort);
      for (const { process } of asked) process.asked.release(run);
    },
  };
}

const INTERRUPTED: Failure = { code: 'engine', message: 'Interrupted.' };
const TOO_MANY: Failure = {
  code: 'too-many-calls',
  message: `The run asks the engine for ${MAX_OPEN_CALLS} things at once.`,
  hint: 'Wait for some of them before asking for more.',
};
const unknownCall = (method: string): Failure => ({
  code: 'unsupported',
  message: `There is no call ${method.slice(0, 100)}.`,
});
