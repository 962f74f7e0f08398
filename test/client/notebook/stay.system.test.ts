/** Shift+Enter in a real browser: the paragraph with the caret stays in sight, and a page scrolled by hand stays where it is. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { notebookAt, visit } from '../../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../support/server.ts';

const lines = Array.from({ length: 14 }, (_, line) => `-- line ${line}`).join('\n');
const VIEW = 860;
let server: ServerProcess;
let browser: Browser;
const workspace = makeWorkspace({
  'a.nb.md': `\`\`\`sql id=one\n${lines}\nselect i, i * 2 as b from range(300) t(i)\n\`\`\`\n\n\`\`\`sql id=two\n${lines}\nselect 2\n\`\`\`\n\n\`\`\`sql id=three\nselect 3\n\`\`\`\n`,
});

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(workspace.path), launchBrowser()]);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace.remove();
});

test('a table that comes above the caret does not push it off the screen, unless one has scrolled away', async () => {
  const notebook = await notebookAt(server, 'a.nb.md');
  const viewport = { width: 1200, height: VIEW };
  const { page, problems } = await visit(browser, server, { name: 'Ada', to: `/n/${notebook}`, context: { viewport } });
  const two = page.locator('[data-paragraph="two"]');
  await page.locator('[data-paragraph="one"]').getByText('line 3').click();
  await page.keyboard.press('Shift+Enter');
  await page.locator('[data-paragraph="one"] .grid-row').first().waitFor();
  await expect.poll(async () => bottomOf(await two.boundingBox())).toBeLessThanOrEqual(VIEW);
  expect(await page.evaluate(() => scrollY)).toBeGreaterThan(0);

  await page.mouse.move(600, 400);
  await page.mouse.wheel(0, -5000);
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(0);
  await server.call(
    'PUT',
    `notebooks/${notebook}/text`,
    `# Above\n\n${'Words.\n\n'.repeat(30)}${await textOf(notebook)}`,
    {
      'if-match': '*',
    },
  );
  await page.getByRole('heading', { name: 'Above' }).waitFor();
  expect(await page.evaluate(() => scrollY)).toBe(0);
  expect(problems).toEqual([]);
}, 60_000);

const bottomOf = (box: { y: number; height: number } | null): number => (box ? box.y + box.height : Number.NaN);
const textOf = async (notebook: string): Promise<string> =>
  String((await server.call('GET', `notebooks/${notebook}/text`)).body);
