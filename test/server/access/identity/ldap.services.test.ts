/** Signing in by a real directory (Debian's slapd), at the real server. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeWorkspace, type ServerProcess, startServer } from '../../../support/server.ts';
import { ADMIN, ADMIN_PASSWORD, BASE, type Slapd, startSlapd } from '../../../support/slapd.ts';

const slapd = await startSlapd();
const workspace = makeWorkspace({ 'team/first.nb.md': '# First\n' });
const servers: ServerProcess[] = [];

afterAll(async () => {
  for (const server of servers) await server.stop();
  await slapd?.remove();
  workspace.remove();
});

const form = (server: ServerProcess, fields: Record<string, string>) =>
  fetch(`${server.origin}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: server.origin },
    body: new URLSearchParams(fields),
  });

const cookieOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');

type Me = { person: { id: string; name: string; groups: string[] }; role: string; password: boolean };
async function meAfter(server: ServerProcess, name: string, password = `pw-${name}`): Promise<Me> {
  const response = await form(server, { name, password });
  expect([name, response.status]).toEqual([name, 303]);
  const me = await fetch(`${server.origin}/api/v1/me`, { headers: { cookie: cookieOf(response) } });
  return (await me.json()) as Me;
}

async function serve(ldap: object): Promise<ServerProcess> {
  const all = {
    bindDn: ADMIN,
    base: `ou=people,${BASE}`,
    groupBase: `ou=groups,${BASE}`,
    groups: { analysts: 'writer', admins: 'owner' },
    role: 'reader',
    label: 'Directory',
    ...ldap,
  };
  const server = await startServer(workspace.path, {
    env: { GONDOLA_LDAP: JSON.stringify(all), GONDOLA_LDAP_PASSWORD: ADMIN_PASSWORD },
  });
  servers.push(server);
  return server;
}

describe.skipIf(slapd === undefined)('a person of the directory', () => {
  const directory = slapd as Slapd;
  let server: ServerProcess;
  beforeAll(async () => {
    server = await serve({ url: directory.url });
  });

  test('signs in with name and password, and has the groups and role that the directory gives', async () => {
    expect(await meAfter(server, 'anna')).toMatchObject({
      person: { name: 'Anna A', groups: ['analysts', 'readers'] },
      role: 'writer',
      password: false,
    });
    expect(await meAfter(server, 'ben')).toMatchObject({
      person: { name: 'Ben (B) *', groups: ['readers'] },
      role: 'reader',
    });
    expect(await meAfter(server, 'cem')).toMatchObject({
      person: { name: 'Cem \\ "C", D', groups: [] },
      role: 'reader',
    });
  });

  test('does not with another password, none, or what would be a filter', async () => {
    for (const [name, password] of [
      ['anna', 'pw-ben'],
      ['anna', ''],
      ['nobody', 'pw-anna'],
      ['*)(uid=*', 'pw-anna'],
      ['anna)(|(uid=*', 'pw-anna'],
      ['*', 'pw-anna'],
    ] as const) {
      const response = await form(server, { name, password });
      expect([name, password, response.status]).toEqual([name, password, 401]);
      expect(await response.text()).toContain('That name and password do not go together.');
    }
  });
});
