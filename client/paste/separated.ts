/**
 * Text of separated values, read as spreadsheets write it and as people have it: a quote opens a cell only where it also
 * closes it, so `5" pipe` and a lone `"` stay as they are. Written as RFC 4180 says: whatever was in a cell is in the file.
 */

export type Rows = readonly (readonly string[])[];

/** A line break at the very end ends the last row and begins none. */
export function readSeparated(text: string, separator: string): Rows {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  const ends = (place: number): boolean =>
    place >= text.length || text[place] === separator || text[place] === '\n' || text[place] === '\r';
  while (at < text.length) {
    const quoted = text[at] === '"' ? readQuoted(text, at, ends) : undefined;
    if (quoted) {
      row.push(quoted.cell);
      at = quoted.end;
    } else {
      const start = at;
      while (!ends(at)) at += 1;
      row.push(text.slice(start, at));
    }
    if (text[at] === separator) {
      at += 1;
      if (at >= text.length) row.push('');
      else if (text[at] === '\n' || text[at] === '\r') row.push('');
      else continue;
    }
    at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1;
    rows.push(row);
    row = [];
  }
  if (row.length > 0) rows.push(row);
  return rows;
}

/** Undefined where what begins with a quote is no quoted cell. */
function readQuoted(
  text: string,
  start: number,
  ends: (place: number) => boolean,
): { readonly cell: string; readonly end: number } | undefined {
  let cell = '';
  let from = start + 1;
  while (true) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return undefined;
    cell += text.slice(from, quote);
    if (text[quote + 1] === '"') {
      cell += '"';
      from = quote + 2;
    } else if (ends(quote + 1)) return { cell: cell.replaceAll('\r\n', '\n'), end: quote + 1 };
    else return undefined;
  }
}

export function writeSeparated(rows: Rows): string {
  return rows.map((row) => `${row.map((cell) => written(cell, row.length === 1)).join(',')}\n`).join('');
}

/** An only cell that is empty is quoted: an empty line is no row. */
const written = (cell: string, alone: boolean): string =>
  /[",\r\n]|^\s|\s$/.test(cell) || (alone && cell === '') ? `"${cell.replaceAll('"', '""')}"` : cell;
