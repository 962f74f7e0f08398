/**
 * What peers sent that is not in the document yet: what comes after it on the same connection builds on it. Where the
 * document itself waits for something (a log of before, an update that failed between two others) everything is taken, as
 * those who were sent it pass it on.
 */
import * as Y from 'yjs';
import { type Decoded, extentOf } from './inspect.ts';
import { couldBeMade } from './order.ts';

export type Taken =
  /** `arrived` is called once it is in the document, or never will be. */
  { readonly state: 'taken'; readonly arrived: () => void } | { readonly state: 'refused'; readonly detail: string };

export interface Underway {
  take(update: Uint8Array, decoded: Decoded): Taken;
}

export function trackUnderway(doc: () => Y.Doc): Underway {
  const ahead = new Map<number, number>();
  /** By client. */
  const last = new Map<number, Y.Item | Y.GC>();
  const updates = new Set<Uint8Array>();
  let count = 0;

  return {
    take(update, decoded) {
      const { store } = doc();
      const waits = store.pendingStructs !== null || store.pendingDs !== null;
      const extent = (client: number): number => Math.max(Y.getState(store, client), ahead.get(client) ?? 0);
      const made = extentOf(decoded, extent);
      if (!made && !waits) return { state: 'refused', detail: 'it names what is not there' };
      if (made && !couldBeMade(doc(), update, decoded, { extent, last: (client) => last.get(client), updates }))
        return { state: 'refused', detail: 'it puts something where no page would' };
      for (const [client, clock] of made ?? []) ahead.set(client, clock);
      const ends = decoded.structs
        .filter((struct) => !(struct instanceof Y.Skip))
        .filter(({ id, length }) => id.clock + length === made?.get(id.client));
      for (const struct of ends) last.set(struct.id.client, struct);
      updates.add(update);
      count += 1;
      return {
        state: 'taken',
        arrived: () => {
          updates.delete(update);
          for (const struct of ends) if (last.get(struct.id.client) === struct) last.delete(struct.id.client);
          count -= 1;
          if (count === 0) ahead.clear();
        },
      };
    },
  };
}
