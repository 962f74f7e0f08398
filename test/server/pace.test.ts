import { beforeEach, describe, expect, test } from 'vitest';
import { Pace } from '../../server/pace.ts';
import { TestClock } from './rooms/house.ts';

let time: TestClock;
let paused: boolean;
let handled: number[];
let pace: Pace;
/** What handling one frame takes, in ms of the clock. */
let takes: number;
let spent: number;

beforeEach(() => {
  time = new TestClock();
  [paused, handled, takes, spent] = [false, [], 0, 0];
  const port = {
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
    },
  };
  const clock = { ...time.clock, now: () => time.now() + spent };
  const handle = (bytes: Uint8Array): void => {
    spent += takes;
    handled.push(bytes[0]!);
  };
  pace = new Pace(port, clock, { handle });
});

const flood = (count: number): void => {
  for (let index = 0; index < count; index += 1) pace.receive(Uint8Array.of(index % 251));
};

describe('the pace of one connection', () => {
  test('lets somebody who types fast, with a caret, for an hour, never wait', async () => {
    for (let tick = 0; tick < 3600; tick += 1) {
      flood(80);
      expect(paused).toBe(false);
      await time.pass(1000);
    }
    expect(handled).toHaveLength(80 * 3600);
  });

  test('reads a flood more slowly, loses none of it and keeps its order', async () => {
    flood(7000);
    expect(handled).toHaveLength(2000);
    expect(paused).toBe(true);
    await time.pass(5000);
    expect(handled.length).toBeGreaterThan(4400);
    expect(handled.length).toBeLessThanOrEqual(4501);
    expect(paused).toBe(true);
    await time.pass(6000);
    expect(paused).toBe(false);
    expect(handled).toEqual(Array.from({ length: 7000 }, (_, index) => index % 251));
  });

  test('takes the largest frame at once, and then waits some seconds at most', async () => {
    pace.receive(new Uint8Array(32 * 1024 * 1024));
    pace.receive(Uint8Array.of(7));
    expect(handled).toEqual([0]);
    await time.pass(4100);
    expect(handled).toEqual([0, 7]);
    expect(paused).toBe(false);
  });

  test('leaves three quarters of the thread to others, however dear the frames are', async () => {
    takes = 400;
    flood(1000);
    for (let second = 0; second < 60; second += 1) await time.pass(1000);
    expect(spent).toBeLessThan(0.25 * (60_000 + spent) + 2 * 2000);
    expect(handled.length).toBeGreaterThan(10);
  });

  test('stays paused while the disk is waited for, whichever ends first', async () => {
    pace.pause();
    flood(2100);
    await time.pass(1000);
    expect(handled).toHaveLength(2100);
    expect(paused).toBe(true);
    pace.resume();
    expect(paused).toBe(false);
    flood(2100);
    pace.pause();
    pace.resume();
    expect(paused).toBe(true);
  });

  test('handles nothing once it was released', async () => {
    flood(3000);
    pace.release();
    await time.pass(10_000);
    expect(handled).toHaveLength(2000);
  });
});
