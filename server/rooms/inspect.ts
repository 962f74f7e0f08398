/**
 * What an update from outside may hold, told without applying it or cloning the document: it decodes, it touches the
 * document's two maps only, and holds texts, maps and plain values only. It makes nothing under a client id that is
 * another person's, and names nothing that is not there yet: a writer who did could make the other's next edits vanish.
 */
import * as Y from 'yjs';
import { ROOTS } from '../protocol/document.ts';

/** Levels of lists and objects in one value: nobody writes so many, and any page can still say them again. */
const DEEPEST = 200;

export type Inspection =
  /** `known`: the document has all of it already. `clients`: ids under which it makes something new. */
  | {
      readonly state: 'fine';
      readonly known: boolean;
      readonly clients: ReadonlySet<number>;
      readonly decoded: Decoded;
    }
  | { readonly state: 'refused'; readonly detail: string };

export type Decoded = ReturnType<typeof Y.decodeUpdate>;
/** How far a client's edits are taken in, those on their way into the document included. */
export type Extent = (client: number) => number;

export function inspectUpdate(doc: Y.Doc, update: Uint8Array): Inspection {
  let decoded: Decoded;
  try {
    decoded = Y.decodeUpdate(update);
  } catch {
    return { state: 'refused', detail: 'it cannot be decoded' };
  }
  if (!isWhole(decoded)) return { state: 'refused', detail: 'it counts nothing, or past all numbers' };
  const clients = new Set<number>();
  for (const struct of decoded.structs) {
    if (struct instanceof Y.Skip) continue;
    if (isNew(doc, struct)) clients.add(struct.id.client);
    const detail = struct instanceof Y.Item ? flawOf(struct) : undefined;
    if (detail) return { state: 'refused', detail };
  }
  return { state: 'fine', known: clients.size === 0 && knowsDeletions(doc, decoded.ds), clients, decoded };
}

/**
 * How far its own edits go, where it builds on and deletes only what is there by `taken` or comes with it; else undefined.
 * A page has everything before it writes, so that nobody honest sends anything else.
 */
export function extentOf({ structs, ds }: Decoded, taken: Extent): ReadonlyMap<number, number> | undefined {
  const made = new Map<number, number>();
  const reached = (client: number): number => made.get(client) ?? taken(client);
  for (const { id, length } of structs) {
    if (id.clock > reached(id.client)) return undefined;
    made.set(id.client, Math.max(reached(id.client), id.clock + length));
  }
  const isThere = (id: unknown): boolean => !(id instanceof Y.ID) || id.clock < reached(id.client);
  const stands = structs.every(
    (struct) =>
      struct instanceof Y.GC ||
      (struct instanceof Y.Item && isThere(struct.origin) && isThere(struct.rightOrigin) && isThere(struct.parent)),
  );
  const deletes = [...ds.clients].every(([client, spans]) =>
    spans.every(({ clock, len }) => clock + len <= reached(client)),
  );
  return stands && deletes ? made : undefined;
}

/**
 * Whether all that `update` makes under this client id waits in the document for what it builds on: whoever was sent such
 * structs has them waiting too, and passes them on when asked for what the document lacks.
 */
export function passesOn(doc: Y.Doc, update: Uint8Array, client: number): boolean {
  const { pendingStructs } = doc.store;
  if (!pendingStructs) return false;
  const waiting = new Set(Y.decodeUpdateV2(pendingStructs.update).structs.map(({ id }) => `${id.client} ${id.clock}`));
  return Y.decodeUpdate(update).structs.every(
    (struct) =>
      struct instanceof Y.Skip ||
      struct.id.client !== client ||
      !isNew(doc, struct) ||
      waiting.has(`${client} ${struct.id.clock}`),
  );
}

/**
 * Yjs takes in what makes or deletes nothing at some place, keeps what it cannot place yet, and then cannot say it again: nobody
 * would open the document any more.
 */
function isWhole({ structs, ds }: Decoded): boolean {
  const isSpan = (clock: number, length: number): boolean =>
    clock >= 0 && length >= 1 && Number.isSafeInteger(clock + length);
  return (
    structs.every(({ id, length }) => isSpan(id.clock, length)) &&
    [...ds.clients.values()].every((deletions) => deletions.every(({ clock, len }) => isSpan(clock, len)))
  );
}

const isNew = (doc: Y.Doc, struct: Y.Item | Y.GC): boolean =>
  struct.id.clock + struct.length > Y.getState(doc.store, struct.id.client);

function flawOf(item: Y.Item): string | undefined {
  const parent: unknown = item.parent;
  if (typeof parent === 'string') {
    if (!ROOTS.some((root) => root === parent)) return `it writes to "${parent.slice(0, 40)}"`;
    if (item.parentSub === null) return `it treats "${parent}" as a list`;
  }
  const { content } = item;
  if (content instanceof Y.ContentType) {
    return content.type instanceof Y.Map || content.type instanceof Y.Text
      ? undefined
      : 'it holds a type of no use here';
  }
  const plain =
    content instanceof Y.ContentString ||
    content instanceof Y.ContentAny ||
    content instanceof Y.ContentJSON ||
    content instanceof Y.ContentDeleted;
  if (!plain) return 'it holds content of no use here';
  const values: readonly unknown[] = 'arr' in content ? content.arr : [];
  return values.every((value) => isPlain(value)) ? undefined : 'it holds a value that cannot be said in JSON';
}

/** No bytes, no number that JSON has none for, and nothing inherited: that is not there for who opens the document later. */
function isPlain(value: unknown, depth = DEEPEST): boolean {
  if (typeof value === 'bigint' || depth === 0) return false;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.values(value).every((one) => isPlain(one, depth - 1));
}

function knowsDeletions(doc: Y.Doc, deletions: Decoded['ds']): boolean {
  for (const [client, ranges] of deletions.clients) {
    const structs = doc.store.clients.get(client);
    for (const { clock, len } of ranges) {
      if (!structs || clock + len > Y.getState(doc.store, client)) return false;
      for (
        let at = Y.findIndexSS(structs, clock);
        at < structs.length && structs[at]!.id.clock < clock + len;
        at += 1
      ) {
        if (!structs[at]!.deleted) return false;
      }
    }
  }
  return true;
}
