/**
 * A chart's life: somebody runs SQL, looks at it as a chart, changes it, and a colleague finds the same; pictures leave the
 * page as files; a stretch is zoomed into; an edit is undone. With GONDOLA_TEST_PICTURES=docs/pictures it takes the guide's picture.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chart as charts } from '../../client/words/chart.ts';
import { dates } from '../../client/words/dates.ts';
import { outputs } from '../../client/words/outputs.ts';
import { launchBrowser } from '../support/browser.ts';
import { notebookAt, type Visitor, visit } from '../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../support/server.ts';

const SQL = `select timestamp '2024-01-01' + to_seconds(i * 10) as at, sin(i / 2000) * 10 + (i * 7919 % 100) / 50 as height,
  ['north', 'south', '서울'][i % 3 + 1] as place, i as n from range(200000) r(i)`;
const NOTEBOOK = `# Charts\n\n\`\`\`sql id=levels name=levels\n${SQL}\n\`\`\`\n\n\`\`\`sql id=small\nselect 'a"b' as "k'1", 3 as "값"\nunion all select '🛫', 5\n\`\`\`\n\n\`\`\`sql id=far\nselect case i when 5 then 1e9 else i % 100 end as v from range(20000) r(i)\n\`\`\`\n`;

let browser: Browser;
let workspace: ReturnType<typeof makeWorkspace>;
let server: ServerProcess;
let notebook: string;
let ada: Visitor;

beforeAll(async () => {
  workspace = makeWorkspace({ 'charts.nb.md': NOTEBOOK });
  server = await startServer(workspace.path);
  browser = await launchBrowser();
  notebook = await notebookAt(server, 'charts.nb.md');
  await server.call('POST', `notebooks/${notebook}/runs?wait=60`, {});
  ada = await visit(browser, server, { name: 'Ada', to: `/n/${notebook}`, context: { acceptDownloads: true } });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace?.remove();
});

const pictures = process.env.GONDOLA_TEST_PICTURES;
const at = (page: Page, id: string) => page.locator(`[data-paragraph="${id}"]`);
const tab = (page: Page, id: string, name: string) => at(page, id).getByRole('tab', { name });
const drawn = (page: Page, id: string, mark: string) =>
  at(page, id)
    .locator(`.chart-frame[data-state="shown"][data-mark="${mark}"] .chart-picture :is(svg, canvas)`)
    .waitFor();
const picture = (page: Page, id: string) => at(page, id).getByRole('img');
const fileText = () => readFileSync(join(workspace.path, 'charts.nb.md'), 'utf8');

describe('a chart', () => {
  it('is there at the first look, sensible', async () => {
    const { page } = ada;
    await tab(page, 'levels', outputs.views.chart).click();
    await drawn(page, 'levels', 'line');
    expect(await picture(page, 'levels').getAttribute('aria-label')).toMatch(
      /^Line chart: Mean height by at\. \d+ points\./,
    );
    await tab(page, 'small', outputs.views.chart).click();
    await drawn(page, 'small', 'bar');
    expect(await picture(page, 'small').getAttribute('aria-label')).toContain(`: 값 by k'1`);
  });

  it('says what is under the pointer', async () => {
    const { page } = ada;
    const box = (await at(page, 'levels').locator('.chart-host').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await expect
      .poll(() => at(page, 'levels').locator('.chart-tip').textContent())
      .toMatch(/2024-01-1\d \d\d:\d\dmean height−?\d/);
  });

  it('is changed by clicks, for a colleague too, after a reload, and in the file', async () => {
    const { page } = ada;
    await at(page, 'levels').getByRole('button', { name: charts.marks.area, exact: true }).click();
    await drawn(page, 'levels', 'area');
    await at(page, 'levels')
      .getByRole('button', { name: charts.pick(charts.channels.colour) })
      .click();
    await page.getByRole('menuitemradio', { name: 'place' }).click();
    await at(page, 'levels').getByRole('button', { name: '서울' }).waitFor();
    const colleague = await visit(browser, server, { name: '게스트', to: `/n/${notebook}` });
    await drawn(colleague.page, 'levels', 'area');
    await at(colleague.page, 'levels').getByRole('button', { name: '서울' }).waitFor();
    expect(colleague.problems).toEqual([]);
    await colleague.close();
    await page.reload();
    await drawn(page, 'levels', 'area');
    await expect.poll(fileText, { timeout: 15_000 }).toContain('"mark":"area"');
    expect(fileText()).toContain('<!-- gondola {"chart":');
  });

  it('hides what is clicked away on the legend', async () => {
    const { page } = ada;
    const key = at(page, 'levels').getByRole('button', { name: 'north' });
    await key.click();
    expect(await key.getAttribute('aria-pressed')).toBe('false');
    await key.click();
  });

  it('zooms into the stretch that is dragged out, and back', async () => {
    const { page } = ada;
    await at(page, 'levels').getByRole('button', { name: charts.marks.line, exact: true }).click();
    await drawn(page, 'levels', 'line');
    const asked = page.waitForRequest((request) => decodeURIComponent(request.url()).includes('"range"'));
    const box = (await at(page, 'levels').locator('.chart-host').boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2, { steps: 5 });
    await page.mouse.up();
    await asked;
    const reset = at(page, 'levels').getByRole('button', { name: charts.resetZoom });
    await reset.waitFor();
    await drawn(page, 'levels', 'line');
    await reset.click();
    await reset.waitFor({ state: 'detached' });
  });

  it('of values far out shows the bulk, says what is beyond, and all of it by a click', async () => {
    const { page } = ada;
    await at(page, 'far').scrollIntoViewIfNeeded();
    await tab(page, 'far', outputs.views.chart).click();
    await drawn(page, 'far', 'histogram');
    const foot = at(page, 'far').locator('.table-foot');
    await expect.poll(() => foot.textContent()).toContain('1 value above 99');
    const label = () => picture(page, 'far').getAttribute('aria-label');
    expect(await label()).toMatch(/ 50 bins\./);
    await foot.getByRole('button', { name: charts.showAll }).click();
    const reset = foot.getByRole('button', { name: charts.resetZoom });
    await reset.waitFor();
    await expect.poll(label).toMatch(/ 2 bins\./);
    expect(await foot.textContent()).not.toContain('above 99');
    await reset.click();
    await expect.poll(label).toMatch(/ 50 bins\./);
  });

  it('leaves the page as PNG and SVG, named after the paragraph', async () => {
    const { page } = ada;
    const take = async (format: string) => {
      const download = page.waitForEvent('download');
      await at(page, 'levels')
        .getByRole('button', { name: charts.download(format) })
        .click();
      const file = await download;
      return { name: file.suggestedFilename(), bytes: readFileSync((await file.path())!) };
    };
    const png = await take('PNG');
    expect(png.name).toBe('levels.png');
    expect(png.bytes.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
    expect([png.bytes.readUInt32BE(16), png.bytes.length > 10_000]).toEqual([1920, true]);
    const svg = await take('SVG');
    expect(svg.name).toBe('levels.svg');
    expect(svg.bytes.toString()).toMatch(/^<svg[^>]*xmlns=/);
    expect(svg.bytes.toString()).toContain('서울');
    const spec = JSON.parse((await take(charts.vegaLite)).bytes.toString());
    expect(spec.$schema).toContain('vega-lite');
    const data = await take(charts.data);
    expect([data.name, data.bytes.toString().split('\r\n').length > 3]).toEqual(['levels.csv', true]);
  });

  it('has the dates of the notebook on its axis, which a writer adds, in the file too', async () => {
    const { page } = ada;
    await at(page, 'levels').locator('.table-foot').getByRole('button', { name: charts.dates }).click();
    const dialog = page.getByRole('dialog', { name: dates.title });
    await dialog.getByLabel(dates.from, { exact: true }).fill('2024-01-10');
    await dialog.getByLabel(dates.text, { exact: true }).fill('점검');
    await dialog.getByRole('button', { name: dates.add, exact: true }).click();
    await dialog.getByText('점검').waitFor();
    await page.keyboard.press('Escape');
    await expect
      .poll(() => picture(page, 'levels').getAttribute('aria-label'))
      .toContain('Annotated: 2024-01-10 점검.');
    await expect.poll(fileText, { timeout: 20_000 }).toContain('annotations:\n  2024-01-10: 점검\n');
    if (pictures) await at(page, 'levels').screenshot({ path: join(pictures, 'charts.png') });
  });

  it('goes from place to place by keys', async () => {
    const { page } = ada;
    await at(page, 'small').locator('.chart-plot').focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => at(page, 'small').locator('.chart-plot [role=status]').textContent()).toBe('a"b, 값 3');
  });

  it('is a table again by one undo', async () => {
    const { page } = ada;
    await tab(page, 'small', outputs.views.table).click();
    await at(page, 'small').locator('.grid').waitFor();
    await tab(page, 'small', outputs.views.chart).click();
    await drawn(page, 'small', 'bar');
    await at(page, 'small').locator('.chart-title').click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('z');
    await at(page, 'small').locator('.grid').waitFor();
  });

  it('and a long table let the wheel scroll the page on, until a hand moves over the table', async () => {
    const { page } = ada;
    await tab(page, 'far', outputs.views.table).click();
    const grid = at(page, 'far').locator('.grid');
    await grid.waitFor();
    await page.setViewportSize({ width: 1000, height: 420 });
    const place = () => grid.evaluate((element) => element.getBoundingClientRect().top);
    const top = () => grid.evaluate((element) => element.scrollTop);
    // Below the head of the page, over the chart above the table.
    await at(page, 'levels').scrollIntoViewIfNeeded();
    await page.mouse.move(480, 240);
    while ((await place()) > 100) {
      const before = await place();
      await page.mouse.wheel(0, 60);
      await expect.poll(place).not.toBe(before);
    }
    // Longer than the browser takes a wheel for one gesture.
    await page.waitForTimeout(1200);
    const before = await place();
    await page.mouse.wheel(0, 60);
    await expect.poll(place).toBeLessThan(before);
    expect(await top()).toBe(0);
    await page.waitForTimeout(1200);
    await page.mouse.move(490, 245, { steps: 2 });
    await page.mouse.wheel(0, 60);
    await expect.poll(top).toBeGreaterThan(0);
  });

  it('stays, dimmed, while its paragraph runs again', async () => {
    const { page } = ada;
    await server.call('POST', `notebooks/${notebook}/runs?wait=60`, { paragraphs: ['levels'] });
    await drawn(page, 'levels', 'line');
    expect(ada.problems).toEqual([]);
  });
});
