/**
 * What an undo brings back, put between neighbours. Where a paragraph comes back with letters that had been brought back in it
 * before, Yjs follows old letters to new ones and may name as the right neighbour of a letter one that stands left of it.
 * Nobody could tell where that belongs: readers would see other orders, so the server refuses it. The letter stands where it
 * should in the page that undid; it gets the neighbours that it has there, before anybody is told of it.
 */
import * as Y from 'yjs';

/** Returns the release. */
export function mendRedone(doc: Y.Doc, undo: Y.UndoManager): () => void {
  const mend = (transaction: Y.Transaction): void => {
    if (transaction.origin === undo) mendNew(transaction);
  };
  doc.on('afterTransaction', mend);
  return () => doc.off('afterTransaction', mend);
}

function mendNew({ doc, beforeState }: Y.Transaction): void {
  const structs = doc.store.clients.get(doc.clientID) ?? [];
  const from = beforeState.get(doc.clientID) ?? 0;
  if (Y.getState(doc.store, doc.clientID) <= from) return;
  const places = new Map<Y.Item['parent'], ReadonlyMap<Y.Item, number>>();
  for (let at = Y.findIndexSS(structs, from); at < structs.length; at += 1) {
    const item = structs[at];
    if (!(item instanceof Y.Item) || item.parentSub !== null || !item.origin || !item.rightOrigin) continue;
    const known = places.get(item.parent) ?? placesIn(item);
    places.set(item.parent, known);
    const left = known.get(Y.getItem(doc.store, item.origin));
    const right = known.get(Y.getItem(doc.store, item.rightOrigin));
    if (left === undefined || right === undefined || left < right) continue;
    item.origin = before(item)?.lastId ?? null;
    item.rightOrigin = behind(item)?.id ?? null;
  }
}

function placesIn({ parent }: Y.Item): ReadonlyMap<Y.Item, number> {
  const places = new Map<Y.Item, number>();
  for (let item = parent instanceof Y.AbstractType ? parent._start : null; item; item = item.right)
    places.set(item, places.size);
  return places;
}

const isNewer = (one: Y.Item, { id }: Y.Item): boolean => one.id.client === id.client && one.id.clock > id.clock;

/** The nearest that was there when the item came. */
function before(item: Y.Item): Y.Item | null {
  let left = item.left;
  while (left && isNewer(left, item)) left = left.left;
  return left;
}

function behind(item: Y.Item): Y.Item | null {
  let right = item.right;
  while (right && isNewer(right, item)) right = right.right;
  return right;
}
