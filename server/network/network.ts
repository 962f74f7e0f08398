/**
 * The network that notebooks are granted, as their sessions get it: for a notebook with a grant a folder with the socket of its
 * proxy and the certificates to trust, and for each process a token. Grants are looked up anew at every connection by the path
 * that the notebook has then, so that moving it takes them away at once.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import { NETWORK_FILES } from '../../interpreters/protocol.ts';
import { shortPath } from '../../interpreters/short-path.ts';
import type { NotebookId } from '../protocol/ids.ts';
import type { Network, Offer } from '../sessions/network.ts';
import { type Grants, hasGrants, ruleFor } from './grants.ts';
import type { Guard } from './guard.ts';
import { createProxy, type Member, type Traffic } from './proxy.ts';
import { authorityOf } from './target.ts';

export type NetworkOptions = {
  readonly grants: Grants;
  readonly guard: Guard;
  readonly pathOf: (notebook: NotebookId) => string | undefined;
  /** The first connection of a run to a host. */
  readonly used: (notebook: NotebookId, run: string, host: string) => void;
  readonly log: (level: 'info' | 'warn', message: string, detail: Readonly<Record<string, unknown>>) => void;
};

export type NetworkCounts = {
  readonly open: number;
  readonly opened: number;
  readonly refused: number;
  readonly bytes: number;
};
export type OpenNetwork = Network & { counts(): NetworkCounts; close(): void };

type Opened = Offer & { close(): void };

export function openNetwork(options: NetworkOptions): OpenNetwork {
  const offers = new Map<NotebookId, Promise<Opened>>();
  const opening = new Map<NotebookId, Promise<Opened>>();
  const counts = { open: 0, opened: 0, refused: 0, bytes: 0 };
  let certificates: string | undefined;

  async function open(notebook: NotebookId, folder: string, owner: number | undefined): Promise<Opened> {
    // What a server that was killed left there, and whatever else stands in the way.
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    certificates ??= trusted();
    writeFileSync(join(folder, NETWORK_FILES.certificates), certificates, { mode: 0o444 });
    const tokens = new Map<string, Member>();
    const proxy = createProxy(options.guard, (token) => tokens.get(token));
    const sockets = new Set<Socket>();
    proxy.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    const socket = shortPath(folder, NETWORK_FILES.socket);
    await listening(proxy, socket.path);
    chmodSync(socket.path, 0o600);
    if (owner !== undefined) for (const path of [socket.path, folder]) chownSync(path, owner, owner);
    return {
      folder,
      admit(run) {
        const token = randomBytes(24).toString('hex');
        tokens.set(token, memberFor(notebook, run));
        return { token, release: () => void tokens.delete(token) };
      },
      close() {
        proxy.close();
        for (const one of sockets) one.destroy();
        socket.release();
      },
    };
  }

  /**
   * Also where its folder went with the notebook's records, which are back. The old one is closed first: that removes its
   * socket by name. Those that ask at one time get the same.
   */
  function reopen(notebook: NotebookId, folder: string, owner: number | undefined): Promise<Opened> {
    const before = opening.get(notebook);
    if (before) return before;
    const old = offers.get(notebook)?.then(
      (offer) => offer.close(),
      () => undefined,
    );
    const opened = Promise.resolve(old)
      .then(() => open(notebook, folder, owner))
      .finally(() => opening.delete(notebook));
    opening.set(notebook, opened);
    return opened;
  }

  function memberFor(notebook: NotebookId, run: () => string | undefined): Member {
    let last: { readonly run: string; readonly hosts: Set<string> } | undefined;
    return {
      run,
      rule(target) {
        const path = options.pathOf(notebook);
        return path === undefined ? undefined : ruleFor(options.grants, path, target);
      },
      opened(id, target) {
        counts.open += 1;
        counts.opened += 1;
        const host = authorityOf(target);
        if (last?.run !== id) last = { run: id, hosts: new Set() };
        if (last.hosts.has(host)) return;
        last.hosts.add(host);
        options.used(notebook, id, host);
      },
      closed(id, target, traffic: Traffic) {
        counts.open -= 1;
        counts.bytes += traffic.sent + traffic.received;
        options.log('info', 'a paragraph’s connection ended', {
          notebook,
          run: id,
          host: authorityOf(target),
          ...traffic,
        });
      },
      refused(host, why) {
        counts.refused += 1;
        options.log('info', 'a paragraph’s connection was refused', { notebook, host, why });
      },
    };
  }

  return {
    isGranted: (path) => hasGrants(options.grants, path),
    offer(notebook, folder, owner) {
      const isThere = existsSync(join(folder, NETWORK_FILES.socket));
      const known = (isThere ? offers.get(notebook) : undefined) ?? reopen(notebook, folder, owner);
      offers.set(notebook, known);
      // What failed, as on a full disk, is tried again.
      known.catch(() => offers.delete(notebook));
      return known;
    },
    counts: () => counts,
    close() {
      for (const one of offers.values()) void one.then((offer) => offer.close()).catch(() => undefined);
    },
  };
}

/** Those of Node, of `NODE_EXTRA_CA_CERTS` and of the system. */
const trusted = (): string =>
  [...new Set([...getCACertificates('default'), ...getCACertificates('system')])].join('\n');

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      // A connection that could not be taken is the asker's trouble.
      server.off('error', reject).on('error', () => undefined);
      resolve();
    });
  });
}
