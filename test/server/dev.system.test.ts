/** `npm run dev`: the page from its sources in front of the server from its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { visit } from '../support/page.ts';
import { makeWorkspace, root } from '../support/server.ts';

/** Of this test alone, and below those that the system gives out by itself; the server takes the one behind it. */
const PORT = 26_130;

const workspace = makeWorkspace({ 'a.nb.md': '# From the sources\n\n```sql id=one\nselect 41 + 1 as n\n```\n' });
const child = spawn(process.execPath, [join(root, 'server', 'dev.ts'), workspace.path], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, GONDOLA_PORT: String(PORT) },
});
afterAll(async () => {
  const gone = once(child, 'exit');
  child.kill('SIGINT');
  await gone;
  workspace.remove();
});

test('the development server shows a notebook and runs it', async () => {
  let address = '';
  for await (const line of createInterface({ input: child.stdout })) {
    address = /http:\/\/\S+token=\S+/.exec(line)?.[0] ?? '';
    if (address) break;
  }
  const url = new URL(address);
  expect(url.port).toBe(String(PORT));
  const browser = await launchBrowser();
  try {
    const { page, problems } = await visit(
      browser,
      { origin: url.origin, token: url.searchParams.get('token')! },
      { name: 'Dev', patience: 60_000 },
    );
    await page.getByRole('link', { name: 'From the sources' }).click();
    await page.locator('[data-paragraph="one"]').getByText('select').first().click();
    await page.keyboard.press('Control+Enter');
    await page.locator('.grid-cell', { hasText: '42' }).waitFor();
    expect(problems).toEqual([]);
  } finally {
    await browser.close();
  }
});
