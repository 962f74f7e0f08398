/**
 * A pivot's life: somebody looks at a result as a pivot, puts fields on it by clicks and by dragging, sorts it, sees the rows
 * behind a cell, takes its statement into the notebook, and saves it for all.
 * With GONDOLA_TEST_PICTURES=docs/pictures it takes the guide's picture.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { outputs } from '../../client/words/outputs.ts';
import { pivot as words } from '../../client/words/pivot.ts';
import { launchBrowser } from '../support/browser.ts';
import { notebookAt, type Visitor, visit } from '../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../support/server.ts';

const SQL = `select date '2015-01-01' + (i % 365)::integer as day, ['AA', 'DL', 'UA', '대한항공'][i % 4 + 1] as carrier,
  ['SEA', 'JFK', 'ORD'][(i // 4) % 3 + 1] as origin, (60 + i % 77)::bigint as passengers, ((i * 7919) % 500)::decimal(9, 2) / 10 as delay
from range(20000) r(i)`;
const NOTEBOOK = `# Pivots\n\n\`\`\`sql id=flights name=flights\n${SQL}\n\`\`\`\n`;

let browser: Browser;
let workspace: ReturnType<typeof makeWorkspace>;
let server: ServerProcess;
let notebook: string;
let ada: Visitor;

beforeAll(async () => {
  workspace = makeWorkspace({ 'pivots.nb.md': NOTEBOOK });
  server = await startServer(workspace.path);
  browser = await launchBrowser();
  notebook = await notebookAt(server, 'pivots.nb.md');
  await server.call('POST', `notebooks/${notebook}/runs?wait=60`, {});
  ada = await visit(browser, server, { name: 'Ada', to: `/n/${notebook}`, patience: 30_000 });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace?.remove();
});

const pictures = process.env.GONDOLA_TEST_PICTURES;
const at = (page: Page) => page.locator('[data-paragraph="flights"]');
const grid = (page: Page, title: string) => at(page).getByRole('grid', { name: words.label(title), exact: true });
const cell = (page: Page, row: number, leaf: number) => at(page).locator(`td[data-row="${row}"][data-leaf="${leaf}"]`);

it('says something sensible at the first look', async () => {
  const { page } = ada;
  await at(page).getByRole('tab', { name: outputs.views.pivot }).click();
  await grid(page, 'sum of passengers by carrier × day by month').waitFor();
  expect(await at(page).getByRole('rowheader').allTextContents()).toEqual(['AA', 'DL', 'UA', '대한항공', words.total]);
  expect(await at(page).getByRole('columnheader', { name: '2015-01' }).count()).toBe(1);
  // Twelve months, and the total of the row.
  await expect.poll(() => cell(page, 4, 12).textContent()).toBe('1,959,430');
});

it('takes fields by clicks, by dragging, and by menus', async () => {
  const { page } = ada;
  await at(page)
    .getByRole('button', { name: words.field('day, month', words.sides.columns) })
    .click();
  await page.getByRole('menuitemradio', { name: words.units.quarter }).click();
  await grid(page, 'sum of passengers by carrier × day by quarter').waitFor();
  await at(page).getByRole('columnheader', { name: '2015 Q3' }).waitFor();
  await at(page).getByRole('checkbox', { name: 'delay' }).check();
  await grid(page, 'sum of passengers, mean delay by carrier × day by quarter').waitFor();
  await at(page)
    .locator('.pivot-fields label', { hasText: 'origin' })
    .dragTo(at(page).locator('[data-side="rows"] .pivot-side-head'));
  await grid(page, 'sum of passengers, mean delay by carrier and origin × day by quarter').waitFor();
  if (pictures) await at(page).screenshot({ path: join(pictures, 'pivot.png') });
  await at(page)
    .getByRole('button', { name: words.field('origin', words.sides.rows) })
    .click();
  await page.getByRole('menuitem', { name: words.remove }).click();
  await at(page).getByRole('checkbox', { name: 'delay' }).uncheck();
  await grid(page, 'sum of passengers by carrier × day by quarter').waitFor();
});

it('is sorted by a column, and shows the rows behind a cell', async () => {
  const { page } = ada;
  await at(page).getByRole('button', { name: '2015 Q1' }).click();
  const first = at(page).getByRole('columnheader', { name: '2015 Q1' });
  await expect.poll(() => first.getAttribute('aria-sort')).toBe('descending');
  await cell(page, 0, 0).focus();
  await page.keyboard.press('ArrowDown');
  const row = (await at(page).getByRole('rowheader').nth(1).textContent()) ?? '';
  await page.keyboard.press('Enter');
  await at(page)
    .getByText(words.rowsOf(`${row} · 2015 Q1`))
    .waitFor();
  await at(page)
    .getByText(/of 20,000 rows/)
    .waitFor();
  await at(page)
    .locator('.table-chip', { hasText: `carrier: ${row}` })
    .waitFor();
  await at(page).getByRole('button', { name: words.back }).click();
  await grid(page, 'sum of passengers by carrier × day by quarter').waitFor();
});

it('goes into the notebook as a statement that runs', async () => {
  const { page } = ada;
  await at(page).getByRole('button', { name: words.sql }).click();
  await at(page).getByRole('region', { name: words.sqlTitle }).getByText('from flights').waitFor();
  await at(page).getByRole('button', { name: words.insert }).click();
  const made = page.locator('[data-paragraph]:not([data-paragraph="flights"])', { hasText: 'picked' });
  await made.waitFor();
  await page.keyboard.press('Control+Enter');
  await made.getByText('5 rows × 6').waitFor();
});

it('is everyone’s once it is saved, and in the file', async () => {
  const { page } = ada;
  await at(page).getByRole('button', { name: words.save }).click();
  await at(page).getByText(words.saved).waitFor();
  const file = () => readFileSync(join(workspace.path, 'pivots.nb.md'), 'utf8');
  await expect.poll(file, { timeout: 20_000 }).toContain('"unit":"quarter"');
  const colleague = await visit(browser, server, { name: '게스트', to: `/n/${notebook}`, patience: 30_000 });
  await grid(colleague.page, 'sum of passengers by carrier × day by quarter').waitFor();
  expect(colleague.problems).toEqual([]);
  await colleague.close();
  expect(ada.problems).toEqual([]);
});
