/** A runner and a writer at their pages, in a real browser: each sees the results of their own session. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { notebookAt } from '../../support/page.ts';
import { makeWorkspace, root, type ServerProcess, startServer } from '../../support/server.ts';

const TEXT = `# Sales of the week

What we sold. Run it to see the numbers of this moment.

\`\`\`sql id=totals name=totals
select 'ran at' as label, (random() * 1e9)::bigint as mark
\`\`\`

\`\`\`sql id=sums
select count(*) as n, any_value(mark) as mark from totals
\`\`\`
`;
const workspace = makeWorkspace({ 'sales.nb.md': TEXT });
const pictures = process.env.GONDOLA_TEST_PICTURES;
let server: ServerProcess;
let browser: Browser;
let id: string;

async function signedIn(name: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(`${server.origin}/sign-in?to=${encodeURIComponent(`/n/${id}`)}`);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill('long enough');
  await page.getByRole('button', { name: 'Sign in' }).first().click();
  await page.locator('[data-paragraph="totals"] .grid-cell').first().waitFor();
  return page;
}

async function picture(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** The random number that the paragraph shows. */
const markOf = async (page: Page, paragraph = 'totals'): Promise<string> =>
  (await page.locator(`[data-paragraph="${paragraph}"] .grid-cell`).allInnerTexts()).join(' ');
const line = (page: Page) => page.getByText('Your own run: only you see these results');

beforeAll(async () => {
  server = await startServer(workspace.path);
  browser = await launchBrowser();
  id = await notebookAt(server, 'sales.nb.md');
  for (const name of ['Runa', 'Wim']) {
    const args = ['user', 'add', name, '--password-stdin', '--workspace', workspace.path];
    const child = spawn(process.execPath, [join(root, 'server', 'gondola.js'), ...args]);
    child.stdin.end('long enough\n');
    expect((await once(child, 'close'))[0]).toBe(0);
  }
  const { items } = (await server.call('GET', 'people')).body as { items: { id: string; name: string }[] };
  const person = (name: string) => ({ kind: 'person', person: items.find((one) => one.name === name)!.id });
  const grants = [
    { subject: person('Runa'), role: 'runner' },
    { subject: person('Wim'), role: 'writer' },
  ];
  expect((await server.call('PUT', `notebooks/${id}/access`, { grants }, { 'if-match': '*' })).status).toBe(200);
  await server.call('POST', `notebooks/${id}/runs?wait=60`, {});
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace.remove();
});

test('a runner runs for themselves, sees whose results these are, and gets the team’s back', async () => {
  const writer = await signedIn('Wim');
  const runner = await signedIn('Runa');
  const team = await markOf(writer);
  expect(await markOf(runner)).toBe(team);
  expect(await line(runner).count()).toBe(0);

  await runner.getByRole('button', { name: 'Run all' }).click();
  await line(runner).waitFor();
  await expect.poll(() => markOf(runner), { timeout: 30_000 }).not.toBe(team);
  const own = await markOf(runner);
  await expect
    .poll(async () => (await markOf(runner, 'sums')).includes(own.split(' ').at(-1)!), { timeout: 30_000 })
    .toBe(true);
  await picture(runner, 'runner');
  expect(await markOf(writer)).toBe(team);
  expect(await line(writer).count()).toBe(0);

  // What writers run meanwhile does not take a runner's own away; a second browser of theirs shows it too.
  await writer.locator('[data-paragraph="totals"] button.run').click();
  await expect.poll(() => markOf(writer), { timeout: 30_000 }).not.toBe(team);
  const now = await markOf(writer);
  expect(await markOf(runner)).toBe(own);
  const again = await signedIn('Runa', { colorScheme: 'dark', viewport: { width: 390, height: 800 } });
  await expect.poll(() => markOf(again), { timeout: 30_000 }).toBe(own);
  await picture(again, 'runner-dark-390');

  await runner.getByRole('button', { name: 'Show the team’s results again' }).click();
  for (const page of [runner, again]) {
    await expect.poll(() => markOf(page), { timeout: 30_000 }).toBe(now);
    expect(await line(page).count()).toBe(0);
  }

  // The menu offers the end of their own session, and nothing of the writers'.
  await runner.locator('[data-paragraph="sums"] button.run').click();
  await line(runner).waitFor();
  await runner.getByRole('button', { name: 'Session and more' }).click();
  expect(await runner.getByRole('menuitem', { name: /Restart/ }).count()).toBe(0);
  await picture(runner, 'runner-menu');
  await runner.getByRole('menuitem', { name: /Show the team’s results again/ }).click();
  await line(runner).waitFor({ state: 'detached' });
});
