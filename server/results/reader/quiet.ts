/** Waits for a pause in what must go first: work in the background begins when no window has been asked for a while. */
import { whileNot } from './waiting.ts';

export type Quiet = {
  /** Something that goes first begins; returns what to call at its end. */
  begin(): () => void;
  /** Resolves when nothing of it is under way and nothing was for a moment; in the end it resolves anyway. */
  wait(signal: AbortSignal): Promise<void>;
};

/** Longer than a hand pauses while it scrolls. */
const PAUSE_MS = 120;
/** Somebody who never rests shall see a profile, too. */
const PATIENCE_MS = 4_000;

export function openQuiet(now: () => number = Date.now): Quiet {
  let busy = 0;
  let last = 0;
  let waiting: (() => void)[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function look(): void {
    clearTimeout(timer);
    if (waiting.length === 0 || busy > 0) return;
    const left = last + PAUSE_MS - now();
    if (left > 0) {
      timer = setTimeout(look, left);
      return;
    }
    const met = waiting;
    waiting = [];
    for (const resolve of met) resolve();
  }

  return {
    begin: () => {
      busy += 1;
      return () => {
        busy -= 1;
        last = now();
        look();
      };
    },
    wait: async (signal) => {
      let impatient: ReturnType<typeof setTimeout> | undefined;
      const quiet = new Promise<void>((resolve) => {
        waiting.push(resolve);
        impatient = setTimeout(resolve, PATIENCE_MS);
        look();
      });
      try {
        await whileNot(signal, quiet);
      } finally {
        clearTimeout(impatient);
      }
    },
  };
}
