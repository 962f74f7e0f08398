/**
 * The headers that keep a browser from being used against its user stand on every response there is: of every route, to
 * whoever asks, and what is refused before it is a request at all.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keep, wantsRecord } from '../../reliability/record.ts';
import { root } from '../../support/server.ts';
import { type Listening, listen, type Told, until } from './listening.ts';
import { NOTEBOOK, TOKEN } from './support.ts';

let here: Listening;
const counts = new Map<string, number>();

beforeAll(async () => {
  here = await listen();
  const { folder, files } = here.harness;
  files.set('flights/data/x.html', new TextEncoder().encode('<script>alert(1)</script>'));
  mkdirSync(join(folder, 'client', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'client', 'assets', 'frame-abc.html'), '<!doctype html><script>1</script>');
});
afterAll(async () => {
  const all = [...counts].map(([name, cases]) => ({ class: name, cases, failed: 0 }));
  if (wantsRecord()) keep(root, { figure: 'R6', part: 'headers', counts: all });
  await here?.close();
});

const owner = { authorization: `Bearer ${TOKEN}` };
const policyOf = (told: Told): string => String(told.headers['content-security-policy']);

/** What is wrong with the headers, if anything is. */
function faults(kind: string, told: Told): readonly string[] {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const { headers } = told;
  const policy = policyOf(told);
  const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? '';
  const expected: Readonly<Record<string, boolean>> = {
    'nothing by default': policy.startsWith("default-src 'none'") || policy.startsWith('sandbox '),
    'nothing evaluated': !policy.includes('unsafe-eval'),
    'no script in the text': !scripts.includes('unsafe-inline') && !scripts.includes('*'),
    'no base, forms or frames of others':
      /base-uri 'none'; form-action '(none|self)'; frame-ancestors '(none|self)'/.test(policy),
    'the type is as said': headers['x-content-type-options'] === 'nosniff',
    'not framed': /^(DENY|SAMEORIGIN)$/.test(String(headers['x-frame-options'])),
    'nobody is told from where': /^(no-referrer|same-origin)$/.test(String(headers['referrer-policy'])),
    'alone in its group': headers['cross-origin-opener-policy'] === 'same-origin',
    'read by nobody else': headers['cross-origin-resource-policy'] === 'same-origin',
    'no devices': String(headers['permissions-policy']).includes('camera=()'),
    'nothing looked up ahead': headers['x-dns-prefetch-control'] === 'off',
    'kept only where it is nobody’s':
      headers['cache-control'] === 'no-store' || kind === 'files of the page' || kind === 'unchanged',
    'silent about what serves': headers.server === undefined && headers['x-powered-by'] === undefined,
    'no other origin': headers['access-control-allow-origin'] === undefined,
  };
  return Object.entries(expected).flatMap(([name, holds]) => (holds ? [] : [`${kind}, ${told.status}: ${name}`]));
}

it('of every route, to the owner, to a stranger, under a foreign host and with nonsense in it', async () => {
  const places = here.harness.app.inventory.map(({ method, url }) => ({
    method,
    path: url.replace(/:id/g, NOTEBOOK).replace(/:\w+/g, '0').replace('*', 'data/x.csv'),
  }));
  const found: string[] = [];
  for (const { method, path } of places) {
    const about: Readonly<Record<string, object>> = {
      'to the owner': owner,
      'to a stranger': {},
      'under a foreign host': { ...owner, host: 'evil.example' },
      'from a foreign origin': { ...owner, origin: 'http://evil.example' },
      'of a wrong type': { ...owner, 'content-type': 'text/nonsense' },
    };
    for (const [kind, headers] of Object.entries(about))
      found.push(...faults(kind, await here.ask({ method, path, headers: { ...headers } })));
    found.push(...faults('of a broken address', await here.ask({ method, path: `${path}/%zz`, headers: owner })));
  }
  expect(found).toEqual([]);
});

it('of the page’s files, of what is unchanged, of redirections and of cookies', async () => {
  const found: string[] = [];
  for (const path of ['/assets/main-abc123.js', '/favicon.svg', '/assets/frame-abc.html']) {
    const told = await here.ask({ path });
    expect([path, told.status]).toEqual([path, 200]);
    found.push(...faults('files of the page', told));
    const again = await here.ask({ path, headers: { 'if-none-match': String(told.headers.etag) } });
    expect([path, again.status]).toEqual([path, 304]);
    found.push(...faults('unchanged', again));
  }
  const file = await here.ask({ path: '/api/v1/files/data/x.csv', headers: owner });
  const etag = String(file.headers.etag);
  const again = await here.ask({ path: '/api/v1/files/data/x.csv', headers: { ...owner, 'if-none-match': etag } });
  expect(again.status).toBe(304);
  found.push(...faults('unchanged', again));
  for (const path of [`/?token=${TOKEN}`, `/?token=${TOKEN}&to=/n/${NOTEBOOK}`]) {
    const told = await here.ask({ path });
    expect(told.status).toBe(303);
    expect(String(told.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Lax/);
    found.push(...faults('redirections', told));
  }
  expect(found).toEqual([]);
});

it('of what people’s files hold: a download, of no origin, whatever it is', async () => {
  const told = await here.ask({ path: '/api/v1/files/flights/data/x.html', headers: owner });
  expect(told.status).toBe(200);
  expect(faults('people’s files', told)).toEqual([]);
  expect(told.headers['content-type']).toBe('application/octet-stream');
  expect(told.headers['content-disposition']).toMatch(/^attachment; filename\*=UTF-8''x\.html$/);
  expect(policyOf(told)).toMatch(/; sandbox$/);
});

it('of calls: they are no pages, and no script runs were they opened as one', async () => {
  for (const { method, url } of here.harness.app.inventory.filter(({ url }) => url.startsWith('/api/'))) {
    const told = await here.ask({ method, path: url.replace(/:id/g, NOTEBOOK), headers: owner });
    expect([url, policyOf(told)]).toEqual([url, expect.stringMatching(/^default-src 'none'; .*; sandbox$/)]);
    expect(String(told.headers['content-type'])).not.toMatch(/html|svg|xml|javascript/);
  }
});

it('of what is no request, too long, or expects what is not given', async () => {
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };
  const said: Readonly<Record<string, string>> = {
    'no HTTP': 'nonsense\r\n\r\n',
    'no host': 'GET / HTTP/1.1\r\nconnection: close\r\n\r\n',
    'a head that is too long': `GET / HTTP/1.1\r\nhost: ${here.host}\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
    'an expectation': `GET / HTTP/1.1\r\nhost: ${here.host}\r\nexpect: 200-maybe\r\n\r\n`,
    'two lengths': `POST / HTTP/1.1\r\nhost: ${here.host}\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab`,
  };
  const found: string[] = [];
  for (const [what, bytes] of Object.entries(said)) {
    const wire = await here.connect();
    wire.socket.write(bytes);
    await until(() => wire.text().includes('\r\n\r\n'), what);
    await wire.closed;
    found.push(...faults('refused before it is a request', toldBy(wire.text())));
    expect(JSON.parse(wire.text().split('\r\n\r\n')[1]!).error.hint).not.toBe('');
  }
  found.push(...faults('upgrades', await here.ask({ path: '/nonsense', headers: { ...owner, ...upgrade } })));
  found.push(...faults('upgrades', await here.ask({ path: '/nonsense', headers: upgrade })));
  expect(found).toEqual([]);
});

/** A response as it came over the wire. */
function toldBy(text: string): Told {
  const [head = '', body = ''] = text.split('\r\n\r\n', 2);
  const [first = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { status: Number(first.split(' ')[1]), headers, body };
}
