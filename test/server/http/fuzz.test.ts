import { Value } from '@sinclair/typebox/value';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API } from '../../../server/http/route.ts';
import { routes } from '../../../server/http/routes.ts';
import { Failure } from '../../../server/http/schemas.ts';
import { type Harness, NOTEBOOK, newHarness, owner } from './support.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await newHarness();
});
afterAll(() => harness.close());

const word = fc.oneof(
  fc.constantFrom(NOTEBOOK, 'a', '0', '-1', '../..', 'data/x.csv', '%00', '%ff', 'null', 'true', '*', '"', "';--"),
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 10 }),
);

/** Keys that operations know, with values they may not expect. */
const body = fc.oneof(
  fc.record(
    {
      title: fc.anything(),
      text: fc.anything(),
      folder: word,
      path: word,
      paragraphs: fc.oneof(fc.array(word), fc.anything()),
      forms: fc.object(),
    },
    { requiredKeys: [] },
  ),
  fc.jsonValue(),
  fc.string(),
);

const query = fc.dictionary(
  fc.constantFrom('query', 'cursor', 'limit', 'offset', 'sort', 'format', 'clear', 'paragraph'),
  word,
);

function encoded(value: unknown): string {
  try {
    return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  } catch {
    return '';
  }
}

describe('whatever is sent', () => {
  it('is answered, by a failure of the catalogue or by what was asked for, and never breaks the server', async () => {
    const call = fc.record({
      route: fc.constantFrom(...routes),
      params: fc.array(word, { minLength: 2, maxLength: 2 }),
      query,
      body,
      type: fc.constantFrom(
        'application/json',
        'text/markdown',
        'application/octet-stream',
        'multipart/form-data',
        'x',
      ),
      tag: fc.constantFrom('*', '"x"', '', 'W/"'),
    });
    await fc.assert(
      fc.asyncProperty(call, async ({ route, params, query, body, type, tag }) => {
        let next = 0;
        const path = route.path.replace(/:\w+|\*/g, () => encodeURIComponent((params[next++] ?? '').toWellFormed()));
        const search = new URLSearchParams(Object.entries(query).map(([key, text]) => [key, text.toWellFormed()]));
        const sends = route.method !== 'GET' && route.method !== 'DELETE';
        const response = await harness.app.inject({
          method: route.method,
          url: `${API}${path}?${search}`,
          headers: { ...owner, 'if-match': tag, ...(sends ? { 'content-type': type } : {}) },
          ...(sends ? { payload: encoded(body) } : {}),
        });
        expect(response.statusCode).toBeLessThan(500);
        if (response.statusCode >= 400) expect([...Value.Errors(Failure, response.json())]).toEqual([]);
      }),
      { numRuns: 2000 },
    );
    expect(harness.logged.filter((line) => line.includes('request failed'))).toEqual([]);
  });
});
