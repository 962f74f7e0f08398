/**
 * A document from its logged updates, and the check that a snapshot holds it. An update that throws may leave a document
 * half changed, so the load begins anew without it.
 */
import * as Y from 'yjs';

export type Loaded = { readonly doc: Y.Doc; readonly refused: readonly Uint8Array[] };

export function loadDocument(updates: readonly Uint8Array[]): Loaded {
  const refused: Uint8Array[] = [];
  for (;;) {
    const doc = new Y.Doc();
    // One transaction: half the time of one for each.
    const bad = doc.transact(() => updates.find((update) => !refused.includes(update) && !applies(doc, update)));
    if (!bad) return { doc, refused };
    refused.push(bad);
    doc.destroy();
  }
}

function applies(doc: Y.Doc, update: Uint8Array): boolean {
  try {
    Y.applyUpdate(doc, update);
    return true;
  } catch {
    return false;
  }
}

/** Whether `state` alone makes a document equal to `doc`: same structs, same deletions, same content. */
export function holdsDocument(state: Uint8Array, doc: Y.Doc): boolean {
  const copy = new Y.Doc();
  try {
    Y.applyUpdate(copy, state);
    for (const root of doc.share.keys()) copy.getMap(root);
    return sameBytes(Y.encodeSnapshot(Y.snapshot(copy)), Y.encodeSnapshot(Y.snapshot(doc))) && sameContent(copy, doc);
  } catch {
    return false;
  } finally {
    copy.destroy();
  }
}

const sameContent = (a: Y.Doc, b: Y.Doc): boolean =>
  [...b.share.keys()].every((root) => sorted(a.getMap(root).toJSON()) === sorted(b.getMap(root).toJSON()));

/** JSON whose keys are in order: maps of equal documents may be filled in different orders. */
const sorted = (json: unknown): string =>
  JSON.stringify(json, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

export function copyDocument(doc: Y.Doc, client: number): Y.Doc {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  copy.clientID = client;
  return copy;
}
