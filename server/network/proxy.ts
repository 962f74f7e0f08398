/**
 * The server's end of the network that paragraphs are granted: an HTTP proxy on one Unix socket for each notebook, which is
 * bound into that notebook's sandboxes alone. It speaks CONNECT and requests with a whole URL, nothing else; every connection
 * says whose process it is by a token of that process, must come while a run is under way, and goes to a granted host and port
 * only, through the guard. A name that is not granted is never resolved, so names carry nothing out.
 */
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Guard, type Rule, Unreached } from './guard.ts';
import { authorityOf, parseAuthority, parsePlace, type Target } from './target.ts';

/** Who a token stands for, asked at each connection. */
export type Member = {
  /** The run that is under way; undefined where none is. */
  readonly run: () => string | undefined;
  /** What opens the target for the notebook now. */
  readonly rule: (target: Target) => Rule | undefined;
  readonly opened: (run: string, target: Target) => void;
  readonly closed: (run: string, target: Target, bytes: Traffic) => void;
  readonly refused: (target: string, why: string) => void;
};
export type Traffic = { readonly sent: number; readonly received: number };

/** More at one time are of use to no paragraph, and each takes two descriptors of the server. */
const MOST_CONNECTIONS = 32;
/** Open to the proxy itself, whatever they ask for: each takes a descriptor before it has said anything. */
const MOST_CLIENTS = 128;
/** A connection over which nothing goes either way; servers that answer late do so within a minute or two. */
const IDLE_MS = 120_000;
/** Of one connection, both ways together: a large download; a run that takes more connects again. */
const MOST_BYTES = 16 * 2 ** 30;
/** A request's head, that of a target included. */
const HEAD_BYTES = 16 * 1024;
const HEAD_MS = 10_000;

export type ProxyBounds = { readonly connections: number; readonly idleMs: number; readonly bytes: number };
const BOUNDS: ProxyBounds = { connections: MOST_CONNECTIONS, idleMs: IDLE_MS, bytes: MOST_BYTES };

/** Below it is nothing, or not yet the answer. */
const LEAST_STATUS = 200;

/** Not to be passed on: they speak of one connection (RFC 9110, 7.6.1), or are for this proxy. */
const HOP = new Set(
  'connection keep-alive proxy-connection proxy-authenticate proxy-authorization te trailer transfer-encoding upgrade http2-settings'.split(
    ' ',
  ),
);

type Refusal = { readonly status: number; readonly why: string };
type Way = { readonly target: Target; readonly member: Member; readonly run: string; readonly rule: Rule };

/** One notebook's proxy; the caller makes it listen. */
export function createProxy(guard: Guard, memberOf: (token: string) => Member | undefined, bounds = BOUNDS): Server {
  let open = 0;
  const server = createServer({
    maxHeaderSize: HEAD_BYTES,
    headersTimeout: HEAD_MS,
    connectionsCheckingInterval: HEAD_MS,
    // An upload may take as long as it goes on: what stands still is ended as idle.
    requestTimeout: 0,
    insecureHTTPParser: false,
  });
  server.maxConnections = MOST_CLIENTS;
  server.on('connect', (asked, client, head) => void tunnel(asked, client, head));
  server.on('request', (asked, answer) => void forward(asked, answer));
  server.on('clientError', (_error, socket) => socket.destroy());
  return server;

  function wayOf(asked: IncomingMessage, target: Target | undefined): Way | Refusal {
    const token = tokenIn(asked.headers['proxy-authorization']);
    const member = token === undefined ? undefined : memberOf(token);
    if (!member) return { status: 407, why: 'the token of the session is missing or wrong' };
    if (!target) return { status: 400, why: 'only CONNECT HOST:PORT and http://HOST[:PORT]/… are understood' };
    const run = member.run();
    if (run === undefined) return refuse(member, target, 'no run is under way');
    const rule = member.rule(target);
    if (!rule) return refuse(member, target, 'the host is not granted to this notebook');
    if (open >= bounds.connections)
      return { status: 503, why: `more than ${bounds.connections} connections at one time` };
    return { target, member, run, rule };
  }

  /** The connection of a way, counted until it is closed; or why there is none. */
  async function reach({ target, member, run, rule }: Way, signal: AbortSignal): Promise<Socket | Refusal> {
    open += 1;
    try {
      const { socket } = await guard.dial(target, rule, signal);
      socket.setTimeout(bounds.idleMs, () => socket.destroy());
      socket.on('error', () => undefined);
      socket.once('close', () => {
        open -= 1;
        member.closed(run, target, { sent: socket.bytesWritten, received: socket.bytesRead });
      });
      member.opened(run, target);
      return socket;
    } catch (error) {
      open -= 1;
      if (!(error instanceof Unreached)) throw error;
      if (error.kind === 'refused') return refuse(member, target, error.message);
      return { status: error.kind === 'late' ? 504 : 502, why: error.message };
    }
  }

  async function tunnel(asked: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    const gone = new AbortController();
    client.on('error', () => undefined);
    client.once('close', () => gone.abort());
    const way = wayOf(asked, parseAuthority(asked.url ?? ''));
    const reached = 'status' in way ? way : await reach(way, gone.signal);
    if ('status' in reached) {
      client.end(refusalText(reached));
      return;
    }
    if (client.destroyed) {
      reached.destroy();
      return;
    }
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) reached.write(head);
    bound(reached, bounds.bytes);
    client.pipe(reached);
    reached.pipe(client);
    client.once('close', () => reached.destroy());
    reached.once('close', () => client.destroy());
  }

  async function forward(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const gone = new AbortController();
    answer.once('close', () => gone.abort());
    asked.on('error', () => undefined);
    const place = parsePlace(asked.url ?? '');
    // A secure place is reached by CONNECT, or what it says would travel in the clear up to here.
    const way = wayOf(asked, place && !place.secure && asked.method !== 'TRACE' ? place : undefined);
    const reached = 'status' in way ? way : await reach(way, gone.signal);
    if ('status' in reached) {
      answer.writeHead(reached.status, refusalHeaders(reached)).end(`${reached.why}\n`);
      return;
    }
    bound(reached, bounds.bytes);
    answer.once('close', () => reached.destroy());
    const onward = httpRequest({
      createConnection: () => reached,
      method: asked.method,
      path: `${place!.url.pathname}${place!.url.search}`,
      headers: { ...passedOn(asked.headers), host: place!.url.host, connection: 'close' },
      setHost: false,
      maxHeaderSize: HEAD_BYTES,
    });
    const broken = (): void => {
      if (answer.headersSent) answer.destroy();
      else answer.writeHead(502, { connection: 'close' }).end('the host did not answer as HTTP has it\n');
    };
    onward.once('response', (response) => {
      response.on('error', () => answer.destroy());
      const { statusCode = 0 } = response;
      // Any three digits are read; what is no status would be thrown here, and end the server.
      if (statusCode < LEAST_STATUS) {
        broken();
        onward.destroy();
        return;
      }
      answer.writeHead(statusCode, { ...passedOn(response.headers), connection: 'close' });
      response.pipe(answer);
    });
    // A host that changes the protocol is cut off without a word.
    onward.once('close', () => {
      if (!answer.headersSent) broken();
    });
    onward.on('error', broken);
    asked.pipe(onward);
  }
}

function refuse(member: Member, target: Target, why: string): Refusal {
  member.refused(authorityOf(target), why);
  return { status: 403, why };
}

/** Ends a connection once it has carried more than it may. */
function bound(socket: Socket, bytes: number): void {
  socket.on('data', () => {
    if (socket.bytesRead + socket.bytesWritten > bytes) socket.destroy();
  });
}

const refusalHeaders = ({ status, why }: Refusal): Readonly<Record<string, string>> => ({
  connection: 'close',
  'x-gondola-refused': why.replaceAll(/[^\x20-\x7e]/g, '?'),
  ...(status === 407 ? { 'proxy-authenticate': 'Basic realm="gondola"' } : {}),
});

function refusalText(refusal: Refusal): string {
  const fields = Object.entries(refusalHeaders(refusal)).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${refusal.status} Refused\r\n${fields.join('')}content-length: 0\r\n\r\n`;
}

function passedOn(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  const named = new Set(
    String(headers.connection ?? '')
      .toLowerCase()
      .split(/\s*,\s*/),
  );
  const kept = Object.entries(headers).filter(([name]) => !HOP.has(name) && !named.has(name));
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** `Basic base64(USER:TOKEN)`, as every client makes it of the proxy's address. */
function tokenIn(header: string | undefined): string | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('latin1').split(':')[1];
}
