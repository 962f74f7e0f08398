/**
 * Stretches of time: which length suits a range, and how the engine cuts rows by it. A division of microseconds costs a
 * fraction of what the calendar does, so rows are cut into days (quarter hours where there is a zone: every zone's clock
 * differs from UTC by whole ones), and only those few hundred are put into months or local days.
 */
import type { DuckType } from '../../../../interpreters/arrow/types.ts';
import type { ChartUnit } from '../../../protocol/chart/answer.ts';
import { isZoned, wallOf } from './columns.ts';

const SECOND = 1_000_000n;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;
const QUARTER_HOUR = 15n * MINUTE;

/** Microseconds, about where the calendar decides. */
const LENGTHS: Readonly<Record<ChartUnit['unit'], bigint>> = {
  microsecond: 1n,
  millisecond: 1000n,
  second: SECOND,
  minute: MINUTE,
  hour: HOUR,
  day: DAY,
  week: 7n * DAY,
  month: 30n * DAY,
  quarter: 91n * DAY,
  year: 365n * DAY,
};

const STEPS: readonly ChartUnit[] = [
  ...([1, 10, 100] as const).map((count) => ({ count, unit: 'microsecond' as const })),
  ...([1, 10, 100] as const).map((count) => ({ count, unit: 'millisecond' as const })),
  ...([1, 5, 15, 30] as const).map((count) => ({ count, unit: 'second' as const })),
  ...([1, 5, 15, 30] as const).map((count) => ({ count, unit: 'minute' as const })),
  ...([1, 3, 6, 12] as const).map((count) => ({ count, unit: 'hour' as const })),
  ...(['day', 'week', 'month', 'quarter'] as const).map((unit) => ({ count: 1, unit })),
  ...([1, 10, 100, 1000, 10_000] as const).map((count) => ({ count, unit: 'year' as const })),
];

export const lengthOf = ({ count, unit }: ChartUnit): bigint => BigInt(count) * LENGTHS[unit];

/** The shortest stretch of which at most `most` fill the span, and none shorter than the data's own. */
export function chooseUnit(span: bigint, most: number, grain: ChartUnit['unit'] = 'microsecond'): ChartUnit {
  const fits = STEPS.find((step) => span / lengthOf(step) < BigInt(most) && lengthOf(step) >= LENGTHS[grain]);
  return fits ?? STEPS.at(-1)!;
}

/** A wish is granted as far as it can be drawn: a second of a century is not. */
export const grantUnit = (unit: ChartUnit['unit'], span: bigint, most: number): ChartUnit =>
  span / LENGTHS[unit] < BigInt(most) ? { count: 1, unit } : chooseUnit(span, most);

const isCalendar = ({ unit }: ChartUnit): boolean => unit === 'month' || unit === 'quarter' || unit === 'year';

/** 1970-01-05 was a Monday. */
const originOf = ({ unit }: ChartUnit): bigint => (unit === 'week' ? 4n * DAY : 0n);

export type Cut = {
  /** What rows are grouped by, a whole number. */
  readonly row: string;
  /** From that, the wall clock's microseconds at which the stretch begins. */
  start(key: string): string;
};

/** `from` is the earliest instant of a row; `micros` the row's. */
export function cutInto(unit: ChartUnit, type: DuckType, micros: string, from: bigint): Cut {
  const length = lengthOf(unit);
  const local = isZoned(type) && (isCalendar(unit) || length > QUARTER_HOUR);
  if (!local && !isCalendar(unit)) {
    const start = alignDown(from, length, originOf(unit));
    return {
      row: `(${micros} - ${start}) // ${length}`,
      start: (key) => wallOf(type, `${start} + ${key}::bigint * ${length}`),
    };
  }
  const fine = local ? QUARTER_HOUR : DAY;
  const start = alignDown(from, fine, 0n);
  const wall = (key: string) => wallOf(type, `${start} + ${key}::bigint * ${fine}`);
  if (isCalendar(unit)) {
    return { row: `(${micros} - ${start}) // ${fine}`, start: (key) => calendarStart(unit, wall(key)) };
  }
  // Two days before: the wall clock may be behind the instant.
  const first = alignDown(from - 2n * DAY, length, originOf(unit));
  return {
    row: `(${micros} - ${start}) // ${fine}`,
    start: (key) => `${first} + (${wall(key)} - ${first}) // ${length} * ${length}`,
  };
}

function calendarStart({ count, unit }: ChartUnit, micros: string): string {
  const stamp = `make_timestamp(${micros})`;
  if (unit !== 'year' || count === 1) return `epoch_us(date_trunc('${unit}', ${stamp}))`;
  return `epoch_us(make_date((floor(year(${stamp}) / ${count}) * ${count})::integer, 1, 1))`;
}

export function alignDown(value: bigint, length: bigint, origin: bigint): bigint {
  const past = (value - origin) % length;
  return value - (past < 0n ? past + length : past);
}
