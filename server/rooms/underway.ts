/**
 * What peers sent that is not in the document yet: what comes after it on the same connection builds on it. Where the
 * document itself waits for something (a log of before, an update that failed between two others) everything is taken, as
 * those who were sent it pass it on.
 */
import * as Y from 'yjs';
import { type Decoded, extentOf } from './inspect.ts';
import { type Ahead, couldBeMade } from './order.ts';
import type { Cost } from './row.ts';
import { endOf, type Run, runAt, runsOf } from './runs.ts';

export type Taken =
  /** `arrived` is called once it is in the document, or never will be. */
  { readonly state: 'taken'; readonly arrived: () => void } | { readonly state: 'refused'; readonly detail: string };

export interface Underway {
  take(decoded: Decoded): Taken;
}

/** `cost` counts what is looked at. */
export function trackUnderway(doc: () => Y.Doc, cost: Cost = { steps: 0 }): Underway {
  /** By client, each list without a gap. */
  const coming = new Map<number, Run[]>();
  const updates = new Set<readonly Run[]>();
  const ahead: Ahead = {
    at: ({ client, clock }) => runAt(coming.get(client), clock),
    get runs() {
      return [...updates].flat();
    },
  };
  const extent = (client: number): number => {
    const last = coming.get(client)?.at(-1);
    return Math.max(Y.getState(doc().store, client), last ? endOf(last) : 0);
  };

  function arrived(runs: readonly Run[]): void {
    for (const [client, own] of Map.groupBy(runs, ({ id }) => id.client)) {
      const isIn = Y.getState(doc().store, client) >= endOf(own.at(-1)!);
      const settled = new Set(own);
      // Where it is not, nothing that follows it can be taken in.
      const left = coming.get(client)?.filter((run) => (isIn ? !settled.has(run) : run.id.clock < own[0]!.id.clock));
      if (left && left.length > 0) coming.set(client, left);
      else coming.delete(client);
    }
  }

  return {
    take(decoded) {
      const { store } = doc();
      const waits = store.pendingStructs !== null || store.pendingDs !== null;
      const isWhole = extentOf(decoded, extent) !== undefined;
      if (!isWhole && !waits) return { state: 'refused', detail: 'it names what is not there' };
      const runs = isWhole ? runsOf(decoded, extent) : [];
      if (!runs || !couldBeMade(doc(), runs, ahead, cost))
        return { state: 'refused', detail: 'it puts something where no page would' };
      for (const [client, own] of Map.groupBy(runs, ({ id }) => id.client))
        coming.set(client, [...(coming.get(client) ?? []), ...own]);
      updates.add(runs);
      return {
        state: 'taken',
        arrived: () => {
          updates.delete(runs);
          arrived(runs);
        },
      };
    },
  };
}
