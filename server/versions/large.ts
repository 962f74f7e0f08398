/** Whether a change from outside is one that people may want to take back: pure. */
import { diffText } from '../protocol/diff.ts';
import type { Comparison } from '../protocol/versions/compare.ts';

/** Paragraphs that changed or went; fewer can be put back by hand. */
const LARGE_PARAGRAPHS = 5;
/** Characters that went: about a screen. */
const LARGE_CHARACTERS = 2_000;

export function isLarge({ pairs }: Comparison): boolean {
  let paragraphs = 0;
  let characters = 0;
  for (const pair of pairs) {
    if (pair.kind === 'deleted') characters += pair.old.source.length;
    else if (pair.kind === 'changed') {
      for (const { from, to } of diffText(pair.old.source, pair.now.source)) characters += to - from;
    } else continue;
    paragraphs += 1;
    if (paragraphs >= LARGE_PARAGRAPHS || characters >= LARGE_CHARACTERS) return true;
  }
  return false;
}
