/** Words of the list of keys. */
export const keyWords = {
  title: 'Keyboard',
  editing: 'Everywhere',
  command: 'Outside the editor (Esc leaves it)',
  comment: 'Comment the lines while writing',
  turnInto: (list: string) => `Turn the paragraph into ${list}`,
} as const;
