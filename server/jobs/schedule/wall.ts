/**
 * The clock on the wall of a time zone, as milliseconds since 1970 in no zone: what `Date.UTC` makes of its figures. Whole
 * seconds; offsets are the engine's own.
 */
export type Wall = (instant: number) => number;

export type Change = {
  /** The first instant that has the new offset. */
  readonly at: number;
  /** What the wall would have said, and what it says. */
  readonly before: number;
  readonly behind: number;
};

const HOUR_MS = 3_600_000;
const SECOND_MS = 1_000;
/** No zone has gone forth and back again within this. */
const STEP_MS = 12 * HOUR_MS;

export function wallOf(timeZone: string): Wall {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (instant) => {
    const parts: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(instant)) parts[type] = Number(value);
    const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
}

/** When the clocks of the zone are changed, behind `from` up to `to`. */
export function changesOf(wall: Wall, from: number, to: number): readonly Change[] {
  const offset = (instant: number): number => wall(instant) - instant;
  const found: Change[] = [];
  const start = Math.floor(from / SECOND_MS) * SECOND_MS;
  for (let low = start; low < to; low += STEP_MS) {
    let [same, other] = [low, Math.min(low + STEP_MS, Math.ceil(to / SECOND_MS) * SECOND_MS)];
    const old = offset(same);
    if (offset(other) === old) continue;
    while (other - same > SECOND_MS) {
      const middle = Math.floor((same + other) / 2 / SECOND_MS) * SECOND_MS;
      if (offset(middle) === old) same = middle;
      else other = middle;
    }
    found.push({ at: other, before: other + old, behind: wall(other) });
  }
  return found;
}
