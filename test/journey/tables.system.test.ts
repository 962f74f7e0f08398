/** Three million rows in a real browser: filtered by a click, searched, sorted by two columns, and there again after a reload. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { notebookAt, visit } from '../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../support/server.ts';

const ROWS = 300_000;
const SQL = `select i, case when i % 50 = 0 then null else i % 100 end as delay, ['ORD', 'DFW', '서울'][1 + i % 3] as origin, 'N' || (i % 5000) as tail, {'deep': [i, 2], 'text': 'x' || i} as rec from range(${ROWS}) t(i)`;
const workspace = makeWorkspace({ 'big.nb.md': `# Big\n\n\`\`\`sql id=big\n${SQL}\n\`\`\`\n` });
const PATIENCE = 30_000;
let server: ServerProcess;
let browser: Browser;
let notebook: string;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(workspace.path), launchBrowser()]);
  notebook = await notebookAt(server, 'big.nb.md');
  await server.call('POST', `notebooks/${notebook}/runs?wait=60`, {});
});
afterAll(async () => {
  await browser.close();
  await server.stop();
  workspace.remove();
});

const footOf = (page: Page) => page.locator('.table-foot');
const cells = (page: Page, column: number) =>
  page
    .locator(`.grid-row:not([hidden]) .grid-cell[aria-colindex="${column + 2}"]`)
    .evaluateAll((all) => all.map((cell) => cell.textContent));
const openMenu = async (page: Page, column: number): Promise<void> => {
  await page.locator(`.grid-title[data-column="${column}"]`).hover();
  await page.locator(`.grid-title[data-column="${column}"] .grid-more`).click();
  await page.locator('.column-menu').waitFor();
};

it('a large table is narrowed by its columns’ menus and by a search, and stays so', { timeout: 120_000 }, async () => {
  const { page, problems, close } = await visit(browser, server, {
    name: 'Ada',
    to: `/n/${notebook}`,
    patience: PATIENCE,
  });
  await page.locator('.grid-cell').first().waitFor();
  // Profiles come by themselves.
  await page.locator('.grid-title[data-column="1"] .grid-profile path').waitFor({ state: 'attached' });
  await expect
    .poll(() => page.locator('.grid-title[data-column="2"] .grid-profile').textContent(), { timeout: PATIENCE })
    .toContain('33 %');

  await openMenu(page, 2);
  await page.locator('.column-values label', { hasText: '서울' }).click();
  await expect.poll(() => footOf(page).innerText(), { timeout: PATIENCE }).toContain('100,000 of 300,000 rows');
  await page.keyboard.press('Escape');
  await expect.poll(async () => new Set(await cells(page, 2)), { timeout: PATIENCE }).toEqual(new Set(['서울']));

  await openMenu(page, 1);
  await page.getByLabel('From', { exact: true }).fill('98');
  await expect.poll(() => footOf(page).innerText(), { timeout: PATIENCE }).toContain('2,000 of 300,000 rows');
  await page.keyboard.press('Escape');

  await page.locator('.table-search').fill('n12');
  const match = (i: number): boolean => i % 3 === 2 && i % 100 >= 98 && `N${i % 5000}`.startsWith('N12');
  const found = Array.from({ length: ROWS }, (_, i) => i).filter(match);
  await expect.poll(() => footOf(page).innerText(), { timeout: PATIENCE }).toContain(`${found.length} of 300,000 rows`);

  await page.locator('.grid-title[data-column="1"] .grid-name').click();
  await page.locator('.grid-title[data-column="0"] .grid-name').click({ modifiers: ['Shift'] });
  await page.locator('.grid-title[data-column="0"] .grid-name').click({ modifiers: ['Shift'] });
  await expect
    .poll(() => page.locator('.grid-order').allTextContents(), { timeout: PATIENCE })
    .toEqual(['↓2', '↑1', '', '', '']);
  const sorted = found.toSorted((a, b) => (a % 100) - (b % 100) || b - a);
  const shown = sorted.slice(0, 10).map((i) => i.toLocaleString('en-US'));
  await expect.poll(() => cells(page, 0), { timeout: PATIENCE }).toEqual(shown);

  // All of a column that is not on the page.
  await page.locator('.grid-row:not([hidden]) .grid-cell[aria-colindex="2"]').first().click();
  await page.keyboard.press('Control+Shift+ArrowDown');
  const sum = found.reduce((total, i) => total + i, 0).toLocaleString('en-US');
  await expect.poll(() => footOf(page).innerText(), { timeout: PATIENCE }).toContain(`sum ${sum}`);

  await page.reload();
  await expect.poll(() => footOf(page).innerText(), { timeout: PATIENCE }).toContain(`${found.length} of 300,000 rows`);
  await expect.poll(() => cells(page, 0), { timeout: PATIENCE }).toEqual(shown);
  await page.getByRole('button', { name: 'As it was' }).click();
  await expect.poll(() => footOf(page).innerText(), { timeout: PATIENCE }).toContain('300,000 rows × 5');
  await expect
    .poll(() => cells(page, 0), { timeout: PATIENCE })
    .toEqual(Array.from({ length: 10 }, (_, i) => String(i)));
  expect(problems).toEqual([]);
  await close();
});
