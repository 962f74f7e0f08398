import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseLdap, parseOidc, SettingError } from '../../../../server/access/identity/settings.ts';
import { readConfig, UsageError } from '../../../../server/config.ts';
import { openProviders } from '../../../../server/identity.ts';

const folder = mkdtempSync(join(tmpdir(), 'gondola-providers-'));
mkdirSync(join(folder, '.gondola'));
afterAll(() => rmSync(folder, { recursive: true }));

const oidc = { issuer: 'https://id.example', clientId: 'gondola', role: 'reader' };
const ldap = { url: 'ldaps://directory.example', base: 'ou=people,dc=example', role: 'reader' };

function why(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof SettingError || error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('the settings of an OpenID provider', () => {
  it('say what is wrong, in one line', () => {
    for (const [wrong, message] of [
      [{ issuer: undefined }, '"oidc.issuer" should be the address of the provider'],
      [{ issuer: 'http://id.example' }, '"oidc.issuer" should be an https address'],
      [{ issuer: 'http://127.0.0.1.evil.example' }, '"oidc.issuer" should be an https address'],
      [{ issuer: 'https://user:secret@id.example' }, '"oidc.issuer" should be an https address'],
      [{ issuer: 'https://id.example?x' }, '"oidc.issuer" should be an https address'],
      [{ issuer: 'file:///etc/passwd' }, '"oidc.issuer" should be an https address'],
      [{ clientId: 7 }, '"oidc.clientId" should be a text'],
      [{ scope: 'profile' }, '"oidc.scope" should be names with spaces between, openid among them'],
      [{ role: 'admin' }, '"oidc.role" should be reader, runner, writer, owner'],
      [{ role: undefined }, '"oidc.groups" should be given, or "role" for everybody: else nobody may come in'],
      [{ groups: { crew: 'boss' } }, '"oidc.groups.crew" should be reader'],
      [{ groups: ['crew'] }, '"oidc.groups" should be an object'],
      [{ clientAuth: 'none' }, '"oidc.clientAuth" should be basic or post'],
      [{ clientSecret: 'x' }, '"oidc.clientSecret" is not known'],
      [{ groupClaim: 'x' }, '"oidc.groupClaim" is not known'],
    ] as const)
      expect([wrong, why(() => parseOidc({ ...oidc, ...wrong }))]).toEqual([wrong, expect.stringContaining(message)]);
    for (const none of ['text', 7, null, [], true]) expect(parseOidc(none)).toBeUndefined();
  });

  it('may name a provider on this machine without TLS, and one with a path', () => {
    for (const issuer of [
      'http://127.0.0.1:9000',
      'http://localhost/realm',
      'http://[::1]:1',
      'https://id.example/realms/a',
    ])
      expect(parseOidc({ ...oidc, issuer })?.issuer).toBe(issuer);
  });
});

describe('the settings of a directory', () => {
  it('say what is wrong, in one line', () => {
    for (const [wrong, message] of [
      [{ url: 'ldap://directory.example' }, '"ldap.url" should be ldaps, or come with "startTls"'],
      [{ url: 'ldap://10.0.0.1' }, '"ldap.url" should be ldaps'],
      [{ url: 'https://directory.example' }, '"ldap.url" should be like ldaps://'],
      [{ url: 'ldaps://directory.example/dc=x?uid' }, '"ldap.url" should be like ldaps://'],
      [{ url: 'ldaps://cn:secret@directory.example' }, '"ldap.url" should be like ldaps://'],
      [{ startTls: true }, '"ldap.startTls" should be left out where the address is ldaps'],
      [{ startTls: 'yes' }, '"ldap.startTls" should be true or false'],
      [{ base: '' }, '"ldap.base" should be a text'],
      [{ groups: { crew: 'writer' } }, '"ldap.groupBase" should be where the groups are'],
      [{ role: undefined }, '"ldap.groups" should be given'],
      [{ bindPassword: 'x' }, '"ldap.bindPassword" is not known'],
    ] as const)
      expect([wrong, why(() => parseLdap({ ...ldap, ...wrong }))]).toEqual([wrong, expect.stringContaining(message)]);
  });

  it('may do without TLS on this machine, or begin it later elsewhere', () => {
    expect(parseLdap({ ...ldap, url: 'ldap://127.0.0.1:389' })?.startTls).toBe(false);
    expect(parseLdap({ ...ldap, url: 'ldap://directory.example', startTls: true })?.startTls).toBe(true);
  });
});

describe('a server', () => {
  it('does not start with settings that are wrong, and names the place', () => {
    expect(why(() => readConfig(folder, {}, { GONDOLA_OIDC: '{' }))).toContain(
      'GONDOLA_OIDC: "oidc" should be a JSON object',
    );
    expect(why(() => readConfig(folder, { ldap: JSON.stringify({ ...ldap, url: 'x' }) }, {}))).toContain(
      '--ldap: "ldap.url" should be',
    );
    writeFileSync(join(folder, '.gondola', 'server.json'), JSON.stringify({ oidc }));
    expect(readConfig(folder, {}, {}).oidc).toMatchObject({ issuer: oidc.issuer, label: 'id.example' });
  });

  it('does not start without the secrets that the settings name', () => {
    const options = { folder: join(folder, '.gondola'), env: {}, now: Date.now, warn: () => {} };
    const open = (config: { oidc?: object; ldap?: object }, env = {}) =>
      openProviders({
        ...options,
        env,
        config: {
          oidc: config.oidc && parseOidc({ ...oidc, ...config.oidc }),
          ldap: config.ldap && parseLdap({ ...ldap, ...config.ldap }),
        },
      });
    expect(why(() => open({ oidc: { clientSecretFile: 'absent' } }))).toMatch(
      /^"oidc.clientSecretFile": .*\.gondola\/absent cannot be read/,
    );
    writeFileSync(join(folder, '.gondola', 'empty'), '\n');
    expect(why(() => open({ ldap: { caFile: 'empty' } }))).toContain('is empty');
    const bindDn = 'cn=service,dc=example';
    expect(why(() => open({ ldap: { bindDn } }))).toContain('"ldap.bindDn" wants a password');
    expect(open({ ldap: { bindDn } }, { GONDOLA_LDAP_PASSWORD: 'x' })).toMatchObject({ directory: { first: false } });
    expect(open({ oidc: {} })).toMatchObject({ visit: { label: 'id.example' } });
    expect(open({})).toEqual({});
  });
});
