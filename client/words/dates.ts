/** Words of the dialog of date annotations. */
export const dates = {
  title: 'Date annotations',
  about: 'Drawn on every chart of this notebook whose axis of time covers them.',
  none: 'None yet.',
  from: 'Date',
  to: 'Until (if a range)',
  text: 'Text',
  add: 'Add',
  remove: 'Remove',
  removeOne: (text: string) => `Remove “${text}”`,
  removed: (text: string) => `“${text}” was removed`,
  undo: 'Undo',
  noDate: 'Give a date.',
  noRange: 'A range ends after it begins.',
  noText: 'Say what happened then.',
  there: 'There is one on that date: remove it first.',
};
