/**
 * How far edits reach that peers sent and that are not in the document yet: what comes after them on the same connection
 * builds on them. Where the document itself waits for something (a log of before, an update that failed between two
 * others) everything is taken, as those who were sent it pass it on.
 */
import * as Y from 'yjs';
import { type Decoded, extentOf } from './inspect.ts';

export interface Underway {
  /** Undefined where it names what is not there; else what is called once it is in the document, or never will be. */
  take(decoded: Decoded): (() => void) | undefined;
}

export function trackUnderway(doc: () => Y.Doc): Underway {
  const ahead = new Map<number, number>();
  let count = 0;

  const arrived = (): void => {
    count -= 1;
    if (count === 0) ahead.clear();
  };

  return {
    take(decoded) {
      const { store } = doc();
      const waits = store.pendingStructs !== null || store.pendingDs !== null;
      const made = extentOf(decoded, (client) => Math.max(Y.getState(store, client), ahead.get(client) ?? 0));
      if (!made && !waits) return undefined;
      for (const [client, clock] of made ?? []) ahead.set(client, clock);
      count += 1;
      return arrived;
    },
  };
}
