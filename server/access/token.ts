/**
 * The owner's token: made once per workspace, kept in `.gondola/token` (0600), or given by `GONDOLA_TOKEN`. Whoever has it
 * is the owner. It is compared by digest in constant time, and never stands in a cookie or a log.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const digest = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

export const newSecret = (): string => randomBytes(32).toString('base64url');

export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(Buffer.from(digest(given)), Buffer.from(digest(expected)));
}

/** The workspace's token; `given` outranks the file. `folder` is `.gondola`. */
export const readToken = (folder: string, given: string | undefined): string =>
  given !== undefined && given !== '' ? given : readSecret(folder, 'token');

/** Of a file of its own there, made when first asked for. */
export function readSecret(folder: string, name: string): string {
  const path = join(folder, name);
  const before = read(path);
  if (before) return before;
  mkdirSync(folder, { recursive: true });
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, `${newSecret()}\n`, { mode: 0o600, flush: true });
  renameSync(fresh, path);
  const made = read(path);
  if (!made) throw new Error(`${path} cannot be written`);
  return made;
}

function read(path: string): string | undefined {
  try {
    const token = readFileSync(path, 'utf8').trim();
    chmodSync(path, 0o600);
    return token === '' ? undefined : token;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
