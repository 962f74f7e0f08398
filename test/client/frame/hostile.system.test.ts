/**
 * What people and programs write is hostile: in a real Chromium, on the real server, no output reaches anything. Each way
 * is shown to work where nothing stands in its way, so that what the test sees is the wall.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Browser, Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { made } from '../../../client/words/made.ts';
import { launchBrowser } from '../../support/browser.ts';
import { recordRuns } from '../../support/outputs.ts';
import { notebookAt, type Visitor, visit } from '../../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../support/server.ts';
import { attempts, payloads } from './payloads.ts';

type Away = { readonly address: string; readonly asked: string[]; connections: number; readonly server: Server };

let browser: Browser;
let workspace: ReturnType<typeof makeWorkspace>;
let server: ServerProcess;
/** Where nothing stands in the way; and where nobody may ever come. */
let free: Away;
let away: Away;
let ada: Visitor;
/** What was answered to a page or a frame: what a policy holds back is asked for by nobody. */
const answered: string[] = [];

async function openAway(): Promise<Away> {
  const asked: string[] = [];
  const http = createServer((request, response) => {
    const page = Number(/^\/page-(\d+)$/.exec(request.url ?? '')?.[1] ?? -1);
    if (page >= 0) {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(`<!doctype html><body>${payloads[page]!.html(`${found.address}/${page}`)}`);
      return;
    }
    asked.push(request.url ?? '');
    response.setHeader('access-control-allow-origin', '*');
    response.end();
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const found: Away = { address: `http://127.0.0.1:${port}`, asked, connections: 0, server: http };
  http.on('connection', () => {
    found.connections += 1;
  });
  return found;
}

/** Each has a path of its own there: a request that should not have come says whose it is. */
const placeOf = (name: string): string => `${away.address}/${name.replaceAll(' ', '-')}`;
const shown = (index: number): string => `p${index}`;
const text = (html: readonly string[]): string =>
  html.map((_, index) => `\`\`\`typescript id=${shown(index)}\nhtml(…)\n\`\`\`\n`).join('\n');

beforeAll(async () => {
  [free, away] = await Promise.all([openAway(), openAway()]);
  const html = payloads.map(({ html, name }) => `<p>before</p>${html(placeOf(name))}<p>after</p>`);
  const specs = ['frame', 'chart'];
  workspace = makeWorkspace({ 'hostile.nb.md': `# Hostile\n\n${text([...html, ...specs])}` });
  const first = await startServer(workspace.path);
  const id = await notebookAt(first, 'hostile.nb.md');
  await first.stop();
  const chart = {
    data: { url: `${away.address}/data.json` },
    mark: { type: 'image', url: `${away.address}/mark.png` },
  };
  await recordRuns(workspace.path, id, [
    ...html.map((source, index) => ({
      paragraph: shown(index),
      interpreter: 'typescript',
      source: 'html(…)',
      outputs: [{ kind: 'html' as const, html: source }],
    })),
    {
      paragraph: shown(html.length),
      interpreter: 'typescript',
      source: 'html(…)',
      outputs: [{ kind: 'html' as const, html: '<h1>Harmless</h1><p style="color: rgb(1, 2, 3)">as it is</p>' }],
    },
    {
      paragraph: shown(html.length + 1),
      interpreter: 'typescript',
      source: 'html(…)',
      outputs: [{ kind: 'chart' as const, spec: JSON.stringify(chart), data: [] }],
    },
  ]);
  server = await startServer(workspace.path);
  browser = await launchBrowser();
  ada = await visit(browser, server, { name: 'Ada', to: `/n/${id}` });
  ada.page.context().on('response', (response) => {
    const request = response.request();
    // The service worker asks for files of the page alone, and has no frame.
    const isFrame = !request.serviceWorker() && request.frame() !== ada.page.mainFrame();
    const isOurs = response.url().startsWith('blob:') || response.url().includes('/assets/frame-');
    if (isFrame && !isOurs) answered.push(response.url());
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  for (const one of [free, away]) one?.server.close();
  workspace?.remove();
});

/** The one that was looked at last. */
let near: { readonly index: number; readonly frame: Frame } | undefined;

/** The document inside the frame of a paragraph, brought into view and left alone until the page around it is quiet. */
async function frameOf(index: number): Promise<Frame> {
  const { page } = ada;
  if (near?.index === index && !near.frame.isDetached()) return near.frame;
  const place = page.locator(`[data-paragraph="${shown(index)}"]`);
  for (let attempt = 0; attempt < 10; attempt += 1) {
    await place.scrollIntoViewIfNeeded();
    const element = await place.locator('.framed iframe:not(.coming)').elementHandle({ timeout: 30_000 });
    const frame = await element?.contentFrame();
    await page.waitForTimeout(300);
    // What is above it may still find its height, and push it out of sight.
    if (!frame || frame.isDetached()) continue;
    near = { index, frame };
    return frame;
  }
  throw new Error(`there is no frame in ${shown(index)}`);
}

const reached = () => ({ asked: away.asked, connections: away.connections, answered });
const NOTHING = { asked: [], connections: 0, answered: [] };
/** Long enough for what was set off to have come. */
const later = () => ada.page.waitForTimeout(1_000);

describe('HTML of a program', () => {
  it.each(payloads.map((payload, index) => ({ ...payload, index })))(
    'reaches nothing by $name',
    async ({ index, clicks, name }) => {
      // Where nothing stands in its way, it does.
      const open = await browser.newPage();
      await open.goto(`${free.address}/page-${index}`).catch(() => undefined);
      if (clicks) {
        for (const target of await open.locator('a, button').all()) {
          await target.click({ timeout: 1000, noWaitAfter: true }).catch(() => undefined);
          await open.waitForTimeout(100);
          if (!open.url().endsWith(`page-${index}`)) await open.goBack().catch(() => undefined);
        }
      }
      const came = (): boolean => free.asked.some((path) => path.startsWith(`/${index}/`));
      await expect.poll(came, { timeout: 10_000 }).toBe(true);
      await open.close();

      const frame = await frameOf(index);
      await expect.poll(() => frame.locator('main').innerText()).toContain('before');
      for (const target of await frame.locator('a, button, area, summary').all())
        await target.click({ timeout: 500, force: true, noWaitAfter: true }).catch(() => undefined);
      expect({ name, ...reached() }).toEqual({ name, ...NOTHING });
    },
  );

  it('has reached nothing a while after either', async () => {
    await later();
    expect(reached()).toEqual(NOTHING);
    expect(ada.page.context().pages()).toHaveLength(1);
    expect(ada.page.url()).toContain('/n/');
  });

  it('shows what is harmless as it is', async () => {
    const frame = await frameOf(payloads.length);
    expect(await frame.locator('h1').innerText()).toBe('Harmless');
    expect(await frame.locator('p').evaluate((element) => getComputedStyle(element).color)).toBe('rgb(1, 2, 3)');
  });

  it('leaves the caret where it is, and gives its own back by Escape', async () => {
    const frame = await frameOf(payloads.length);
    const { page } = ada;
    const focused = () =>
      page.evaluate(() => document.activeElement?.getAttribute('data-paragraph') ?? document.activeElement?.tagName);
    const before = page.locator(`[data-paragraph="${shown(payloads.length - 1)}"]`);
    await before.evaluate((element) => element.focus({ preventScroll: true }));
    expect(await focused()).toBe(shown(payloads.length - 1));
    await frame.evaluate(() => dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' })));
    await page.waitForTimeout(300);
    expect(await focused()).toBe(shown(payloads.length - 1));
    await frame.locator('h1').click();
    expect(await focused()).toBe('IFRAME');
    await page.keyboard.press('Escape');
    await expect.poll(focused).toBe(shown(payloads.length));
  });

  it('says where a link leads, and leads there only from the page', async () => {
    const index = payloads.findIndex(({ name }) => name === 'ways out of the frame');
    const frame = await frameOf(index);
    await frame.getByText('blank').click();
    const link = ada.page.locator(`[data-paragraph="${shown(index)}"] .made-link a`);
    await link.waitFor();
    expect(await link.getAttribute('href')).toBe(`${placeOf('ways out of the frame')}/blank`);
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer');
  });
});

describe('the policy alone', () => {
  it('holds markup that nobody cleaned', async () => {
    const frame = await frameOf(payloads.length);
    for (const { html, name } of payloads) {
      if (name === 'hints' || name === 'meta refresh') continue;
      await frame.evaluate(
        (markup) => {
          const part = document.createElement('div');
          part.innerHTML = markup;
          document.querySelector('main')!.append(part);
        },
        html(placeOf(`uncleaned ${name}`)),
      );
    }
    await later();
    // No policy speaks of connections that are opened ahead: those are what the cleaning is for.
    expect({ ...reached(), connections: 0 }).toEqual(NOTHING);
    away.connections = 0;
    await frame.evaluate(() => document.querySelector('main')!.replaceChildren());
  });

  it.each(Object.keys(attempts))('holds a script that ran after all: %s', async (name) => {
    const frame = await frameOf(payloads.length);
    const outcome = await frame.evaluate(`(${attempts[name]!.toString()})(${JSON.stringify(placeOf(name))})`).then(
      () => 'returned',
      (error: Error) => error.message,
    );
    expect(reached()).toEqual(NOTHING);
    if (['parent', 'storage', 'cookie', 'top', 'eval'].includes(name)) expect(outcome).not.toBe('returned');
  });

  it('has held them a while after too', async () => {
    await later();
    expect(reached()).toEqual(NOTHING);
    expect(ada.page.context().pages()).toHaveLength(1);
    expect(ada.page.url()).toContain('/n/');
  });

  it('removes a frame that goes elsewhere', async () => {
    const frame = await frameOf(payloads.length);
    await frame.evaluate((address) => void location.assign(`${address}/gone`), away.address).catch(() => undefined);
    const place = ada.page.locator(`[data-paragraph="${shown(payloads.length)}"]`);
    await place.getByText(made.left).waitFor();
    expect(await place.locator('iframe').count()).toBe(0);
    expect(away.asked).toEqual([]);
  });
});

describe('a chart of a program', () => {
  it('loads nothing, and says so', async () => {
    const { page } = ada;
    // Whoever is on the way elsewhere may open a connection before he is stopped.
    away.connections = 0;
    answered.length = 0;
    const place = page.locator(`[data-paragraph="${shown(payloads.length + 1)}"]`);
    await place.scrollIntoViewIfNeeded();
    await place.getByText('A chart loads nothing').waitFor({ timeout: 30_000 });
    expect(reached()).toEqual(NOTHING);
  });
});
