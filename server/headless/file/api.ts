/** The API of a server on this machine, as one of its commands calls it. */
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { UsageError } from '../../config.ts';
import type { Address } from '../../workspace/address.ts';

export type Answer = { readonly status: number; readonly body: unknown };
export type Api = (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<Answer>;

/** The token goes to this machine, and where there is TLS to the certificate named, alone. Rejects with UsageError where nothing answers. */
export const apiOf =
  ({ origin, fingerprint }: Pick<Address, 'origin' | 'fingerprint'>, token: string, signal: AbortSignal): Api =>
  async (method, path, body) => {
    const failed = (error: Error): Error =>
      signal.aborted ? error : new UsageError(`the server at ${origin} does not answer (${error.message}).`);
    const { hostname, port, host } = new URL(origin);
    const line =
      fingerprint === undefined
        ? undefined
        : await shownBy(hostname, Number(port), fingerprint).catch((error) => Promise.reject(failed(error)));
    return new Promise((resolve, reject) => {
      const sent = body === undefined ? undefined : JSON.stringify(body);
      const headers = {
        host,
        authorization: `Bearer ${token}`,
        ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
      };
      const call = request(
        {
          host: hostname.replace(/^\[|\]$/g, ''),
          port,
          path: `/api/v1${path}`,
          method,
          headers,
          signal,
          ...(line ? { createConnection: () => line } : {}),
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.once('error', reject);
          response.once('end', () => {
            const text = Buffer.concat(parts).toString('utf8');
            resolve({ status: response.statusCode ?? 0, body: text === '' ? undefined : JSON.parse(text) });
          });
        },
      );
      call.once('error', (error) => reject(failed(error)));
      call.end(sent);
    });
  };

/** A connection to whoever shows this certificate. Who signed it does not matter: the server itself has written down which it is. */
async function shownBy(hostname: string, port: number, fingerprint: string): Promise<Socket> {
  const { connect } = await import('node:tls');
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port, rejectUnauthorized: false }, () => {
      if (socket.getPeerCertificate().fingerprint256 === fingerprint) return resolve(socket.off('error', reject));
      socket.destroy();
      reject(new Error('it shows another certificate than its own'));
    });
    socket.once('error', reject);
  });
}
