/** What the graph panel draws: the boxes of stores and paragraphs, and what leads where. Pure. */
import { type Graph, keyOfStore, type Store } from '../../server/protocol/graph/graph.ts';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { type Layout, layOut, type Way } from './layout.ts';

export type Drawn =
  | { readonly kind: 'store'; readonly id: string; readonly store: Store }
  | { readonly kind: 'paragraph'; readonly id: string; readonly paragraph: ParagraphId };

export type Drawing = { readonly parts: readonly Drawn[]; readonly layout: Layout };

/** Pixels of a letter at the panel's size, and of what stands around a label. */
const LETTER = 6.6;
const AROUND = { store: 20, paragraph: 34 } as const;
/** A longer label ends in an ellipsis. */
export const LONGEST_LABEL = 26;
const WIDE = /[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]/u;

/** Letters as wide as Latin ones; those of Korean and its neighbours take two. */
export function clip(text: string): { readonly text: string; readonly width: number } {
  let width = 0;
  let kept = '';
  for (const letter of text) {
    const more = WIDE.test(letter) ? 2 : 1;
    if (width + more > LONGEST_LABEL) return { text: `${kept}…`, width: width + 1 };
    width += more;
    kept += letter;
  }
  return { text: kept, width };
}

/** Paragraphs that share nothing with others are in the list alone. */
export function drawingOf(graph: Graph, labelOf: (id: ParagraphId) => string): Drawing {
  const written = new Set(graph.nodes.flatMap(({ writes }) => writes.map(keyOfStore)));
  const stores = new Map<string, Store>();
  const parts: Drawn[] = [];
  const ways: Way[] = [];
  for (const { id, reads, writes } of graph.nodes) {
    // How a session is set is drawn where somebody sets it.
    const from = reads.filter((store) => store.kind !== 'settings' || written.has(keyOfStore(store)));
    if (from.length + writes.length === 0) continue;
    parts.push({ kind: 'paragraph', id: `p ${id}`, paragraph: id });
    const made = new Set(writes.map(keyOfStore));
    for (const store of from) {
      stores.set(keyOfStore(store), store);
      // Who adds to a table is below what it was, and above what it is.
      if (!made.has(keyOfStore(store))) ways.push({ from: `s ${keyOfStore(store)}`, to: `p ${id}` });
    }
    for (const store of writes) {
      stores.set(keyOfStore(store), store);
      ways.push({ from: `p ${id}`, to: `s ${keyOfStore(store)}` });
    }
  }
  for (const [key, store] of stores) parts.push({ kind: 'store', id: `s ${key}`, store });
  const boxes = parts.map((part) => ({
    id: part.id,
    width: AROUND[part.kind] + LETTER * clip(part.kind === 'store' ? part.store.name : labelOf(part.paragraph)).width,
  }));
  return { parts, layout: layOut(boxes, ways) };
}
