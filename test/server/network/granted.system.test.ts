/** Granted hosts in real sessions: what a shell paragraph reaches with a grant, and what it still does not. */
import { afterEach, describe, expect, it } from 'vitest';
import { findSystem } from '../../../server/sessions/system.ts';
import { missing } from '../../support/missing.ts';
import { canIsolate, NONE } from '../sessions/support.ts';
import { openSecureService, openService, openWorld, PUBLIC, type World } from './support.ts';

const WORLDS = [
  { world: 'bwrap', sandbox: 'bwrap', holds: await canIsolate() },
  { world: 'unshare', sandbox: 'unshare', holds: findSystem().unshare !== undefined },
  { world: 'none', sandbox: 'off', isolation: NONE, holds: true },
] as const;
for (const { world, holds } of WORLDS) if (!holds) missing(`${world}: granted hosts are not tried in it`);

let world: World | undefined;
const services: { close(): void }[] = [];
afterEach(async () => {
  await world?.close();
  world = undefined;
  for (const service of services.splice(0)) service.close();
});

describe.each(WORLDS.filter(({ holds }) => holds))('a granted host, isolation $world', (mode) => {
  const isolation = 'isolation' in mode ? { isolation: mode.isolation } : {};
  const open = (options: Omit<Parameters<typeof openWorld>[0], 'sandbox' | 'isolation'>): World => {
    world = openWorld({ ...options, sandbox: mode.sandbox, ...isolation });
    return world;
  };
  const shell = (source: string, notebook = 'reports/day.nb.md') =>
    world!.bench.run(source, { interpreter: 'shell', notebook });

  it('is reached by curl, in the clear and by TLS, and told once for each run', async () => {
    const [service, secure] = await Promise.all([openService(), openSecureService()]);
    services.push(service, secure);
    const { used } = open({
      grants: [{ notebooks: 'reports/**', hosts: ['api.test:80', 'api.test:443', `127.0.0.1:${service.port}`] }],
      names: { 'api.test': [PUBLIC] },
      ports: { 80: service.port, 443: secure.port },
      files: { 'reports/data/authority.pem': secure.authority },
    });
    const plain = await shell(
      'curl -sS -d some -H "x-mine: kept" http://api.test/plain; curl -sS http://API.test./again',
    );
    expect([plain.stderr, plain.outcome]).toEqual(['', { state: 'done' }]);
    expect(plain.stdout).toBe(
      '{"method":"POST","body":"some","mine":"kept","proxy":null}{"method":"GET","body":"","mine":null,"proxy":null}',
    );
    expect(service.seen).toEqual(['POST api.test/plain', 'GET api.test./again']);
    expect(used).toEqual(['api.test:80']);
    const safe = await shell('curl -sS --cacert data/authority.pem https://api.test/safe');
    expect([safe.stderr, safe.outcome]).toEqual(['', { state: 'done' }]);
    expect(secure.seen).toEqual(['GET api.test/safe']);
    const near = await shell(`curl -sS http://127.0.0.1:${service.port}/near`);
    expect(near.stdout).toContain('GET');
    expect(used).toEqual(['api.test:80', 'api.test:443', `127.0.0.1:${service.port}`]);
    expect((await shell('grep -c BEGIN "$SSL_CERT_FILE"')).stdout).toMatch(/^\d{3}\n$/);
  });

  it('opens nothing else: other hosts, other ports, names, other notebooks, runs that are over', async () => {
    const service = await openService();
    services.push(service);
    const opened = open({
      grants: [
        { notebooks: 'reports/**', hosts: ['api.test:80', 'inner.test:80'] },
        { notebooks: 'other/**', hosts: ['theirs.test:80'] },
      ],
      names: {
        'api.test': [PUBLIC],
        'inner.test': ['10.0.0.7'],
        'theirs.test': [PUBLIC],
        'secret.evil.test': [PUBLIC],
      },
      ports: { 80: service.port },
    });
    const code = async (url: string, notebook?: string): Promise<string> =>
      (await shell(`curl -s -o /dev/null -w '%{http_code} %{http_connect}' ${url} || true`, notebook)).stdout;
    expect(await code('http://api.test/control')).toBe('200 000');
    for (const url of [
      'http://secret.evil.test/',
      'http://api.test:81/',
      'http://theirs.test/',
      `http://127.0.0.1:${service.port}/`,
    ])
      expect([url, await code(url)]).toEqual([url, '403 000']);
    expect(await code('https://api.test/')).toBe('000 403');
    expect(await code('http://inner.test/')).toBe('403 000');
    expect(await code('-L http://api.test/moved')).toBe('403 000');
    expect(await code('http://theirs.test/', 'other/day.nb.md')).toBe('200 000');
    expect(await code('http://api.test/', 'other/day.nb.md')).toBe('403 000');
    // What is not granted is not even asked for by its name.
    expect([...new Set(opened.resolved)].sort()).toEqual(['api.test', 'inner.test', 'theirs.test']);
    expect(opened.dialled.every((address) => address === `${PUBLIC}:80`)).toBe(true);
    // Without a grant there is no proxy; with one and without its token neither.
    const bare = await shell('echo "[${http_proxy-}${HTTPS_PROXY-}]"; ls /network 2>&1 || true', 'alone.nb.md');
    expect(bare.stdout).toMatch(/^\[\]\n/);
    const forged = await shell(
      `p=\${http_proxy##*@}; curl -s -o /dev/null -w '%{http_code} ' -x "http://$p" http://api.test/ || true; curl -s -o /dev/null -w '%{http_code}' -x "http://gondola:00ff@$p" http://api.test/ || true`,
    );
    expect(forged.stdout).toBe('407 407');
  });

  it('is closed at once when the notebook moves out of the grant', async () => {
    const service = await openService();
    services.push(service);
    const opened = open({
      grants: [{ notebooks: 'reports/**', hosts: ['api.test:80'] }],
      names: { 'api.test': [PUBLIC] },
      ports: { 80: service.port },
    });
    expect((await shell('curl -s http://api.test/')).stdout).toContain('GET');
    opened.moved.set('reports/day.nb.md', 'private/day.nb.md');
    const after = await shell('echo "[${http_proxy-}]"; curl -s --max-time 5 http://api.test/ || echo refused');
    expect(after.stdout).toBe('[]\nrefused\n');
    expect(service.seen.length).toBe(1);
  });
});
