/** Signing in by a real OpenID provider, at the real server, as a browser does it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Browser, type OpenId, startOpenId, visit } from '../../../support/openid/openid.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../../support/server.ts';

const workspace = makeWorkspace({ 'team/first.nb.md': '# First\n' });
let openid: OpenId;
let server: ServerProcess;

const person = (name: string, groups: readonly string[], more: object = {}) => ({
  sub: `sub-${name}`,
  password: `pw-${name}`,
  claims: { preferred_username: name, name: `${name} A`, email: `${name}@example.test`, groups, ...more },
});

const people = (...all: readonly ReturnType<typeof person>[]) =>
  openid.know(Object.fromEntries(all.map((one) => [one.sub.slice(4), one])));

const start = (to = '/') => `${server.origin}/sign-in/oidc?to=${encodeURIComponent(to)}`;

async function signIn(browser: Browser, name?: string, to = '/'): Promise<Response> {
  return browser.go(await visit(browser, start(to), name));
}

type Me = { person: { id: string; name: string; groups: string[] } | null; role: string };
async function me(browser: Browser): Promise<Me | undefined> {
  const response = await browser.go(`${server.origin}/api/v1/me`);
  return response.status === 200 ? ((await response.json()) as Me) : undefined;
}

beforeAll(async () => {
  openid = await startOpenId();
  writeFileSync(join(workspace.path, 'secret'), 'a secret of the client\n');
  const oidc = {
    issuer: openid.origin,
    clientId: 'gondola',
    clientSecretFile: join(workspace.path, 'secret'),
    scope: 'openid profile email groups',
    groups: { admins: 'owner', analysts: 'writer' },
    label: 'Example ID',
  };
  server = await startServer(workspace.path, { env: { GONDOLA_OIDC: JSON.stringify(oidc) } });
});
afterAll(async () => {
  await server?.stop();
  await openid?.stop();
  workspace.remove();
});

describe('a person of the provider', () => {
  test('comes in with an account of their own, a role by their groups, and to where they wanted to go', async () => {
    await people(person('anna', ['analysts', 'crew']));
    const browser = new Browser();
    const page = await browser.go(`${server.origin}/n/abc?x=1`);
    const html = await page.text();
    expect(page.status).toBe(401);
    const href = /<a class="elsewhere" href="([^"]+)">Continue with Example ID<\/a>/.exec(html)?.[1];
    expect(href).toBe('/sign-in/oidc?to=%2Fn%2Fabc%3Fx%3D1');
    const back = await browser.go(await visit(browser, `${server.origin}${href}`, 'anna'));
    expect([back.status, back.headers.get('location')]).toEqual([303, '/n/abc?x=1']);
    expect(await me(browser)).toMatchObject({
      person: { name: 'anna A', groups: ['analysts', 'crew'] },
      role: 'writer',
    });
  });

  test('keeps the account, and is known again without a form', async () => {
    const browser = new Browser();
    await signIn(browser, 'anna');
    const first = await me(browser);
    browser.jar(server.origin).clear();
    expect((await signIn(browser)).status).toBe(303);
    expect((await me(browser))?.person?.id).toBe(first?.person?.id);
  });
});
