/**
 * How many reports are made and sent at once. One takes some hundred megabytes while it is made and up to forty until its last
 * byte has left, so those who ask wait; of each asker only a share is made or under way, as who reads slowly must make none but
 * their own wait. Whoever asks past what may wait is refused.
 */
import { AppError } from '../errors.ts';

export type Turn = {
  /** It is made: the next may be. */
  made(): void;
  /** All of it was sent, or nobody takes it any more. Said twice it counts once; what was not made is made then. */
  sent(): void;
};

export interface Turns {
  /** Rejects with AppError too-many, and where the signal aborts with its reason. */
  take(asker: string, signal: AbortSignal): Promise<Turn>;
}

export type Bounds = {
  /** Being made. */
  readonly making: number;
  /** Being made, or not sent yet. */
  readonly held: number;
  readonly heldOfOne: number;
  readonly waiting: number;
  readonly waitingOfOne: number;
};

export const BOUNDS: Bounds = {
  // They are made on the one thread that answers all.
  making: 2,
  // Half a gigabyte where all of them are full.
  held: 12,
  heldOfOne: 8,
  // A class that opens one link and saves at once.
  waiting: 200,
  waitingOfOne: 100,
};

type Waiter = { readonly asker: string; readonly go: (turn: Turn) => void };

export function openTurns(bounds: Bounds = BOUNDS): Turns {
  let making = 0;
  const held = new Map<string, number>();
  let waiting: readonly Waiter[] = [];

  const heldInAll = (): number => [...held.values()].reduce((sum, count) => sum + count, 0);
  const mayBegin = (asker: string): boolean =>
    making < bounds.making && heldInAll() < bounds.held && (held.get(asker) ?? 0) < bounds.heldOfOne;

  function begin(asker: string): Turn {
    making += 1;
    held.set(asker, (held.get(asker) ?? 0) + 1);
    let state: 'making' | 'made' | 'sent' = 'making';
    const made = (): void => {
      if (state !== 'making') return;
      state = 'made';
      making -= 1;
      next();
    };
    return {
      made,
      sent() {
        if (state === 'sent') return;
        made();
        state = 'sent';
        const left = (held.get(asker) ?? 0) - 1;
        if (left > 0) held.set(asker, left);
        else held.delete(asker);
        next();
      },
    };
  }

  function next(): void {
    for (;;) {
      const first = waiting.find(({ asker }) => mayBegin(asker));
      if (!first) return;
      waiting = waiting.filter((one) => one !== first);
      first.go(begin(first.asker));
    }
  }

  return {
    async take(asker, signal) {
      signal.throwIfAborted();
      if (mayBegin(asker)) return begin(asker);
      if (waiting.filter((one) => one.asker === asker).length >= bounds.waitingOfOne)
        throw new AppError('too-many', 'reports of yours, or of others with your link, wait to be made');
      if (waiting.length >= bounds.waiting) throw new AppError('too-many', 'reports wait to be made');
      return new Promise<Turn>((resolve, reject) => {
        const waiter: Waiter = {
          asker,
          go(turn) {
            signal.removeEventListener('abort', leave);
            resolve(turn);
          },
        };
        const leave = (): void => {
          waiting = waiting.filter((one) => one !== waiter);
          reject(signal.reason);
        };
        signal.addEventListener('abort', leave, { once: true });
        waiting = [...waiting, waiter];
      });
    },
  };
}
