/**
 * Replacing what was found: which stretches of which texts become what (pure), and that done as one step that one undo
 * takes back. Only texts that people write are ever touched; what machines made is in no text.
 */
import { sourceOf } from '../../server/protocol/document.ts';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import type { LiveNotebook } from '../live/contract.ts';
import type { Match } from './find.ts';

export type Splice = { readonly offset: number; readonly length: number; readonly text: string };

/** In a pattern's replacement `$&` is what was found, `$1` and `$<name>` its groups, `$$` a dollar; else it is plain text. */
export function replacementOf({ caught }: Match, written: string): string {
  if (!caught) return written;
  const { groups, named } = caught;
  return written.replace(/\$(?:([$&])|(\d{1,2})|<([^>]+)>)/g, (all, sign, number, name) => {
    if (sign !== undefined) return sign === '$' ? '$' : (groups[0] ?? '');
    if (name !== undefined) return name in named ? (named[name] ?? '') : all;
    const digits = String(number);
    const isGroup = (index: number): boolean => index > 0 && index < groups.length;
    if (isGroup(Number(digits))) return groups[Number(digits)] ?? '';
    // `$12` is the first group and a 2 where there are fewer than twelve.
    const first = Number(digits[0]);
    return digits.length === 2 && isGroup(first) ? `${groups[first] ?? ''}${digits[1]}` : all;
  });
}

/** By paragraph, each from its end to its start, so that no place moves before its turn. */
export function splicesOf(matches: readonly Match[], written: string): ReadonlyMap<ParagraphId, readonly Splice[]> {
  const splices = new Map<ParagraphId, Splice[]>();
  for (const match of matches) {
    const list = splices.get(match.paragraph) ?? [];
    list.unshift({ offset: match.offset, length: match.length, text: replacementOf(match, written) });
    splices.set(match.paragraph, list);
  }
  return splices;
}

/** Returns what takes it back, which says whether it still could: not once something else was done. */
export function replaceAll(
  live: Pick<LiveNotebook, 'doc' | 'origin' | 'undo'>,
  matches: readonly Match[],
  written: string,
): () => boolean {
  const { doc, origin, undo } = live;
  undo.stopCapturing();
  doc.transact(() => {
    for (const [id, splices] of splicesOf(standing(doc, matches), written)) {
      const source = sourceOf(doc, id);
      for (const { offset, length, text } of splices) {
        source?.delete(offset, length);
        source?.insert(offset, text);
      }
    }
  }, origin);
  undo.stopCapturing();
  const done = undo.undoStack.at(-1);
  return () => {
    if (done === undefined || undo.undoStack.at(-1) !== done) return false;
    undo.undo();
    return true;
  };
}

/** A pattern is looked for aside: what a colleague changed meanwhile is left as it is. */
function standing(doc: LiveNotebook['doc'], matches: readonly Match[]): readonly Match[] {
  const texts = new Map<ParagraphId, string>();
  return matches.filter(({ paragraph, offset, length, caught }) => {
    const text = texts.get(paragraph) ?? sourceOf(doc, paragraph)?.toString() ?? '';
    texts.set(paragraph, text);
    return caught === undefined || text.slice(offset, offset + length) === caught.groups[0];
  });
}

/** The first match at or behind a place, in the order of the page; the first of all where none is. */
export function matchFrom(
  matches: readonly Match[],
  order: readonly ParagraphId[],
  paragraph: ParagraphId,
  offset: number,
): number {
  const rank = new Map(order.map((id, index) => [id, index]));
  const here = rank.get(paragraph) ?? 0;
  const found = matches.findIndex((match) => {
    const there = rank.get(match.paragraph) ?? 0;
    return there > here || (there === here && match.offset >= offset);
  });
  return Math.max(0, found);
}

/** A line of the preview: what stands around the match, and the two texts. */
export type Preview = { readonly before: string; readonly old: string; readonly fresh: string; readonly after: string };

/** Characters shown around. */
const AROUND = 32;

export function previewOf(source: string, match: Match, written: string): Preview {
  const { offset, length } = match;
  const start = Math.max(source.lastIndexOf('\n', offset - 1) + 1, offset - AROUND);
  const lineEnd = source.indexOf('\n', offset + length);
  const end = Math.min(lineEnd < 0 ? source.length : lineEnd, offset + length + AROUND);
  return {
    before: source.slice(start, offset).toWellFormed(),
    old: source.slice(offset, offset + length),
    fresh: replacementOf(match, written),
    after: source.slice(offset + length, end).toWellFormed(),
  };
}
