/** The API of a server on this machine, as one of its commands calls it. */
import { request } from 'node:http';
import { UsageError } from '../../config.ts';

export type Answer = { readonly status: number; readonly body: unknown };
export type Api = (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<Answer>;

/** `origin` is of loopback: the token goes nowhere else. Rejects with UsageError where nothing answers. */
export const apiOf =
  (origin: string, token: string, signal: AbortSignal): Api =>
  (method, path, body) =>
    new Promise((resolve, reject) => {
      const sent = body === undefined ? undefined : JSON.stringify(body);
      const headers = {
        authorization: `Bearer ${token}`,
        ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
      };
      const call = request(`${origin}/api/v1${path}`, { method, headers, signal }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.once('error', reject);
        response.once('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          resolve({ status: response.statusCode ?? 0, body: text === '' ? undefined : JSON.parse(text) });
        });
      });
      call.once('error', (error) =>
        reject(signal.aborted ? error : new UsageError(`the server at ${origin} does not answer (${error.message}).`)),
      );
      call.end(sent);
    });
