/** Stretches over an engine that ends what is given up a little later, as an interrupted query does. */
import { expect, it } from 'vitest';
import type { Engine } from '../../../server/results/reader/engine.ts';
import { ReaderError } from '../../../server/results/reader/failure.ts';
import { type Owner, openStretches } from '../../../server/results/reader/stretches.ts';

it('one that was given up and is wanted again is fetched anew', async () => {
  const fetches: { readonly asker: string; readonly signal: AbortSignal; readonly finish: () => void }[] = [];
  const engine: Engine = {
    use: (lane, asker, signal) =>
      new Promise((resolve, reject) => {
        const finish = () => (signal.aborted ? reject(new ReaderError('cancelled', '')) : resolve(undefined as never));
        if (lane === 'stretch') fetches.push({ asker, signal, finish });
        else finish();
      }),
    forget: () => {},
    close: () => {},
  };
  const found = {
    rows: 10,
    room: 10,
    fraction: 1,
    part: (from: number, to: number) => new Uint32Array(to - from),
    reach: async () => {},
    whole: Promise.resolve(10),
  };
  const owner: Owner = {
    key: 'v',
    asker: 'one',
    table: { key: 'k', number: 1, sql: 't', values: [], columns: [] },
    found,
  };
  const stretches = openStretches(engine);
  const range = { from: 0, to: 5 };
  const first = stretches.take(owner, range);
  await expect.poll(() => fetches.length).toBe(1);
  stretches.give([first]);
  const second = stretches.take(owner, range);
  await expect.poll(() => fetches.length).toBe(2);
  for (const { finish } of fetches) finish();
  await expect(first.stretch).rejects.toMatchObject({ code: 'cancelled' });
  await expect(second.stretch).resolves.toMatchObject({ first: 0, rows: 5 });
  expect(fetches.map(({ asker, signal }) => [asker, signal.aborted])).toEqual([
    ['one', true],
    ['one', false],
  ]);
  // The end of the first is none of the second's.
  expect(stretches.take(owner, range)).toBe(second);
});
