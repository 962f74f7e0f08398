/**
 * The journey: a newcomer opens the printed address in a real Chromium, writes, runs, shares the page with a colleague, drops
 * a file, reloads, and finds everything after the server was killed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { words } from '../../client/words/en.ts';
import { launchBrowser } from '../support/browser.ts';
import { notebookAt, type Visitor, visit } from '../support/page.ts';
import { copySamples, root, type ServerProcess, startServer, steadyPort } from '../support/server.ts';

let browser: Browser;
let workspace: ReturnType<typeof copySamples>;
let server: ServerProcess;
let welcome: string;
let ada: Visitor;

beforeAll(async () => {
  workspace = copySamples();
  server = await startServer(workspace.path, { port: await steadyPort() });
  browser = await launchBrowser();
  welcome = await notebookAt(server, 'welcome.nb.md');
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace?.remove();
});

const paragraph = (page: Page, id: string) => page.locator(`[data-paragraph="${id}"]`);
const state = (page: Page, id: string, wanted: string) =>
  page
    .locator(`[data-paragraph="${id}"] [data-state="${wanted}"], [data-paragraph="${id}"][data-state="${wanted}"]`)
    .first();
const saved = (page: Page) => page.getByText(words.save.saved, { exact: true }).first().waitFor({ timeout: 15_000 });

/** Puts the caret at the end of a paragraph's text, whatever lies over it: its plain field, or nothing yet. */
async function writeIn(page: Page, id: string, at: string): Promise<void> {
  await paragraph(page, id).scrollIntoViewIfNeeded();
  await paragraph(page, id).getByText(at, { exact: false }).first().click({ force: true });
  await page.keyboard.press('Control+End');
}

describe('a newcomer', () => {
  it('is asked for a name once, and finds the samples', async () => {
    ada = await visit(browser, server);
    const { page } = ada;
    await page.getByRole('textbox', { name: words.person.label }).fill('Ada');
    await page.getByRole('button', { name: words.person.done }).click();
    await page.getByRole('link', { name: 'Welcome to Gondola' }).click();
    await page.getByRole('heading', { name: 'Welcome to Gondola' }).waitFor();
    expect(page.url()).toContain(`/n/${welcome}`);
    expect(page.url()).not.toContain('token');
  });

  it('runs a paragraph with Shift+Enter and sees its table', async () => {
    const { page } = ada;
    await writeIn(page, 'hello', 'greeting');
    await page.keyboard.press('Shift+Enter');
    await state(page, 'hello', 'done').waitFor();
    await paragraph(page, 'hello').locator('.grid-cell', { hasText: '42' }).waitFor();
  });

  it('runs all, and scrolls to the last of three million rows', async () => {
    const { page } = ada;
    await page.getByRole('button', { name: new RegExp(`^${words.bar.runAll}`) }).click();
    for (const id of ['flights', 'by-hour', 'worst']) await state(page, id, 'done').waitFor({ timeout: 60_000 });
    await paragraph(page, 'flights').getByText('3,000,000 rows').first().waitFor();
    await paragraph(page, 'flights')
      .locator('.grid')
      .evaluate((grid) => {
        grid.scrollTop = grid.scrollHeight;
      });
    await paragraph(page, 'flights')
      .locator('.grid-number', { hasText: /^3,?000,?000$/ })
      .waitFor();
    await paragraph(page, 'worst').locator('.grid-cell', { hasText: 'JFK' }).waitFor();
  });

  it('has seen no error and no violation of the page’s policy', () => {
    expect(ada.problems).toEqual([]);
  });
});

describe('a colleague', () => {
  let grace: Visitor;

  it('opens the same address and writes in the same paragraph', async () => {
    grace = await visit(browser, server, { name: '게스트', to: `/n/${welcome}` });
    await writeIn(grace.page, 'hello', 'greeting');
    await grace.page.keyboard.type(", '안녕' as korean");
    await paragraph(ada.page, 'hello').getByText('korean').first().waitFor();
    await saved(grace.page);
  });

  it('is seen: name and caret', async () => {
    await ada.page
      .getByRole('button', { name: /게스트/ })
      .first()
      .waitFor();
    await paragraph(ada.page, 'hello').locator('[data-name="게스트"]').first().waitFor();
  });

  it('sees that the text changed since the run, and the other’s run of it', async () => {
    await paragraph(grace.page, 'hello').getByText(words.paragraph.stale).first().waitFor();
    await writeIn(ada.page, 'hello', 'greeting');
    await ada.page.keyboard.press('Control+Enter');
    await paragraph(grace.page, 'hello').locator('.grid-cell', { hasText: '안녕' }).waitFor();
    await grace.close();
  });
});

describe('a dropped file', () => {
  it('becomes a table', async () => {
    const { page } = ada;
    const transfer = await page.evaluateHandle(() => {
      const data = new DataTransfer();
      data.items.add(new File(['city,people\nSeoul,9400000\nBerlin,3700000\n'], 'cities.csv', { type: 'text/csv' }));
      return data;
    });
    for (const type of ['dragenter', 'dragover', 'drop'])
      await page.dispatchEvent('main', type, { dataTransfer: transfer });
    await page.locator('.grid-cell', { hasText: 'Seoul' }).waitFor({ timeout: 15_000 });
    await saved(page);
    expect(readFileSync(join(workspace.path, 'data', 'cities.csv'), 'utf8')).toContain('Berlin');
  });

  it('of a spreadsheet becomes one too, and says which sheets there are', async () => {
    const { page } = ada;
    const bytes = readFileSync(join(root, 'test', 'fixtures', 'xlsx', 'kinds.xlsx')).toString('base64');
    const transfer = await page.evaluateHandle((base64) => {
      const data = new DataTransfer();
      const content = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      data.items.add(new File([content], 'kinds.xlsx'));
      return data;
    }, bytes);
    for (const type of ['dragenter', 'dragover', 'drop'])
      await page.dispatchEvent('main', type, { dataTransfer: transfer });
    await page.locator('.grid-cell', { hasText: '2024-02-29 23:59:59.5' }).waitFor({ timeout: 15_000 });
    await page.getByText('has 3 sheets; this is Kinds').waitFor();
    await saved(page);
  });
});

describe('after a reload', () => {
  it('texts and results are there', async () => {
    const { page } = ada;
    await page.reload();
    await paragraph(page, 'hello').locator('.grid-cell', { hasText: '안녕' }).waitFor();
    await paragraph(page, 'flights').scrollIntoViewIfNeeded();
    await paragraph(page, 'flights').getByText('3,000,000 rows').first().waitFor();
  });
});

describe('when the server is killed', () => {
  it('the page says so, goes on editing, and catches up by itself', async () => {
    const { page } = ada;
    await server.kill();
    await page
      .getByText(/^Offline/)
      .first()
      .waitFor();
    await writeIn(page, 'worst', 'city');
    await page.keyboard.type('\n-- written offline');
    await page
      .getByText(/edits? kept here/)
      .first()
      .waitFor();
    server = await startServer(workspace.path, { port: server.port });
    await saved(page);
    await expect
      .poll(() => readFileSync(join(workspace.path, 'welcome.nb.md'), 'utf8'), { timeout: 5_000 })
      .toContain('-- written offline');
  });

  it('named tables are still there for the next run', async () => {
    const { page } = ada;
    await writeIn(page, 'worst', 'city');
    await page.keyboard.press('Control+Enter');
    await state(page, 'worst', 'running').waitFor({ state: 'detached' });
    await state(page, 'worst', 'done').waitFor();
    await paragraph(page, 'worst').locator('.grid-cell', { hasText: 'JFK' }).waitFor();
  });
});
