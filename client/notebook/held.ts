/**
 * A paragraph that somebody else deletes while one writes in it stays in its place, and says so. "While" is: the caret is
 * there, or one typed there within the last minute.
 */
import type * as Y from 'yjs';
import { paragraphsOf } from '../../server/protocol/document.ts';
import { type ParagraphId, parseId } from '../../server/protocol/ids.ts';
import type { LiveNotebook } from '../live/contract.ts';
import type { Focus } from './focus.ts';

const RECENT_MS = 60_000;

export type Writing = {
  /** Whether one writes in it: asked by the document before it takes a deleted paragraph out. */
  isMine(id: ParagraphId): boolean;
  close(): void;
};

export function watchWriting(on: {
  readonly live: Pick<LiveNotebook, 'doc'>;
  readonly focus: () => Focus;
  readonly now: () => number;
}): Writing {
  const root = paragraphsOf(on.live.doc);
  const typed = new Map<ParagraphId, number>();
  const onEvents = (events: Y.YEvent<Y.AbstractType<unknown>>[], transaction: Y.Transaction): void => {
    if (!transaction.local) return;
    for (const event of events) {
      const id = parseId<ParagraphId>(event.path[0]);
      if (id && event.path.length === 2) typed.set(id, on.now());
    }
  };
  root.observeDeep(onEvents);
  return {
    isMine(id) {
      const focus = on.focus();
      if (focus.mode === 'edit' && focus.at === id) return true;
      return on.now() - (typed.get(id) ?? Number.NEGATIVE_INFINITY) < RECENT_MS;
    },
    close: () => root.unobserveDeep(onEvents),
  };
}
