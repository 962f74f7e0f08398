/** How a pivot reads: names of its fields, labels of its keys, its figures; and all of it as lines of text. Pure. */
import type { PivotAnswer, PivotAnswerField, PivotAnswerKey } from '../../../server/protocol/pivot/answer.ts';
import type { PivotField, PivotSpec, PivotValue } from '../../../server/protocol/pivot.ts';
import { kindOf } from '../../../server/protocol/table/kinds.ts';
import { pivot as words } from '../../words/pivot.ts';
import { shownText } from '../table/cells.ts';
import { group } from '../table/numbers.ts';
import { binEnd } from './drill.ts';

export const nameOf = (column: string): string => (column === '' ? words.emptyName : column);

export function fieldTitle({ column, unit, bin }: Pick<PivotField, 'column' | 'unit' | 'bin'>): string {
  if (unit) return words.cut(nameOf(column), words.units[unit]);
  return typeof bin === 'number' ? words.cut(nameOf(column), numberText(String(bin))) : nameOf(column);
}

export const valueTitle = ({ column, aggregate }: PivotValue): string =>
  column === undefined ? words.count : words.measured[aggregate](nameOf(column));

/** `sum of passengers by carrier × day by month`. */
export function titleOf({ rows, columns, values }: PivotSpec): string {
  const sides = [rows, columns].map((side) => side.map(fieldTitle).join(words.and)).filter((side) => side !== '');
  const said = values.length === 0 ? words.count : values.map(valueTitle).join(', ');
  return sides.length === 0 ? said : words.title(said, sides.join(words.across));
}

export const keyTexts = (fields: readonly PivotAnswerField[], key: PivotAnswerKey): readonly string[] =>
  fields.map((field, at) => keyText(field, key.texts[at] ?? null));

export function keyText({ type, unit, bin }: PivotAnswerField, text: string | null): string {
  if (text === null) return words.null;
  if (text === '') return words.emptyText;
  if (unit !== undefined) return stretchText(unit, text);
  if (bin !== undefined && /\d/.test(text)) return words.range(numberText(text), numberText(binEnd(text, bin)));
  return kindOf(type) === 'number'
    ? plain(text).replace(/^-/, '−')
    : shownText(text, { kind: kindOf(type), grouped: false });
}

function stretchText(unit: NonNullable<PivotAnswerField['unit']>, text: string): string {
  const [, year, month] = /^(-?\d{4,})-(\d{2})-\d{2}$/.exec(text) ?? [];
  if (year === undefined || month === undefined) return text;
  if (unit === 'year') return year;
  if (unit === 'month') return `${year}-${month}`;
  return unit === 'quarter' ? words.quarter(year, Math.ceil(Number(month) / 3)) : text;
}

/** `10.0` of a bin's edge is 10. */
const plain = (text: string): string => text.replace(/^(-?\d+)\.0$/, '$1');
const numberText = (text: string): string => group(plain(text));

const isFloat = (type: string): boolean => /^(FLOAT|DOUBLE|REAL)$/.test(type);
export const isFigure = (type: string): boolean => kindOf(type) === 'number';

/** How many places the floating figures of each value are shown with: the same in all of its cells. */
export function placesOf({
  values,
  cells,
  rowTotals = [],
  columnTotals = [],
  grand = [],
}: PivotAnswer): readonly number[] {
  const most = values.map(() => 0);
  const look = (texts: readonly (string | null)[]): void => {
    texts.forEach((text, at) => {
      const size = Math.abs(Number(text));
      const place = at % values.length;
      if (text !== null && Number.isFinite(size) && size > most[place]!) most[place] = size;
    });
  };
  for (const row of cells) look(row);
  for (const row of rowTotals) look(row);
  look(columnTotals);
  look(grand);
  return most.map((size) =>
    size >= 1000 ? 1 : size >= 1 ? 2 : size > 0 ? Math.min(12, 2 - Math.floor(Math.log10(size))) : 0,
  );
}

/** What a cell shows: floating figures are rounded, all others stand as they are. */
export function figureText(text: string | null, type: string, places: number): string {
  if (text === null) return '';
  if (!isFigure(type)) return shownText(text, { kind: kindOf(type), grouped: false });
  const number = Number(text);
  if (!isFloat(type) || !Number.isFinite(number) || Math.abs(number) >= 1e15) return group(text);
  return group(number.toFixed(places));
}

/** How much there is, and what of it is not shown. */
export function sizeText(answer: PivotAnswer | undefined, of: number): string {
  if (!answer) return '\u00a0';
  const { rows, columns, matching } = answer;
  const parts = [matching === of ? words.of(of) : words.matching(matching, of)];
  if (rows.keys.length < rows.of) parts.push(words.leftRows(rows.keys.length, rows.of));
  if (columns.keys.length < columns.of) parts.push(words.leftColumns(columns.keys.length, columns.of));
  return parts.join(' · ');
}

/** All that is shown, with its heads, values in full. */
export function linesOf(answer: PivotAnswer): readonly (readonly (string | null)[])[] {
  const { rows, columns, values, cells, rowTotals, columnTotals, grand } = answer;
  const several = values.length > 1 || columns.fields.length === 0;
  const blank = rows.fields.map(() => null);
  const lines: (string | null)[][] = columns.fields.map((field, at) => [
    ...(at === columns.fields.length - 1 && !several ? rows.fields.map(fieldTitle) : blank),
    ...columns.keys.flatMap((key) => values.map(() => keyText(field, key.texts[at] ?? null))),
    ...(rowTotals ? values.map(() => (at === 0 ? words.total : null)) : []),
  ]);
  if (several) {
    const titles = values.map(valueTitle);
    const heads = [...columns.keys.flatMap(() => titles), ...(rowTotals ? titles : [])];
    lines.push([...rows.fields.map(fieldTitle), ...heads]);
  }
  rows.keys.forEach((key, at) => {
    const totals = rowTotals?.[at] ?? [];
    lines.push([...keyTexts(rows.fields, key), ...(cells[at] ?? []), ...totals]);
  });
  if (columnTotals)
    lines.push([...blank.map((_, at) => (at === 0 ? words.total : null)), ...columnTotals, ...(grand ?? [])]);
  return lines;
}

/** As RFC 4180 has it. */
export const csvOf = (lines: readonly (readonly (string | null)[])[]): string =>
  lines.map((line) => `${line.map(csvField).join(',')}\r\n`).join('');

function csvField(text: string | null): string {
  if (text === null) return '';
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
