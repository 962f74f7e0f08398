/** Stale marks, plans and the graph with a real browser on the real server. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { notebookAt, visit } from '../../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../support/server.ts';

const fence = (info: string, text: string): string => `\`\`\`${info}\n${text}\n\`\`\`\n\n`;
const NOTEBOOK = [
  '# 지연 by airport\n\nFlights, cleaned, and what comes of them.\n\n',
  fence('sql id=load name=flights', "select * from read_csv('data/flights.csv')"),
  fence('sql id=clean name=정리된_항공편', 'from flights where delay is not null'),
  fence('sql id=airport name=by_airport', 'select origin, avg(delay) as mean_delay from "정리된_항공편" group by all'),
  fence('sql id=worst', 'from by_airport order by mean_delay desc limit 3'),
  fence('typescript id=late name=late', "await table('정리된_항공편').filter((flight) => flight.delay > 60)"),
  fence('shell id=size', 'ls -l tables/late.parquet'),
].join('');
const ROWS = Array.from({ length: 20_000 }, (_, n) => `${['SEA', 'JFK', 'ICN'][n % 3]},${(n * 37) % 190}`);
const pictures = process.env.GONDOLA_TEST_PICTURES;
/** The machine may be busy. */
const PATIENCE = 40_000;
const workspace = makeWorkspace({
  'gondola.json': '{"title": "Analytics"}',
  'delays.nb.md': NOTEBOOK,
  'data/flights.csv': `origin,delay\n${ROWS.join('\n')}\n`,
});
let server: ServerProcess;
let browser: Browser;
let id: string;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(workspace.path), launchBrowser()]);
  id = await notebookAt(server, 'delays.nb.md');
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace.remove();
});

async function picture(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

const paragraph = (page: Page, name: string) => page.locator(`[data-paragraph="${name}"]`);
const done = (page: Page, name: string) => page.locator(`[data-paragraph="${name}"][data-state="done"]`).waitFor();
const ALL = ['load', 'clean', 'airport', 'worst', 'late', 'size'];

test('what is behind a run is marked and says why, and one Enter runs the plan that was shown', async () => {
  const { page, problems } = await visit(browser, server, { name: 'Ada', to: `/n/${id}`, patience: PATIENCE });
  await page.getByRole('button', { name: 'Run all' }).click();
  for (const name of ALL) await done(page, name);
  await page.getByRole('button', { name: 'Run all' }).waitFor();

  await paragraph(page, 'load').locator('button.run').click();
  const mark = paragraph(page, 'clean').locator('.stale-mark');
  await mark.waitFor();
  expect(await mark.getAttribute('aria-label')).toMatch(/Stale: flights ran again at \d\d:\d\d/);
  await paragraph(page, 'worst').locator('.stale-mark').waitFor();
  expect(await paragraph(page, 'load').locator('.stale-mark').count()).toBe(0);
  // What it took stands on the time that it took.
  await expect
    .poll(() => paragraph(page, 'load').locator('.elapsed').getAttribute('data-tip'), { timeout: PATIENCE })
    .toMatch(/of processor time.*20,000 rows/);

  await paragraph(page, 'airport').locator('.stale-mark').click();
  const dialog = page.getByRole('dialog', { name: 'Run this and what it needs' });
  await dialog.getByRole('button', { name: 'Run 2 paragraphs' }).waitFor();
  const steps = dialog.locator('[data-step]');
  expect(await steps.evaluateAll((all) => all.map((one) => one.getAttribute('data-step')))).toEqual([
    'clean',
    'airport',
  ]);
  expect(await steps.first().textContent()).toMatch(/flights ran again at/);
  await picture(page, 'dependencies-plan');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await paragraph(page, 'airport').locator('.stale-mark').waitFor({ state: 'detached' });
  await paragraph(page, 'late').locator('.stale-mark').waitFor();

  // By key, from a paragraph: all that is stale.
  await paragraph(page, 'worst').locator('.gutter').click();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Shift+R');
  const stale = page.getByRole('dialog', { name: 'Run what is stale' });
  await stale.getByRole('button', { name: 'Run 3 paragraphs' }).waitFor();
  await page.keyboard.press('Escape');
  await stale.waitFor({ state: 'detached' });
  expect(await paragraph(page, 'late').locator('.stale-mark').count()).toBe(1);
  expect(problems).toEqual([]);
});

test('the graph draws stores and paragraphs, says the same in words, and leads there', async () => {
  const { page, problems } = await visit(browser, server, { name: 'Ada', to: `/n/${id}`, patience: PATIENCE });
  await paragraph(page, 'late').locator('.stale-mark').waitFor();
  await page.keyboard.press('Control+K');
  await page.getByRole('combobox').fill('graph');
  await page.keyboard.press('Enter');
  const panel = page.getByRole('complementary', { name: 'Graph' });
  await panel.locator('[data-store="정리된_항공편"]').waitFor();
  for (const store of ['flights', 'data/flights.csv', 'by_airport', 'late'])
    expect(await panel.locator(`[data-store="${store}"]`).count(), store).toBe(1);
  expect(await panel.locator('[data-part]').count()).toBe(ALL.length);
  expect(await panel.locator('[data-part="late"]').getAttribute('class')).toContain('stale');
  await picture(page, 'dependencies');

  // By keyboard: arrows go from one to the next, Enter goes there.
  await panel.locator('[data-part="load"]').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect.poll(() => paragraph(page, 'clean').getAttribute('aria-current'), { timeout: PATIENCE }).toBe('true');

  await panel.getByRole('tab', { name: 'List' }).click();
  await panel.getByText('reads table 정리된_항공편; makes table by_airport').waitFor();
  await panel.getByText('reads table late').waitFor();
  await panel.getByRole('tab', { name: 'Cost' }).click();
  await panel
    .getByRole('row', { name: /Ada|Owner|All/ })
    .first()
    .waitFor();
  await picture(page, 'dependencies-cost');
  expect(problems).toEqual([]);
});

test('the graph stays within a phone, in the dark', async () => {
  const { page, problems } = await visit(browser, server, {
    name: '그레이스',
    to: `/n/${id}`,
    patience: PATIENCE,
    context: { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
  });
  await paragraph(page, 'late').locator('.stale-mark').waitFor();
  await paragraph(page, 'worst').locator('.gutter').click();
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  const panel = page.getByRole('complementary', { name: 'Graph' });
  await panel.locator('[data-part="late"]').waitFor();
  const box = await panel.boundingBox();
  expect(box!.x).toBeGreaterThanOrEqual(0);
  expect(box!.x + box!.width).toBeLessThanOrEqual(390);
  await picture(page, 'dependencies-phone-dark');
  expect(problems).toEqual([]);
});
