/** What Linux tells of processes in `/proc`. Elsewhere all of this is empty, and `ps.ts` serves. */
import { readdirSync, readFileSync } from 'node:fs';

/** Fields of `/proc/PID/stat` are in clock ticks; 100 a second on every Linux that Node runs on. */
const TICK_MS = 10;

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
};

/** Fields of stat from the third on: the second, the name, may hold blanks and parentheses. */
function statOf(pid: number): readonly string[] | undefined {
  const text = readText(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** Ticks since boot at which the process started; with the pid and the boot it names one process for ever. */
export function startOf(pid: number): string | undefined {
  return statOf(pid)?.[19];
}

export const bootId = (): string => readText('/proc/sys/kernel/random/boot_id')?.trim() ?? '';

export function childrenOf(pid: number): readonly number[] {
  const text = readText(`/proc/${pid}/task/${pid}/children`);
  return text ? text.trim().split(/\s+/).filter(Boolean).map(Number) : [];
}

/** The process and all below it that are there now. */
export function treeOf(pid: number): readonly number[] {
  const all: number[] = [];
  const open = [pid];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    all.push(at);
    open.push(...childrenOfAllThreads(at));
  }
  return all;
}

/** A child belongs to the thread that made it. */
function childrenOfAllThreads(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) => {
      const text = readText(`/proc/${pid}/task/${task}/children`);
      return text ? text.trim().split(/\s+/).filter(Boolean).map(Number) : [];
    });
  } catch {
    return [];
  }
}

export type Usage = { readonly memory: number; readonly cpuMs: number };

/** Resident bytes and processor time of a whole tree; undefined where the process is gone. */
export function procUsage(): (pid: number) => Usage | undefined {
  const page = pageSize();
  return (pid) => {
    let memory = 0;
    let ticks = 0;
    let found = false;
    for (const one of treeOf(pid)) {
      const stat = statOf(one);
      if (!stat) continue;
      found = true;
      memory += Number(stat[21]) * page;
      for (const field of [11, 12, 13, 14]) ticks += Number(stat[field]);
    }
    return found ? { memory, cpuMs: ticks * TICK_MS } : undefined;
  };
}

/**
 * Processor time of a whole tree since it began, those that ended and were waited for included, and the bytes that it read:
 * of files, from the disk or from the system's memory, and of pipes. Undefined where the process is gone.
 */
export function procSpent(pid: number): { readonly cpuMs: number; readonly read?: number } | undefined {
  let ticks = 0;
  let read: number | undefined;
  let found = false;
  for (const one of treeOf(pid)) {
    const stat = statOf(one);
    if (!stat) continue;
    found = true;
    for (const field of [11, 12, 13, 14]) ticks += Number(stat[field]);
    // Not told of processes of another user.
    const bytes = /^rchar: (\d+)$/m.exec(readText(`/proc/${one}/io`) ?? '')?.[1];
    if (bytes !== undefined) read = (read ?? 0) + Number(bytes);
  }
  return found ? { cpuMs: ticks * TICK_MS, ...(read === undefined ? {} : { read }) } : undefined;
}

/** Bytes of a page: 4096 on most machines, more on some ARM ones. Found by comparing two accounts of our own memory. */
function pageSize(): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readText('/proc/self/status') ?? '')?.[1];
  const pages = Number(statOf(process.pid)?.[21] ?? 0);
  if (kilobytes === undefined || pages === 0) return 4096;
  return 2 ** Math.round(Math.log2((Number(kilobytes) * 1024) / pages));
}
