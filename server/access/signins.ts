/**
 * Sign-ins: each cookie holds a random secret of its own, of which only the digest is kept (`.gondola/sign-ins.json`,
 * 0600), so that a copied file opens nothing and one browser can be signed out. All belong to the token they were made
 * with: another token ends them. The file is written by rename; losing the last moments of it costs a sign-in.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { digest, newSecret } from './token.ts';

/** Oldest go first: a script that signs in on each call must not fill the disk. */
const MOST = 1000;
const DAY = 24 * 60 * 60 * 1000;
/** A browser that was not used for so long signs in again. */
export const SIGN_IN_DAYS = 180;

type SignIn = { readonly secret: string; readonly made: number };

export interface SignIns {
  /** A new sign-in's secret, for the cookie. */
  make(): string;
  knows(secret: string): boolean;
  revoke(secret: string): void;
  /** Ends every sign-in. */
  revokeAll(): void;
}

export function openSignIns(path: string, token: string, now: () => number): SignIns {
  const known = new Map<string, number>();
  for (const { secret, made } of readKept(path, digest(token))) known.set(secret, made);

  function write(): void {
    const signIns = [...known].map(([secret, made]) => ({ secret, made }));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, JSON.stringify({ version: 1, token: digest(token), signIns }), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }

  return {
    make() {
      const secret = newSecret();
      known.set(digest(secret), now());
      for (const old of [...known.keys()].slice(0, Math.max(0, known.size - MOST))) known.delete(old);
      try {
        write();
      } catch {
        // On a full disk people must still be let in: this one signs in again after a restart.
      }
      return secret;
    },
    knows(secret) {
      const made = known.get(digest(secret));
      return made !== undefined && now() - made < SIGN_IN_DAYS * DAY;
    },
    revoke(secret) {
      if (known.delete(digest(secret))) write();
    },
    revokeAll() {
      known.clear();
      write();
    },
  };
}

/** Read by hand: the library of schemas would be loaded at each start for this alone. */
function readKept(path: string, token: string): readonly SignIn[] {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return [];
  }
  if (typeof value !== 'object' || value === null || !('signIns' in value) || !Array.isArray(value.signIns)) return [];
  const isOurs = 'version' in value && value.version === 1 && 'token' in value && value.token === token;
  return isOurs && value.signIns.every(isSignIn) ? value.signIns : [];
}

const isSignIn = (value: unknown): value is SignIn =>
  typeof value === 'object' &&
  value !== null &&
  'secret' in value &&
  typeof value.secret === 'string' &&
  'made' in value &&
  typeof value.made === 'number';
