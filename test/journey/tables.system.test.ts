/**
 * A large table in a real browser: filtered by a click, searched, sorted by two columns, there again after a reload, and
 * downloaded. With GONDOLA_TEST_PICTURES=docs/pictures it takes the guide's picture.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { convertSheet } from '../../interpreters/xlsx/convert.ts';
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

const pictures = process.env.GONDOLA_TEST_PICTURES;
const never = new AbortController().signal;

it('all rows leave as they are filtered, prepared first, and can be given up', { timeout: 120_000 }, async () => {
  const { page, problems, close } = await visit(browser, server, {
    name: 'Bea',
    to: `/n/${notebook}`,
    patience: PATIENCE,
    context: { acceptDownloads: true, viewport: { width: 1100, height: 760 } },
  });
  await page.locator('.grid-cell').first().waitFor();
  const more = page.getByRole('button', { name: 'More formats' });
  const choose = async (name: string): Promise<void> => {
    await more.click();
    await page.getByRole('menuitem', { name, exact: true }).click();
  };

  // One is given up: the page says how far it was, and no file comes.
  let downloads = 0;
  page.on('download', () => {
    downloads += 1;
  });
  // However fast the machine is, it is a tenth of the way and stays there.
  const preparing = '**/results/*/download?*';
  let asked = 0;
  await page.route(preparing, async (route) => {
    asked += 1;
    if (asked === 1) await route.fulfill({ json: { ready: false, fraction: 0.1, bytes: 1000 } });
  });
  await choose('Excel (XLSX)');
  await page.getByRole('progressbar', { name: 'Preparing Excel (XLSX)' }).waitFor();
  await page.getByRole('button', { name: 'Cancel Excel (XLSX)' }).click();
  await page.getByRole('progressbar').waitFor({ state: 'detached' });
  await page.unroute(preparing);

  await openMenu(page, 2);
  await page.locator('.column-values label', { hasText: '서울' }).click();
  await expect.poll(() => footOf(page).innerText(), { timeout: PATIENCE }).toContain('100,000 of 300,000 rows');
  await page.keyboard.press('Escape');
  if (pictures) {
    await more.click();
    await page.getByRole('menuitem', { name: 'CSV', exact: true }).waitFor();
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    await page.screenshot({ path: join(pictures, 'tables.png') });
    await page.keyboard.press('Escape');
  }
  expect(downloads).toBe(0);
  const [book] = await Promise.all([page.waitForEvent('download', { timeout: 60_000 }), choose('Excel (XLSX)')]);
  expect(book.suggestedFilename()).toBe('result.xlsx');
  const path = join(workspace.path, 'saved.xlsx');
  await book.saveAs(path);
  expect(await convertSheet(path, undefined, `${path}.csv`, never)).toMatchObject({ rows: 100_000 });
  expect(readFileSync(`${path}.csv`, 'utf8').split('\n')[0]).toBe(`2,2,"서울","N2","{'deep': [2, 2], 'text': x2}"`);

  // A browser that lost the connection goes on where it was.
  const address = await page.evaluate(() => document.querySelector<HTMLAnchorElement>('.table-download a')!.href);
  const whole = readFileSync(path);
  const at = address.replace('format=csv', 'format=xlsx');
  const head = await page.request.head(at);
  expect(head.headers()).toMatchObject({ 'accept-ranges': 'bytes', 'content-length': String(whole.length) });
  const etag = head.headers().etag!;
  const rest = await page.request.get(at, { headers: { range: 'bytes=1000-', 'if-range': etag } });
  expect([rest.status(), (await rest.body()).equals(whole.subarray(1000))]).toEqual([206, true]);
  const beyond = await page.request.get(at, { headers: { range: `bytes=${whole.length}-`, 'if-range': etag } });
  expect([beyond.status(), beyond.headers()['content-range']]).toEqual([416, `bytes */${whole.length}`]);

  // As programs want it.
  await choose('CSV with…');
  await page.getByLabel('Separator').selectOption('semicolon');
  const [csv] = await Promise.all([
    page.waitForEvent('download', { timeout: 60_000 }),
    page.getByRole('link', { name: 'Download', exact: true }).click(),
  ]);
  await csv.saveAs(`${path}.out.csv`);
  const [title, ...lines] = readFileSync(`${path}.out.csv`, 'utf8').trimEnd().split('\r\n');
  expect(title).toBe('\ufeffi;delay;origin;tail;rec');
  expect(lines[0]).toMatch(/^2;2;서울;N2;/);
  // All of them, in the order of the table.
  expect(lines.map((line) => Number(line.split(';')[0]))).toEqual(
    Array.from({ length: 100_000 }, (_, at) => 3 * at + 2),
  );
  expect(problems).toEqual([]);
  await close();
});

it('the footer is one line on a phone', { timeout: 60_000 }, async () => {
  const { page, close } = await visit(browser, server, {
    name: 'Cem',
    to: `/n/${notebook}`,
    patience: PATIENCE,
    context: { viewport: { width: 390, height: 800 } },
  });
  await page.locator('.grid-cell').first().waitFor();
  const height = await footOf(page).evaluate((foot) => foot.getBoundingClientRect().height);
  expect(height).toBeLessThan(40);
  if (pictures) await page.screenshot({ path: join(pictures, 'tables-390.png') });
  await close();
});
