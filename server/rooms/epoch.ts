/**
 * When a document begins another epoch, and how. Both happen as it is opened, before anybody sees it, and are durable
 * before it is handed out:
 *
 * - it is a copy out of a backup: whoever had the original may hold edits that are in its file's text but not in its
 *   history, and merging those would double them. The state stays, under another name.
 * - its history outweighs it and nobody was here for a month: the state is made anew from what it says. What was deleted
 *   for as long is purged with it.
 *
 * Clients of the epoch before are never merged; they keep their unsent text as a draft.
 */
import * as Y from 'yjs';
import { paragraphsOf, ROOTS, readParagraphs } from '../protocol/document.ts';
import { type Epoch, newId } from '../protocol/ids.ts';
import { holdsDocument, loadDocument } from './load.ts';
import type { NotebookStore } from './store.ts';

/** A state below this loads in a moment, whatever it consists of. */
const HEAVY_BYTES = 4 * 1024 * 1024;
/** So much of it at least must be history before that is worth a draft to whoever comes back after a month. */
const HEAVY_FACTOR = 4;
const AWAY_MS = 30 * 24 * 60 * 60 * 1000;

/** The updates that the document is to be loaded from. Rejects with DiskError. */
export async function renewIfDue(
  store: NotebookStore,
  updates: readonly Uint8Array[],
  now: number,
): Promise<readonly Uint8Array[]> {
  if (store.newer !== undefined) return updates;
  const isAway = store.seen !== undefined && now - store.seen > AWAY_MS;
  const bytes = updates.reduce((sum, update) => sum + update.length, 0);
  if (!store.copied && !(isAway && bytes > HEAVY_BYTES)) return updates;
  const { doc } = loadDocument(updates);
  if (store.copied) return renew(store, doc);
  const state = Y.encodeStateAsUpdate(doc).length;
  if (state <= HEAVY_BYTES || state <= HEAVY_FACTOR * textBytes(doc)) return updates;
  return renew(store, withoutHistory(doc, now - AWAY_MS));
}

async function renew(store: NotebookStore, doc: Y.Doc): Promise<readonly Uint8Array[]> {
  const state = Y.encodeStateAsUpdate(doc);
  await store.compact(
    async () => state,
    (read) => holdsDocument(read, doc),
    { next: newId<Epoch>() },
  );
  return [state];
}

/** What people wrote, deleted paragraphs included: those can be restored. */
function textBytes(doc: Y.Doc): number {
  const { paragraphs, deleted } = readParagraphs(doc);
  return [...paragraphs, ...deleted].reduce((sum, { source }) => sum + Buffer.byteLength(source), 0);
}

/** The same content in a document that never was anything else. */
function withoutHistory(doc: Y.Doc, deletedBefore: number): Y.Doc {
  const { deleted } = readParagraphs(doc);
  const purged = new Set<string>(deleted.filter((one) => (one.deleted?.at ?? 0) < deletedBefore).map(({ id }) => id));
  const fresh = new Y.Doc();
  fresh.transact(() => {
    for (const root of ROOTS) {
      const map = fresh.getMap(root);
      const isPurged = (key: string): boolean => doc.getMap(root) === paragraphsOf(doc) && purged.has(key);
      for (const [key, value] of doc.getMap<unknown>(root)) {
        if (!isPurged(key)) map.set(key, value instanceof Y.AbstractType ? value.clone() : value);
      }
    }
  });
  return fresh;
}
