/**
 * Dates, times and short numbers as they are written in Korean: `2015년 1월`, `오후 3:04`, `12.3만`. As Intl writes them (a test
 * compares), without its first use, which takes 30 ms. Pure.
 */
import type { ChartUnit } from '../../../server/protocol/chart/answer.ts';

const two = (value: number): string => String(value).padStart(2, '0');

/** To the precision of a unit; without one to the day, and to the time of day where there is one. */
export function koreanTime(milliseconds: number, unit?: ChartUnit['unit']): string {
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) return '';
  const year = `${date.getUTCFullYear()}년`;
  const month = `${year} ${date.getUTCMonth() + 1}월`;
  const day = `${month} ${date.getUTCDate()}일`;
  switch (unit) {
    case 'year':
      return year;
    case 'quarter':
      return `${year} ${Math.floor(date.getUTCMonth() / 3) + 1}분기`;
    case 'month':
      return month;
    case 'week':
    case 'day':
      return day;
    case 'hour':
    case 'minute':
      return `${day} ${koreanClock(milliseconds, false)}`;
    default: {
      const clock = koreanClock(milliseconds, true);
      return clock === MIDNIGHT ? day : `${day} ${clock}`;
    }
  }
}

const MIDNIGHT = '오전 12:00';

/** Seconds, to the microsecond, where there are any and they are wanted. */
function koreanClock(milliseconds: number, exactly: boolean): string {
  const date = new Date(milliseconds);
  const hours = date.getUTCHours();
  const clock = `${hours < 12 ? '오전' : '오후'} ${hours % 12 || 12}:${two(date.getUTCMinutes())}`;
  const micros = Math.round((((milliseconds % 1000) + 1000) % 1000) * 1000);
  const seconds = date.getUTCSeconds();
  if (!exactly || seconds + micros === 0) return clock;
  const fraction = micros === 0 ? '' : `.${String(micros).padStart(6, '0').replace(/0+$/, '')}`;
  return `${clock}:${two(seconds)}${fraction}`;
}

/** Each myriad is ten thousand of the one before. */
const MYRIADS = [
  { at: 1e16, name: '경' },
  { at: 1e12, name: '조' },
  { at: 1e8, name: '억' },
  { at: 1e4, name: '만' },
  { at: 1e3, name: '천' },
] as const;

/**
 * `123.5만` for the ticks of an axis, to four digits, as an expression of Vega's: its formats of numbers know thousands only. It
 * is made of constants, and of nothing that anybody wrote.
 */
export const SHORT: string = MYRIADS.reduceRight(
  (rest, { at, name }) => `abs(datum.value) >= ${at} ? format(datum.value / ${at}, ',.4~r') + '${name}' : ${rest}`,
  "datum.value == 0 || abs(datum.value) >= 1 ? format(datum.value, ',.4~r') : datum.label",
);

/** Of the ticks of an axis of time, as d3 writes its formats. */
export const CLOCK = {
  year: '%Y년',
  quarter: '%Y년 %-m월',
  month: '%Y년 %-m월',
  week: '%-m월 %-d일',
  date: '%-m월 %-d일',
  hours: '%p %-I시',
  minutes: '%p %-I:%M',
  seconds: '%p %-I:%M:%S',
  milliseconds: '.%L',
};

const DAYS = ['일', '월', '화', '수', '목', '금', '토'];
const MONTHS = Array.from({ length: 12 }, (_, month) => `${month + 1}월`);

/** What d3 calls halves of days, days and months. */
export const LOCALE = {
  time: {
    dateTime: '%Y년 %-m월 %-d일 %p %-I:%M:%S',
    date: '%Y. %-m. %-d.',
    time: '%p %-I:%M:%S',
    periods: ['오전', '오후'],
    days: DAYS.map((day) => `${day}요일`),
    shortDays: DAYS,
    months: MONTHS,
    shortMonths: MONTHS,
  },
};
