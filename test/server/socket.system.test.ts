import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { SocketLike } from '../../client/live/connection.ts';
import type { LiveNotebook } from '../../client/live/contract.ts';
import { openLive } from '../../client/live/live.ts';
import { type Book, emptyBook, placeKey } from '../../server/access/book.ts';
import type { Principal } from '../../server/access/principal.ts';
import type { LiveHandlers } from '../../server/handlers.ts';
import { sourceOf } from '../../server/protocol/document.ts';
import { controlFrame, readFrame, syncFrame } from '../../server/protocol/frames.ts';
import type { ParagraphId, PersonId, RequestId, RunId, SessionId, TokenId } from '../../server/protocol/ids.ts';
import { CLOSE, MAX_FRAME_BYTES, type Role } from '../../server/protocol/messages.ts';
import { systemClock } from '../../server/rooms/clock.ts';
import { openRooms } from '../../server/rooms/registry.ts';
import { openSockets, type Sockets } from '../../server/socket.ts';
import { openMemory } from '../../server/storage/disk/memory.ts';
import { gateOf } from '../support/access.ts';
import { NOTEBOOK, paragraph, quietHandlers, seededFile } from './rooms/house.ts';
import { until } from './rooms/typists.ts';

let server: Server;
let sockets: Sockets;
let port: number;
const opened: LiveNotebook[] = [];
/** Who may what, as a test changes it. */
let book: Book;
let handlers: LiveHandlers;
let principal: Principal;
const listeners = new Set<() => void>();

beforeEach(async () => {
  const warn = (): void => {};
  [book, handlers, principal] = [emptyBook('owner'), quietHandlers(), { kind: 'owner' }];
  listeners.clear();
  const store = {
    onChange: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const access = { ...gateOf(() => book), store };
  const rooms = openRooms({
    disk: openMemory(),
    folder: (id) => id,
    attach: seededFile([paragraph('first', 'select 1')]),
    clock: systemClock,
    client: 1,
    warn,
  });
  const watchRuns: LiveHandlers['watchRuns'] = (...all) => handlers.watchRuns(...all);
  sockets = openSockets({ rooms, handlers: { ...handlers, watchRuns }, access, clock: systemClock, warn });
  server = createServer();
  server.on('upgrade', (request, socket, head) => {
    sockets.accept(NOTEBOOK, principal, request, socket, head);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});

afterEach(async () => {
  for (const live of opened.splice(0)) live.close();
  await sockets.close();
  server.closeAllConnections();
  server.close();
});

function open(name: string): LiveNotebook {
  const live = openLive({
    id: NOTEBOOK,
    person: { id: name as PersonId, name },
    connect: () => new WebSocket(`ws://127.0.0.1:${port}`) as unknown as SocketLike,
  });
  opened.push(live);
  return live;
}

const saved = (live: LiveNotebook): Promise<void> => until(live, () => live.save.state === 'saved');

async function rawSocket(): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  socket.on('error', () => {});
  await once(socket, 'open');
  return socket;
}

const closeOf = async (socket: WebSocket): Promise<number> => (await once(socket, 'close'))[0];

describe('over real sockets', () => {
  test('two people see each other’s edits', async () => {
    const [ada, ben] = [open('ada'), open('ben')];
    await Promise.all([saved(ada), saved(ben)]);
    const seen = new Promise<void>((resolve) => ben.doc.once('update', () => resolve()));
    ada.doc.transact(() => sourceOf(ada.doc, 'first')?.insert(0, 'hello '), ada.origin);
    await seen;
    await saved(ada);
    expect(sourceOf(ben.doc, 'first')?.toString()).toBe('hello select 1');
  });

  test('a flood of small frames is read slowly, and whoever types beside it is not kept waiting', async () => {
    const ada = open('ada');
    await saved(ada);
    const flooder = await rawSocket();
    let answers = 0;
    const welcomed = new Promise<void>((resolve) => {
      flooder.on('message', (data: Buffer) => {
        const frame = readFrame(data);
        if (frame?.kind === 'control') resolve();
        if (frame?.kind === 'sync' && frame.step === 1) answers += 1;
      });
    });
    const person = { id: 'mallory', name: 'Mallory' };
    flooder.send(controlFrame({ type: 'hello', protocol: 1, person, client: 4711 }));
    await welcomed;
    const since = performance.now();
    for (let index = 0; index < 3000; index += 1) flooder.send(syncFrame(0, Uint8Array.of(0)));
    for (let index = 0; index < 20; index += 1) {
      ada.doc.transact(() => sourceOf(ada.doc, 'first')?.insert(0, 'x'), ada.origin);
      await saved(ada);
    }
    await expect.poll(() => answers, { timeout: 30_000 }).toBe(3000);
    // 2,000 at once, the others at 500 a second.
    expect(performance.now() - since).toBeGreaterThan(1_900);
    expect(flooder.readyState).toBe(WebSocket.OPEN);
    flooder.terminate();
  }, 60_000);

  test('a paragraph of 10 MB goes through', async () => {
    const [ada, ben] = [open('ada'), open('ben')];
    await Promise.all([saved(ada), saved(ben)]);
    const text = '가나다라 '.repeat(700_000);
    const seen = new Promise<void>((resolve) => ben.doc.once('update', () => resolve()));
    ada.doc.transact(() => sourceOf(ada.doc, 'first')?.insert(0, text), ada.origin);
    await Promise.all([seen, saved(ada)]);
    expect(sourceOf(ben.doc, 'first')?.toString()).toBe(`${text}select 1`);
  });

  test('compression is not offered', async () => {
    const socket = await rawSocket();
    expect(socket.extensions).toBe('');
    socket.terminate();
  });

  test('text, and a frame too large, close their sender alone', async () => {
    const ada = open('ada');
    await saved(ada);
    const wordy = await rawSocket();
    wordy.send('hello');
    expect(await closeOf(wordy)).toBe(CLOSE.badMessage);
    const greedy = await rawSocket();
    greedy.send(new Uint8Array(MAX_FRAME_BYTES + 1));
    expect(await closeOf(greedy)).toBe(1009);
    expect(ada.save.state).toBe('saved');
  });

  test('bytes that are no WebSocket frames end that connection alone', async () => {
    const ada = open('ada');
    await saved(ada);
    const socket: Socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      `GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`,
    );
    await once(socket, 'data');
    socket.write(Uint8Array.from({ length: 500 }, (_, index) => index & 255));
    socket.resume();
    await once(socket, 'close');
    expect(ada.save.state).toBe('saved');
  });

  test.each([
    ['lowered', 'reader'],
    ['taken', undefined],
  ] as const)('what waits for somebody whose role was %s does not leave any more', async (_what, after) => {
    const [ben, token] = ['ben' as PersonId, 'of-ben' as TokenId];
    const bookOf = (role: Role | undefined): Book => {
      const place = { kind: 'notebook', notebook: NOTEBOOK } as const;
      const grants: Book['grants'] = role
        ? new Map([[placeKey(place), [{ place, subject: { kind: 'everyone' }, role, by: 'Ada', at: 1 }]]])
        : new Map();
      return {
        ...emptyBook('owner'),
        accounts: new Map([[ben, { id: ben, name: 'Ben', role: 'reader', groups: [], made: 1 }]]),
        grants,
        tokens: new Map([
          [token, { id: token, name: 't', digest: '', role: 'owner', person: ben, made: 1, by: 'Ben' }],
        ]),
      };
    };
    book = bookOf('writer');
    principal = { kind: 'token', token };
    // More than the system holds for both ends of a connection.
    const text = 'x'.repeat(30_000_000);
    const run = {
      ...{ id: 'r1' as RunId, notebook: NOTEBOOK, paragraph: 'first' as ParagraphId, request: 'q1' as RequestId },
      ...{ session: 's1' as SessionId, by: { id: ben, name: 'Ben' }, asked: 1, interpreter: 'sql', source: '' },
      ...{ options: {}, forms: {}, phase: { state: 'done' as const, started: 1, ended: 2 } },
      outputs: [{ kind: 'text' as const, stream: 'stdout' as const, text }],
    };
    handlers = {
      ...handlers,
      watchRuns: async () => ({ latest: () => [run], visitor: () => undefined, release: () => {} }),
    };
    const slow = await rawSocket();
    const begun = once(slow, 'message');
    slow.send(controlFrame({ type: 'hello', protocol: 1, person: { id: 'ben', name: 'Ben' }, client: 4711 }));
    await begun;
    slow.pause();
    let whole = 0;
    slow.on('message', (data: Buffer) => {
      whole += data.length;
    });
    book = bookOf(after);
    for (const listener of [...listeners]) listener();
    expect(sockets.count).toBe(0);
    const closed = closeOf(slow);
    slow.resume();
    expect(await closed).toBe(1006);
    expect(whole).toBeLessThan(30_000_000);
  });

  test('whoever does not answer holds up no stop', async () => {
    const silent: Socket = connect(port, '127.0.0.1');
    await once(silent, 'connect');
    silent.write(
      `GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`,
    );
    await once(silent, 'data');
    const gone = once(silent, 'close');
    silent.resume();
    const begun = performance.now();
    await sockets.close();
    expect(performance.now() - begun).toBeLessThan(2500);
    await gone;
  });

  test('a page that is gone leaves no connection, a server that stops tells its pages', async () => {
    const [ada, ben] = [open('ada'), open('ben')];
    await Promise.all([saved(ada), saved(ben)]);
    expect(sockets.count).toBe(2);
    ada.close();
    await expect.poll(() => sockets.count).toBe(1);
    void sockets.close();
    await until(ben, () => ben.save.state === 'offline');
    expect(sockets.count).toBe(0);
  });
});
