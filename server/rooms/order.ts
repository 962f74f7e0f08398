/**
 * Whether a page could have made what an update holds, told by the places of its items. A page puts an item between two
 * neighbours of all that it knows. Only where everybody keeps to that does the order of Yjs's lists, and which value of a
 * key is the last, not depend on the order in which updates come: an item between two others that never were neighbours
 * stands elsewhere for who opens the document later, and in its snapshot.
 *
 * Nearly all edits go on where their client was, or into a gap that is open now: told without a look at anything else. The
 * rest came while others wrote at the same place. There nothing may lie in the gap that the item's maker must have known:
 * what it made before, what it names, and what the makers of those knew.
 */
import * as Y from 'yjs';
import type { Decoded } from './inspect.ts';
import { copyDocument } from './load.ts';

/** The new part of an item: without what was taken in of it before. */
type Piece = Pick<Y.Item, 'id' | 'rightOrigin' | 'parentSub'> & {
  readonly origin: Y.ID | null;
  readonly parent: string | Y.ID | null;
};

/** A list, or the values of keys. */
type Place = Pick<Y.AbstractType<unknown>, '_start' | '_map'>;

/** What is on its way into the document. */
export type Ahead = {
  /** How far a client's edits reach with what is in the document. */
  extent(client: number): number;
  /** The last that the client has on the way. */
  last(client: number): Y.Item | Y.GC | undefined;
  readonly updates: Iterable<Uint8Array>;
};

/** Structs looked at for one update, some 100 ms: ten times the largest notebook for each of several clients. */
const MOST_STEPS = 5_000_000;

/**
 * Structs of a document up to which every update is told. Past it a search or a copy for each edit of people who write fast
 * takes longer than the edits come apart, and nobody's is acknowledged any more; there what is in no open gap is taken.
 */
const MOST_TOLD = 1_000;

const isLarge = ({ store }: Y.Doc): boolean =>
  [...store.clients.values()].reduce((sum, { length }) => sum + length, 0) > MOST_TOLD;

export function couldBeMade(doc: Y.Doc, update: Uint8Array, decoded: Decoded, ahead: Ahead): boolean {
  const pieces = piecesOf(doc, decoded, ahead);
  if (areInGaps(doc, pieces, ahead) || isLarge(doc)) return true;
  const [first, ...others] = pieces;
  if (first && others.length === 0 && !ahead.last(first.id.client) && isIn(doc, first)) return areOpen(doc, pieces);
  const copy = copyDocument(doc, doc.clientID);
  try {
    for (const one of [...ahead.updates, update]) Y.applyUpdate(copy, one);
    return areOpen(copy, pieces);
  } catch {
    return false;
  } finally {
    copy.destroy();
  }
}

/** What of it is new, but for what only goes on where its client was: nobody can tell that from one longer item. */
function piecesOf(doc: Y.Doc, { structs }: Decoded, ahead: Ahead): readonly Piece[] {
  const pieces: Piece[] = [];
  const made = new Map<number, { readonly end: number; readonly last: Y.Item | Y.GC }>();
  for (const struct of structs) {
    if (struct instanceof Y.Skip) continue;
    const { client, clock } = struct.id;
    const known = made.get(client)?.end ?? ahead.extent(client);
    const end = clock + struct.length;
    if (end <= known) continue;
    if (struct instanceof Y.Item) {
      const before = made.get(client)?.last ?? ahead.last(client) ?? lastOf(doc, client, known);
      const origin = clock < known ? Y.createID(client, known - 1) : struct.origin;
      const goesOn =
        before instanceof Y.Item &&
        Y.compareIDs(origin, known === 0 ? null : Y.createID(client, known - 1)) &&
        Y.compareIDs(before.rightOrigin, struct.rightOrigin);
      const { rightOrigin, parentSub } = struct;
      const parent = parentNamed(struct);
      if (!goesOn)
        pieces.push({ id: Y.createID(client, Math.max(clock, known)), origin, rightOrigin, parentSub, parent });
    }
    made.set(client, { end, last: struct });
  }
  return pieces;
}

function parentNamed({ parent }: Y.Item): string | Y.ID | null {
  const named: unknown = parent;
  return typeof named === 'string' || named instanceof Y.ID ? named : null;
}

const lastOf = (doc: Y.Doc, client: number, end: number): Y.Item | Y.GC | undefined =>
  end > 0 && end <= Y.getState(doc.store, client) ? structAt(doc, Y.createID(client, end - 1)) : undefined;

const structAt = (doc: Y.Doc, id: Y.ID): Y.Item | Y.GC => Y.getItem(doc.store, id);
const has = (doc: Y.Doc, id: Y.ID): boolean => id.clock < Y.getState(doc.store, id.client);
const textOf = (id: Y.ID): string => `${id.client} ${id.clock}`;

/** The document has all that the piece names. */
const isIn = (doc: Y.Doc, { origin, rightOrigin, parent }: Piece): boolean =>
  [origin, rightOrigin, parent].every((id) => !(id instanceof Y.ID) || has(doc, id));

/** Each in another gap, between two that are neighbours now, and no client has anything on the way that may lie there. */
function areInGaps(doc: Y.Doc, pieces: readonly Piece[], ahead: Ahead): boolean {
  const taken = new Set<string>();
  return pieces.every((piece) => {
    if (ahead.last(piece.id.client)) return false;
    const gap = gapOf(doc, piece);
    if (gap === 'none') return true;
    if (gap === undefined || taken.has(gap)) return false;
    taken.add(gap);
    return true;
  });
}

/** The name of the gap; `none` in what is gone already, where nothing has an order; undefined where there is no such gap. */
function gapOf(doc: Y.Doc, piece: Piece): string | 'none' | undefined {
  const { origin, rightOrigin, parent, parentSub } = piece;
  if (!origin && !rightOrigin) {
    const name = `in ${parent instanceof Y.ID ? textOf(parent) : `root ${parent}`} ${parentSub ?? 'as list'}`;
    // Its parent comes with it.
    if (parent instanceof Y.ID && !has(doc, parent)) return `${name}`;
    const type = typeOf(doc, parent);
    if (!type) return 'none';
    return firstIn(type, parentSub) === null ? name : undefined;
  }
  if (!isIn(doc, piece)) return undefined;
  const left = origin && structAt(doc, origin);
  const right = rightOrigin && structAt(doc, rightOrigin);
  if (left instanceof Y.GC || right instanceof Y.GC) return 'none';
  if (origin && left) {
    const ends = origin.clock + 1 === left.id.clock + left.length;
    const next = ends ? (left.right?.id ?? null) : Y.createID(origin.client, origin.clock + 1);
    return Y.compareIDs(next, rightOrigin) ? `after ${textOf(origin)}` : undefined;
  }
  return right && right.left === null && Y.compareIDs(right.id, rightOrigin) ? `before ${textOf(right.id)}` : undefined;
}

function typeOf(doc: Y.Doc, parent: string | Y.ID | null): Place | undefined {
  if (typeof parent === 'string') return doc.share.get(parent);
  const item = parent && structAt(doc, parent);
  return item instanceof Y.Item && item.content instanceof Y.ContentType ? item.content.type : undefined;
}

function firstIn(type: Place, key: string | null): Y.Item | null {
  if (key === null) return type._start;
  let first = type._map.get(key) ?? null;
  while (first?.left) first = first.left;
  return first;
}

/** Nothing that a piece's maker must have known lies where it goes. The document may hold the pieces already, or not yet. */
function areOpen(doc: Y.Doc, pieces: readonly Piece[]): boolean {
  const budget = { steps: MOST_STEPS };
  const known = new Map<number, Map<number, number>>();
  return pieces.every((piece) => {
    const { client, clock } = piece.id;
    const reached = known.get(client) ?? new Map<number, number>();
    known.set(client, reached);
    const before = clock === 0 ? null : Y.createID(client, clock - 1);
    learn(doc, reached, [before, piece.origin, piece.rightOrigin, piece.parent], budget);
    return isOpen(doc, piece, reached, budget);
  });
}

/** Adds what whoever made or named these must have known, and so on. */
function learn(doc: Y.Doc, reached: Map<number, number>, ids: readonly unknown[], budget: { steps: number }): void {
  const next = ids.filter((id) => id instanceof Y.ID);
  for (let id = next.pop(); id; id = next.pop()) {
    const from = reached.get(id.client) ?? 0;
    const structs = doc.store.clients.get(id.client);
    if (id.clock < from || !structs || !has(doc, id)) continue;
    reached.set(id.client, id.clock + 1);
    for (let at = Y.findIndexSS(structs, from); at < structs.length && structs[at]!.id.clock <= id.clock; at += 1) {
      const struct = structs[at]!;
      budget.steps -= 1;
      if (!(struct instanceof Y.Item)) continue;
      const { parent } = struct;
      const named = [struct.origin, struct.rightOrigin, parent instanceof Y.AbstractType ? parent._item?.id : null];
      for (const one of named) if (one && one.clock >= (reached.get(one.client) ?? 0)) next.push(one);
    }
  }
}

function isOpen(doc: Y.Doc, piece: Piece, reached: ReadonlyMap<number, number>, budget: { steps: number }): boolean {
  const { origin, rightOrigin, parent, parentSub } = piece;
  const left = origin && structAt(doc, origin);
  const right = rightOrigin && structAt(doc, rightOrigin);
  if (left instanceof Y.GC || right instanceof Y.GC) return true;
  let item: Y.Item | null;
  let clock: number | undefined;
  if (origin && left) {
    const ends = origin.clock + 1 === left.id.clock + left.length;
    item = ends ? left.right : left;
    clock = ends ? undefined : origin.clock + 1;
  } else {
    const type = right ? right.parent : typeOf(doc, parent);
    if (!(type instanceof Y.AbstractType)) return true;
    item = firstIn(type, right ? right.parentSub : parentSub);
  }
  for (; item; item = item.right, clock = undefined) {
    budget.steps -= 1;
    const start = clock ?? item.id.clock;
    if (item === right && rightOrigin) return start === rightOrigin.clock && budget.steps > 0;
    if ((reached.get(item.id.client) ?? 0) > start || budget.steps <= 0) return false;
  }
  return rightOrigin === null && budget.steps > 0;
}
