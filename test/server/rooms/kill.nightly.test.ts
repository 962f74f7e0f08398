import { test } from 'vitest';
import { expectInTime, keepKills, type Outcome, typeThroughKills } from './kills.ts';

/** `GONDOLA_KILLS` for a shorter night. */
const KILLS = Number(process.env.GONDOLA_KILLS ?? 1_000);

/** At most 6 s a kill, typing in between included. */
test(
  `${KILLS} kills lose nothing that was acknowledged, and keep each edit once`,
  async () => {
    const rounds: Outcome[] = [];
    for (let round = 0; round < KILLS / 25; round += 1) {
      rounds.push(await typeThroughKills(25));
      // A night that is cut short keeps what it has.
      keepKills('nightly', rounds);
    }
    expectInTime(rounds);
  },
  3 * 3_600_000,
);
