/**
 * What paragraphs read, leave, and need of each other: the graph that server and page share. Stores (tables, files,
 * variables, forms) are its vertices, paragraphs lead from those that they read to those that they write. `needs` is what
 * follows from it: whose work a paragraph stands on.
 */
import type { ParagraphId } from '../ids.ts';

/** `settings`: what a session has beside tables and variables: a search path, macros, attached databases. */
export type StoreKind = 'table' | 'file' | 'variable' | 'form' | 'settings';
export type Store = { readonly kind: StoreKind; readonly name: string };

export type Need = { readonly paragraph: ParagraphId; readonly store: Store };

export type GraphNode = {
  readonly id: ParagraphId;
  readonly reads: readonly Store[];
  readonly writes: readonly Store[];
  /** Of each paragraph and store once, in notebook order. */
  readonly needs: readonly Need[];
  /** Its program understood it; else its words were looked at, and it may read less than this. */
  readonly sure: boolean;
  /** Why it may give something else when nothing of this changed. */
  readonly varies?: string;
};

export type Clash = {
  readonly store: Store;
  /** In notebook order. */
  readonly paragraphs: readonly ParagraphId[];
};

export type Graph = {
  /** In notebook order; prose is there where it uses forms. */
  readonly nodes: readonly GraphNode[];
  /** Tables that more than one paragraph makes anew, or gives its name. */
  readonly clashes: readonly Clash[];
  /** Paragraphs that need each other, each set once. */
  readonly cycles: readonly (readonly ParagraphId[])[];
  /** All texts were read by their programs. */
  readonly whole: boolean;
};

export const emptyGraph: Graph = { nodes: [], clashes: [], cycles: [], whole: true };

export const keyOfStore = ({ kind, name }: Store): string => `${kind} ${kind === 'table' ? foldName(name) : name}`;

/** Names of tables fold case, as in the engine. */
export const foldName = (name: string): string => name.normalize('NFC').toLowerCase();

/**
 * Sets of nodes that reach each other by `needs` (Tarjan 1972), without recursion: a notebook may be a chain of thousands.
 */
export function cyclesOf(nodes: readonly Pick<GraphNode, 'id' | 'needs'>[]): readonly (readonly ParagraphId[])[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const index = new Map<ParagraphId, number>();
  const low = new Map<ParagraphId, number>();
  const open: ParagraphId[] = [];
  const isOpen = new Set<ParagraphId>();
  const cycles: ParagraphId[][] = [];
  for (const { id: root } of nodes) {
    if (index.has(root)) continue;
    const work: { readonly id: ParagraphId; next: number }[] = [{ id: root, next: 0 }];
    for (let frame = work.at(-1); frame; frame = work.at(-1)) {
      const { id } = frame;
      if (frame.next === 0) {
        index.set(id, index.size);
        low.set(id, index.get(id)!);
        open.push(id);
        isOpen.add(id);
      }
      const need = byId.get(id)?.needs[frame.next];
      frame.next += 1;
      if (need) {
        const to = need.paragraph;
        if (!byId.has(to)) continue;
        if (!index.has(to)) work.push({ id: to, next: 0 });
        else if (isOpen.has(to)) low.set(id, Math.min(low.get(id)!, index.get(to)!));
        continue;
      }
      work.pop();
      const parent = work.at(-1);
      if (parent) low.set(parent.id, Math.min(low.get(parent.id)!, low.get(id)!));
      if (low.get(id) !== index.get(id)) continue;
      const members = open.splice(open.indexOf(id));
      for (const member of members) isOpen.delete(member);
      const loops = byId.get(id)?.needs.some(({ paragraph }) => paragraph === id);
      if (members.length > 1 || loops) cycles.push(members);
    }
  }
  const place = new Map(nodes.map(({ id }, at) => [id, at]));
  return cycles.map((members) => members.toSorted((a, b) => place.get(a)! - place.get(b)!));
}
