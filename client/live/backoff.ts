/** A short network cut or a restart of the server is over at once; a longer one costs at most this wait once it ends. */
const FIRST_MS = 200;
const LONGEST_MS = 8_000;

/** How long to wait before try `attempt` (from 0). Half of it is chance, so that all pages do not come back at once. */
export function waitBefore(attempt: number, random: () => number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.round(full * (0.5 + random() / 2));
}
