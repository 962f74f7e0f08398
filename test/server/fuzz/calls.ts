/**
 * Calls of the API as their schemas describe them, by the owner, with something wrong in the path, query, headers or body, and
 * uploads with names, ranges and contents of every sort. Each is answered by what was asked for or from the catalogue.
 */
import { Value } from '@sinclair/typebox/value';
import type { Route } from '../../../server/http/route.ts';
import { API } from '../../../server/http/route.ts';
import { routes } from '../../../server/http/routes.ts';
import { Failure } from '../../../server/http/schemas.ts';
import { type Harness, NOTEBOOK, newHarness, owner } from '../http/support.ts';
import { asText, mutateBytes, mutateJson, mutateText, oneOf, type Random, sampleOf, strange, upTo } from './mutate.ts';
import type { Target } from './target.ts';

const WORDS = [
  NOTEBOOK,
  'a',
  'b',
  'first',
  'data/x.csv',
  'flights/data/new.csv',
  'flights/access',
  'reader',
  'json',
  '-a,b',
  '[["a",">",1]]',
  '2026-01-01',
  'Ada',
  '*',
  '0',
  '{"mark":"bar","x":{"column":"a"},"y":{"aggregate":"count"}}',
];
const NAMES = [
  'data/x.csv',
  'data/ü😀.csv',
  'flights/data/a b.csv',
  'data/../x.csv',
  'data/.hidden',
  'data/CON',
  'data/a\\b.csv',
  'data/x.csv/y',
  `data/${'n'.repeat(300)}.csv`,
  '.gondola/token',
  'data/%2e%2e/x',
  'data/\u0000.csv',
  'data/x.zip',
];
const TYPES = [
  'application/json',
  'text/markdown',
  'application/octet-stream',
  'multipart/form-data',
  'application/json; charset=utf-16',
  'x',
  '',
];
const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);

type Shot = { readonly url: string; readonly headers: Record<string, string>; readonly payload?: string | Buffer };

function ask(random: Random, route: Route): Shot {
  const wrong = upTo(random, 5);
  const path = route.path.replace(/:\w+|\*/g, () => {
    const text = wrong === 0 ? asText(mutateJson(random, oneOf(random, WORDS))) : oneOf(random, WORDS);
    return random() < 0.1
      ? encodeURI(text.toWellFormed()).replace(/[?#]/g, '')
      : encodeURIComponent(text.toWellFormed());
  });
  const sampled = sampleOf(random, route.query, WORDS);
  const query = wrong === 1 ? mutateJson(random, sampled) : sampled;
  const search = new URLSearchParams(
    Object.entries(query && typeof query === 'object' ? query : {}).map(([key, value]) => [key, asText(value)]),
  );
  const headers: Record<string, string> = { ...owner, 'if-match': '*' };
  if (wrong === 2) {
    const name = oneOf(random, [
      'if-match',
      'range',
      'if-none-match',
      'if-range',
      'accept',
      'gondola-person',
      'content-encoding',
      'cookie',
      'accept-encoding',
      'x-forwarded-for',
    ]);
    headers[name] = printable(asText(strange(random)));
  }
  if (route.takes === 'none') return { url: `${API}${path}?${search}`, headers };
  headers['content-type'] =
    random() < 0.9 ? (route.takes === 'json' ? 'application/json' : 'text/markdown') : oneOf(random, TYPES);
  const body = route.body ? sampleOf(random, route.body, WORDS) : '# A title\n\n```sql id=a\nselect 1\n```\n';
  const damaged = wrong >= 3 ? mutateJson(random, body) : body;
  const text = typeof damaged === 'string' ? damaged : (JSON.stringify(damaged) ?? '');
  const payload = wrong === 4 ? Buffer.from(mutateBytes(random, Buffer.from(mutateText(random, text)))) : text;
  return { url: `${API}${path}?${search}`, headers, payload };
}

function upload(random: Random): Shot & { readonly method: 'PUT' | 'POST' | 'GET' | 'DELETE' } {
  const name = random() < 0.6 ? oneOf(random, NAMES) : mutateText(random, oneOf(random, NAMES));
  const headers: Record<string, string> = {
    ...owner,
    'content-type': oneOf(random, ['text/csv', 'application/zip', 'x/y', 'application/octet-stream']),
  };
  const range = oneOf(random, [
    'bytes=0-1',
    'bytes=-1',
    'bytes=5-2',
    'bytes=a-b',
    'bytes=0-99999999999999999999',
    'items=0-1',
    'bytes=0-1,2-3',
    '',
  ]);
  if (range !== '') headers.range = random() < 0.5 ? range : printable(mutateText(random, range));
  if (random() < 0.3) headers['if-none-match'] = oneOf(random, ['*', '"x"', 'W/"', '']);
  const zip = Buffer.from('504b0304140000000800000000000000000000000000ffffffff0500000061', 'hex');
  return {
    method: oneOf(random, ['PUT', 'POST', 'GET', 'DELETE'] as const),
    url: `${API}/files/${random() < 0.8 ? name.toWellFormed().split('/').map(encodeURIComponent).join('/') : encodeURIComponent(name.toWellFormed())}`,
    headers,
    payload: Buffer.from(mutateBytes(random, random() < 0.5 ? zip : Buffer.from('a,b\n1,2\n'))),
  };
}

export async function openCalls(kind: 'calls' | 'uploads', random: Random): Promise<Target> {
  let harness: Harness = await newHarness();
  return {
    async attack() {
      const route = oneOf(random, routes);
      const asked = kind === 'uploads' ? upload(random) : { method: route.method, ...ask(random, route) };
      const body = asked.method === 'GET' || asked.method === 'DELETE' ? {} : { payload: asked.payload ?? '' };
      const { method, url, headers } = asked;
      const told = await harness.app.inject({ method, url, headers, ...body });
      if (told.statusCode >= 500) throw new Error(`${method} ${url}: ${told.statusCode} ${told.body}`);
      if (told.statusCode >= 400 && !Value.Check(Failure, told.json()))
        throw new Error(`${method} ${url}: ${told.body}`);
      harness.logged.splice(
        0,
        harness.logged.length,
        ...harness.logged.filter((line) => line.includes('request failed')),
      );
    },
    async serves() {
      const { body } = await harness.app.inject({ method: 'GET', url: `${API}/workspace`, headers: owner });
      if (!body.includes('Tests')) throw new Error(`not as it was: ${body}`);
      const made = await harness.app.inject({
        method: 'POST',
        url: `${API}/notebooks`,
        headers: owner,
        payload: { title: 'kept' },
      });
      const id: string = made.json().id;
      const found = await harness.app.inject({ method: 'GET', url: `${API}/notebooks?query=kept`, headers: owner });
      if (made.statusCode !== 201 || !found.body.includes(id))
        throw new Error(`a new notebook is not found: ${found.body}`);
    },
    async renew() {
      await harness.close();
      harness = await newHarness();
    },
    problems: () => harness.logged.filter((line) => line.includes('request failed')),
    close: () => harness.close(),
  };
}
