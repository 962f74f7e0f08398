/** Numbers and times of charts as people read them: in tips, in what is said of a chart, on legends. */
import type { ChartUnit } from '../../../server/protocol/chart/answer.ts';
import { type Tongue, tongue } from '../tongue.ts';
import { koreanTime } from './korean.ts';

const MINUS = '−';
/** Digits of a value that was computed: more are noise. */
const DIGITS = 6;

export function numberText(value: number): string {
  const size = Math.abs(value);
  const sign = value < 0 ? MINUS : '';
  if (Number.isInteger(value) && size < 1e15) return sign + grouped(String(size));
  if (size >= 1e15 || (size < 1e-4 && size > 0)) return sign + size.toPrecision(4).replace('e+', 'e');
  const [whole = '', rest] = String(Number(size.toPrecision(Math.max(DIGITS, wholeDigits(size))))).split('.');
  return sign + grouped(whole) + (rest ? `.${rest}` : '');
}

const wholeDigits = (size: number): number => Math.floor(Math.log10(Math.max(1, size))) + 1;
const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ',');
const two = (value: number): string => String(value).padStart(2, '0');

/** Milliseconds of the wall clock, said to the precision of the stretch that begins there, in the viewer's way. */
export function timeText(milliseconds: number, every?: ChartUnit, how: Tongue = tongue()): string {
  return how === 'ko' ? koreanTime(milliseconds, every?.unit) : plainTime(milliseconds, every);
}

/** As engines write them, in no language: for files. */
export function plainTime(milliseconds: number, every?: ChartUnit): string {
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) return '';
  const year = String(date.getUTCFullYear()).padStart(4, '0');
  const month = `${year}-${two(date.getUTCMonth() + 1)}`;
  const day = `${month}-${two(date.getUTCDate())}`;
  switch (every?.unit) {
    case 'year':
      return year;
    case 'quarter':
      return `${year} Q${Math.floor(date.getUTCMonth() / 3) + 1}`;
    case 'month':
      return month;
    case 'week':
    case 'day':
      return day;
    case 'hour':
    case 'minute':
      return `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
    default:
      return exactly(date, day, milliseconds);
  }
}

function exactly(date: Date, day: string, milliseconds: number): string {
  const seconds = date.getUTCSeconds();
  const fraction = Math.round((((milliseconds % 1000) + 1000) % 1000) * 1000);
  if (date.getUTCHours() + date.getUTCMinutes() + seconds + fraction === 0) return day;
  const clock = `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
  if (seconds + fraction === 0) return clock;
  return `${clock}:${two(seconds)}${fraction === 0 ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`}`;
}
