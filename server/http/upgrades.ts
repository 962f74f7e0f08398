/**
 * WebSocket upgrades: the one door for all of them. Whoever is refused gets an answer as of any other call, before a
 * single frame is read.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Door } from '../access/door.ts';
import type { Principal } from '../access/principal.ts';
import { AppError } from '../errors.ts';
import { type NotebookId, parseId } from '../protocol/ids.ts';
import { toAppError } from './failures.ts';
import { endWithIt, refuse } from './refusal.ts';
import { requestIdOf } from './requests.ts';

export type Upgrades = {
  readonly door: Door;
  /** Relative to the workspace; undefined where there is no such notebook. */
  readonly pathOf: (notebook: NotebookId) => string | undefined;
  /** Takes over: answers the handshake and owns the socket. */
  readonly accept: (
    notebook: NotebookId,
    principal: Principal,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ) => void;
  /** Of a failure of the server itself. */
  readonly warn: (what: string, details: object) => void;
};

/** Returns the release. */
export function handleUpgrades(server: Pick<Server, 'on' | 'off'>, upgrades: Upgrades): () => void {
  const { door, pathOf, accept, warn } = upgrades;
  const listener = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', endWithIt);
    try {
      const principal = door.admitUpgrade(request);
      const address = (request.url ?? '/').split('?', 1)[0] ?? '/';
      const notebook = parseId<NotebookId>(/^\/api\/v1\/notebooks\/([^/]+)\/live$/.exec(address)?.[1]);
      const path = notebook && pathOf(notebook);
      const target = { kind: 'notebook', notebook, path } as const;
      const decision = door.access.decide(principal, 'notebook.open', target);
      if (!decision.allowed) {
        const needs = decision.why === 'forbidden' && door.access.needs(principal, 'notebook.open', target);
        throw new AppError(decision.why, needs || (notebook ? 'notebook' : 'socket'));
      }
      if (!notebook) throw new AppError('not-found', 'socket');
      if (request.method !== 'GET') throw new AppError('bad-request', 'a socket begins with GET');
      accept(notebook, principal, request, socket, head);
      // Whoever took it over listens by itself.
      socket.off('error', endWithIt);
    } catch (error) {
      const id = requestIdOf(request.headers['x-request-id'], door.isByProxy(request));
      const refusal = toAppError(error, id);
      if (refusal.status >= 500) warn('an upgrade failed', { request: id, cause: String(error) });
      refuse(socket, refusal, id);
    }
  };
  server.on('upgrade', listener);
  return () => void server.off('upgrade', listener);
}
