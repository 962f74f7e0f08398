/** What the live notebook takes from where it runs, unless a test gives it something else. */
import { COLORS } from './colours.ts';
import type { Timer } from './connection.ts';

/** The colour that a person has where nobody else has it. */
export function colorOf(person: string): number {
  let sum = 0;
  for (const letter of person) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return sum % COLORS;
}

export const systemTimer: Timer = (ms, work) => {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
};

/** When a new try is likely to succeed: online again, or looked at again. */
export function browserWakes(wake: () => void): () => void {
  if (typeof window === 'undefined') return () => {};
  const visible = () => {
    if (document.visibilityState === 'visible') wake();
  };
  window.addEventListener('online', wake);
  document.addEventListener('visibilitychange', visible);
  return () => {
    window.removeEventListener('online', wake);
    document.removeEventListener('visibilitychange', visible);
  };
}
