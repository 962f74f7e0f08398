import { expect, test } from 'vitest';
import { quantile } from '../bench/figure.ts';
import { faultsOf } from '../bench/load/load.ts';
import { admit, SELECT_MS } from './admission.ts';
import { loadFor, P50_MS, P99_MS, RSS_MB } from './r14.ts';
import { OPEN_MS, START_MS, store } from './r15.ts';
import { soak } from './soak.ts';

/** Minutes of the soak: `GONDOLA_SOAK=5` for a shorter night. */
const MINUTES = Number(process.env.GONDOLA_SOAK ?? 30);
const MINUTE_MS = 60_000;

test.each([60, 600])(
  '2,000 edits a second for %i s: each once everywhere, acknowledged in time, in bounded memory',
  async (seconds) => {
    const loaded = await loadFor(seconds);
    expect(faultsOf(loaded)).toEqual([]);
    expect(loaded.rssMB).toBeLessThanOrEqual(RSS_MB);
    expect(loaded.acknowledged.p50).toBeLessThanOrEqual(P50_MS);
    expect(loaded.acknowledged.p99).toBeLessThanOrEqual(P99_MS);
  },
  20 * MINUTE_MS,
);

test(
  'a workspace of 10,000 notebooks starts, and opens those of 200 paragraphs, in time',
  async () => {
    const { wrong, openMs, startMs } = await store(10_000, 100, 5);
    expect(wrong).toBe(0);
    expect(Math.max(...startMs)).toBeLessThanOrEqual(START_MS);
    expect(quantile(openMs, 0.95)).toBeLessThanOrEqual(OPEN_MS);
  },
  10 * MINUTE_MS,
);

test(
  'beside two heavy notebooks a third person’s statement is done in time, and a run that waits says what for',
  async () => {
    const { besideMs, failed, waits, ran } = await admit(60);
    expect({ failed, waits, ran }).toEqual({ failed: 0, waits: 'memory', ran: true });
    expect(quantile(besideMs, 0.95)).toBeLessThanOrEqual(SELECT_MS);
  },
  10 * MINUTE_MS,
);

test(
  `${MINUTES} minutes of use leave memory, descriptors and processes as they were`,
  async () => {
    const { rise, flat, counts } = await soak(MINUTES);
    expect({ flat, rise }).toMatchObject({ flat: true });
    expect(counts.filter(({ failed }) => failed > 0)).toEqual([]);
  },
  (MINUTES + 10) * MINUTE_MS,
);
