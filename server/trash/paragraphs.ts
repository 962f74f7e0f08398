/** Deleted paragraphs stay in the document for 30 days, so that what a colleague types there is kept; then they go. */
import type * as Y from 'yjs';
import { paragraphsOf, readParagraphs } from '../protocol/document.ts';
import type { ParagraphId } from '../protocol/ids.ts';
import type { Who } from '../protocol/runs.ts';
import type { Room } from '../rooms/contract.ts';

export const KEEP_DELETED_MS = 30 * 24 * 60 * 60 * 1000;

/** Those whose time is over. One that does not say when it was deleted stays. */
export const expiredParagraphs = (doc: Y.Doc, now: number): readonly ParagraphId[] =>
  readParagraphs(doc).deleted.flatMap(({ id, deleted }) =>
    deleted && deleted.at > 0 && now - deleted.at > KEEP_DELETED_MS ? [id] : [],
  );

/** To be called while nobody is in the room. */
export async function purgeParagraphs(
  room: Pick<Room, 'doc' | 'peers' | 'readOnly' | 'transact'>,
  who: Who,
  now: number,
): Promise<void> {
  if (room.peers > 0 || room.readOnly !== undefined) return;
  if (expiredParagraphs(room.doc, now).length === 0) return;
  await room.transact(who, (doc) => {
    const paragraphs = paragraphsOf(doc);
    for (const id of expiredParagraphs(doc, now)) paragraphs.delete(id);
  });
}
