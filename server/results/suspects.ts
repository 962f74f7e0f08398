/**
 * What ended the reader. All results are read by one process, and a file that its engine cannot stand takes the windows of
 * all others with it. So what was under way when a process died is asked again, one after the other: it is known then which of
 * them ended the next one, and that is refused for a while. Others lose a moment, and no answer that had not begun.
 */
import { AppError } from '../errors.ts';

export interface Suspects {
  /** Waits for its turn if it may have ended a reader; resolves with what ends its turn. Rejects with AppError where it did. */
  turn(what: string, isAgain: boolean, signal: AbortSignal): Promise<() => void>;
  answered(what: string): void;
  /** A reader died while these were under way. */
  died(underWay: readonly string[]): void;
  /** The engine itself said so. */
  broke(what: string): void;
}

/** Long enough that a page that asks again and again ends few readers; no longer, as it may have been the machine. */
export const REFUSED_MS = 10 * 60_000;
/** Ends of readers, where none was in its turn: one or two may be bad luck, such as a machine without memory. */
const ENOUGH = 3;
/** As many as a reader takes calls. */
const MOST_WAITING = 200;
/** Remembered at once; the oldest is given up. */
const MOST_KNOWN = 1000;

type Suspect = { readonly until: number; readonly ends: number };

export function openSuspects(now: () => number): Suspects {
  const suspects = new Map<string, Suspect>();
  const waiting = new Set<() => void>();
  let current: string | undefined;

  function known(what: string): Suspect | undefined {
    const suspect = suspects.get(what);
    if (suspect && suspect.until <= now()) suspects.delete(what);
    return suspects.get(what);
  }

  function suspect(what: string, ends: number): void {
    const before = known(what)?.ends ?? 0;
    suspects.delete(what);
    suspects.set(what, { until: now() + REFUSED_MS, ends: before + ends });
    for (const oldest of suspects.keys()) {
      if (suspects.size <= MOST_KNOWN) return;
      suspects.delete(oldest);
    }
  }

  function refuse(what: string): void {
    if ((known(what)?.ends ?? 0) >= ENOUGH)
      throw new AppError('result-unreadable', 'the reader ended over this; it is not tried again for ten minutes');
  }

  function leave(): void {
    current = undefined;
    const [next] = waiting;
    if (!next) return;
    waiting.delete(next);
    next();
  }

  function wait(signal: AbortSignal): Promise<void> {
    if (waiting.size >= MOST_WAITING) throw new AppError('too-many', 'calls for results after the reader ended');
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        waiting.delete(start);
        reject(signal.reason);
      };
      const start = (): void => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
      waiting.add(start);
      signal.addEventListener('abort', abort, { once: true });
    });
  }

  return {
    turn: async (what, isAgain, signal) => {
      refuse(what);
      if (!isAgain && !known(what)) return () => {};
      // Whose turn comes takes it before anybody else may.
      while (current !== undefined) await wait(signal);
      current = what;
      try {
        refuse(what);
      } catch (error) {
        leave();
        throw error;
      }
      return leave;
    },
    answered: (what) => {
      if (known(what)?.ends === 0) suspects.delete(what);
    },
    died: (underWay) => {
      const all = new Set(underWay);
      const isAlone = all.size === 1;
      if (current !== undefined && all.has(current)) suspect(current, isAlone ? ENOUGH : 1);
      else for (const what of all) suspect(what, isAlone ? 1 : 0);
    },
    broke: (what) => suspect(what, ENOUGH),
  };
}
