/**
 * The records of one headless run: a folder of its own among the system's temporary files, closed to others, gone at the end.
 * Its name carries the process, so that what a killed one left is removed by the next.
 */
import { chmodSync, lstatSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leftoversIn } from '../sessions/leftovers.ts';

const PREFIX = 'gondola-run-';

/** A real path. */
export const makeTemporary = (): string => mkdtempSync(join(realpathSync(tmpdir()), `${PREFIX}${process.pid}-`));

/** Ends whatever was started for these records and still lives; then they go. Does not wait. */
export function removeTemporary(folder: string): void {
  leftoversIn(join(folder, 'processes')).reap();
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // Code of the notebook may have closed its own folders.
    openFolders(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function openFolders(folder: string): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) openFolders(join(folder, entry.name));
}

/** Removes what headless runs that were killed left behind: our own, as its notes say which processes are to be ended. */
export function sweepTemporaries(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    try {
      if (isOwn(join(tmpdir(), name))) removeTemporary(join(tmpdir(), name));
    } catch {
      // Somebody else's.
    }
  }
}

function isOwn(folder: string): boolean {
  const stats = lstatSync(folder);
  return stats.isDirectory() && stats.uid === process.getuid?.();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
