/** Words of the panel of tables. */
import { counted } from './numbers.ts';

export const tableWords = {
  title: 'Tables',
  loading: 'Looking…',
  none: 'No tables yet. Name a paragraph’s result, or drop a file on the page.',
  named: 'Named results',
  session: 'Made in the session',
  files: 'Files',
  insert: (name: string) => `Insert ${name}`,
  hint: 'Click inserts the name, double-click a query',
  rows: (n: number) => counted(n, 'row', 'rows'),
  columns: (n: number) => counted(n, 'column', 'columns'),
  show: (name: string) => `Columns of ${name}`,
  refresh: 'Look again',
  failed: 'The tables could not be listed',
  from: (folder: string) => `from ${folder === '' ? 'the workspace' : folder}`,
} as const;
