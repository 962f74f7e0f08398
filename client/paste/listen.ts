/** Takes what is pasted into an empty paragraph where it may be a table, before an editor does. */
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { sectionOf } from '../notebook/place.ts';
import { mayBeTable } from './looks.ts';
import type { Clipped } from './table.ts';

export type Listening = {
  readonly page: Window;
  readonly at: () => ParagraphId | undefined;
  readonly writable: () => boolean;
  readonly isEmpty: (id: ParagraphId) => boolean;
  readonly onPasted: (id: ParagraphId, clipped: Clipped) => unknown;
};

/** Returns the release. */
export function listenToPaste(on: Listening): () => void {
  const { page } = on;
  const paste = (event: ClipboardEvent): void => {
    const at = on.at();
    if (!at || !event.clipboardData || !on.writable() || !on.isEmpty(at) || !isInside(event.target, at)) return;
    const html = event.clipboardData.getData('text/html');
    const text = event.clipboardData.getData('text/plain');
    if (!mayBeTable(html, text)) return;
    event.preventDefault();
    event.stopPropagation();
    void on.onPasted(at, { html, text });
  };
  /** Its editor, or the page itself while the paragraph is chosen; not the field of its name, nor a dialog's. */
  const isInside = (target: EventTarget | null, at: ParagraphId): boolean => {
    const section = sectionOf(page.document, at);
    if (target === page.document.body || target === section) return true;
    return target instanceof Element && section?.contains(target) === true && target.closest('.source') !== null;
  };
  page.addEventListener('paste', paste, true);
  return () => page.removeEventListener('paste', paste, true);
}
