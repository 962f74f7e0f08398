/** Words of the palette. */
export const paletteWords = {
  label: 'Commands, notebooks, paragraphs and tables',
  placeholder: 'Command, notebook, paragraph or table',
  none: 'Nothing fits',
  failed: (why: string) => `Notebooks could not be searched: ${why}`,
  groups: { command: 'Commands', paragraph: 'In this notebook', table: 'Tables', notebook: 'Notebooks' },
} as const;
