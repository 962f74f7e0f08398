/** Every way of `ssrf.ts` against the guard, the request and the proxy, over real sockets; counted for R11. */
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createRaw, type Socket } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rangeOf } from '../../../server/network/addresses.ts';
import { parseGrants, ruleFor } from '../../../server/network/grants.ts';
import { openGuard, PUBLIC_ONLY, Unreached } from '../../../server/network/guard.ts';
import { createProxy, type Member } from '../../../server/network/proxy.ts';
import { guardedRequest } from '../../../server/network/request.ts';
import { parsePlace } from '../../../server/network/target.ts';
import { counter, keep, wantsRecord } from '../../reliability/record.ts';
import { type Class, CONNECTS, FORWARDS, NAMES, NO_GRANTS, RANGES, REDIRECTS, SPELLINGS } from './ssrf.ts';
import { openSecureService, PUBLIC } from './support.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const classOf = (address: string): Class =>
  !address.includes(':')
    ? 'IPv4 ranges'
    : /^(::|64:|2002:|2001:0:)[^1]/.test(address)
      ? 'IPv4 within IPv6'
      : 'IPv6 ranges';

const TOKENS = [
  'no token',
  'a wrong token',
  'a token that was released',
  'another notebook’s token',
  'a run that is over',
  'the 33rd connection at once',
];
const TIMES = [
  'a name server that is silent',
  'a host that is silent',
  'an answer without end',
  'a head without end',
  'a body that trickles',
  'a bomb',
];
const cases: readonly { readonly class: Class; readonly what: string }[] = [
  ...RANGES.map(([address, , what]) => ({ class: classOf(address), what: `${address} ${what}` })),
  ...SPELLINGS.map(([, , what]) => ({ class: 'spellings' as const, what })),
  ...NAMES.map(([, what]) => ({ class: 'names that lead inside' as const, what })),
  { class: 'names that lead inside', what: 'another answer the second time' },
  ...REDIRECTS.map(([, , what]) => ({ class: 'redirects' as const, what })),
  { class: 'redirects', what: 'from https to http' },
  { class: 'redirects', what: 'with what was meant for the first host' },
  ...CONNECTS.map(([, what]) => ({ class: 'CONNECT' as const, what })),
  ...FORWARDS.map(([, , what]) => ({ class: 'requests through the proxy' as const, what })),
  { class: 'requests through the proxy', what: 'headers for the proxy alone' },
  ...TOKENS.map((what) => ({ class: 'tokens and times' as const, what })),
  ...NO_GRANTS.map(([, what]) => ({ class: 'grants that are none' as const, what })),
  ...TIMES.map((what) => ({ class: 'time and size' as const, what })),
];
const { held, counts } = counter(cases);
const holds = (kind: Class, what: string): void => held(cases.find((one) => one.class === kind && one.what === what)!);

afterAll(() => {
  if (wantsRecord()) keep(root, { figure: 'R11', part: 'requests inside (SSRF)', counts: counts() });
});

it('are at least 120 ways of at least 8 classes, each another', () => {
  const names = cases.map((one) => `${one.class}: ${one.what}`);
  expect(new Set(names).size).toBe(names.length);
  expect(cases.length).toBeGreaterThanOrEqual(120);
  expect(new Set(cases.map((one) => one.class)).size).toBeGreaterThanOrEqual(8);
});

/** What stands behind every address; whoever gets to it has been let through. */
let service: Server;
let port: number;
let seen: string[];
let headers: Record<string, unknown>[];
let dialled: string[];
let resolved: string[];
let redirect: readonly [string, number];
const sockets = new Set<Socket>();
beforeEach(async () => {
  [seen, headers, dialled, resolved, redirect] = [[], [], [], [], ['/', 200]];
  service = createServer((asked, reply) => {
    seen.push(`${asked.headers.host}${asked.url}`);
    headers.push(asked.headers);
    if (asked.url === '/go' || asked.url === '/loop')
      return void reply.writeHead(redirect[1], { location: redirect[0] }).end();
    if (asked.url === '/large') return void reply.end('x'.repeat(100_000));
    if (asked.url === '/bomb')
      return void reply.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(2 ** 20)));
    return void asked.resume().on('end', () => reply.end('answered'));
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  port = (service.address() as AddressInfo).port;
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  service.close();
  service.closeAllConnections();
});

const ANSWERS: Record<string, readonly string[]> = {
  'open.test': [PUBLIC],
  'other.test': [PUBLIC],
  'inside.test': ['10.0.0.1'],
  'mixed.test': [PUBLIC, '127.0.0.1'],
  localhost: ['127.0.0.1', '::1'],
};
/** All addresses lead to the service: only the guard stands between. */
const guardOver = (answers: Record<string, readonly string[]>, to = () => port) =>
  openGuard({
    lookup: async (host) => {
      resolved.push(host);
      return answers[host] ?? [];
    },
    dial(address) {
      dialled.push(address);
      const socket = connect({ host: '127.0.0.1', port: to() });
      sockets.add(socket);
      return socket;
    },
  });

const ask = (url: string, options: Partial<Parameters<typeof guardedRequest>[1]> & { answers?: typeof ANSWERS } = {}) =>
  guardedRequest(
    { url, method: 'GET' },
    {
      guard: guardOver(options.answers ?? ANSWERS),
      ruleOf: ({ host, port: to }) => (host !== 'other.test' && (to === 80 || to === 443) ? PUBLIC_ONLY : undefined),
      withinMs: 20_000,
      mostBytes: 50_000,
      ...options,
    },
  );
const refusal = async (asked: Promise<unknown>): Promise<Unreached['kind'] | 'answered'> => {
  try {
    await asked;
    return 'answered';
  } catch (error) {
    if (error instanceof Unreached) return error.kind;
    throw error;
  }
};
const urlOf = (address: string): string => `http://${address.includes(':') ? `[${address}]` : address}/`;

describe('a request', () => {
  it.each(RANGES)('is refused to %s, and reaches %s beside it', async (inside, beside, what) => {
    expect(rangeOf(inside).realm).not.toBe('public');
    expect(await refusal(ask(urlOf(inside)))).toBe('refused');
    expect(await refusal(ask('http://leads.test/', { answers: { 'leads.test': [inside] } }))).toBe('refused');
    expect(dialled).toEqual([]);
    expect((await ask(urlOf(beside))).body.toString()).toBe('answered');
    expect((await ask('http://leads.test/', { answers: { 'leads.test': [beside] } })).status).toBe(200);
    holds(classOf(inside), `${inside} ${what}`);
  });

  it.each(SPELLINGS)('of %j leads nowhere, where %j leads out', async (attack, control, what) => {
    expect(await refusal(ask(attack))).not.toBe('answered');
    expect([dialled, seen]).toEqual([[], []]);
    const lawful = control ?? 'http://open.test/';
    expect((await ask(lawful)).body.toString()).toBe('answered');
    expect(rangeOf(dialled[0]!).realm).toBe('public');
    holds('spellings', what);
  });

  it.each(NAMES)('to a name whose addresses are %j connects to none of them', async (answer, what) => {
    expect(await refusal(ask('http://mixed.test/', { answers: { 'mixed.test': answer } }))).toBe('refused');
    expect(dialled).toEqual([]);
    expect((await ask('http://mixed.test/', { answers: { 'mixed.test': [PUBLIC, '2606:4700::1'] } })).status).toBe(200);
    holds('names that lead inside', what);
  });

  it('goes to the address that was checked: a second answer is never asked for', async () => {
    let times = 0;
    const guard = openGuard({
      async lookup() {
        times += 1;
        return [times === 1 ? PUBLIC : '127.0.0.1'];
      },
      dial(address) {
        dialled.push(address);
        return connect({ host: '127.0.0.1', port });
      },
    });
    expect((await ask('http://turns.test/', { guard })).status).toBe(200);
    expect([times, dialled]).toEqual([1, [PUBLIC]]);
    expect(await refusal(ask('http://turns.test/', { guard }))).toBe('refused');
    holds('names that lead inside', 'another answer the second time');
  });

  it.each(REDIRECTS)('that is sent on to %j with %d is judged again', async (to, status, what) => {
    redirect = [to, status];
    expect(await refusal(ask('http://open.test/go'))).toBe('refused');
    expect(dialled.every((address) => address === PUBLIC)).toBe(true);
    expect(seen.every((one) => one.startsWith('open.test/'))).toBe(true);
    expect(seen.length).toBeLessThanOrEqual(6);
    redirect = ['/here', status];
    expect((await ask('http://open.test/go')).url).toBe('http://open.test/here');
    holds('redirects', what);
  });

  it('never goes on from https to http, and checks the certificate against the name', async () => {
    const secure = await openSecureService();
    try {
      const answers = { 'api.test': [PUBLIC], 'else.test': [PUBLIC], 'inner.test': [PUBLIC] };
      const guard = guardOver(answers, () => secure.port);
      const authorities = [secure.authority];
      expect(await refusal(ask('https://api.test/moved', { guard, authorities }))).toBe('refused');
      expect((await ask('https://api.test/', { guard, authorities })).status).toBe(200);
      expect(await refusal(ask('https://else.test/', { guard, authorities }))).toBe('unreachable');
      expect(await refusal(ask('https://api.test/', { guard }))).toBe('unreachable');
      expect(secure.seen).toEqual(['GET api.test/moved', 'GET api.test/']);
      holds('redirects', 'from https to http');
    } finally {
      secure.close();
    }
  });

  it('takes secrets to no other host', async () => {
    redirect = ['http://second.test/', 302];
    const answers = { ...ANSWERS, 'second.test': [PUBLIC] };
    const secret = { authorization: 'Bearer mine', cookie: 'a=b', 'x-kept': 'yes' };
    await guardedRequest(
      { url: 'http://open.test/go', method: 'POST', headers: secret, body: 'text' },
      { guard: guardOver(answers), ruleOf: () => PUBLIC_ONLY, withinMs: 20_000, mostBytes: 1_000 },
    );
    expect(headers[0]).toMatchObject(secret);
    expect(headers[1]).toMatchObject({ 'x-kept': 'yes', host: 'second.test' });
    expect(Object.keys(headers[1]!)).not.toEqual(expect.arrayContaining(['authorization']));
    expect(headers[1]).not.toHaveProperty('cookie');
    expect(headers[1]).not.toHaveProperty('content-length');
    holds('redirects', 'with what was meant for the first host');
  });

  it('ends in time and size, whatever the other end does', async () => {
    const silent = createRaw((socket) => void sockets.add(socket));
    const babbling = createRaw((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 200 OK\r\n');
      for (let field = 0; field < 400; field += 1) socket.write(`x-${field}: ${'x'.repeat(100)}\r\n`);
    });
    const trickling = createRaw((socket) => {
      sockets.add(socket);
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nx');
    });
    const listening = async (server: typeof silent): Promise<number> => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return (server.address() as AddressInfo).port;
    };
    const ports = await Promise.all([silent, babbling, trickling].map(listening));
    try {
      const never = openGuard({ lookup: () => new Promise(() => undefined) });
      expect(await refusal(ask('http://open.test/', { guard: never, withinMs: 50 }))).toBe('late');
      holds('time and size', 'a name server that is silent');
      const through = (to: number) => guardOver(ANSWERS, () => to);
      expect(await refusal(ask('http://open.test/', { guard: through(ports[0]!), withinMs: 200 }))).toBe('late');
      holds('time and size', 'a host that is silent');
      expect(await refusal(ask('http://open.test/', { guard: through(ports[1]!) }))).toBe('unreachable');
      holds('time and size', 'a head without end');
      expect(await refusal(ask('http://open.test/', { guard: through(ports[2]!), withinMs: 200 }))).toBe('late');
      holds('time and size', 'a body that trickles');
      expect(await refusal(ask('http://open.test/large'))).toBe('refused');
      holds('time and size', 'an answer without end');
      const { body } = await ask('http://open.test/bomb');
      expect(body.length).toBeLessThan(5_000);
      holds('time and size', 'a bomb');
      expect((await ask('http://open.test/')).status).toBe(200);
    } finally {
      for (const server of [silent, babbling, trickling]) server.close();
    }
  });

  it('reaches private addresses by their own name only where a rule opens them, and others never', async () => {
    const answers = { 'inside.test': ['10.0.0.1'], 'near.test': ['127.0.0.1'], 'cloud.test': ['169.254.169.254'] };
    const open = { private: true };
    expect((await ask('http://inside.test/', { answers, ruleOf: () => open })).status).toBe(200);
    for (const url of ['http://near.test/', 'http://cloud.test/', 'http://[fd00:ec2::254]/', 'http://0.0.0.0/'])
      expect(await refusal(ask(url, { answers, ruleOf: () => open }))).toBe('refused');
    expect((await ask('http://127.0.0.1/', { ruleOf: () => ({ named: true }) })).status).toBe(200);
    expect(await refusal(ask('http://0.0.0.0/', { ruleOf: () => ({ named: true }) }))).toBe('refused');
  });
});

describe('the proxy', () => {
  const GRANTS = parseGrants([
    {
      notebooks: 'a/**',
      hosts: ['open.test:443', 'open.test:80', 'inside.test:443', 'inside.test:80', 'mixed.test:443'],
    },
    { notebooks: 'b/**', hosts: ['other.test:443'] },
  ])!;
  let run: string | undefined = 'run';
  let refused: string[] = [];
  const memberOf = (path: string): Member => ({
    run: () => run,
    rule: (target) => ruleFor(GRANTS, path, target),
    opened: () => undefined,
    closed: () => undefined,
    refused: (target, why) => refused.push(`${target}: ${why}`),
  });
  const tokens = new Map<string, Member>();
  let proxy: Server;
  let at: number;
  beforeEach(async () => {
    [run, refused] = ['run', []];
    tokens.set('mine', memberOf('a/report.nb.md')).set('theirs', memberOf('b/report.nb.md'));
    proxy = createProxy(guardOver(ANSWERS), (token) => tokens.get(token));
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    at = (proxy.address() as AddressInfo).port;
  });
  afterEach(() => {
    proxy.close();
    proxy.closeAllConnections();
  });

  const auth = (token: string): string =>
    `Proxy-Authorization: Basic ${Buffer.from(`gondola:${token}`).toString('base64')}`;
  /** The status of the answer to these bytes; 0 where the connection was closed without one. */
  const say = (lines: readonly string[], hold = false): Promise<number> =>
    new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: at });
      sockets.add(socket);
      let text = '';
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        text += chunk;
        const status = /^HTTP\/1\.1 (\d+)/.exec(text)?.[1];
        if (status === undefined) return;
        resolve(Number(status));
        if (!hold) socket.destroy();
      });
      socket.once('close', () => resolve(0));
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    });
  const tunnel = (authority: string, token = 'mine', hold = false) =>
    say([`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`, auth(token)], hold);

  it.each(CONNECTS)('connects not to %j', async (authority, what) => {
    const status = await tunnel(authority);
    expect([0, 400, 403]).toContain(status);
    expect([dialled, seen]).toEqual([[], []]);
    expect(resolved.every((host) => host === 'inside.test' || host === 'mixed.test')).toBe(true);
    expect(await tunnel('open.test:443')).toBe(200);
    expect(await tunnel('OPEN.test.:443')).toBe(200);
    expect(dialled).toEqual([PUBLIC, PUBLIC]);
    holds('CONNECT', what);
  });

  it.each(FORWARDS)('passes on no %j', async (line, fields, what) => {
    const status = await say([line, ...fields, auth('mine')]);
    expect([0, 400, 403, 431]).toContain(status);
    expect([dialled, seen]).toEqual([[], []]);
    expect(await say(['GET http://open.test/lawful HTTP/1.1', 'Host: else.test', auth('mine')])).toBe(200);
    expect([dialled, seen]).toEqual([[PUBLIC], ['open.test/lawful']]);
    holds('requests through the proxy', what);
  });

  it('passes on nothing that was for the proxy alone', async () => {
    const hop = [
      'Proxy-Connection: keep-alive',
      'Connection: x-mine, keep-alive',
      'X-Mine: a',
      'Upgrade: h2c',
      'TE: trailers',
    ];
    expect(await say(['GET http://open.test/ HTTP/1.1', 'Host: open.test', auth('mine'), 'X-Kept: yes', ...hop])).toBe(
      200,
    );
    expect(headers[0]).toMatchObject({ host: 'open.test', 'x-kept': 'yes', connection: 'close' });
    for (const name of ['proxy-authorization', 'proxy-connection', 'x-mine', 'upgrade', 'te'])
      expect(headers[0]).not.toHaveProperty(name);
    holds('requests through the proxy', 'headers for the proxy alone');
  });

  it('lets nobody through but a process whose run is under way', async () => {
    const line = ['CONNECT open.test:443 HTTP/1.1', 'Host: open.test:443'];
    expect(await say(line)).toBe(407);
    holds('tokens and times', 'no token');
    expect(await tunnel('open.test:443', 'guessed')).toBe(407);
    holds('tokens and times', 'a wrong token');
    expect(await tunnel('open.test:443', 'theirs')).toBe(403);
    expect(await tunnel('other.test:443', 'theirs')).toBe(200);
    holds('tokens and times', 'another notebook’s token');
    tokens.set('ended', memberOf('a/report.nb.md'));
    expect(await tunnel('open.test:443', 'ended')).toBe(200);
    tokens.delete('ended');
    expect(await tunnel('open.test:443', 'ended')).toBe(407);
    holds('tokens and times', 'a token that was released');
    run = undefined;
    expect(await tunnel('open.test:443')).toBe(403);
    run = 'next';
    expect(await tunnel('open.test:443')).toBe(200);
    holds('tokens and times', 'a run that is over');
    expect(refused).toEqual([
      'open.test:443: the host is not granted to this notebook',
      'open.test:443: no run is under way',
    ]);
  });

  it('holds a bounded number of connections at one time, and takes new ones when some end', async () => {
    const statuses = await Promise.all(Array.from({ length: 32 }, () => tunnel('open.test:443', 'mine', true)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(await tunnel('open.test:443')).toBe(503);
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => tunnel('open.test:443'), { timeout: 20_000 }).toBe(200);
    holds('tokens and times', 'the 33rd connection at once');
  });
});

describe('a grant', () => {
  it.each(NO_GRANTS)('is none of %j', (value, what) => {
    expect(parseGrants(value)).toBeUndefined();
    expect(parseGrants([{ notebooks: '**', hosts: ['api.test:443', { host: '127.0.0.1:8080' }] }])).toHaveLength(1);
    holds('grants that are none', what);
  });

  it('opens its host and port to the notebooks of its pattern, and no more', () => {
    const grants = parseGrants([
      { notebooks: 'reports/**', hosts: ['API.test.:443', { host: 'db.test:5432', private: true }] },
    ])!;
    expect(ruleFor(grants, 'reports/a/day.nb.md', { host: 'api.test', port: 443 })).toEqual({
      private: false,
      named: false,
    });
    expect(ruleFor(grants, 'reports/day.nb.md', { host: 'db.test', port: 5432 })).toEqual({
      private: true,
      named: false,
    });
    for (const path of ['day.nb.md', 'reportsx/day.nb.md', 'other/reports/day.nb.md', '../reports/day.nb.md'])
      expect(ruleFor(grants, path, { host: 'api.test', port: 443 })).toBeUndefined();
    expect(ruleFor(grants, 'reports/day.nb.md', { host: 'api.test', port: 80 })).toBeUndefined();
  });
});

it('a place is an http or https URL', () => {
  expect(parsePlace('https://API.test./a?b#c')).toMatchObject({ host: 'api.test', port: 443, secure: true });
  expect(parsePlace('http://[2606:4700::1]:8080/')).toMatchObject({ host: '2606:4700::1', port: 8080, secure: false });
});
