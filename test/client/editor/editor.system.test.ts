/**
 * The editor as people have it: a real Chromium on the real server, under its content policy. A syllable is composed
 * with the browser's own input method interface, in the plain field and in Monaco, while a colleague types.
 */
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { notebookAt, type Visitor, visit } from '../../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../support/server.ts';

const workspace = makeWorkspace({
  'one.nb.md': '# One\n\n```sql id=first\nselect 1 as n\n```\n\n```sql id=second\nselect 2 as n\n```\n',
});
let server: ServerProcess;
let browser: Browser;
let ann: Visitor;
let ben: Visitor;
let input: CDPSession;
let notebook: string;

beforeAll(async () => {
  server = await startServer(workspace.path);
  browser = await launchBrowser();
  notebook = await notebookAt(server, 'one.nb.md');
  ann = await visit(browser, server, { name: 'Ann', to: `/n/${notebook}` });
  ben = await visit(browser, server, { name: '게스트', to: `/n/${notebook}` });
  input = await ann.page.context().newCDPSession(ann.page);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace.remove();
});

const paragraph = (page: Page, id: string) => page.locator(`[data-paragraph="${id}"]`);
const monaco = (page: Page, id: string) => paragraph(page, id).locator('.source[data-editor] textarea').first();

async function source(id: string): Promise<string> {
  const { body } = await server.call('GET', `notebooks/${notebook}`);
  const { paragraphs } = body as { paragraphs: { id: string; source: string }[] };
  return paragraphs.find((each) => each.id === id)!.source;
}

async function compose(steps: readonly string[]): Promise<void> {
  for (const text of steps) {
    await input.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  }
}
const commit = (text: string) => input.send('Input.insertText', { text });

describe('the editor', () => {
  it('takes what is typed before Monaco is there, and Korean whole', async () => {
    await paragraph(ann.page, 'first').getByText('select').first().click();
    await ann.page.keyboard.press('Control+End');
    await ann.page.keyboard.type(' -- ');
    await compose(['ㅎ', '하', '한']);
    await commit('한');
    await compose(['ㄱ', '그', '글']);
    await commit('글');
    await expect.poll(() => source('first')).toBe('select 1 as n -- 한글');
  });

  it('hands caret and focus to Monaco, which shows the same text in the same place', async () => {
    const box = paragraph(ann.page, 'first').locator('.source');
    const before = await box.boundingBox();
    await monaco(ann.page, 'first').waitFor({ state: 'attached', timeout: 30_000 });
    await ann.page.keyboard.type('!');
    await expect.poll(() => source('first')).toBe('select 1 as n -- 한글!');
    expect(await box.boundingBox()).toEqual(before);
  });

  it('keeps a syllable whole while a colleague types into the same text', async () => {
    await compose(['ㅅ', '서']);
    await paragraph(ben.page, 'first').getByText('select').first().click();
    await ben.page.keyboard.press('Control+Home');
    await ben.page.keyboard.type('/* ben */ ');
    await expect.poll(() => source('first')).toMatch(/^\/\* ben \*\/ /);
    await compose(['서', '선']);
    await commit('선');
    await expect.poll(() => source('first')).toBe('/* ben */ select 1 as n -- 한글!선');
  });

  it('shows the colleague’s caret with name', async () => {
    const caret = paragraph(ann.page, 'first').locator('.remote-caret');
    await caret.waitFor();
    expect(await caret.getAttribute('data-name')).toBe('게스트');
  });

  it('undoes one’s own edits only', async () => {
    await ann.page.keyboard.press('Control+z');
    await expect.poll(() => source('first')).not.toContain('선');
    expect(await source('first')).toContain('/* ben */');
  });

  it('goes on to the next paragraph with the arrows, and runs with the keys', async () => {
    await ann.page.keyboard.press('Control+End');
    await ann.page.keyboard.press('ArrowDown');
    await ann.page.keyboard.press('Control+End');
    await ann.page.keyboard.type('2');
    await expect.poll(() => source('second')).toBe('select 2 as n2');
    await ann.page.keyboard.press('Control+Enter');
    const cell = paragraph(ann.page, 'second').locator('.grid-cell').first();
    await cell.waitFor();
    expect(await cell.textContent()).toBe('2');
  });

  it('broke nothing and asked for nothing that the content policy forbids', () => {
    expect([...ann.problems, ...ben.problems]).toEqual([]);
  });
});
