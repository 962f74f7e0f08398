/** How times, spans and sizes are written. `now` is passed in. Without Intl, whose first use costs 20–100 ms. */
import { words } from '../words/en.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function ago(at: number, now: number): string {
  const past = Math.max(0, now - at);
  if (past < MINUTE) return words.ago.now;
  if (past < HOUR) return words.ago.minutes(Math.floor(past / MINUTE));
  if (past < 12 * HOUR) return words.ago.hours(Math.floor(past / HOUR));
  const days = daysBetween(at, now);
  if (days === 0) return words.ago.hours(Math.floor(past / HOUR));
  if (days === 1) return words.ago.yesterday;
  if (days < 7) return words.ago.days(days);
  return day(at, now);
}

/** `10:42`, or with its day when that is another one. */
export function clock(at: number, now: number): string {
  const date = new Date(at);
  const time = [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
  return daysBetween(at, now) === 0 ? time : `${day(at, now)}, ${time}`;
}

function day(at: number, now: number): string {
  const date = new Date(at);
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  return `${date.getDate()} ${words.months[date.getMonth()]}${sameYear ? '' : ` ${date.getFullYear()}`}`;
}

function daysBetween(at: number, now: number): number {
  const start = (time: number): number => new Date(time).setHours(0, 0, 0, 0);
  return Math.round((start(now) - start(at)) / DAY);
}

/** `4 ms`, `0.04 s`, `12 s`, `2 min 5 s`. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (milliseconds < 9.5) return `${Math.max(0, Math.round(milliseconds))} ms`;
  if (seconds < 0.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

export function size(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toPrecision(value >= 9.95 ? 3 : 2)} ${units[unit]}`;
}
