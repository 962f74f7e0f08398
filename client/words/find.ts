/** Strings of finding and replacing. */
const figure = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
const count = (n: number, one: string, many: string): string => `${figure(n)} ${n === 1 ? one : many}`;

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
    `${count(n, 'place', 'places')} in ${count(paragraphs, 'paragraph', 'paragraphs')}`,
  more: (n: number) => `and ${figure(n)} more`,
  done: (n: number, paragraphs: number) =>
    `Replaced ${count(n, 'place', 'places')} in ${count(paragraphs, 'paragraph', 'paragraphs')}`,
  rest: (n: number) => `The first ${figure(n)}; replace again for the rest.`,
  tooLate: 'You have written since; Ctrl/⌘+Z goes back step by step',
} as const;
