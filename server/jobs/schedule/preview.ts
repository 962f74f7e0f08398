/**
 * What somebody sees before they save a schedule: when it is due next, and what the clocks' next changes do to it. Found by
 * asking the same expression twice, on the wall of its zone and where no clock is ever changed.
 */
import { dueBetween, isSchedule, readSchedule, type Schedule } from './schedule.ts';
import { type Change, changesOf, wallOf } from './wall.ts';

export type Due = {
  /** ms since 1970. */
  readonly at: number;
  /** What the clock on the wall says then: `2026-03-29T03:00:00`. */
  readonly wall: string;
  /** Minutes ahead of UTC. */
  readonly offset: number;
};

/**
 * `late`: due behind the gap; `left-out`: not due on that day at these times; `once`: the first of two; `twice`: both.
 */
export type Effect = 'late' | 'left-out' | 'once' | 'twice';

export type Changed = {
  readonly at: number;
  /** The clocks go from here … */
  readonly from: string;
  /** … to here. */
  readonly to: string;
  readonly effect: Effect;
  /** Times on the wall that it does this to: the first few. */
  readonly times: readonly string[];
};

export type Preview = { readonly due: readonly Due[]; readonly changes: readonly Changed[] };

export const DUE_SHOWN = 10;
/** Each zone that changes its clocks at all does so within a year; some weeks more, as the days move. */
const AHEAD_MS = 400 * 86_400_000;
const TIMES_SHOWN = 3;

export function previewOf(schedule: Schedule, now: number): Preview {
  const wall = wallOf(schedule.timeZone);
  const due = dueBetween(schedule, now, Number.POSITIVE_INFINITY, DUE_SHOWN).map((at) => ({
    at,
    wall: textOf(wall(at)),
    offset: Math.round((wall(at) - at) / 60_000),
  }));
  const unchanged = readSchedule(schedule.cron, 'UTC', now);
  if (!isSchedule(unchanged)) return { due, changes: [] };
  const changes = changesOf(wall, now, now + AHEAD_MS).flatMap((change) => changed(schedule, unchanged, change));
  return { due, changes };
}

function changed(schedule: Schedule, unchanged: Schedule, change: Change): readonly Changed[] {
  const { at, before, behind } = change;
  const isGap = behind > before;
  // The walls that come never, or twice: from the earlier of the two on, to before the later.
  const [first, end] = isGap ? [before, behind] : [behind, before];
  const times = dueBetween(unchanged, first - 1, end - 1, TIMES_SHOWN).map(textOf);
  if (times.length === 0) return [];
  const effect = schedule.isFixed ? (isGap ? 'late' : 'once') : isGap ? 'left-out' : 'twice';
  return [{ at, from: textOf(before), to: textOf(behind), effect, times }];
}

const textOf = (wall: number): string => new Date(wall).toISOString().slice(0, 19);
