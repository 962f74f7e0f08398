/**
 * The times of a day's calls: few at night, most in the afternoon. `rows` calls always fill one day, so that a small log
 * has the shape of a large one.
 */
import type { Random } from './random.ts';

/** Calls in each hour, against one another. */
const HOURS = [
  20, 14, 10, 8, 8, 12, 25, 45, 70, 90, 100, 105, 110, 115, 118, 112, 104, 98, 92, 80, 66, 52, 38, 28,
] as const;
const MINUTES = 24 * 60;
const MINUTE_MS = 60_000;

/** Milliseconds since midnight of each call in turn; they never go back. The first is midnight itself. */
export function timesOfDay(rows: number, random: Random): (index: number) => number {
  const total = HOURS.reduce((sum, weight) => sum + weight * 60, 0);
  let minute = 0;
  let before = 0;
  const weightOf = (at: number): number => HOURS[Math.floor(at / 60)] ?? 1;
  const startOf = (index: number): number => {
    const place = (index / rows) * total;
    while (minute < MINUTES - 1 && before + weightOf(minute) <= place) {
      before += weightOf(minute);
      minute += 1;
    }
    return (minute + (place - before) / weightOf(minute)) * MINUTE_MS;
  };
  let last = 0;
  return (index) => {
    if (index === 0) return 0;
    const start = startOf(index);
    // Within its own share of time: about as long as the minute's calls are apart.
    const share = total / rows / weightOf(minute);
    last = Math.max(last, Math.floor(start + (random.below(1000) / 1000) * share * MINUTE_MS));
    return last;
  };
}

/** `2026-03-02T14:07:09.041Z`, and as many programs write it, without a fraction where there is none. */
export function timestamps(day: string): (ms: number) => string {
  let second = -1;
  let text = '';
  return (ms) => {
    const whole = Math.floor(ms / 1000);
    if (whole !== second) {
      second = whole;
      text = new Date(Date.parse(`${day}T00:00:00Z`) + whole * 1000).toISOString().slice(0, 19);
    }
    const rest = ms - whole * 1000;
    return rest === 0 ? `${text}Z` : `${text}.${String(rest).padStart(3, '0')}Z`;
  };
}
