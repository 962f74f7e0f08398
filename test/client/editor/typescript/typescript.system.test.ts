/** TypeScript as people write it: a real Chromium on the built server, the compiler in its worker, under the page's policy. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../../support/browser.ts';
import { notebookAt, type Visitor, visit } from '../../../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../../support/server.ts';

const FILLER = Array.from(
  { length: 40 },
  (_, n) => `Prose ${n} that fills the page.\n\n\`\`\`sql id=s${n}\nselect ${n}\n\`\`\`\n`,
);
const workspace = makeWorkspace({
  'typed.nb.md': [
    '# Typed\n',
    '```sql id=flights name=flights\nselect 1 as delay, 2 as origin\n```\n',
    '```ts id=first\nconst answer = 42\n```\n',
    '```ts id=second\nconst answer = "a text"\n```\n',
    '```ts id=third\n\n```\n',
    '```sh id=shell\necho hi\n```\n',
  ].join('\n'),
  'long.nb.md': ['# Long\n', '```ts id=top\nconst early = [1, 2]\n```\n', ...FILLER, '```ts id=last\n\n```\n'].join(
    '\n',
  ),
});
let server: ServerProcess;
let browser: Browser;
let ann: Visitor;
let typed: string;
const workers: string[] = [];

beforeAll(async () => {
  server = await startServer(workspace.path);
  browser = await launchBrowser();
  typed = await notebookAt(server, 'typed.nb.md');
  await server.call('POST', `notebooks/${typed}/runs?wait=60`, { paragraphs: ['flights'] });
  ann = await visit(browser, server, { name: 'Ann', to: `/n/${typed}`, patience: 30_000 });
  ann.page.on('worker', (worker) => workers.push(worker.url()));
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace.remove();
});

const paragraph = (page: Page, id: string) => page.locator(`[data-paragraph="${id}"]`);
const suggested = (page: Page) => page.locator('.suggest-widget.visible .monaco-list-row');

async function open(page: Page, id: string): Promise<void> {
  await paragraph(page, id).locator('.source').click();
  await paragraph(page, id).locator('.source[data-editor] textarea').first().waitFor({ state: 'attached' });
}

async function clear(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
}

const offered = async (page: Page): Promise<string[]> => {
  await suggested(page).first().waitFor();
  return suggested(page).locator('.label-name').allTextContents();
};

describe('TypeScript in the page', () => {
  it('loads the compiler with the first TypeScript paragraph that gets an editor, and not before', async () => {
    await open(ann.page, 'flights');
    expect(workers.filter((url) => url.includes('/assets/worker-'))).toEqual([]);
    await open(ann.page, 'third');
    await expect.poll(() => workers.filter((url) => url.includes('/assets/worker-')).length).toBe(1);
  });

  it('offers the verbs of a table', async () => {
    await ann.page.keyboard.type('table("flights").');
    await expect.poll(() => offered(ann.page), { timeout: 20_000 }).toContain('filter');
    await ann.page.keyboard.type('li');
    await expect.poll(() => offered(ann.page)).toContain('limit');
    await ann.page.keyboard.press('Escape');
  });

  it('offers the names of tables inside table(…)', async () => {
    await clear(ann.page);
    await ann.page.keyboard.type("table('");
    await expect.poll(() => offered(ann.page)).toEqual(['flights']);
    await ann.page.keyboard.press('Enter');
    await ann.page.keyboard.press('End');
    await expect
      .poll(() => paragraph(ann.page, 'third').locator('.view-line').first().textContent())
      .toBe("table('flights')");
  });

  it('completes a variable of an earlier paragraph and shows its type', async () => {
    await clear(ann.page);
    await ann.page.keyboard.type('answ');
    await expect.poll(() => offered(ann.page)).toEqual(['answer']);
    await ann.page.keyboard.press('Enter');
    await ann.page.keyboard.press('Escape');
    await open(ann.page, 'third');
    await paragraph(ann.page, 'third').locator('.view-line span', { hasText: 'answer' }).last().hover();
    await expect
      .poll(() => ann.page.locator('.monaco-hover').first().textContent())
      .toContain('const answer: "a text"');
    await ann.page.mouse.move(0, 0);
  });

  it('marks what can’t run in red and what types doubt in amber, and a name declared again not at all', async () => {
    const squiggles = (kind: string) => paragraph(ann.page, 'third').locator(`.squiggly-${kind}`);
    await open(ann.page, 'second');
    await open(ann.page, 'third');
    await clear(ann.page);
    await ann.page.keyboard.type('missing');
    await ann.page.keyboard.press('Escape');
    await squiggles('error').first().waitFor({ state: 'attached' });
    // Asked about before this one was.
    expect(await paragraph(ann.page, 'second').locator('.source[data-editor]').count()).toBe(1);
    expect(await paragraph(ann.page, 'second').locator('[class*="squiggly"]').count()).toBe(0);
    await open(ann.page, 'third');
    await clear(ann.page);
    await ann.page.keyboard.type('const n: number = "text"');
    await squiggles('warning').first().waitFor({ state: 'attached' });
    expect(await squiggles('error').count()).toBe(0);
  });

  it('follows what a colleague writes in another paragraph', async () => {
    await open(ann.page, 'third');
    await clear(ann.page);
    await ann.page.keyboard.type('byBen');
    await ann.page.keyboard.press('Escape');
    await paragraph(ann.page, 'third').locator('.squiggly-error').first().waitFor({ state: 'attached' });
    const ben = await visit(browser, server, { name: 'Ben', to: `/n/${typed}`, patience: 30_000 });
    await paragraph(ben.page, 'first').locator('.source').click();
    await ben.page.keyboard.press('Control+End');
    await ben.page.keyboard.type('; const byBen = 1');
    await expect.poll(() => paragraph(ann.page, 'third').locator('.squiggly-error').count()).toBe(0);
    expect(ben.problems).toEqual([]);
    await ben.close();
  });

  it('knows paragraphs that were never near the window, after a reload too', async () => {
    const long = await notebookAt(server, 'long.nb.md');
    await ann.page.goto(`${server.origin}/n/${long}#last`);
    await open(ann.page, 'last');
    await ann.page.keyboard.type('early.ma');
    await expect.poll(() => offered(ann.page), { timeout: 20_000 }).toContain('map');
    await ann.page.reload();
    await open(ann.page, 'last');
    await ann.page.keyboard.press('Control+End');
    await ann.page.keyboard.type('p');
    await expect.poll(() => offered(ann.page), { timeout: 20_000 }).toContain('map');
  });

  it('broke nothing and asked for nothing that the content policy forbids', () => {
    expect(ann.problems).toEqual([]);
  });
});
