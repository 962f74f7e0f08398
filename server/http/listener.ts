/** What listens, and where requests and upgrades come out. This one speaks plain HTTP; `secure.ts` speaks TLS. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Server as Port } from 'node:net';
import { bound, LIMITS, type Limits, serverOptions } from './limits.ts';

export type Listener = {
  /** Whose requests and upgrades they are, however they came. */
  readonly requests: Server;
  /** Resolves with the port. */
  listen(at: { readonly host: string; readonly port: number }): Promise<number>;
  /** Takes no more, and ends what is not an upgrade. */
  close(): void;
};

export function plainListener(limits: Limits = LIMITS): Listener {
  const requests = createServer(serverOptions(limits));
  bound(requests, limits);
  return {
    requests,
    listen: (at) => listening(requests, at),
    close() {
      requests.close();
      requests.closeAllConnections();
    },
  };
}

export function listening(server: Port, at: { readonly host: string; readonly port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(at, () => {
      // From now on it says what could not be taken, as where the system has no descriptor left: unheard it would end the process.
      server.off('error', reject).on('error', () => undefined);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
