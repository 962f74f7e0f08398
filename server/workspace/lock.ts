/**
 * One server a workspace: `.gondola/lock` names the process that has it. It is stale, and taken over, when the machine was
 * started anew since, or no process of that number and start time is alive. A lock made on another machine is never stale
 * here: nothing can be known of it. A lock that is free is taken without waiting for a turn in Node's threads, as nothing else
 * goes on at a start.
 */
import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { link, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

export class WorkspaceError extends Error {
  readonly code: 'in-use' | 'missing' | 'not-a-folder' | 'not-writable';
  constructor(code: WorkspaceError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Who holds a lock. `boot` and `start` are empty where the system tells neither. */
export type Holder = {
  readonly pid: number;
  readonly boot: string;
  /** Start time of the process in clock ticks since boot. */
  readonly start: string;
  readonly host: string;
  /** Made for this lock alone. */
  readonly key: string;
};

export type Machine = {
  readonly self: () => Holder;
  /** Start time of a living process; undefined if there is none, '' if the system does not tell. */
  readonly startOf: (pid: number) => string | undefined;
};

export const thisMachine: Machine = {
  self: () => ({
    pid: process.pid,
    boot: bootId(),
    start: startOf(process.pid) ?? '',
    host: hostname(),
    key: randomUUID(),
  }),
  startOf,
};

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    try {
      process.kill(pid, 0);
      return '';
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'EPERM' ? '' : undefined;
    }
  }
}

/** Whether `holder` can't be at work any more. */
export function isStale(holder: Holder, self: Holder, machine: Machine): boolean {
  if (holder.host !== self.host) return false;
  if (holder.boot !== self.boot) return true;
  const start = machine.startOf(holder.pid);
  return start === undefined || (start !== '' && holder.start !== '' && start !== holder.start);
}

/** Attempts: each loses only to another server that starts at the same moment. */
const ATTEMPTS = 5;

/** Returns the release. Rejects with WorkspaceError `in-use`. */
export async function lockWorkspace(records: string, machine: Machine = thisMachine): Promise<() => Promise<void>> {
  mkdirSync(records, { recursive: true, mode: 0o700 });
  const path = join(records, 'lock');
  const self = machine.self();
  const own = join(records, `lock.${self.key}`);
  writeFileSync(own, JSON.stringify(self), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (isTaken(own, path)) return () => release(path, self);
      const holder = await readHolder(path);
      if (holder && !isStale(holder, self, machine)) throw inUse(records, holder, self);
      // Whoever renames it away has it; a lock that another server made meanwhile is put back.
      const aside = join(records, `lock.stale.${self.key}`);
      await rename(path, aside).catch(() => {});
      const moved = await readHolder(aside);
      if (moved && !isStale(moved, self, machine)) await link(aside, path).catch(() => {});
      await rm(aside, { force: true });
    }
    throw new WorkspaceError('in-use', `The workspace ${records} is being locked by another server.`);
  } finally {
    rmSync(own, { force: true });
  }
}

/** False where somebody has it. */
function isTaken(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Who has the workspace now, if that is a process of this machine that lives. */
export async function livingHolder(records: string, machine: Machine): Promise<Holder | undefined> {
  const holder = await readHolder(join(records, 'lock'));
  const self = machine.self();
  return holder && holder.host === self.host && !isStale(holder, self, machine) ? holder : undefined;
}

function inUse(records: string, holder: Holder, self: Holder): WorkspaceError {
  const folder = records.replace(/[/\\]\.gondola$/, '');
  const where = holder.host === self.host ? `process ${holder.pid}` : `process ${holder.pid} on ${holder.host}`;
  const what =
    holder.host === self.host ? 'Stop it first.' : `Stop it there, or remove ${join(records, 'lock')} if it is gone.`;
  return new WorkspaceError('in-use', `The folder ${folder} is served already, by ${where}. ${what}`);
}

async function release(path: string, self: Holder): Promise<void> {
  const holder = await readHolder(path);
  if (holder?.key === self.key) await rm(path, { force: true });
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, boot, start, host, key } = value as Record<string, unknown>;
    if (typeof pid !== 'number' || typeof host !== 'string') return undefined;
    return { pid, host, boot: String(boot ?? ''), start: String(start ?? ''), key: String(key ?? '') };
  } catch {
    return undefined;
  }
}
