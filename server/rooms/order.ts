/**
 * Whether a page could have made what an update holds, told by the places of its items. A page puts an item x between two that are
 * neighbours in all that it knows, p and r (`origin` and `rightOrigin`). Only where everybody keeps to that does the order of Yjs's
 * lists, and which value of a key is the last, not depend on the order in which updates come.
 *
 * What a client knew beside p and r does not matter: Yjs asks for what x names, and so on (K), and for client ids. It acts as if
 * each item had a maker of its own who knew K, so enough is that p and r are neighbours in K; and a page that knew more saw so.
 * That is the case just if p stands before r, and neither r's own left one nor p's own right one stands between them:
 *
 *   Say z of K stands between. Links lead from p or r to it; let u → v be the first that comes in between, u ≠ p, r. If v is left of
 *   u, u stands behind r. If r builds on u, it knew v when it was put between its own left one, not behind p, and its right one: v
 *   stood between these. If p builds on u, v stood between p and its own right one, not before r. Neither are neighbours then. The
 *   same with left and right exchanged.
 *
 * If r was put right of p, or p left of r, nothing else is to be looked at: whoever knew both knew the other's ends. Nearly all edits
 * are of that kind. The rest came between what two people put at the same place; there the list is read from p to r, as Yjs does.
 */
import * as Y from 'yjs';
import { Lists } from './lists.ts';
import { type Cost, isPlaced, originAt, type Struct } from './row.ts';
import { type Run, runAt } from './runs.ts';

/** What is on its way into the document. */
export type Ahead = {
  at(id: Y.ID): Run | undefined;
  /** In the order in which it came. */
  readonly runs: Iterable<Run>;
};

/** Each of `runs` comes after all that it names. */
export function couldBeMade(doc: Y.Doc, runs: readonly Run[], ahead: Ahead, cost: Cost = { steps: 0 }): boolean {
  const own = Map.groupBy(runs, ({ id }) => id.client);
  const structAt = (id: Y.ID): Struct | undefined =>
    id.clock < Y.getState(doc.store, id.client)
      ? Y.getItem(doc.store, id)
      : (ahead.at(id) ?? runAt(own.get(id.client), id.clock));
  const lists = new Lists(doc, structAt, () => [...ahead.runs, ...runs], cost);

  return runs.every(({ id: { client }, gone, origin, rightOrigin }) => {
    const left = origin && structAt(origin);
    const right = rightOrigin && structAt(rightOrigin);
    if (left === undefined || right === undefined) return false;
    // In what is gone nothing has an order.
    if (gone || (left && !isPlaced(left)) || (right && !isPlaced(right))) return true;
    const before = right && rightOrigin ? originAt(right, rightOrigin.clock) : null;
    const after = left ? left.rightOrigin : null;
    // At an end that the other one was put beside, or in what was empty.
    if ((right || !left) && Y.compareIDs(before, origin)) return true;
    if (left && Y.compareIDs(after, rightOrigin)) return true;
    return lists.isOpen({ client, origin, rightOrigin, outer: [before, after] });
  });
}
