import { describe, expect, it } from 'vitest';
import { accountsRefusal, type Exposed, exposureWarning, tlsRefusal } from '../../server/exposure.ts';
import { reachOf } from '../../server/reach.ts';

const HOSTS = ['127.0.0.1', '127.8.8.8', '::1', 'localhost', '0.0.0.0', '::', '10.0.0.7', 'data.example'];
const LOOPBACK = new Set(HOSTS.slice(0, 4));
const KINDS = ['none', 'self', 'files'] as const;
const flags = [false, true];

describe('beyond loopback', () => {
  it('a server listens with TLS and accounts, or by the operator’s word, and else not at all', () => {
    const rows = HOSTS.flatMap((host) =>
      KINDS.flatMap((kind) =>
        [[], ['10.0.0.1']].flatMap((proxy) =>
          flags.flatMap((insecureHttp) => flags.map((people) => ({ host, kind, proxy, insecureHttp, people }))),
        ),
      ),
    );
    expect(rows.length).toBe(8 * 3 * 2 * 2 * 2);
    for (const row of rows) {
      const { host, kind, proxy, insecureHttp, people } = row;
      const given: Exposed = { host, tls: { kind }, proxy, insecureHttp };
      const isOpen = !LOOPBACK.has(host);
      const tls = kind !== 'none' || proxy.length > 0;
      expect([row, tlsRefusal(given) !== undefined]).toEqual([row, isOpen && !insecureHttp && !tls]);
      expect([row, accountsRefusal(given, people) !== undefined]).toEqual([row, isOpen && !insecureHttp && !people]);
      expect([row, exposureWarning(given, people) !== undefined]).toEqual([
        row,
        isOpen && insecureHttp && !(tls && people),
      ]);
    }
  });

  it('each refusal is one line that says what to do, and each warning what is open', () => {
    const bare: Exposed = { host: '0.0.0.0', tls: { kind: 'none' }, proxy: [], insecureHttp: false };
    expect(tlsRefusal(bare)).toMatch(/--tls CERT,KEY.*--tls self.*--proxy.*--insecure-http/);
    expect(accountsRefusal(bare, false)).toMatch(/gondola user add NAME.*--lan/);
    for (const line of [tlsRefusal(bare), accountsRefusal(bare, false)]) expect(line).not.toContain('\n');
    const word = { ...bare, insecureHttp: true };
    expect(exposureWarning(word, false)).toMatch(/in the clear.*nobody has an account/);
    expect(exposureWarning(word, true)).not.toContain('account');
    expect(exposureWarning({ ...word, tls: { kind: 'self' } }, false)).not.toContain('clear');
  });
});

describe('where a server is found', () => {
  const at = (more: Partial<Parameters<typeof reachOf>[0]>) =>
    reachOf({ host: '127.0.0.1', port: 4321, tls: { kind: 'none' }, proxy: [], allowHost: [], ...more }, () => [
      '192.0.2.2',
      'fd00::5',
    ]);
  const own = 'http://127.0.0.1:4321';
  it.each([
    [{}, own, [], true],
    [{ host: '::1' }, 'http://[::1]:4321', [], true],
    [{ tls: { kind: 'self' } }, 'https://127.0.0.1:4321', [], true],
    [{ allowHost: ['data.example'], proxy: ['127.0.0.1'] }, own, ['https://data.example'], false],
    [{ allowHost: ['data.example:8443'], proxy: ['127.0.0.1'] }, own, ['https://data.example:8443'], false],
    [{ allowHost: ['data.example'] }, own, ['http://data.example:4321'], false],
    [{ proxy: ['127.0.0.1'] }, own, [], false],
    [{ host: '0.0.0.0', tls: { kind: 'self' } }, 'https://127.0.0.1:4321', ['https://192.0.2.2:4321'], false],
    [
      { host: '::', tls: { kind: 'files' }, allowHost: ['data.example'] },
      'https://[::1]:4321',
      ['https://data.example:4321', 'https://192.0.2.2:4321', 'https://[fd00::5]:4321'],
      false,
    ],
    [{ host: '192.0.2.2', tls: { kind: 'self' } }, 'https://192.0.2.2:4321', ['https://192.0.2.2:4321'], false],
  ] as const)('%o', (given, origin, others, local) => {
    expect(at(given)).toEqual({ origin, others, local });
  });
});
