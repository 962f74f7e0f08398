/**
 * The rows behind a cell, as filters of the table find them: each key of its row and its column is a value, a stretch of time
 * or a bin. Pure. Undefined where filters can't say it: a text that was cut, a year before Christ.
 */
import type { PivotAnswer, PivotAnswerField, PivotAnswerKey } from '../../../server/protocol/pivot/answer.ts';
import type { Filter } from '../../../server/protocol/table/narrow.ts';
import { isDay, isText } from '../../../server/protocol/table/narrow.ts';

/** Without a row, or a column, all of them together are meant. */
export function filtersOf(
  { rows, columns }: PivotAnswer,
  row: number | undefined,
  column: number | undefined,
): readonly Filter[] | undefined {
  const sides = [
    row === undefined ? [] : ofKey(rows.fields, rows.keys[row]),
    column === undefined ? [] : ofKey(columns.fields, columns.keys[column]),
  ];
  return sides.every((side) => side !== undefined) ? sides.flat() : undefined;
}

function ofKey(fields: readonly PivotAnswerField[], key: PivotAnswerKey | undefined): readonly Filter[] | undefined {
  if (!key || (key.cut && key.cut.length > 0)) return undefined;
  const filters = fields.map((field, at) => filterOf(field, key.texts[at] ?? null));
  return filters.every((filter) => filter !== undefined) ? filters : undefined;
}

function filterOf({ column, unit, bin }: PivotAnswerField, text: string | null): Filter | undefined {
  if (text === null) return { column, is: 'null' };
  if (!isText(text)) return undefined;
  if (unit !== undefined) {
    if (isDay(text)) {
      const to = nextDay(text, unit);
      return isDay(to) ? { column, is: 'range', from: text, to, below: true } : undefined;
    }
    return /^-?infinity$/.test(text) ? { column, is: 'among', values: [text] } : undefined;
  }
  if (bin === undefined || !/\d/.test(text)) return { column, is: 'among', values: [text] };
  return { column, is: 'range', from: text, to: binEnd(text, bin), below: true };
}

/** The first day that is not of the stretch any more. */
export function nextDay(day: string, unit: NonNullable<PivotAnswerField['unit']>): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const next = new Date(0);
  const months = { day: 0, week: 0, month: 1, quarter: 3, year: 12 }[unit];
  const days = { day: 1, week: 7, month: 0, quarter: 0, year: 0 }[unit];
  next.setUTCFullYear(year, month - 1 + months, date + days);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(next.getUTCFullYear()).padStart(4, '0')}-${two(next.getUTCMonth() + 1)}-${two(next.getUTCDate())}`;
}

/** Exact for whole numbers of any size; others are the double that is next to the decimal number. */
export function binEnd(text: string, width: number): string {
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(width)) return String(BigInt(text) + BigInt(width));
  return String(Number((Number(text) + width).toPrecision(15)));
}
