/**
 * Embeds in real pages of other sites: a page that may show the paragraph shows it, one that may not does not, and of what
 * the paragraph hides nothing is in any byte that the frame received.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { notebookAt } from '../../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../support/server.ts';

const TEXT = `---
title: SECRET-title
forms:
  day: {type: date, default: 2001-01-01}
  SECRET_form: SECRET-value
---

SECRET-prose

\`\`\`sql id=table name=SECRET_name
-- SECRET-comment
select 'shown-cell' as label, 7 as n
\`\`\`

\`\`\`sql id=plot
select r as hour, r * 2 as delay, $SECRET_form || '-SECRET-row-' || r as "SECRET-column" from range(5) t(r)
\`\`\`

<!-- gondola {"chart":{"show":"chart","mark":"bar","x":{"column":"hour"},"y":{"column":"delay","aggregate":"sum"}}} -->

\`\`\`ts id=page
html('<p style="color:rgb(1,2,3)">written by a program</p>') // SECRET-script
\`\`\`

\`\`\`sql id=days name=SECRET_days
select 'on ' || $day as said
\`\`\`

\`\`\`sql id=asked
select said from SECRET_days
\`\`\`

\`\`\`sql id=broken
select "SECRET-error" from nothing
\`\`\`
`;
const workspace = makeWorkspace({ 'quarter.nb.md': TEXT });
const pictures = process.env.GONDOLA_TEST_PICTURES;
let server: ServerProcess;
let browser: Browser;
let notebook: string;
/** Of other sites: `localhost` is another site than 127.0.0.1. */
let friend: Site;
let stranger: Site;

type Site = { readonly origin: string; show(path: string): void; readonly http: Server };

async function site(): Promise<Site> {
  let frame = '';
  const http = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><html><title>A wiki</title><h1>A wiki</h1>
      <iframe src="${frame}" width="100%" height="460" style="border:0" referrerpolicy="no-referrer"></iframe></html>`);
  });
  await new Promise<void>((resolve) => http.listen(0, 'localhost', resolve));
  return {
    http,
    origin: `http://localhost:${(http.address() as AddressInfo).port}`,
    show: (path) => {
      frame = `${server.origin}${path}`;
    },
  };
}

type Made = { readonly id: string; readonly url: string };
async function embed(paragraph: string, more: object = {}): Promise<Made> {
  const wish = { paragraphs: [paragraph], embed: { origins: [friend.origin] }, ...more };
  const { status, body } = await server.call('POST', `notebooks/${notebook}/links`, wish);
  expect([status, body]).toEqual([201, expect.objectContaining({ url: expect.stringMatching(/^\/e\/[\w-]{43}$/) })]);
  return body as Made;
}

type Heard = { readonly page: Page; readonly bytes: () => Promise<string>; readonly asked: string[] };
/** A browser, signed in as the owner, that has a page of the site open; all that the server said to it. */
async function reader(on: Site, path: string, options: BrowserContextOptions = {}): Promise<Heard> {
  const context = await browser.newContext({ viewport: { width: 900, height: 640 }, ...options });
  const own = await context.newPage();
  await own.goto(server.address);
  await own.close();
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const heard: Promise<string>[] = [];
  const asked: string[] = [];
  page.on('response', (response) => {
    if (!response.url().startsWith(server.origin)) return;
    const body = response.body().then(
      (bytes) => bytes.toString('utf8'),
      () => '',
    );
    heard.push(
      Promise.all([response.allHeaders(), body, response.request().allHeaders()]).then(
        ([headers, text, sent]) => {
          asked.push(JSON.stringify([response.url(), sent]));
          return `${JSON.stringify(headers)}\n${text}`;
        },
        // What comes as the browser closes.
        () => '',
      ),
    );
  });
  on.show(path);
  await page.goto(on.origin);
  return { page, asked, bytes: async () => (await Promise.all(heard)).join('\n') };
}

/** With what stands around them. */
const secretsIn = (text: string): readonly string[] => text.match(/.{0,60}SECRET.{0,40}/g) ?? [];
const inFrame = (page: Page) => page.frameLocator('iframe').first();

beforeAll(async () => {
  server = await startServer(workspace.path, { env: { GONDOLA_LOG: 'info' } });
  browser = await launchBrowser();
  [friend, stranger] = [await site(), await site()];
  notebook = await notebookAt(server, 'quarter.nb.md');
  expect((await server.call('POST', `notebooks/${notebook}/runs?wait=60`, {})).status).toBe(202);
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  for (const one of [friend, stranger]) one?.http.close();
  workspace.remove();
});

describe('a page of a site that may', () => {
  test('shows a table, without a cookie, a referrer, or anything else of the notebook', async () => {
    const { url } = await embed('table');
    const { page, bytes, asked } = await reader(friend, url);
    await inFrame(page).getByRole('gridcell', { name: 'shown-cell' }).waitFor();
    const said = await bytes();
    expect(said.includes('shown-cell')).toBe(true);
    expect(secretsIn(said)).toEqual([]);
    expect(asked.length).toBeGreaterThan(2);
    expect(asked.join('\n').match(/"(cookie|referer)":"[^"]*"/g) ?? []).toEqual([]);
    if (pictures) await page.screenshot({ path: join(pictures, 'embed-table.png') });
    await page.context().close();
  });

  test('shows a chart, and none of the rows behind it', async () => {
    const { url } = await embed('plot', { embed: { origins: [friend.origin], open: true } });
    for (const colorScheme of ['light', 'dark'] as const) {
      const width = colorScheme === 'dark' ? 390 : 900;
      const { page, bytes } = await reader(friend, url, { colorScheme, viewport: { width, height: 640 } });
      await inFrame(page).locator('.chart-frame svg, .chart-frame canvas').first().waitFor();
      const way = inFrame(page).getByRole('link', { name: 'Open in Gondola' });
      expect(await way.getAttribute('href')).toBe(`/n/${notebook}#plot`);
      expect(secretsIn(await bytes())).toEqual([]);
      if (pictures) await page.screenshot({ path: join(pictures, `embed-chart-${colorScheme}.png`) });
      await page.context().close();
    }
  });

  test('shows HTML of a program in a frame of the frame', async () => {
    const { url } = await embed('page');
    const { page, bytes } = await reader(friend, url);
    const inner = inFrame(page).frameLocator('iframe');
    await inner.getByText('written by a program').waitFor();
    expect(secretsIn(await bytes())).toEqual([]);
    await page.context().close();
  });

  test('tells of a paragraph that failed no more than that', async () => {
    const { url } = await embed('broken');
    const { page, bytes } = await reader(friend, url);
    await inFrame(page).getByText('This paragraph failed').waitFor();
    expect(secretsIn(await bytes())).toEqual([]);
    await page.context().close();
  });

  test('shows what was run since, and nothing two seconds after it was withdrawn', async () => {
    const { url, id } = await embed('table', { code: true });
    const { page } = await reader(friend, url, { locale: 'ko-KR' });
    await inFrame(page).getByText('-- SECRET-comment').waitFor();
    const { body, headers } = await server.call('GET', `notebooks/${notebook}/text`);
    const text = String(body).replace('shown-cell', 'newer-cell');
    const etag = headers.get('etag') ?? '';
    const put = await server.call('PUT', `notebooks/${notebook}/text`, text, {
      'if-match': etag,
      'content-type': 'text/markdown',
    });
    expect(put.status).toBeLessThan(300);
    await server.call('POST', `notebooks/${notebook}/runs?wait=60`, { paragraphs: ['table'] });
    await inFrame(page).getByRole('gridcell', { name: 'newer-cell' }).waitFor();
    const withdrawn = Date.now();
    expect((await server.call('DELETE', `notebooks/${notebook}/links/${id}`)).status).toBe(204);
    await inFrame(page).getByText('더 이상 표시되지 않습니다.').waitFor();
    expect(await inFrame(page).getByText('newer-cell').count()).toBe(0);
    // Two seconds on an idle machine; what is asserted is that it goes.
    expect(Date.now() - withdrawn).toBeLessThan(20_000);
    const refused = await fetch(`${server.origin}/api/v1/notebooks/${notebook}/published`, {
      headers: { authorization: `Embed ${url.slice(3)}` },
    });
    expect(refused.status).toBe(401);
    await page.context().close();
  });
});

describe('values in the address of a frame', () => {
  const cell = (page: Page, name: string) => inFrame(page).getByRole('gridcell', { name });

  test('are not used where the embed reads, and it says so', async () => {
    const { url } = await embed('asked');
    const { page, bytes, asked } = await reader(friend, `${url}?day=2002-02-02`);
    await inFrame(page).getByText('What its address asks for is not used here').waitFor();
    await cell(page, 'on 2001-01-01').waitFor();
    expect(secretsIn(await bytes())).toEqual([]);
    expect(asked.filter((one) => /\/runs["/]/.test(one))).toEqual([]);
    // What sites add to all addresses asks for nothing.
    const plain = await reader(friend, `${url}?utm_source=wiki`);
    await cell(plain.page, 'on 2001-01-01').waitFor();
    expect(await inFrame(plain.page).getByText('What its address asks for').count()).toBe(0);
    for (const one of [page, plain.page]) await one.context().close();
  });

  test('are the frame’s own where the embed takes them, and nobody else’s', async () => {
    const { url } = await embed('asked', { role: 'runner' });
    const frames = await Promise.all(
      ['2002-02-02', '2003-03-03'].map(async (day) => ({ day, ...(await reader(friend, `${url}?day=${day}`)) })),
    );
    for (const { page, day, bytes } of frames) {
      await cell(page, `on ${day}`).waitFor();
      await expect.poll(() => inFrame(page).getByText('Running with the values').count(), { timeout: 20_000 }).toBe(0);
      expect(secretsIn(await bytes())).toEqual([]);
      if (pictures) await page.screenshot({ path: join(pictures, `embed-values-${day}.png`) });
    }
    const wrong = await reader(friend, `${url}?day=someday`, { locale: 'ko-KR', colorScheme: 'dark' });
    await inFrame(wrong.page).getByText('주소에 적힌 값을 쓸 수 없습니다').waitFor();
    await cell(wrong.page, 'on 2001-01-01').waitFor();
    if (pictures) await wrong.page.screenshot({ path: join(pictures, 'embed-values-refused.png') });
    // Of what it does not depend on there is no form, for it.
    const hidden = await reader(friend, `${url}?nothing=x`);
    await inFrame(hidden.page).getByText('What its address asks for is not used here').waitFor();
    // The notebook's page shows what its writers ran.
    const { paragraphs } = (await server.call('GET', `notebooks/${notebook}`)).body as {
      paragraphs: { id: string; run?: { id: string } }[];
    };
    const shared = paragraphs.find(({ id }) => id === 'asked')?.run?.id;
    expect((await server.call('GET', `runs/${shared}`)).body).toMatchObject({ forms: { day: '2001-01-01' } });
    // Who knows the secret and not the frame runs nothing, and finds nothing of the frames.
    const headers = { authorization: `Embed ${url.slice(3)}`, 'content-type': 'application/json' };
    const place = `${server.origin}/api/v1/notebooks/${notebook}`;
    const ask = (body: object, more = {}) =>
      fetch(`${place}/runs`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { ...headers, origin: server.origin, ...more },
      });
    expect((await ask({ paragraphs: ['asked'], forms: { day: '2004-04-04' } })).status).toBe(403);
    expect(await (await fetch(`${place}/published`, { headers })).text()).not.toContain('"own":true');
    const framed = { authorization: `${headers.authorization} ${'a'.repeat(43)}` };
    expect((await ask({ paragraphs: ['days'], forms: { day: '2004-04-04' } }, framed)).status).toBe(404);
    expect((await ask({ forms: { SECRET_form: 'x' } }, framed)).status).toBe(400);
    for (const one of [...frames, wrong, hidden]) await one.page.context().close();
  });
});

describe('whoever else', () => {
  test('has a page on another site is refused by the browser', async () => {
    const { url } = await embed('table');
    const { page } = await reader(stranger, url);
    // What stands in its place is the browser's own page, of an origin that nobody may look into.
    await expect
      .poll(async () => page.frames().some((frame) => frame.url().startsWith('chrome-error://')), { timeout: 20_000 })
      .toBe(true);
    expect(await inFrame(page).getByText('shown-cell').count()).toBe(0);
    const { headers } = await fetch(`${server.origin}${url}`);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy.match(/frame-ancestors[^;]*/g)).toEqual([`frame-ancestors ${friend.origin}`]);
    expect(headers.get('x-frame-options')).toBeNull();
    expect(headers.get('set-cookie')).toBeNull();
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    await page.context().close();
  });

  test('frames any other page of the server is refused as ever', async () => {
    const { url } = await embed('table');
    for (const path of [
      '/',
      `/n/${notebook}`,
      `/p/${notebook}`,
      '/sign-in',
      '/e/nothing',
      `${url}/assets/nothing.html`,
    ]) {
      const { headers } = await fetch(`${server.origin}${path}`);
      expect([path, headers.get('content-security-policy')]).toEqual([
        path,
        expect.stringContaining("frame-ancestors 'none'"),
      ]);
      expect([path, headers.get('x-frame-options')]).toEqual([path, 'DENY']);
    }
  });

  test('has the secret opens nothing else with it, and finds it in no log', async () => {
    const { url } = await embed('table');
    const secret = url.slice(3);
    expect((await fetch(`${server.origin}/s/${secret}`, { redirect: 'manual' })).status).toBe(404);
    const statuses = await Promise.all(
      [
        'notebooks',
        'me',
        'people',
        `notebooks/${notebook}`,
        `notebooks/${notebook}/text`,
        `notebooks/${notebook}/runs`,
        'openapi.json',
      ].map(
        async (path) =>
          (await fetch(`${server.origin}/api/v1/${path}`, { headers: { authorization: `Embed ${secret}` } })).status,
      ),
    );
    expect(new Set(statuses)).toEqual(new Set([403]));
    const asToken = await fetch(`${server.origin}/api/v1/notebooks`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    expect(asToken.status).toBe(401);
    expect(server.log()).toContain('"/e/:secret"');
    expect(server.log()).not.toContain(secret);
  });
});

test('what may embed is named in full: whatever is no origin is refused', async () => {
  for (const wish of [
    { paragraphs: ['table'], embed: { origins: [] } },
    { paragraphs: ['table'], embed: { origins: ['*'] } },
    { paragraphs: ['table'], embed: { origins: ['https://*.example.com'] } },
    { paragraphs: ['table'], embed: { origins: ["https://a.example; script-src 'unsafe-inline'"] } },
    { embed: { origins: ['https://a.example'] } },
    { paragraphs: ['table', 'plot'], embed: { origins: ['https://a.example'] } },
    { paragraphs: ['table'], password: 'long enough', embed: { origins: ['https://a.example'] } },
  ]) {
    const { status } = await server.call('POST', `notebooks/${notebook}/links`, wish);
    expect([wish, status]).toEqual([wish, 400]);
  }
});

describe('on the page of an owner', () => {
  async function opened(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1200, height: 860 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(`${server.origin}/?token=${server.token}&to=/n/${notebook}`);
    await page.getByRole('textbox', { name: 'Your name' }).fill('Olga');
    await page.keyboard.press('Enter');
    await page.getByText('-- SECRET-comment').waitFor();
    return page;
  }
  const dialog = (page: Page) => page.getByRole('dialog');
  const picture = async (page: Page, name: string): Promise<void> => {
    if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`) });
  };

  test('each paragraph offers to be embedded, and the code of the frame shows it', async () => {
    const page = await opened({ colorScheme: 'dark' });
    await page.locator('[data-paragraph="table"]').first().hover();
    await page.locator('[data-paragraph="table"]').getByRole('button', { name: 'Paragraph menu' }).first().click();
    await page.getByRole('menuitem', { name: 'Embed…' }).click();
    const origins = dialog(page).getByRole('textbox', { name: 'Sites that may show it, one a line' });
    await origins.fill('*.example.com');
    await dialog(page).getByRole('button', { name: 'Make the embed' }).click();
    await dialog(page).getByText('is no address of a site').waitFor();
    // As it is pasted from the address bar.
    await origins.fill(`${friend.origin}/wiki/Page?x=1`);
    await picture(page, 'share-embed-dark');
    await dialog(page).getByRole('button', { name: 'Make the embed' }).click();
    const code = await dialog(page).getByRole('textbox', { name: 'Code of the frame' }).inputValue();
    expect(code).toMatch(/^<iframe src="http:\/\/127\.0\.0\.1:\d+\/e\/[\w-]{43}" title="SQL[^"<>]*"/);
    // Told apart from other embeds by what it shows and where, the scheme included.
    await dialog(page)
      .locator('[data-link]', { hasText: 'Embed of “SQL' })
      .filter({ hasText: `in ${friend.origin} · without code` })
      .first()
      .waitFor();
    await picture(page, 'share-embedded-dark');
    const { page: wiki } = await reader(friend, new URL(/src="([^"]+)"/.exec(code)![1]!).pathname);
    await inFrame(wiki).getByRole('gridcell').first().waitFor();
    await wiki.context().close();
    await page.context().close();
  });

  test('a link leads to what its holders see, under a bar that says so, and back', async () => {
    await server.call('POST', `notebooks/${notebook}/links`, { label: 'The board', paragraphs: ['table'] });
    for (const [colorScheme, width] of [
      ['light', 1200],
      ['dark', 390],
    ] as const) {
      const page = await opened({ colorScheme });
      await page.getByRole('button', { name: 'Share', exact: true }).click();
      await picture(page, `share-see-${colorScheme}`);
      await dialog(page).getByRole('link', { name: 'See it as The board does' }).first().click();
      await page.getByText('As whoever has the link “The board” sees it').waitFor();
      await page.getByRole('gridcell').first().waitFor();
      await page.setViewportSize({ width, height: 860 });
      await picture(page, `preview-${colorScheme}`);
      expect(await page.getByText('SECRET-comment').count()).toBe(0);
      await page.getByRole('link', { name: 'Close' }).click();
      await page.getByText('-- SECRET-comment').waitFor();
      await page.context().close();
    }
  });
});
