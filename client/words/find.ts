/** Strings of finding and replacing. */
import { counted, figure } from './numbers.ts';

export const findWords = {
  label: 'Find in this notebook',
  count: (at: number, of: number) => `${at} of ${figure(of)}`,
  none: 'No matches',
  wrong: 'No such pattern',
  slow: 'This pattern takes too long',
  next: 'Next match',
  previous: 'Previous match',
  many: (of: number) => `the first ${figure(of)}`,
  cased: 'Match case',
  whole: 'Whole words',
  pattern: 'Regular expression',
  replacing: 'Replace in this notebook',
  with: 'Replace with',
  patternHint: '$1 is the first group, $& the whole match',
  one: 'Replace',
  all: 'Replace all',
  preview: 'What would change',
  places: (n: number, paragraphs: number) =>
    `${counted(n, 'place', 'places')} in ${counted(paragraphs, 'paragraph', 'paragraphs')}`,
  more: (n: number) => `and ${figure(n)} more`,
  done: (n: number, paragraphs: number) =>
    `Replaced ${counted(n, 'place', 'places')} in ${counted(paragraphs, 'paragraph', 'paragraphs')}`,
  rest: (n: number) => `The first ${figure(n)}; replace again for the rest.`,
  tooLate: 'You have written since; Ctrl/⌘+Z goes back step by step',
} as const;
