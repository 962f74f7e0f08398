/**
 * R10: whatever people and programs write, in every place that the page shows it, in a real Chromium on the real server:
 * nothing runs in the page, nobody is asked for anything, and the page stays where it is. Each mechanism is first shown to
 * work where nothing stands in its way, and what is harmless is shown, followed and loaded in the same page.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { words } from '../../../client/words/en.ts';
import { sessionWords } from '../../../client/words/session.ts';
import { counter, keep, wantsRecord } from '../../reliability/record.ts';
import { launchBrowser } from '../../support/browser.ts';
import { recordRuns } from '../../support/outputs.ts';
import { notebookAt } from '../../support/page.ts';
import { makeWorkspace, root, type ServerProcess, startServer } from '../../support/server.ts';
import { type Canary, openCanary } from './canary.ts';
import { mechanisms } from './mechanisms.ts';
import { MAIN, type Made, makeNotebook } from './notebook.ts';
import { makePayloads, type Payload, type Payloads } from './payloads.ts';

let canary: Canary;
let payloads: Payloads;
let made: Made;
let workspace: ReturnType<typeof makeWorkspace>;
let server: ServerProcess;
let browser: Browser;
let id: string;
let owner: Watched;
let guest: Watched;
/** Those that were shown where they belong. */
const seen = new Set<Payload>();

/** On a machine that does much else. */
const PATIENT = { timeout: 30_000 };

type Watched = { readonly page: Page; readonly context: BrowserContext; readonly caught: string[] };

/** A browser that notes whatever is not to happen. */
async function watched(): Promise<Watched> {
  const caught: string[] = [];
  const context = await browser.newContext({ viewport: { width: 1360, height: 1800 } });
  await context.exposeBinding(
    'caught',
    ({ frame }, mark: unknown) => void caught.push(`${String(mark)} in ${frame.url()}`),
  );
  await context.addInitScript(() => {
    Object.assign(globalThis, {
      trap: (mark: unknown) => (globalThis as { caught?: (mark: unknown) => void }).caught?.(mark),
    });
    if (self !== top) return;
    localStorage.setItem('gondola.person', JSON.stringify({ id: 'p-ada', name: 'Ada', color: 3 }));
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on('dialog', (dialog) => {
    caught.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on('page', (other) => caught.push(`another page: ${other.url()}`));
  context.on('response', (response) => {
    const url = new URL(response.url());
    if (/^https?:$/.test(url.protocol) && url.origin !== server.origin) caught.push(`an answer of ${url.href}`);
  });
  page.on('framenavigated', (frame) => {
    const url = new URL(frame.url());
    if (/^https?:$/.test(url.protocol) && url.origin !== server.origin) caught.push(`it went to ${url.href}`);
    if (frame === page.mainFrame() && url.protocol === 'javascript:') caught.push('a script as an address');
  });
  return { page, context, caught };
}

const by = (one: Payload | undefined): Record<string, string> =>
  one ? { 'gondola-person': `p-${one.mark} ${encodeURIComponent(one.text)}` } : {};
const call = async (method: string, path: string, body?: unknown, headers?: Record<string, string>) => {
  const answer = await server.call(method, path, body, headers);
  expect([method, path, answer.status < 300 ? 'fine' : JSON.stringify(answer.body)]).toEqual([method, path, 'fine']);
  return answer.body;
};

beforeAll(async () => {
  canary = await openCanary(mechanisms);
  payloads = makePayloads(canary.address);
  made = makeNotebook(payloads, canary.address);
  workspace = makeWorkspace(made.files);
  const first = await startServer(workspace.path);
  id = await notebookAt(first, MAIN);
  await first.stop();
  await recordRuns(workspace.path, id, made.recorded);
  server = await startServer(workspace.path);
  browser = await launchBrowser();
  await call('POST', `notebooks/${id}/runs?wait=60`, { paragraphs: made.run });
  for (const [at, one] of payloads.versions.entries())
    await call('POST', `notebooks/${id}/versions`, { name: one.text }, by(payloads.people[at]));
  for (const one of payloads['labels of links'])
    await call('POST', `notebooks/${id}/links`, { role: 'reader', label: one.text });
  const link = (await call('POST', `notebooks/${id}/links`, { role: 'reader', code: true })) as { url: string };
  owner = await watched();
  guest = await watched();
  await owner.page.goto(`${server.address}&to=/`);
  await guest.page.goto(`${server.origin}${link.url}`);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  canary?.close();
  workspace?.remove();
});

/** Each of them stands there as text, whole enough that its mark is read. */
async function shows(page: Page, all: readonly Payload[], where = 'body'): Promise<void> {
  const told = page.locator(where).first();
  const missing = async (): Promise<readonly string[]> => {
    const text = (await page.locator(where).allTextContents()).join('\n');
    return all.filter(({ mark }) => !text.includes(mark)).map(({ class: name, what }) => `${name}: ${what}`);
  };
  await told.waitFor({ state: 'attached' });
  await expect.poll(missing, PATIENT).toEqual([]);
  for (const one of all) seen.add(one);
}

const place = (page: Page, paragraph: string) => page.locator(`main [data-paragraph="${paragraph}"]`).first();

/** Goes to each paragraph in turn, as what is far from view is not drawn; what each shows, as text. */
async function read(page: Page, paragraphs: readonly string[]): Promise<string> {
  const texts: string[] = [];
  for (const paragraph of paragraphs) {
    const one = place(page, paragraph);
    await one.scrollIntoViewIfNeeded();
    const drawn = async (): Promise<string> => {
      const text = (await one.textContent()) ?? '';
      texts[paragraphs.indexOf(paragraph)] = text;
      return text;
    };
    await expect.poll(drawn, { timeout: 30_000, interval: 20 }).not.toBe('');
  }
  return texts.join('\n');
}

/** Links that lead to what is no page, as the browser reads them. */
const leads = (page: Page): Promise<readonly string[]> =>
  page.locator('a[href], area[href], form[action]').evaluateAll((all) =>
    all
      .map((one) => new URL(one.getAttribute('href') ?? one.getAttribute('action') ?? '', location.href))
      .filter(({ protocol }) => !['http:', 'https:', 'mailto:', 'blob:'].includes(protocol))
      .map(({ href }) => href),
  );

/** Goes there, and waits until the frame there stands, or it is said why there is none. */
async function look(page: Page, paragraph: string): Promise<void> {
  const one = place(page, paragraph);
  const drawn = async (): Promise<number> => {
    await one.scrollIntoViewIfNeeded();
    return one.locator('.framed iframe:not(.coming), .output-error, .made-trouble, .framed img').count();
  };
  await expect.poll(drawn, { timeout: 30_000, interval: 20 }).toBeGreaterThan(0);
}

/** Of Markdown, what becomes part of an address, or is no text. */
const UNSEEN: readonly string[] = [
  'a script with a tab',
  'the end of the words of a picture',
  'the end of the title of a picture',
  'the end of the title of a link',
  'the end of an address',
  'the language of code',
  'a comment of ours',
];

describe('the trap', () => {
  it('catches every mechanism where nothing stands in its way', async () => {
    const free = await browser.newPage();
    await free.goto(`${canary.address}/free`);
    const silent = (): readonly string[] =>
      mechanisms.filter((_, at) => !canary.asked.includes(`free${at}`)).map(({ what }) => what);
    await expect.poll(silent, PATIENT).toEqual([]);
    await free.close();
  });

  it('is set in the page itself', async () => {
    await owner.page.evaluate(() => (globalThis as unknown as { trap(mark: string): void }).trap('control'));
    await expect.poll(() => owner.caught, PATIENT).toEqual([expect.stringMatching(/^control in http/)]);
    owner.caught.length = 0;
    canary.forget();
  });
});

describe('what is hostile is text', () => {
  it('in the list of notebooks and folders', async () => {
    const { page } = owner;
    await page.getByRole('list').first().waitFor();
    await shows(page, payloads.files);
    await page.goto(`${server.origin}/?folder=titles`);
    await shows(page, payloads.titles);
    await page.goto(`${server.origin}/?folder=front`);
    await expect.poll(() => page.locator('[data-notebook]').count(), PATIENT).toBe(payloads['front matter'].length);
    for (const one of payloads['front matter']) seen.add(one);
  });

  it('in prose, errors and texts of a notebook', async () => {
    const { page } = owner;
    await page.goto(`${server.origin}/n/${id}`);
    const told = await read(page, made.prose);
    expect(payloads.Markdown.filter(({ mark }) => !told.includes(mark)).map(({ what }) => what)).toEqual(UNSEEN);
    for (const one of payloads.Markdown) seen.add(one);
    expect(await leads(page)).toEqual([]);
    await place(page, 'errors').scrollIntoViewIfNeeded();
    await shows(page, payloads.errors, '[data-paragraph="errors"] .outputs');
    await place(page, 'texts').scrollIntoViewIfNeeded();
    await shows(page, payloads.text, '[data-paragraph="texts"] .outputs');
    await place(page, 'ansi').scrollIntoViewIfNeeded();
    await shows(
      page,
      payloads.ANSI.filter(({ what }) => what !== 'a link that never ends'),
      '[data-paragraph="ansi"] .outputs',
    );
    for (const one of payloads.ANSI) seen.add(one);
    await place(page, 'markdown').scrollIntoViewIfNeeded();
    await page.locator('[data-paragraph="markdown"] .reading').waitFor();
  });

  it('in frames: HTML, drawings and charts', async () => {
    const { page } = owner;
    for (const paragraph of made.framed) await look(page, paragraph);
    for (const name of ['HTML', 'SVG', 'charts'] as const) for (const one of payloads[name]) seen.add(one);
  });

  it('in tables and charts of tables', async () => {
    const { page } = owner;
    const within = (name: string, of: readonly Payload[]) => async (): Promise<void> => {
      const size = made.run.filter((one) => one.startsWith(name)).length;
      const each = Math.ceil(of.length / size);
      for (let at = 0; at < size; at += 1) {
        await place(page, `${name}${at}`).scrollIntoViewIfNeeded();
        await shows(page, of.slice(at * each, (at + 1) * each), `main [data-paragraph="${name}${at}"] .outputs`);
      }
    };
    await within('columns-', payloads.columns)();
    await within('cells-', payloads.cells)();
    for (const paragraph of made.run.filter((one) => one.startsWith('labels-'))) {
      await place(page, paragraph).scrollIntoViewIfNeeded();
      await place(page, paragraph).locator('.outputs canvas, .outputs svg').first().waitFor();
      await place(page, paragraph).locator('.outputs canvas, .outputs svg').first().hover();
    }
    for (const one of payloads['labels of charts']) seen.add(one);
  });

  it('among completions', async () => {
    const { page } = owner;
    await place(page, 'asking').scrollIntoViewIfNeeded();
    await place(page, 'asking').locator('.source').click();
    await place(page, 'asking').locator('.source[data-editor] textarea').first().waitFor({ state: 'attached' });
    await page.keyboard.press('Control+a');
    await page.keyboard.type('select * from ');
    await page.keyboard.press('Control+Space');
    const rows = page.locator('.suggest-widget.visible .monaco-list-row');
    await rows.first().waitFor();
    const told = new Set<string>();
    for (let at = 0; at < payloads.completions.length * 2; at += 1) {
      for (const text of await rows.allTextContents()) told.add(text);
      await page.keyboard.press('PageDown');
      if ([...told].filter((text) => /m\d+m/.test(text)).length >= payloads.completions.length) break;
    }
    expect([...told].some((text) => text.includes(payloads.completions[0]!.mark))).toBe(true);
    for (const one of payloads.completions) seen.add(one);
    await page.keyboard.press('Escape');
  });

  it('in the history, and in what is shared', async () => {
    const { page } = owner;
    await page.getByRole('button', { name: words.bar.session }).click();
    await page.getByRole('menuitem', { name: sessionWords.history }).click();
    await shows(page, [...payloads.versions, ...payloads.people]);
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await shows(page, payloads['labels of links'], 'dialog, [role="dialog"]');
  });

  it('in the trash and the audit log', async () => {
    const { page } = owner;
    const list = (await call('GET', 'notebooks?limit=1000')) as { items: { id: string; path: string }[] };
    const titled = list.items.filter(({ path }) => path.startsWith('titles/'));
    for (const [at, one] of titled.entries())
      await call('DELETE', `notebooks/${one.id}`, undefined, by(payloads.people[at]));
    await page.goto(`${server.origin}/?trash`);
    await shows(page, [...payloads.titles, ...payloads.people]);
    await page.goto(`${server.origin}/?audit`);
    await shows(page, payloads.people);
  });

  it('on the page of a link', async () => {
    const { page } = guest;
    await page.locator('main[data-ready]').waitFor();
    const paragraphs = await page
      .locator('main [data-paragraph]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-paragraph')!));
    expect(paragraphs.length).toBeGreaterThan(60);
    for (const paragraph of made.framed.filter((_, at) => at % 12 === 0)) await look(page, paragraph);
  });
});

describe('afterwards', () => {
  it('nothing ran in the page, nobody was asked for anything, nothing was opened or left', async () => {
    expect({
      owner: owner.caught,
      guest: guest.caught,
      asked: canary.asked,
      connections: canary.connections(),
    }).toEqual({
      owner: [],
      guest: [],
      asked: [],
      connections: 0,
    });
    for (const { page } of [owner, guest]) {
      expect(new URL(page.url()).origin).toBe(server.origin);
      expect(await page.evaluate(() => document.cookie)).not.toMatch(/m\d+m/);
    }
    const all = Object.values(payloads).flat();
    expect(all.length).toBeGreaterThanOrEqual(300);
    expect(new Set(all.map((one) => one.class)).size).toBeGreaterThanOrEqual(8);
    expect(all.filter((one) => !seen.has(one)).map(({ class: name, what }) => `${name}: ${what}`)).toEqual([]);
    const { held, counts } = counter(all);
    for (const one of all) held(one);
    if (wantsRecord()) keep(root, { figure: 'R10', part: 'payloads', counts: counts() });
  });

  it('what is harmless is shown, and a link leads where it says', async () => {
    const { page } = owner;
    await page.goto(`${server.origin}/n/${id}`);
    const controls = page.locator('main [data-paragraph="controls"]');
    const picture = controls.getByAltText('a picture');
    const width = async (): Promise<number> => {
      // The page goes back to where one was, which may be after this.
      await controls.scrollIntoViewIfNeeded();
      return picture.evaluate((image) => (image as HTMLImageElement).naturalWidth);
    };
    await expect.poll(width, PATIENT).toBe(1);
    await look(page, 'harmless');
    const frame = page.locator('[data-paragraph="harmless"] .framed iframe:not(.coming)').contentFrame();
    expect(await frame.locator('h1').innerText()).toBe('Harmless');
    await controls.scrollIntoViewIfNeeded();
    await controls.getByText('legal').click();
    await expect.poll(() => canary.asked, PATIENT).toContain('legal');
  });
});
