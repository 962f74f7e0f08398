/**
 * What listens. It answers by itself what a browser opens first, the sign-in, the page and its files, and `/healthz`;
 * everything else waits for the rest of the server, which the first such call opens, or the page as it goes out to
 * somebody who is signed in. So a start costs little time, and a server that nobody uses little memory.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Door } from '../access/door.ts';
import type { Principal } from '../access/principal.ts';
import { responseHeaders } from '../access/web.ts';
import { AppError } from '../errors.ts';
import { failed, type PageAnswer } from './answers.ts';
import type { Limits } from './limits.ts';
import { type Listener, plainListener } from './listener.ts';
import type { Pages } from './pages.ts';
import { endWithIt } from './refusal.ts';
import { newRequestId } from './requests.ts';

/** All that the front does not do. */
export type Rest = {
  /** Listens to the server's requests and upgrades from now on. */
  attach(server: Server): void;
  close(): Promise<void>;
};

export type FrontOptions = {
  readonly limits?: Limits;
  /** What listens; plain HTTP within `limits` where none is given. */
  readonly listener?: Pick<Listener, 'requests' | 'close'>;
  readonly door: Pick<Door, 'admit'>;
  readonly pages: Pick<Pages, 'show'>;
  readonly open: () => Promise<Rest>;
  /** The rest could not be opened; the next call tries again. */
  readonly failed: (error: unknown) => void;
};

export type Front = {
  readonly server: Server;
  /** Opens the rest, ahead of a call for it. */
  open(): void;
  close(): Promise<void>;
};

export function openFront(options: FrontOptions): Front {
  const { door, pages, open, listener = plainListener(options.limits) } = options;
  const server = listener.requests;
  let opening: Promise<Rest> | undefined;
  let closing = false;

  function opened(): Promise<Rest> {
    opening ??= start();
    return opening;
  }

  async function start(): Promise<Rest> {
    try {
      const rest = await open();
      server.off('request', onRequest).off('upgrade', onUpgrade);
      if (!closing) rest.attach(server);
      return rest;
    } catch (error) {
      opening = undefined;
      options.failed(error);
      throw error;
    }
  }

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else respond(response, failed(new AppError('internal', 'the log', { cause: error })), 'none');
    });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const nonce = randomBytes(16).toString('base64');
    const principal = admitted(request);
    const shown = principal && (await show(request, principal, nonce));
    if (shown) {
      respond(response, shown, nonce);
      if (principal.kind !== 'stranger' && shown.status === 200) opened().catch(() => {});
      return;
    }
    await opened();
    server.emit('request', request, response);
  }

  async function show(request: IncomingMessage, principal: Principal, nonce: string): Promise<PageAnswer | undefined> {
    if (request.method !== 'GET') return undefined;
    if (request.url === '/healthz') return { status: 200, headers: TEXT_TYPE, body: 'ok' };
    return pages.show({ request, principal, nonce });
  }

  /** Undefined where the door refuses, which is the API's to say. */
  function admitted(request: IncomingMessage): Principal | undefined {
    try {
      return door.admit(request);
    } catch {
      return undefined;
    }
  }

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', endWithIt);
    opened().then(
      () => {
        socket.off('error', endWithIt);
        server.emit('upgrade', request, socket, head);
      },
      () => socket.destroy(),
    );
  }

  server.on('request', onRequest).on('upgrade', onUpgrade);
  return {
    server,
    open: () => void opened().catch(() => {}),
    async close() {
      closing = true;
      listener.close();
      const rest = await opening?.catch(() => undefined);
      await rest?.close();
    },
  };
}

const TEXT_TYPE = { 'content-type': 'text/plain; charset=utf-8' };

function respond(response: ServerResponse, { status, headers, body }: PageAnswer, nonce: string): void {
  const all = Object.entries({ ...responseHeaders(nonce, newRequestId()), ...headers });
  response.writeHead(status, {
    ...Object.fromEntries(all.filter(([, value]) => value !== '')),
    ...(status === 304 ? {} : { 'content-length': Buffer.byteLength(body) }),
  });
  response.end(body);
}
