/** Kept results in a real browser: a value is changed and put back, the old result is used, and what follows runs on it. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { notebookAt, visit } from '../../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../support/server.ts';

const NOTEBOOK = `---
title: Delays by threshold
forms:
  late: {type: number, label: Late means over, default: 60}
---
# Delays by threshold

\`\`\`sql id=flights name=flights
select range as delay, ['SEA', 'JFK', 'ICN'][1 + range % 3] as origin
from range(120) where delay > $late
\`\`\`

\`\`\`sql id=count name=count
select count(*) as flights_late from flights
\`\`\`
`;
const pictures = process.env.GONDOLA_TEST_PICTURES;
/** The machine may be busy. */
const PATIENCE = 40_000;
const workspace = makeWorkspace({ 'kept.nb.md': NOTEBOOK });
let server: ServerProcess;
let browser: Browser;
let id: string;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(workspace.path), launchBrowser()]);
  id = await notebookAt(server, 'kept.nb.md');
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
const cell = (page: Page, name: string, text: string) =>
  paragraph(page, name).getByRole('gridcell', { name: text, exact: true }).waitFor();

test('a value that is put back offers the result of before, and what follows runs on that', async () => {
  const { page, problems } = await visit(browser, server, { name: 'Ada', to: `/n/${id}`, patience: PATIENCE });
  const value = page.getByRole('group', { name: 'Forms', exact: true }).getByLabel('Late means over');
  const runFlights = paragraph(page, 'flights').locator('button.run');
  const runCount = paragraph(page, 'count').locator('button.run');
  for (const [late, count] of [
    [100, '19'],
    [110, '9'],
  ] as const) {
    await value.fill(String(late));
    await value.press('Tab');
    await page.waitForURL((url) => url.search === `?late=${late}`);
    await runFlights.click();
    await cell(page, 'flights', String(late + 1));
    await runCount.click();
    await cell(page, 'count', count);
  }
  await value.fill('100');
  await value.press('Tab');
  const use = paragraph(page, 'flights').getByRole('button', { name: /^Use the result of \d\d:\d\d instead/ });
  await use.waitFor();
  expect(await paragraph(page, 'flights').locator('.kept').textContent()).toMatch(/^Same as the run of \d\d:\d\d/);
  await page.getByRole('heading', { name: 'Delays by threshold' }).click();
  await picture(page, 'kept');
  if (pictures) {
    await page.setViewportSize({ width: 390, height: 800 });
    await picture(page, 'kept-narrow');
    await page.setViewportSize({ width: 1360, height: 900 });
  }
  await use.click();
  await cell(page, 'flights', '101');
  await use.waitFor({ state: 'detached' });
  const { items } = (await server.call('GET', `notebooks/${id}/runs?visitors=true`)).body as {
    items: { paragraph: string; from?: object; cost: { cpuMs: number } }[];
  };
  expect(items[0]).toMatchObject({ paragraph: 'flights', from: { at: expect.any(Number) }, cost: { cpuMs: 0 } });

  // What follows is known again, too: by the key this time.
  await paragraph(page, 'count')
    .getByRole('button', { name: /^Use the result of/ })
    .waitFor();
  await paragraph(page, 'count').locator('.gutter').click();
  await page.keyboard.press('Escape');
  await page.keyboard.press('u');
  await cell(page, 'count', '19');
  // And runs on it.
  await runCount.click();
  await page.waitForFunction(() => document.querySelector('[data-paragraph="count"] .kept') === null);
  await cell(page, 'count', '19');
  expect(problems).toEqual([]);
}, 120_000);

test('a plan says what is kept, and uses it where that is wished', async () => {
  const { page, problems } = await visit(browser, server, { name: 'Ben', to: `/n/${id}`, patience: PATIENCE });
  await page.getByRole('button', { name: 'Run all' }).click();
  await cell(page, 'count', '59');
  const headers = { 'if-match': '*', 'content-type': 'text/markdown' };
  const put = (text: string) => server.call('PUT', `notebooks/${id}/text`, text, headers);
  await put(NOTEBOOK.replace('range(120)', 'range(90)'));
  await page.getByRole('button', { name: 'Run all' }).click();
  await cell(page, 'count', '29');
  await put(NOTEBOOK);
  await paragraph(page, 'flights')
    .getByRole('button', { name: /^Use the result of/ })
    .waitFor();
  await paragraph(page, 'count').locator('.gutter').click();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Shift+R');
  const dialog = page.getByRole('dialog', { name: 'Run what is stale' });
  await dialog.getByRole('button', { name: 'Run 2 paragraphs' }).waitFor();
  const keep = dialog.getByRole('checkbox', { name: 'Use 2 results that are kept instead of running' });
  expect(await keep.isChecked()).toBe(false);
  await keep.check();
  await picture(page, 'kept-plan');
  await dialog.getByRole('button', { name: 'Use 2 results' }).click();
  await cell(page, 'count', '59');
  const { items } = (await server.call('GET', `notebooks/${id}/runs?limit=2`)).body as { items: { from?: object }[] };
  expect(items.every(({ from }) => from !== undefined)).toBe(true);
  expect(problems).toEqual([]);
}, 120_000);
