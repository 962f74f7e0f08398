import * as Y from 'yjs';
import { metaOf, paragraphsOf } from '../protocol/document.ts';

/** Gathers which paragraphs each applied update changed; `take` gives them and begins anew. */
export function watchChanges(doc: Y.Doc): { take(): { readonly touched: boolean; readonly paragraphs: Set<string> } } {
  let paragraphs = new Set<string>();
  let touched = false;
  paragraphsOf(doc).observeDeep((events) => {
    touched = true;
    for (const event of events) {
      const [id] = event.path;
      if (typeof id === 'string') paragraphs.add(id);
      else if (event instanceof Y.YMapEvent) for (const key of event.keysChanged) paragraphs.add(String(key));
    }
  });
  metaOf(doc).observeDeep(() => {
    touched = true;
  });
  return {
    take: () => {
      const taken = { touched, paragraphs };
      touched = false;
      paragraphs = new Set();
      return taken;
    },
  };
}
