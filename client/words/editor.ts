/** Words of what an editor knows while one writes: schemas, columns that are not there, statements that cannot run. */
import { counted } from './numbers.ts';

export const editorWords = {
  noColumn: (name: string, meant: string | undefined) =>
    `There is no column “${name}”.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
  noTable: (name: string) => `There is no table “${name}” yet.`,
  /** Above the columns of a table. */
  size: (rows: number | undefined, columns: number) =>
    [...(rows === undefined ? [] : [counted(rows, 'row', 'rows')]), counted(columns, 'column', 'columns')].join(' · '),
  unread: 'Its columns are known once it was read.',
  moreColumns: (left: number) => `… and ${counted(left, 'more', 'more')}`,
} as const;
