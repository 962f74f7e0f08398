/**
 * What runs paragraphs: sessions, results and runs over one folder of records, put together the same way for a server and for
 * `gondola run`, so that both give the same answers. Nothing here knows documents, pages or the network: the caller says
 * where a notebook lies and what stands in it.
 */
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { findInterpreter } from '../interpreters/registry.ts';
import type { Config } from './config.ts';
import { openGuard } from './network/guard.ts';
import { type NetworkCounts, openNetwork } from './network/network.ts';
import { lookupAll } from './network/resolve.ts';
import { hostOf, resolveProgram } from './programs.ts';
import type { Outline, Paragraph } from './protocol/document.ts';
import type { Form } from './protocol/forms.ts';
import type { FillRandom, NotebookId, ResultId } from './protocol/ids.ts';
import { newResultId, recordsOf, type VisitorKey } from './protocol/keys.ts';
import type { Run, Who } from './protocol/runs.ts';
import { spawnReader } from './reader.ts';
import { openReader, realTimers } from './results/client.ts';
import type { Results } from './results/contract.ts';
import { openDownloads } from './results/downloads.ts';
import { openResultFiles } from './results/files.ts';
import { openResults } from './results/store.ts';
import { Runs } from './runs/runs.ts';
import { type OpenSessions, openSessions } from './sessions/sessions.ts';
import { findSystem } from './sessions/system.ts';
import type { Disk } from './storage/disk.ts';
import { versionOf } from './version.ts';

export type WorksOptions = {
  readonly config: Pick<
    Config,
    | 'sandbox'
    | 'network'
    | 'controlGroups'
    | 'memory'
    | 'idleMinutes'
    | 'runSeconds'
    | 'sessionDisk'
    | 'timezone'
    | 'notebookBudget'
    | 'workspaceBudget'
  >;
  /** Others than this machine's users can reach what runs here. */
  readonly beyondLoopback: boolean;
  /** More than one may write code here, now. */
  readonly severalOwners?: () => boolean;
  /** Where the package lies. */
  readonly root: string;
  /** The workspace's folder: a real path. */
  readonly workspace: string;
  /** The folder of the machine's records, `.gondola`: an absolute path. `disk` is rooted there. */
  readonly state: string;
  readonly disk: Disk;
  /** Where a notebook's file is, relative to the workspace. */
  readonly pathOf: (notebook: NotebookId) => string | undefined;
  /** The notebook's paragraphs as written this moment; undefined where it is not open. */
  readonly paragraphs: (notebook: NotebookId) => readonly Paragraph[] | undefined;
  readonly forms: (notebook: NotebookId) => readonly Form[] | undefined;
  readonly outline: (notebook: NotebookId) => Outline | undefined;
  /** Results that named versions of the notebook show; none by default. */
  readonly held?: (notebook: NotebookId) => Promise<ReadonlySet<ResultId>>;
  /** Told of the first connection of a run to a granted host; `by` asked for the run. */
  readonly reached?: (notebook: NotebookId, by: Who | undefined, host: string) => void;
  /** Told of each run that ended. */
  readonly finished?: (run: Run) => void;
  /** Told why the server ended a process of a session. */
  readonly endedFor?: (reason: string) => void;
  readonly evicted?: (results: number) => void;
  /** By which link a visitor came of whom nothing else is known. */
  readonly crowdOf?: (visitor: VisitorKey) => string | undefined;
  /** What new ids are made of; the system's randomness by default. */
  readonly random?: FillRandom;
  readonly log: (level: 'info' | 'warn', message: string, detail: Readonly<Record<string, unknown>>) => void;
};

export type Works = {
  readonly sessions: OpenSessions;
  readonly results: Results;
  readonly runs: Runs;
  readonly network: { counts(): NetworkCounts; close(): void };
};

/** To be closed in this order: runs, sessions, network, results. */
export function openWorks(options: WorksOptions): Works {
  const { config, root, state, disk, log } = options;
  const random = options.random ? { random: options.random } : {};
  const now = (): number => Date.now();
  const timeZone = config.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  /** Of runs under way. */
  const askers = new Map<string, Who>();
  const network = openNetwork({
    grants: config.network,
    guard: openGuard({ lookup: lookupAll }),
    pathOf: options.pathOf,
    used: (notebook, run, host) => options.reached?.(notebook, askers.get(run), host),
    log,
  });
  const opened = openSessions({
    workspace: options.workspace,
    state,
    pathOf: options.pathOf,
    resolveProgram: (interpreter) => resolveProgram(root, interpreter),
    hostOf,
    engine: 'sql',
    network: { ...network, reaches: (interpreter) => findInterpreter(interpreter)?.network ?? false },
    sandbox: config.sandbox,
    controlGroups: config.controlGroups,
    ...(options.endedFor ? { endedFor: options.endedFor } : {}),
    beyondLoopback: options.beyondLoopback,
    ...(options.crowdOf ? { crowdOf: options.crowdOf } : {}),
    ...(options.severalOwners ? { severalOwners: options.severalOwners } : {}),
    timeZone,
    ...random,
    limits: {
      budget: config.memory,
      idleMs: config.idleMinutes * 60_000,
      cpuMs: config.runSeconds * 1000,
      wallMs: config.runSeconds * 1000,
      diskBytes: config.sessionDisk,
    },
    log,
  });
  const sessions: OpenSessions = {
    ...opened,
    async execute(run, ...more) {
      askers.set(run.id, run.by);
      try {
        return await opened.execute(run, ...more);
      } finally {
        askers.delete(run.id);
      }
    },
  };
  const reader = openReader(
    spawnReader({
      root,
      settings: {
        readable: join(state, 'notebooks'),
        temporary: join(state, 'cache', 'reader'),
        memory: READER_MEMORY,
        threads: 2,
        timeZone,
      },
      isolation: () => sessions.isolation(),
      system: findSystem(),
      machine: { memory: totalmem(), cores: cpus().length },
    }),
    realTimers,
    (line) => log('warn', line, {}),
  );
  const results = openResults({
    disk,
    files: openResultFiles(state),
    reader,
    downloads: openDownloads({ folder: join(state, 'cache', 'downloads'), timers: realTimers }),
    now,
    budget: { notebook: config.notebookBudget, workspace: config.workspaceBudget },
    ...(options.held ? { held: options.held } : {}),
  });
  const runs = new Runs({
    sessions,
    results: {
      ...results,
      async enforceBudget() {
        const gone = await results.enforceBudget();
        options.evicted?.(gone.length);
        return gone;
      },
    },
    ...(options.finished ? { finished: options.finished } : {}),
    disk,
    folder: recordsOf,
    paragraphs: options.paragraphs,
    forms: options.forms,
    outline: options.outline,
    knows: (interpreter) => findInterpreter(interpreter) !== undefined,
    newResultId: (key) => newResultId(key, options.random),
    ...random,
    now,
    version: versionOf(options.root),
    warn: (what, details) => log('warn', what, details),
  });
  return { sessions, results, runs, network };
}

/** For windows, sorts and downloads of all notebooks together. */
const READER_MEMORY = 512 * 1024 * 1024;
