/** TLS on real sockets: who is shown which certificate, what is spoken, and what plain HTTP on that port is told. */
import { once } from 'node:events';
import { request as plainRequest } from 'node:http';
import { request } from 'node:https';
import { connect } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ownHost } from '../../../server/access/web.ts';
import { LIMITS } from '../../../server/http/limits.ts';
import { type TlsListener, tlsListener } from '../../../server/http/secure.ts';
import { type Certificate, checkCertificate } from '../../../server/tls/certificate.ts';
import { makeCertificate } from '../../../server/tls/make.ts';
import { type Listening, listen, until } from './listening.ts';
import { NOTEBOOK, TOKEN } from './support.ts';

const NAME = 'notebooks.example';
const DAY = 24 * 60 * 60 * 1000;
const limits = { ...LIMITS, headMs: 1_000, checkMs: 100 };
const hosts = { allowed: [NAME], open: false };

async function made(): Promise<Certificate> {
  const { cert, key } = await makeCertificate([NAME, 'localhost', '127.0.0.1'], { now: Date.now(), lasts: DAY });
  return checkCertificate(cert, key, { cert: 'cert', key: 'key' }, Date.now());
}

let listener: TlsListener;
let server: Listening;
let first: Certificate;
beforeAll(async () => {
  first = await made();
  listener = tlsListener(first, (host) => ownHost(host, hosts), limits);
  server = await listen(limits, { hosts }, listener);
});
afterAll(() => server?.close());

type Told = { readonly status: number; readonly headers: Record<string, unknown>; readonly body: string };

function ask(path: string, headers: Record<string, string> = {}, ca = first.cert): Promise<Told> {
  return new Promise((resolve, reject) => {
    const asked = request({
      host: '127.0.0.1',
      port: server.port,
      path,
      ca,
      servername: NAME,
      agent: false,
      headers: { host: NAME, ...headers },
    });
    asked.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

function plain(method: string, path: string, headers: Record<string, string> = {}): Promise<Told> {
  return new Promise((resolve, reject) => {
    const asked = plainRequest({ host: '127.0.0.1', port: server.port, method, path, agent: false, setHost: false });
    for (const [name, value] of Object.entries({ host: `${NAME}:${server.port}`, ...headers }))
      asked.setHeader(name, value);
    asked.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

async function shown(options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connectTls({ host: '127.0.0.1', port: server.port, ca: first.cert, servername: NAME, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

describe('by TLS', () => {
  it('pages, calls and live sockets are served, and nobody is fooled by another certificate', async () => {
    expect((await ask('/sign-in')).status).toBe(401);
    expect((await ask('/api/v1/notebooks', { authorization: `Bearer ${TOKEN}` })).status).toBe(200);
    await expect(ask('/sign-in', {}, (await made()).cert)).rejects.toThrow();
    const options = { ca: first.cert, servername: NAME };
    const socket = new WebSocket(`wss://127.0.0.1:${server.port}/api/v1/notebooks/${NOTEBOOK}/live`, [], {
      ...options,
      headers: { host: NAME, origin: `https://${NAME}`, authorization: `Bearer ${TOKEN}` },
    });
    await once(socket, 'open');
    socket.on('error', () => undefined).terminate();
    expect(server.accepted()).toBe(1);
  });

  it('nothing older than 1.2 is spoken', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = await shown({ minVersion: version, maxVersion: version });
      expect(socket.getProtocol()).toBe(version);
      socket.destroy();
    }
    await expect(
      shown({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' }),
    ).rejects.toThrow();
  });

  it('a request by http is told so, and sent on where it opens a page', async () => {
    const port = server.port;
    for (const path of ['/', '/n/abc?x=1', '/sign-in', '/healthz'])
      expect([path, await plain('GET', path)]).toMatchObject([
        path,
        { status: 307, headers: { location: `https://${NAME}:${port}${path}` } },
      ]);
    for (const [method, path, headers, status] of [
      ['POST', '/sign-in', {}, 426],
      ['GET', '/api/v1/notebooks', {}, 426],
      ['GET', '/', { authorization: `Bearer ${TOKEN}` }, 426],
      ['GET', '//evil.example', {}, 426],
      ['GET', '/\\evil.example', {}, 426],
      ['GET', '/', { host: 'evil.example' }, 421],
      ['POST', '/api/v1/notebooks', { host: 'evil.example' }, 421],
    ] as const) {
      const told = await plain(method, path, headers);
      expect([method, path, told.status, told.headers.location]).toEqual([method, path, status, undefined]);
      expect(JSON.parse(told.body).error.code).toBe(status === 421 ? 'foreign-host' : 'plain-http');
    }
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1/notebooks/${NOTEBOOK}/live`, {
      headers: { host: NAME },
    });
    socket.on('error', () => {});
    const [, response] = await once(socket, 'unexpected-response');
    expect(response.statusCode).toBe(426);
  });

  it('who says nothing, or half a handshake, is let go of', async () => {
    const sockets = await Promise.all(
      [
        '',
        '\x16\x03\x01',
        'GET / HTTP/1.1\r\nhost: x',
        '\x00\x00\x00',
        'GET / HTTP/1.1\r\nhost: notebooks.example\r\ncontent-length: 5\r\n\r\n',
        '\x16garbage that is no handshake',
      ].map(async (bytes) => {
        const socket = connect(server.port, '127.0.0.1');
        socket.on('error', () => {}).resume();
        await once(socket, 'connect');
        socket.write(Buffer.from(bytes, 'latin1'));
        return socket;
      }),
    );
    await until(() => sockets.every((socket) => socket.destroyed || socket.readableEnded), 'all are closed');
    for (const socket of sockets) socket.destroy();
    // Within TLS the same bounds hold as without.
    const slow = await shown();
    slow.on('error', () => {}).resume();
    slow.write(`GET /healthz HTTP/1.1\r\nhost: ${NAME}\r\n`);
    await until(() => slow.destroyed || slow.readableEnded, 'a slow head is cut off');
    expect((await ask('/healthz')).status).toBe(200);
  });

  it('browsers are told to come by https alone only where somebody vouches for the certificate', async () => {
    expect((await ask('/sign-in')).headers['strict-transport-security']).toBeUndefined();
    listener.renew({ ...first, selfSigned: false });
    for (const path of ['/sign-in', '/healthz', '/api/v1/notebooks', '/nothing'])
      expect([path, (await ask(path)).headers['strict-transport-security']]).toEqual([path, 'max-age=15552000']);
    // A name that every machine has for itself.
    expect((await ask('/sign-in', { host: 'localhost' })).headers['strict-transport-security']).toBeUndefined();
    listener.renew(first);
  });

  it('another certificate is shown from the next connection on, and those that are open stay', async () => {
    const before = await shown();
    const next = await made();
    listener.renew(next);
    const after = await shown({ ca: next.cert });
    expect(after.getPeerCertificate().fingerprint256).toBe(next.fingerprint);
    expect(before.getPeerCertificate().fingerprint256).toBe(first.fingerprint);
    before.write(`GET /healthz HTTP/1.1\r\nhost: ${NAME}\r\nconnection: close\r\n\r\n`);
    const [chunk] = await once(before, 'data');
    expect(String(chunk)).toContain('200 OK');
    for (const socket of [before, after]) socket.destroy();
    expect(() => listener.renew({ ...next, key: first.key })).toThrow();
    expect((await ask('/healthz', {}, next.cert)).status).toBe(200);
    listener.renew(first);
  });
});
