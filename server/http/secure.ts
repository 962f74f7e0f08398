/**
 * Listens for TLS, on a port where plain HTTP is told so. A connection's first byte says which it is, so that somebody who
 * left out the s of https:// gets an answer instead of a silence. Nothing of the server is reached by plain HTTP there: it
 * has a server of its own, which knows one answer. Loaded where there is a certificate.
 */
import { createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Socket } from 'node:net';
import { isThisHost, responseHeaders } from '../access/web.ts';
import { AppError, errorBody } from '../errors.ts';
import type { Certificate } from '../tls/certificate.ts';
import { bound, LIMITS, type Limits, serverOptions } from './limits.ts';
import { type Listener, listening } from './listener.ts';

export type TlsListener = Listener & {
  /** Connections from now on are shown another certificate. Throws where it is none. */
  renew(certificate: Certificate): void;
};

/** Half a year, of this name alone: what else listens at it must have a certificate too. */
const STRICT = `max-age=${180 * 24 * 60 * 60}`;
/** The first byte of every TLS connection: a record of its handshake. */
const HANDSHAKE = 0x16;

/** `own`: the host of a request, where the server answers for it. */
export function tlsListener(
  first: Certificate,
  own: (host: string | undefined) => string | undefined,
  limits: Limits = LIMITS,
): TlsListener {
  const options = serverOptions(limits);
  let certificate = first;
  const requests = createServer({
    ...options,
    cert: first.cert,
    key: first.key,
    minVersion: 'TLSv1.2',
    handshakeTimeout: limits.headMs,
  });
  requests.on('request', ({ headers }: IncomingMessage, response: ServerResponse) => {
    // A name of this machine alone belongs to whatever else is developed on it.
    if (!certificate.selfSigned && !isThisHost(headers.host ?? ''))
      response.setHeader('strict-transport-security', STRICT);
  });
  // Before it is a connection there is nobody to answer.
  requests.on('tlsClientError', (_error, socket) => void socket.destroy());
  bound(requests, limits);
  const plain = createPlain(options, (request, response) => refuse(request, response, own));
  /** Connections of which it is not known yet what they are, that are shaking hands, or that speak plain HTTP. */
  const early = new Map<string, Socket>();
  const forget = (socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): void => void early.delete(nameOf(socket));
  requests.on('secureConnection', forget);

  // The server's own way to take a connection comes after the first byte.
  const accept = requests.listeners('connection');
  requests.removeAllListeners('connection').on('connection', (socket: Socket) => {
    const name = nameOf(socket);
    early.set(name, socket);
    const late = setTimeout(() => socket.destroy(), limits.headMs).unref();
    // Ends as it likes: whoever it was has said nothing.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(late);
      early.delete(name);
    });
    socket.once('data', (chunk: Buffer) => {
      socket.pause();
      socket.unshift(chunk);
      if (chunk[0] === HANDSHAKE) {
        clearTimeout(late);
        for (const take of accept) take.call(requests, socket);
      } else {
        plain.emit('connection', socket);
      }
      process.nextTick(() => socket.resume());
    });
  });
  return {
    requests,
    listen: (at) => listening(requests, at),
    close() {
      requests.close();
      for (const socket of early.values()) socket.destroy();
      requests.closeAllConnections();
    },
    renew(next) {
      requests.setSecureContext({ cert: next.cert, key: next.key, minVersion: 'TLSv1.2' });
      certificate = next;
    },
  };
}

const nameOf = ({ remoteAddress, remotePort }: Pick<Socket, 'remoteAddress' | 'remotePort'>): string =>
  `${remoteAddress} ${remotePort}`;

/** A browser that opens a page is sent on; whatever else came in the clear is told, and not repeated. */
function refuse(request: IncomingMessage, response: ServerResponse, own: (host?: string) => string | undefined): void {
  const { method = '', url = '/', headers } = request;
  const host = own(headers.host);
  const opens = (method === 'GET' || method === 'HEAD') && /^\/(?![/\\]|api\/)/.test(url) && !headers.authorization;
  const error = new AppError(host === undefined ? 'foreign-host' : 'plain-http', headers.host ?? '(none)');
  const isSentOn = host !== undefined && opens;
  const body = isSentOn ? '' : JSON.stringify(errorBody(error));
  response.writeHead(isSentOn ? 307 : error.status, {
    ...responseHeaders('none', '-'),
    connection: 'close',
    'content-length': Buffer.byteLength(body),
    ...(isSentOn ? { location: `https://${host}${url}` } : { 'content-type': 'application/json; charset=utf-8' }),
    ...(error.status === 426 && !isSentOn ? { upgrade: 'TLS/1.2, HTTP/1.1' } : {}),
  });
  response.end(body);
}
