/**
 * When a job is due: a cron expression in an IANA time zone, and nothing else. From an instant follows the next one, purely:
 * a server that was down, or whose clock jumped, finds the same instants again, and each has one record by its instant.
 *
 * What daylight saving does (`docs/guide/jobs.md` says it to users, `preview.ts` shows it for the days to come):
 * - one time of day (`30 2 * * *`) that the clocks leap over is due once, at the first instant behind the gap;
 * - one time of day that comes twice is due the first time;
 * - anything that repeats within the day (a list, a range, a step) follows the clock on the wall: left out where the clocks
 *   leap over it, due both times where it comes twice.
 *
 * Months and weekdays are as in every cron: where both days of the month and of the week are given, either suffices.
 */
import { Cron } from 'croner';

export type Schedule = {
  /** As it was written, but for surrounding blanks. */
  readonly cron: string;
  /** An IANA name, in the engine's spelling. */
  readonly timeZone: string;
  /** Due once a day at most, at one time of day. */
  readonly isFixed: boolean;
  /** The first instant it is due after this one, in ms since 1970; undefined when there is none any more. */
  after(instant: number): number | undefined;
};

export type ScheduleFailure = {
  readonly reason: 'cron' | 'time-zone' | 'never';
  /** What is wrong, in a sentence. */
  readonly detail: string;
};

/** Longer is no schedule that anybody could read. */
const MOST_CHARACTERS = 200;

export function readSchedule(cron: string, timeZone: string, now: number): Schedule | ScheduleFailure {
  const zone = zoneNamed(timeZone);
  if (zone === undefined) {
    return { reason: 'time-zone', detail: `“${timeZone}” is no time zone; give one such as Asia/Seoul or UTC` };
  }
  const text = cron.trim();
  const wrong = misread(text);
  if (wrong !== undefined) return { reason: 'cron', detail: wrong };
  let found: Cron;
  try {
    found = new Cron(text, { timezone: zone, mode: '5-or-6-parts', paused: true });
  } catch (error) {
    return { reason: 'cron', detail: plain(error) };
  }
  const after = (instant: number): number | undefined => found.nextRun(new Date(instant))?.getTime();
  if (after(now) === undefined) return { reason: 'never', detail: `“${text}” names no day that will come` };
  return { cron: text, timeZone: zone, isFixed: isFixed(text), after };
}

export const isSchedule = (read: Schedule | ScheduleFailure): read is Schedule => 'after' in read;

/** From behind `from` to `to`, itself included: at most so many. */
export function dueBetween(schedule: Schedule, from: number, to: number, most: number): readonly number[] {
  const due: number[] = [];
  let at = schedule.after(from);
  while (at !== undefined && at <= to && due.length < most) {
    due.push(at);
    at = schedule.after(at);
  }
  return due;
}

function zoneNamed(name: string): string | undefined {
  // Offsets such as +09:00 are zones to the engine, but have no rule that could change.
  if (!/^[A-Za-z]/.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** What the library would take for something else than is meant. */
function misread(cron: string): string | undefined {
  if (cron.length > MOST_CHARACTERS) return `more than ${MOST_CHARACTERS} characters`;
  if (/^@(hourly|daily|midnight|weekly|monthly|yearly|annually)$/i.test(cron)) return undefined;
  const fields = cron === '' ? 0 : cron.split(/\s+/).length;
  if (fields < 5 || fields > 6)
    return `five fields are wanted (minute hour day month weekday), or six with seconds before them; these are ${fields}`;
  // To the library it is the moment at which the server started.
  if (cron.includes('?')) return '“?” has no fixed meaning; write “*”';
  return undefined;
}

/** Seconds, minutes and hours are one number each. */
function isFixed(cron: string): boolean {
  const fields = cron.split(/\s+/);
  if (fields[0]?.startsWith('@')) return /^@(yearly|annually|monthly|weekly|daily|midnight)$/i.test(fields[0]);
  const times = fields.length === 6 ? fields.slice(0, 3) : fields.slice(0, 2);
  return times.every((field) => /^\d+$/.test(field));
}

/** The library's sentence, without the name of its class. */
function plain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^Cron\w*: /, '');
}
