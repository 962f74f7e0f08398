/**
 * Runs with other values side by side, with the real server and browser: of a writer in a notebook, and of the holder of a
 * link, who sees no code and nobody else's runs.
 */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { violations } from '../../support/axe.ts';
import { launchBrowser } from '../../support/browser.ts';
import { notebookAt, visit } from '../../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../support/server.ts';

const NOTEBOOK = `---
title: Evening delays
forms:
  airport: {label: 공항, options: [{value: SEA, label: Seattle}, {value: ICN, label: 인천}], default: SEA}
  least: {type: number, label: Late means over (min), default: 15}
---

# Delays at \${airport}

\`\`\`sql id=hidden name=flights
select r as flight, if(r % 3 = 0, 'ICN', 'SEA') as origin, (r * 7919) % 90 as delay, 17 + r % 6 as hour
from range(600) t(r)
\`\`\`

\`\`\`sql id=late name=late
select hour, count(*)::int as flights, round(avg(delay), 1) as mean_delay
from flights where origin = $airport and delay > $least
group by hour order by hour
\`\`\`

\`\`\`sql id=drawn
from late
\`\`\`

<!-- gondola {"chart":{"show":"chart","mark":"bar","x":{"column":"hour"},"y":{"column":"flights","aggregate":"sum"}}} -->
`;
/** Of the notebook's own size it is there at once, of ten it goes on for minutes. */
const LONG = `---
forms:
  size: {type: number, default: 0}
---

\`\`\`sql id=long
select count(*)::int as combinations from range(10) a(i), range(100000) b(j), range(100000) c(k) where i < $size
\`\`\`
`;
const pictures = process.env.GONDOLA_TEST_PICTURES;
/** The machine may be busy. */
const PATIENCE = 30_000;
const workspace = makeWorkspace({
  'gondola.json': '{"title": "Analytics"}',
  'late.nb.md': NOTEBOOK,
  'long.nb.md': LONG,
});
let server: ServerProcess;
let browser: Browser;
let id: string;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(workspace.path), launchBrowser()]);
  id = await notebookAt(server, 'late.nb.md');
  expect((await server.call('POST', `notebooks/${id}/runs?wait=60`, {})).status).toBe(202);
}, 90_000);
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
const forms = (page: Page) => page.getByRole('group', { name: 'Forms', exact: true });
const columns = (page: Page) => page.getByRole('dialog').getByRole('article');
const fits = async (page: Page): Promise<void> =>
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);

test('a writer sees runs with other values side by side, and takes the values of one back', async () => {
  const { page, problems } = await visit(browser, server, { name: 'Ada', to: `/n/${id}`, patience: PATIENCE });
  await forms(page).getByLabel('공항').selectOption({ label: '인천' });
  const ended = async (): Promise<number> => {
    const { items } = (await server.call('GET', `notebooks/${id}/runs?visitors=true`)).body as {
      items: { state: string }[];
    };
    return items.filter(({ state }) => state === 'done').length;
  };
  await forms(page).getByRole('button', { name: 'Run with your 공항' }).click();
  await expect.poll(ended, { timeout: PATIENCE }).toBe(2);
  await forms(page).getByLabel('Late means over (min)').fill('60');
  await forms(page)
    .getByRole('button', { name: /^Run with your/ })
    .click();
  await expect.poll(ended, { timeout: PATIENCE }).toBe(4);

  await page.locator('[data-paragraph="late"]').hover();
  await page.locator('[data-paragraph="late"]').getByRole('button', { name: 'Paragraph menu' }).click();
  await page.getByRole('menuitem', { name: /^Earlier runs…/ }).click();
  await expect.poll(() => columns(page).count(), { timeout: PATIENCE }).toBe(2);
  for (const index of [0, 1]) await columns(page).nth(index).getByRole('gridcell').first().waitFor();
  const differs = columns(page).first().locator('.chip.differs');
  expect(await differs.allTextContents()).toEqual(['Late means over (min)60, differs']);
  // The team's as a third: the airport differs, too.
  await page.getByRole('dialog').getByRole('checkbox').nth(2).check();
  await expect.poll(() => columns(page).count(), { timeout: PATIENCE }).toBe(3);
  await columns(page).nth(2).getByRole('gridcell').first().waitFor();
  await expect.poll(() => differs.count(), { timeout: PATIENCE }).toBe(2);
  await picture(page, 'runs-beside');
  expect(await violations(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 844 });
  await fits(page);
  await picture(page, 'runs-beside-dark-390');
  await page.setViewportSize({ width: 1360, height: 900 });
  await columns(page).nth(1).getByRole('button', { name: 'Use these values' }).click();
  await expect
    .poll(() => forms(page).getByLabel('Late means over (min)').inputValue(), { timeout: PATIENCE })
    .toBe('15');
  expect(await forms(page).getByLabel('공항').inputValue()).toBe('1');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect
    .poll(() => forms(page).getByLabel('Late means over (min)').inputValue(), { timeout: PATIENCE })
    .toBe('60');

  // The paragraph that shows its chart, by keys.
  await page.emulateMedia({ colorScheme: 'light' });
  await page.locator('[data-paragraph="drawn"]').focus();
  await page.keyboard.press('j');
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await columns(page).nth(1).locator('.chart-frame svg, .chart-frame canvas').first().waitFor();
  await picture(page, 'runs-beside-charts');
  await page.keyboard.press('Escape');
  await expect.poll(() => page.getByRole('dialog').count(), { timeout: PATIENCE }).toBe(0);

  // The same from the report, where what stands there is one's own.
  await page.getByRole('link', { name: 'Report' }).click();
  await page.locator('main.report [data-paragraph="late"]').getByRole('button', { name: 'Earlier runs' }).click();
  await expect.poll(() => columns(page).count(), { timeout: PATIENCE }).toBe(2);
  await page.keyboard.press('Escape');
  await expect.poll(() => page.getByRole('dialog').count(), { timeout: PATIENCE }).toBe(0);
  await page.locator('main.report [data-paragraph="late"]').hover();
  await picture(page, 'report-earlier');
  expect(problems).toEqual([]);
}, 120_000);

test('who came by a link sees their own side by side, without code', async () => {
  const made = await server.call('POST', `notebooks/${id}/links`, { role: 'runner', paragraphs: ['late'] });
  const context = await browser.newContext({ viewport: { width: 1200, height: 860 } });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const said: Promise<string>[] = [];
  page.on('response', (response) => {
    if (response.url().includes('/api/')) said.push(response.text().catch(() => ''));
  });
  await page.goto(`${server.origin}${(made.body as { url: string }).url}`);
  const step = page.locator('[data-paragraph="late"]');
  await step.getByRole('gridcell').first().waitFor();
  expect(await page.getByRole('button', { name: 'Earlier runs' }).count()).toBe(0);
  for (const least of ['20', '40']) {
    await forms(page).getByLabel('Late means over (min)').fill(least);
    await forms(page).getByRole('button', { name: 'Run with your Late means over (min)' }).click();
    const newest = async (): Promise<unknown> => {
      const runs = await page.evaluate(
        async (notebook) => (await fetch(`/api/v1/notebooks/${notebook}/runs?paragraph=late&values=true`)).json(),
        id,
      );
      const [run] = (runs as { items: { state: string; forms: { least: number } }[] }).items;
      return [run?.state, run?.forms.least];
    };
    await expect.poll(newest, { timeout: PATIENCE }).toEqual(['done', Number(least)]);
  }
  await page.getByRole('button', { name: 'Earlier runs' }).click();
  await expect.poll(() => columns(page).count(), { timeout: PATIENCE }).toBe(2);
  for (const index of [0, 1]) await columns(page).nth(index).getByRole('gridcell').first().waitFor();
  expect(await columns(page).locator('.chip.differs').allTextContents()).toEqual([
    'Late means over (min)40, differs',
    'Late means over (min)20, differs',
  ]);
  await picture(page, 'runs-beside-link');
  const all = (await Promise.all(said)).join('\n');
  expect(all).not.toMatch(/select hour|from range|Ada/);
  await context.close();
}, 120_000);

test('a run of a link that goes on is stopped where the tools of its table come', async () => {
  const long = await notebookAt(server, 'long.nb.md');
  expect((await server.call('POST', `notebooks/${long}/runs?wait=60`, {})).status).toBe(202);
  const made = await server.call('POST', `notebooks/${long}/links`, { role: 'runner', paragraphs: ['long'] });
  const context = await browser.newContext({ viewport: { width: 1200, height: 860 } });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.goto(`${server.origin}${(made.body as { url: string }).url}`);
  const step = page.locator('[data-paragraph="long"]');
  await step.getByRole('gridcell').first().waitFor();
  await forms(page).getByLabel('size').fill('10');
  await forms(page).getByRole('button', { name: 'Run with your size' }).click();
  const cancel = step.getByRole('button', { name: 'Cancel' });
  await cancel.waitFor();
  // From the table, whose tools are there then.
  await step.getByRole('gridcell').first().hover();
  await expect
    .poll(() => step.locator('.result-head').evaluate((head) => getComputedStyle(head).opacity), { timeout: PATIENCE })
    .toBe('1');
  await picture(page, 'link-run-tools');
  const { width, height } = (await cancel.boundingBox())!;
  await cancel.click({ position: { x: width / 2, y: height - 2 } });
  await expect
    .poll(() => step.locator('button.run').getAttribute('class'), { timeout: PATIENCE })
    .toBe('run cancelled');
  await context.close();
}, 120_000);
