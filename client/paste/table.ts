/**
 * Whether what was pasted is a table, and which. A copy of a spreadsheet's cells says so itself (HTML that holds nothing
 * but a table, or text with tabs in every line). CSV must look like it: as many cells in each line as in the first, names
 * or figures in them, and nothing that reads like code or a sentence, for ordinary text stays text.
 *
 * Cells are kept letter for letter. What the engine would read as a figure and so change (00123, +82…, 1e5 as a code, more
 * digits than a figure holds) makes its column text.
 */
import { type Rows, readSeparated } from './separated.ts';

export type Clipped = { readonly html: string; readonly text: string };

export type Table = {
  readonly columns: readonly string[];
  readonly rows: Rows;
  /** Columns that are text although they look like figures. */
  readonly exact: readonly string[];
  /** Nothing below the names looks like anything but text. */
  readonly allText: boolean;
};

export function readTable(
  { html, text }: Clipped,
  /** In a paragraph of prose lines with commas are sentences. */
  prose: boolean,
  parse: (html: string) => Document = (source) => new DOMParser().parseFromString(source, 'text/html'),
): Table | undefined {
  const shown = /<table[\s>]/i.test(html) ? readHtml(parse(html)) : undefined;
  const tabbed = isTabbed(text) ? trimmed(readSeparated(text, '\t')) : undefined;
  // The text has every cell exactly; the markup says that it is a table.
  if (shown) return tableOf(tabbed && sameShape(tabbed, shown.rows) ? tabbed : shown.rows, shown.named);
  if (html !== '' && /<(p|h\d|ul|ol|article)[\s>]/i.test(html)) return undefined;
  if (tabbed) return tableOf(tabbed, false);
  if (prose) return undefined;
  for (const separator of [',', ';']) {
    const rows = trimmed(readSeparated(text, separator));
    if (isCsv(text, rows)) return tableOf(rows, false);
  }
  return undefined;
}

/** Tabs between cells, not the indentation of code. */
function isTabbed(text: string): boolean {
  const lines = text.split(/\r?\n/);
  return lines.length > 1 && /^[^\t\n]+\t/.test(text) && !/^\t+\S[^\t]*$/m.test(text);
}

function trimmed(rows: Rows): Rows {
  const isBlank = (row: readonly string[]): boolean => row.every((cell) => cell.trim() === '');
  const first = rows.findIndex((row) => !isBlank(row));
  return first < 0 ? [] : rows.slice(first, rows.findLastIndex((row) => !isBlank(row)) + 1);
}

const sameShape = (a: Rows, b: Rows): boolean => a.length === b.length && widest(a) === widest(b);
const widest = (rows: Rows): number => rows.reduce((most, row) => Math.max(most, row.length), 0);

/** A document that is one table: text around it makes it an article. */
function readHtml(page: Document): { readonly rows: Rows; readonly named: boolean } | undefined {
  for (const unseen of page.querySelectorAll('style, script, title')) unseen.remove();
  const tables = page.body.querySelectorAll('table');
  const [table] = tables;
  if (!table || tables.length !== 1 || letters(page.body) !== letters(table)) return undefined;
  const rows: string[][] = [...table.rows].map(() => []);
  let places = 0;
  for (const [y, row] of [...table.rows].entries()) {
    for (const cell of row.cells) {
      let x = 0;
      while (rows[y]?.[x] !== undefined) x += 1;
      const [width, height] = [Math.max(1, cell.colSpan), Math.max(1, Math.min(cell.rowSpan, rows.length - y))];
      places += width * height;
      if (places > MOST_CELLS) return undefined;
      // A cell over several places has its text in the first of them.
      for (const line of rows.slice(y, y + height)) for (let right = 0; right < width; right += 1) line[x + right] = '';
      rows[y]?.splice(x, 1, textOf(cell));
    }
  }
  const all = trimmed(rows.map((row) => Array.from(row, (cell) => cell ?? '')));
  return { rows: all, named: table.rows[0]?.querySelector('th') !== null && table.querySelector('td') !== null };
}
/** As many as a browser copies without trouble; joined cells may claim any number. */
const MOST_CELLS = 5_000_000;

const letters = (element: Element): number => (element.textContent ?? '').replace(/\s+/g, '').length;

function textOf(cell: Element): string {
  const read = (node: Node): string => {
    if (node.nodeType === 3) return (node.nodeValue ?? '').replace(/[ \t\r\n]+/g, ' ');
    if (node.nodeName === 'BR') return '\n';
    const inner = [...node.childNodes].map(read).join('');
    return node.nodeName === 'P' || node.nodeName === 'DIV' ? `${inner}\n` : inner;
  };
  return [...cell.childNodes]
    .map(read)
    .join('')
    .replaceAll('\u00a0', ' ')
    .replace(/ *\n */g, '\n')
    .trim();
}

const CODE =
  /^\s*(select|with|from|insert|update|delete|create|alter|drop|set|copy|explain|const|let|var|import|export|function|def|class|return|if|for|while|echo|#!|--|\/\/|\/\*|\{|<)/i;

function isCsv(text: string, rows: Rows): boolean {
  const [names] = rows;
  if (!names || rows.length < 2 || names.length < 2 || CODE.test(text)) return false;
  const full = rows.filter((row) => row.length === names.length).length;
  if (rows.some((row) => row.length > names.length || row.length < 2) || full * 2 < rows.length) return false;
  const below = rows.slice(1);
  if (names.some((_, column) => isTyped(below, column))) return true;
  // All text: only what is plainly names over cells.
  const plain = /^[^\s(){}[\]=<>;:`][^(){}[\]=<>;`]{0,60}$/;
  return areNames(names) && names.every((name) => plain.test(name)) && full === rows.length;
}

const FIGURE = /^[-+]?[$€£₩¥]?\s?(\d+|\d{1,3}(,\d{3})+)?(\.\d+)?([eE][-+]?\d+)?\s?%?$/;
const MOMENT = /^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}:\d{2}(:\d{2})?.*)$/;
const isFigure = (cell: string): boolean =>
  (/\d/.test(cell) && (FIGURE.test(cell) || MOMENT.test(cell))) || /^(true|false)$/i.test(cell);

/** Every cell that is there is a figure, a date, a time or a truth value. */
function isTyped(rows: Rows, column: number): boolean {
  const cells = rows.map((row) => (row[column] ?? '').trim()).filter((cell) => cell !== '');
  return cells.length > 0 && cells.every(isFigure);
}

const areNames = (cells: readonly string[]): boolean =>
  cells.every((cell) => cell.trim() !== '') &&
  new Set(cells.map((cell) => cell.trim().toLowerCase())).size === cells.length;

/** Of what the engine reads as a figure, what it would not show as it stands. */
const EXACT = /^[-+]?0\d|^\+\d|^\d+[eE]\d+$|^[-+]?\d{19,}|^[-+]?(?=[\d.]{18,})\d+\.\d+$/;

function tableOf(rows: Rows, named: boolean): Table | undefined {
  const [first] = rows;
  if (!first || rows.length < 2) return undefined;
  const width = widest(rows);
  const level = rows.map((row) => [...row, ...Array<string>(width - row.length).fill('')]);
  const below = level.slice(1);
  const places = [...Array(width).keys()];
  const text = first.every((cell) => cell.trim() === '' || !isFigure(cell.trim()));
  const hasNames = named || (text && (areNames(first) || places.some((column) => isTyped(below, column))));
  const columns = distinct(hasNames ? (level[0] ?? []) : Array<string>(width).fill(''));
  const body = hasNames ? below : level;
  return {
    columns,
    rows: body,
    exact: columns.filter((_, column) => body.some((row) => EXACT.test((row[column] ?? '').trim()))),
    allText: !places.some((column) => isTyped(body, column)),
  };
}

/** Nameless ones are called as the engine calls them; of two of one name the second gets a number. */
function distinct(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((given, index) => {
    const base = given.replace(/\s+/g, ' ').trim() || `column${index}`;
    let name = base;
    for (let n = 2; taken.has(name.toLowerCase()); n += 1) name = `${base}_${n}`;
    taken.add(name.toLowerCase());
    return name;
  });
}
