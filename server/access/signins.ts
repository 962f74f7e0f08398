/**
 * Sign-ins: each cookie holds a random secret of its own, of which only the digest is kept (`.gondola/sign-ins.json`,
 * 0600), so that a copied file opens nothing and one browser can be signed out. All belong to the token they were made
 * with: another token ends them. The file is written by rename; losing the last moments of it costs a sign-in.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { digest, newSecret } from './token.ts';

/** Oldest go first: a script that signs in on each call must not fill the disk. */
const MOST = 1000;
const DAY = 24 * 60 * 60 * 1000;
/** A browser that was not used for so long signs in again. */
export const SIGN_IN_DAYS = 180;

const Kept = Type.Object({
  version: Type.Literal(1),
  token: Type.String(),
  signIns: Type.Array(Type.Object({ secret: Type.String(), made: Type.Number() })),
});

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
      write();
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

function readKept(path: string, token: string): Static<typeof Kept>['signIns'] {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return [];
  }
  return Value.Check(Kept, value) && value.token === token ? value.signIns : [];
}
