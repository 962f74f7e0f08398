import { describe, expect, it } from 'vitest';
import type { LinkId } from '../../../server/protocol/ids.ts';
import type { VisitorKey } from '../../../server/protocol/keys.ts';
import {
  endsNow,
  type Given,
  guestsPlaces,
  linkPlaces,
  MOST_OF_ONE,
  type Placed,
  placeFor,
  type Seat,
} from '../../../server/visitors/ends.ts';
import type { VisitorId } from '../../../server/visitors/visitor.ts';

const bounds = { idleMs: 100, most: 8 };
const seat = (key: string, visitor: string, more: Partial<Seat> = {}): Seat => ({
  key: key as VisitorKey,
  visitor: visitor as VisitorId,
  link: undefined,
  busy: false,
  since: 0,
  allowed: true,
  ...more,
});
const ada = 'ada' as VisitorId;
const link = (name: string): LinkId => name as LinkId;
/** Who gives way to one more, or whose places are all taken. */
function way(seats: readonly Seat[], visitor: string, opening: readonly Placed[] = [], links: readonly string[] = []) {
  const given = placeFor(seats, { visitor: visitor as VisitorId, links: links.map(link) }, bounds, opening);
  return given.given ? given.from : given.taken;
}

it('a session that is idle for long ends, and one that is not allowed any more, busy or not', () => {
  const seats = [
    seat('long', 'a', { since: 0 }),
    seat('fresh', 'b', { since: 1 }),
    seat('working', 'c', { busy: true }),
    seat('refused', 'd', { busy: true, since: 90, allowed: false }),
  ];
  expect(endsNow(seats, 100, bounds)).toEqual(['long', 'refused']);
});

it('where there is room nobody gives way, else the one idle for longest', () => {
  const seats = Array.from({ length: 8 }, (_, index) => seat(`s${index}`, `v${index}`, { since: 8 - index }));
  expect(way(seats.slice(1), 'ada')).toBeUndefined();
  expect(way(seats, 'ada')).toBe('s7');
  const busy = seats.map((one) => ({ ...one, busy: one.key !== 's3' }));
  expect(way(busy, 'ada')).toBe('s3');
  expect(
    way(
      busy.map((one) => ({ ...one, busy: true })),
      'ada',
    ),
  ).toBe('all');
});

it('who has many takes no more from others', () => {
  const own = Array.from({ length: MOST_OF_ONE }, (_, index) => seat(`own${index}`, 'ada', { since: 50 + index }));
  const seats = [seat('older', 'ben', { since: 1 }), ...own];
  expect(way(seats, 'ada')).toBe('own0');
  expect(way(seats, 'ben')).toBeUndefined();
  const busy = seats.map((one) => ({ ...one, busy: one.visitor === ada }));
  expect(way(busy, 'ada')).toBe('own');
});

describe('whoever opened links', () => {
  const guest = (index: number): VisitorId => `guest g${index}` as VisitorId;
  const sit = (count: number, by: string, from = 0) =>
    Array.from({ length: count }, (_, index) =>
      seat(`${by}${index}`, guest(from + index), { busy: true, link: link(by) }),
    );

  it('leaves half of the places to those who are known', () => {
    const guests = [...sit(3, 'one'), ...sit(1, 'two', 5)];
    expect(guests).toHaveLength(guestsPlaces(bounds));
    expect(way(guests.slice(1), guest(9), [], ['three'])).toBeUndefined();
    expect(way(guests, guest(9), [], ['three'])).toBe('guests');
    expect(way(guests, 'ada')).toBeUndefined();
    const idle = guests.map((one) => ({ ...one, busy: one.key !== 'one2' }));
    expect(way(idle, guest(9), [], ['three'])).toBe('one2');
    // Those who are being let in count as well, or many at once would be a way around.
    const opening = guests.map(({ visitor, link }) => ({ visitor, link }));
    expect(way([], guest(9), opening, ['three'])).toBe('guests');
    expect(way([], 'ada', opening)).toBeUndefined();
  });

  it('of one link leaves places to those of another', () => {
    expect([1, 2, 8, 20].map((most) => linkPlaces({ most }))).toEqual([1, 1, 3, 7]);
    const all = sit(linkPlaces(bounds), 'one');
    expect(way(all, guest(9), [], ['one'])).toBe('link');
    expect(way(all, guest(9), [], ['two'])).toBeUndefined();
    expect(way(all, 'ada')).toBeUndefined();
    // Only of the same link somebody idle makes room.
    const idle = [...all.map((one) => ({ ...one, busy: one.key !== 'one1' })), seat('else', 'ben')];
    expect(way(idle, guest(9), [], ['one'])).toBe('one1');
    const opening = all.map(({ visitor, link }) => ({ visitor, link }));
    expect(way([], guest(9), opening, ['one'])).toBe('link');
  });

  it('of several links comes by the one that is used least', () => {
    const given = (seats: readonly Seat[]): Given =>
      placeFor(seats, { visitor: guest(9), links: [link('one'), link('two')] }, bounds);
    expect(given(sit(3, 'one'))).toEqual({ given: true, link: 'two', from: undefined });
    expect(given([])).toEqual({ given: true, link: 'one', from: undefined });
  });

  it('finds a place where there is one at all', () => {
    const one = { ...bounds, most: 1 };
    expect(placeFor([], { visitor: guest(1), links: [link('one')] }, one)).toMatchObject({ given: true });
  });
});
