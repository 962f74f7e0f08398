/**
 * What is due, and what becomes of it: pure, from what is written and the clock. Instants come from the schedule and the last
 * one planned, never from "now" alone: whatever the clock does and whenever the server dies, the same instants are found
 * again, and one that has its record keeps it.
 *
 * A clock that is put back after it ran ahead finds records of times to come. What was done then is done; what was written off
 * as missed is planned after all when its time comes.
 */
import { fresh, type Occurrence } from './occurrence.ts';
import type { Schedule } from './schedule/schedule.ts';

/** What to do about times at which the server was not there. */
export type Missed = 'latest' | 'all' | 'skip';
/** What to do about a time that comes while an earlier one is still at work. */
export type Overlap = 'skip' | 'queue' | 'cancel';
export type Policy = { readonly missed: Missed; readonly overlap: Overlap };

export type Look = {
  readonly schedule: Pick<Schedule, 'after'>;
  readonly policy: Policy;
  /** Planned up to here, itself included. */
  readonly cursor: number;
  readonly now: number;
  /** The job's planned and running ones, by their times. */
  readonly open: readonly Occurrence[];
  /** The record of a time, if there is one. */
  readonly known: (planned: number) => Occurrence | undefined;
};

export type Plan = {
  /** New records, and those that change. No two of one time. */
  readonly records: readonly Occurrence[];
  /** Running ones that make room. */
  readonly cancel: readonly number[];
  readonly cursor: number;
};

/** A server that was busy or started anew within this was there all the same. */
export const ON_TIME_MS = 60_000;
/** Made up for at most: two days of every hour. */
export const MOST_MADE_UP = 48;
/** Written singly at most, the latest; those before them share a record. */
export const MOST_RECORDS = 500;
/** Asked of the schedule in one look, at a tenth of a millisecond each. */
const MOST_ASKED = 5_000;
/** Where more are due than one would ask for, the last of them are looked for from here on. */
const LAST_STRETCH_MS = 3_600_000;

export function planDue(look: Look): Plan {
  const { policy, now, known } = look;
  const isBack = look.cursor > now + ON_TIME_MS;
  const { times, before } = dueTimes(look.schedule, isBack ? now : look.cursor, now);
  const records = new Map<number, Occurrence>();
  if (before && !known(before.planned)) records.set(before.planned, before);
  const makesUp = policy.missed === 'all' ? MOST_MADE_UP : policy.missed === 'latest' ? 1 : 0;
  const cancel: number[] = [];
  let running = look.open.filter(({ state }) => state === 'running').map(({ planned }) => planned);
  let waiting = look.open.filter(({ state }) => state === 'planned');

  function admit(planned: number, isOnTime: boolean): void {
    const one = fresh(planned, 'planned');
    // What is made up for is done one after the other: none is in the way of the next.
    const isBusy = isOnTime && running.length + waiting.length > 0;
    if (isBusy && policy.overlap === 'cancel') {
      const isEarlier = (time: number): boolean => time < planned;
      cancel.push(...running.filter(isEarlier));
      running = running.filter((time) => !isEarlier(time));
      for (const left of waiting)
        if (isEarlier(left.planned)) records.set(left.planned, { ...left, state: 'cancelled' });
      waiting = waiting.filter((left) => !isEarlier(left.planned));
    } else if (isBusy && (policy.overlap === 'skip' || waiting.length > 0)) {
      records.set(planned, fresh(planned, 'skipped'));
      return;
    }
    waiting.push(one);
    records.set(planned, one);
  }

  times.forEach((planned, index) => {
    const isOnTime = now - planned <= ON_TIME_MS;
    const written = known(planned);
    if (written && !(written.state === 'missed' && written.until === undefined && isOnTime)) return;
    if (isOnTime || times.length - index <= makesUp) admit(planned, isOnTime);
    else records.set(planned, fresh(planned, 'missed'));
  });
  return {
    records: [...records.values()],
    cancel,
    cursor: times.at(-1) ?? before?.until ?? (isBack ? now : look.cursor),
  };
}

type DueTimes = {
  readonly times: readonly number[];
  /** One record for all before them. */
  readonly before?: Occurrence;
};

function dueTimes(schedule: Pick<Schedule, 'after'>, from: number, now: number): DueTimes {
  const first = schedule.after(from);
  let times: number[] = [];
  let until: number | undefined;
  let asked = 0;
  for (let at = first; at !== undefined && at <= now; at = schedule.after(at)) {
    asked += 1;
    if (asked === MOST_ASKED && at < now - LAST_STRETCH_MS) {
      until = now - LAST_STRETCH_MS;
      times = [];
      at = until;
    } else times.push(at);
  }
  if (times.length > MOST_RECORDS) {
    until = times.at(-MOST_RECORDS - 1);
    times = times.slice(-MOST_RECORDS);
  }
  if (first === undefined || until === undefined) return { times };
  return { times, before: { ...fresh(first, 'missed'), until } };
}
