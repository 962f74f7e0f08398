/** For how long a link holds. */
const DAY = 24 * 60 * 60 * 1000;
export const ENDS = { week: 7 * DAY, month: 30 * DAY, day: DAY, never: undefined } as const;
export type End = keyof typeof ENDS;

/** The moment; undefined for one that does not end. What is none of these is a week. */
export function endsAt(end: string, now: number): number | undefined {
  const lasts = isEnd(end) ? ENDS[end] : ENDS.week;
  return lasts === undefined ? undefined : now + lasts;
}

const isEnd = (text: string): text is End => Object.hasOwn(ENDS, text);
