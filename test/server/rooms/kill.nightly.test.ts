import { test } from 'vitest';
import { typeThroughKills } from './kills.ts';

/** At most 3 s a kill, typing in between included. */
test(
  '1,000 kills lose nothing that was acknowledged, and keep each edit once',
  async () => {
    for (let round = 0; round < 40; round += 1) await typeThroughKills(25);
  },
  3 * 3_600_000,
);
