/** Accounts with the real server and the real command: signing in, sharing, and losing it all within two seconds. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { controlFrame, readFrame } from '../../../server/protocol/frames.ts';
import { CLOSE } from '../../../server/protocol/messages.ts';
import { makeWorkspace, root, type ServerProcess, startServer } from '../../support/server.ts';

const workspace = makeWorkspace({
  'team/flights.nb.md': '# Flights\n\n```sql id=aa name=answer\nselect 42 as x\n```\n',
  'private.nb.md': '# Private\n',
});
let server: ServerProcess;
let flights: string;

/** The command, with a first line for its stdin; what it printed. */
async function gondola(args: readonly string[], input = ''): Promise<string> {
  const child = spawn(process.execPath, [join(root, 'server', 'gondola.js'), ...args, '--workspace', workspace.path]);
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stdin.end(`${input}\n`);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`exit ${code}: ${out}`);
  return out;
}

const form = (path: string, fields: Record<string, string>, cookie = '') =>
  fetch(`${server.origin}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: server.origin, ...(cookie ? { cookie } : {}) },
    body: new URLSearchParams(fields),
  });

async function signIn(name: string, password = 'long enough'): Promise<string> {
  const response = await form('/sign-in', { name, password });
  expect(response.status).toBe(303);
  return response.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
}

const as = (cookie: string, path: string) => fetch(`${server.origin}/api/v1${path}`, { headers: { cookie } });
const share = (grants: object[]) => server.call('PUT', `notebooks/${flights}/access`, { grants }, { 'if-match': '*' });
const idOf = async (name: string): Promise<string> => {
  const { items } = (await server.call('GET', 'people')).body as { items: { id: string; name: string }[] };
  return items.find((one) => one.name === name)!.id;
};

type Page = { readonly heard: readonly Record<string, unknown>[]; readonly closed: Promise<number> };

async function open(headers: Record<string, string>): Promise<Page> {
  const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/api/v1/notebooks/${flights}/live`, {
    headers: { origin: server.origin, ...headers },
  });
  const heard: Record<string, unknown>[] = [];
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  const welcome = new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (data: Buffer) => {
      const frame = readFrame(data);
      if (frame?.kind !== 'control') return;
      heard.push(frame.message as Record<string, unknown>);
      resolve();
    });
  });
  // Refused, `open` says so.
  welcome.catch(() => undefined);
  await once(socket, 'open');
  socket.send(controlFrame({ type: 'hello', protocol: 1, person: { id: 'mallory', name: 'Mallory' }, client: 5 }));
  await welcome;
  return { heard, closed };
}

beforeAll(async () => {
  server = await startServer(workspace.path);
  const { items } = (await server.call('GET', 'notebooks')).body as { items: { id: string; path: string }[] };
  flights = items.find(({ path }) => path === 'team/flights.nb.md')!.id;
  for (const name of ['ada', 'ben', 'cem']) await gondola(['user', 'add', name, '--password-stdin'], 'long enough');
});
afterAll(async () => {
  await server.stop();
  workspace.remove();
});

describe('people', () => {
  test('made while the server runs sign in at once, and see what was shared with them alone', async () => {
    const ada = await signIn('ADA');
    expect(await (await as(ada, '/notebooks')).json()).toMatchObject({ items: [] });
    const subject = { kind: 'person', person: await idOf('ada') };
    await share([{ subject, role: 'reader' }]);
    expect(await (await as(ada, '/notebooks')).json()).toMatchObject({ items: [{ id: flights }] });
    expect((await form('/sign-in', { name: 'ada', password: 'not the one' })).status).toBe(401);
  });

  test('disabled by the command are out of their pages within two seconds, by cookie and by token', async () => {
    await share([{ subject: { kind: 'person', person: await idOf('ben') }, role: 'writer' }]);
    const cookie = await signIn('ben');
    const token = (await gondola(['token', 'create', 'ci', '--role', 'writer', '--for', 'ben'])).trim();
    const pages = [await open({ cookie }), await open({ authorization: `Bearer ${token}` })];
    for (const { heard } of pages) expect(heard[0]).toMatchObject({ type: 'welcome', role: 'writer' });
    await gondola(['user', 'disable', 'ben']);
    const since = performance.now();
    expect(await Promise.all(pages.map(({ closed }) => closed))).toEqual([CLOSE.unauthorised, CLOSE.unauthorised]);
    expect(performance.now() - since).toBeLessThan(2_000);
    expect((await as(cookie, '/me')).status).toBe(401);
    expect((await form('/sign-in', { name: 'ben', password: 'long enough' })).status).toBe(401);
  });

  test('whose role is lowered are told, and whose role is taken are out', async () => {
    const subject = { kind: 'person', person: await idOf('cem') };
    await share([{ subject, role: 'writer' }]);
    const page = await open({ cookie: await signIn('cem') });
    await share([{ subject, role: 'reader' }]);
    await expect.poll(() => page.heard.at(-1), { timeout: 2_000 }).toMatchObject({ type: 'runs' });
    expect(page.heard).toContainEqual({ type: 'role', role: 'reader' });
    await share([]);
    expect(await page.closed).toBe(CLOSE.notFound);
  });

  test('whose role is taken finish no upload, and make no link that was still being made', async () => {
    const subject = { kind: 'person', person: await idOf('cem') };
    await share([{ subject, role: 'owner' }]);
    const headers = { cookie: await signIn('cem'), origin: server.origin };
    const upload = request(`${server.origin}/api/v1/files/team/data/late.csv`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/octet-stream' },
    });
    const ended = new Promise((resolve) => upload.on('error', () => resolve('cut off')).on('response', resolve));
    upload.write('a\n');
    // Passwords are hashed one behind the other.
    const links = Array.from({ length: 12 }, () =>
      fetch(`${server.origin}/api/v1/notebooks/${flights}/links`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: '{"password":"for the board"}',
      }).then(({ status }) => status),
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    await share([]);
    expect(await ended).toBe('cut off');
    expect(existsSync(join(workspace.path, 'team', 'data', 'late.csv'))).toBe(false);
    const statuses = await Promise.all(links);
    expect(statuses).toContain(404);
    const { items } = (await server.call('GET', `notebooks/${flights}/links`)).body as { items: { id: string }[] };
    expect(items).toHaveLength(statuses.filter((status) => status === 201).length);
    for (const { id } of items) await server.call('DELETE', `notebooks/${flights}/links/${id}`);
  });

  test('that sign out everywhere are out of every browser', async () => {
    const subject = { kind: 'person', person: await idOf('cem') };
    await share([{ subject, role: 'reader' }]);
    const [one, other] = [await signIn('cem'), await signIn('cem')];
    const page = await open({ cookie: other });
    await form('/sign-out', { everywhere: 'true' }, one);
    expect(await page.closed).toBe(CLOSE.unauthorised);
    expect([(await as(one, '/me')).status, (await as(other, '/me')).status]).toEqual([401, 401]);
  });
});

test('a link shows its notebook alone, after its password, and nothing once it is withdrawn', async () => {
  const made = await server.call('POST', `notebooks/${flights}/links`, { password: 'for the board' });
  const { url, id } = made.body as { url: string; id: string };
  const asked = await fetch(server.origin + url, { redirect: 'manual' });
  expect([asked.status, asked.headers.getSetCookie()]).toEqual([401, []]);
  expect((await form(url, { password: 'for the bored' })).status).toBe(401);
  const opened = await form(url, { password: 'for the board' });
  expect([opened.status, opened.headers.get('location')]).toEqual([303, `/p/${flights}`]);
  const cookie = opened.headers.getSetCookie()[0]!.split(';')[0]!;
  const text = await (await as(cookie, `/notebooks/${flights}`)).text();
  expect(text).toContain('# Flights');
  expect(text).not.toContain('select 42');
  expect(await (await as(cookie, '/notebooks')).json()).toMatchObject({ items: [{ id: flights }], next: null });
  // What is hidden is not found either.
  expect((await server.call('GET', 'notebooks?query=select+42')).body).toMatchObject({ items: [{ id: flights }] });
  expect(await (await as(cookie, '/notebooks?query=select+42')).json()).toMatchObject({ items: [] });
  await server.call('DELETE', `notebooks/${flights}/links/${id}`);
  expect((await as(cookie, `/notebooks/${flights}`)).status).toBe(401);
  expect((await fetch(server.origin + url)).status).toBe(404);
  expect((await fetch(`${server.origin}/s/never-was`)).status).toBe(404);
});

test('the audit log has it all, for the API and for the command, and no secret', async () => {
  await server.call('POST', `notebooks/${flights}/runs?wait=20`, { paragraphs: ['aa'] });
  const { items } = (await server.call('GET', 'audit?limit=1000')).body as { items: { event: string }[] };
  const events = new Set(items.map(({ event }) => event));
  for (const event of ['account-added', 'sign-in', 'sign-in-failed', 'granted', 'grant-removed', 'token-made', 'run'])
    expect(events).toContain(event);
  for (const event of ['sign-out', 'link-made', 'link-opened', 'link-revoked', 'account-changed'])
    expect(events).toContain(event);
  const printed = await gondola(['audit', '--json', '--since', '1h']);
  expect(printed.trim().split('\n').length).toBeGreaterThanOrEqual(items.length);
  for (const secret of ['long enough', 'for the board', 'gondola_', server.token])
    expect(printed).not.toContain(secret);
});
