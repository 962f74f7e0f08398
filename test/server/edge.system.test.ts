/** The edge as an operator has it: the real command with TLS, an invitation for the network, and what is refused. */
import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request as plainRequest } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { apiOf } from '../../server/headless/file/api.ts';
import { makeCertificate } from '../../server/tls/make.ts';
import { addressOf } from '../../server/workspace/address.ts';
import { makeWorkspace, root, type ServerProcess, startServer } from '../support/server.ts';

const releases: (() => unknown)[] = [];
afterAll(async () => {
  for (const release of releases.toReversed()) await release();
});

function workspace(): string {
  const made = makeWorkspace({ 'a.nb.md': '# Flights\n' });
  releases.push(made.remove);
  return made.path;
}

async function serve(folder: string, args: readonly string[]): Promise<ServerProcess> {
  const server = await startServer(folder, { args });
  releases.push(() => server.stop());
  return server;
}

async function gondola(args: readonly string[], input = ''): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(process.execPath, [join(root, 'server', 'gondola.js'), ...args]);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdin.end(`${input}\n`);
  const [code] = await once(child, 'close');
  return { code, out, err };
}

type Told = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string };
type Call = { readonly headers?: Record<string, string>; readonly form?: Record<string, string>; readonly ca: string };

function ask(url: string, { headers = {}, form, ca }: Call): Promise<Told> {
  const body = form && new URLSearchParams(form).toString();
  const { origin } = new URL(url);
  return new Promise((resolve, reject) => {
    const asked = request(url, {
      method: body === undefined ? 'GET' : 'POST',
      ca,
      agent: false,
      headers: {
        ...(body === undefined ? {} : { origin, 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
    });
    asked.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

const certificateIn = (text: string): string => text.slice(text.indexOf('-----BEGIN CERTIFICATE-----'));

const cookiesOf = ({ headers }: Told): string =>
  (headers['set-cookie'] ?? []).map((one) => one.split(';')[0]).join('; ');

describe('gondola serve --lan', () => {
  test('serves by a certificate of its own, and whoever is invited makes an account', async () => {
    const folder = workspace();
    const server = await serve(folder, ['--lan']);
    const records = join(folder, '.gondola');
    const ca = certificateIn(readFileSync(join(records, 'tls.pem'), 'utf8'));
    const { fingerprint256 } = new X509Certificate(ca);
    await expect.poll(server.said, { timeout: 20_000 }).toContain(fingerprint256);
    expect(server.origin).toBe(`https://127.0.0.1:${server.port}`);
    const secret = /\/i\/([\w-]{43})$/m.exec(server.said())?.[1] ?? '';
    expect(secret).not.toBe('');

    const page = await ask(`${server.origin}/i/${secret}`, { ca });
    expect([page.status, page.headers['strict-transport-security']]).toEqual([200, undefined]);
    const joined = await ask(`${server.origin}/i/${secret}`, { ca, form: { name: 'Ada', password: 'long enough' } });
    const cookie = cookiesOf(joined);
    expect([joined.status, cookie]).toEqual([303, expect.stringContaining(`__Host-gondola-${server.port}=`)]);
    const me = await ask(`${server.origin}/api/v1/me`, { ca, headers: { cookie } });
    expect(JSON.parse(me.body)).toMatchObject({
      kind: 'person',
      person: { name: 'Ada' },
      role: 'writer',
      reach: { local: false },
    });

    // A live socket by the same cookie.
    const there = JSON.parse(
      (await ask(`${server.origin}/api/v1/notebooks`, { ca, headers: { authorization: `Bearer ${server.token}` } }))
        .body,
    );
    const live = `${server.origin.replace('https', 'wss')}/api/v1/notebooks/${there.items[0].id}/live`;
    const socket = new WebSocket(live, [], {
      ...{ ca },
      headers: { origin: server.origin, authorization: `Bearer ${server.token}` },
    });
    await once(socket, 'open');
    socket.on('error', () => undefined).terminate();

    // Commands of this machine speak to it, and to nobody who shows another certificate.
    const address = await addressOf(records);
    expect(address).toMatchObject({ origin: server.origin, fingerprint: fingerprint256 });
    const { signal } = new AbortController();
    const api = apiOf(address!, server.token, signal);
    expect((await api('GET', '/me')).body).toMatchObject({ kind: 'owner' });
    const other = apiOf({ ...address!, fingerprint: fingerprint256.replace(/^../, '00') }, server.token, signal);
    await expect(other('GET', '/me')).rejects.toThrow('another certificate');

    const plain = await new Promise<number>((resolve, reject) => {
      plainRequest(`${server.origin.replace('https', 'http')}/sign-in`, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });
    expect(plain).toBe(307);

    // Another invitation by the command, which the server believes at once; withdrawn it opens nothing.
    const invited = await gondola([
      'user',
      'invite',
      '--role',
      'reader',
      '--hours',
      '2',
      '--json',
      '--workspace',
      folder,
    ]);
    const { id, url, uses } = JSON.parse(invited.out);
    expect([invited.code, uses, new URL(url).port]).toEqual([0, 1, String(server.port)]);
    const path = new URL(url).pathname;
    expect((await ask(`${server.origin}${path}`, { ca })).status).toBe(200);
    const listed = await gondola(['user', 'invitations', '--workspace', folder]);
    expect(listed.out).toContain(id);
    expect(listed.out).not.toContain(path.slice(3));
    expect((await gondola(['user', 'withdraw', id, '--workspace', folder])).code).toBe(0);
    await expect.poll(async () => (await ask(`${server.origin}${path}`, { ca })).status, { timeout: 20_000 }).toBe(404);
    const audit = await gondola(['audit', '--workspace', folder]);
    for (const event of ['invitation-made', 'invitation-withdrawn', 'account-added'])
      expect(audit.out).toContain(event);
    expect(await server.stop()).toBe(0);
    for (const one of [secret, path.slice(3), 'error']) expect(server.log()).not.toContain(one);
  });
});

describe('gondola serve --tls', () => {
  test('serves by the files given, and says what is wrong with them', async () => {
    const folder = workspace();
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const refused = async (...more: string[]): Promise<string> => {
      const { code, err } = await gondola(['serve', folder, '--port', '0', '--tls', `${cert},${key}`, ...more]);
      expect([code, err.trim().split('\n').length]).toEqual([2, 1]);
      return err;
    };
    expect(await refused()).toContain('there is no certificate at');
    const made = await makeCertificate(['localhost', '127.0.0.1'], { now: Date.now(), lasts: 60_000_000 });
    writeFileSync(cert, made.cert);
    writeFileSync(key, made.key);
    const server = await serve(folder, ['--tls', `${cert},${key}`]);
    const told = await ask(`${server.origin}/healthz`, { ca: made.cert });
    expect([server.origin.startsWith('https://127.0.0.1:'), told.status]).toEqual([true, 200]);
    // Renewed on disk it is served without a restart, and commands of this machine know it.
    const next = await makeCertificate(['localhost', '127.0.0.1'], { now: Date.now(), lasts: 60_000_000 });
    writeFileSync(key, next.key);
    writeFileSync(cert, next.cert);
    const status = (ca: string): Promise<number> =>
      ask(`${server.origin}/healthz`, { ca }).then(
        (answer) => answer.status,
        () => 0,
      );
    await expect.poll(() => status(next.cert), { timeout: 25_000, interval: 200 }).toBe(200);
    expect(await status(made.cert)).toBe(0);
    const { fingerprint256 } = new X509Certificate(next.cert);
    expect((await addressOf(join(folder, '.gondola')))?.fingerprint).toBe(fingerprint256);
    expect(await server.stop()).toBe(0);
  });
});

describe('beyond loopback', () => {
  test('nothing listens without TLS, or before anybody has an account', async () => {
    const folder = workspace();
    const plain = await gondola(['serve', folder, '--host', '0.0.0.0', '--port', '0']);
    expect([plain.code, plain.err.trim().split('\n').length]).toEqual([3, 1]);
    expect(plain.err).toContain('--tls self');
    const nobody = await gondola(['serve', folder, '--host', '0.0.0.0', '--port', '0', '--tls', 'self']);
    expect([nobody.code, nobody.err.trim().split('\n').length]).toEqual([3, 1]);
    expect(nobody.err).toContain('gondola user add');
    const args = ['user', 'add', 'ada', '--role', 'owner', '--password-stdin', '--workspace', folder];
    // Where, as another folder than the one that is served is easily meant.
    expect((await gondola(args, 'long enough')).out).toBe(`ada may sign in to ${folder}.\n`);
    const server = await serve(folder, ['--host', '0.0.0.0', '--tls', 'self']);
    expect(server.origin).toBe(`https://127.0.0.1:${server.port}`);
    expect(await server.stop()).toBe(0);
  });

  test('the operator’s word is taken, and said again', async () => {
    const server = await serve(workspace(), ['--host', '0.0.0.0', '--insecure-http']);
    await expect.poll(server.log, { timeout: 20_000 }).toContain('in the clear');
    expect(server.origin).toBe(`http://127.0.0.1:${server.port}`);
    expect((await fetch(`${server.origin}/healthz`)).status).toBe(200);
  });
});
