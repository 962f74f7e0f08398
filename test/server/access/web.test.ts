import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contentSecurityPolicy,
  isSafe,
  ownHost,
  ownOrigin,
  ownPath,
  readCookie,
  redacted,
} from '../../../server/access/web.ts';

const closed = { allowed: ['notebooks.example', 'Other.example:8443'], open: false };
const open = { allowed: [], open: true };

describe('the hosts that are answered for', () => {
  it('are loopback at any port, and the names given', () => {
    for (const host of [
      'localhost',
      'localhost:4321',
      '127.0.0.1:80',
      '127.1.2.3',
      '[::1]:4321',
      'NOTEBOOKS.example:1',
      'other.example:8443',
    ])
      expect(ownHost(host, closed)).toBe(host.toLowerCase());
  });

  it('are no others: names that end or begin alike, other ports of a name with one, addresses', () => {
    for (const host of [
      undefined,
      '',
      'evil.example',
      'localhost.evil.example',
      'evil-localhost',
      '127.0.0.1.evil.example',
      '127.0.0.1@evil.example',
      'other.example',
      'other.example:1',
      '10.0.0.7:4321',
      '[::2]',
      '0.0.0.0',
      'a b',
      'localhost:4321:80',
      'localhost:99999999',
    ])
      expect([host, ownHost(host, closed)]).toEqual([host, undefined]);
  });

  it('are any address, and no name, where the server listens beyond this machine', () => {
    expect(ownHost('10.0.0.7:4321', open)).toBe('10.0.0.7:4321');
    expect(ownHost('[fe80::1]:4321', open)).toBe('[fe80::1]:4321');
    expect(ownHost('evil.example:4321', open)).toBeUndefined();
  });
});

describe('the origin of a change', () => {
  const plain = (host: string) => ({ host, secure: false });
  const secure = (host: string) => ({ host, secure: true });

  it('is exactly the page’s', () => {
    expect(ownOrigin('http://localhost:4321', plain('localhost:4321'), closed, false)).toBe(true);
    for (const origin of [
      'http://localhost',
      'https://localhost:4321',
      'http://127.0.0.1:4321',
      'null',
      '',
      'http://localhost:4321/',
      'HTTP://localhost:4321',
    ])
      expect([origin, ownOrigin(origin, plain('localhost:4321'), closed, true)]).toEqual([origin, false]);
  });

  it('has the scheme by which the page came', () => {
    for (const [origin, host, isOwn] of [
      ['https://localhost:4321', 'localhost:4321', true],
      ['http://localhost:4321', 'localhost:4321', false],
      ['https://10.0.0.7:4321', '10.0.0.7:4321', true],
      ['http://10.0.0.7:4321', '10.0.0.7:4321', false],
      ['http://notebooks.example', 'notebooks.example', false],
      ['https://notebooks.example', 'notebooks.example:443', true],
      ['https://notebooks.example:443', 'notebooks.example', false],
    ] as const)
      expect([origin, ownOrigin(origin, secure(host), closed, true)]).toEqual([origin, isOwn]);
    expect(ownOrigin('http://notebooks.example', plain('notebooks.example:80'), closed, true)).toBe(true);
  });

  it('may be behind TLS for a name that the operator gave', () => {
    expect(ownOrigin('https://notebooks.example', plain('notebooks.example'), closed, false)).toBe(true);
    expect(ownOrigin('https://evil.example', plain('notebooks.example'), closed, false)).toBe(false);
  });

  it('may be missing only for who shows the token', () => {
    for (const at of [plain('localhost'), secure('localhost')]) {
      expect(ownOrigin(undefined, at, closed, true)).toBe(true);
      expect(ownOrigin(undefined, at, closed, false)).toBe(false);
    }
  });

  it('is never any other string', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl()), (origin) => {
        expect(ownOrigin(origin, plain('localhost:4321'), closed, true)).toBe(origin === 'http://localhost:4321');
        expect(ownOrigin(origin, secure('localhost:4321'), closed, true)).toBe(origin === 'https://localhost:4321');
      }),
    );
  });

  it('matters for what is not reading', () => {
    expect(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'get', 'TRACE'].map(isSafe)).toEqual([
      true,
      true,
      true,
      ...Array(6).fill(false),
    ]);
  });
});

describe('the path to go to', () => {
  it('stays on this server, whatever is asked', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.webUrl(),
          fc.webPath(),
          fc.string(),
          fc.string().map((text) => `/${text}`),
        ),
        (to) => {
          const url = new URL(ownPath(to), 'http://here.example');
          expect(url.origin).toBe('http://here.example');
          expect(url.pathname.startsWith('/api/')).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('has no dots that hide another server', () => {
    for (const to of ['/.//evil.example', '/..//evil.example/n', '/a/..//evil.example', '/%2e//evil.example'])
      expect(ownPath(to)).toBe('/');
  });

  it('keeps query and place', () => {
    expect(ownPath('/n/abc?x=1#k3f9')).toBe('/n/abc?x=1#k3f9');
    expect(ownPath(undefined)).toBe('/');
  });
});

describe('cookies and logs', () => {
  it('read one cookie of several', () => {
    expect(readCookie('a=1; gondola-4321=secret=; b=2', 'gondola-4321')).toBe('secret=');
    expect(readCookie('xgondola-4321=1', 'gondola-4321')).toBeUndefined();
    expect(readCookie(undefined, 'a')).toBeUndefined();
  });

  it('hold no token, however deep it stands', () => {
    for (const url of [
      '/?token=SECRET',
      '/?a=1&token=SECRET&to=/',
      '/?to=%2F%3Ftoken%3DSECRET',
      '/?to=%252F%253Ftoken%253DSECRET',
      '/?TOKEN=SECRET#x',
      '/s/SECRET',
      '/s/SECRET?x=1',
      '/sign-in?to=/s/SECRET',
      '/sign-in?to=%2Fs%2FSECRET%3Fx',
      '/sign-in/oidc/callback?code=SECRET&state=SECRET&iss=x',
      '/sign-in?to=%2Fsign-in%2Foidc%2Fcallback%3Fcode%3DSECRET',
    ])
      expect(redacted(url)).not.toContain('SECRET');
    for (const url of ['/n/abc?x=1', '/api/v1/files/s/data/x.csv']) expect(redacted(url)).toBe(url);
  });
});

describe('the policy', () => {
  it('allows no evaluation, no foreign source, no frame', () => {
    const policy = contentSecurityPolicy('abc');
    expect(policy).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; style-src-elem 'self' 'nonce-abc'; style-src-attr 'unsafe-inline'; font-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });
});
