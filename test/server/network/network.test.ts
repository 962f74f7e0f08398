/** The proxies of notebooks over real sockets: where they listen, whom they tell, and when a connection ends. */
import { mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openForwarder } from '../../../interpreters/forward.ts';
import { openGuard } from '../../../server/network/guard.ts';
import { type OpenNetwork, openNetwork } from '../../../server/network/network.ts';
import { createProxy } from '../../../server/network/proxy.ts';
import type { NotebookId } from '../../../server/protocol/ids.ts';
import { PUBLIC } from './support.ts';

const NOTEBOOK = 'notebook22' as NotebookId;
let base: string;
let echo: Server;
let network: OpenNetwork;
let used: string[];
const sockets = new Set<Socket>();
const hold = (socket: Socket): Socket => {
  sockets.add(socket);
  return socket.on('error', () => undefined);
};
const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};
/** All that is public leads to a service that says what it hears. */
const guard = (port: number) =>
  openGuard({
    lookup: async () => [PUBLIC],
    dial: () => hold(connect({ host: '127.0.0.1', port })),
  });

beforeEach(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'gondola-network-')));
  echo = createServer((socket) => void hold(socket).pipe(socket));
  used = [];
  network = openNetwork({
    grants: [{ notebooks: '**', hosts: [{ host: 'api.test', port: 7, private: false }] }],
    guard: guard(await listening(echo)),
    pathOf: () => 'report.nb.md',
    used: (...told) => used.push(told.join(' ')),
    log: () => undefined,
  });
});
afterEach(() => {
  network.close();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  echo.close();
  rmSync(base, { recursive: true, force: true });
});

/** The proxy's first line, over a way that is open from then on. */
function tunnel(to: { port: number } | { path: string }, token: string, host = 'api.test:7') {
  const socket = hold(connect({ ...to, host: '127.0.0.1' }));
  const heard: Buffer[] = [];
  const status = new Promise<string>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      heard.push(chunk);
      const text = Buffer.concat(heard).toString();
      if (text.includes('\r\n\r\n')) resolve(text.slice(9, 12));
    });
    socket.once('close', () => resolve('closed'));
  });
  const basic = Buffer.from(`gondola:${token}`).toString('base64');
  socket.write(`CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\nProxy-Authorization: Basic ${basic}\r\n\r\n`);
  return { socket, status, text: () => Buffer.concat(heard).toString() };
}
const tokenIn = (url: string): string => new URL(url).password;

it.each(['short', 'long'.repeat(40)])(
  'a notebook’s processes reach its proxy through their own loopback, in a folder %s',
  async (name) => {
    const folder = join(base, name);
    const offer = await network.offer(NOTEBOOK, folder, undefined);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'proxy')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, 'certificates.pem'), 'utf8').match(/BEGIN CERTIFICATE/g)?.length).toBeGreaterThan(
      50,
    );
    const member = offer.admit(() => 'run-1');
    const forwarder = await openForwarder({ folder, token: member.token });
    const port = Number(new URL(forwarder.url).port);
    const way = tunnel({ port }, tokenIn(forwarder.url));
    expect(await way.status).toBe('200');
    way.socket.write('hello');
    await expect.poll(way.text, { timeout: 20_000 }).toMatch(/hello$/);
    expect([used, network.counts().open]).toEqual([[`${NOTEBOOK} run-1 api.test:7`], 1]);
    const closed = new Promise((resolve) => way.socket.once('close', resolve));
    forwarder.drop();
    await closed;
    await expect.poll(() => network.counts().open, { timeout: 20_000 }).toBe(0);
    expect(network.counts()).toMatchObject({ opened: 1, refused: 0, bytes: 10 });
    member.release();
    expect(await tunnel({ port }, tokenIn(forwarder.url)).status).toBe('407');
  },
);

it('the first connection of each run to each host is told, and no other', async () => {
  const folder = join(base, 'network');
  const offer = await network.offer(NOTEBOOK, folder, undefined);
  let run = 'run-1';
  const { token } = offer.admit(() => run);
  for (const next of ['run-1', 'run-1', 'run-2', 'run-2']) {
    run = next;
    expect(await tunnel({ path: join(folder, 'proxy') }, token).status).toBe('200');
  }
  expect(await tunnel({ path: join(folder, 'proxy') }, token, 'api.test:8').status).toBe('403');
  expect(used).toEqual([`${NOTEBOOK} run-1 api.test:7`, `${NOTEBOOK} run-2 api.test:7`]);
  expect(network.counts()).toMatchObject({ opened: 4, refused: 1 });
});

it('a folder that went away with its records is made anew, once for all who ask', async () => {
  const folder = join(base, 'network');
  const first = await network.offer(NOTEBOOK, folder, undefined);
  expect(await network.offer(NOTEBOOK, folder, undefined)).toBe(first);
  rmSync(folder, { recursive: true });
  const [second, third] = await Promise.all([1, 2].map(() => network.offer(NOTEBOOK, folder, undefined)));
  expect(second).toBe(third);
  expect(second).not.toBe(first);
  const { token } = second!.admit(() => 'run-1');
  expect(await tunnel({ path: join(folder, 'proxy') }, token).status).toBe('200');
});

it.each([
  ['idle for longer than it may be', { connections: 9, idleMs: 1_000, bytes: 1_000_000 }, ''],
  ['past the bytes that it may carry', { connections: 9, idleMs: 60_000, bytes: 1_000 }, 'x'.repeat(5_000)],
])('a connection ends that is %s', async (_what, bounds, sent) => {
  const port = (echo.address() as AddressInfo).port;
  let ended = 0;
  const member = {
    run: () => 'run',
    rule: () => ({}),
    opened: () => undefined,
    closed: () => {
      ended += 1;
    },
    refused: () => undefined,
  };
  const proxy = createProxy(guard(port), () => member, bounds);
  const way = tunnel({ port: await listening(proxy) }, 'any');
  expect(await way.status).toBe('200');
  way.socket.write(sent);
  await expect.poll(() => ended, { timeout: 20_000 }).toBe(1);
  await expect.poll(() => way.socket.destroyed, { timeout: 20_000 }).toBe(true);
  proxy.close();
});

it.each([
  ['with a status that is none', 'HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n'],
  ['with another protocol', 'HTTP/1.1 101 Other\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n'],
  ['with no HTTP', 'good day\r\n\r\n'],
])('a host that answers %s gets nobody an answer, and ends nothing else', async (_what, said) => {
  const host = createServer((socket) => void hold(socket).once('data', () => socket.end(said)));
  const member = {
    run: () => 'run',
    rule: () => ({}),
    opened: () => undefined,
    closed: () => undefined,
    refused: () => undefined,
  };
  const proxy = createProxy(guard(await listening(host)), () => member);
  const port = await listening(proxy);
  for (const _ of [1, 2]) {
    const asked = hold(connect({ host: '127.0.0.1', port }));
    const heard = new Promise<string>((resolve) => {
      asked.once('data', (chunk: Buffer) => resolve(chunk.toString().slice(9, 12)));
      asked.once('close', () => resolve('closed'));
    });
    const basic = Buffer.from('gondola:any').toString('base64');
    asked.write(`GET http://api.test:7/ HTTP/1.1\r\nHost: api.test:7\r\nProxy-Authorization: Basic ${basic}\r\n\r\n`);
    expect(await heard).toBe('502');
  }
  for (const server of [proxy, host]) server.close();
});
