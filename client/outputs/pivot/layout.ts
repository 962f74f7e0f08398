/** Where the parts of a pivot's grid lie: its leaf columns, the heads above them, their widths, and which of them are seen. Pure. */
import type { PivotAnswer } from '../../../server/protocol/pivot/answer.ts';
import { pivot as words } from '../../words/pivot.ts';
import { fieldTitle, figureText, keyTexts, placesOf, valueTitle } from './texts.ts';

/** One column of figures; without `key` it is of all columns together. */
export type Leaf = { readonly key: number | undefined; readonly value: number };
/** A head above `span` leaves, from the one at `from` on. */
export type Head = { readonly text: string; readonly from: number; readonly span: number };

export type Layout = {
  readonly leaves: readonly Leaf[];
  /** A row of heads for each field of the columns, and for the values where it is not said elsewhere what they are. */
  readonly heads: readonly (readonly Head[])[];
  readonly rowHeads: readonly string[];
  /** Of each row, a text for each of its fields. */
  readonly keys: readonly (readonly string[])[];
  readonly widths: { readonly heads: readonly number[]; readonly leaves: readonly number[] };
  readonly hasTotalRow: boolean;
  text(row: number, leaf: number): string;
  /** In full. */
  value(row: number, leaf: number): string | null;
};

/** Pixels of a row, as the style has it. */
export const ROW = 28;
/** The row above the first one, and the leaf before the first one: the heads. */
export const HEAD = -1;

/** Pixels of a character of the page's figures, and of a cell's padding. */
const CHARACTER = 7.4;
const PADDING = 22;
const WIDTHS = { least: 64, most: 280 } as const;
/** Rows that are looked at for how wide a column is. */
const MEASURED = 200;

export function layoutOf(answer: PivotAnswer): Layout {
  const { rows, columns, values, cells, rowTotals, columnTotals, grand } = answer;
  const leaves: Leaf[] = [
    ...columns.keys.flatMap((_, key) => values.map((_, value): Leaf => ({ key, value }))),
    ...(rowTotals ? values.map((_, value): Leaf => ({ key: undefined, value })) : []),
  ];
  const hasValues = values.length > 1 || columns.fields.length === 0;
  const keyed = columns.keys.map((key) => keyTexts(columns.fields, key));
  const heads = columns.fields.map((_, level) => headsAt(keyed, level, values.length, rowTotals !== undefined));
  const titles = values.map(valueTitle);
  if (hasValues) heads.push(leaves.map(({ value }, from) => ({ text: titles[value]!, from, span: 1 })));
  const keys = rows.keys.map((key) => keyTexts(rows.fields, key));
  const places = placesOf(answer);
  const value = (row: number, at: number): string | null => {
    const { key, value: measure } = leaves[at]!;
    const place = key === undefined ? measure : key * values.length + measure;
    const line =
      row < cells.length
        ? key === undefined
          ? rowTotals?.[row]
          : cells[row]
        : key === undefined
          ? grand
          : columnTotals;
    return line?.[place] ?? null;
  };
  const text = (row: number, at: number): string => {
    const measure = leaves[at]!.value;
    return figureText(value(row, at), values[measure]!.type, places[measure]!);
  };
  const hasTotalRow = columnTotals !== undefined;
  const measured = Math.min(keys.length, MEASURED);
  const lengths = (longest: (row: number) => number): number => {
    let most = hasTotalRow ? longest(keys.length) : 0;
    for (let row = 0; row < measured; row += 1) most = Math.max(most, longest(row));
    return most;
  };
  const rowHeads = rows.fields.map(fieldTitle);
  const last = heads.at(-1) ?? [];
  return {
    leaves,
    heads,
    rowHeads,
    keys,
    hasTotalRow,
    text,
    value,
    widths: {
      heads: rowHeads.map((title, at) =>
        width(
          Math.max(
            title.length + 2,
            lengths((row) => wide(keys[row]?.[at] ?? words.total)),
          ),
        ),
      ),
      leaves: leaves.map((_, at) =>
        width(
          Math.max(
            (last[at]?.text.length ?? 0) + 2,
            lengths((row) => wide(text(row, at))),
          ),
        ),
      ),
    },
  };
}

/** Neighbours with the same keys up to a level stand below one head. */
function headsAt(keyed: readonly (readonly string[])[], level: number, values: number, hasTotals: boolean): Head[] {
  const heads: { text: string; from: number; span: number }[] = [];
  keyed.forEach((key, at) => {
    const isSame = at > 0 && key.slice(0, level + 1).every((text, index) => text === keyed[at - 1]![index]);
    if (isSame) heads.at(-1)!.span += values;
    else heads.push({ text: key[level]!, from: at * values, span: values });
  });
  if (hasTotals) heads.push({ text: level === 0 ? words.total : '', from: keyed.length * values, span: values });
  return heads;
}

const width = (characters: number): number =>
  Math.round(Math.max(WIDTHS.least, Math.min(WIDTHS.most, characters * CHARACTER + PADDING)));

/** Hangul and its like are twice as wide as a figure, nearly. */
const wide = (text: string): number => {
  let length = text.length;
  for (const character of text) if (character > '\u10ff') length += 0.8;
  return length;
};

export type Stretch = { readonly start: number; readonly end: number };

/** What of parts of such lengths is seen between two places, with `more` on both sides. */
export function seen(lengths: readonly number[], from: number, to: number, more: number): Stretch {
  let at = 0;
  let start = 0;
  while (start < lengths.length && at + lengths[start]! <= from) {
    at += lengths[start]!;
    start += 1;
  }
  let end = start;
  while (end < lengths.length && at < to) {
    at += lengths[end]!;
    end += 1;
  }
  return { start: Math.max(0, start - more), end: Math.min(lengths.length, end + more) };
}

/** Where the heads of rows of one field begin, as the style takes it. */
export const headLeft = ({ widths }: Layout, at: number): string => `${sum(widths.heads.slice(0, at))}px`;

export const sum = (lengths: readonly number[]): number => lengths.reduce((all, one) => all + one, 0);
