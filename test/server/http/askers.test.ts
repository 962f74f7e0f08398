/** Whose share of the reader each call on results takes: an account's, a link's, the owner's, whatever cookie it comes with. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { NotebookId } from '../../../server/protocol/ids.ts';
import { type Actor, castOf } from '../access/cast.ts';
import { type Harness, NOTEBOOK, newHarness, TOKEN } from './support.ts';

let harness: Harness;
let actors: readonly Actor[];
let result = '';
const askers: string[] = [];

beforeAll(async () => {
  harness = await newHarness();
  const scene = { notebook: NOTEBOOK, other: 'otherother' as NotebookId, folder: 'flights', token: TOKEN };
  actors = castOf(harness.door, scene);
  const { headers } = actors[0]!;
  const url = `/api/v1/notebooks/${NOTEBOOK}/runs?wait=10`;
  const asked = await harness.app.inject({ method: 'POST', url, headers, payload: {} });
  const run = await harness.app.inject({ url: `/api/v1/runs/${asked.json().runs[0].id}`, headers });
  result = run.json().outputs[1].result;
  const { results } = harness.services;
  const { window, chart, pivot, pivotStatement, progress, profile, sums } = results;
  // Each call tells for whom, and answers as before.
  const noting =
    <A extends readonly unknown[], R>(place: number, work: (...all: A) => R) =>
    (...all: A): R => {
      askers.push(String(all[place]));
      return work(...all);
    };
  Object.assign(results, {
    window: noting(3, window),
    chart: noting(4, chart),
    pivot: noting(4, pivot),
    pivotStatement: noting(5, pivotStatement),
    progress: noting(4, progress),
    profile: noting(4, profile),
    sums: noting(4, sums),
  });
});
afterAll(() => harness?.close());

const CALLS = [
  'rows?limit=1',
  'chart',
  'pivot',
  'pivot/sql?table=t',
  'progress',
  'profile?column=a',
  'sums?columns=["a"]&to=1',
] as const;

it.each([
  ['the owner by the printed token', 'owner'],
  ['the owner by a cookie', 'owner'],
  ['a reader', 'person reader'],
  ['a reader with a link to run', 'person reader'],
  ['a strong token of a reader', 'person reader'],
  ['a token for the notebook', 'token tokenwriter'],
  ['a link to read', 'link linkreading'],
  ['a link to run', 'link linkrunning'],
  // One of those that they hold, always the same.
  ['a link to run and one to read', 'link linkreading'],
])('%s asks as %s', async (name, asker) => {
  const actor = actors.find((one) => one.name === name);
  askers.length = 0;
  for (const call of CALLS) {
    const url = `/api/v1/results/${result}/${call}`;
    const { statusCode } = await harness.app.inject({ url, headers: { ...actor?.headers } });
    expect([call, statusCode]).toEqual([call, 200]);
  }
  expect(askers).toEqual(CALLS.map(() => asker));
  askers.length = 0;
  const url = `/api/v1/notebooks/${NOTEBOOK}/report`;
  expect((await harness.app.inject({ url, headers: { ...actor?.headers } })).statusCode).toBe(200);
  expect(new Set(askers)).toEqual(new Set([asker]));
});
