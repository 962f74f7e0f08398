/**
 * Working across a notebook and across notebooks in a real Chromium: a table from the clipboard, replacing in every
 * paragraph as one step, and the palette that finds what any notebook says.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { words } from '../../client/words/en.ts';
import { findWords } from '../../client/words/find.ts';
import { pasteWords } from '../../client/words/paste.ts';
import { launchBrowser } from '../support/browser.ts';
import { notebookAt, type Visitor, visit } from '../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../support/server.ts';

/** The machine may be busy. */
const PATIENCE = 40_000;
const pictures = process.env.GONDOLA_TEST_PICTURES;
const workspace = makeWorkspace({
  'gondola.json': '{"title": "Analytics"}',
  'late.nb.md': [
    '# Why are flights late?',
    'The delay grows over the day: the delay of the evening is three times the delay of the morning.',
    '```sql id=by-hour name=by_hour\nselect hour, avg(delay) as delay\nfrom range(24) as t(hour), (select 3 as delay)\ngroup by hour\n```',
    '```sql id=worst\nselect hour from by_hour\norder by delay desc\n```',
    '```sql id=empty\n```',
    '',
  ].join('\n\n'),
  'reports/week.nb.md': '# 주간 보고\n\n```sql id=a\n-- 공항별 지연 평균\nselect 1\n```\n',
  'other.nb.md': '# Something else\n\nNothing of that.\n',
});
let server: ServerProcess;
let browser: Browser;
let ada: Visitor;
let late: string;

beforeAll(async () => {
  server = await startServer(workspace.path);
  browser = await launchBrowser();
  late = await notebookAt(server, 'late.nb.md');
  ada = await visit(browser, server, {
    name: 'Ada',
    to: `/n/${late}`,
    patience: PATIENCE,
    context: { permissions: ['clipboard-read', 'clipboard-write'], viewport: { width: 1280, height: 800 } },
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace.remove();
});

const paragraph = (page: Page, id: string) => page.locator(`[data-paragraph="${id}"]`);
async function picture(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}
const fileSays = async (text: RegExp): Promise<void> => {
  const file = join(workspace.path, 'late.nb.md');
  await expect.poll(() => readFileSync(file, 'utf8'), { timeout: PATIENCE }).toMatch(text);
};

test('cells copied from a spreadsheet become a file, a query and a table, letter for letter', async () => {
  const { page } = ada;
  const rows = [
    ['zip', '도시', 'late'],
    ['00123', '서울 "수도"', '3'],
    ['98101', 'two\nlines', '4'],
    ['10115', '', '5'],
  ];
  await page.evaluate(async (cells) => {
    const quoted = (cell: string) => (/["\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
    const text = cells.map((row) => row.map(quoted).join('\t')).join('\r\n');
    const inside = (cell: string) => cell.replaceAll('"', '&quot;').replaceAll('\n', '<br>');
    const html = `<table>${cells.map((row) => `<tr>${row.map((cell) => `<td>${inside(cell)}</td>`).join('')}</tr>`).join('')}</table>`;
    const blob = (type: string, data: string) => new Blob([data], { type });
    await navigator.clipboard.write([
      new ClipboardItem({ 'text/plain': blob('text/plain', text), 'text/html': blob('text/html', html) }),
    ]);
  }, rows);
  await paragraph(page, 'empty').locator('.source').click();
  await page.keyboard.press('Control+V');
  await page.getByText(pasteWords.done('data/pasted.csv')).waitFor();
  const cell = (text: string) => paragraph(page, 'empty').locator('.grid-cell', { hasText: text });
  await cell('00123').waitFor();
  await cell('서울 "수도"').waitFor();
  await picture(page, 'paste');
  await page.locator('.toast').getByRole('button', { name: words.close }).click();
  expect(readFileSync(join(workspace.path, 'data', 'pasted.csv'), 'utf8')).toBe(
    'zip,도시,late\n00123,"서울 ""수도""",3\n98101,"two\nlines",4\n10115,,5\n',
  );
  await fileSays(/select \* from read_csv\('data\/pasted\.csv', header = true, types = \{'zip': 'VARCHAR'\}\)/);
});

test('a replacement reaches every paragraph as one step that one undo takes back', async () => {
  const { page } = ada;
  await page.keyboard.press('Control+F');
  await page.getByRole('textbox', { name: findWords.label }).fill('delay');
  await page.getByRole('button', { name: findWords.replacing }).click();
  await page.getByRole('textbox', { name: findWords.with }).fill('lateness');
  await page.getByText(findWords.places(7, 3)).waitFor();
  await picture(page, 'replace');
  await page.getByRole('button', { name: findWords.all, exact: true }).click();
  await page.getByText(findWords.done(7, 3)).waitFor();
  await paragraph(page, 'worst').getByText('lateness').first().waitFor();
  await fileSays(/select hour, avg\(lateness\) as lateness\n/);
  await page.getByRole('button', { name: words.undo, exact: true }).click();
  await fileSays(/select hour, avg\(delay\) as delay\n/);
  expect(readFileSync(join(workspace.path, 'late.nb.md'), 'utf8')).not.toContain('lateness');
});

test('a pattern takes what it caught along, and one without end holds up nothing', async () => {
  const { page } = ada;
  await page.getByRole('button', { name: findWords.pattern }).click();
  const field = page.getByRole('textbox', { name: findWords.label });
  await field.fill('avg\\((\\w+)\\)');
  await page.getByRole('textbox', { name: findWords.with }).fill('median($1)');
  await page.getByText(findWords.places(1, 1)).waitFor();
  await page.getByRole('textbox', { name: findWords.with }).press('Enter');
  await fileSays(/median\(delay\) as delay/);
  await field.fill('(([a-z ]+)+)+[0-9]{9}');
  await page.getByText(findWords.slow).waitFor();
  await field.fill('order by');
  await page.getByText(findWords.count(1, 1)).waitFor();
  await field.press('Escape');
});

test('the palette finds what any notebook says, and opens it where it says so', async () => {
  const { page } = ada;
  await page.keyboard.press('Control+K');
  await page.getByRole('combobox').fill('지연');
  await page.getByRole('option', { name: /주간 보고/ }).waitFor();
  await picture(page, 'palette');
  await page.getByRole('option', { name: /주간 보고/ }).click();
  await page.getByRole('heading', { name: '주간 보고' }).waitFor();
  await page.getByText(findWords.count(1, 1)).waitFor();
  expect(await page.getByRole('textbox', { name: findWords.label }).inputValue()).toBe('지연');
  expect(new URL(page.url()).hash).toBe('');
});

test('it does so on the page of all notebooks, too', async () => {
  const { page } = ada;
  await page.goto(`${server.origin}/`);
  await page.getByRole('link', { name: 'Something else' }).waitFor();
  await page.keyboard.press('Control+K');
  await page.getByRole('combobox').fill('evening three');
  await page.keyboard.press('ArrowDown');
  await page.getByRole('option', { name: /Why are flights late/ }).click();
  await page.getByRole('heading', { name: 'Why are flights late?' }).waitFor();
  expect(ada.problems).toEqual([]);
});
