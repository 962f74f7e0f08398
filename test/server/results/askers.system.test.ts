/** The real reader under one who asks without end: what others search is answered all the same. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Narrow } from '../../../server/protocol/table/narrow.ts';
import type { ResultOwner } from '../../../server/results/contract.ts';
import { type Bench, never, openBench } from './support.ts';

/** More than wait for searches of all askers together. */
const FLOOD = 30;
/** What the owner asks meanwhile, one after the other, as a page does. */
const ASKED = 5;

let bench: Bench;
let large: ResultOwner;
beforeAll(async () => {
  bench = await openBench();
  large = await bench.keep('select i, md5(i::varchar) as t from range(400000) r(i)');
});
afterAll(() => bench.close());

const having = (text: string): Narrow => ({ filters: [{ column: 't', is: 'contains', text }] });

it('one guest’s filters without end are refused to them, and none of the owner’s is', async () => {
  const ask = (text: string, asker: string) =>
    bench.results.progress(large.id, { sort: [], narrow: having(text) }, 2 ** 40, never, asker);
  const refused: unknown[] = [];
  let done = false;
  let asked = 0;
  const flood = async (): Promise<void> => {
    while (!done) {
      const round = Array.from({ length: FLOOD }, () => {
        asked += 1;
        return ask(`a${asked.toString(16)}`, 'link one').catch((error: unknown) => refused.push(error));
      });
      await Promise.all(round);
    }
  };
  const flooding = flood();
  try {
    for (let index = 0; index < ASKED; index += 1) {
      for (;;) {
        const { fraction } = await ask(`b${index}`, 'owner');
        if (fraction === 1) break;
      }
    }
  } finally {
    done = true;
    await flooding;
  }
  expect(refused.length).toBeGreaterThan(0);
  for (const error of refused) expect(error).toMatchObject({ code: 'too-many', status: 429 });
  expect(String(refused[0])).toContain('by you or by others with your link');
});
