/**
 * What is selected in one chart filters what follows: somebody opts a table and a second chart in, drags out a stretch, picks
 * a colour, and clears both. On a page of a link only what may be read otherwise follows, and dates of the notebook are on
 * its charts. With GONDOLA_TEST_PICTURES=docs/pictures it takes the guide's picture.
 */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linked } from '../../client/words/linked.ts';
import { violations } from '../support/axe.ts';
import { launchBrowser } from '../support/browser.ts';
import { notebookAt, type Visitor, visit } from '../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../support/server.ts';

const fence = (head: string, source: string, option?: object): string =>
  `\`\`\`${head}\n${source}\n\`\`\`\n${option ? `\n<!-- gondola ${JSON.stringify(option)} -->\n` : ''}`;
const FLIGHTS = `select timestamp '2024-01-01' + to_hours(i) as at, ['ORD', 'SEA', '서울'][i % 3 + 1] as origin,
  (i * 7919 % 180) as delay from range(7200) r(i)`;
const LINE = {
  mark: 'line',
  show: 'chart',
  x: { column: 'at', unit: 'month' },
  y: { column: 'delay', aggregate: 'mean' },
};
const BARS = { mark: 'bar', show: 'chart', x: { column: 'origin' }, y: { aggregate: 'count' } };
const NOTEBOOK = [
  '---\nannotations:\n  2024-04-10: Spring timetable\n  2031-01-01: Far away\n---\n\n# Linked\n',
  fence('sql id=months', FLIGHTS, { chart: LINE }),
  fence('sql id=origins', FLIGHTS, { chart: BARS }),
  fence('sql id=rows', FLIGHTS),
].join('\n');

let browser: Browser;
let workspace: ReturnType<typeof makeWorkspace>;
let server: ServerProcess;
let notebook: string;
let ada: Visitor;

beforeAll(async () => {
  workspace = makeWorkspace({ 'linked.nb.md': NOTEBOOK });
  server = await startServer(workspace.path);
  browser = await launchBrowser();
  notebook = await notebookAt(server, 'linked.nb.md');
  await server.call('POST', `notebooks/${notebook}/runs?wait=60`, {});
  ada = await visit(browser, server, {
    name: 'Ada',
    to: `/n/${notebook}`,
    context: { viewport: { width: 1360, height: 1500 } },
    patience: 20_000,
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace?.remove();
});

const pictures = process.env.GONDOLA_TEST_PICTURES;
const patient = { timeout: 20_000 };
const at = (page: Page, id: string) => page.locator(`[data-paragraph="${id}"]`);
const drawn = (page: Page, id: string) =>
  at(page, id).locator('.chart-frame[data-state="shown"] .chart-picture :is(svg, canvas)').waitFor();
const foot = (page: Page, id: string) => at(page, id).locator('.table-foot').textContent();
const follow = (page: Page, id: string) => at(page, id).getByRole('button', { name: linked.follow, exact: true });
const chips = (page: Page, id: string) => at(page, id).getByRole('group', { name: linked.filtered });

async function drag(page: Page, id: string, from: number, to: number): Promise<void> {
  const box = (await at(page, id).locator('.chart-host').boundingBox())!;
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * from, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * to, y, { steps: 5 });
  await page.mouse.up();
}

describe('a selection', () => {
  it('is offered in charts once another result follows, and filters it', async () => {
    const { page } = ada;
    await drawn(page, 'months');
    await drawn(page, 'origins');
    expect(await at(page, 'months').getByRole('group', { name: linked.modes }).count()).toBe(0);
    await follow(page, 'rows').click();
    await follow(page, 'origins').click();
    await at(page, 'months').getByRole('group', { name: linked.modes }).waitFor();
    await drag(page, 'months', 0.25, 0.62);
    await chips(page, 'rows').waitFor();
    expect(await chips(page, 'rows').textContent()).toMatch(/at 2024-0\d – 2024-0\d in Mean delay by at/);
    await expect.poll(() => foot(page, 'rows'), patient).toMatch(/[1-6],?\d{3} of 7,200 rows/);
    await expect.poll(() => foot(page, 'origins'), patient).toMatch(/[1-6],?\d{3} of 7,200 rows/);
    // The chart itself stays whole, with what is selected drawn over it.
    expect(await foot(page, 'months')).toContain('7,200 rows');
    expect(await foot(page, 'months')).not.toContain('of 7,200');
    await at(page, 'months').locator('.chart-chosen').waitFor();
  });

  it('of another chart holds too, and each is cleared by itself', async () => {
    const { page } = ada;
    const host = at(page, 'origins').locator('.chart-host');
    const box = (await host.boundingBox())!;
    await page.mouse.click(box.x + box.width * 0.5, box.y + box.height * 0.6);
    await expect
      .poll(() => chips(page, 'rows').textContent(), patient)
      .toContain('origin SEA in Count of rows by origin');
    await expect.poll(() => foot(page, 'rows'), patient).toMatch(/\d{3,4} of 7,200 rows/);
    expect(await violations(page)).toEqual([]);
    await expect.poll(() => at(page, 'rows').locator('.grid-cell').allTextContents(), patient).toContain('SEA');
    await page.mouse.move(5, 300);
    if (pictures) await page.screenshot({ path: join(pictures, 'linked.png') });
    await chips(page, 'rows').getByRole('button').first().click();
    await expect.poll(() => foot(page, 'rows'), patient).toContain('2,400 of 7,200 rows');
    await at(page, 'months').locator('.chart-chosen').waitFor({ state: 'detached' });
    await at(page, 'origins').locator('.chart-plot').focus();
    await page.keyboard.press('Escape');
    await expect.poll(() => foot(page, 'rows'), patient).toContain('7,200 rows × 3');
    await chips(page, 'rows').waitFor({ state: 'detached' });
  });

  it('is made and cleared by keys alone', async () => {
    const { page } = ada;
    await at(page, 'origins').locator('.chart-plot').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press(' ');
    await expect.poll(() => foot(page, 'rows'), patient).toContain('2,400 of 7,200 rows');
    await page.keyboard.press('Shift+ArrowRight');
    await expect.poll(() => foot(page, 'rows'), patient).toContain('4,800 of 7,200 rows');
    await page.keyboard.press('Escape');
    await expect.poll(() => foot(page, 'rows'), patient).toContain('7,200 rows × 3');
  });

  it('is nobody else’s, and gone with the page; who follows is kept in the file', async () => {
    const { page } = ada;
    await drag(page, 'months', 0.25, 0.62);
    await chips(page, 'rows').waitFor();
    const colleague = await visit(browser, server, { name: '게스트', to: `/n/${notebook}`, patience: 20_000 });
    await drawn(colleague.page, 'months');
    await expect.poll(() => follow(colleague.page, 'rows').getAttribute('aria-pressed'), patient).toBe('true');
    expect(await chips(colleague.page, 'rows').count()).toBe(0);
    expect(colleague.problems).toEqual([]);
    await colleague.close();
    await page.reload();
    await drawn(page, 'months');
    await expect.poll(() => follow(page, 'rows').getAttribute('aria-pressed'), patient).toBe('true');
    expect(await chips(page, 'rows').count()).toBe(0);
    expect(ada.problems).toEqual([]);
  });

  it('zooms where that is chosen instead', async () => {
    const { page } = ada;
    await at(page, 'months').getByRole('button', { name: linked.zoom, exact: true }).click();
    const asked = page.waitForRequest((request) => decodeURIComponent(request.url()).includes('"range"'));
    await drag(page, 'months', 0.3, 0.6);
    await asked;
    expect(await chips(page, 'rows').count()).toBe(0);
  });
});

describe('a page of a link', () => {
  it('has the dates that its charts cover, and filters nothing but what may be read', async () => {
    const link = await server.call('POST', `notebooks/${notebook}/links`, { role: 'reader' });
    const { page, problems, close } = await stranger((link.body as { url: string }).url);
    await drawn(page, 'months');
    const alt = () => at(page, 'months').getByRole('img').getAttribute('aria-label');
    await expect.poll(alt, patient).toContain('Annotated: 2024-04-10 Spring timetable.');
    expect(await page.content()).not.toContain('Far away');
    // The table may be read, and follows; the chart is what is published, and all there is.
    await follow(page, 'rows').waitFor();
    expect(await follow(page, 'origins').count()).toBe(0);
    const rowsOf = () => at(page, 'origins').locator('.table-foot').textContent();
    await drag(page, 'months', 0.25, 0.62);
    await chips(page, 'rows').waitFor();
    await expect.poll(() => foot(page, 'rows'), patient).toMatch(/[1-6],?\d{3} of 7,200 rows/);
    expect(await rowsOf()).toContain('7,200 rows');
    expect(problems).toEqual([]);
    await close();
  });
});

/** Somebody with nothing but an address. */
async function stranger(address: string): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width: 1360, height: 1500 } });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(address.startsWith('http') ? address : `${server.origin}${address}`);
  return { page, problems, close: () => context.close() };
}
