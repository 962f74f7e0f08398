import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDoor } from '../../../server/access/door.ts';
import { handleUpgrades } from '../../../server/http/upgrades.ts';
import { type Harness, NOTEBOOK, newHarness, owner, TOKEN } from './support.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await newHarness();
});
afterAll(() => harness.close());

const host = 'localhost:4321';
const own = `http://${host}`;

/** Every route there is, with something in place of its parameters. */
const inventory = () =>
  harness.app.inventory
    .filter(({ method }) => method !== 'HEAD')
    .map(({ method, url }) => ({
      method: method as 'GET',
      url: url.replace(/:id/g, NOTEBOOK).replace(/:\w+/g, '0').replace('*', 'data/x.csv'),
    }));

/** What answers without credentials: one word, the sign-in page, files of the page. */
const OPEN: Readonly<Record<string, number>> = {
  'GET /healthz': 200,
  'GET /readyz': 200,
  'GET /': 401,
  'GET /sign-in': 401,
  // A link that nobody made.
  'GET /s/0': 404,
  'POST /s/0': 415,
  'GET /e/0': 404,
  'GET /e/0/data/x.csv': 404,
  // An invitation that nobody made.
  'GET /i/0': 404,
  'POST /i/0': 415,
  [`GET /n/${NOTEBOOK}`]: 401,
  [`GET /n/${NOTEBOOK}/report`]: 401,
  [`GET /p/${NOTEBOOK}`]: 401,
  // They take forms only.
  'POST /sign-in': 415,
  'POST /sign-out': 415,
  'POST /password': 415,
};

const payloadOf = (method: string) => (method === 'GET' || method === 'DELETE' ? {} : { payload: '{}' });

async function signIn(): Promise<string> {
  const response = await harness.app.inject({ method: 'GET', url: `/?token=${TOKEN}`, headers: { host } });
  return String(response.headers['set-cookie']).split(';')[0]!;
}

describe('without credentials', () => {
  it('every route but the open ones is refused, alike for what exists and what does not', async () => {
    const all = inventory();
    expect(all.length).toBeGreaterThan(25);
    for (const { method, url } of all) {
      const headers = { host, origin: own, 'content-type': 'application/json' };
      const response = await harness.app.inject({ method, url, headers, ...payloadOf(method) });
      const open = OPEN[`${method} ${url}`];
      expect([method, url, response.statusCode]).toEqual([method, url, open ?? 401]);
      if (open === undefined) expect(response.json().error.code).toBe('unauthorised');
      else if (method === 'GET') expect(response.body).not.toMatch(/First|Other|csv/);
    }
  });

  it('an address that is none looks like one that is not yours', async () => {
    const told = await Promise.all(
      [
        `/api/v1/notebooks/${NOTEBOOK}`,
        '/api/v1/notebooks/nobody',
        '/api/v1/nonsense',
        '/nonsense',
        '/.gondola/token',
      ].map(async (url) => (await harness.app.inject({ method: 'GET', url, headers: { host } })).body),
    );
    expect(new Set(told).size).toBe(1);
  });

  it('a wrong token and a wrong cookie open nothing', async () => {
    for (const headers of [
      { authorization: 'Bearer wrong' },
      { authorization: `Basic ${TOKEN}` },
      { authorization: TOKEN },
      { cookie: `gondola-0=${TOKEN}` },
      { cookie: 'gondola-0=' },
      { cookie: (await signIn()).replace('gondola-0', 'gondola-1') },
      { authorization: 'Bearer wrong', cookie: await signIn() },
    ]) {
      const response = await harness.app.inject({
        method: 'GET',
        url: '/api/v1/notebooks',
        headers: { host, ...headers },
      });
      expect([headers, response.statusCode]).toEqual([headers, 401]);
    }
  });

  it('any header at all opens nothing', async () => {
    const text = fc.string({ maxLength: 60 }).map((one) => one.replace(/[^\x20-\x7e]/g, ''));
    await fc.assert(
      fc.asyncProperty(text, text, text, async (authorization, cookie, url) => {
        const headers = { host, authorization, cookie };
        const path = `/api/v1/${encodeURI(url).replace(/[?#]/g, '')}`;
        const response = await harness.app.inject({ method: 'GET', url: path, headers });
        expect([400, 401, 404]).toContain(response.statusCode);
        if (response.statusCode !== 401) expect(response.json().error.code).toMatch(/bad-request|not-found/);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a foreign host', () => {
  it('is refused at every route, with credentials too', async () => {
    for (const { method, url } of inventory()) {
      for (const foreign of ['evil.example', 'localhost.evil.example:4321', '127.0.0.1.evil.example', '10.0.0.7']) {
        const headers = { ...owner, host: foreign, 'content-type': 'application/json' };
        const response = await harness.app.inject({ method, url, headers, ...payloadOf(method) });
        expect([method, url, foreign, response.statusCode]).toEqual([method, url, foreign, 421]);
      }
    }
  });

  it('is refused for an address that can’t be decoded too; one’s own gets a code and a hint', async () => {
    const ask = (headers: Record<string, string>) =>
      harness.app.inject({ method: 'GET', url: '/api/v1/files/data/%zz', headers });
    expect((await ask({ ...owner, host: 'evil.example' })).statusCode).toBe(421);
    const answer = await ask(owner);
    expect([answer.statusCode, answer.json().error.code]).toEqual([400, 'bad-request']);
    expect(answer.json().error.hint).not.toBe('');
  });

  it('that the operator named is answered', async () => {
    const headers = { ...owner, host: 'notebooks.example' };
    expect((await harness.app.inject({ method: 'GET', url: '/api/v1/notebooks', headers })).statusCode).toBe(200);
  });
});

describe('a foreign origin', () => {
  const foreign = [
    'http://evil.example',
    'null',
    'http://localhost:9999',
    'http://localhost',
    'https://localhost:4321',
    'http://127.0.0.1:4321',
    'http://LOCALHOST:4321',
    'http://localhost:4321.evil.example',
    'http://localhost:4321/',
  ];

  it('changes nothing at any route, with cookie or token', async () => {
    const cookie = await signIn();
    for (const { method, url } of inventory().filter((one) => one.method !== 'GET')) {
      for (const origin of foreign) {
        for (const credentials of [{ cookie }, { authorization: owner.authorization }]) {
          const headers = { host, origin, 'content-type': 'application/json', ...credentials };
          const response = await harness.app.inject({ method, url, headers, payload: '{}' });
          expect([method, url, origin, response.json().error?.code]).toEqual([method, url, origin, 'foreign-origin']);
        }
      }
    }
  });

  it('is what a cookie without any origin counts as', async () => {
    const headers = { host, cookie: await signIn() };
    const response = await harness.app.inject({
      method: 'POST',
      url: '/api/v1/notebooks',
      headers,
      payload: { title: 'x' },
    });
    expect(response.json().error.code).toBe('foreign-origin');
  });

  it('is told by the browser’s own word too', async () => {
    const headers = { host, origin: own, cookie: await signIn(), 'sec-fetch-site': 'cross-site' };
    const response = await harness.app.inject({
      method: 'POST',
      url: '/api/v1/notebooks',
      headers,
      payload: { title: 'x' },
    });
    expect(response.json().error.code).toBe('foreign-origin');
  });

  it('is none for the page itself', async () => {
    const headers = { host, origin: own, cookie: await signIn(), 'sec-fetch-site': 'same-origin' };
    const response = await harness.app.inject({
      method: 'POST',
      url: '/api/v1/notebooks',
      headers,
      payload: { title: 'x' },
    });
    expect(response.statusCode).toBe(201);
  });
});

describe('signing in', () => {
  it('trades the token for a cookie that is not the token, and goes where it said', async () => {
    const response = await harness.app.inject({
      method: 'GET',
      url: `/?token=${TOKEN}&to=/n/${NOTEBOOK}`,
      headers: { host },
    });
    expect(response.statusCode).toBe(303);
    expect(response.headers.location).toBe(`/n/${NOTEBOOK}`);
    const cookie = String(response.headers['set-cookie']);
    expect(cookie).toMatch(/^gondola-\d+=[\w-]{40,}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/);
    expect(cookie).not.toContain(TOKEN);
  });

  it('goes to own paths only', async () => {
    for (const to of [
      'https://evil.example/',
      '//evil.example/',
      '/\\evil.example/',
      '/\t/evil.example',
      'javascript:alert(1)',
      '/api/v1/notebooks',
      `/?token=${TOKEN}`,
      '',
    ]) {
      const url = `/?token=${TOKEN}&to=${encodeURIComponent(to)}`;
      const response = await harness.app.inject({ method: 'GET', url, headers: { host } });
      expect([to, response.headers.location]).toEqual([to, '/']);
    }
  });

  it('by a wrong token shows the page that asks for it again', async () => {
    const response = await harness.app.inject({ method: 'GET', url: '/?token=wrong&to=/n/x', headers: { host } });
    expect(response.statusCode).toBe(401);
    expect(response.headers['set-cookie']).toBeUndefined();
    expect(response.body).toContain('role="alert"');
    expect(response.body).toContain('value="/n/x"');
    expect(response.body).toContain('Tests &amp; &lt;samples&gt;');
  });

  it('works by the form, with the token or the whole address', async () => {
    for (const token of [TOKEN, ` http://127.0.0.1:4321/?token=${TOKEN} `]) {
      const response = await harness.app.inject({
        method: 'POST',
        url: '/sign-in',
        headers: { host, origin: own, 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ token, to: '/n/x?y=1' }).toString(),
      });
      expect([response.statusCode, response.headers.location]).toEqual([303, '/n/x?y=1']);
    }
  });

  it('by a password is counted alike however the name is written', async () => {
    const enter = (name: string) =>
      harness.app.inject({
        method: 'POST',
        url: '/sign-in',
        headers: { host, origin: own, 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ name, password: 'wrong', to: '/' }).toString(),
      });
    const names = ['Ada B', ' ada b', 'ADA  B', 'ada\u00a0b ', 'ａｄａ b', 'ada\tb', '  Ada  B  ', 'ada b'];
    const statuses = await Promise.all(names.map(async (name) => (await enter(name)).statusCode));
    expect(statuses).toEqual(names.map(() => 401));
    expect((await enter('   ada b')).statusCode).toBe(429);
    expect((await enter('somebody else')).statusCode).toBe(401);
  });

  it('that ends while the disk takes nothing ends at once, and it is said that it is not written', async () => {
    const cookie = await signIn();
    const lock = new DatabaseSync(join(harness.folder, '.gondola', 'gondola.db'));
    lock.exec('begin immediate');
    const request = { method: 'POST', url: '/sign-out', headers: { host, origin: own, cookie } } as const;
    const { statusCode, headers, body } = await harness.app.inject(request);
    lock.close();
    expect([statusCode, JSON.parse(body).error.code]).toEqual([507, 'sign-out-held']);
    expect(String(headers['set-cookie'])).toContain('Max-Age=0');
    expect((await harness.app.inject({ url: '/api/v1/me', headers: { host, cookie } })).statusCode).toBe(401);
  });

  it('ends with the sign-out, for this browser alone', async () => {
    const [one, other] = [await signIn(), await signIn()];
    await harness.app.inject({ method: 'POST', url: '/sign-out', headers: { host, origin: own, cookie: one } });
    const status = async (cookie: string) =>
      (await harness.app.inject({ method: 'GET', url: '/api/v1/notebooks', headers: { host, cookie } })).statusCode;
    expect([await status(one), await status(other)]).toEqual([401, 200]);
  });

  it('is not taken from the address of a call', async () => {
    const response = await harness.app.inject({
      method: 'GET',
      url: `/api/v1/notebooks?token=${TOKEN}`,
      headers: { host },
    });
    expect(response.json().error.code).toBe('bad-request');
    expect(harness.logged.filter((line) => line.includes(TOKEN))).toEqual([]);
    expect(harness.logged.some((line) => line.includes('"route":"/api/v1/notebooks"'))).toBe(true);
  });
});

describe('every response', () => {
  it('carries the policy of the page, with a nonce of its own', async () => {
    const nonces = new Set<string>();
    for (const headers of [owner, { host }, { ...owner, host: 'evil.example' }]) {
      for (const url of ['/', '/n/x', '/assets/main-abc123.js', '/nonsense', '/healthz', '/%zz']) {
        const response = await harness.app.inject({ method: 'GET', url, headers });
        const policy = String(response.headers['content-security-policy']);
        expect(policy).toMatch(/^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'$/);
        expect(policy).not.toContain('unsafe-eval');
        expect(response.headers['x-content-type-options']).toBe('nosniff');
        nonces.add(/'nonce-([^']+)'/.exec(policy)![1]!);
      }
    }
    expect(nonces.size).toBe(18);
  });

  it('of the page has that nonce in it, and nothing is kept by caches', async () => {
    const response = await harness.app.inject({ method: 'GET', url: '/', headers: owner });
    const nonce = /'nonce-([^']+)'/.exec(String(response.headers['content-security-policy']))![1]!;
    expect(response.body).toContain(`content="${nonce}"`);
    expect(response.headers['cache-control']).toBe('no-store');
  });

  it('of the page’s files is theirs for ever, compressed, and never another file', async () => {
    const asset = await harness.app.inject({
      method: 'GET',
      url: '/assets/main-abc123.js',
      headers: { host, 'accept-encoding': 'gzip, br' },
    });
    expect(asset.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-encoding': 'br',
      'content-type': 'text/javascript; charset=utf-8',
    });
    expect(asset.rawPayload.length).toBeLessThan(500);
    for (const url of ['/%2e%2e/secret.txt', '/..%2fsecret.txt', '/assets/..%2f..%2fsecret.txt', '/index.html', '/%00'])
      expect((await harness.app.inject({ method: 'GET', url, headers: owner })).statusCode).toBe(404);
  });
});

describe('readiness', () => {
  it('is one word, and why it is not stands in the log alone', async () => {
    harness.ready = false;
    const response = await harness.app.inject({ method: 'GET', url: '/readyz', headers: { host } });
    harness.ready = true;
    expect([response.statusCode, response.body]).toEqual([503, 'unready']);
    expect(harness.logged.some((line) => line.includes('the disk is full at /secret'))).toBe(true);
  });
});

describe('an upgrade', () => {
  const upgrade = async (path: string, headers: Record<string, string>, method = 'GET') => {
    await harness.app.ready();
    const accepted: string[] = [];
    const door = openDoor({ folder: harness.folder, token: TOKEN, hosts: { allowed: [], open: false }, now: Date.now });
    const { createServer } = await import('node:http');
    const server = createServer();
    const release = handleUpgrades(server, {
      door,
      pathOf: (notebook) => (notebook === NOTEBOOK ? 'first.nb.md' : undefined),
      accept: (notebook, _principal, _request, socket) => {
        accepted.push(notebook);
        socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      },
      warn: () => {},
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const told = await new Promise<{ status: number; body: string; headers: object }>((resolve, reject) => {
      const call = request({
        port,
        path,
        method,
        headers: { host: `localhost:${port}`, connection: 'Upgrade', upgrade: 'websocket', ...fill(headers, port) },
      });
      call.on('response', (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
      });
      call.on('upgrade', (response, socket) => {
        socket.destroy();
        resolve({ status: response.statusCode ?? 0, body: '', headers: response.headers });
      });
      call.on('error', reject);
      call.end();
    });
    release();
    server.closeAllConnections();
    server.close();
    return { ...told, accepted };
  };
  const fill = (headers: Record<string, string>, port: number) =>
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', String(port))]));

  const live = `/api/v1/notebooks/${NOTEBOOK}/live`;
  const bearer = { authorization: `Bearer ${TOKEN}` };
  const page = { origin: 'http://localhost:PORT' };

  it('is taken from the page itself, and from a program with the token', async () => {
    expect(await upgrade(live, { ...page, ...bearer })).toMatchObject({ status: 101, accepted: [NOTEBOOK] });
    expect(await upgrade(live, bearer)).toMatchObject({ status: 101, accepted: [NOTEBOOK] });
  });

  it('is refused everywhere else, before a frame is read', async () => {
    const refused: readonly (readonly [string, Record<string, string>, number])[] = [
      [live, page, 401],
      [live, {}, 403],
      [live, { origin: 'http://evil.example', ...bearer }, 403],
      [live, { origin: 'null', ...bearer }, 403],
      [live, { ...page, ...bearer, host: 'evil.example' }, 421],
      [`${live}?token=${TOKEN}`, page, 400],
      ['/api/v1/notebooks/nobody/live', { ...page, ...bearer }, 404],
      ['/api/v1/notebooks/nobody/live', page, 401],
      ['/nonsense', { ...page, ...bearer }, 404],
      ['/nonsense', page, 401],
      ['/', page, 401],
    ];
    for (const [path, headers, status] of refused) {
      const told = await upgrade(path, headers);
      expect([path, headers, told.status, told.accepted]).toEqual([path, headers, status, []]);
      expect(JSON.parse(told.body).error.hint).toBeTruthy();
      expect(told.headers).toHaveProperty('content-security-policy');
    }
  });
});
