/**
 * A paragraph that somebody else deletes while one writes in it stays in its place, and says so. "While" is: the caret is
 * there, or one typed there within the last minute.
 */
import { createEffect } from 'solid-js';
import * as Y from 'yjs';
import { paragraphsOf } from '../../server/protocol/document.ts';
import { type ParagraphId, parseId } from '../../server/protocol/ids.ts';
import type { LiveNotebook } from '../live/contract.ts';
import type { DocumentView } from './document.ts';
import type { FocusView } from './focus.ts';

const RECENT_MS = 60_000;

export function holdDeleted(on: {
  readonly live: Pick<LiveNotebook, 'doc'>;
  readonly document: DocumentView;
  readonly focus: FocusView;
  readonly now: () => number;
}): () => void {
  const root = paragraphsOf(on.live.doc);
  const typed = new Map<ParagraphId, number>();
  let editing: ParagraphId | undefined;
  createEffect(() => {
    const now = on.focus.focus();
    editing = now.mode === 'edit' ? now.at : undefined;
  });
  const onEvents = (events: Y.YEvent<Y.AbstractType<unknown>>[], transaction: Y.Transaction): void => {
    for (const event of events) {
      const id = parseId<ParagraphId>(event.path[0]);
      if (!id) continue;
      if (transaction.local && event.path.length === 2) typed.set(id, on.now());
      else if (!transaction.local && event instanceof Y.YMapEvent && event.keysChanged.has('deleted')) {
        const mine = editing === id || on.now() - (typed.get(id) ?? Number.NEGATIVE_INFINITY) < RECENT_MS;
        if (event.target.get('deleted') === undefined) on.document.letGo(id);
        else if (mine) on.document.hold(id);
      }
    }
  };
  // Before the document's own observer has taken it out of the order, so that nothing flickers.
  root.observeDeep(onEvents);
  return () => root.unobserveDeep(onEvents);
}
