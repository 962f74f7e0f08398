/**
 * Each change of the clocks from 2020 to 2037 in twelve zones: what the schedule says against an oracle that walks minute by
 * minute over the wall, reads the expression by itself, and applies the rule as `schedule.ts` states it.
 */
import { describe, expect, it } from 'vitest';
import { dueBetween, isSchedule, readSchedule } from '../../../../server/jobs/schedule/schedule.ts';
import { changesOf, wallOf } from '../../../../server/jobs/schedule/wall.ts';

const ZONES = [
  'America/New_York',
  'America/Sao_Paulo',
  'America/St_Johns',
  'America/Santiago',
  'Europe/Berlin',
  'Europe/London',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Asia/Seoul',
  'Asia/Beirut',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
];
const EXPRESSIONS = [
  '30 2 * * *',
  '0 0 * * *',
  '30 0 * * *',
  '0 3 * * *',
  '15 1 * * *',
  '*/20 2 * * *',
  '30 1-3 * * *',
  '0 * * * *',
  '0,30 0,2 * * *',
  '45 23 * * *',
  '10 */2 * * *',
  '0 2 * * SUN',
];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** To each side of a change. */
const AROUND = 5 * HOUR;
const BEFORE = 3 * HOUR;
const FROM = Date.UTC(2020, 0, 1);
const TO = Date.UTC(2038, 0, 1);

const textOf = (at: number): string => new Date(at).toISOString();

type Field = (value: number) => boolean;

function fieldOf(text: string, names: readonly string[] = []): Field {
  const parts = text.split(',').map((part): Field => {
    const [range = '*', step = '1'] = part.split('/');
    const [low, high] = range.split('-').map((end) => (names.includes(end) ? names.indexOf(end) : Number(end)));
    return (value) =>
      range === '*' ? value % Number(step) === 0 : high === undefined ? value === low : value >= low! && value <= high;
  });
  return (value) => parts.some((part) => part(value));
}

/** A minute of real time: when it is, and what the wall says. */
type Minute = { readonly at: number; readonly wall: number };

/** Earlier than is looked at, so that the first pass of a wall that comes twice is known. */
function minutesAround(timeZone: string, at: number): readonly Minute[] {
  const wall = wallOf(timeZone);
  const minutes: Minute[] = [];
  for (let now = at - AROUND - BEFORE; now <= at + AROUND; now += MINUTE) minutes.push({ at: now, wall: wall(now) });
  return minutes;
}

function oracle(expression: string, minutes: readonly Minute[], from: number): readonly number[] {
  const [minute, hour, , , weekday] = expression.split(' ') as [string, string, string, string, string];
  const fields = { minute: fieldOf(minute), hour: fieldOf(hour), weekday: fieldOf(weekday, ['SUN']) };
  const isFixed = /^\d+$/.test(minute) && /^\d+$/.test(hour);
  const matches = (at: number): boolean => {
    const date = new Date(at);
    return (
      fields.minute(date.getUTCMinutes()) &&
      fields.hour(date.getUTCHours()) &&
      (weekday === '*' || fields.weekday(date.getUTCDay()))
    );
  };
  const due = new Set<number>();
  const seen = new Set<number>();
  let last = minutes[0]!.wall - MINUTE;
  for (const { at, wall } of minutes) {
    if (isFixed) for (let skipped = last + MINUTE; skipped < wall; skipped += MINUTE) if (matches(skipped)) due.add(at);
    if (matches(wall) && !(isFixed && seen.has(wall))) due.add(at);
    seen.add(wall);
    last = wall;
  }
  return [...due].filter((at) => at > from);
}

describe.each(ZONES)('in %s', (timeZone) => {
  const changes = changesOf(wallOf(timeZone), FROM, TO);

  it('a schedule is due as its rule says, at every change of the clocks', () => {
    const wrong: string[] = [];
    const schedules = EXPRESSIONS.map((expression) => readSchedule(expression, timeZone, FROM));
    for (const { at } of changes) {
      const minutes = minutesAround(timeZone, at);
      for (const schedule of schedules) {
        if (!isSchedule(schedule)) throw new Error(schedule.detail);
        const ours = dueBetween(schedule, at - AROUND, at + AROUND, 1_000).map(textOf);
        const theirs = oracle(schedule.cron, minutes, at - AROUND).map(textOf);
        if (ours.join() !== theirs.join()) wrong.push(`${schedule.cron}: ${ours} instead of ${theirs}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

it('the zones change their clocks often enough to prove something', () => {
  const counts = ZONES.map((timeZone) => changesOf(wallOf(timeZone), FROM, TO).length);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(300);
});
