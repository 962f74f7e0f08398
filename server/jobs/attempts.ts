/** What becomes of an occurrence when an attempt begins and when it ends: pure. */
import type { Occurrence } from './occurrence.ts';

export type Retry = {
  /** Attempts after the first. */
  readonly times: number;
  /** Before the second attempt; twice as long before each that follows. */
  readonly delayMs: number;
};

/** `lost`: the server died meanwhile. */
export type Ending = 'done' | 'failed' | 'cancelled' | 'lost';

/** Whoever waits longer is better served by the next occurrence. */
export const LONGEST_DELAY_MS = 3_600_000;
/** Up to this part of a delay is added, so that what failed together is not tried together. */
const JITTER = 0.2;

export const begun = (occurrence: Occurrence): Occurrence => ({
  ...occurrence,
  state: 'running',
  attempts: occurrence.attempts + 1,
});

/** `random`: from 0 to below 1. */
export function ended(occurrence: Occurrence, how: Ending, retry: Retry, now: number, random: number): Occurrence {
  const isOver = how === 'done' || how === 'cancelled' || occurrence.attempts > retry.times;
  if (isOver) return { ...occurrence, state: how };
  const delay = Math.min(LONGEST_DELAY_MS, retry.delayMs * 2 ** (occurrence.attempts - 1));
  return { ...occurrence, state: 'planned', notBefore: now + Math.round(delay * (1 + JITTER * random)) };
}
