/**
 * R13: what is nearly right, in every form that comes from outside, by the thousand. Shared by the suite and the nightly lane,
 * which differ in their size alone. `SEED` gives other cases; a case that fails is told with its seed and number.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'vitest';
import { keepHeld } from '../../reliability/record.ts';
import { seeded } from '../rooms/house.ts';
import { openCalls } from './calls.ts';
import { openFrames } from './frames.ts';
import type { Random } from './mutate.ts';
import type { Target } from './target.ts';
import { openFiles, openLines } from './texts.ts';
import { openWires } from './wires.ts';

/** Of ten thousand cases; what is slow to try has fewer. */
export const SHARES: Readonly<
  Record<string, { readonly cases: number; readonly open: (random: Random) => Promise<Target> | Target }>
> = {
  'frames of the live socket': { cases: 2_000, open: (random) => openFrames('frames', random) },
  'updates of documents': { cases: 2_000, open: (random) => openFrames('updates', random) },
  'files of notebooks': { cases: 2_000, open: openFiles },
  'calls of the API': { cases: 1_500, open: (random) => openCalls('calls', random) },
  uploads: { cases: 700, open: (random) => openCalls('uploads', random) },
  'lines of programs': { cases: 1_400, open: openLines },
  'requests as bytes': { cases: 250, open: (random) => openWires('requests', random) },
  'sockets as bytes': { cases: 150, open: (random) => openWires('sockets', random) },
};

/** Somebody is served after so many cases. */
const BETWEEN = 50;
/** What was stored on purpose goes after so many. */
const RENEW = 250;
/** What the heap may have grown by after a warm-up: caches of code, not what each case leaves behind. */
const HEAP_BYTES = 32 * 1024 * 1024;
/** Cases before the heap is first looked at. */
const WARM_UP = 0.3;

export async function fuzz(name: string, times: number): Promise<void> {
  const share = SHARES[name]!;
  const seed = Number(process.env.SEED ?? 1);
  const target = await share.open(seeded(seed));
  const cases = share.cases * times;
  const unheard: unknown[] = [];
  const hear = (reason: unknown): void => void unheard.push(reason);
  process.on('unhandledRejection', hear);
  let warm = 0;
  try {
    for (let at = 0; at < cases; at += 1) {
      if (at === Math.floor(cases * WARM_UP)) warm = await heap(target);
      if (at > 0 && at % RENEW === 0) await target.renew();
      try {
        await target.attack();
        if (at % BETWEEN === BETWEEN - 1) await target.serves();
      } catch (cause) {
        throw new Error(`case ${at} of seed ${seed}: ${cause instanceof Error ? cause.stack : String(cause)}`);
      }
    }
    expect(target.problems()).toEqual([]);
    expect(unheard).toEqual([]);
    const grown = (await heap(target)) - warm;
    expect(grown, `the heap has grown by ${grown} bytes`).toBeLessThan(HEAP_BYTES);
  } finally {
    process.off('unhandledRejection', hear);
    await target.close();
  }
  keepHeld({ figure: 'R13', part: times === 1 ? `suite, ${name}` : `nightly, ${name}`, held: { [name]: cases } });
}

/** Bytes that are still held once everything else has gone. */
async function heap(target: Target): Promise<number> {
  await target.renew();
  await new Promise((resolve) => setImmediate(resolve));
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
