/**
 * R6: every route and upgrade of the app's own inventory against every attack. A door is open where an attack is answered
 * as the route answers, changes anything, or lets another origin read. The same requests with the owner's credentials and
 * from our own page get through, so that what is seen is the door.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NotebookId } from '../../../server/protocol/ids.ts';
import { counter, keep, wantsRecord } from '../../reliability/record.ts';
import { root } from '../../support/server.ts';
import { type Attack, attacks, type Outcome, type Place, type Scene } from './attacks.ts';
import { type Listening, listen, type Told } from './listening.ts';
import { NOTEBOOK, TOKEN } from './support.ts';

let here: Listening;
let scene: Scene;
let places: readonly Place[];
let upgrades: readonly Place[];

/** What answers to anybody: one word, the sign-in page, the page's files; forms that sign in take forms only. */
const OPEN: Readonly<Record<string, number>> = {
  'GET /healthz': 200,
  'GET /readyz': 200,
  'GET /': 401,
  'GET /sign-in': 401,
  'GET /s/0': 404,
  'POST /s/0': 415,
  // An invitation that nobody made.
  'GET /i/0': 404,
  'POST /i/0': 415,
  'GET /e/0': 404,
  'GET /e/0/nonsense': 404,
  [`GET /n/${NOTEBOOK}`]: 401,
  [`GET /p/${NOTEBOOK}`]: 401,
  'POST /sign-in': 415,
  'POST /sign-out': 415,
  'POST /password': 415,
};
const openTo = ({ method, path }: Place): number | undefined => OPEN[`${method === 'HEAD' ? 'GET' : method} ${path}`];

beforeAll(async () => {
  here = await listen();
  const { harness, host, port } = here;
  harness.files.set('flights/data/x.csv', new TextEncoder().encode('a\n'));
  const signed = await here.ask({ path: `/?token=${TOKEN}` });
  scene = { host, port, token: TOKEN, cookie: String(signed.headers['set-cookie']).split(';')[0]! };
  const asked = await here.ask({
    method: 'POST',
    path: `/api/v1/notebooks/${NOTEBOOK}/runs?wait=10`,
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: '{}',
  });
  const run: string = JSON.parse(asked.body).runs[0].id;
  const { body } = await here.ask({ path: `/api/v1/runs/${run}`, headers: { authorization: `Bearer ${TOKEN}` } });
  const result: string = JSON.parse(body).outputs[1].result;
  const fill = (url: string): string =>
    url
      .replace('/runs/:id', `/runs/${run}`)
      .replace('/results/:id', `/results/${result}`)
      .replace(/:id/g, NOTEBOOK)
      .replace(/:\w+/g, '0')
      .replace('/folders/*', '/folders/flights/access')
      .replace('/files/*', '/files/flights/data/x.csv')
      .replace('/*', '/nonsense');
  places = harness.app.inventory.map(({ method, url }) => ({ method, path: fill(url) }));
  const live = `/api/v1/notebooks/${NOTEBOOK}/live`;
  upgrades = [live, ...new Set(places.map(({ path }) => path))].map((path) => ({ method: 'UPGRADE', path }));
});
afterAll(() => here?.close());

/** What there is, as far as any operation could change it. */
function state(): string {
  const { harness } = here;
  const { workspace } = harness.services;
  const book = harness.door.access.store.book();
  return JSON.stringify({
    notebooks: workspace.list(),
    trash: workspace.trash(),
    files: [...harness.files].map(([name, bytes]) => [name, bytes.length]),
    live: harness.live,
    runs: harness.world.runs.active(),
    book: [book.accounts.size, book.grants.size, book.links.size, book.tokens.size],
    accepted: here.accepted(),
  });
}

const CODES: Readonly<Record<Exclude<Outcome, 'nobody' | 'unread'>, readonly string[]>> = {
  'foreign-host': ['foreign-host', 'bad-request'],
  'foreign-origin': ['foreign-origin'],
  'bad-request': ['bad-request'],
  'media-type': ['unsupported-media-type', 'bad-request'],
};

/** Why the door is open; undefined where it held. */
function fault({ outcome }: Attack, place: Place, told: Told): string | undefined {
  const { status, headers, body } = told;
  for (const name of Object.keys(headers)) if (name.startsWith('access-control-')) return `it says ${name}`;
  if (headers['set-cookie'] !== undefined) return 'it gave a cookie';
  if (status === 101) return 'the socket was opened';
  if (status >= 500) return `it broke: ${status} ${body}`;
  // A nonce is any letters.
  if (/\b(flights|First|Ada|csv)\b/.test(body.replaceAll(/nonce="[^"]*"/g, ''))) return 'it told of what there is';
  if (outcome === 'unread') return status < 300 ? `the preflight was allowed: ${status}` : undefined;
  if (outcome === 'nobody') {
    const expected = openTo(place) ?? 401;
    // Before it is asked who comes, it may be refused for what it is.
    return status === expected || status === 403 ? undefined : `${status}, not ${expected}`;
  }
  if (outcome === 'media-type' && (status === 204 || status === 200 || status === 201))
    return `it was taken: ${status}`;
  if (place.method === 'HEAD') return status >= 400 ? undefined : `it was answered: ${status}`;
  const code = codeIn(body);
  return CODES[outcome].includes(code) ? undefined : `${status} ${code || body.slice(0, 80)}`;
}

function codeIn(body: string): string {
  try {
    return JSON.parse(body).error.code;
  } catch {
    return '';
  }
}

/** A file is bytes of any type, and forms sign in. Restoring what is not there looks no further. */
const takesIt = ({ method, path }: Place, { what }: Attack): boolean =>
  path.includes('/files/') ||
  path.includes('/trash/') ||
  path.includes('/text') ||
  method === 'DELETE' ||
  (!path.startsWith('/api/') && what.includes('form'));

function casesOf(all: readonly Place[], ask: (attack: Attack, place: Place) => Attack['ask'] = ({ ask }) => ask) {
  return attacks.flatMap((attack) =>
    all
      .filter((place) => attack.at(place) && !(attack.outcome === 'media-type' && takesIt(place, attack)))
      .map((place) => ({ attack, class: attack.class, place, ask: () => ask(attack, place)(place, scene) })),
  );
}

async function tryAll(cases: ReturnType<typeof casesOf>) {
  const { held, counts } = counter(cases);
  const open: string[] = [];
  const before = state();
  const waiting = cases.values();
  const knock = async (): Promise<void> => {
    for (const one of waiting) {
      const told = await here
        .ask(one.ask())
        .catch((error: Error) => ({ status: 500, headers: {}, body: error.message }));
      const wrong = fault(one.attack, one.place, told);
      if (wrong === undefined) held(one);
      else open.push(`${one.place.method} ${one.place.path}: ${one.attack.what}: ${wrong}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, knock));
  expect(open).toEqual([]);
  expect(state()).toBe(before);
  return counts();
}

describe('the doors', () => {
  it('are those of the app, all of them, and the attacks differ', () => {
    expect(places.length).toBeGreaterThan(60);
    expect(new Set(attacks.map((one) => `${one.class}: ${one.what}`)).size).toBe(attacks.length);
    expect(new Set(attacks.map((one) => one.class)).size).toBeGreaterThanOrEqual(8);
  });

  it('hold at every route', { timeout: 120_000 }, async () => {
    const counts = await tryAll(casesOf(places));
    if (wantsRecord()) keep(root, { figure: 'R6', part: 'routes', counts });
  });

  it('hold at every address that an upgrade asks for', { timeout: 120_000 }, async () => {
    const all = casesOf(upgrades, (attack, place) => (_, now) => {
      // A browser asks for a socket with GET; its origin counts whatever the method is.
      const { headers = {} } = attack.ask({ ...place, method: 'POST' }, now);
      const { path = place.path } = attack.ask({ ...place, method: 'POST' }, now);
      const { 'content-type': _type, ...rest } = headers;
      return {
        method: 'GET',
        path,
        headers: {
          ...rest,
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        },
      };
    }).filter(({ class: name }) => !['content types', 'asking first', 'told by the browser'].includes(name));
    const counts = await tryAll(all);
    if (wantsRecord()) keep(root, { figure: 'R6', part: 'upgrades', counts });
  });

  it('let in the owner, from our own page and by the token, and the page’s own socket', async () => {
    for (const place of places.filter(({ path }) => path === '/' || path.startsWith('/api/'))) {
      for (const credentials of [
        { cookie: scene.cookie, origin: `http://${scene.host}`, 'sec-fetch-site': 'same-origin' },
        { authorization: `Bearer ${TOKEN}` },
      ]) {
        const query = place.path.startsWith('/api/') ? '?nobody-knows=1' : '';
        const told = await here.ask({
          method: place.method,
          path: `${place.path}${query}`,
          headers: { ...credentials },
        });
        expect([place, told.status]).not.toEqual([place, 401]);
        expect([place, codeIn(told.body)]).not.toEqual([place, 'foreign-origin']);
        expect(told.status).toBeLessThan(500);
      }
    }
    const before = here.accepted();
    const told = await here.ask({
      path: `/api/v1/notebooks/${NOTEBOOK as NotebookId}/live`,
      headers: {
        cookie: scene.cookie,
        origin: `http://${scene.host}`,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      },
    });
    expect([told.status, here.accepted()]).toEqual([101, before + 1]);
  });
});
