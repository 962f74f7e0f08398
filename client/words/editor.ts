/** Words of what an editor knows while one writes: schemas, columns that are not there, statements that cannot run. */
const figure = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');
const counted = (value: number, one: string, many: string): string => `${figure(value)} ${value === 1 ? one : many}`;

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
