/**
 * Whose turn it is in a lane: a queue by asker. Nobody is served by how often they ask: of what waits each asker has a
 * bounded share, askers are served in turn, and nobody takes the last running place while somebody else waits. So one who
 * asks without end makes others wait for one piece of work at most, and is refused alone.
 *
 * It decides and does nothing: `engine.ts` holds the connections. No place is free while anybody waits.
 */

/** Who asks, as the server names them: an account, a link, a frame, the owner by the printed address. */
export type Asker = string;

/** The reader's own work, opening and dropping tables: it is bounded by what others ask for, so no share holds it. */
export const HOUSE: Asker = '';

export type Bounds = {
  /** What runs at once. */
  readonly places: number;
  /** What waits, of all. */
  readonly queue: number;
  /** What waits of one asker. */
  readonly each: number;
};

export type Entry<T> = { readonly asker: Asker; readonly work: T };
/** `own-full`: their share waits already; `full`: everybody's together does. */
export type Admission = 'runs' | 'waits' | 'own-full' | 'full';

export interface Turns<T> {
  /** What runs is ended by `end`, what waits is returned by one, or leaves. */
  ask(asker: Asker, work: T): Admission;
  /** Work of the asker has ended; what runs in its place. */
  end(asker: Asker): Entry<T> | undefined;
  /** It waits no longer. */
  leave(asker: Asker, work: T): void;
}

export function openTurns<T>({ places, queue, each }: Bounds): Turns<T> {
  const running = new Map<Asker, number>();
  /** In the order of their turns; no list is empty. */
  const waiting = new Map<Asker, T[]>();

  const sum = (): number => [...running.values()].reduce((all, count) => all + count, 0);
  const start = (asker: Asker): void => void running.set(asker, (running.get(asker) ?? 0) + 1);
  /** They would hold each place, and somebody else waits. */
  const isLast = (asker: Asker): boolean => places > 1 && waiting.size > 1 && (running.get(asker) ?? 0) === places - 1;

  return {
    ask(asker, work) {
      if (sum() < places) {
        start(asker);
        return 'runs';
      }
      const own = waiting.get(asker);
      if (asker !== HOUSE && (own?.length ?? 0) >= each) return 'own-full';
      if ([...waiting.values()].reduce((all, { length }) => all + length, 0) >= queue) return 'full';
      if (own) own.push(work);
      else waiting.set(asker, [work]);
      return 'waits';
    },
    end(asker) {
      const left = (running.get(asker) ?? 0) - 1;
      if (left > 0) running.set(asker, left);
      else running.delete(asker);
      for (const [next, list] of waiting) {
        if (isLast(next)) continue;
        // The end of the row, if more of theirs waits.
        waiting.delete(next);
        const [work, ...rest] = list;
        if (work === undefined) continue;
        if (rest.length > 0) waiting.set(next, rest);
        start(next);
        return { asker: next, work };
      }
      return undefined;
    },
    leave(asker, work) {
      const rest = waiting.get(asker)?.filter((other) => other !== work) ?? [];
      if (rest.length > 0) waiting.set(asker, rest);
      else waiting.delete(asker);
    },
  };
}
