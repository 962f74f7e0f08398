/**
 * Tells paragraphs that they are (or were) near the viewport. A thousand paragraphs start as empty boxes of a guessed
 * height; what comes near is filled, and stays. One observer serves all.
 */
const AHEAD = '1500px 0px';

export type Near = { watch(element: Element, onNear: () => void): () => void; close(): void };

export function openNear(): Near {
  if (typeof IntersectionObserver === 'undefined') return everythingIsNear;
  const waiting = new Map<Element, () => void>();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        const onNear = waiting.get(entry.target);
        waiting.delete(entry.target);
        observer.unobserve(entry.target);
        onNear?.();
      }
    },
    { rootMargin: AHEAD },
  );
  return {
    watch(element, onNear) {
      waiting.set(element, onNear);
      observer.observe(element);
      return () => {
        waiting.delete(element);
        observer.unobserve(element);
      };
    },
    close: () => observer.disconnect(),
  };
}

const everythingIsNear: Near = {
  watch(_element, onNear) {
    onNear();
    return () => {};
  },
  close() {},
};

/** Heights in px: near enough that the scroll bar tells the truth; real ones follow when a paragraph is filled. */
export function guessHeight(source: string, prose: boolean, output: boolean): number {
  if (!prose) return 46 + 21 * countLines(source) + (output ? 300 : 0) + 36;
  let height = 30;
  for (const line of source.split('\n')) height += line === '' ? 8 : 24 * Math.ceil(line.length / 80);
  return height;
}

function countLines(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
