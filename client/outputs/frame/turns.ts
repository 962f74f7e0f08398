/**
 * Whose turn it is to draw: what one chart may take is bounded (`client/frame/budget.ts`), so is how many go on at once
 * over all frames of a page. Those in view come first, then who has waited longest. A turn ends when its chart stands, fails,
 * is stopped or goes; who draws has a time limit of its own, so every turn ends.
 */

/** One that takes long holds up no other; two at their limits fit into the memory of a small machine. */
export const MOST_DRAWING = 2;

export type Waiting = {
  /** Asked each time a turn is free. */
  isSeen(): boolean;
  /** HTML is laid out in a moment, and pushes what is read below it: it waits for no chart. */
  readonly isLight?: boolean;
  start(): void;
};

export type Turns = {
  /** Calls `start` when it may draw, at once where a turn is free. Returns what ends the turn, or the waiting; it may be called again. */
  take(waiting: Waiting): () => void;
  /** Looks again whether somebody may begin. */
  look(): void;
};

/** `isOpen`: whether anybody may begin now. */
export function createTurns(isOpen: () => boolean = () => true, most = MOST_DRAWING): Turns {
  const drawing = new Set<Waiting>();
  const queue = new Set<Waiting>();

  function settle(): void {
    for (const one of isOpen() ? [...queue].filter(({ isLight }) => isLight) : []) if (queue.delete(one)) one.start();
    while (isOpen() && drawing.size < most && queue.size > 0) {
      const all = [...queue];
      const next = all.find((one) => one.isSeen()) ?? all[0];
      if (!next) return;
      queue.delete(next);
      drawing.add(next);
      next.start();
    }
  }

  return {
    look: settle,
    take(waiting) {
      const own: Waiting = { ...waiting };
      queue.add(own);
      settle();
      return () => {
        if (drawing.delete(own) || queue.delete(own)) settle();
      };
    },
  };
}
