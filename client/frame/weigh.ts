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
  for (const queue = [...roots]; queue.length > 0; ) {
    const one = queue.pop();
    if (!one) break;
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
      const isBack = open.has(one);
      // Before its edges are looked at: one may refer to itself.
      open.add(one);
      const waiting = isBack ? [] : edges(one).filter((next) => !weights.has(next) && !open.has(next));
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
const URLS = /url\(\s*["']?#([^"')]+)/gi;

/**
 * The weight of elements of a document; pictures of SVG within them are read, as deep as pictures stand in pictures. What a
 * style sheet refers to may be drawn for any of them: it counts for each.
 */
export function weightOf(roots: Iterable<Element>, read: (svg: string) => Document, depth = 0): number {
  const all = [...roots];
  const { querySelectorAll } = Element.prototype;
  const sheets = all.flatMap((root) => [...querySelectorAll.call(root, 'style')]);
  const styled = [...new Set(sheets.flatMap((sheet) => referencesIn(sheet.textContent ?? '')))];
  const count = styled.length === 0 ? 0 : all.reduce((sum, root) => sum + querySelectorAll.call(root, '*').length, 0);
  if (count * styled.length > MOST_DRAWN) return Number.POSITIVE_INFINITY;
  let pictures = 0;
  const look = (element: Element): Weighed => {
    const { getAttributeNames, getAttribute } = Element.prototype;
    const references: string[] = [...styled];
    for (const name of getAttributeNames.call(element)) {
      const value = getAttribute.call(element, name) ?? '';
      if (HREF.includes(name) && value.startsWith('#')) references.push(value.slice(1));
      references.push(...referencesIn(value));
      const svg = vectorOf(value);
      if (svg === undefined) continue;
      pictures += depth < DEEPEST ? weightOf(read(svg).children, read, depth + 1) : Number.POSITIVE_INFINITY;
    }
    return { id: getAttribute.call(element, 'id') ?? '', references, children: [...childrenOf(element)].map(look) };
  };
  return weigh(all.map(look)) + pictures;
}

const referencesIn = (css: string): readonly string[] =>
  [...unescaped(css).matchAll(URLS)].flatMap(([, id]) => (id === undefined ? [] : [id]));

/** CSS may spell any letter by its number. */
const unescaped = (css: string): string =>
  css.replace(/\\(?:([\da-f]{1,6})\s?|([\s\S]))/gi, (_all, code: string | undefined, letter: string | undefined) => {
    if (code === undefined) return letter ?? '';
    const number = Number.parseInt(code, 16);
    return number <= 0x10ffff ? String.fromCodePoint(number) : '';
  });

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
