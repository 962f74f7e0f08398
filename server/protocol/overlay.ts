/** What a page shows to a visitor: of the paragraphs they ran themselves their own runs, of all others the notebook's. */
import type { ParagraphId } from './ids.ts';

type OfParagraph = { readonly paragraph: ParagraphId };

export function overlaid<T extends OfParagraph>(shared: readonly T[], own: readonly T[]): readonly T[] {
  const mine = new Set(own.map(({ paragraph }) => paragraph));
  return [...shared.filter(({ paragraph }) => !mine.has(paragraph)), ...own];
}
