/** Paragraphs of other languages as people make and run them: a real Chromium on the built server. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { notebookAt, type Visitor, visit } from '../../support/page.ts';
import { makeWorkspace, root, type ServerProcess, startServer } from '../../support/server.ts';

const workspace = makeWorkspace({ 'one.nb.md': '# One\n\n```sql id=flights name=flights\nselect 1 as delay\n```\n' });
let server: ServerProcess;
let browser: Browser;
let ann: Visitor;

beforeAll(async () => {
  server = await startServer(workspace.path);
  browser = await launchBrowser();
  const notebook = await notebookAt(server, 'one.nb.md');
  ann = await visit(browser, server, { name: 'Ann', to: `/n/${notebook}`, patience: 20_000 });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace.remove();
});

const current = (): Locator => ann.page.locator('[data-paragraph][aria-current="true"]');
const state = (): Promise<string | null> => current().getAttribute('data-state');

async function add(language: string): Promise<void> {
  await ann.page
    .getByRole('button', { name: `Insert ${language}` })
    .last()
    .click();
  await current().locator('textarea').first().waitFor({ state: 'attached' });
}

async function rewrite(text: string): Promise<void> {
  await ann.page.keyboard.press('Control+a');
  await ann.page.keyboard.insertText(text);
}

describe('a shell paragraph', () => {
  it('is put in by a click, prints as it goes, in its colours', async () => {
    await add('Shell');
    await ann.page.keyboard.insertText(
      "printf 'first \\033[1;32mgreen\\033[0m\\n'; sleep 3; printf '10%%\\r100%%\\n'; echo done >&2",
    );
    await ann.page.keyboard.press('Control+Enter');
    await current().locator('.output-text').getByText('first').waitFor();
    await expect.poll(state).toBe('running');
    await current()
      .getByRole('button', { name: /^Stop this run/ })
      .waitFor();
    await expect.poll(state, { timeout: 20_000 }).toBe('done');
    expect(await current().locator('.ansi-bold').textContent()).toBe('green');
    expect(await current().locator('[data-stream="stdout"] pre').textContent()).toBe('first green\n100%');
    expect(await current().locator('[data-stream="stderr"] pre').textContent()).toBe('done');
  });

  it('says with which code it ended', async () => {
    await rewrite('echo before\nexit 3');
    await ann.page.keyboard.press('Control+Enter');
    await expect.poll(state, { timeout: 20_000 }).toBe('failed');
    expect(await current().locator('.output-error b').textContent()).toMatch(/\b3\b/);
  });

  it('stops when it is asked to', async () => {
    await rewrite('echo waiting; sleep 60');
    await ann.page.keyboard.press('Control+Enter');
    await current().locator('.output-text').getByText('waiting').waitFor();
    await current()
      .getByRole('button', { name: /^Stop this run/ })
      .click();
    await expect.poll(state, { timeout: 10_000 }).toBe('cancelled');
  });

  it('reads a named table where its name was clicked', async () => {
    const { page } = ann;
    const shell = await current().getAttribute('data-paragraph');
    await page.locator('[data-paragraph="flights"] .run').click();
    await page.locator('[data-paragraph="flights"][data-state="done"]').waitFor();
    await page.locator(`[data-paragraph="${shell}"] .source`).click();
    await rewrite('wc -c < ');
    await page.keyboard.press('Escape');
    await page.keyboard.press('t');
    await page.getByRole('button', { name: 'Insert flights' }).click();
    await current().getByText('tables/flights.parquet').first().waitFor();
    await page.keyboard.press('Control+Enter');
    await expect.poll(state, { timeout: 20_000 }).toBe('done');
    expect(Number(await current().locator('[data-stream="stdout"] pre').textContent())).toBeGreaterThan(100);
  });
});

describe('a TypeScript paragraph', () => {
  it('shows its last expression, and keeps what it declares for later ones', async () => {
    await add('TypeScript');
    await ann.page.keyboard.insertText("const rows = await table('flights').rows();\nrows.map(row => row.delay + 1)");
    await ann.page.keyboard.press('Alt+Enter');
    await add('TypeScript');
    await ann.page.keyboard.insertText('rows.length');
    await ann.page.keyboard.press('Control+Enter');
    await expect.poll(state, { timeout: 20_000 }).toBe('done');
    expect(await current().locator('[data-stream="value"] pre').textContent()).toBe('1');
  });

  it('marks in the editor where it failed', async () => {
    await rewrite('const nothing: any = null;\n  nothing.delay');
    await ann.page.keyboard.press('Control+Enter');
    await expect.poll(state, { timeout: 20_000 }).toBe('failed');
    expect(await current().locator('.output-error code').first().textContent()).toMatch(/^line 2, column \d+$/);
    await current().locator('.squiggly-error, .source-error').first().waitFor({ state: 'attached' });
  });

  it('stops in an endless loop when it is asked to, and the session goes on', async () => {
    await rewrite("console.log('on');\nwhile (true) {}");
    await ann.page.keyboard.press('Control+Enter');
    await expect.poll(state, { timeout: 20_000 }).toBe('running');
    await current()
      .getByRole('button', { name: /^Stop this run/ })
      .click();
    await expect.poll(state, { timeout: 20_000 }).toBe('cancelled');
    await current().locator('.source').click();
    await rewrite('rows.length + 1');
    await ann.page.keyboard.press('Control+Enter');
    await expect.poll(state, { timeout: 20_000 }).toMatch(/done|failed/);
  });

  it('makes a table for all by its name', async () => {
    const { page } = ann;
    await rewrite("table('flights').mutate({ twice: f => f.delay * 2 })");
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await page.keyboard.type('doubled');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+Enter');
    await expect.poll(state, { timeout: 20_000 }).toBe('done');
    await current().locator('.grid-cell').first().waitFor();
    await add('SQL');
    await page.keyboard.insertText('select twice + 1 as more from doubled');
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => current().locator('.grid-cell').first().textContent()).toBe('3');
  });

  it('finds each thing that its editor knows of', async () => {
    const declared = ['interpreters/typescript/api.d.ts', 'client/editor/typescript/globals.d.ts'].flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/^declare (?:const|function|class) (\w+)/gm)].map(
        ([, name]) => name!,
      ),
    );
    // Classes of values that only the library makes.
    const unnamed = new Set(['Aggregate', 'Displayable', 'Sort', 'GroupedFrame']);
    const names = declared.filter((name) => !unnamed.has(name));
    expect(names).toEqual(expect.arrayContaining(['table', 'count', 'chart', 'console', 'setTimeout', 'URL', 'atob']));
    await add('TypeScript');
    await ann.page.keyboard.insertText(
      `JSON.stringify(Object.entries({ ${names.map((name) => `${name}: typeof ${name}`).join(', ')} })` +
        ".filter(([, type]) => type === 'undefined').map(([name]) => name))",
    );
    await ann.page.keyboard.press('Control+Enter');
    await expect.poll(state, { timeout: 20_000 }).toBe('done');
    expect(await current().locator('[data-stream="value"] pre').textContent()).toMatch(/^.?\[\].?$/);
  });
});

describe('the kinds of paragraphs', () => {
  it('change by a digit, by what stands after %, and by /', async () => {
    const { page } = ann;
    const kind = (): Promise<string | null> => current().getAttribute('data-interpreter');
    await add('Text');
    await page.keyboard.type('%ts ');
    await expect.poll(kind).toBe('typescript');
    await page.keyboard.press('Escape');
    await page.keyboard.press('3');
    await expect.poll(kind).toBe('shell');
    await page.keyboard.press('Enter');
    await page.keyboard.type('/');
    await page.getByRole('menuitemradio', { name: /Vega-Lite/ }).click();
    await expect.poll(kind).toBe('vega-lite');
    await page.keyboard.type('%sh ');
    await expect.poll(kind).toBe('shell');
    await page.keyboard.type('//');
    await expect.poll(() => current().locator('.source').textContent()).toContain('//');
  });

  it('broke nothing and asked for nothing that the content policy forbids', () => {
    expect(ann.problems).toEqual([]);
  });
});
