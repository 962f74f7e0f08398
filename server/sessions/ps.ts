/**
 * Memory and processor time of process trees where there is no `/proc` (macOS): one `ps` for all, now and then, so what
 * passes a limit is ended later than on Linux.
 */
import { execFile, execFileSync } from 'node:child_process';
import type { Usage } from './proc.ts';

const PS = '/bin/ps';
/** `ps` costs some milliseconds of processor time. */
const EVERY_MS = 500;

type Row = { readonly pid: number; readonly parent: number; readonly memory: number; readonly cpuMs: number };

/** Lines of `pid ppid rss time`. */
export function parseTable(text: string): readonly Row[] {
  return text.split('\n').flatMap((line) => {
    const [pid, parent, kilobytes, time] = line.trim().split(/\s+/);
    if (pid === undefined || time === undefined) return [];
    return [{ pid: Number(pid), parent: Number(parent), memory: Number(kilobytes) * 1024, cpuMs: parseTime(time) }];
  });
}

/** `[[days-]hours:]minutes:seconds[.hundredths]` in milliseconds. */
export function parseTime(text: string): number {
  const [rest = '', days = '0'] = text.split('-').reverse();
  const seconds = rest.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return Math.round((Number(days) * 86_400 + seconds) * 1000);
}

/** Sums over `pid` and all below it. */
export function usageIn(table: readonly Row[], pid: number): Usage | undefined {
  const below = new Map<number, Row[]>();
  for (const row of table) below.set(row.parent, [...(below.get(row.parent) ?? []), row]);
  const first = table.find((row) => row.pid === pid);
  if (!first) return undefined;
  let memory = 0;
  let cpuMs = 0;
  const open = [first];
  for (let row = open.pop(); row; row = open.pop()) {
    memory += row.memory;
    cpuMs += row.cpuMs;
    open.push(...(below.get(row.pid) ?? []));
  }
  return { memory, cpuMs };
}

/** Answers from the last table and has a new one made when that is old. */
export function psUsage(): (pid: number) => Usage | undefined {
  let table: readonly Row[] = [];
  let madeAt = Number.NEGATIVE_INFINITY;
  return (pid) => {
    if (performance.now() - madeAt > EVERY_MS) {
      madeAt = performance.now();
      execFile(PS, ['-axo', 'pid=,ppid=,rss=,time='], (error, stdout) => {
        if (!error) table = parseTable(stdout);
      });
    }
    return usageIn(table, pid);
  };
}

/** When a process started, to the second. */
export function psStartOf(pid: number): string | undefined {
  try {
    return execFileSync(PS, ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env: { LC_ALL: 'C' } })
      .trim()
      .replaceAll(/\s+/g, '-');
  } catch {
    return undefined;
  }
}
