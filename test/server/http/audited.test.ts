import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Harness, NOTEBOOK, newHarness, TOKEN } from './support.ts';

const headers = { host: 'localhost:4321', authorization: `Bearer ${TOKEN}` };
let harness: Harness;
beforeAll(async () => {
  harness = await newHarness();
});
afterAll(() => harness.close());

it('data files that are added, replaced and removed are in the audit log, by the path that they got', async () => {
  const url = '/api/v1/files/flights/data/new.csv';
  const put = (method: 'PUT' | 'POST', more = {}) =>
    harness.app.inject({ method, url, headers: { ...headers, 'content-type': 'text/csv', ...more }, payload: 'a\n' });
  await put('PUT', { 'if-none-match': '*' });
  await put('POST');
  await put('PUT');
  await harness.app.inject({ method: 'DELETE', url, headers });
  const written = harness.door.access.audit.read({ after: 0, limit: 100 }).map(({ event, on }) => [event, on]);
  expect(written).toEqual([
    ['file-added', 'flights/data/new.csv'],
    ['file-added', 'flights/data/new-2.csv'],
    ['file-replaced', 'flights/data/new.csv'],
    ['file-deleted', 'flights/data/new.csv'],
  ]);
});

it('a report that leaves is in the audit log', async () => {
  const after = harness.door.access.audit.read({ after: 0, limit: 1_000 }).at(-1)?.seq ?? 0;
  const report = await harness.app.inject({ method: 'GET', url: `/api/v1/notebooks/${NOTEBOOK}/report`, headers });
  expect(report.statusCode).toBe(200);
  const written = harness.door.access.audit.read({ after, limit: 100 });
  expect(written).toMatchObject([{ event: 'export', on: NOTEBOOK, detail: 'report' }]);
});

it('passwords of links are made in turn with all others: where the row is long one is told to wait', async () => {
  const { attempts } = harness.door.access;
  const release: (() => void)[] = [];
  const held = Array.from({ length: 42 }, () => attempts.turn(() => new Promise<void>((done) => release.push(done))));
  const make = () =>
    harness.app.inject({
      method: 'POST',
      url: `/api/v1/notebooks/${NOTEBOOK}/links`,
      headers: { ...headers, 'content-type': 'application/json' },
      payload: { password: 'long enough' },
    });
  expect((await make()).json().error.code).toBe('too-many');
  for (let done = 0; done < 42; done += 1) {
    release.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(held);
  expect((await make()).statusCode).toBe(201);
});
