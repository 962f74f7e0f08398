/** The rows of one sheet, as its XML comes by: each row as values by column. Formulas count by the value they had when saved. */
import { cellValue, columnOf, unescapeText, type Value } from './cells.ts';
import type { Kind } from './formats.ts';
import { MAX_CELL_CHARACTERS, MAX_CELLS, MAX_COLUMNS, MAX_ROWS } from './limits.ts';
import { tooLarge } from './trouble.ts';
import { readXml } from './xml.ts';
import type { Archive } from './zip.ts';

export type SheetContext = {
  readonly strings: readonly string[];
  readonly formats: readonly Kind[];
  readonly from1904: boolean;
};

/** What a table can't show. */
export type Oddities = {
  /** Cells that hold an error, such as #N/A. */
  errors: number;
  /** Formulas without a value: a program wrote the file that does not calculate. */
  unvalued: number;
};

export async function readRows(
  archive: Archive,
  part: string,
  { strings, formats, from1904 }: SheetContext,
  take: (row: ReadonlyMap<number, Value>) => void,
  drained: () => Promise<void> | undefined,
  signal: AbortSignal,
): Promise<Oddities> {
  const oddities: Oddities = { errors: 0, unvalued: 0 };
  let row = new Map<number, Value>();
  let rows = 0;
  let cells = 0;
  let column = -1;
  let type = 'n';
  let format: Kind = 'number';
  let raw = '';
  let inValue = false;
  let inSound = false;
  let hasFormula = false;
  let inRow = false;

  function openCell(attributes: Readonly<Record<string, string>>): void {
    column = (attributes.r === undefined ? undefined : columnOf(attributes.r)) ?? column + 1;
    if (column >= MAX_COLUMNS) throw tooLarge(`has more than ${MAX_COLUMNS.toLocaleString('en-US')} columns.`);
    type = attributes.t ?? 'n';
    format = attributes.s === undefined ? 'number' : (formats[Number(attributes.s)] ?? 'number');
    raw = '';
    hasFormula = false;
  }

  function closeCell(): void {
    cells += 1;
    if (cells > MAX_CELLS) throw tooLarge(`has more than ${MAX_CELLS.toLocaleString('en-US')} cells.`);
    const said =
      type === 's' ? (strings[Number(raw)] ?? '') : type === 'str' || type === 'inlineStr' ? unescapeText(raw) : raw;
    const value = cellValue({ type, raw: said, format }, from1904);
    if (value === 'error') oddities.errors += 1;
    else if (value) row.set(column, value);
    else if (hasFormula && type !== 'str') oddities.unvalued += 1;
  }

  await readXml(
    archive.chunks(part, signal),
    part,
    {
      open(name, attributes) {
        if (name === 'c' && inRow) openCell(attributes);
        else if (name === 'v') inValue = true;
        else if (name === 't') inValue = !inSound && type === 'inlineStr';
        else if (name === 'rPh') inSound = true;
        else if (name === 'f') hasFormula = true;
        else if (name === 'row') {
          inRow = true;
          column = -1;
        }
      },
      text(piece) {
        if (!inValue) return;
        raw += piece;
        if (raw.length > MAX_CELL_CHARACTERS)
          throw tooLarge(`has a cell of more than ${MAX_CELL_CHARACTERS.toLocaleString('en-US')} characters.`);
      },
      close(name) {
        if (name === 'v' || name === 't') inValue = false;
        else if (name === 'c' && inRow) closeCell();
        else if (name === 'rPh') inSound = false;
        else if (name === 'row') {
          inRow = false;
          rows += 1;
          if (rows > MAX_ROWS) throw tooLarge(`has more than ${MAX_ROWS.toLocaleString('en-US')} rows.`);
          // Empty rows are air between tables.
          if (row.size > 0) take(row);
          row = new Map();
        }
      },
    },
    drained,
  );
  return oddities;
}
