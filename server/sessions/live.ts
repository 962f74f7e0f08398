/**
 * A process of a session from spawn to end: enclosed, noted for reaping, watched by the sampler, and told of the named
 * tables it does not know yet. What it sees of `data/` was fixed when it was spawned (`key`).
 */
import type { Failure, NamedTable } from '../../interpreters/protocol.ts';
import type { NamedResult, Spent } from './contract.ts';
import { diskOf } from './disk.ts';
import type { EventParser } from './events.ts';
import type { Folders, Prepared } from './folders.ts';
import type { Group } from './groups/groups.ts';
import { formOf, type Isolation, type System } from './isolation.ts';
import { launch } from './launch.ts';
import type { Leftovers } from './leftovers.ts';
import { BLOCK_BATCH_BYTES, type Limits, memoryPlan, TABLES_MS } from './limits.ts';
import type { Offer } from './network.ts';
import { type AnswerOwn, type InterpreterProcess, startInterpreter } from './process.ts';
import { insideOf, type Mount, type Program } from './program.ts';
import { memoryPassed, type Passed, type Sampler } from './sampler.ts';
import { bare, enclosed, INSIDE } from './sandbox.ts';

export type Live = {
  readonly interpreter: string;
  readonly process: InterpreterProcess;
  /** What it sees; refreshed under it while its key stays. */
  prepared: Prepared;
  /** Whether a run was done in it: then its end takes temporary tables along. */
  used: boolean;
  /** Whether a run may have left in it what goes with it: variables, or temporary tables and settings of the engine. */
  holds: boolean;
  /** Bytes resident when last looked at. */
  memory: number;
  /** By it and those below it since it was started; once gone, when last looked at. */
  spent(): Spent | undefined;
  /**
   * Calls `send` with all named tables as the process should have them, blocks only of those it has not got yet. One at a
   * time and at once, so that blocks go ahead of whatever relies on them. Resolves before what `send` returns does.
   */
  withTables<T>(
    named: readonly NamedResult[],
    send: (tables: readonly NamedTable[]) => T,
  ): Promise<{ readonly sent: T }>;
};

/** What a process took that is ended for a limit is known up to this. */
const SPENT_EVERY_MS = 1_000;

export type LiveOptions = {
  readonly interpreter: string;
  /** It is the engine: it gets the rows of named tables. */
  readonly holdsTables: boolean;
  readonly answerOwn?: AnswerOwn;
  /** The network that its notebook is granted. */
  readonly offer?: Offer;
  readonly program: Program;
  readonly prepared: Prepared;
  readonly folders: Folders;
  readonly isolation: Isolation;
  readonly system: System;
  readonly limits: Limits;
  readonly timeZone: string;
  readonly parse: EventParser;
  readonly leftovers: Leftovers;
  readonly sampler: Sampler;
  /** Bounded by the kernel, where it can be. */
  readonly group?: Group;
  /** What a process and those below it have taken since it began. */
  readonly spentBy: (pid: number) => Spent | undefined;
  readonly onMemory: (bytes: number) => void;
  readonly onPassed: (passed: Passed) => void;
};

export async function startLive(options: LiveOptions): Promise<Live | Failure> {
  const { folders, prepared, isolation, interpreter } = options;
  const form = formOf(isolation);
  const isolated = form !== undefined;
  const mounts: readonly Mount[] = [
    { host: folders.session, inside: INSIDE.session, write: true },
    { host: folders.out, inside: INSIDE.out, write: true },
    { host: folders.results, inside: INSIDE.results },
    { host: folders.modules, inside: INSIDE.modules },
    ...(folders.named ? [{ host: folders.named, inside: INSIDE.named }] : []),
    ...(options.offer ? [{ host: options.offer.folder, inside: INSIDE.network }] : []),
    ...prepared.mounts,
  ];
  const at = (path: string): string => (isolated ? insideOf(mounts, path) : path);
  const line = form
    ? enclosed(options.system, form, options.program, mounts, INSIDE.session, options.limits)
    : bare(options.system, options.program, options.limits);
  const { group } = options;
  const child = await launch(line, folders.session, group);
  if ('failed' in child) {
    void group?.remove();
    return { code: 'session-failed', message: `The ${interpreter} process could not be spawned: ${child.failed}.` };
  }
  const passed = group && (() => (group.outOfMemory() > 0 ? memoryPassed(options.limits) : undefined));
  const forget = options.leftovers.note(child.pid);
  const out = at(folders.out);
  const admitted = options.offer?.admit(() => (process.state() === 'running' ? process.activity() : undefined));
  const process = startInterpreter({
    child,
    interpreter,
    parse: options.parse,
    startMs: options.limits.startMs,
    ...(options.answerOwn ? { answerOwn: options.answerOwn } : {}),
    ...(passed ? { passed } : {}),
    out: folders.out,
    linked: folders.linked,
    start: {
      session: at(folders.session),
      out,
      modules: at(folders.modules),
      memory: memoryPlan(options.limits.memory),
      threads: options.limits.threads,
      timeZone: options.timeZone,
      readable: [
        at(folders.results),
        ...(folders.named ? [at(folders.named)] : []),
        ...(isolated ? prepared.mounts.map(({ inside }) => inside) : readableOf(prepared, folders)),
      ],
      writable: prepared.own === undefined ? [] : [at(prepared.own)],
      isolated,
      ...(options.offer && admitted ? { network: { folder: at(options.offer.folder), token: admitted.token } } : {}),
    },
  });
  const unwatch = options.sampler.watch({
    pid: child.pid,
    activity: process.activity,
    ...(group ? { usage: group.usage } : {}),
    ...(passed ? { passed } : {}),
    diskOf: () => diskOf([folders.session, folders.out]),
    onMemory: (bytes) => {
      live.memory = bytes;
      if (process.state() === 'running' && performance.now() - spentAt > SPENT_EVERY_MS) live.spent();
      options.onMemory(bytes);
    },
    onPassed: (passed) => {
      options.onPassed(passed);
      process.kill({ kind: 'limit', ...passed });
    },
  });
  void process.gone.then(() => {
    forget();
    unwatch();
    admitted?.release();
    void group?.remove();
  });
  const known = new Set<string>();
  let spent: Spent | undefined;
  let spentAt = Number.NEGATIVE_INFINITY;
  let last: readonly NamedTable[] = [];
  let lane: Promise<unknown> = Promise.resolve();

  async function tablesNow(named: readonly NamedResult[]): Promise<readonly NamedTable[]> {
    // While a run is under way its tables stay as they were when it began.
    if (process.state() !== 'idle') return last.map(withoutBlock);
    // Others than the engine hear which tables there are; rows they ask the engine for.
    if (!options.holdsTables) return named.map(({ name, result }) => ({ name, version: result }));
    const list: NamedTable[] = [];
    let bytes = 0;
    for (const { name, result, source } of named) {
      if (source.kind === 'file') {
        const { path, parquet } = source;
        list.push({ name, version: result, file: at(path), ...(parquet ? { parquet } : {}) });
      } else if (known.has(result)) list.push({ name, version: result });
      else {
        // Gone since the list was made: then it is no table any more.
        const block = await source.read().catch(() => undefined);
        if (!block) continue;
        if (bytes + block.length > BLOCK_BATCH_BYTES && bytes > 0) {
          // A message has a size limit: those so far go ahead, in one that only tells of tables.
          await process.tables(list, TABLES_MS);
          list.splice(0, list.length, ...list.map(withoutBlock));
          bytes = 0;
        }
        bytes += block.length;
        known.add(result);
        list.push({ name, version: result, block: Buffer.from(block).toString('base64') });
      }
    }
    const current = new Set<string>(named.map(({ result }) => result));
    for (const version of known) if (!current.has(version)) known.delete(version);
    last = list;
    return list;
  }

  const live: Live = {
    interpreter,
    process,
    prepared,
    used: false,
    holds: false,
    memory: 0,
    spent() {
      const now = process.state() === 'gone' ? undefined : options.spentBy(child.pid);
      spent = now ?? spent;
      spentAt = performance.now();
      return spent;
    },
    withTables(named, send) {
      const sent = lane.then(async () => ({ sent: send(await tablesNow(named)) }));
      lane = sent.catch(() => undefined);
      return sent;
    },
  };
  return live;
}

function readableOf(prepared: Prepared, folders: Folders): readonly string[] {
  const { view } = prepared;
  if (view.kind === 'whole') return [view.folder.host];
  return [folders.view, ...(view.kind === 'entries' ? view.folders.map(({ host }) => host) : [])];
}

const withoutBlock = ({ block: _, ...table }: NamedTable): NamedTable => table;
