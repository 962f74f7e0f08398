/** Strings of what is pasted. */
import { counted, figure } from './numbers.ts';

export const pasteWords = {
  /** The stem of the file's name. */
  file: 'pasted.csv',
  done: (name: string) => `Made a table of what you pasted: ${name}`,
  size: (rows: number, columns: number) => `${counted(rows, 'row', 'rows')} × ${counted(columns, 'column', 'columns')}`,
  exact: (columns: string) => `Kept as text, for a figure would lose digits: ${columns}`,
  asText: 'Undo: keep as text',
  stays: (name: string) => `${name} could not be removed and stays in the folder`,
  large: (millions: number, most: number) =>
    `What you pasted has ${figure(millions)} million characters; at most ${figure(most)} million make a table`,
  largeHint: 'Save it as a CSV file and drop that on the page: files may have any size.',
  offline: 'What you paste becomes a table once the connection is back; it stands here as text',
} as const;
