/**
 * Serial numbers of days as dates and times: pure. 1 is the first of January 1900, and there is a 29th of February 1900 (60)
 * that never was; in the other system 0 is the first of January 1904. ECMA-376 part 1, 18.17.4.
 */
import type { Kind } from './formats.ts';

const DAY_MS = 86_400_000;
/** From 1899-12-30, where the calendar of 1900 and ours agree after February 1900, to 1970. */
const FROM_1900 = 25_569;
const FROM_1904 = 24_107;
/** 9999-12-31: what follows is no date for any spreadsheet. */
const LAST_1900 = 2_958_466;
const LAST_1904 = LAST_1900 - 1_462;

export type Moment =
  | { readonly kind: 'date' | 'datetime' | 'time' | 'duration'; readonly text: string }
  /** No date can stand for it. */
  | undefined;

/** As the engine writes it: `2024-03-01`, `2024-03-01 13:45:00.5`, `13:45:00`, `26:30:00`. Exact to the millisecond. */
export function momentOf(serial: number, kind: Exclude<Kind, 'number'>, from1904: boolean): Moment {
  if (!Number.isFinite(serial)) return undefined;
  if (kind === 'duration') return durationOf(serial);
  if (serial < 0 || serial >= (from1904 ? LAST_1904 : LAST_1900)) return undefined;
  const ms = Math.round(serial * DAY_MS);
  if (kind === 'time') return ms < DAY_MS ? { kind, text: clock(ms) } : durationOf(serial);
  const days = Math.floor(ms / DAY_MS);
  const rest = ms - days * DAY_MS;
  const date = dateOf(days, from1904);
  if (rest === 0 && kind === 'date') return { kind: 'date', text: date };
  return { kind: 'datetime', text: `${date} ${clock(rest)}` };
}

function dateOf(days: number, from1904: boolean): string {
  const since1970 = from1904 ? days - FROM_1904 : days - FROM_1900 + (days < 60 ? 1 : 0);
  return new Date(since1970 * DAY_MS).toISOString().slice(0, 10);
}

function durationOf(serial: number): Moment {
  const ms = Math.round(Math.abs(serial) * DAY_MS);
  return Number.isSafeInteger(ms)
    ? { kind: 'duration', text: `${serial < 0 && ms > 0 ? '-' : ''}${clock(ms)}` }
    : undefined;
}

/** Hours may have more than two digits. */
function clock(ms: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes, seconds] = [
    Math.floor(ms / 3_600_000),
    Math.floor(ms / 60_000) % 60,
    Math.floor(ms / 1000) % 60,
  ];
  const fraction =
    ms % 1000 === 0
      ? ''
      : `.${String(ms % 1000)
          .padStart(3, '0')
          .replace(/0+$/, '')}`;
  return `${two(hours)}:${two(minutes)}:${two(seconds)}${fraction}`;
}
