/**
 * One notebook's session: its folders and the processes that live over them, one for each interpreter in use. Starting,
 * replacing and ending processes goes through one lane, so that two never hold the session database. A little long: whatever
 * is asked of the session takes its turn in that lane.
 */
import type { FormInputs } from '../../interpreters/forms.ts';
import type { Failure } from '../../interpreters/protocol.ts';
import type { Uses, UsesAsked } from '../../interpreters/uses.ts';
import type { SessionId } from '../protocol/ids.ts';
import type { SessionKey } from '../protocol/keys.ts';
import type { Completion, SessionTable } from '../protocol/messages.ts';
import type { Answer } from './asked.ts';
import type { ExecutedRun, ExecutionEvent, ExecutionOutcome, NamedResult, Spent } from './contract.ts';
import type { EndCause, NotReady } from './end.ts';
import { execute, orAbort, type Readied } from './execute.ts';
import type { Folders, Prepared } from './folders.ts';
import { CHECK_MS, COMPLETE_MS, TABLES_MS, USES_MS } from './limits.ts';
import { linkFile } from './links.ts';
import type { Live } from './live.ts';
import type { AnswerOwn } from './process.ts';
import { startMeter } from './spent.ts';
import { folderOf } from './visible.ts';

export type Session = {
  readonly id: SessionId;
  readonly key: SessionKey;
  readonly folders: Folders;
  readonly lives: ReadonlyMap<string, Live>;
  execute(
    run: ExecutedRun,
    tables: readonly NamedResult[],
    emit: (event: ExecutionEvent) => void,
    signal: AbortSignal,
    spent?: (spent: Spent) => void,
  ): Promise<ExecutionOutcome>;
  /** Resolves when a process is there; it may not be ready yet. */
  start(interpreter: string): Promise<void>;
  complete(
    interpreter: string,
    text: string,
    offset: number,
    tables: readonly NamedResult[],
  ): Promise<readonly Completion[]>;
  /** Undefined where no process answers. */
  tables(tables: readonly NamedResult[]): Promise<readonly SessionTable[] | undefined>;
  /** What is wrong with a text that is being written; undefined where no process tells. */
  check(
    interpreter: string,
    text: string,
    forms: FormInputs,
    tables: readonly NamedResult[],
  ): Promise<readonly Failure[] | undefined>;
  /** What texts of an interpreter read and write; undefined where no process of it answers. */
  uses(interpreter: string, asked: UsesAsked): Promise<readonly Uses[] | undefined>;
  /** The files it sees, without asking a process. */
  files(): Promise<readonly SessionTable[]>;
  /** What the engine asks of its session: spreadsheets, which a process of their own reads. */
  readonly answerOwn: AnswerOwn;
  /** Ends all processes, then clears the folders if asked. `last`: at once, and none is started any more. */
  end(cause: EndCause, clear: boolean, last?: boolean): Promise<void>;
};

/** Once granted, a cancelled run leaves its process starting: the next one needs it. */
export function makeSession(options: {
  readonly id: SessionId;
  readonly key: SessionKey;
  readonly folders: Folders;
  readonly engine: string;
  /** The interpreter whose process runs this one. */
  readonly hostOf: (interpreter: string) => string;
  /** Where the notebook's file is now, relative to the workspace. */
  readonly path: () => string;
  readonly spawn: (interpreter: string, prepared: Prepared) => Promise<Live | Failure>;
  /** Called after each change of what lives or runs. */
  readonly changed: () => void;
  /** The last process is gone. */
  readonly emptied: () => void;
}): Session {
  const { folders } = options;
  const lives = new Map<string, Live>();
  const turns = new Map<string, Promise<void>>();
  /** Of runs under way, so that what is asked for them ends with them. */
  const signals = new Map<string, AbortSignal>();
  /** Whose process went away with what runs had left in it, unasked. */
  const forgotten = new Set<string>();
  let replacing = false;
  let links = 0;
  let over = false;
  let lane: Promise<unknown> = Promise.resolve();

  const inLane = <T>(work: () => Promise<T>): Promise<T> => {
    const result = lane.then(work, work);
    lane = result.catch(() => undefined);
    return result;
  };

  type Ensured = { readonly live: Live; readonly replaced: boolean } | { readonly failure: Failure };

  /** The process for an interpreter, seeing the folders as they are now; one that runs is left as it is. */
  const ensure = (interpreter: string, source: string): Promise<Ensured> =>
    inLane(async () => {
      const old = living(interpreter);
      const prepared = await folders.refresh(options.path(), source);
      if (old && stays(old, prepared)) return { live: old, replaced: false };
      return { ...(await replace(interpreter, prepared)), replaced: old?.used ?? false };
    });

  /** The process that is there, if one is; never a first one, as that needs a slot. */
  const existing = (interpreter: string): Promise<Live | undefined> =>
    inLane(async () => {
      const old = living(interpreter);
      if (!old) return undefined;
      const prepared = await folders.refresh(options.path(), '');
      if (stays(old, prepared)) return old;
      const next = await replace(interpreter, prepared);
      return 'live' in next ? next.live : undefined;
    });

  function living(interpreter: string): Live | undefined {
    const live = lives.get(interpreter);
    return live?.process.state() === 'gone' ? undefined : live;
  }

  /** A process whose folders are still the same sees what changed in them; one at work is left alone anyway. */
  function stays(live: Live, prepared: Prepared): boolean {
    const same = live.prepared.key === prepared.key;
    if (same) live.prepared = prepared;
    return same || live.process.state() === 'running' || live.process.asked.isHeld();
  }

  async function replace(
    interpreter: string,
    prepared: Prepared,
  ): Promise<{ readonly live: Live } | { readonly failure: Failure }> {
    const live = await spawnAnew(interpreter, prepared);
    if ('code' in live) {
      if (lives.size === 0) options.emptied();
      return { failure: live };
    }
    lives.set(interpreter, live);
    void live.process.ready.then(options.changed);
    void live.process.gone.then(({ cause }) => {
      if (live.holds && cause?.kind !== 'restart') forgotten.add(interpreter);
      if (lives.get(interpreter) === live) lives.delete(interpreter);
      options.changed();
      if (lives.size === 0 && !replacing) options.emptied();
    });
    options.changed();
    return { live };
  }

  async function spawnAnew(interpreter: string, prepared: Prepared): Promise<Live | Failure> {
    if (over) return ENDED;
    replacing = true;
    try {
      await lives.get(interpreter)?.process.end({ kind: 'restart' });
      if (lives.size === 0) await folders.emptyOut();
      return await options.spawn(interpreter, prepared);
    } finally {
      replacing = false;
    }
  }

  return {
    id: options.id,
    key: options.key,
    folders,
    lives,
    async execute(run, tables, emit, signal, spent) {
      const turn = takeTurn(options.hostOf(run.interpreter));
      try {
        if ((await orAbort(turn.before, signal)) === 'aborted') return { state: 'cancelled' };
        signals.set(run.id, signal);
        return await execute(
          run,
          tables,
          emit,
          signal,
          {
            engine: options.engine,
            hostOf: options.hostOf,
            ready: readied,
            forgot: (host) => forgotten.delete(host),
            meter: () => startMeter(() => lives.values()),
            changed: options.changed,
          },
          spent,
        );
      } finally {
        signals.delete(run.id);
        turn.done();
      }
    },
    async start(interpreter) {
      await ensure(options.hostOf(interpreter), '');
    },
    async complete(interpreter, text, offset, tables) {
      // A process completes its own language; one that runs within it has none of its own to ask.
      const live = options.hostOf(interpreter) === interpreter ? await readyLive(interpreter, COMPLETE_MS) : undefined;
      const asked = await live?.withTables(tables, (named) => live.process.complete(text, offset, named, COMPLETE_MS));
      return (await asked?.sent) ?? [];
    },
    async tables(tables) {
      const live = await readyLive(options.engine, TABLES_MS);
      const asked = await live?.withTables(tables, (named) => live.process.tables(named, TABLES_MS));
      const items = await asked?.sent;
      if (!live || !items) return undefined;
      return items.map((item) => {
        const folder = item.source === 'file' ? folderOf(live.prepared.view, item.name) : undefined;
        return { ...item, ...(folder === undefined ? {} : { folder }) };
      });
    },
    async check(interpreter, text, forms, tables) {
      const live = options.hostOf(interpreter) === interpreter ? await readyLive(interpreter, CHECK_MS) : undefined;
      const asked = await live?.withTables(tables, (named) => live.process.check(text, forms, named, CHECK_MS));
      return asked?.sent;
    },
    async uses(interpreter, asked) {
      const live = await readyLive(options.hostOf(interpreter), USES_MS);
      return live?.process.uses(asked, USES_MS);
    },
    async files() {
      const { view } = await inLane(() => folders.refresh(options.path(), ''));
      if (view.kind === 'empty') return [];
      const names = view.kind === 'whole' ? view.folder.entries : [...view.entries.keys()];
      return names.filter(isTable).map((name) => {
        const folder = folderOf(view, `data/${name}`);
        return {
          name: `data/${name}`,
          source: 'file' as const,
          columns: [],
          ...(folder === undefined ? {} : { folder }),
        };
      });
    },
    answerOwn: (run, method, params) => {
      if (method === 'sheet') return convert(run, method, params);
      return method === 'link' ? linkFor(run, params) : undefined;
    },
    end(cause, clear, last = false) {
      over ||= last;
      // What is starting in the lane is not waited for.
      if (last) for (const { process } of lives.values()) process.kill(cause);
      return inLane(async () => {
        const ending = [...lives.values()].map(async ({ process }) => {
          // Nothing is gained by waiting for a run that is given up; an idle process closes its database first.
          if (last || process.state() === 'running') process.kill(cause);
          else await process.end(cause);
          await process.gone;
        });
        await Promise.all(ending);
        if (cause.kind === 'restart') forgotten.clear();
        if (clear) await folders.clear();
        options.changed();
      });
    },
  };

  /** A process does one run at a time; runs of the session that meet at one go in the order they came. */
  function takeTurn(interpreter: string): { readonly before: Promise<void>; readonly done: () => void } {
    const before = turns.get(interpreter) ?? Promise.resolve();
    let done: () => void = () => undefined;
    const mine = new Promise<void>((resolve) => {
      done = resolve;
    });
    turns.set(
      interpreter,
      before.then(() => mine),
    );
    return { before, done };
  }

  /** The process of an interpreter, ready to run. */
  async function readied(host: string, source: string): Promise<Readied | NotReady> {
    const ensured = await ensure(host, source);
    if ('failure' in ensured) return ensured;
    return (await ensured.live.process.ready) ?? ensured;
  }

  /** The converter is asked as the engine is; a run that is cancelled interrupts it. */
  async function convert(run: string, method: string, params: unknown): Promise<Answer> {
    const found = await readied(CONVERTER, '');
    if ('failure' in found) return { error: found.failure };
    const { process } = found.live;
    const signal = signals.get(run);
    const stop = (): void => process.asked.cancel(run);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const asked = process.ask({ run, method, params, tables: [] }, () => undefined);
      if (signal?.aborted) stop();
      return await asked;
    } finally {
      signal?.removeEventListener('abort', stop);
      process.asked.release(run);
    }
  }

  /** What its engine sees is what it may name. */
  async function linkFor(run: string, params: unknown): Promise<Answer> {
    const view = living(options.engine)?.prepared.view;
    if (!view) return { result: {} };
    links += 1;
    const name = `${run.replaceAll(/[^\w-]/g, '_')}-${links}.parquet`;
    const { linked, owner } = folders;
    const file = await linkFile(params, { view, user: owner(), folder: linked, name, now: Date.now() });
    return { result: file === undefined ? {} : { file } };
  }

  async function readyLive(interpreter: string, ms: number): Promise<Live | undefined> {
    const signal = AbortSignal.timeout(ms);
    const live = await orAbort(existing(interpreter), signal);
    if (!live || live === 'aborted') return undefined;
    return (await orAbort(live.process.ready, signal)) === undefined ? live : undefined;
  }
}

const ENDED: Failure = { code: 'session-failed', message: 'The session has ended.', hint: 'Run it again.' };

/** Names that an engine reads as a table. */
const isTable = (name: string): boolean => /\.((csv|tsv|json|jsonl|ndjson|parquet)(\.(gz|zst))?|xlsx)$/i.test(name);

/** The program that reads spreadsheets, among those of the registry. */
const CONVERTER = 'xlsx';
