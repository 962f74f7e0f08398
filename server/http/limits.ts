/**
 * What a connection may take of the server before anybody knows whose it is: how many there are, how long a head is and
 * may take, how slowly a body may come or an answer be read. Whoever is slow is cut off; whoever waits for the server is
 * not. What is no request at all is refused from the catalogue, like any other call.
 */
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppError } from '../errors.ts';
import { refuse } from './refusal.ts';
import { newRequestId } from './requests.ts';

export type Limits = {
  /** A head must be whole by then, from the connection or the answer before it on. */
  readonly headMs: number;
  /** Nothing moves on a connection for that long, though it is the client's turn: it is cut off. */
  readonly idleMs: number;
  /** A body may be slow for so long, as one with a bad network is; then it must keep `bodyBytesPerSecond`. */
  readonly graceMs: number;
  readonly bodyBytesPerSecond: number;
  /** How often this is looked at. */
  readonly checkMs: number;
  readonly connections: number;
};

export const LIMITS: Limits = {
  headMs: 20_000,
  idleMs: 60_000,
  graceMs: 30_000,
  // A tenth of what a bad telephone line carries: a table of 10 MB may take three hours.
  bodyBytesPerSecond: 1_024,
  checkMs: 5_000,
  // Two thousand pages on a lecture's notebook, with their calls and downloads. Node raises what it may open to what the
  // system allows at most, commonly far above, as the store must never lack a descriptor.
  connections: 4_000,
};

/** Cookies and the longest address of ours fit twice. */
const HEAD_BYTES = 16 * 1024;
/** Longer than proxies commonly keep a connection, so that it is theirs to close. */
const KEEP_ALIVE_MS = 72_000;

/** What a server is made with; `bound` does the rest. */
export const serverOptions = ({ headMs, checkMs }: Limits = LIMITS): ServerOptions => ({
  headersTimeout: headMs,
  // Uploads take as long as they take; `bound` sees to it that they go on.
  requestTimeout: 0,
  keepAliveTimeout: KEEP_ALIVE_MS,
  connectionsCheckingInterval: checkMs,
  maxHeaderSize: HEAD_BYTES,
  insecureHTTPParser: false,
  // The door says so from the catalogue.
  requireHostHeader: false,
});

type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly since: number;
  readonly before: number;
  /** When it was answered though its body had not come whole. */
  answered?: number;
};

/** Listens before anything else does. */
export function bound(server: Server, limits: Limits = LIMITS, now: () => number = uptimeMs): void {
  const under = new Map<Duplex, Exchange>();
  server.maxConnections = limits.connections;

  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    // The front hands on what it does not answer: the same exchange comes twice.
    if (under.get(socket)?.request === request) return;
    const exchange: Exchange = { request, response, since: now(), before: socket.bytesRead };
    under.set(socket, exchange);
    // Not from the connection on, which `headersTimeout` covers: of an upgraded one the timer would stay, ended.
    socket.setTimeout(limits.idleMs);
    response.once('finish', () => {
      exchange.answered = now();
    });
    response.once('close', () => {
      if (request.complete || socket.destroyed) forget(socket, exchange);
    });
    request.once('close', () => {
      if (response.closed || response.writableFinished) forget(socket, exchange);
    });
  });
  function forget(socket: Duplex, exchange: Exchange): void {
    if (under.get(socket) === exchange) under.delete(socket);
  }

  server.on('timeout', (socket) => {
    const exchange = under.get(socket);
    const isOurs = exchange?.request.complete && !exchange.response.writableFinished && socket.writableLength === 0;
    if (isOurs) socket.setTimeout(limits.idleMs);
    else socket.destroy();
  });

  function isTooSlow({ request, since, before, answered }: Exchange): boolean {
    if (request.complete) return false;
    // Who has its answer and goes on sending is not listened to any more.
    if (answered !== undefined) return now() - answered > limits.checkMs;
    const took = now() - since;
    // Where the server does not read, it is the server that is slow.
    if (took < limits.graceMs || request.readableLength > 0) return false;
    return (request.socket.bytesRead - before) * 1000 < limits.bodyBytesPerSecond * took;
  }
  const looking = setInterval(() => {
    for (const [socket, exchange] of [...under]) {
      if (socket.destroyed || (exchange.request.complete && exchange.response.closed)) under.delete(socket);
      else if (isTooSlow(exchange)) {
        under.delete(socket);
        if (exchange.response.headersSent) socket.destroy();
        else refuse(socket, new AppError('too-slow'), newRequestId());
      }
    }
  }, limits.checkMs).unref();
  server.once('close', () => clearInterval(looking));

  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const exchange = under.get(socket);
    const isHeard = exchange !== undefined && !exchange.response.writableFinished;
    if (!socket.writable || error.code === 'ECONNRESET' || isHeard) socket.destroy();
    else refuse(socket, refusalOf(error), newRequestId());
  });
  server.on('checkExpectation', (request: IncomingMessage) =>
    refuse(request.socket, new AppError('bad-request', 'Expect may say 100-continue'), newRequestId()),
  );
  // What is no listener's is let go of by Node: CONNECT, and what asks for another protocol before the rest is there.
}

/** `performance` is a module of Node's that a start would load for nothing else. */
const uptimeMs = (): number => process.uptime() * 1000;

function refusalOf({ code }: NodeJS.ErrnoException): AppError {
  if (code === 'HPE_HEADER_OVERFLOW') return new AppError('head-too-large', `${HEAD_BYTES / 1024} KB`);
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return new AppError('payload-too-large', 'its chunks may be');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new AppError('too-slow');
  return new AppError('bad-request', 'it is no HTTP/1.1');
}
