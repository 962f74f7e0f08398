/** Words of the history of a notebook and of the trash. */
import { counted } from './numbers.ts';

const list = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(', ');

export const history = {
  title: 'History',
  loading: 'Looking…',
  failed: 'The history could not be read',
  none: 'No versions yet. One is kept before the first edit of a notebook, then daily, and before anything is restored.',
  name: 'Name this version',
  nameTitle: 'Name what the notebook says now',
  renameTitle: 'Name this version',
  nameLabel: 'Name',
  namePlaceholder: 'Sent to the board',
  nameHint: 'A version with a name is kept, with the results it shows. Others are thinned over a year.',
  nameDo: 'Keep',
  named: (name: string) => `“${name}” is kept`,
  rename: 'Rename…',
  nameIt: 'Name…',
  unname: 'Take the name away',
  download: 'Download as a file',
  now: 'Now',
  nowBy: (people: readonly string[]) => `edited by ${who(people)} since`,
  nowSame: 'as the newest version',
  reasons: {
    asked: 'kept by name',
    daily: 'kept by itself',
    restore: 'before a restore',
    outside: 'before a change from outside',
  },
  edited: (people: readonly string[]) => `edited by ${who(people)}`,
  actions: (name: string) => `Actions for ${name}`,
  refresh: 'Look again',

  deletedTitle: 'Deleted paragraphs',
  deletedNone: 'None of the last 30 days',
  deletedBy: (by: string, when: string) => `deleted by ${by || 'somebody'}, ${when}`,
  deletedEmpty: 'Empty paragraph',
  deletedMore: (n: number) => `Show ${n} more`,
  restore: 'Restore',
  restoreParagraph: 'Restore this paragraph',
  removeParagraph: 'Take it out',

  compare: (name: string) => `${name} compared with now`,
  before: (when: string) => `Then, ${when}`,
  same: 'Nothing changed since this version',
  changes: (n: number) => counted(n, 'change', 'changes'),
  next: 'Next change',
  previous: 'Previous change',
  close: 'Back to the notebook',
  restoreAll: 'Restore this version',
  restoring: 'Restoring…',
  restored: 'The notebook is as it was in this version',
  restoredParagraph: 'The paragraph is as it was in this version',
  restoredHint: 'A new edit: undo takes it back, and a version of before is kept.',
  unchanged: (n: number) => counted(n, 'paragraph is the same', 'paragraphs are the same'),
  hiddenLines: (n: number) => `${n} lines are the same`,
  moreChanges: (n: number) => `Show ${n} more changes`,
  moreLines: (n: number) => `Show ${n} more lines`,
  kinds: { added: 'Added', deleted: 'Deleted', changed: 'Changed', moved: 'Moved', same: 'Same' },
  movedToo: 'moved',
  properties: {
    title: 'Title',
    front: 'Front matter',
    forms: 'Forms',
    report: 'Report',
    annotations: 'Date annotations',
    interpreter: 'Interpreter',
    name: 'Name',
  },
  option: (key: string) => `Option ${key}`,
  nothing: 'none',
  changedBy: (by: string, when: string) => `last changed by ${by || 'a change of the file'}, ${when}`,
} as const;

export const trash = {
  title: 'Trash',
  link: 'Trash',
  none: 'The trash is empty',
  noneHint: 'A notebook that is deleted stays here for 30 days.',
  hint: 'What is here goes for ever 30 days after it was deleted.',
  deleted: 'Deleted',
  by: 'By',
  left: (days: number) => (days <= 0 ? 'goes today' : `${counted(days, 'day', 'days')} left`),
  restore: 'Restore',
  restored: (title: string) => `“${title}” is back`,
  restoredAs: (path: string) => `Its place was taken: it is ${path} now.`,
  open: 'Open',
  remove: 'Delete for ever…',
  removeTitle: (title: string) => `Delete “${title}” for ever?`,
  removeText: 'Its text, its history, its runs and their results go. This cannot be undone.',
  removeDo: 'Delete for ever',
  removed: (title: string) => `“${title}” is gone`,
  failed: 'The trash could not be read',
  undo: 'Restore',
  thrown: (by: string) =>
    by === '' ? 'This notebook was moved to the trash' : `${by} moved this notebook to the trash`,
} as const;

function who(people: readonly string[]): string {
  const names = people.map((name) => name || 'a change of the file');
  return names.length === 0 ? 'nobody' : list(names);
}
