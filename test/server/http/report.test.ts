/** Reports in one file over HTTP: each takes a turn, and gives it back however it ends. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BOUNDS } from '../../../server/report/turns.ts';
import { type Harness, NOTEBOOK, newHarness, owner } from './support.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await newHarness();
});
afterEach(() => harness.close());

const report = (query = '') =>
  harness.app.inject({ method: 'GET', url: `/api/v1/notebooks/${NOTEBOOK}/report${query}`, headers: owner });

it('gives its turn back when it was sent, refused or failed', async () => {
  for (let at = 0; at <= BOUNDS.held; at += 1) {
    const sent = await report();
    expect([sent.statusCode, sent.headers['content-length']]).toEqual([200, String(sent.rawPayload.length)]);
    expect(sent.body.startsWith('<!doctype html>')).toBe(true);
    expect((await report('?forms=x')).statusCode).toBe(400);
    expect((await report('?print=true')).headers['content-security-policy']).toContain('sandbox');
  }
});

it('makes no more at once than may be, and all of them in the end', async () => {
  const { reports } = harness.services;
  const { page } = reports;
  let now = 0;
  let most = 0;
  Object.assign(reports, {
    page: async (...given: Parameters<typeof page>) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return page(...given);
    },
  });
  const all = await Promise.all(Array.from({ length: 3 * BOUNDS.held }, () => report()));
  expect(new Set(all.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(BOUNDS.making);
});

it('reads nothing of runs whose paragraphs are not published to whoever asks', async () => {
  const runs = await harness.world.runs.of(NOTEBOOK);
  const asked = await runs.ask({ request: 'r1' as never, by: { id: 'ada' as never, name: 'Ada' } });
  await runs.ended(
    asked.runs.map(({ id }) => id),
    AbortSignal.timeout(20_000),
  );
  const read: string[] = [];
  const get = runs.get.bind(runs);
  runs.get = (id) => {
    read.push(asked.runs.find((run) => run.id === id)?.paragraph ?? '');
    return get(id);
  };
  const made = await harness.app.inject({
    method: 'POST',
    url: `/api/v1/notebooks/${NOTEBOOK}/links`,
    headers: owner,
    payload: { paragraphs: ['b'], embed: { origins: ['https://wiki.example'] } },
  });
  const secret = String(made.json().url).split('/').at(-1);
  const sent = await harness.app.inject({
    method: 'GET',
    url: `/api/v1/notebooks/${NOTEBOOK}/report`,
    headers: { host: owner.host, authorization: `Embed ${secret}` },
  });
  expect([sent.statusCode, read]).toEqual([200, ['b']]);
});
