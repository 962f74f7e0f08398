/**
 * What a provider of sign-ins names, tried through the sign-in itself: the ways of `ssrf.ts` as the address of its tokens. The library,
 * the guard, TLS and sockets are real; every address leads to one service, so that only the guard stands between.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openOidc } from '../../../server/access/identity/oidc.ts';
import { openPendings } from '../../../server/access/identity/pending.ts';
import { parseOidc } from '../../../server/access/identity/settings.ts';
import { openGuard } from '../../../server/network/guard.ts';
import { askProvider } from '../../../server/network/provider.ts';
import { NAMES, RANGES, REDIRECTS, SPELLINGS } from './ssrf.ts';
import { openSecureService, PUBLIC } from './support.ts';

const ISSUER = 'https://api.test';
let secure: Awaited<ReturnType<typeof openSecureService>>;
let issuer: string;
let tokens: string;
let tokensAnswer: (reply: ServerResponse) => void;
let dialled: string[];
let seen: string[];
let names: Record<string, readonly string[]>;
const sockets = new Set<Socket>();

const nothing = (reply: ServerResponse): void =>
  void reply.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_grant"}');

function answer(asked: IncomingMessage, reply: ServerResponse): void {
  seen.push(`${asked.method} ${asked.url}`);
  if (asked.url !== '/.well-known/openid-configuration') {
    tokensAnswer(reply);
    return;
  }
  const metadata = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: tokens,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
  reply.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata));
}

beforeAll(async () => {
  secure = await openSecureService(answer);
});
afterAll(() => secure.close());
beforeEach(() => {
  [issuer, tokens, tokensAnswer, dialled, seen] = [ISSUER, `${ISSUER}/token`, nothing, [], []];
  names = { 'api.test': [PUBLIC], 'open.test': [PUBLIC], localhost: ['127.0.0.1'], 'inside.test': ['10.0.0.1'] };
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
});

/** Where connections went once somebody came back from the provider with a code, and what they were told. */
async function signIn(plain?: number): Promise<{ readonly to: readonly string[]; readonly result: string }> {
  const guard = openGuard({
    lookup: async (host) => names[host] ?? [],
    dial(address, port) {
      dialled.push(`${address}:${port}`);
      const socket = connect({ host: '127.0.0.1', port: plain ?? secure.port });
      sockets.add(socket);
      return socket;
    },
  });
  const by = openOidc({
    settings: parseOidc({ issuer, clientId: 'gondola', role: 'reader' })!,
    secret: 'a secret of the client',
    pendings: openPendings(Date.now),
    now: Date.now,
    warn: () => undefined,
    ask: () => askProvider(issuer, guard, { authorities: [secure.authority] }),
  });
  const gone = await by.begin({ to: '/', origin: 'http://127.0.0.1:1', browser: undefined, network: 'a' });
  if (gone.result !== 'go') return { to: dialled, result: gone.result };
  dialled.length = 0;
  const query = new URLSearchParams({ code: 'a', state: new URL(gone.url).searchParams.get('state') ?? '' });
  return { to: dialled, result: (await by.end(query, gone.browser)).answer.result };
}

const urlOf = (address: string): string => `https://${address.includes(':') ? `[${address}]` : address}/token`;

describe('the tokens of a public provider', () => {
  it('are fetched where it says, without its being sent on', async () => {
    expect(await signIn()).toEqual({ to: [`${PUBLIC}:443`], result: 'wrong' });
    expect(seen).toEqual(['GET /.well-known/openid-configuration', 'POST /token']);
  });

  it.each(RANGES)('are not fetched at %s, and are at %s beside it', async (inside, beside) => {
    tokens = urlOf(inside);
    expect(await signIn()).toEqual({ to: [], result: 'wrong' });
    tokens = urlOf(beside);
    expect((await signIn()).to).toHaveLength(1);
  });

  it.each(SPELLINGS.filter(([attack]) => attack.startsWith('http')))('are not fetched at %j', async (attack) => {
    tokens = attack.replace('http', 'https');
    expect((await signIn()).to).toEqual([]);
  });

  it.each(NAMES)('are not fetched at a name that leads to %j', async (addresses) => {
    names['mixed.test'] = addresses;
    tokens = 'https://mixed.test/token';
    expect((await signIn()).to).toEqual([]);
  });

  it.each(REDIRECTS)('are not fetched where one is sent on to %j with %d', async (location, status) => {
    tokensAnswer = (reply) => void reply.writeHead(status, { location }).end();
    expect(await signIn()).toEqual({ to: [`${PUBLIC}:443`], result: 'wrong' });
    expect(seen.filter((one) => one.startsWith('POST'))).toHaveLength(1);
  });

  it('are not fetched in the clear, nor when they have no end', async () => {
    tokens = 'http://open.test/token';
    expect((await signIn()).to).toEqual([]);
    tokens = `${ISSUER}/token`;
    tokensAnswer = (reply) =>
      void reply.writeHead(200, { 'content-type': 'application/json' }).end(' '.repeat(2 ** 21));
    expect((await signIn()).result).toBe('wrong');
  });
});

describe('a provider', () => {
  it('inside is asked, and names what is inside as it is, and neither this machine nor account data', async () => {
    names['api.test'] = ['10.0.0.9'];
    expect((await signIn()).to).toEqual(['10.0.0.9:443']);
    tokens = 'https://inside.test/token';
    expect((await signIn()).to).toEqual(['10.0.0.1:443']);
    for (const elsewhere of ['127.0.0.1', '169.254.169.254', 'localhost', '[::1]', '[fd00:ec2::254]', '0.0.0.0']) {
      tokens = `https://${elsewhere}/token`;
      expect([elsewhere, (await signIn()).to]).toEqual([elsewhere, []]);
    }
  });

  it('on this machine names this machine in the clear, and nobody else', async () => {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      issuer = `http://127.0.0.1:${port}`;
      tokens = `http://localhost:${port + 1}/token`;
      expect(await signIn(port)).toEqual({ to: [`127.0.0.1:${port + 1}`], result: 'wrong' });
      for (const elsewhere of ['http://10.0.0.1', 'http://open.test', 'http://169.254.169.254', 'https://0.0.0.0']) {
        tokens = `${elsewhere}/token`;
        expect([elsewhere, (await signIn(port)).to]).toEqual([elsewhere, []]);
      }
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});
