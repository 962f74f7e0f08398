/**
 * Timers of a run. The process keeps one clock for all of them: it is told when the next is due, and wakes the realm then.
 * What is due runs in the order of its time, then of its making.
 */
export type Timers = {
  set(call: unknown, ms: unknown, values: readonly unknown[], repeat: boolean): number;
  clear(id: unknown): void;
  /** Runs what is due. */
  wake(): void;
  /** Forgets all. */
  drop(): void;
};

type Timer = {
  readonly id: number;
  readonly call: () => void;
  readonly every: number | undefined;
  readonly due: number;
};

/** A timer of no time still lets others run, as everywhere. */
const LEAST_MS = 1;
/** Longer than this a timer fires at once elsewhere; here it is as long as that. */
const MOST_MS = 2 ** 31 - 1;

export function createTimers(options: {
  readonly now: () => number;
  readonly wakeIn: (ms: number | undefined) => void;
}): Timers {
  const timers = new Map<number, Timer>();
  let last = 0;
  let asked: number | undefined;

  const ask = (): void => {
    let next: number | undefined;
    for (const { due } of timers.values()) if (next === undefined || due < next) next = due;
    if (next === asked) return;
    asked = next;
    options.wakeIn(next === undefined ? undefined : Math.max(0, next - options.now()));
  };
  return {
    set(call, ms, values, repeat) {
      if (typeof call !== 'function') throw new TypeError('A timer needs a function to call.');
      const time = Number(ms);
      const wait = Math.min(MOST_MS, time >= LEAST_MS ? time : LEAST_MS);
      last += 1;
      const id = last;
      const due = options.now() + wait;
      timers.set(id, { id, call: () => call(...values), every: repeat ? wait : undefined, due });
      if (asked === undefined || due < asked) {
        asked = due;
        options.wakeIn(wait);
      }
      return id;
    },
    clear(id) {
      if (typeof id !== 'number' || !timers.delete(id)) return;
      if (timers.size === 0) ask();
    },
    wake() {
      asked = undefined;
      const now = options.now();
      let due: Timer | undefined;
      for (const timer of timers.values()) {
        if (timer.due <= now && (!due || timer.due < due.due)) due = timer;
      }
      // One at a time, so that promises that it settles go on before the next.
      if (due?.every === undefined) timers.delete(due?.id ?? 0);
      else timers.set(due.id, { ...due, due: now + due.every });
      ask();
      due?.call();
    },
    drop() {
      timers.clear();
      asked = undefined;
    },
  };
}
