/** Words of forms: their controls, and whose values they are. */
const list = (names: readonly string[]): string =>
  names.length > 2 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(' and ');

export const formWords = {
  bar: 'Forms',
  problems: 'What is wrong with forms',
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
  typeIt: 'Type the value',
  loading: 'The options are being read…',
  more: 'There are more than these: type the value',
  mark: 'your value',
  own: (shown: string) => (shown === '' ? 'The notebook’s own: empty' : `The notebook’s own: ${shown}`),
  markHint: 'Only you see what your runs with it show.',
  reset: 'Reset',
  resetHint: 'Back to the notebook’s own values',
  keep: 'Save as the notebook’s own',
  keepHint: 'Everybody’s from now on',
  kept: (names: readonly string[]) => `The notebook’s own: ${list(names)}`,
  runWith: (names: readonly string[]) => `Run with your ${list(names)}`,
  runHint: 'The paragraphs that use these values, and what is made of them',
  again: 'Run on change',
  stale: 'values changed since this run',
  item: 'Form…',
  unused: (names: readonly string[]) =>
    `The address asks for ${names.join(', ')}, which is not used here: what is shown is of the notebook’s own values.`,
} as const;
