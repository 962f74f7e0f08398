/**
 * What a session may use, with the reason for each number. Defaults fit a machine of 4 GB; `fullLimits` fills in what a
 * caller leaves out.
 */
import type { EndReason } from '../protocol/runs.ts';

const MB = 2 ** 20;
const GB = 2 ** 30;

export type Limits = {
  /** Bytes all engines together may plan with. */
  readonly budget: number;
  /** Bytes one engine may plan with; fixed at its start. */
  readonly memory: number;
  /** Sessions with processes at one time. */
  readonly sessions: number;
  readonly threads: number;
  /** Processor time of one run, all threads together. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Bytes in the session folder and `out` together: tables, spilled rows and results on their way. */
  readonly diskBytes: number;
  /** Free bytes of that disk under which a run is ended: what people type must still fit. */
  readonly diskReserve: number;
  readonly openFiles: number;
  readonly processes: number;
  /** Start to `ready`. */
  readonly startMs: number;
  readonly idleMs: number;
  readonly aheadMs: number;
  /** Engines that wait unused. */
  readonly ahead: number;
};

/** A process may pass what it plans with by its own code, buffers and fragmentation; past this it is ended. */
export const MEMORY_SLACK = 1.25;
/**
 * What a process has beside what it plans with: Node and the engine's code take 85 MB before the first row, and of what the
 * engine frees its allocator keeps some for a second. A small plan must leave room for both under the ceiling.
 */
export const MEMORY_BASE = 192 * MB;
/** The least an engine can work with. */
const MEMORY_LEAST = 64 * MB;

/** What a process is told to keep to, so that honest work never meets the ceiling. */
export const memoryPlan = (memory: number): number =>
  Math.max(MEMORY_LEAST, Math.min(memory, Math.floor(memory * MEMORY_SLACK - MEMORY_BASE)));

export type Machine = { readonly memory: number; readonly cores: number };

export function fullLimits(machine: Machine, given: Partial<Limits> = {}): Limits {
  const budget = given.budget ?? Math.floor(machine.memory * 0.6);
  // A quarter each, so that four always run at once; at most 4 GB, so that a large machine runs more than four.
  const memory = given.memory ?? Math.min(4 * GB, Math.floor(budget / 4));
  return {
    budget,
    memory,
    sessions: Math.max(4, Math.floor(budget / memory)),
    // More threads than this cost memory for each and gain little in one query.
    threads: Math.max(1, Math.min(8, machine.cores)),
    // Long enough for the longest honest query, short enough that a forgotten loop ends the same day.
    cpuMs: 12 * 3_600_000,
    wallMs: 12 * 3_600_000,
    diskBytes: 50 * GB,
    diskReserve: 512 * MB,
    // Node and the engine use about 40; a query over a thousand Parquet files opens some hundred at once.
    openFiles: 4096,
    // Counts threads of the user id, all sessions together; one engine has about 30.
    processes: 1024,
    // Replaying the log of a large session database takes seconds, on a loaded machine many.
    startMs: 30_000,
    idleMs: 30 * 60_000,
    aheadMs: 5 * 60_000,
    ahead: 2,
    ...given,
  };
}

/**
 * Files and folders of a session: each is looked at once a second, and costs the disk an entry however empty it is. A table
 * parted by day over decades has some ten thousand.
 */
export const MAX_SESSION_FILES = 50_000;

/** How a cancelled run is brought to its end: asked; then, after each time, a signal, then the end of the process. */
export const CANCEL_ASKED_MS = 1_500;
export const CANCEL_SIGNALLED_MS = 1_000;
/** A program ends by itself at the end of descriptor 3 (its database is checkpointed); after this it is killed. */
export const END_MS = 2_000;
/** What the protocol gives stdout and stderr to arrive after `done`. */
export const MARKER_MS = 1_000;
/** A completion that comes later is of no use to someone typing. */
export const COMPLETE_MS = 2_000;
export const TABLES_MS = 10_000;
/** What is wrong with a text is told when it is known: a file that it names may have to be looked at first. */
export const CHECK_MS = 10_000;
/** A graph that comes later than this is drawn by words, and asked for again. */
export const USES_MS = 10_000;

/** Bytes of stdout and stderr that a run may write; what passes `TEXT_LIMIT` is counted, not kept. */
export const FLOOD_BYTES = 64 * MB;
/** Bytes of stdout and stderr read in one slice of time; the rest waits in the pipe, so that a flood costs the server little. */
export const TEXT_SLICE_BYTES = MB;
export const TEXT_SLICE_MS = 20;
/** Progress is for eyes: more often than this is only work. */
export const PROGRESS_MS = 40;
/** Outputs of one run; a page with more is of no use to anyone, and each costs memory in every page. */
export const MAX_OUTPUTS = 5_000;
/** Bytes of events of one run: thousands of small tables. */
export const MAX_EVENT_BYTES = 512 * MB;
/** Calls of one run that wait for the engine: it answers one at a time, and each that waits is held in memory. */
export const MAX_OPEN_CALLS = 1_000;
/** Blocks sent to a process in one message; well under `MAX_LINE_BYTES` with the largest block added. */
export const BLOCK_BATCH_BYTES = MB;

/** RSS is looked at this often while something runs. */
export const SAMPLE_BUSY_MS = 50;
/**
 * And this often where one has passed `SAMPLE_NEAR` of what it may plan with: memory fills by 200 MB in 50 ms. A look takes
 * some 0.2 ms.
 */
export const SAMPLE_NEAR_MS = 10;
export const SAMPLE_NEAR = 0.5;
/** Looking at a thousand processes takes long: for each part of the time spent so, this many for all else. */
export const SAMPLE_REST = 5;
export const SAMPLE_IDLE_MS = 2_000;
/** Walking the session folder costs some system calls for each file. */
export const SAMPLE_DISK_MS = 1_000;

export type LimitReason = Extract<EndReason, 'memory-limit' | 'time-limit' | 'output-limit' | 'disk-limit'>;
