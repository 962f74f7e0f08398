/**
 * How many elements are drawn for some markup. Those that refer to others (`<use>`, patterns, masks, markers, filters) draw
 * them again, and what those refer to again: two kilobytes can be half a billion shapes, and no script is needed for that.
 */

/** Honest output has what its 2 MB of text can name, some of it drawn a few times. */
export const MOST_DRAWN = 1_000_000;

/** What weighing needs of an element, so that it can be tested without a document. */
export type Weighed = {
  readonly id: string;
  readonly references: readonly string[];
  readonly children: readonly Weighed[];
};

/** Elements that are drawn in the end; a circle of references is drawn once, as browsers do. Never more than infinity. */
export function weigh(roots: readonly Weighed[]): number {
  const named = new Map<string, Weighed>();
  const all: Weighed[] = [];
  for (const queue = [...roots]; queue.length > 0; ) {
    const one = queue.pop();
    if (!one) break;
    all.push(one);
    if (one.id !== '' && !named.has(one.id)) named.set(one.id, one);
    for (const child of one.children) queue.push(child);
  }
  const weights = new Map<Weighed, number>();
  const open = new Set<Weighed>();
  const edges = (one: Weighed): readonly Weighed[] => [
    ...one.children,
    ...one.references.flatMap((id) => named.get(id) ?? []),
  ];
  // By a stack of its own: markup may be nested deeper than calls.
  const settle = (root: Weighed): number => {
    const stack = [root];
    for (let one = stack.at(-1); one; one = stack.at(-1)) {
      if (weights.has(one)) {
        stack.pop();
        continue;
      }
      const waiting = open.has(one) ? [] : edges(one).filter((next) => !weights.has(next) && !open.has(next));
      open.add(one);
      if (waiting.length > 0) {
        for (const next of waiting) stack.push(next);
        continue;
      }
      weights.set(
        one,
        edges(one).reduce((sum, next) => sum + (weights.get(next) ?? 0), 1),
      );
      open.delete(one);
      stack.pop();
    }
    return weights.get(root) ?? 0;
  };
  return roots.reduce((sum, root) => sum + settle(root), 0);
}

const HREF = ['href', 'xlink:href'];
const URLS = /url\(\s*["']?#([^"')]+)/g;

/** The weight of elements of a document; pictures of SVG within them are read, as deep as pictures stand in pictures. */
export function weightOf(roots: Iterable<Element>, read: (svg: string) => Document, depth = 0): number {
  let pictures = 0;
  const look = (element: Element): Weighed => {
    const { getAttributeNames, getAttribute } = Element.prototype;
    const references: string[] = [];
    for (const name of getAttributeNames.call(element)) {
      const value = getAttribute.call(element, name) ?? '';
      if (HREF.includes(name) && value.startsWith('#')) references.push(value.slice(1));
      for (const [, id] of value.matchAll(URLS)) if (id !== undefined) references.push(id);
      const svg = vectorOf(value);
      if (svg === undefined) continue;
      pictures += depth < DEEPEST ? weightOf(read(svg).children, read, depth + 1) : Number.POSITIVE_INFINITY;
    }
    return { id: getAttribute.call(element, 'id') ?? '', references, children: [...childrenOf(element)].map(look) };
  };
  return weigh([...roots].map(look)) + pictures;
}

/** A form may hide its children behind a name. */
const childrenOf = (element: Element): Iterable<Element> => {
  const own: unknown = Object.getOwnPropertyDescriptor(Element.prototype, 'children')?.get?.call(element);
  return own instanceof HTMLCollection ? own : [];
};

/** Deeper than any picture in a picture in a page. */
const DEEPEST = 3;
const VECTOR = /^\s*data:image\/svg\+xml([^,]*),(.*)$/is;

function vectorOf(value: string): string | undefined {
  const [, kind = '', data] = VECTOR.exec(value) ?? [];
  if (data === undefined) return undefined;
  try {
    if (!/;\s*base64/i.test(kind)) return decodeURIComponent(data);
    return new TextDecoder().decode(Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
