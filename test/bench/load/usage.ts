/** What one process takes, from `/proc`, whatever else the machine does. Linux alone. */
import { readFileSync } from 'node:fs';

/** Linux counts processor time in these. */
const TICKS_PER_SECOND = 100;

/** Seconds of processor time so far, all threads, children not. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident now, and at most so far; `own` without files, Node's own among them, whose pages come as code happens to run. */
export function memoryMB(pid: number): { readonly now: number; readonly own: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const of = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  return { now: of('VmRSS'), own: of('RssAnon'), peak: of('VmHWM') };
}
