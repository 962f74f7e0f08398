/**
 * Charts by hand over large tables, on the real server, in a real Chromium: a chart of the builder becomes text below, is drawn
 * of what the engine made, and goes back; a sample says that it is one; a map has land, on the page and in a file.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chart as charts } from '../../../client/words/chart.ts';
import { launchBrowser } from '../../support/browser.ts';
import { notebookAt, type Visitor, visit } from '../../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../support/server.ts';

const rows = `select date '2024-01-01' + (i % 300)::integer as day, ['SEA','JFK'][i % 2 + 1] as origin, i % 83 as delay,
  sin(i) * 10 as drift, i as id from range(150000) t(i)`;
const show = (settings: object): string => `<!-- gondola ${JSON.stringify({ chart: settings })} -->`;
const line = {
  show: 'chart',
  mark: 'line',
  x: { column: 'day', unit: 'month' },
  y: { column: 'delay', aggregate: 'mean' },
};
const map = { show: 'chart', mark: 'map', x: { column: 'lon' }, y: { column: 'lat' } };
const points = {
  data: { name: 'flights' },
  mark: 'point',
  encoding: { x: { field: 'id', type: 'quantitative' }, y: { field: 'drift', type: 'quantitative' } },
};
const NOTEBOOK = `# By hand

\`\`\`sql id=flights name=flights
${rows}
\`\`\`

${show(line)}

\`\`\`vega-lite id=points
${JSON.stringify(points)}
\`\`\`

\`\`\`sql id=places
select 127.0 as lon, 37.5 as lat union all select -122.3, 47.6 union all select 2.3, 48.8 union all select -70, -33
\`\`\`

${show(map)}
`;

let browser: Browser;
let workspace: ReturnType<typeof makeWorkspace>;
let server: ServerProcess;
let notebook: string;
let ada: Visitor;
beforeAll(async () => {
  workspace = makeWorkspace({ 'text.nb.md': NOTEBOOK });
  server = await startServer(workspace.path);
  browser = await launchBrowser();
  notebook = await notebookAt(server, 'text.nb.md');
  await server.call('POST', `notebooks/${notebook}/runs?wait=60`, {});
  ada = await visit(browser, server, { name: 'Ada', to: `/n/${notebook}`, patience: 30_000 });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace?.remove();
});

const PATIENCE = { timeout: 30_000 };
const at = (id: string): Locator => ada.page.locator(`[data-paragraph="${id}"]`);
const drawn = (id: string): Locator =>
  at(id).locator('.chart-frame[data-state="shown"] .chart-picture :is(svg, canvas)');
const fileText = (): string => readFileSync(join(workspace.path, 'text.nb.md'), 'utf8');
const shots = process.env.SHOTS;
const shoot = async (name: string): Promise<void> => {
  if (shots) await ada.page.screenshot({ path: join(shots, `${name}.png`) });
};

it('makes text of a chart, draws it of what the engine made, and goes back to the builder', async () => {
  const { page } = ada;
  await drawn('flights').waitFor();
  await at('flights').getByRole('button', { name: charts.edit }).click();
  await expect.poll(fileText, PATIENCE).toContain('"yearmonth"');
  const text = page.locator('[data-paragraph]').filter({ hasText: '"yearmonth"' });
  const id = (await text.getAttribute('data-paragraph')) ?? '';
  await server.call('POST', `notebooks/${notebook}/runs?wait=60`, { paragraphs: [id] });
  const chart = at(id).locator('.framed iframe:not(.coming)').contentFrame().locator('canvas');
  await chart.waitFor();
  await at(id).scrollIntoViewIfNeeded();
  await shoot('text');
  // Another chart stands there by now.
  await at('flights').getByRole('button', { name: charts.marks.bar, exact: true }).click();
  await at('flights').locator('[data-mark="bar"] .chart-picture').waitFor();
  await at(id).getByRole('button', { name: charts.build }).click();
  await at('flights').locator('.chart-frame[data-mark="line"] .chart-picture').waitFor();
  await expect.poll(fileText, PATIENCE).toMatch(/gondola .*"mark":"line".*"unit":"month"/);
});

it('says that points are a sample', async () => {
  await at('points').scrollIntoViewIfNeeded();
  const note = at('points').locator('.made-note');
  await note.waitFor();
  expect(await note.textContent()).toMatch(/^Drawn from 1\d,\d{3} of 150,000 rows of flights/);
  await at('points').locator('.framed iframe:not(.coming)').contentFrame().locator('canvas').waitFor();
  await shoot('points');
});

it('draws land under places, on the page and in a file that has nothing it does not need', async () => {
  await at('places').scrollIntoViewIfNeeded();
  await drawn('places').waitFor();
  // The outline, the net and the places: the first is long.
  const longest = () =>
    at('places')
      .locator('.chart-picture path')
      .evaluateAll((paths) => Math.max(0, ...paths.map((path) => path.getAttribute('d')?.length ?? 0)));
  await expect.poll(longest, PATIENCE).toBeGreaterThan(20_000);
  await shoot('places');
  const file = String((await server.call('GET', `notebooks/${notebook}/report`)).body);
  expect(file).toContain('id="land"');
  expect(file).toContain('id="painter"');
  const page = await browser.newPage();
  await page.setContent(file);
  const path = page.locator('.chart-frame[data-mark="map"] .chart-picture path');
  await expect
    .poll(
      () => path.evaluateAll((paths) => Math.max(0, ...paths.map((one) => one.getAttribute('d')?.length ?? 0))),
      PATIENCE,
    )
    .toBeGreaterThan(20_000);
  if (shots) await page.screenshot({ path: join(shots, 'file.png'), fullPage: true });
  await page.close();
});
