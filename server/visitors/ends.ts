/** Which visitor sessions end now, and which makes room for one more: pure. */
import type { VisitorKey } from '../protocol/keys.ts';
import { isGuest, type VisitorId } from './visitor.ts';

export type Seat = {
  readonly key: VisitorKey;
  readonly visitor: VisitorId;
  /** Something runs or waits in it. */
  readonly busy: boolean;
  /** When it was opened, asked for a run, or its last run ended. */
  readonly since: number;
  /** Whether anybody who came as this visitor may still run there, in a session of their own. */
  readonly allowed: boolean;
};

export type Bounds = { readonly idleMs: number; readonly most: number };

export const endsNow = (seats: readonly Seat[], now: number, { idleMs }: Bounds): readonly VisitorKey[] =>
  seats.filter(({ busy, since, allowed }) => !allowed || (!busy && now - since >= idleMs)).map(({ key }) => key);

/** One person with many notebooks leaves room for others. */
export const MOST_OF_ONE = 5;

/**
 * For one more of this visitor. Undefined: there is room as it is; `full`: nobody is idle. Browsers that opened links may have
 * half of the places at most: whoever holds one is another visitor as often as they like.
 */
export function givesWay(
  seats: readonly Seat[],
  visitor: VisitorId,
  { most }: Bounds,
  /** Who is being given a place. */
  opening: readonly VisitorId[] = [],
): VisitorKey | 'full' | undefined {
  const own = seats.filter((seat) => seat.visitor === visitor);
  if (own.length >= MOST_OF_ONE) return idlest(own);
  if (isGuest(visitor)) {
    const guests = seats.filter((seat) => isGuest(seat.visitor));
    if (guests.length + opening.filter(isGuest).length >= Math.ceil(most / 2)) return idlest(guests);
  }
  return seats.length + opening.length < most ? undefined : idlest(seats);
}

const idlest = (seats: readonly Seat[]): VisitorKey | 'full' =>
  seats.filter(({ busy }) => !busy).toSorted((a, b) => a.since - b.since)[0]?.key ?? 'full';
