/**
 * The program of a peer: Hocuspocus as it comes, with documents of the same paragraphs, or a bare `ws` server. Prints its
 * port, and ends with its parent. `node peer.ts KIND PACKAGES PARAGRAPHS`.
 */
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const [kind, packages, paragraphs] = process.argv.slice(2);
const require = createRequire(join(packages!, '..', 'package.json'));
process.stdin.on('end', () => process.exit(0)).resume();

if (kind === 'hocuspocus') {
  // Packages that are no dependencies of ours have no types here.
  const { Server } = require('@hocuspocus/server');
  const Y = require('yjs');
  const server = new Server({
    address: '127.0.0.1',
    port: 0,
    quiet: true,
    stopOnSignals: false,
    async onLoadDocument({
      document,
    }: {
      document: { getMap(name: string): { set(key: string, value: unknown): void } };
    }) {
      for (let index = 0; index < Number(paragraphs); index += 1) {
        const paragraph = new Y.Map();
        paragraph.set('interpreter', 'sql');
        paragraph.set('source', new Y.Text(`select ${index}`));
        paragraph.set('position', `a${index}`);
        paragraph.set('options', new Y.Map());
        document.getMap('paragraphs').set(`p${index}`, paragraph);
      }
    },
  });
  await server.listen();
  process.stdout.write(`${server.address.port}\n`);
} else {
  const { WebSocketServer } = require('ws');
  const http = createServer();
  new WebSocketServer({ server: http, perMessageDeflate: false }).on(
    'connection',
    (socket: { on(event: string, listener: () => void): void }) => {
      socket.on('message', () => {});
    },
  );
  http.listen(0, '127.0.0.1', () => process.stdout.write(`${(http.address() as AddressInfo).port}\n`));
}
