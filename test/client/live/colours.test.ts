import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COLORS, colorAmong } from '../../../client/live/colours.ts';

type State = { person: { id: string }; color: number; since: number };
const state = (id: string, color: number, since: number): State => ({ person: { id }, color, since });
const own = (client: number, { person, color, since }: State) => ({ client, person: person.id, color, since });

test('who came first keeps the colour; who comes later has the first that is free', () => {
  const room = new Map([
    [1, state('ada', 0, 10)],
    [2, state('ben', 0, 20)],
    [3, state('cy', 1, 30)],
  ]);
  expect(colorAmong(own(1, room.get(1)!), room)).toBe(0);
  expect(colorAmong(own(2, room.get(2)!), room)).toBe(2);
  expect(colorAmong(own(3, room.get(3)!), room)).toBe(1);
});

test('a second tab looks like the first, also where that one has given way', () => {
  const room = new Map([
    [1, state('ada', 5, 10)],
    [2, state('ada', 3, 20)],
  ]);
  expect(colorAmong(own(2, room.get(2)!), room)).toBe(5);
  expect(colorAmong(own(1, room.get(1)!), room)).toBe(5);
});

test('nonsense has no colour', () => {
  const room = new Map<number, unknown>([
    [2, null],
    [3, 'ada'],
    [4, { person: 3, color: 1 }],
    [5, { person: { id: 'x' }, color: 'red', since: -1 }],
  ]);
  expect(colorAmong({ client: 1, person: 'me', color: 1, since: 50 }, room)).toBe(1);
});

test('however they come, up to eight people settle on colours of their own', () => {
  const people = fc.array(fc.tuple(fc.nat(COLORS - 1), fc.nat(3)), { minLength: 1, maxLength: COLORS });
  fc.assert(
    fc.property(people, (wanted) => {
      const room = new Map(wanted.map(([color, since], index) => [index + 1, state(`p${index}`, color, since)]));
      let moved = true;
      for (let turn = 0; moved; turn += 1) {
        expect(turn).toBeLessThan(20);
        moved = false;
        for (const [client, each] of room) {
          const color = colorAmong(own(client, each), room);
          if (color === each.color) continue;
          room.set(client, { ...each, color });
          moved = true;
        }
      }
      expect(new Set([...room.values()].map(({ color }) => color)).size).toBe(room.size);
    }),
  );
});
