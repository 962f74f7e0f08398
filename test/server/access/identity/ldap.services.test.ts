/** Signing in by a real directory (Debian's slapd), at the real server. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLdap } from '../../../../server/access/identity/ldap.ts';
import { parseLdap } from '../../../../server/access/identity/settings.ts';
import { addUser, gondola } from '../../../support/gondola.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../../support/server.ts';
import {
  ADMIN,
  ADMIN_PASSWORD,
  addGroup,
  addPerson,
  BASE,
  personDn,
  type Slapd,
  startSlapd,
} from '../../../support/slapd.ts';

const slapd = await startSlapd();
const workspace = makeWorkspace({ 'team/first.nb.md': '# First\n' });
const servers: ServerProcess[] = [];

afterAll(async () => {
  for (const server of servers) await server.stop();
  await slapd?.remove();
  workspace.remove();
});

const shared = {
  bindDn: ADMIN,
  base: `ou=people,${BASE}`,
  groupBase: `ou=groups,${BASE}`,
  groups: { analysts: 'writer', admins: 'owner' },
  role: 'reader',
  label: 'Directory',
};
const POLL = { timeout: 20_000 };

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
  const all = { ...shared, ...ldap };
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
      ['anna', '\u0000pw-anna'],
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

  test('keeps the account under another name, and has the groups of that day', async () => {
    await directory.change((client) => addPerson(client, 'dora', 'Dora D'));
    const first = await meAfter(server, 'dora');
    expect(first).toMatchObject({ person: { name: 'Dora D', groups: [] }, role: 'reader' });
    await directory.change(async (client) => {
      await client.modifyDN(personDn('dora'), `uid=dorothea`);
      await addGroup(client, `cn=admins,ou=groups,${BASE}`, 'dorothea');
    });
    const later = await meAfter(server, 'dorothea', 'pw-dora');
    expect(later).toMatchObject({ person: { id: first.person.id, groups: ['admins'] }, role: 'owner' });
    expect((await form(server, { name: 'dora', password: 'pw-dora' })).status).toBe(401);
    // The name is free, and who has it now is somebody else.
    await directory.change((client) => addPerson(client, 'dora', 'Another'));
    const other = await meAfter(server, 'dora');
    expect(other.person.id).not.toBe(first.person.id);
    expect(other.role).toBe('reader');
  });

  test('is no account of ours, and no account of ours is theirs', async () => {
    await directory.change((client) => addPerson(client, 'ada', 'ada'));
    addUser(workspace.path, 'ada');
    expect(await meAfter(server, 'ada', 'long enough')).toMatchObject({
      person: { name: 'ada' },
      role: 'owner',
      password: true,
    });
    expect(await meAfter(server, 'ada', 'pw-ada')).toMatchObject({
      person: { name: 'ada (ada 2)' },
      role: 'reader',
      password: false,
    });
    expect((await form(server, { name: 'ada 2', password: 'pw-ada' })).status).toBe(401);
  });

  test('stays out once disabled here, and may try so often and no more', async () => {
    await directory.change((client) => addPerson(client, 'fred', 'Fred'));
    await meAfter(server, 'fred');
    expect((await gondola(['user', 'disable', 'fred', '--workspace', workspace.path])).code).toBe(0);
    await expect.poll(async () => (await form(server, { name: 'fred', password: 'pw-fred' })).status, POLL).toBe(403);
    await directory.change((client) => addPerson(client, 'gina', 'Gina'));
    for (let count = 0; count < 8; count += 1)
      expect((await form(server, { name: 'gina', password: `guess ${count}` })).status).toBe(401);
    expect((await form(server, { name: 'GINA', password: 'pw-gina' })).status).toBe(429);
  });

  test('whose name is that of two entries does not come in', async () => {
    await directory.change(async (client) => {
      await client.add(`ou=more,ou=people,${BASE}`, { objectClass: ['organizationalUnit'], ou: 'more' });
      await addPerson(client, 'twin', 'Twin');
      await client.add(`uid=twin,ou=more,ou=people,${BASE}`, {
        objectClass: ['inetOrgPerson'],
        uid: 'twin',
        cn: 'Twin',
        sn: 'Twin',
        userPassword: 'pw-twin',
      });
    });
    expect((await form(server, { name: 'twin', password: 'pw-twin' })).status).toBe(401);
    expect(server.log()).toContain('a name is that of several entries of the directory');
  });

  test('is told that the directory is away while it is, and those with a password of ours come in', async () => {
    await directory.stop();
    try {
      const response = await form(server, { name: 'anna', password: 'pw-anna' });
      expect([response.status, await response.text()]).toEqual([
        503,
        expect.stringContaining('Directory does not answer at the moment.'),
      ]);
      expect(await meAfter(server, 'ada', 'long enough')).toMatchObject({ role: 'owner' });
    } finally {
      await directory.start();
    }
    expect(await meAfter(server, 'anna')).toMatchObject({ role: 'writer' });
    expect(server.log()).toContain('the directory cannot be asked');
    expect(server.log()).not.toContain('pw-anna');
    expect(server.log()).not.toContain(ADMIN_PASSWORD);
  });
});

describe.skipIf(slapd === undefined)('the directory', () => {
  const directory = slapd as Slapd;
  const ask = async (more: object, name = 'anna', password = 'pw-anna', servicePassword = ADMIN_PASSWORD) => {
    const warned: string[] = [];
    const settings = parseLdap({ url: directory.url, ...shared, ...more })!;
    const { caFile } = settings;
    const by = openLdap({
      settings,
      password: servicePassword,
      ca: caFile === undefined ? undefined : readFileSync(caFile, 'utf8'),
      warn: (what, details) => void warned.push(`${what} ${JSON.stringify(details)}`),
    });
    return { answer: await by.ask(name, password, (compute) => compute()), warned };
  };
  const known = { answer: { result: 'told', told: { role: 'writer', groups: expect.arrayContaining(['analysts']) } } };

  test('is asked over TLS from the start, or from a word on, and only where its certificate is known', async () => {
    const { caFile } = directory;
    const localhost = directory.url.replace('127.0.0.1', 'localhost');
    for (const [url, more] of [
      [directory.secureUrl, { caFile }],
      [directory.url, { caFile, startTls: true }],
      [localhost, { caFile, startTls: true }],
    ] as const)
      expect([url, await ask({ url, ...more })]).toMatchObject([url, known]);
    for (const [url, more] of [
      [directory.secureUrl, {}],
      [directory.url, { startTls: true }],
      // A name that the certificate does not have.
      [directory.secureUrl.replace('localhost', '127.0.0.2'), { caFile }],
      [directory.url.replace('127.0.0.1', '127.0.0.2'), { caFile, startTls: true }],
    ] as const) {
      const { answer, warned } = await ask({ url, ...more });
      expect([url, answer]).toEqual([url, { result: 'away' }]);
      expect(warned.join()).toMatch(/the directory cannot be asked .*(certificate|altnames)/i);
    }
  });

  test('names groups by those they have, by those of the person, and counts none from elsewhere', async () => {
    const groups = async (more: object, name: string) => {
      const { answer } = await ask(more, name, `pw-${name}`);
      return answer.result === 'told' ? [...answer.told.groups].sort() : answer.result;
    };
    for (const more of [{}, { memberOf: 'memberOf' }, { memberOf: 'MEMBEROF', groupName: 'CN' }]) {
      expect(await groups(more, 'anna')).toEqual(['analysts', 'readers']);
      // A club calls itself admins.
      expect(await groups(more, 'ben')).toEqual(['readers']);
      expect(await groups(more, 'cem')).toEqual([]);
    }
    expect((await ask({ groups: {}, groupBase: undefined })).answer).toMatchObject({
      told: { groups: [], role: 'reader' },
    });
  });

  test('with a service that may not search, a wrong place, or an id that is none lets nobody in', async () => {
    expect((await ask({}, 'anna', 'pw-anna', 'another')).answer).toEqual({ result: 'away' });
    expect((await ask({ base: `ou=nowhere,${BASE}` })).answer).toEqual({ result: 'away' });
    expect((await ask({ bindDn: undefined })).answer.result).not.toBe('told');
    const { answer, warned } = await ask({ id: 'mail' });
    expect(answer).toMatchObject({ told: { identity: { subject: 'anna@example.test' } } });
    expect(warned).toEqual([]);
    const none = await ask({ id: 'telephoneNumber' });
    expect([none.answer, none.warned]).toEqual([{ result: 'wrong' }, [expect.stringContaining('see "ldap.id"')]]);
  });

  test('that accepts connections and says nothing is left after a while', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket.resume())).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    try {
      const { answer } = await ask({ url: `ldap://127.0.0.1:${port}` });
      expect(answer).toEqual({ result: 'away' });
      await expect.poll(() => sockets.every((socket) => socket.destroyed), POLL).toBe(true);
    } finally {
      for (const socket of sockets) socket.destroy();
      silent.close();
    }
  });
});
