/** A notebook's runs over a disk in memory, with sessions and results that the test plays by hand. */

import type { Inputs, UsesAsked } from '../../../interpreters/uses.ts';
import { AppError } from '../../../server/errors.ts';
import type { Paragraph } from '../../../server/protocol/document.ts';
import { type FrontForms, formsOf } from '../../../server/protocol/forms/list.ts';
import type {
  NotebookId,
  ParagraphId,
  PersonId,
  RequestId,
  ResultId,
  RunId,
  SessionId,
} from '../../../server/protocol/ids.ts';
import { isVisitorKey, keyIn, type SessionKey, sessionIn, type VisitorKey } from '../../../server/protocol/keys.ts';
import type { SessionStatus } from '../../../server/protocol/messages.ts';
import type { Run, RunEvent, RunSpec } from '../../../server/protocol/runs.ts';
import { foldRuns } from '../../../server/protocol/runs.ts';
import type { ResultInfo, Results } from '../../../server/results/contract.ts';
import type { NotebookRuns } from '../../../server/runs/notebook.ts';
import { Runs } from '../../../server/runs/runs.ts';
import type { ExecutionEvent, ExecutionOutcome, NamedResult, Sessions } from '../../../server/sessions/contract.ts';
import { type MemoryDisk, openMemory } from '../../../server/storage/disk/memory.ts';

export const notebook = 'notebook22' as NotebookId;

/** One execution that the test holds in its hands. */
export type Handle = {
  readonly run: RunSpec;
  readonly tables: readonly NamedResult[];
  readonly emit: (event: ExecutionEvent) => void;
  readonly signal: AbortSignal;
  readonly end: (outcome: ExecutionOutcome) => void;
};

/** Holds to the contract: events in order, all before the promise resolves, one execution at a time. */
export class FakeSessions
  implements Pick<Sessions, 'idOf' | 'execute' | 'inputs' | 'restart' | 'leave' | 'status' | 'onStatus'>
{
  readonly handles: Handle[] = [];
  /** When set, executions play themselves. */
  script: ((run: RunSpec, emit: (event: ExecutionEvent) => void) => ExecutionOutcome) | undefined;
  restarts: { clear: boolean }[] = [];
  readonly left: VisitorKey[] = [];
  #waiting: ((handle: Handle) => void)[] = [];

  idOf(): SessionId {
    return 'session222' as SessionId;
  }

  execute(
    run: RunSpec,
    tables: readonly NamedResult[],
    emit: (event: ExecutionEvent) => void,
    signal: AbortSignal,
  ): Promise<ExecutionOutcome> {
    if (this.script) {
      emit({ type: 'started' });
      const outcome = this.script(run, emit);
      const inputs = outcome.state === 'done' ? this.reads?.(run.source) : undefined;
      return Promise.resolve(inputs ? { ...outcome, inputs } : outcome);
    }
    return new Promise((resolve) => {
      let over = false;
      const end = (outcome: ExecutionOutcome): void => {
        over = true;
        resolve(outcome);
      };
      const handle = {
        run,
        tables,
        signal,
        emit: (event: ExecutionEvent) => {
          if (over) throw new Error('an event after the end');
          emit(event);
        },
        end,
      };
      signal.addEventListener('abort', () => end({ state: 'cancelled' }));
      this.handles.push(handle);
      this.#waiting.shift()?.(handle);
    });
  }

  /** What texts read, as the test says. */
  reads: ((source: string) => Inputs | undefined) | undefined;

  async inputs(_key: SessionKey, { asks }: UsesAsked): Promise<readonly (Inputs | undefined)[]> {
    return asks.map(({ source }) => this.reads?.(source));
  }

  async restart(_notebook: NotebookId, options: { readonly clear: boolean }): Promise<void> {
    this.restarts.push(options);
  }

  async leave(key: VisitorKey): Promise<void> {
    this.left.push(key);
    for (const { run, end } of this.handles) {
      if (keyIn(run.id) === key) end({ state: 'lost', reason: 'process-gone' });
    }
  }

  status(key: SessionKey): SessionStatus {
    return { id: isVisitorKey(key) ? sessionIn(key) : this.idOf(), state: 'none', isolation: 'none', timeZone: 'UTC' };
  }

  onStatus(): () => void {
    return () => {};
  }

  /** The next execution that starts, or the one that has. */
  next(count: number): Promise<Handle> {
    const there = this.handles[count];
    return there ? Promise.resolve(there) : new Promise((resolve) => this.#waiting.push(resolve));
  }
}

type Kept = ResultInfo & { block?: Uint8Array };

/** Keeps results in memory; `gate` holds what is kept back until it resolves. */
export class FakeResults
  implements
    Pick<
      Results,
      'open' | 'keepBlock' | 'keepFile' | 'abandon' | 'info' | 'source' | 'renew' | 'forget' | 'enforceBudget' | 'leave'
    >
{
  readonly kept = new Map<ResultId, Kept>();
  readonly abandoned: ResultId[] = [];
  readonly forgotten: ResultId[] = [];
  over: ResultId[] = [];
  gate: Promise<void> = Promise.resolve();
  failure: AppError | undefined;

  open(owner: Parameters<Results['open']>[0], columns: ResultInfo['columns'], _block: unknown, rows: number): void {
    this.kept.set(owner.id, { ...owner, columns, rows, bytes: 0, state: 'open' });
  }

  async keepBlock(
    owner: Parameters<Results['keepBlock']>[0],
    columns: ResultInfo['columns'],
    rows: number,
    block: Uint8Array,
  ): Promise<number> {
    await this.gate;
    if (this.failure) throw this.failure;
    this.kept.set(owner.id, { ...owner, columns, rows, bytes: block.byteLength, state: 'kept', block });
    return block.byteLength;
  }

  async keepFile(
    owner: Parameters<Results['keepFile']>[0],
    columns: ResultInfo['columns'],
    rows: number,
  ): Promise<number> {
    await this.gate;
    if (this.failure) throw this.failure;
    this.kept.set(owner.id, { ...owner, columns, rows, bytes: 4096, state: 'kept' });
    return 4096;
  }

  abandon(id: ResultId): void {
    this.kept.delete(id);
    this.abandoned.push(id);
  }

  async info(id: ResultId): Promise<ResultInfo | undefined> {
    return this.kept.get(id);
  }

  async source(id: ResultId): Promise<NamedResult['source'] | undefined> {
    const kept = this.kept.get(id);
    if (kept?.state !== 'kept') return undefined;
    return { kind: 'block', read: async () => kept.block ?? new Uint8Array() };
  }

  async renew(ids: readonly ResultId[], run: RunId): Promise<boolean> {
    if (!ids.every((id) => this.kept.get(id)?.state === 'kept')) return false;
    for (const id of ids) this.kept.set(id, { ...this.kept.get(id)!, run });
    return true;
  }

  async forget(ids: readonly ResultId[]): Promise<void> {
    this.forgotten.push(...ids);
    for (const id of ids) this.kept.delete(id);
  }

  async leave(key: SessionKey): Promise<void> {
    for (const id of [...this.kept.keys()]) if (keyIn(id) === key) this.kept.delete(id);
  }

  async enforceBudget(): Promise<readonly ResultId[]> {
    const gone = this.over;
    this.over = [];
    for (const id of gone) this.kept.delete(id);
    return gone;
  }
}

export type World = {
  /** Forms of the front matter. */
  front: FrontForms;
  readonly disk: MemoryDisk;
  readonly sessions: FakeSessions;
  readonly results: FakeResults;
  paragraphs: Paragraph[];
  time: number;
  warnings: string[];
  runs: Runs;
  /** As a server that was killed and started again: what was not synced is gone. */
  crash(): void;
};

export const sql = (id: string, source: string, name?: string): Paragraph => ({
  id: id as ParagraphId,
  interpreter: 'sql',
  source,
  options: {},
  ...(name === undefined ? {} : { name }),
});

export function newWorld(paragraphs: Paragraph[]): World {
  const disk = openMemory();
  const sessions = new FakeSessions();
  const results = new FakeResults();
  let made = 0;
  const start = (): Runs =>
    new Runs({
      disk,
      folder: (id) => `notebooks/${id}`,
      sessions,
      results,
      paragraphs: () => world.paragraphs,
      forms: () => formsOf(world.front, world.paragraphs).forms,
      outline: () =>
        world.paragraphs.map(({ id, name, interpreter }) => ({
          id,
          code: interpreter !== 'markdown',
          ...(name === undefined ? {} : { name }),
        })),
      knows: (interpreter) => interpreter === 'sql',
      newResultId: () => `${notebook}-${++made}` as ResultId,
      now: () => ++world.time,
      version: '1',
      warn: (what) => world.warnings.push(what),
    });
  const world: World = {
    front: [],
    disk,
    sessions,
    results,
    paragraphs,
    time: 1000,
    warnings: [],
    runs: undefined as unknown as Runs,
    crash() {
      disk.losePower();
      world.runs = start();
    },
  };
  world.runs = start();
  return world;
}

export const ada = { id: 'ada' as PersonId, name: 'Ada' };
export const request = (name: string) => name as RequestId;

/** A page: what it was shown, folded as it folds it. */
export function watch(runs: NotebookRuns) {
  const shown = new Map<string, Run>();
  const events: RunEvent[] = [];
  const waiting = new Set<() => void>();
  const { runs: first, release } = runs.attach((batch) => {
    for (const event of batch) {
      events.push(event);
      foldRuns(shown as Map<Run['id'], Run>, event);
    }
    for (const check of waiting) check();
  });
  for (const run of first) shown.set(run.id, run);
  /** Resolves when what is shown satisfies the condition. */
  const until = (condition: (runs: ReadonlyMap<string, Run>) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!condition(shown)) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  return {
    shown,
    events,
    until,
    release,
    ended: (id: string) => until((all) => 'ended' in (all.get(id)?.phase ?? {})),
  };
}

export const block = (text: string): Uint8Array => new TextEncoder().encode(text);
export const diskFull = () => new AppError('storage-read-only', 'its disk is full');
