/**
 * Control groups as the kernel shows them: folders that hold processes, and files that bound them. Every call returns at
 * once, but the removal of a group.
 */
import { accessSync, constants, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What was killed leaves its group when the kernel has cleared it away: some milliseconds, with much memory a second. */
export const REMOVE_TRIES = 100;
const REMOVE_MS = 30;

export function putIn(folder: string, pid: number): void {
  try {
    set(join(folder, 'cgroup.procs'), String(pid));
  } catch (error) {
    // Gone already.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

export async function removeGroup(folder: string, kill: boolean, tries = REMOVE_TRIES): Promise<boolean> {
  for (let left = tries; left > 0; left -= 1) {
    if (kill) killIn(folder);
    if (removeNow(folder)) return true;
    if (left > 1) await sleep(REMOVE_MS);
  }
  return false;
}

function killIn(folder: string): void {
  for (const pid of (read(join(folder, 'cgroup.procs')) ?? '').split('\n').map(Number)) {
    try {
      // 0 is a process that this server cannot name; as a number for `kill` it means this server's own group.
      if (pid > 1) process.kill(pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
}

export function removeNow(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
  }
}

export const set = (file: string, value: string): void => writeFileSync(file, value);

/** What not every kernel has. */
export function trySet(file: string, value: string): void {
  try {
    set(file, value);
  } catch {
    // Without it.
  }
}

export function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

export function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Groups below one are its folders. */
export function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    return [];
  }
}
