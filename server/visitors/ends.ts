/** Which visitor sessions end now, and which makes room for one more: pure. */
import type { LinkId } from '../protocol/ids.ts';
import type { VisitorKey } from '../protocol/keys.ts';
import { isGuest, type VisitorId, type Wanting } from './visitor.ts';

export type Seat = {
  readonly key: VisitorKey;
  readonly visitor: VisitorId;
  /** By which it was opened. */
  readonly link: LinkId | undefined;
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
/** Of all places those of browsers that opened links: whoever holds one is another visitor as often as they like. */
const GUESTS_SHARE = 1 / 2;
/**
 * Of the guests' places those that no link alone can take: who holds one link shuts nobody else out, and a link that a whole
 * class opens still has most of them.
 */
const OTHERS_SHARE = 1 / 3;

export const guestsPlaces = ({ most }: Pick<Bounds, 'most'>): number => Math.ceil(most * GUESTS_SHARE);

export function linkPlaces(bounds: Pick<Bounds, 'most'>): number {
  const all = guestsPlaces(bounds);
  return Math.max(1, all - Math.max(1, Math.floor(all * OTHERS_SHARE)));
}

/** A place, by that link where it is by one; `from`: who gives it up. Or whose are all taken, and none of them idle. */
export type Given =
  | { readonly given: true; readonly link: LinkId | undefined; readonly from: VisitorKey | undefined }
  | { readonly given: false; readonly taken: Whose };
type Whose = 'own' | 'link' | 'guests' | 'all';

/** As whoever is refused reads it. */
export const TAKEN: Readonly<Record<Whose, string>> = {
  own: 'yours run other notebooks',
  link: 'others who came by the same link are running it',
  guests: 'others who came by links are running notebooks',
  all: 'others are running notebooks',
};

/** Who has a place, or is being given one. */
export type Placed = Pick<Seat, 'visitor' | 'link'>;

/** For one more session of this visitor. Who came by several links comes by the one that is used least. */
export function placeFor(
  seats: readonly Seat[],
  { visitor, links }: Wanting,
  bounds: Bounds,
  opening: readonly Placed[] = [],
): Given {
  const count = (of: (one: Placed) => boolean): number => seats.filter(of).length + opening.filter(of).length;
  const by = (link: LinkId | undefined) => (one: Placed) => link !== undefined && one.link === link;
  const link = isGuest(visitor) ? links.toSorted((one, other) => count(by(one)) - count(by(other)))[0] : undefined;
  const rules: readonly (readonly [Whose, (one: Placed) => boolean, number])[] = [
    ['own', (one) => one.visitor === visitor, MOST_OF_ONE],
    ['link', by(link), linkPlaces(bounds)],
    ['guests', (one) => isGuest(visitor) && isGuest(one.visitor), guestsPlaces(bounds)],
    ['all', () => true, bounds.most],
  ];
  const full = rules.find(([, of, most]) => count(of) >= most);
  if (!full) return { given: true, link, from: undefined };
  const [taken, of] = full;
  const from = idlest(seats.filter(of));
  return from === undefined ? { given: false, taken } : { given: true, link, from };
}

const idlest = (seats: readonly Seat[]): VisitorKey | undefined =>
  seats.filter(({ busy }) => !busy).toSorted((a, b) => a.since - b.since)[0]?.key;
