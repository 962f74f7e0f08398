/**
 * Looks at each process's memory, processor time and disk, and says which limit it passed. One timer for all: often while
 * a run is under way, oftener where it is near its limit, rarely otherwise. The judgement is pure; the look is passed in, and
 * the session's folders.
 */
import type { Failure } from '../../interpreters/protocol.ts';
import type { DiskUse } from './disk.ts';
import {
  type LimitReason,
  type Limits,
  MAX_SESSION_FILES,
  MEMORY_SLACK,
  SAMPLE_BUSY_MS,
  SAMPLE_DISK_MS,
  SAMPLE_IDLE_MS,
  SAMPLE_NEAR,
  SAMPLE_NEAR_MS,
  SAMPLE_REST,
} from './limits.ts';
import type { Usage } from './proc.ts';

export type Sample = {
  readonly memory: number;
  /** By how much that grew since the look before. */
  readonly growth?: number;
  /** Since the run began; absent while none runs. */
  readonly cpuMs?: number;
  readonly wallMs?: number;
  readonly disk?: DiskUse;
};

export type Passed = { readonly reason: LimitReason; readonly failure: Failure };

export const memoryCeiling = (limits: Pick<Limits, 'memory'>): number => limits.memory * MEMORY_SLACK;

const inMB = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;
const inMinutes = (ms: number): string => (ms < 120_000 ? `${ms / 1000} s` : `${Math.round(ms / 60_000)} minutes`);

/** `used`: as far as it is known. */
export function memoryPassed(
  limits: Pick<Limits, 'memory'>,
  used = `more than ${inMB(memoryCeiling(limits))}`,
): Passed {
  return {
    reason: 'memory-limit',
    failure: {
      code: 'memory-limit',
      message: `It used ${used} of memory; a session may use ${inMB(limits.memory)} and was ended.`,
      hint: 'Work on fewer rows or columns at once, or give sessions more memory (setting "memory"). Tables are kept.',
    },
  };
}

export function judge(sample: Sample, limits: Limits): Passed | undefined {
  const failure = (code: LimitReason, message: string, hint: string): Passed => ({
    reason: code,
    failure: { code, message, hint },
  });
  // Past what it may plan with, one that would pass the ceiling by the next look has had its time.
  const growing = sample.memory > limits.memory ? (sample.growth ?? 0) : 0;
  if (sample.memory + growing > memoryCeiling(limits)) return memoryPassed(limits, inMB(sample.memory));
  if (sample.disk && sample.disk.used > limits.diskBytes) {
    return failure(
      'disk-limit',
      `Its files grew to ${inMB(sample.disk.used)}; a session may use ${inMB(limits.diskBytes)}.`,
      'Drop tables that are not needed, or restart and clear the session.',
    );
  }
  if (sample.disk && sample.disk.files > MAX_SESSION_FILES) {
    return failure(
      'disk-limit',
      `It has more than ${MAX_SESSION_FILES.toLocaleString('en')} files; a session may have no more.`,
      'Remove files that are not needed, write fewer and larger ones, or restart and clear the session.',
    );
  }
  if (sample.disk && sample.wallMs !== undefined && sample.disk.free < limits.diskReserve) {
    return failure(
      'disk-limit',
      `The disk has only ${inMB(sample.disk.free)} left, which are kept for what people type.`,
      'Free space on the server’s disk, or work on fewer rows at once.',
    );
  }
  if (sample.cpuMs !== undefined && sample.cpuMs > limits.cpuMs) {
    return failure(
      'time-limit',
      `It used ${inMinutes(limits.cpuMs)} of processor time, all a run may use.`,
      'Work on fewer rows at once, or split the paragraph.',
    );
  }
  if (sample.wallMs !== undefined && sample.wallMs > limits.wallMs) {
    return failure(
      'time-limit',
      `It ran for ${inMinutes(limits.wallMs)}, as long as a run may take.`,
      'Work on fewer rows at once, or split the paragraph.',
    );
  }
  return undefined;
}

/** One process under watch. */
export type Watched = {
  readonly pid: number;
  /** What it works on; undefined while idle. */
  readonly activity: () => string | undefined;
  readonly diskOf: () => Promise<DiskUse>;
  /** Where somebody counts for it: instead of looking at each of its processes. */
  readonly usage?: () => Usage | undefined;
  /** What the kernel ended it for, or some of it. */
  readonly passed?: () => Passed | undefined;
  readonly onMemory: (bytes: number) => void;
  readonly onPassed: (passed: Passed) => void;
};

export type Sampler = { watch(watched: Watched): () => void; close(): void };

export function startSampler(limits: Limits, usageOf: (pid: number) => Usage | undefined): Sampler {
  type Entry = {
    readonly watched: Watched;
    run?: { readonly activity: string; readonly since: number; readonly cpuMs: number };
    diskAt: number;
    idleAt: number;
    memory: number;
  };
  const entries = new Set<Entry>();
  let timer: NodeJS.Timeout | undefined;

  const look = (entry: Entry, now: number): void => {
    const { watched } = entry;
    const activity = watched.activity();
    if (activity === undefined && now - entry.idleAt < SAMPLE_IDLE_MS) return;
    entry.idleAt = now;
    const passed = watched.passed?.();
    if (passed) {
      watched.onPassed(passed);
      return;
    }
    const usage = watched.usage?.() ?? usageOf(watched.pid);
    if (!usage) return;
    if (activity === undefined) delete entry.run;
    else if (entry.run?.activity !== activity) entry.run = { activity, since: now, cpuMs: usage.cpuMs };
    watched.onMemory(usage.memory);
    const growth = Math.max(0, usage.memory - entry.memory);
    entry.memory = usage.memory;
    report(entry, { memory: usage.memory, growth, ...spent(entry, usage, now) });
    if (activity !== undefined && now - entry.diskAt >= SAMPLE_DISK_MS) {
      // Until the answer comes no second walk is begun.
      entry.diskAt = Number.POSITIVE_INFINITY;
      const done = (): void => {
        entry.diskAt = performance.now();
      };
      watched.diskOf().then((disk) => {
        done();
        if (watched.activity() === activity) report(entry, { memory: 0, wallMs: 0, disk });
      }, done);
    }
  };
  const report = (entry: Entry, sample: Sample): void => {
    const passed = entries.has(entry) ? judge(sample, limits) : undefined;
    if (passed) entry.watched.onPassed(passed);
  };
  const spent = (entry: Entry, usage: Usage, now: number): { cpuMs?: number; wallMs?: number } =>
    entry.run ? { cpuMs: usage.cpuMs - entry.run.cpuMs, wallMs: now - entry.run.since } : {};

  const isNear = ({ watched, memory }: Entry): boolean =>
    watched.activity() !== undefined && memory > limits.memory * SAMPLE_NEAR && memory !== Number.POSITIVE_INFINITY;
  const tick = (): void => {
    const now = performance.now();
    for (const one of entries) look(one, now);
    const pause = [...entries].some(isNear) ? SAMPLE_NEAR_MS : SAMPLE_BUSY_MS;
    const wanted = Math.max(pause, (performance.now() - now) * SAMPLE_REST);
    timer = entries.size > 0 ? setTimeout(tick, wanted) : undefined;
  };

  return {
    watch(watched) {
      const entry: Entry = { watched, diskAt: 0, idleAt: Number.NEGATIVE_INFINITY, memory: Number.POSITIVE_INFINITY };
      entries.add(entry);
      timer ??= setTimeout(tick, SAMPLE_BUSY_MS);
      return () => {
        entries.delete(entry);
        if (entries.size > 0) return;
        clearTimeout(timer);
        timer = undefined;
      };
    },
    close() {
      clearTimeout(timer);
      entries.clear();
    },
  };
}
