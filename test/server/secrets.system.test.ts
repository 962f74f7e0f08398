/**
 * Secrets are planted wherever there are any, used rightly and wrongly, and then looked for: in the log at its most talkative, in
 * answers and errors, in the audit log, metrics, exports and backups, and in what the machine tells of the processes that run code.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { gondola, processesOf } from '../support/gondola.ts';
import { notebookAt } from '../support/page.ts';
import { makeWorkspace, root, type ServerProcess, startServer } from '../support/server.ts';

const TOKEN = 'PLANTED-token-0123456789-abcdef';
const PASSWORD = 'PLANTED-password-of-ada';
const LINK_PASSWORD = 'PLANTED-password-of-a-link';
const ENVIRONMENT = 'PLANTED-environment-of-the-server';
const WRONG = 'PLANTED-wrong-bearer-token';

const workspace = makeWorkspace({
  'a.nb.md':
    '# A\n\n```sql id=q name=q\nselect 1 as a\n```\n\n```sh id=s\nenv; sleep 0\n```\n\n```sql id=f\nselect nope\n```\n',
});
const secrets = new Map<string, string>([
  ['the token', TOKEN],
  ['a password', PASSWORD],
  ['a password of a link', LINK_PASSWORD],
  ['the environment', ENVIRONMENT],
  ['a wrong token', WRONG],
]);
const told: [string, string][] = [];
let server: ServerProcess;

/** The sources in which one of the secrets stands. */
const found = (): readonly string[] =>
  told.flatMap(([where, text]) =>
    [...secrets].filter(([, secret]) => text.includes(secret)).map(([what]) => `${what} in ${where}`),
  );

beforeAll(async () => {
  server = await startServer(workspace.path, {
    env: {
      GONDOLA_TOKEN: TOKEN,
      GONDOLA_LOG: 'debug',
      GONDOLA_LDAP_PASSWORD: ENVIRONMENT,
      AWS_SECRET_ACCESS_KEY: ENVIRONMENT,
    },
  });
});
afterAll(async () => {
  await server?.stop();
  workspace.remove();
});

async function answer(path: string, options: RequestInit = {}): Promise<Response> {
  const response = await fetch(`${server.origin}${path}`, { redirect: 'manual', ...options });
  // The page of a link asks for its password at its own address, where its holder came from.
  const text = (await response.clone().text()).replace(/action="\/s\/[^"]+"/, '');
  told.push([`the answer to ${options.method ?? 'GET'} ${path.split('?')[0]}`, text]);
  return response;
}

it('are in nothing that is told, logged, exported or backed up, and in no process that runs code', async () => {
  const add = spawn(process.execPath, [
    join(root, 'server', 'gondola.js'),
    'user',
    'add',
    'ada',
    '--password-stdin',
    '--workspace',
    workspace.path,
  ]);
  add.stdin.end(`${PASSWORD}\n`);
  expect((await once(add, 'close'))[0]).toBe(0);
  const made = await gondola(['token', 'create', 'nightly', '--role', 'owner', '--workspace', workspace.path]);
  expect(made.code).toBe(0);
  const program = /\S{30,}/.exec(made.out)?.[0] ?? '';
  expect(program).not.toBe('');
  secrets.set('a program’s token', program);

  const id = await notebookAt(server, 'a.nb.md');
  const link = await server.call('POST', `notebooks/${id}/links`, {
    role: 'reader',
    password: LINK_PASSWORD,
    label: 'x',
  });
  const { url } = link.body as { url: string };
  secrets.set('the secret of a link', url.replace('/s/', ''));

  // Used rightly.
  const origin = { origin: server.origin };
  const form = (fields: Record<string, string>): RequestInit => ({
    method: 'POST',
    headers: origin,
    body: new URLSearchParams(fields),
  });
  const owner = await answer(`/?token=${TOKEN}&to=/n/${id}`);
  const ada = await answer('/sign-in', form({ name: 'ada', password: PASSWORD, to: '/' }));
  const guest = await answer(url, form({ password: LINK_PASSWORD }));
  for (const [what, response] of Object.entries({ owner, ada, guest })) {
    expect([what, response.status]).toEqual([what, 303]);
    secrets.set(`the cookie of ${what}`, /=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')![1]!);
  }
  // And wrongly: in addresses, as each other, in bodies that are none.
  const bearer = { authorization: `Bearer ${TOKEN}` };
  const wrong = { authorization: `Bearer ${WRONG}` };
  await answer(`/api/v1/notebooks?token=${TOKEN}`);
  await answer(`/n/${id}?token=${WRONG}`);
  await answer(`/sign-in?to=${encodeURIComponent(`/?token=${TOKEN}`)}`);
  await answer('/api/v1/notebooks', { headers: wrong });
  await answer('/sign-in', form({ name: 'ada', password: WRONG }));
  await answer('/sign-in', form({ token: WRONG }));
  await answer(`${url}`, form({ password: WRONG }));
  await answer('/api/v1/notebooks', {
    method: 'POST',
    headers: { ...bearer, 'content-type': 'application/json' },
    body: '{"title": ',
  });
  await answer('/api/v1/notebooks', {
    method: 'POST',
    headers: { ...bearer, 'content-type': 'text/plain' },
    body: 'x',
  });

  const ran = await server.call('POST', `notebooks/${id}/runs?wait=60`, {});
  told.push(['what runs say', JSON.stringify(ran.body)]);
  for (const path of [
    `/api/v1/notebooks/${id}`,
    `/api/v1/notebooks/${id}/runs`,
    `/api/v1/notebooks/${id}/text`,
    `/api/v1/notebooks/${id}/links`,
    `/api/v1/notebooks/${id}/access`,
    `/api/v1/notebooks/${id}/tables`,
    '/api/v1/audit',
    '/api/v1/people',
    '/api/v1/me',
    '/api/v1/workspace',
    '/api/v1/openapi.json',
    '/metrics',
    '/readyz',
  ])
    await answer(path, { headers: bearer });
  for (const run of (ran.body as { runs: { id: string }[] }).runs)
    await answer(`/api/v1/runs/${run.id}`, { headers: bearer });

  // What the machine tells of the processes that run code, and of all that they descend from but the server.
  const below = processesOf(server.process.pid!).filter((pid) => pid !== server.process.pid);
  expect(below.length).toBeGreaterThan(0);
  for (const pid of below)
    for (const name of ['environ', 'cmdline'])
      told.push([`${name} of a process`, readFileSync(`/proc/${pid}/${name}`, 'latin1')]);

  const exported = await gondola(['run', join(workspace.path, 'a.nb.md'), '--json'], {
    env: { GONDOLA_TOKEN: TOKEN, GONDOLA_LDAP_PASSWORD: ENVIRONMENT },
  });
  told.push(['a run without a server', exported.out + exported.err]);
  const listed = await gondola(['audit', '--json', '--workspace', workspace.path]);
  told.push(['gondola audit', listed.out + listed.err]);
  const backup = mkdtempSync(join(tmpdir(), 'gondola-secrets-'));
  expect((await gondola(['backup', join(backup, 'to'), '--workspace', workspace.path])).code).toBe(0);
  for (const name of readdirSync(backup, { recursive: true, encoding: 'utf8' })) {
    const path = join(backup, name);
    if (statSync(path).isFile()) told.push([`the backup, ${name}`, readFileSync(path, 'latin1')]);
  }
  rmSync(backup, { recursive: true });
  told.push(['the log', server.log()]);

  expect(server.log()).toContain('"request"');
  expect(told.length).toBeGreaterThan(40);
  expect(found()).toEqual([]);
  // They would be found where they stand.
  told.push(['a control', `x${TOKEN}x`]);
  expect(found()).toEqual(['the token in a control']);
});
