/**
 * A server that counts who comes, by mark, and shows each mechanism free of any wall. Marks are unique in a run of the tests, so
 * a request tells which payload made it.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Mechanism } from './mechanisms.ts';

export type Canary = {
  readonly address: string;
  /** Marks that were asked for, and whatever else was. */
  readonly asked: string[];
  /** Connections, also such as ask for nothing. */
  connections(): number;
  forget(): void;
  close(): void;
};

export async function openCanary(mechanisms: readonly Mechanism[]): Promise<Canary> {
  const asked: string[] = [];
  let connections = 0;
  let address = '';
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const free = /^\/free\/(\d+)$/.exec(path)?.[1];
    response.setHeader('access-control-allow-origin', '*');
    if (path === '/free') {
      response.setHeader('content-type', 'text/html');
      response.end(mechanisms.map((_, index) => `<iframe src="/free/${index}"></iframe>`).join(''));
    } else if (free !== undefined) {
      const { html, within: [before, after] = ['', ''] } = mechanisms[Number(free)]!;
      response.setHeader('content-type', 'text/html');
      const trap = '<script>function trap(mark) { fetch("/" + mark) }</script>';
      response.end(`<!doctype html>${trap}${before}${html(`free${free}`, address)}${after}`);
    } else {
      asked.push(path.slice(1));
      response.end();
    }
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    asked,
    connections: () => connections,
    forget() {
      asked.length = 0;
      connections = 0;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
