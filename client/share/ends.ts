/** For how long a link holds. */
const DAY = 24 * 60 * 60 * 1000;
export const ENDS = ['week', 'month', 'day', 'never'] as const;
type End = (typeof ENDS)[number];
const LASTS: Readonly<Record<End, number | undefined>> = { week: 7 * DAY, month: 30 * DAY, day: DAY, never: undefined };

/** The moment; undefined for one that does not end. What is none of these is a week. */
export function endsAt(end: string, now: number): number | undefined {
  const lasts = LASTS[ENDS.find((one) => one === end) ?? 'week'];
  return lasts === undefined ? undefined : now + lasts;
}
