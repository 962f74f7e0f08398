/**
 * Which automatic versions go: pure. All of a week are kept, then the last of each day for a month, the last of each week
 * for a year. Those with a name stay until somebody takes the name away.
 */
import type { VersionId } from '../protocol/ids.ts';

const DAY = 24 * 60 * 60 * 1000;
const ALL_FOR = 7 * DAY;
const DAILY_FOR = 30 * DAY;
const WEEKLY_FOR = 365 * DAY;
/** Of the last week: a program that restores each minute must not fill the disk. */
export const MOST_RECENT = 200;

export type Thinned = { readonly id: VersionId; readonly at: number; readonly name?: string };

export function chooseThinned(versions: readonly Thinned[], now: number): readonly VersionId[] {
  const automatic = versions.filter(({ name }) => name === undefined).toSorted((a, b) => b.at - a.at);
  const slots = new Set<string>();
  let recent = 0;
  return automatic
    .filter(({ at }, index) => {
      // The newest is what the next one is compared with.
      if (index === 0) return false;
      const age = now - at;
      if (age < ALL_FOR) {
        recent += 1;
        return recent >= MOST_RECENT;
      }
      if (age >= WEEKLY_FOR) return true;
      const slot = age < DAILY_FOR ? `day ${Math.floor(at / DAY)}` : `week ${Math.floor(at / (7 * DAY))}`;
      if (slots.has(slot)) return true;
      slots.add(slot);
      return false;
    })
    .map(({ id }) => id);
}
