/**
 * A small reverse proxy, as one stands before a server: it says whom it heard and by what, and passes on what clients wrote
 * about that themselves. Clients and proxies have addresses of their own, as all of 127.0.0.0/8 is this machine.
 */
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { type AddressInfo, connect } from 'node:net';

export type ProxyOptions = {
  /** Origin of what it stands before. */
  readonly target: string;
  /** From which address it comes to that. */
  readonly from: string;
  /** Speaks TLS with its clients. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** What it says; each is left out where it says nothing. */
  readonly says?: {
    readonly address?: 'adds' | 'replaces' | 'passes on';
    /** `its own`: the scheme it was spoken to by. */
    readonly scheme?: 'its own' | 'adds' | 'passes on';
  };
};

export type RunningProxy = { readonly port: number; close(): Promise<void> };

export async function startProxy({ target, from, tls, says = {} }: ProxyOptions): Promise<RunningProxy> {
  const { hostname, port } = new URL(target);
  const { address = 'adds', scheme = 'its own' } = says;
  const own = tls ? 'https' : 'http';

  function headersOf(heard: IncomingMessage): Record<string, string | string[] | undefined> {
    const peer = heard.socket.remoteAddress ?? '';
    const before = heard.headers['x-forwarded-for'];
    const proto = heard.headers['x-forwarded-proto'];
    const headers: Record<string, string | string[] | undefined> = { ...heard.headers };
    if (address === 'adds') headers['x-forwarded-for'] = before === undefined ? peer : `${before}, ${peer}`;
    if (address === 'replaces') headers['x-forwarded-for'] = peer;
    if (scheme === 'its own') headers['x-forwarded-proto'] = own;
    if (scheme === 'adds') headers['x-forwarded-proto'] = proto === undefined ? own : `${proto}, ${own}`;
    return headers;
  }

  function pass(heard: IncomingMessage) {
    return request({
      host: hostname,
      port,
      localAddress: from,
      agent: false,
      method: heard.method,
      path: heard.url,
      setHost: false,
      headers: headersOf(heard),
    });
  }

  const server: Server = tls ? createSecure(tls) : createServer();
  server.on('request', (heard, answer) => {
    const asked = pass(heard);
    asked.on('response', (said) => {
      answer.writeHead(said.statusCode ?? 502, said.headers);
      said.pipe(answer);
    });
    asked.on('error', () => answer.destroy());
    heard.pipe(asked);
  });
  server.on('upgrade', (heard, socket, head) => {
    const beyond = connect({ host: hostname, port: Number(port), localAddress: from });
    const lines = Object.entries(headersOf(heard)).map(([name, value]) => `${name}: ${String(value)}\r\n`);
    beyond.write(`${heard.method} ${heard.url} HTTP/1.1\r\n${lines.join('')}\r\n`);
    beyond.write(head);
    beyond.pipe(socket).pipe(beyond);
    for (const one of [beyond, socket]) one.on('error', () => [beyond, socket].forEach((each) => void each.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
