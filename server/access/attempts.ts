/**
 * How often somebody may try a password: counted by account and by network address, so that neither one account is guessed
 * from everywhere nor many from one place. Counts are in memory; a restart forgives. An account takes more than an address:
 * a stranger must not be able to lock somebody out. A browser that was signed in to the account before has a count of its
 * own (`devices.ts`) and is not held up by anybody else's; once that is full it is a stranger's like all others.
 */
import { isIP } from 'node:net';
import { AppError } from '../errors.ts';
import { groupsOf } from '../protocol/ipv6.ts';
import type { Turn } from './identity.ts';

const WINDOW_MS = 15 * 60 * 1000;
/** Wrong ones in a window. */
const MOST_BY_ADDRESS = 20;
const MOST_BY_ACCOUNT = 60;
const MOST_BY_BOTH = 8;
const MOST_BY_KNOWN = 8;
/** Different accounts and addresses remembered; the oldest go first. */
const MOST_KNOWN = 20_000;
/** Passwords computed at once, and those that wait for it: beyond, everybody is asked to wait. */
const AT_ONCE = 2;
const MOST_WAITING = 40;

export interface Attempts {
  /** Computes in turn, as all passwords are: whoever makes one waits like those who try one. Throws AppError too-many. */
  turn<T>(compute: () => Promise<T>): Promise<T>;
  /**
   * Computes `work` unless there were too many wrong ones; `wait`: seconds until the next may be tried. `known` names the
   * count of whoever was here before.
   */
  try(account: string, address: string, work: () => Promise<boolean>, known?: string): Promise<Attempt>;
  /** The same for work that waits for others too: only what of it goes through `turn` is computed a few at a time. */
  tryParts(account: string, address: string, work: (turn: Turn) => Promise<boolean>, known?: string): Promise<Attempt>;
}

export type Attempt = { readonly result: 'right' | 'wrong' } | { readonly result: 'wait'; readonly seconds: number };

type Count = { readonly since: number; readonly wrong: number };

export function openAttempts(now: () => number): Attempts {
  const counts = new Map<string, Count>();
  let active = 0;
  const waiting: (() => void)[] = [];

  const countOf = (key: string): Count | undefined => {
    const count = counts.get(key);
    return count && now() - count.since < WINDOW_MS ? count : undefined;
  };

  function blockedUntil(keys: readonly (readonly [string, number])[]): number | undefined {
    const over = keys.flatMap(([key, most]) => {
      const count = countOf(key);
      return count && count.wrong >= most ? [count.since + WINDOW_MS] : [];
    });
    return over.length > 0 ? Math.max(...over) : undefined;
  }

  function add(key: string, wrong: number): void {
    const count = countOf(key);
    counts.delete(key);
    counts.set(key, { since: count?.since ?? now(), wrong: Math.max(0, (count?.wrong ?? 0) + wrong) });
    for (const oldest of counts.keys()) {
      if (counts.size <= MOST_KNOWN) break;
      counts.delete(oldest);
    }
  }

  /** Those who are known go first: a crowd of strangers does not hold them up. */
  async function turn<T>(compute: () => Promise<T>, first: boolean): Promise<T> {
    if (active >= AT_ONCE)
      await new Promise<void>((resolve) => (first ? waiting.unshift(resolve) : waiting.push(resolve)));
    else active += 1;
    try {
      return await compute();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else active -= 1;
    }
  }

  function keysOf(account: string, address: string, known: string | undefined): readonly (readonly [string, number])[] {
    const own = [[`known ${known} ${account}`, MOST_BY_KNOWN]] as const;
    if (known !== undefined && blockedUntil(own) === undefined) return own;
    const network = networkOf(address);
    return [
      [`both ${network} ${account}`, MOST_BY_BOTH],
      [`address ${network}`, MOST_BY_ADDRESS],
      [`account ${account}`, MOST_BY_ACCOUNT],
    ];
  }

  const attempts: Attempts = {
    turn(compute) {
      if (waiting.length >= MOST_WAITING) throw new AppError('too-many', 'passwords to compute');
      return turn(compute, false);
    },
    try: (account, address, work, known) => attempts.tryParts(account, address, (inTurn) => inTurn(work), known),
    async tryParts(account, address, work, known) {
      const keys = keysOf(account, address, known);
      const isKnown = keys.length === 1;
      const until = blockedUntil(keys);
      if (until !== undefined) return { result: 'wait', seconds: Math.max(1, Math.ceil((until - now()) / 1000)) };
      if (waiting.length >= (isKnown ? 2 : 1) * MOST_WAITING) return { result: 'wait', seconds: 5 };
      // Counted before it is known: many at once are no way around the limit.
      for (const [key] of keys) add(key, 1);
      if (!(await work((compute) => turn(compute, isKnown)))) return { result: 'wrong' };
      for (const [key] of keys) add(key, -1);
      counts.delete(keys[0]?.[0] ?? '');
      return { result: 'right' };
    },
  };
  return attempts;
}

/** Of IPv6 the first half: the rest is for whoever has it to choose, and anew for each attempt. */
export function networkOf(address: string): string {
  const plain = address.split('%', 1)[0] ?? '';
  // A mapped IPv4 address is its own.
  if (isIP(plain) !== 6 || plain.includes('.')) return plain;
  return groupsOf(plain).slice(0, 4).join(':');
}
