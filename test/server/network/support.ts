/** A service as it might stand anywhere, and sessions whose notebooks are granted hosts. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseGrants } from '../../../server/network/grants.ts';
import { openGuard } from '../../../server/network/guard.ts';
import { type OpenNetwork, openNetwork } from '../../../server/network/network.ts';
import { hostOf, resolveProgram } from '../../../server/programs.ts';
import type { Isolation, Sandbox } from '../../../server/sessions/isolation.ts';
import { type Bench, notebookId, openBench, root } from '../sessions/support.ts';

/** A public address, behind which stands the test's own service. */
export const PUBLIC = '93.184.215.14';

export type Service = { readonly port: number; readonly seen: readonly string[]; close(): void };

const answer = (seen: string[]) => (asked: IncomingMessage, reply: import('node:http').ServerResponse) => {
  const chunks: Buffer[] = [];
  asked.on('data', (chunk: Buffer) => chunks.push(chunk));
  asked.on('end', () => {
    seen.push(`${asked.method} ${asked.headers.host}${asked.url}`);
    if (asked.url === '/moved') return reply.writeHead(302, { location: 'http://inner.test/' }).end();
    if (asked.url === '/large') return reply.end('x'.repeat(3_000_000));
    if (asked.url === '/slow') return undefined;
    const body = Buffer.concat(chunks).toString();
    const { 'proxy-authorization': proxy, 'x-mine': mine } = asked.headers;
    return reply
      .writeHead(200, { 'content-type': 'application/json', 'x-answer': 'yes' })
      .end(JSON.stringify({ method: asked.method, body, mine: mine ?? null, proxy: proxy ?? null }));
  });
};

export function openService(): Promise<Service> {
  const seen: string[] = [];
  const server = createServer(answer(seen));
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({
        port: (server.address() as AddressInfo).port,
        seen,
        close: () => server.close().closeAllConnections(),
      }),
    );
  });
}

/** The same by TLS, as `api.test`; `authority` is the certificate that vouches for it. */
export function openSecureService(listener?: RequestListener): Promise<Service & { readonly authority: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'gondola-certificate-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const names = ['-subj', '/CN=api.test', '-addext', 'subjectAltName=DNS:api.test'];
  const fresh = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', [...fresh, ...names, '-keyout', key, '-out', cert], { stdio: 'pipe' });
  const authority = readFileSync(cert, 'utf8');
  const seen: string[] = [];
  const server = createSecure({ key: readFileSync(key), cert: authority }, listener ?? answer(seen));
  rmSync(folder, { recursive: true });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({
        port: (server.address() as AddressInfo).port,
        seen,
        authority,
        close: () => server.close().closeAllConnections(),
      }),
    );
  });
}

export type World = {
  readonly bench: Bench;
  readonly network: OpenNetwork;
  readonly resolved: readonly string[];
  readonly dialled: readonly string[];
  readonly used: readonly string[];
  /** Where the notebooks lie: path → path it moved to. */
  readonly moved: Map<string, string>;
  close(): Promise<void>;
};

/** `names`: what a name server answers. Public addresses lead to the machine's own port of the same number. */
export function openWorld(options: {
  readonly grants: unknown;
  readonly names?: Readonly<Record<string, readonly string[]>>;
  readonly files?: Record<string, string>;
  readonly sandbox?: Sandbox;
  readonly isolation?: Isolation;
  /** Of the services that stand behind public addresses, by the port that is asked for. */
  readonly ports?: Readonly<Record<number, number>>;
}): World {
  const grants = parseGrants(options.grants);
  if (!grants) throw new Error('the grants are not well formed');
  const resolved: string[] = [];
  const dialled: string[] = [];
  const used: string[] = [];
  const moved = new Map<string, string>();
  const paths = new Map<string, string>();
  const pathOf = (notebook: string): string | undefined => {
    const path = paths.get(notebook);
    return path === undefined ? undefined : (moved.get(path) ?? path);
  };
  const network = openNetwork({
    grants,
    guard: openGuard({
      lookup: async (host) => {
        resolved.push(host);
        return options.names?.[host] ?? [];
      },
      dial: (address, port) => {
        dialled.push(`${address}:${port}`);
        return connect({
          host: address.startsWith('127.') ? address : '127.0.0.1',
          port: options.ports?.[port] ?? port,
        });
      },
    }),
    pathOf,
    used: (_notebook, _run, host) => used.push(host),
    log: () => undefined,
  });
  const made = openBench({
    engine: 'sql',
    hostOf,
    resolveProgram: (interpreter) => resolveProgram(root, interpreter),
    pathOf,
    network: { ...network, reaches: (interpreter) => interpreter === 'shell' || interpreter === 'typescript' },
    ...(options.files ? { files: options.files } : {}),
    ...(options.sandbox ? { sandbox: options.sandbox } : {}),
    ...(options.isolation ? { isolation: options.isolation } : {}),
  });
  const bench: Bench = {
    ...made,
    run(source, given = {}) {
      const path = given.notebook ?? 'report.nb.md';
      paths.set(notebookId(path), path);
      return made.run(source, given);
    },
  };
  return {
    bench,
    network,
    resolved,
    dialled,
    used,
    moved,
    async close() {
      await made.close();
      network.close();
    },
  };
}
