/** Marks what was found by the browser's own highlights: no element is touched, so editors and prose are not disturbed. */
import { type Finder, rangesIn } from './find.ts';

/** Of what is drawn, that which people wrote: never what a run shows. */
const PLACES = '.code, .prose, .text-source, .content';

export function mark(find: Finder, current: { readonly paragraph: string; readonly nth: number } | undefined): void {
  if (typeof CSS === 'undefined' || !('highlights' in CSS)) return;
  unmark();
  const all: Range[] = [];
  let here: Range | undefined;
  for (const section of document.querySelectorAll<HTMLElement>('[data-paragraph]')) {
    const places = [...section.querySelectorAll(PLACES)].filter(
      (one) => !one.matches('.content') || section.matches('.prose'),
    );
    const root = places[0];
    if (!root) continue;
    const ranges = rangesIn(root, find);
    all.push(...ranges);
    if (current && section.dataset.paragraph === current.paragraph)
      here = ranges[Math.min(current.nth, ranges.length - 1)];
  }
  CSS.highlights.set('find', new Highlight(...all));
  if (!here) return;
  const highlight = new Highlight(here);
  highlight.priority = 1;
  CSS.highlights.set('find-current', highlight);
}

export function unmark(): void {
  if (typeof CSS === 'undefined' || !('highlights' in CSS)) return;
  CSS.highlights.delete('find');
  CSS.highlights.delete('find-current');
}
