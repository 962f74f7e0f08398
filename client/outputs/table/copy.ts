/** Cells as tab-separated text, the way spreadsheets write and read it. */

/** Past this a clipboard is the wrong vessel: the page would hold hundreds of megabytes of text. */
export const COPY_CELLS = 500_000;

/** Null is nothing. What holds a tab, a line end or a quote at its start stands in quotes, quotes doubled. */
export function field(text: string | null): string {
  if (text === null) return '';
  return /[\t\r\n]|^"/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const tsv = (rows: Iterable<Iterable<string | null>>): string =>
  Array.from(rows, (row) => Array.from(row, field).join('\t')).join('\n');
