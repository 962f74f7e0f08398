/**
 * Find over the whole notebook: in the texts, not in what happens to be drawn. What is looked for becomes one function
 * from a text to places (`finderOf`), which serves the texts, the marks on what is drawn, and replacing.
 */
import type { ParagraphId } from '../../server/protocol/ids.ts';

export type Sought = {
  readonly text: string;
  /** Capitals count. */
  readonly cased: boolean;
  /** Only where it stands as a word of its own. */
  readonly whole: boolean;
  /** `text` is a regular expression. */
  readonly pattern: boolean;
};

export type Place = { readonly offset: number; readonly length: number; readonly caught?: Caught };
/** Of a pattern: what its groups caught, the whole first. */
export type Caught = {
  readonly groups: readonly (string | undefined)[];
  readonly named: Readonly<Record<string, string | undefined>>;
};
export type Match = Place & { readonly paragraph: ParagraphId; readonly nth: number };
export type Finder = (text: string) => Iterable<Place>;
export type Texts = Iterable<{ readonly id: ParagraphId; readonly source: string }>;

/** More than anyone steps through; keeps a search for `e` in a large notebook quick. */
export const MOST_MATCHES = 5000;

export const plainly = (text: string): Sought => ({ text, cased: false, whole: false, pattern: false });

/** What is wrong with a pattern, in the browser's words. */
export function finderOf(sought: Sought): Finder | { readonly wrong: string } {
  if (sought.text === '') return () => [];
  if (!sought.pattern) return (text) => literals(text, sought);
  try {
    const pattern = new RegExp(sought.text, `gmu${sought.cased ? '' : 'i'}`);
    return (text) => patterns(text, pattern, sought.whole);
  } catch (error) {
    return {
      wrong: error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : String(error),
    };
  }
}

export function findMatches(texts: Texts, find: Finder): readonly Match[] {
  const matches: Match[] = [];
  for (const { id, source } of texts) {
    let nth = 0;
    for (const place of find(source)) {
      matches.push({ ...place, paragraph: id, nth });
      nth += 1;
      if (matches.length === MOST_MATCHES) return matches;
    }
  }
  return matches;
}

function* literals(text: string, { text: sought, cased, whole }: Sought): Iterable<Place> {
  const [within, wanted] = cased ? [spaced(text), spaced(sought)] : [fold(text), fold(sought)];
  let at = within.indexOf(wanted);
  while (at >= 0) {
    const isIt = !whole || isWord(text, at, wanted.length);
    if (isIt) yield { offset: at, length: wanted.length };
    at = within.indexOf(wanted, at + (isIt ? wanted.length : 1));
  }
}

/** A place of no length is none: there is nothing to mark, and nothing to replace. */
function* patterns(text: string, pattern: RegExp, whole: boolean): Iterable<Place> {
  for (const parts of text.matchAll(pattern)) {
    const caught = { groups: [...parts], named: { ...parts.groups } };
    const place = { offset: parts.index, length: parts[0].length, caught };
    if (place.length > 0 && (!whole || isWord(text, place.offset, place.length))) yield place;
  }
}

const LETTER = /[\p{L}\p{N}\p{M}_]/u;

function isWord(text: string, at: number, length: number): boolean {
  const before = [...text.slice(Math.max(0, at - 2), at)].at(-1) ?? '';
  const after = String.fromCodePoint(text.codePointAt(at + length) ?? 32);
  return !LETTER.test(before) && !LETTER.test(after);
}

/** Case folds where that keeps the length, so that offsets stay those of the text. */
function fold(text: string): string {
  const lower = text.toLowerCase();
  return spaced(lower.length === text.length ? lower : text);
}

const spaced = (text: string): string => text.replaceAll('\u00a0', ' ');

/** Where it stands in what is drawn of an element: as ranges for the highlighter. */
export function rangesIn(root: Element, find: Finder): Range[] {
  const walker = root.ownerDocument.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes: { node: Text; start: number }[] = [];
  let text = '';
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!(node instanceof Text) || node.parentElement?.closest('textarea, script, style, .katex-mathml')) continue;
    nodes.push({ node, start: text.length });
    text += node.data;
  }
  const ranges: Range[] = [];
  for (const { offset, length } of find(text)) {
    const range = root.ownerDocument.createRange();
    const [from, to] = [placeOf(nodes, offset), placeOf(nodes, offset + length - 1)];
    if (!from || !to) continue;
    range.setStart(from.node, offset - from.start);
    range.setEnd(to.node, offset + length - to.start);
    ranges.push(range);
    if (ranges.length === MOST_MATCHES) break;
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
