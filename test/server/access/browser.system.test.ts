/** The sign-in page in a real browser: with a name and a password, in both colours and in Korean; and a reader's page. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { makeWorkspace, root, type ServerProcess, startServer } from '../../support/server.ts';

const workspace = makeWorkspace({
  'flights.nb.md': '# Flights\n\n```sql id=aa name=answer\nselect 42 as x\n```\n',
});
let server: ServerProcess;
let browser: Browser;
let notebook: string;

beforeAll(async () => {
  for (const name of ['ada', 'ben']) {
    const args = ['user', 'add', name, '--password-stdin', '--workspace', workspace.path];
    const child = spawn(process.execPath, [join(root, 'server', 'gondola.js'), ...args]);
    child.stdin.end('long enough\n');
    expect((await once(child, 'close'))[0]).toBe(0);
  }
  server = await startServer(workspace.path);
  browser = await launchBrowser();
  const { items } = (await server.call('GET', 'notebooks')).body as { items: { id: string }[] };
  notebook = items[0]!.id;
  const people = (await server.call('GET', 'people')).body as { items: { id: string; name: string }[] };
  const grants = people.items.map(({ id, name }) => {
    return { subject: { kind: 'person', person: id }, role: name === 'ada' ? 'writer' : 'reader' };
  });
  await server.call('PUT', `notebooks/${notebook}/access`, { grants }, { 'if-match': '*' });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace.remove();
});

test('a notebook’s address asks who one is, and leads back to it under the account’s name', async () => {
  const context = await browser.newContext({ colorScheme: 'dark' });
  const page = await context.newPage();
  await page.goto(`${server.origin}/n/${notebook}`);
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(22, 23, 27)');
  await page.getByLabel('Name').fill('ada');
  await page.getByLabel('Password').fill('not the one');
  await page.getByRole('button', { name: 'Sign in' }).first().click();
  await page.getByRole('alert').getByText('do not go together').waitFor();
  await page.getByLabel('Name').fill('Ada');
  await page.getByLabel('Password').fill('long enough');
  await page.getByRole('button', { name: 'Sign in' }).first().click();
  await page.waitForURL(`**/n/${notebook}`);
  await page.getByText('select 42 as x').waitFor();
  // Nobody is asked for a name that the account says.
  expect(await page.getByRole('dialog').count()).toBe(0);
  await page.getByRole('button', { name: /Run all/ }).click();
  await page.getByRole('gridcell', { name: '42' }).waitFor();
  const runs = (await server.call('GET', `notebooks/${notebook}/runs`)).body as { items: { by: { name: string } }[] };
  expect(runs.items[0]?.by.name).toBe('ada');
  await context.close();
});

test('a reader sees the page without what they may not do, live', async () => {
  const context = await browser.newContext({ locale: 'ko-KR' });
  const page = await context.newPage();
  await page.goto(`${server.origin}/n/${notebook}`);
  await page.getByLabel('이름').fill('ben');
  await page.getByLabel('비밀번호').fill('long enough');
  await page.getByRole('button', { name: '로그인' }).first().click();
  await page.getByText('select 42 as x').waitFor();
  await expect.poll(() => page.getByRole('button', { name: /Run/ }).count()).toBe(0);
  // What others do is seen as it happens.
  const { headers } = await server.call('GET', `notebooks/${notebook}/text`);
  const text = '# Flights\n\nAdded by a program.\n\n```sql id=aa name=answer\nselect 42 as x\n```\n';
  const put = { 'if-match': headers.get('etag')!, 'content-type': 'text/markdown' };
  expect((await server.call('PUT', `notebooks/${notebook}/text`, text, put)).status).toBe(204);
  await page.getByText('Added by a program.').waitFor();
  await context.close();
});
