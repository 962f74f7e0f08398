/**
 * A real proxy before the server, and clients with addresses of their own: whose a request is, which cookies it gets, from
 * which origin it may come, and whose wrong passwords count for whom.
 */
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { addAccount } from '../../../server/access/accounts.ts';
import { parseProxies } from '../../../server/access/arrival.ts';
import { hashPassword } from '../../../server/access/password.ts';
import { LIMITS } from '../../../server/http/limits.ts';
import { tlsListener } from '../../../server/http/secure.ts';
import { checkCertificate } from '../../../server/tls/certificate.ts';
import { makeCertificate } from '../../../server/tls/make.ts';
import { type RunningProxy, startProxy } from '../../support/proxy.ts';
import { type Listening, listen } from './listening.ts';
import { NOTEBOOK, TOKEN } from './support.ts';

const NAME = 'notebooks.example';
/** Addresses of this machine, each somebody else's. */
const [PROXY, FURTHER, CLIENT, STRANGER] = ['127.9.9.1', '127.9.9.2', '127.1.1.1', '127.6.6.6'];
const DAY = 24 * 60 * 60 * 1000;

let server: Listening;
let secured: Listening;
let certificate: { cert: string; key: string };
const proxies = new Map<string, RunningProxy>();

beforeAll(async () => {
  certificate = await makeCertificate([NAME, 'localhost', '127.0.0.1'], { now: Date.now(), lasts: DAY });
  const declared = parseProxies([PROXY!, FURTHER!])!;
  server = await listen(LIMITS, { proxies: declared });
  const checked = checkCertificate(certificate.cert, certificate.key, { cert: 'cert', key: 'key' }, Date.now());
  secured = await listen(
    LIMITS,
    {},
    tlsListener(checked, (host) => host),
  );
  const target = `http://${server.host}`;
  const add = async (name: string, options: Omit<Parameters<typeof startProxy>[0], 'target'>, to = target) =>
    void proxies.set(name, await startProxy({ target: to, ...options }));
  await add('plain', { from: PROXY! });
  await add('secure', { from: PROXY!, tls: certificate });
  await add('replacing', { from: PROXY!, says: { address: 'replaces' } });
  await add('undeclared', { from: STRANGER! });
  await add('inner', { from: PROXY!, says: { scheme: 'adds' } });
  await add(
    'outer',
    { from: FURTHER!, tls: certificate, says: { scheme: 'adds' } },
    `http://127.0.0.1:${proxies.get('inner')!.port}`,
  );
  const password = await hashPassword('the right one');
  for (const { harness } of [server, secured])
    harness.door.access.store.commit((book) =>
      ['ada', 'ben'].flatMap((name) => addAccount(book, { name, role: 'writer', groups: [], password }, 1)),
    );
});
afterAll(async () => {
  await Promise.all([...proxies.values()].map((one) => one.close()));
  await server?.close();
  await secured?.close();
});

/** Beside what `ws` knows of. */
const trusting = (): ConnectionOptions => ({ ca: certificate.cert, servername: NAME });

type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly cookies: readonly string[] };
type Call = {
  readonly port: number;
  readonly tls?: boolean;
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly form?: Readonly<Record<string, string>>;
};

function call({ port, tls = false, from = CLIENT, headers = {}, path = '/sign-in', form }: Call): Promise<Answer> {
  const body = form && new URLSearchParams(form).toString();
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path,
      method: body === undefined ? 'GET' : 'POST',
      ...(from === undefined ? {} : { localAddress: from }),
      setHost: false,
      headers: {
        host: NAME,
        ...(body === undefined
          ? {}
          : {
              'content-type': 'application/x-www-form-urlencoded',
              'content-length': Buffer.byteLength(body),
              origin: `${tls ? 'https' : 'http'}://${headers.host ?? NAME}`,
            }),
        ...headers,
      },
    };
    const asked = tls
      ? secureRequest({ ...options, ca: certificate.cert, servername: NAME, agent: false })
      : request({ ...options, agent: new Agent({ keepAlive: false }) });
    asked.on('response', (response) => {
      response.resume().on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          cookies: response.headers['set-cookie'] ?? [],
        }),
      );
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

const portOf = (name: string): number => (name === 'none' ? server.port : proxies.get(name)!.port);

/** What the audit log says of where the last failed sign-in came from. */
const heardFrom = (): string | undefined => server.harness.door.access.audit.read({ limit: 1 })[0]?.from;

describe('the client’s address', () => {
  const forged = { 'x-forwarded-for': '1.2.3.4', forwarded: 'for=1.2.3.4', 'x-real-ip': '1.2.3.4' };
  it.each([
    ['a client', 'plain', {}, CLIENT],
    ['a client by TLS', 'secure', {}, CLIENT],
    ['a client who forges it', 'plain', forged, CLIENT],
    ['a client by TLS who forges it', 'secure', forged, CLIENT],
    ['a client who forges a chain of proxies', 'plain', { 'x-forwarded-for': `1.2.3.4, ${PROXY}, ${FURTHER}` }, CLIENT],
    ['a client of a proxy that replaces it', 'replacing', forged, CLIENT],
    ['a client past two proxies', 'outer', {}, CLIENT],
    ['a client past two proxies who forges it', 'outer', forged, CLIENT],
    ['a client of a proxy that nobody declared', 'undeclared', forged, STRANGER],
    ['a client without a proxy', 'none', forged, CLIENT],
  ] as const)('of %s', async (_, by, headers, expected) => {
    const tls = by === 'secure' || by === 'outer';
    const answer = await call({ port: portOf(by), tls, headers, form: { token: 'wrong' } });
    expect([answer.status, heardFrom()]).toEqual([401, expected]);
  });
});

describe('cookies', () => {
  const signIn = { name: 'ada', password: 'the right one' };
  const parts = (cookie: string): { name: string; flags: readonly string[] } => {
    const [pair = '', ...flags] = cookie.split('; ');
    return { name: pair.split('=')[0]!, flags: flags.filter((flag) => !flag.startsWith('Max-Age')) };
  };
  const PLAIN = ['Path=/', 'HttpOnly', 'SameSite=Lax'];
  const SECURE = [...PLAIN, 'Secure'];

  it.each([
    ['on loopback', () => ({ port: server.port, headers: { host: server.host } }), false],
    ['by TLS', () => ({ port: secured.port, tls: true, headers: { host: NAME } }), true],
    ['through a proxy by TLS', () => ({ port: portOf('secure'), tls: true }), true],
    ['through two proxies by TLS', () => ({ port: portOf('outer'), tls: true }), true],
    ['through a proxy by http', () => ({ port: portOf('plain') }), false],
    [
      'through a proxy that nobody declared',
      () => ({ port: portOf('undeclared'), headers: { 'x-forwarded-proto': 'https' } }),
      false,
    ],
  ] as const)('%s have the name and the flags for it', async (_, at, secure) => {
    const { tls = false, ...where }: Call = at();
    const answer = await call({ ...where, tls, form: signIn });
    expect(answer.status).toBe(303);
    const port = tls && where.port === secured.port ? secured.port : server.port;
    const prefix = secure ? '__Host-' : '';
    expect(answer.cookies.map(parts)).toEqual(
      ['', '-device'].map((end) => ({ name: `${prefix}gondola-${port}${end}`, flags: secure ? SECURE : PLAIN })),
    );
    // They are read by the same name.
    const cookie = answer.cookies.map((one) => one.split(';')[0]).join('; ');
    const me = await call({ ...where, tls, path: '/api/v1/me', headers: { ...where.headers, cookie } });
    expect(me.status).toBe(200);
    const page = await call({ ...where, tls, path: '/', headers: { ...where.headers, cookie } });
    const person = page.cookies.find((one) => one.includes('-person='));
    expect(person?.includes('Secure')).toBe(secure);
    const linked = await call({
      ...where,
      tls,
      path: '/api/v1/me',
      headers: { ...where.headers, cookie: cookie.replaceAll('__Host-', 'x') },
    });
    expect(linked.status).toBe(secure ? 401 : 200);
  });
});

describe('the origin of a change', () => {
  const key = { authorization: `Bearer ${TOKEN}` };
  it.each([
    ['secure', `https://${NAME}`, 401],
    ['secure', `http://${NAME}`, 403],
    ['secure', 'https://evil.example', 403],
    ['plain', `http://${NAME}`, 401],
    ['outer', `https://${NAME}`, 401],
    ['outer', `http://${NAME}`, 403],
    ['none', `http://${NAME}`, 401],
    ['none', `http://evil.example`, 403],
  ] as const)('through %s from %s', async (by, origin, status) => {
    const tls = by === 'secure' || by === 'outer';
    const answer = await call({ port: portOf(by), tls, headers: { origin }, form: { token: 'wrong' } });
    expect(answer.status).toBe(status);
  });

  it('is asked of sockets too, which go through', async () => {
    const open = (origin: string): Promise<number> =>
      new Promise((resolve) => {
        const socket = new WebSocket(`wss://127.0.0.1:${portOf('secure')}/api/v1/notebooks/${NOTEBOOK}/live`, [], {
          ...trusting(),
          headers: { host: NAME, origin, ...key },
        });
        socket.on('open', () => {
          socket.terminate();
          resolve(101);
        });
        socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
        socket.on('error', () => {});
      });
    expect([await open(`https://${NAME}`), await open(`http://${NAME}`)]).toEqual([101, 403]);
  });
});

describe('wrong passwords', () => {
  const guess = (from: string, name: string, headers: Record<string, string> = {}, password = 'wrong') =>
    call({ port: portOf('secure'), tls: true, from, headers, form: { name, password } });

  it('of a stranger behind the proxy shut out the stranger, and nobody else behind it', async () => {
    const told = [];
    for (let turn = 0; turn < 9; turn += 1) told.push((await guess(STRANGER!, 'ben')).status);
    expect(told).toEqual([...Array.from({ length: 8 }, () => 401), 429]);
    // Nor does another word about oneself help.
    expect((await guess(STRANGER!, 'ben', { 'x-forwarded-for': '9.9.9.9' })).status).toBe(429);
    expect((await guess('127.3.3.3', 'ben', {}, 'the right one')).status).toBe(303);
    expect((await guess('127.3.3.3', 'ada', {}, 'the right one')).status).toBe(303);
  });
});

describe('a server beyond this machine', () => {
  it('is spoken to by TLS alone, but by this machine and those who watch over it', async () => {
    const declared = parseProxies([PROXY!])!;
    const open = await listen(LIMITS, { proxies: declared, wantsTls: true, hosts: { allowed: [NAME], open: true } });
    // Nobody of this machine has this address as its own.
    const elsewhere = { 'x-forwarded-for': '198.51.100.7' };
    try {
      const ask = (path: string, from: string, headers: Record<string, string>) =>
        call({ port: open.port, from, path, headers }).then(({ status }) => status);
      expect(await ask('/sign-in', PROXY!, { ...elsewhere, 'x-forwarded-proto': 'https' })).toBe(401);
      expect(await ask('/sign-in', PROXY!, { ...elsewhere, 'x-forwarded-proto': 'http' })).toBe(426);
      expect(await ask('/sign-in', PROXY!, elsewhere)).toBe(426);
      expect(await ask('/api/v1/me', PROXY!, { ...elsewhere, authorization: `Bearer ${TOKEN}` })).toBe(426);
      expect(await ask('/healthz', PROXY!, elsewhere)).toBe(200);
      expect(await ask('/readyz', PROXY!, elsewhere)).toBe(200);
      expect(await ask('/metrics', PROXY!, elsewhere)).toBe(426);
      expect(await ask('/sign-in', CLIENT!, {})).toBe(401);
    } finally {
      await open.close();
    }
  });
});
