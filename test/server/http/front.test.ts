import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDoor } from '../../../server/access/door.ts';
import { type Front, openFront, type Rest } from '../../../server/http/front.ts';
import { createPages } from '../../../server/http/pages.ts';
import { TOKEN } from './support.ts';

type Opening = { resolve(): void; reject(error: unknown): void };

let folder: string;
let front: Front;
let origin: string;
let openings: Opening[];
let failures: unknown[];
let isClosed: boolean;

/** Says what it was asked, body included. */
const rest: Rest = {
  attach: (server: Server) => {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void text(request).then((body) => response.end(`rest: ${request.method} ${request.url} ${body}`));
    });
    server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 418 Rest\r\n\r\n'));
  },
  async close() {
    isClosed = true;
  },
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gondola-front-'));
  [openings, failures, isClosed] = [[], [], false];
  const hosts = { allowed: [], open: false };
  const door = openDoor({ folder, token: TOKEN, hosts, now: Date.now });
  front = openFront({
    door,
    pages: createPages({ folder, door, title: 'Tests' }),
    open: () =>
      new Promise((resolve, reject) => {
        openings.push({ resolve: () => resolve(rest), reject });
      }),
    failed: (error) => failures.push(error),
  });
  front.server.listen(0, '127.0.0.1');
  await once(front.server, 'listening');
  origin = `http://127.0.0.1:${(front.server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  for (const { resolve } of openings) resolve();
  await front.close();
  rmSync(folder, { recursive: true });
});

/** Resolves when the rest is being opened for the `count`th time. */
async function opening(count = 1): Promise<Opening> {
  return await expect
    .poll(() => openings.at(count - 1))
    .toBeDefined()
    .then(() => openings[count - 1]!);
}

describe('before the rest is open', () => {
  it('strangers get the sign-in page, and probes their word, and nothing is opened', async () => {
    const page = await fetch(`${origin}/`);
    expect([page.status, page.headers.get('x-frame-options')]).toEqual([401, 'DENY']);
    const nonce = /nonce-([^']+)'/.exec(page.headers.get('content-security-policy') ?? '')?.[1];
    expect(await page.text()).toContain(`nonce="${nonce}"`);
    expect(await (await fetch(`${origin}/healthz`)).text()).toBe('ok');
    expect(openings).toEqual([]);
  });

  it('the printed address signs in, and the page that it leads to opens the rest', async () => {
    const signedIn = await fetch(`${origin}/?token=${TOKEN}`, { redirect: 'manual' });
    expect([signedIn.status, signedIn.headers.get('location')]).toEqual([303, '/']);
    const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!;
    expect(openings).toEqual([]);
    expect((await fetch(`${origin}/n/abc`, { headers: { cookie } })).status).toBe(200);
    await opening();
  });

  it('a call waits for it, body and all, and many calls open it once', async () => {
    const calls = ['a', 'b', 'c'].map((body) => fetch(`${origin}/api/v1/x`, { method: 'POST', body }));
    (await opening()).resolve();
    const told = await Promise.all(calls.map(async (call) => (await call).text()));
    expect(told).toEqual(['a', 'b', 'c'].map((body) => `rest: POST /api/v1/x ${body}`));
    expect(openings.length).toBe(1);
  });

  it('a socket waits for it', async () => {
    const { port } = front.server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    (await opening()).resolve();
    expect(await text(socket)).toBe('HTTP/1.1 418 Rest\r\n\r\n');
  });

  it('whom the door refuses it leaves to the rest', async () => {
    const call = fetch(`${origin}/?token=${TOKEN}`, { headers: { 'sec-fetch-site': 'cross-site' }, method: 'DELETE' });
    (await opening()).resolve();
    expect(await (await call).text()).toContain('rest: DELETE');
  });
});

it('once it is open, the rest answers everything', async () => {
  front.open();
  (await opening()).resolve();
  await expect.poll(async () => (await fetch(`${origin}/`)).text()).toBe('rest: GET / ');
});

it('a rest that cannot be opened is told, and tried again by the next call', async () => {
  const first = fetch(`${origin}/api/v1/x`);
  (await opening()).reject(new Error('the disk is gone'));
  const response = await first;
  expect([response.status, await response.json()]).toMatchObject([500, { error: { code: 'internal' } }]);
  expect(failures.map(String)).toEqual(['Error: the disk is gone']);
  const second = fetch(`${origin}/api/v1/x`);
  (await opening(2)).resolve();
  expect((await second).status).toBe(200);
});

it('closing closes a rest that is still being opened', async () => {
  front.open();
  const closing = front.close();
  (await opening()).resolve();
  await closing;
  expect(isClosed).toBe(true);
});
