/** Stretches of time on an axis, as milliseconds of the wall clock counted as if that were UTC. */
import type { ChartUnit } from './answer.ts';

const LENGTHS = { microsecond: 0.001, millisecond: 1, second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Where the stretch that begins at `start` ends. */
export function endOf(start: number, { count, unit }: ChartUnit): number {
  const date = new Date(start);
  switch (unit) {
    case 'week':
      return start + count * 7 * LENGTHS.day;
    case 'month':
    case 'quarter':
      return date.setUTCMonth(date.getUTCMonth() + count * (unit === 'month' ? 1 : 3));
    case 'year':
      return date.setUTCFullYear(date.getUTCFullYear() + count);
    default:
      return start + count * LENGTHS[unit];
  }
}
