/** Find over the whole notebook: in the texts, not in what happens to be drawn. */
import type { ParagraphId } from '../../server/protocol/ids.ts';

export type Match = { readonly paragraph: ParagraphId; readonly offset: number; readonly nth: number };

/** More than anyone steps through; keeps a search for `e` in a large notebook quick. */
export const MOST_MATCHES = 5000;

export function findMatches(
  texts: Iterable<{ readonly id: ParagraphId; readonly source: string }>,
  query: string,
): readonly Match[] {
  const wanted = fold(query);
  if (wanted === '') return [];
  const matches: Match[] = [];
  for (const { id, source } of texts) {
    const text = fold(source);
    let nth = 0;
    for (let offset = text.indexOf(wanted); offset >= 0; offset = text.indexOf(wanted, offset + wanted.length)) {
      matches.push({ paragraph: id, offset, nth });
      nth += 1;
      if (matches.length === MOST_MATCHES) return matches;
    }
  }
  return matches;
}

/** Case folds where that keeps the length, so that offsets stay those of the text. */
function fold(text: string): string {
  const lower = text.toLowerCase();
  return (lower.length === text.length ? lower : text).replaceAll('\u00a0', ' ');
}

/** Where `query` stands in what is drawn of an element: as ranges for the highlighter. */
export function rangesIn(root: Element, query: string): Range[] {
  const wanted = fold(query);
  if (wanted === '') return [];
  const walker = root.ownerDocument.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes: { node: Text; start: number }[] = [];
  let text = '';
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!(node instanceof Text) || node.parentElement?.closest('textarea, script, style, .katex-mathml')) continue;
    nodes.push({ node, start: text.length });
    text += node.data;
  }
  const folded = fold(text);
  const ranges: Range[] = [];
  for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + wanted.length)) {
    const range = root.ownerDocument.createRange();
    const [from, to] = [placeOf(nodes, at), placeOf(nodes, at + wanted.length - 1)];
    if (!from || !to) continue;
    range.setStart(from.node, at - from.start);
    range.setEnd(to.node, at + wanted.length - to.start);
    ranges.push(range);
  }
  return ranges;
}

function placeOf(
  nodes: readonly { node: Text; start: number }[],
  at: number,
): { node: Text; start: number } | undefined {
  let low = 0;
  let high = nodes.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (nodes[middle]!.start <= at) low = middle;
    else high = middle - 1;
  }
  return nodes[low];
}
