/**
 * A cell's value: pure. What the file stores (a type, a text, a format) becomes a kind and the text that the engine reads back
 * exactly. Empty cells and errors are no values.
 */
import type { Kind } from './formats.ts';
import { momentOf } from './serials.ts';

export type ValueKind = 'integer' | 'double' | 'boolean' | 'date' | 'datetime' | 'time' | 'duration' | 'text';
export type Value = { readonly kind: ValueKind; readonly text: string };

/** As the sheet has it. */
export type Cell = {
  /** `n` number, `s` shared text, `str` and `inlineStr` text, `b` boolean, `e` error, `d` date in ISO 8601. */
  readonly type: string;
  readonly raw: string;
  /** What its format makes of a number. */
  readonly format: Kind;
};

/** Undefined for an empty cell. */
export function cellValue({ type, raw, format }: Cell, from1904: boolean): Value | 'error' | undefined {
  switch (type) {
    case 'e':
      return 'error';
    case 'b':
      return raw === '' ? undefined : { kind: 'boolean', text: raw === '1' || raw === 'true' ? 'true' : 'false' };
    case 's':
    case 'str':
    case 'inlineStr':
      return raw === '' ? undefined : { kind: 'text', text: raw };
    case 'd':
      return isoValue(raw);
    default:
      return raw === '' ? undefined : numberValue(raw, format, from1904);
  }
}

function numberValue(raw: string, format: Kind, from1904: boolean): Value {
  const number = Number(raw);
  if (Number.isNaN(number)) return { kind: 'text', text: raw };
  const moment = format === 'number' ? undefined : momentOf(number, format, from1904);
  if (moment) return moment;
  // Written out, so that long ones stay exact; 18 digits always fit.
  if (/^-?\d{1,18}$/.test(raw)) return { kind: 'integer', text: raw };
  if (Number.isSafeInteger(number)) return { kind: 'integer', text: String(number) };
  return { kind: 'double', text: String(number) };
}

const ISO = /^(\d{4}-\d\d-\d\d)?(?:T?(\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?(?:Z)?$/;

function isoValue(raw: string): Value | undefined {
  if (raw === '') return undefined;
  const match = ISO.exec(raw);
  const [, date, time] = match ?? [];
  if (date && (time === undefined || /^00:00(:00(\.0+)?)?$/.test(time))) return { kind: 'date', text: date };
  if (date) return { kind: 'datetime', text: `${date} ${time}` };
  return time ? { kind: 'time', text: time } : { kind: 'text', text: raw };
}

/** `_x000D_` stands for a character that XML can't hold. ECMA-376 part 1, 22.9.2.19. */
export const unescapeText = (text: string): string =>
  text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : text;

/** `AB12` → 27, counted from 0; undefined for what is no reference. */
export function columnOf(reference: string): number | undefined {
  let column = 0;
  let at = 0;
  for (; at < reference.length; at += 1) {
    const letter = reference.charCodeAt(at) & 0xdf;
    if (letter < 65 || letter > 90) break;
    column = column * 26 + letter - 64;
  }
  return at === 0 || at > 3 ? undefined : column - 1;
}

/** 27 → `AB`. */
export function columnName(column: number): string {
  let name = '';
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  }
  return name;
}
