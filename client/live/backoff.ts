/** A short cut of the line is over at once. */
const FIRST_MS = 100;
/** So an outage costs a third of its length more, */
const GROWTH = 1.5;
/** and at most this; */
const LONGEST_MS = 8_000;
/** where somebody looks on, only this. */
const LONGEST_SEEN_MS = 2_000;

/** How long to wait before try `attempt` (from 0). Half of it is chance, so that all pages do not come back at once. */
export function waitBefore(attempt: number, random: () => number, seen = false): number {
  const full = Math.min(seen ? LONGEST_SEEN_MS : LONGEST_MS, FIRST_MS * GROWTH ** Math.min(attempt, 20));
  return Math.round(full * (0.5 + random() / 2));
}
