/**
 * Where the server of a workspace listens, in `.gondola/address`: another command of the same user hands over to it instead of
 * failing on the lock. Believed only while the process that wrote it holds the lock.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { livingHolder, type Machine, thisMachine } from './lock.ts';

/** `origin` is as a client of this machine reaches it, e.g. `http://127.0.0.1:4321`. Returns the release. */
export function noteAddress(records: string, origin: string): () => void {
  const file = join(records, 'address');
  writeFileSync(file, JSON.stringify({ pid: process.pid, origin }), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** Undefined where no server has the workspace, or it cannot be told where that listens. */
export async function addressOf(records: string, machine: Machine = thisMachine): Promise<string | undefined> {
  const holder = await livingHolder(records, machine);
  if (!holder) return undefined;
  try {
    const value: unknown = JSON.parse(readFileSync(join(records, 'address'), 'utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, origin } = value as Record<string, unknown>;
    return pid === holder.pid && typeof origin === 'string' ? origin : undefined;
  } catch {
    return undefined;
  }
}
