/** Where one's own caret is in a paragraph, from what one's page tells the others. */
import * as Y from 'yjs';
import { sourceOf } from '../../server/protocol/document.ts';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import type { LiveNotebook } from '../live/contract.ts';

export function caretOf(live: Pick<LiveNotebook, 'doc' | 'awareness'>, id: ParagraphId): number | undefined {
  const state: unknown = live.awareness.getLocalState();
  if (typeof state !== 'object' || state === null) return undefined;
  const { paragraph, head } = state as Record<string, unknown>;
  if (paragraph !== id || typeof head !== 'string') return undefined;
  try {
    const bytes = Uint8Array.from(atob(head), (letter) => letter.charCodeAt(0));
    const place = Y.createAbsolutePositionFromRelativePosition(Y.decodeRelativePosition(bytes), live.doc);
    return place?.type === sourceOf(live.doc, id) ? place?.index : undefined;
  } catch {
    return undefined;
  }
}
