/** The HTTP app behind the real front, on a real port of loopback: what hostile requests are sent to as bytes. */
import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { DoorOptions } from '../../../server/access/door.ts';
import { type Front, openFront } from '../../../server/http/front.ts';
import { LIMITS, type Limits } from '../../../server/http/limits.ts';
import { type Listener, plainListener } from '../../../server/http/listener.ts';
import { createPages } from '../../../server/http/pages.ts';
import { handleUpgrades } from '../../../server/http/upgrades.ts';
import type { NotebookId } from '../../../server/protocol/ids.ts';
import { openSockets } from '../../../server/socket.ts';
import { openMemory } from '../../../server/storage/disk/memory.ts';
import { openHouse, quietHandlers, TestClock } from '../rooms/house.ts';
import { type Harness, NOTEBOOK, newHarness } from './support.ts';

export type Told = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string };
export type RawRequest = {
  readonly method?: string;
  readonly path?: string;
  /** A list sends a header more than once. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
};

export type Listening = {
  readonly harness: Harness;
  readonly front: Front;
  readonly port: number;
  readonly host: string;
  /** Live sockets that were let in. */
  accepted(): number;
  ask(asked: RawRequest): Promise<Told>;
  /** A connection that says what the test says. */
  connect(): Promise<Wire>;
  close(): Promise<void>;
};

export type Wire = {
  readonly socket: Socket;
  /** All that came so far. */
  text(): string;
  /** Resolves when the server has ended the connection. */
  readonly closed: Promise<void>;
};

export async function listen(
  limits: Limits = LIMITS,
  edge: Partial<DoorOptions> = {},
  listener: Listener = plainListener(limits),
): Promise<Listening> {
  const harness = await newHarness(edge);
  const { door, app } = harness;
  await app.ready();
  const time = new TestClock();
  const house = openHouse(openMemory(), time);
  const sockets = openSockets({
    rooms: house.rooms,
    handlers: { ...quietHandlers(), path: (id) => (id === NOTEBOOK ? 'flights/first.nb.md' : undefined) },
    access: door.access,
    clock: time.clock,
    warn: () => {},
  });
  let accepted = 0;
  const accept: typeof sockets.accept = (...all) => {
    accepted += 1;
    sockets.accept(...all);
  };
  const pathOf = (id: NotebookId): string | undefined => (id === NOTEBOOK ? 'flights/first.nb.md' : undefined);
  const front = openFront({
    door,
    pages: createPages({ folder: join(harness.folder, 'client'), door, title: 'Tests' }),
    open: async () => ({
      attach(server) {
        server.on('request', app.routing);
        handleUpgrades(server, { door, pathOf, accept, warn: () => {} });
      },
      close: () => sockets.close(),
    }),
    failed: (error) => {
      throw error;
    },
    limits,
    listener,
  });
  const port = await listener.listen({ host: '127.0.0.1', port: 0 });
  const host = `127.0.0.1:${port}`;
  const agent = new Agent({ keepAlive: true });

  return {
    harness,
    front,
    port,
    host,
    accepted: () => accepted,
    ask: ({ method = 'GET', path = '/', headers = {}, body }) =>
      new Promise((resolve, reject) => {
        const call = request({ port, host: '127.0.0.1', method, path, setHost: false, agent });
        for (const [name, value] of Object.entries({ host, ...headers })) call.setHeader(name, value);
        if (body !== undefined) call.setHeader('content-length', Buffer.byteLength(body));
        call.on('response', (response) => {
          let text = '';
          response.setEncoding('latin1').on('data', (chunk: string) => {
            text += chunk;
          });
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
          );
        });
        call.on('upgrade', (response, socket) => {
          socket.destroy();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: '' });
        });
        call.on('error', reject);
        call.end(body);
      }),
    async connect() {
      const socket = connect(port, '127.0.0.1');
      let text = '';
      socket.setEncoding('latin1').on('data', (chunk: string) => {
        text += chunk;
      });
      socket.on('error', () => {});
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      await once(socket, 'connect');
      return { socket, text: () => text, closed };
    },
    async close() {
      agent.destroy();
      await front.close();
      await house.close();
      await harness.close();
    },
  };
}

/** Resolves once `holds` does; fails after a time that no machine needs. */
export async function until(holds: () => boolean, what: string, within = 30_000): Promise<void> {
  const end = performance.now() + within;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`it did not come to pass: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
