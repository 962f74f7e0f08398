/** An answer written to a socket by hand, where there is no response to write it: before a request is one, or after. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { responseHeaders } from '../access/web.ts';
import { type AppError, errorBody } from '../errors.ts';

/** How long who was refused may take to read why and go. */
const LINGER_MS = 5_000;

/** Ends the connection with it. `id` names the request in the log. */
export function refuse(socket: Duplex, error: AppError, id: string): void {
  const body = JSON.stringify(errorBody(error));
  const headers = {
    ...responseHeaders('none', id),
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
  const over = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('close', () => clearTimeout(over));
}

/** Listens for what, unheard, would end the server. One function: one of its own would be kept for each connection. */
export function endWithIt(this: Duplex): void {
  this.destroy();
}
