import { expect, it } from 'vitest';
import type { VisitorKey } from '../../../server/protocol/keys.ts';
import { endsNow, givesWay, MOST_OF_ONE, type Seat } from '../../../server/visitors/ends.ts';
import type { VisitorId } from '../../../server/visitors/visitor.ts';

const bounds = { idleMs: 100, most: 8 };
const seat = (key: string, visitor: string, more: Partial<Seat> = {}): Seat => ({
  key: key as VisitorKey,
  visitor: visitor as VisitorId,
  busy: false,
  since: 0,
  allowed: true,
  ...more,
});
const ada = 'ada' as VisitorId;

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
  expect(givesWay(seats.slice(1), ada, bounds)).toBeUndefined();
  expect(givesWay(seats, ada, bounds)).toBe('s7');
  const busy = seats.map((one) => ({ ...one, busy: one.key !== 's3' }));
  expect(givesWay(busy, ada, bounds)).toBe('s3');
  expect(
    givesWay(
      busy.map((one) => ({ ...one, busy: true })),
      ada,
      bounds,
    ),
  ).toBe('full');
});

it('who has many takes no more from others', () => {
  const own = Array.from({ length: MOST_OF_ONE }, (_, index) => seat(`own${index}`, 'ada', { since: 50 + index }));
  const seats = [seat('older', 'ben', { since: 1 }), ...own];
  expect(givesWay(seats, ada, bounds)).toBe('own0');
  expect(givesWay(seats, 'ben' as VisitorId, bounds)).toBeUndefined();
  const busy = seats.map((one) => ({ ...one, busy: one.visitor === ada }));
  expect(givesWay(busy, ada, bounds)).toBe('full');
});

it('whoever opened links leaves half of the places to those who are known', () => {
  const guest = (index: number): VisitorId => `guest g${index}` as VisitorId;
  const guests = Array.from({ length: 4 }, (_, index) => seat(`s${index}`, guest(index), { busy: true }));
  expect(givesWay(guests.slice(1), guest(9), bounds)).toBeUndefined();
  expect(givesWay(guests, guest(9), bounds)).toBe('full');
  expect(givesWay(guests, ada, bounds)).toBeUndefined();
  const idle = guests.map((one) => ({ ...one, busy: one.key !== 's2' }));
  expect(givesWay(idle, guest(9), bounds)).toBe('s2');
  // Those who are being let in count as well, or many at once would be a way around.
  expect(givesWay([], guest(9), bounds, [0, 1, 2, 3].map(guest))).toBe('full');
  expect(givesWay([], ada, bounds, [0, 1, 2, 3].map(guest))).toBeUndefined();
  expect(givesWay([], guest(1), { ...bounds, most: 1 })).toBeUndefined();
});
