/**
 * Tells paragraphs that they are (or were) near the viewport. A thousand paragraphs start as empty boxes of a guessed
 * height; what comes near, or is gone to, is filled, and stays. One observer serves all.
 */
import type { ParagraphId } from '../../server/protocol/ids.ts';

const AHEAD = '1500px 0px';

export type Near = {
  /** Calls `onNear` once; returns the release. */
  watch(id: ParagraphId, element: Element, onNear: () => void): () => void;
  /** Somebody goes there: it is filled at once. */
  bring(id: ParagraphId): void;
  close(): void;
};

export function openNear(): Near {
  const waiting = new Map<ParagraphId, { readonly element: Element; readonly onNear: () => void }>();
  const ids = new WeakMap<Element, ParagraphId>();
  const observer =
    typeof IntersectionObserver === 'undefined'
      ? undefined
      : new IntersectionObserver(
          (entries) => {
            for (const entry of entries) {
              const id = ids.get(entry.target);
              if (entry.isIntersecting && id) bring(id);
            }
          },
          { rootMargin: AHEAD },
        );
  const forget = (id: ParagraphId): void => {
    const one = waiting.get(id);
    if (!one) return;
    waiting.delete(id);
    observer?.unobserve(one.element);
  };
  const bring = (id: ParagraphId): void => {
    const one = waiting.get(id);
    forget(id);
    one?.onNear();
  };
  return {
    watch(id, element, onNear) {
      waiting.set(id, { element, onNear });
      ids.set(element, id);
      if (observer) observer.observe(element);
      else bring(id);
      return () => forget(id);
    },
    bring,
    close: () => observer?.disconnect(),
  };
}

/** Heights in px: near enough that the scroll bar tells the truth; real ones follow when a paragraph is filled. */
export function guessHeight(source: string, prose: boolean): number {
  if (!prose) return 82 + 21 * countLines(source);
  let height = 30;
  for (const line of source.split('\n')) height += line === '' ? 8 : 24 * Math.ceil(line.length / 80);
  return height;
}

function countLines(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
