/**
 * Where the server of a workspace listens, in `.gondola/address`: another command of the same user hands over to it instead of
 * failing on the lock. Believed only while the process that wrote it holds the lock.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { livingHolder, type Machine, thisMachine } from './lock.ts';

export type Address = {
  /** As a client of this machine reaches it, e.g. `http://127.0.0.1:4321`. */
  readonly origin: string;
  /** As others do, the likeliest first. */
  readonly others: readonly string[];
  /** SHA-256 of the certificate that it shows, where it speaks TLS: nobody else is told a secret. */
  readonly fingerprint?: string;
};

/** Returns the release. */
export function noteAddress(records: string, { origin, others, fingerprint }: Address): () => void {
  const file = join(records, 'address');
  writeFileSync(file, JSON.stringify({ pid: process.pid, origin, others, fingerprint }), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** Undefined where no server has the workspace, or it cannot be told where that listens. */
export async function addressOf(records: string, machine: Machine = thisMachine): Promise<Address | undefined> {
  const holder = await livingHolder(records, machine);
  if (!holder) return undefined;
  try {
    const value: unknown = JSON.parse(readFileSync(join(records, 'address'), 'utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, origin, others, fingerprint } = value as Record<string, unknown>;
    if (pid !== holder.pid || typeof origin !== 'string') return undefined;
    return {
      origin,
      others: Array.isArray(others) ? others.filter((one) => typeof one === 'string') : [],
      ...(typeof fingerprint === 'string' ? { fingerprint } : {}),
    };
  } catch {
    return undefined;
  }
}
