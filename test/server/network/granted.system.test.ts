/** Granted hosts in real sessions: what a shell paragraph reaches with a grant, and what it still does not. */
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { startServer } from '../../../server/app.ts';
import { readConfig } from '../../../server/config.ts';
import type { NotebookId, ParagraphId, PersonId, RequestId, SessionId } from '../../../server/protocol/ids.ts';
import { newId } from '../../../server/protocol/ids.ts';
import { newRunId, visitorKey } from '../../../server/protocol/keys.ts';
import { findSystem } from '../../../server/sessions/system.ts';
import { missing } from '../../support/missing.ts';
import { makeWorkspace, root } from '../../support/server.ts';
import { canIsolate, NONE } from '../sessions/support.ts';
import { openSecureService, openService, openWorld, PUBLIC, type World } from './support.ts';

const WORLDS = [
  { world: 'bwrap', sandbox: 'bwrap', holds: await canIsolate() },
  { world: 'unshare', sandbox: 'unshare', holds: findSystem().unshare !== undefined },
  { world: 'none', sandbox: 'off', isolation: NONE, holds: true },
] as const;
for (const { world, holds } of WORLDS) if (!holds) missing(`${world}: granted hosts are not tried in it`);

const FIRST = WORLDS.find(({ holds }) => holds)?.world;

let world: World | undefined;
const services: { close(): void }[] = [];
afterEach(async () => {
  await world?.close();
  world = undefined;
  for (const service of services.splice(0)) service.close();
  setDefaultCACertificates(getCACertificates('bundled'));
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
    // As an operator's own authority would be, by NODE_EXTRA_CA_CERTS.
    setDefaultCACertificates([...getCACertificates('bundled'), secure.authority]);
    const { used } = open({
      grants: [{ notebooks: 'reports/**', hosts: ['api.test:80', 'api.test:443', `127.0.0.1:${service.port}`] }],
      names: { 'api.test': [PUBLIC] },
      ports: { 80: service.port, 443: secure.port },
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
    const safe = await shell('curl -sS https://api.test/safe');
    expect([safe.stderr, safe.outcome]).toEqual(['', { state: 'done' }]);
    expect(secure.seen).toEqual(['GET api.test/safe']);
    const fetched = await world!.bench.run("(await fetch('https://api.test/fetched')).status", {
      interpreter: 'typescript',
      notebook: 'reports/day.nb.md',
    });
    expect([fetched.outcome, fetched.value]).toEqual([{ state: 'done' }, '200\n']);
    expect(secure.seen.at(-1)).toBe('GET api.test/fetched');
    const near = await shell(`curl -sS http://127.0.0.1:${service.port}/near`);
    expect(near.stdout).toContain('GET');
    expect(used).toEqual(['api.test:80', 'api.test:443', 'api.test:443', `127.0.0.1:${service.port}`]);
    expect((await shell('grep -c BEGIN "$SSL_CERT_FILE"')).stdout).toMatch(/^\d{3}\n$/);
  });

  // One world for what is the server's doing alone.
  if (mode.world !== FIRST) return;

  it('is reached by fetch in TypeScript, within bounds, and an end of the run ends what it asked', async () => {
    const service = await openService();
    services.push(service);
    const { used } = open({
      grants: [{ notebooks: 'reports/**', hosts: ['api.test:80', 'inner.test:80', 'gone.test:80'] }],
      names: { 'api.test': [PUBLIC], 'inner.test': ['10.0.0.7'] },
      ports: { 80: service.port },
    });
    const typescript = (source: string, notebook = 'reports/day.nb.md', signal?: AbortSignal) =>
      world!.bench.run(source, { interpreter: 'typescript', notebook, ...(signal ? { signal } : {}) });
    const got = await typescript(
      `const r = await fetch('http://api.test/plain', { method: 'post', headers: { 'X-Mine': 'kept' }, body: 'äx' });
       const all = await r.json(); JSON.stringify([r.ok, r.status, r.headers.get('X-Answer'), r.url, r.bodyUsed, all])`,
    );
    expect([got.stderr, got.outcome]).toEqual(['', { state: 'done' }]);
    expect(JSON.parse(got.value)).toEqual([
      true,
      200,
      'yes',
      'http://api.test/plain',
      true,
      { method: 'POST', body: 'äx', mine: 'kept', proxy: null },
    ]);
    expect(used).toEqual(['api.test:80']);
    const bytes = await typescript(
      `const body = new Uint8Array([104, 105]);
       const large = await (await fetch('http://api.test/large')).arrayBuffer();
       const sent = await (await fetch(new URL('http://api.test/'), { method: 'POST', body })).text();
       [large.byteLength, JSON.parse(sent).body].join()`,
    );
    expect(bytes.value).toBe('3000000,hi\n');
    for (const [url, code] of [
      ['http://else.test/', 'not-granted'],
      ['http://api.test:81/', 'not-granted'],
      ['http://inner.test/', 'not-granted'],
      ['http://api.test/moved', 'not-granted'],
      ['http://gone.test/', 'not-granted'],
      ['nonsense', 'fetch-failed'],
    ]) {
      const { outcome } = await typescript(`\nawait fetch('${url}')`);
      expect([url, outcome]).toMatchObject([url, { state: 'failed', failure: { code, line: 2 } }]);
    }
    const caught = await typescript(
      `try { await fetch('http://else.test/') } catch (e) { (e as Error).name + (e as Error).message }`,
    );
    expect([caught.outcome, service.seen.length]).toEqual([{ state: 'done' }, 4]);
    const cancel = new AbortController();
    const hanging = typescript(`await fetch('http://api.test/slow')`, 'reports/day.nb.md', cancel.signal);
    await expect.poll(() => service.seen.at(-1), { timeout: 20_000 }).toContain('/slow');
    expect(world!.network.counts().open).toBe(1);
    cancel.abort();
    expect((await hanging).outcome).toEqual({ state: 'cancelled' });
    await expect.poll(() => world!.network.counts().open, { timeout: 20_000 }).toBe(0);
    const alone = await typescript(`await fetch('http://api.test/')`, 'alone.nb.md');
    expect(alone.outcome).toMatchObject({ state: 'failed', failure: { code: 'unsupported', line: 1 } });
    const sql = await world!.bench.run("from read_csv('http://api.test/')", {
      interpreter: 'sql',
      notebook: 'reports/day.nb.md',
    });
    expect(sql.outcome.state).toBe('failed');
    expect(service.seen.length).toBe(5);
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
    const code = async (url: string, notebook?: string): Promise<string> => {
      const ran = await shell(`curl -s -o /dev/null -w '%{http_code} %{http_connect}' ${url} || true`, notebook);
      expect(ran.outcome).toEqual({ state: 'done' });
      return ran.stdout;
    };
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

  it('is reached by what a visitor runs, by a token of that process', async () => {
    const service = await openService();
    services.push(service);
    const { bench, used } = open({
      grants: [{ notebooks: '*', hosts: ['api.test:80'] }],
      names: { 'api.test': [PUBLIC] },
      ports: { 80: service.port },
    });
    const notebook = 'abcdefghij' as NotebookId;
    const own = await bench.run('echo "$http_proxy"', { interpreter: 'shell', notebook });
    let text = '';
    const outcome = await bench.sessions.execute(
      {
        id: newRunId(visitorKey(notebook, 'klmnopqrst' as SessionId)!),
        notebook,
        paragraph: newId<ParagraphId>(),
        request: newId<RequestId>(),
        session: newId<SessionId>(),
        by: { id: newId<PersonId>(), name: 'Vic' },
        asked: Date.now(),
        interpreter: 'shell',
        source: 'echo "$http_proxy"; curl -sS -o /dev/null -w "%{http_code}" http://api.test/',
        options: {},
        forms: {},
      },
      [],
      (event) => {
        if (event.type === 'text') text += event.text;
      },
      new AbortController().signal,
    );
    expect([outcome, text.split('\n')[1]]).toEqual([{ state: 'done' }, '200']);
    expect(new URL(text.split('\n')[0]!).password).not.toBe(new URL(own.stdout.trim()).password);
    expect(used).toEqual(['api.test:80']);
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

it('a server reads the grant from its own settings, and its audit log has who reached what', async () => {
  const service = await openService();
  services.push(service);
  const token = 'a-token-of-this-test-of-grants';
  const host = `127.0.0.1:${service.port}`;
  const workspace = makeWorkspace({
    'reports/day.nb.md': `\`\`\`shell\ncurl -sS http://${host}/a http://${host}/b\n\`\`\`\n`,
    '.gondola/server.json': JSON.stringify({ network: [{ notebooks: 'reports/*', hosts: [host] }] }),
  });
  const config = readConfig(workspace.path, { port: '0', log: 'silent' }, { GONDOLA_TOKEN: token });
  const server = await startServer(config, root);
  try {
    const call = async (path: string, body?: object): Promise<Record<string, unknown>> => {
      const response = await fetch(`${new URL(server.address).origin}/api/v1${path}`, {
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
      });
      return (await response.json()) as Record<string, unknown>;
    };
    const { items } = (await call('/notebooks')) as { items: readonly { id: string }[] };
    const id = items[0]!.id;
    await call(`/notebooks/${id}/runs?wait=60`, {});
    expect(service.seen).toEqual([`GET ${host}/a`, `GET ${host}/b`]);
    const { items: rows } = (await call('/audit')) as { items: readonly { event: string; by: { id: string } }[] };
    const reached = rows.filter(({ event }) => event === 'network');
    expect(reached).toMatchObject([{ on: id, detail: host }]);
    expect(reached[0]?.by).toEqual(rows.find(({ event }) => event === 'run')?.by);
    const metrics = await fetch(`${new URL(server.address).origin}/metrics`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await metrics.text()).toMatch(/^gondola_network_connections_opened_total [12]$/m);
  } finally {
    await server.close();
    workspace.remove();
  }
});
