/**
 * The sandbox's end of a granted network: a port on loopback, which there is the sandbox's own, whose connections go to the
 * server's socket byte by byte. It understands nothing of what it carries; whoever connects says in the proxy's own way that
 * it may. Programs find it by the variables that all of them know.
 */
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { StartRequest } from './protocol.ts';
import { NETWORK_FILES } from './protocol.ts';
import { shortPath } from './short-path.ts';

export type Granted = NonNullable<StartRequest['network']>;

export type Forwarder = {
  /** Of the proxy, with the session's token. */
  readonly url: string;
  readonly certificates: string;
  /** Ends what is open, as a run's connections end with it. */
  drop(): void;
};

/** More wait in the kernel's queue; the server refuses sooner. */
const MOST_CONNECTIONS = 128;

export function openForwarder({ folder, token }: Granted): Promise<Forwarder> {
  const sockets = new Set<Socket>();
  const hold = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  };
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const { path, release } = shortPath(folder, NETWORK_FILES.socket);
    const far = connect({ path, allowHalfOpen: true });
    far.once('connect', release);
    far.once('error', release);
    for (const socket of [near, far]) hold(socket);
    near.pipe(far);
    far.pipe(near);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  });
  server.maxConnections = MOST_CONNECTIONS;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      server.unref();
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      resolve({
        url: `http://gondola:${token}@127.0.0.1:${port}`,
        certificates: join(folder, NETWORK_FILES.certificates),
        drop() {
          for (const socket of sockets) socket.destroy();
        },
      });
    });
  });
}

/** What programs look for; `localhost` stays the paragraph's own. */
export function proxyVariables({ url, certificates }: Pick<Forwarder, 'url' | 'certificates'>): Record<string, string> {
  const both = (name: string, value: string): [string, string][] => [
    [name, value],
    [name.toUpperCase(), value],
  ];
  return Object.fromEntries([
    ...both('http_proxy', url),
    ...both('https_proxy', url),
    ...both('no_proxy', 'localhost'),
    // No folder of certificates is shown inside; each family of programs has its own name for a file of them.
    ...['SSL_CERT_FILE', 'CURL_CA_BUNDLE', 'REQUESTS_CA_BUNDLE', 'GIT_SSL_CAINFO', 'NODE_EXTRA_CA_CERTS'].map(
      (name): [string, string] => [name, certificates],
    ),
  ]);
}
