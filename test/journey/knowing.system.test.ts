/**
 * An editor that knows the tables, in a real Chromium on the built server: columns are offered and wrong ones underlined
 * in TypeScript and in SQL, before anything runs. With GONDOLA_TEST_PICTURES=docs/pictures it takes the guide's pictures.
 */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { notebookAt, type Visitor, visit } from '../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../support/server.ts';

const ROWS = "('SEA', 70, 1.5), ('JFK', 90, 2), ('ORD', 200, 3.25)";
const workspace = makeWorkspace({
  'tables.nb.md': [
    '# Delays\n',
    `\`\`\`sql id=flights name=flights\nfrom (values ${ROWS}) as t(origin, delay, 지연)\n\`\`\`\n`,
    '```ts id=typed\n\n```\n',
    '```sql id=later\ncreate or replace table late as select origin from flights where delay > 80\n```\n',
    '```sql id=query\n\n```\n',
  ].join('\n'),
});
const pictures = process.env.GONDOLA_TEST_PICTURES;
const SHOWN = { x: 290, y: 90, width: 990, height: 810 };
const PATIENCE = 30_000;
let server: ServerProcess;
let browser: Browser;
let ann: Visitor;
let page: Page;
let notebook: string;

beforeAll(async () => {
  server = await startServer(workspace.path);
  browser = await launchBrowser();
  notebook = await notebookAt(server, 'tables.nb.md');
  await server.call('POST', `notebooks/${notebook}/runs?wait=60`, { paragraphs: ['flights'] });
  ann = await visit(browser, server, { name: 'Ann', to: `/n/${notebook}`, patience: PATIENCE });
  page = ann.page;
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace.remove();
});

const paragraph = (id: string) => page.locator(`[data-paragraph="${id}"]`);
const marks = (id: string, kind: 'error' | 'warning') => paragraph(id).locator(`.squiggly-${kind}`);
const poll = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: PATIENCE });

async function open(id: string): Promise<void> {
  await paragraph(id).locator('.source').click();
  await paragraph(id).locator('.source[data-editor] textarea').first().waitFor({ state: 'attached' });
}

/** In place of all that stands there. */
async function write(text: string): Promise<void> {
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.keyboard.type(text);
}

const offered = async (): Promise<string[]> => {
  await page.locator('.suggest-widget.visible .monaco-list-row').first().waitFor();
  return page.locator('.suggest-widget.visible .monaco-list-row .label-name').allTextContents();
};

/** What is said of a word of a paragraph. */
async function hovered(id: string, word: string): Promise<string> {
  await open(id);
  await page.mouse.move(0, 0);
  await paragraph(id).locator('.view-line span', { hasText: word }).last().hover();
  const said = page.locator('.monaco-hover:visible');
  await said.first().waitFor();
  return (await said.allTextContents()).join('\n');
}

async function picture(name: string): Promise<void> {
  if (pictures !== undefined) await page.screenshot({ path: join(pictures, name), clip: SHOWN });
}

describe('TypeScript that knows the tables', () => {
  it('offers a table’s columns, and underlines one that is not there', async () => {
    await open('typed');
    await page.keyboard.type('flights.filter(f => f.');
    await poll(offered).toEqual(expect.arrayContaining(['delay', 'origin', '지연']));
    await picture('typescript.png');
    await page.keyboard.type('dely > 60)');
    await marks('typed', 'error').first().waitFor({ state: 'attached' });
    await poll(() => hovered('typed', 'dely')).toContain('There is no column “dely”');
    await poll(() => hovered('typed', 'flights')).toContain('3 rows · 3 columns');
  });

  it('runs what it does not underline: a table by its name', async () => {
    await write("flights.filter(f => f.delay > 60 && f.지연 < 3).select('origin').orderBy('-origin')");
    await page.keyboard.press('Escape');
    await poll(() => marks('typed', 'error').count()).toBe(0);
    await page.keyboard.press('Control+Enter');
    await poll(() => paragraph('typed').locator('.shown').textContent()).toContain('JFK');
    expect(await paragraph('typed').locator('[role="alert"]').count()).toBe(0);
  });

  it('knows a table that a run has made', async () => {
    await open('typed');
    await write('late.limit(1)');
    await page.keyboard.press('Escape');
    await marks('typed', 'error').first().waitFor({ state: 'attached' });
    await server.call('POST', `notebooks/${notebook}/runs?wait=60`, { paragraphs: ['later'] });
    await poll(() => marks('typed', 'error').count()).toBe(0);
    await poll(() => hovered('typed', 'late')).toContain('2 rows · 1 column');
  });
});

describe('SQL that knows its columns', () => {
  it('underlines what a run would fail on, in its place, and nothing of it runs', async () => {
    await open('query');
    await page.keyboard.type("select '지연 😀' as note, dely from flights f");
    await page.keyboard.press('Escape');
    await marks('query', 'error').first().waitFor({ state: 'attached' });
    await poll(() => hovered('query', 'dely')).toContain('There is no column “dely”');
    await picture('sql.png');
    expect(await paragraph('query').locator('.shown').count()).toBe(0);
  });

  it('tells what a name stands for', async () => {
    await write('select delay from flights');
    await page.keyboard.press('Escape');
    await poll(() => marks('query', 'error').count()).toBe(0);
    await poll(() => hovered('query', 'flights')).toContain('3 rows · 3 columns');
  });

  it('broke nothing and asked for nothing that the content policy forbids', () => {
    expect(ann.problems).toEqual([]);
  });
});
