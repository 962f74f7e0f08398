/** Words of forms: their controls, whose values they are, and the editor. */
const list = (names: readonly string[]): string =>
  names.length > 2 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(' and ');

export const formWords = {
  bar: 'Forms',
  here: 'Forms of this paragraph',
  from: 'from',
  to: 'to',
  end: (label: string, end: string) => `${label}, ${end}`,
  none: 'Nothing chosen',
  chosen: (shown: readonly string[]) => list(shown),
  filter: 'Find an option',
  noneFound: 'No such option',
  all: 'All',
  clear: 'None',
  /** Instead of what was refused. */
  counts: (shown: string) => (shown === '' ? 'Runs leave it empty.' : `Runs use ${shown}.`),
  loading: 'The options are being read…',
  failed: 'The options could not be read.',
  typeIt: 'Its options come from a query: type the value',
  mark: 'your value',
  own: (shown: string) => (shown === '' ? 'The notebook’s own: empty' : `The notebook’s own: ${shown}`),
  mine: (names: readonly string[]) =>
    names.length === 1 ? `${list(names)} is your value` : `${list(names)} are your values`,
  mineHint: 'Only you see them and what your runs with them show; the address carries them.',
  reset: 'Reset',
  resetHint: 'Back to the notebook’s own values',
  keep: 'Save as the notebook’s own',
  keepHint: 'Everybody’s from now on',
  kept: (names: readonly string[]) => `The notebook’s own: ${list(names)}`,
  inText: 'Declared in a text: change it there',
  runWith: (names: readonly string[]) => `Run with your ${list(names)}`,
  runHint: 'The paragraphs that use these values, and what is made of them',
  again: 'Run on change',
  stale: 'values changed since this run',
  problem: 'A form is not as it should be',
  edit: 'Forms…',
} as const;
