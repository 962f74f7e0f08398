import { beforeEach, expect, test } from 'vitest';
import type { PersonId } from '../../../server/protocol/ids.ts';
import { Claims, MOST_LEFT } from '../../../server/rooms/claims.ts';
import type { Owner } from '../../../server/rooms/records.ts';
import { openMemory } from '../../../server/storage/disk/memory.ts';
import { join, roomOn } from './guest.ts';
import { TestClock } from './house.ts';

const [ADA, BEN] = ['ada' as PersonId, 'ben' as PersonId];
let durable: Map<number, Owner>;
let claims: Claims<object>;
beforeEach(() => {
  durable = new Map();
  claims = new Claims(() => durable);
});

test('an id is whose it was first, while they are here and for a while after', () => {
  const [here, other] = [{}, {}];
  claims.claim(7, ADA, here);
  claims.claim(7, BEN, other);
  expect(claims.ownerOf(7)).toBe(ADA);
  claims.left(other);
  claims.left(here);
  claims.claim(7, BEN, other);
  expect(claims.ownerOf(7)).toBe(ADA);
});

test('of pages that came, wrote nothing and left a bounded number is remembered, the last', () => {
  const staying = {};
  claims.claim(1, ADA, staying);
  for (let client = 100; client < 100 + 5 * MOST_LEFT; client += 1) {
    const page = {};
    claims.claim(client, BEN, page);
    claims.left(page);
  }
  expect(claims.size).toBe(MOST_LEFT + 1);
  expect([claims.ownerOf(1), claims.ownerOf(100), claims.ownerOf(99 + 5 * MOST_LEFT)]).toEqual([ADA, undefined, BEN]);
});

test('an id with two pages of one person is let go with the last of them, and one that is back is not let go', () => {
  const [one, again] = [{}, {}];
  claims.claim(7, ADA, one);
  claims.claim(7, ADA, again);
  claims.left(one);
  for (let client = 100; client <= 100 + MOST_LEFT; client += 1) {
    const page = {};
    claims.claim(client, BEN, page);
    claims.left(page);
  }
  expect(claims.ownerOf(7)).toBe(ADA);
});

test('what is durably somebody’s is remembered there alone, and stays', () => {
  const page = {};
  claims.claim(7, ADA, page);
  durable.set(7, ADA);
  claims.left(page);
  expect([claims.size, claims.ownerOf(7)]).toEqual([0, ADA]);
});

test('an edit that its page did not wait for is its person’s, whoever comes next under that id', async () => {
  const time = new TestClock();
  const room = await roomOn(openMemory(), time);
  const ada = join(room, 'ada', 101);
  ada.edit((doc) => doc.getMap('meta').set('title', 'x'));
  ada.peer.leave();
  const ben = join(room, 'ben', 101);
  ben.edit((doc) => doc.getMap('meta').set('title', 'y'));
  await time.pass(0);
  await room.settled();
  expect(room.doc.getMap('meta').toJSON()).toEqual({ title: 'x' });
  expect(ben.closed).toBeDefined();
});
