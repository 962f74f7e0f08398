/** Signing in by a real OpenID provider, at the real server, as a browser does it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openOidc } from '../../../../server/access/identity/oidc.ts';
import { openPendings } from '../../../../server/access/identity/pending.ts';
import { parseOidc } from '../../../../server/access/identity/settings.ts';
import { openGuard } from '../../../../server/network/guard.ts';
import { askProvider } from '../../../../server/network/provider.ts';
import { lookupAll } from '../../../../server/network/resolve.ts';
import { addUser, gondola } from '../../../support/gondola.ts';
import { Browser, type OpenId, startOpenId, visit, visitFrom } from '../../../support/openid/openid.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../../support/server.ts';

const workspace = makeWorkspace({ 'team/first.nb.md': '# First\n' });
const copy = makeWorkspace();
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

type Me = { person: { id: string; name: string; groups: string[] } | null; role: string; password: boolean };
async function me(browser: Browser): Promise<Me | undefined> {
  const response = await browser.go(`${server.origin}/api/v1/me`);
  return response.status === 200 ? ((await response.json()) as Me) : undefined;
}

/** The settings that `npm test` would have of an operator. */
const settings = (issuer: string) => ({
  issuer,
  clientId: 'gondola',
  scope: 'openid profile email groups',
  groups: { admins: 'owner', analysts: 'writer', guests: 'reader' },
  label: 'Example <ID>',
});

const env = (issuer: string) => ({
  GONDOLA_OIDC: JSON.stringify(settings(issuer)),
  GONDOLA_OIDC_SECRET: 'a secret of the client',
});

const command = (...args: readonly string[]) => gondola([...args, '--workspace', workspace.path]);

const byPassword = (name: string, password: string) =>
  fetch(`${server.origin}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: server.origin },
    body: new URLSearchParams({ name, password }),
  });

beforeAll(async () => {
  openid = await startOpenId();
  server = await startServer(workspace.path, { env: env(openid.origin) });
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
    const href = /<a class="elsewhere" href="([^"]+)">Continue with Example &lt;ID&gt;<\/a>/.exec(html)?.[1];
    expect(href).toBe('/sign-in/oidc?to=%2Fn%2Fabc%3Fx%3D1');
    const back = await browser.go(await visit(browser, `${server.origin}${href}`, 'anna'));
    expect([back.status, back.headers.get('location')]).toEqual([303, '/n/abc?x=1']);
    expect(await me(browser)).toMatchObject({
      person: { name: 'anna A', groups: ['analysts', 'crew'] },
      role: 'writer',
      password: false,
    });
  });

  test('keeps the account, is known again without a form, and has the groups and name of that day', async () => {
    const browser = new Browser();
    await people(person('anna', ['analysts', 'crew']));
    await signIn(browser, 'anna');
    const first = await me(browser);
    expect(first?.role).toBe('writer');
    await people(person('anna', ['admins'], { preferred_username: 'anna.b', name: 'Anna B' }));
    browser.jar(server.origin).clear();
    expect((await signIn(browser)).status).toBe(303);
    expect(await me(browser)).toMatchObject({
      person: { id: first?.person?.id, name: 'Anna B', groups: ['admins'] },
      role: 'owner',
    });
    await people(person('anna', ['guests']));
    await signIn(browser);
    expect(await me(browser)).toMatchObject({ person: { id: first?.person?.id }, role: 'reader' });
  });

  test('goes nowhere but to our own paths', async () => {
    await people(person('anna', ['guests']));
    for (const to of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      '/api/v1/me',
      `/${'x'.repeat(3000)}`,
    ]) {
      const browser = new Browser();
      expect([to, (await signIn(browser, 'anna', to)).headers.get('location')]).toEqual([to, '/']);
    }
  });

  test('in none of the groups, and no more in one, is not let in, and is out of what they had', async () => {
    await people(person('cem', ['guests']));
    const browser = new Browser();
    await signIn(browser, 'cem');
    expect((await me(browser))?.role).toBe('reader');
    await people(person('cem', ['elsewhere']));
    const other = new Browser();
    const back = await signIn(other, 'cem');
    expect(back.status).toBe(403);
    expect(await back.text()).toContain('You are known, and have no access here.');
    expect(await me(other)).toBeUndefined();
    expect(await me(browser)).toBeUndefined();
  });

  test('stays out once disabled here, and has no password to come in by', async () => {
    await people(person('dan', ['admins']));
    const browser = new Browser();
    await signIn(browser, 'dan');
    expect((await byPassword('dan', 'pw-dan')).status).toBe(401);
    const reset = await command('user', 'reset', 'dan', '--password-stdin');
    expect([reset.code, reset.err]).toEqual([2, expect.stringContaining('signs in by oidc and has no password here')]);
    expect((await command('user', 'disable', 'dan')).code).toBe(0);
    await expect.poll(() => me(browser), { timeout: 20_000 }).toBeUndefined();
    const back = await signIn(browser, 'dan');
    expect([back.status, await me(browser)]).toEqual([403, undefined]);
    expect((await command('user', 'reset', 'dan', '--keep-password')).code).toBe(0);
    await expect.poll(async () => (await signIn(browser)).status, { timeout: 20_000 }).toBe(303);
  });

  test('is never the account of somebody else, by an equal name, address or display name', async () => {
    addUser(workspace.path, 'ada');
    await people(person('eve', ['guests'], { preferred_username: 'ADA', name: 'ada', email: 'ada' }));
    const browser = new Browser();
    expect((await signIn(browser, 'eve')).status).toBe(303);
    expect(await me(browser)).toMatchObject({ person: { name: 'ada (ADA 2)' }, role: 'reader' });
    expect((await byPassword('ada', 'long enough')).status).toBe(303);
    const all = (await server.call('GET', 'people')).body as { items: { name: string; account: string }[] };
    expect(all.items.filter(({ name }) => name.startsWith('ada'))).toEqual([
      { id: expect.any(String), name: 'ada', account: 'ada' },
      { id: expect.any(String), name: 'ada (ADA 2)', account: 'ADA 2' },
    ]);
  });
});

describe('what comes back', () => {
  const refused = async (response: Response): Promise<void> => {
    expect(response.status).toBe(401);
    expect(await response.text()).toContain('Signing in with Example &lt;ID&gt; did not work');
    expect(response.headers.getSetCookie()).toEqual([]);
  };

  test('is used once', async () => {
    await people(person('anna', ['guests']));
    const browser = new Browser();
    const back = await visit(browser, start(), 'anna');
    expect((await browser.go(back)).status).toBe(303);
    await refused(await browser.go(back));
  });

  test('from another browser is refused, and worth nothing to its own afterwards', async () => {
    const [mine, other] = [new Browser(), new Browser()];
    const back = await visit(mine, start(), 'anna');
    // It is on its way to a provider itself.
    await other.go(start());
    await refused(await other.go(back));
    await refused(await mine.go(back));
    await refused(await new Browser().go(back));
  });

  test('with another state, code, issuer or an error is refused', async () => {
    const changes: readonly ((url: URL) => void)[] = [
      (url) => url.searchParams.set('state', 'x'),
      (url) => url.searchParams.delete('state'),
      (url) => url.searchParams.append('state', 'x'),
      (url) => url.searchParams.set('code', 'x'),
      (url) => url.searchParams.delete('code'),
      (url) => url.searchParams.set('iss', 'https://evil.example'),
      (url) => url.searchParams.delete('iss'),
      (url) => {
        url.searchParams.delete('code');
        url.searchParams.set('error', 'access_denied');
      },
    ];
    for (const change of changes) {
      const browser = new Browser();
      const back = await visit(browser, start(), 'anna');
      change(back);
      await refused(await browser.go(back));
      expect(await me(browser)).toBeUndefined();
    }
  });

  test('of a code that was given for another sign-in is refused', async () => {
    const [mine, other] = [new Browser(), new Browser()];
    const [back, stolen] = [await visit(mine, start(), 'anna'), await visit(other, start(), 'anna')];
    back.searchParams.set('code', stolen.searchParams.get('code') ?? '');
    await refused(await mine.go(back));
  });

  test('leaves nothing of codes and secrets in the log or in the audit log', async () => {
    const browser = new Browser();
    const back = await visit(browser, start(), 'anna');
    const code = back.searchParams.get('code') ?? '';
    back.searchParams.set('iss', 'https://evil.example');
    await refused(await browser.go(back));
    const audit = JSON.stringify((await server.call('GET', 'audit?limit=1000')).body);
    for (const text of [server.log(), audit]) {
      expect(text).not.toContain(code);
      expect(text).not.toContain('a secret of the client');
    }
    expect(server.log()).toContain('a sign-in by OpenID failed');
    expect(audit).toContain('"detail":"oidc"');
    expect(audit).toContain('sign-in-failed');
  });
});

describe('a sign-in', () => {
  test('is begun by our own page or by hand, and bound by a cookie that scripts do not see', async () => {
    const foreign = await new Browser().go(start('/n/x'), { headers: { 'sec-fetch-site': 'cross-site' } });
    expect([foreign.status, foreign.headers.get('location')]).toEqual([303, '/sign-in?to=%2Fn%2Fx']);
    const own = await new Browser().go(start(), { headers: { 'sec-fetch-site': 'same-origin' } });
    expect(own.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^gondola-\d+-pending=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/),
    ]);
    const url = new URL(own.headers.get('location') ?? '');
    expect(url.origin).toBe(openid.origin);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'gondola',
      redirect_uri: `${server.origin}/sign-in/oidc/callback`,
      code_challenge_method: 'S256',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
  });
});

describe('time and other providers, at the provider itself', () => {
  type Clock = { now: number };
  const open = (issuer: string, clock: Clock, warned: string[] = []) =>
    openOidc({
      settings: parseOidc(settings(issuer))!,
      secret: 'a secret of the client',
      pendings: openPendings(() => clock.now),
      now: () => clock.now,
      warn: (what, details) => void warned.push(`${what} ${JSON.stringify(details)}`),
      ask: () => askProvider(issuer, openGuard({ lookup: lookupAll })),
    });
  const setout = { to: '/n/x', origin: 'http://127.0.0.1:1', browser: undefined, network: '127.0.0.1' };

  async function comeBack(by: ReturnType<typeof open>): Promise<{ query: URLSearchParams; browser: string }> {
    const gone = await by.begin(setout);
    if (gone.result !== 'go') throw new Error('the provider is away');
    const back = await visitFrom(new Browser(), gone.url, setout.origin, 'anna');
    return { query: back.searchParams, browser: gone.browser };
  }

  test('a sign-in that took ten minutes is over', async () => {
    const clock = { now: 1e12 };
    const by = open(openid.origin, clock);
    const good = await comeBack(by);
    expect(await by.end(good.query, good.browser)).toMatchObject({
      answer: { result: 'told', told: { identity: { by: 'oidc', issuer: openid.origin, subject: 'sub-anna' } } },
      to: '/n/x',
    });
    const late = await comeBack(by);
    clock.now += 10 * 60 * 1000;
    expect(await by.end(late.query, late.browser)).toEqual({ answer: { result: 'wrong' }, to: '/' });
  });

  test('what one provider gave is nothing at another', async () => {
    const other = await startOpenId();
    try {
      await other.know({ anna: person('anna', ['admins']) });
      const clock = { now: 1e12 };
      const [by, byOther] = [open(openid.origin, clock), open(other.origin, clock)];
      const theirs = await comeBack(byOther);
      const ours = await comeBack(by);
      // A code of theirs in an answer to ours: with their name, with ours, with none.
      for (const iss of [other.origin, openid.origin]) {
        const mixed = await comeBack(by);
        mixed.query.set('code', theirs.query.get('code') ?? '');
        mixed.query.set('iss', iss);
        expect((await by.end(mixed.query, mixed.browser)).answer).toEqual({ result: 'wrong' });
      }
      expect((await by.end(ours.query, ours.browser)).answer.result).toBe('told');
    } finally {
      await other.stop();
    }
  });

  test('one that calls itself by another’s name is not asked', async () => {
    const pretender = await startOpenId(openid.origin);
    try {
      const warned: string[] = [];
      expect(await open(pretender.origin, { now: 1 }, warned).begin(setout)).toEqual({ result: 'away' });
      expect(warned).toEqual([expect.stringContaining('the OpenID provider does not say how it is asked')]);
    } finally {
      await pretender.stop();
    }
  });

  test('one that stops answering is away, for who comes back and for who begins, until it is there again', async () => {
    const brief = await startOpenId();
    await brief.know({ anna: person('anna', ['guests']) });
    const clock = { now: 1e12 };
    const by = open(brief.origin, clock);
    const back = await comeBack(by);
    await brief.stop();
    expect(await by.end(back.query, back.browser)).toEqual({ answer: { result: 'away' }, to: '/n/x' });
    clock.now += 60_000;
    expect(await by.begin(setout)).toEqual({ result: 'away' });
    const again = await startOpenId(undefined, Number(new URL(brief.origin).port));
    try {
      expect((await by.begin(setout)).result).toBe('go');
    } finally {
      await again.stop();
    }
  });
});

test('while the provider is down the page says so, and passwords work', async () => {
  const away = await startServer(copy.path, { env: env('http://127.0.0.1:9') });
  try {
    const response = await fetch(`${away.origin}/sign-in/oidc?to=/n/x`, { redirect: 'manual' });
    const html = await response.text();
    expect([response.status, html]).toEqual([
      503,
      expect.stringContaining('Example &lt;ID&gt; does not answer at the moment.'),
    ]);
    expect(html).toContain('name="to" value="/n/x"');
    const token = await fetch(`${away.origin}/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: away.origin },
      body: new URLSearchParams({ token: away.token }),
    });
    expect(token.status).toBe(303);
    expect(away.log()).toContain('the OpenID provider does not say how it is asked');
  } finally {
    await away.stop();
    copy.remove();
  }
});
