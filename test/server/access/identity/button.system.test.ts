/** The way in by a provider, in a real browser: the button, the provider's own form, and oneself on the page afterwards. */
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../../support/browser.ts';
import { addUser } from '../../../support/gondola.ts';
import { type OpenId, startOpenId } from '../../../support/openid/openid.ts';
import { notebookAt } from '../../../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../../support/server.ts';

const workspace = makeWorkspace({ 'plan.nb.md': '# The plan\n' });
const pictures = process.env.GONDOLA_TEST_PICTURES;
let openid: OpenId;
let server: ServerProcess;
let browser: Browser;

beforeAll(async () => {
  openid = await startOpenId();
  const claims = { preferred_username: 'anna', name: 'Anna Example', groups: ['crew'] };
  await openid.know({ anna: { sub: '1', password: 'pw-anna', claims } });
  addUser(workspace.path, 'ada');
  const oidc = {
    issuer: openid.origin,
    clientId: 'gondola',
    scope: 'openid profile groups',
    groups: { crew: 'writer' },
    label: 'Example ID',
  };
  const env = { GONDOLA_OIDC: JSON.stringify(oidc), GONDOLA_OIDC_SECRET: 'a secret of the client' };
  server = await startServer(workspace.path, { env });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await openid?.stop();
  workspace.remove();
});

async function open(options: BrowserContextOptions, to = '/'): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(`${server.origin}${to}`);
  return page;
}

/** At the provider. */
async function giveName(page: Page): Promise<void> {
  await page.locator('input[name=name]').fill('anna');
  await page.locator('input[name=password]').fill('pw-anna');
  await page.getByRole('button').click();
}

async function picture(page: Page, name: string): Promise<void> {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`) });
}

test('stands above the form, in both languages, on narrow and dark screens, and works without a script', async () => {
  for (const [name, options, button] of [
    ['sign-in', {}, 'Continue with Example ID'],
    ['sign-in-dark', { colorScheme: 'dark' }, 'Continue with Example ID'],
    ['sign-in-ko', { locale: 'ko-KR', viewport: { width: 320, height: 640 } }, 'Example ID 계정으로 계속'],
  ] as const) {
    const page = await open({ ...options, javaScriptEnabled: false }, '/n/somewhere');
    const link = page.getByRole('link', { name: button, exact: true });
    const [above, field] = [await link.boundingBox(), await page.locator('#name').boundingBox()];
    expect(above && field && above.y + above.height <= field.y).toBe(true);
    expect(above && above.x >= 0 && above.x + above.width <= (page.viewportSize()?.width ?? 0)).toBe(true);
    expect(above && above.height >= 36).toBe(true);
    await picture(page, name);
    if (button.startsWith('Example')) {
      await link.click();
      await giveName(page);
      await page.waitForURL(`${server.origin}/n/somewhere`);
    }
    await page.context().close();
  }
});

test('leads to a page of one’s own without another password, and others find one by either name', async () => {
  const plan = await notebookAt(server, 'plan.nb.md');
  const anna = await open({});
  await anna.getByRole('link', { name: 'Continue with Example ID' }).click();
  await giveName(anna);
  await anna.locator('[data-account]').click();
  await anna.getByText('Anna Example').first().waitFor();
  await anna.getByRole('menuitem', { name: 'Sign out', exact: true }).waitFor();
  await expect.poll(() => anna.getByRole('menuitem', { name: /password/i }).count(), { timeout: 20_000 }).toBe(0);

  const ada = await open({}, `/n/${plan}`);
  await ada.getByLabel('Name').fill('ada');
  await ada.getByLabel('Password').fill('long enough');
  await ada.getByRole('button', { name: 'Sign in' }).first().click();
  await ada.locator('[data-account]').click();
  await ada.getByRole('menuitem', { name: /password/i }).waitFor();
  await ada.keyboard.press('Escape');
  await ada.getByRole('button', { name: 'Share', exact: true }).click();
  for (const typed of ['anna e', 'anna']) {
    await ada.getByRole('combobox', { name: /add/i }).first().fill(typed);
    await ada.getByRole('option', { name: /Anna Example\s*anna/ }).waitFor();
  }
  await ada.getByRole('option', { name: /Anna Example/ }).click();
  await expect
    .poll(async () => (await server.call('GET', `notebooks/${plan}/access`)).body, { timeout: 20_000 })
    .toMatchObject({ items: expect.arrayContaining([expect.objectContaining({ name: 'Anna Example' })]) });
  await anna.goto(`${server.origin}/n/${plan}`);
  await anna.getByRole('heading', { name: 'The plan' }).first().waitFor();
});
