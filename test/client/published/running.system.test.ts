/**
 * Guests of a link that runs, in real browsers: two run at once and each sees their own figures, the members' page does not
 * change, and what the link hides is in no byte that they receive.
 */
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { notebookAt } from '../../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../support/server.ts';

/** Seconds that no other test sleeps. */
const SLEEP = 4127;
const TEXT = `<!-- paragraph id=intro -->
# 이번 주 매출

What we sold this week, by city. 실행하면 지금의 숫자를 보여 줍니다. Press Run to see the figures of this moment; they are yours alone.

\`\`\`sql id=totals name=SECRET_totals
-- SECRET-comment
select city, n, (random() * 1e9)::bigint as mark from (values ('서울', 14), ('Berlin', 9), ('부산', 7)) t(city, n)
\`\`\`

<!-- paragraph id=hours -->
## By hour

\`\`\`sql id=plot
select r as hour, r * 3 % 7 + 2 as sold, 'SECRET-row-' || r as "SECRET-column" from range(12) t(r)
\`\`\`

<!-- gondola {"chart":{"show":"chart","mark":"bar","x":{"column":"hour"},"y":{"column":"sold","aggregate":"sum"}}} -->

<!-- paragraph id=came -->
## What came of it

\`\`\`sql id=broken
select "SECRET-error" from SECRET_nothing
\`\`\`

\`\`\`shell id=slow
echo 'begun'; sleep ${SLEEP} # SECRET-script
\`\`\`

\`\`\`sql id=unseen name=SECRET_unseen
select 'SECRET-unseen' as x
\`\`\`
`;
/** Three rows of three columns. */
const CELLS = 9;
const SHOWN = ['intro', 'totals', 'hours', 'plot', 'came', 'broken', 'slow'];
const PATIENCE = { timeout: 30_000, interval: 50 };
const workspace = makeWorkspace({ 'sales.nb.md': TEXT });
const pictures = process.env.GONDOLA_TEST_PICTURES;
let server: ServerProcess;
let browser: Browser;
let id: string;
let link: string;
let team: string;

type Guest = { readonly page: Page; readonly bytes: () => Promise<string> };

/** A browser that opened the link, and all that the server said to it. */
async function guest(options: BrowserContextOptions = {}): Promise<Guest> {
  const context = await browser.newContext({ viewport: { width: 1360, height: 980 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const heard: Promise<string>[] = [];
  page.on('response', (response) => {
    if (!response.url().startsWith(server.origin)) return;
    const body = response.body().then(
      (bytes) => bytes.toString('utf8'),
      () => '',
    );
    heard.push(
      Promise.all([response.allHeaders(), body]).then(
        ([headers, text]) => `${JSON.stringify(headers)}\n${text}`,
        // What comes as the browser closes.
        () => '',
      ),
    );
  });
  await page.goto(`${server.origin}${link}`);
  await page.locator('[data-paragraph="totals"] .grid-cell').first().waitFor();
  return { page, bytes: async () => (await Promise.all(heard)).join('\n') };
}

async function picture(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.waitForTimeout(700);
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** Undefined while a table comes or goes. */
async function marks(page: Page): Promise<string | undefined> {
  const cells = await page.locator('[data-paragraph="totals"] .grid-cell').allInnerTexts();
  return cells.length === CELLS && cells.every((cell) => cell !== '') ? cells.join(' ') : undefined;
}
/** Those of a whole table that are not these. */
async function marksBut(page: Page, old?: string): Promise<string> {
  let found: string | undefined;
  const seen = async (): Promise<boolean> => {
    found = await marks(page);
    return found !== undefined && found !== old;
  };
  await expect.poll(seen, PATIENCE).toBe(true);
  return String(found);
}
const button = (page: Page, paragraph: string) => page.locator(`[data-paragraph="${paragraph}"] button.run`);
const own = (page: Page) => page.getByText('Your own figures: only you see them.');

async function published(): Promise<string> {
  const { body } = await server.call('GET', `notebooks/${id}/published`);
  const runs = await server.call('GET', `notebooks/${id}/runs`);
  return JSON.stringify([body, runs.body]);
}

beforeAll(async () => {
  server = await startServer(workspace.path);
  browser = await launchBrowser();
  id = await notebookAt(server, 'sales.nb.md');
  const paragraphs = ['totals', 'plot', 'unseen'];
  expect((await server.call('POST', `notebooks/${id}/runs?wait=60`, { paragraphs })).status).toBe(202);
  const made = await server.call('POST', `notebooks/${id}/links`, { role: 'runner', paragraphs: SHOWN });
  link = (made.body as { url: string }).url;
  team = await published();
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace.remove();
});

test('two guests of one link run at once, each for themselves, and nothing that is hidden reaches them', async () => {
  const [one, two] = await Promise.all([
    guest(),
    guest({ colorScheme: 'dark', viewport: { width: 390, height: 844 } }),
  ]);
  const before = await marksBut(one.page);
  await expect.poll(() => marks(two.page), PATIENCE).toBe(before);
  await picture(one.page, 'link-run-before');
  await Promise.all([button(one.page, 'totals').click(), button(two.page, 'totals').click()]);
  const [mine, theirs] = [await marksBut(one.page, before), await marksBut(two.page, before)];
  expect(mine).not.toBe(theirs);
  await own(one.page).waitFor();

  // By the keyboard, and what fails says no more than which step it was.
  await button(one.page, 'broken').focus();
  await one.page.keyboard.press('Shift+Enter');
  await one.page.getByText(/^Paragraph 3 failed \(reference [a-z0-9-]+\)/).waitFor();
  await one.page.getByText('It may need what the paragraphs above make').waitFor();
  expect(await button(one.page, 'slow').evaluate((element) => element === document.activeElement)).toBe(true);

  // A run that would go on for an hour can be stopped; what it says meanwhile is seen.
  await one.page.keyboard.press('Enter');
  await one.page.locator('[data-paragraph="slow"]').getByText('begun').waitFor();
  await picture(one.page, 'link-run-running');
  await picture(two.page, 'link-run-dark-390');
  await one.page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect.poll(() => button(one.page, 'slow').getAttribute('class'), PATIENCE).toBe('run cancelled');
  await picture(one.page, 'link-run-after');

  expect(await published()).toBe(team);
  await one.page.getByRole('button', { name: 'Show what is published' }).click();
  await expect.poll(() => marks(one.page), PATIENCE).toBe(before);
  expect(await own(one.page).count()).toBe(0);
  expect(await marks(two.page)).toBe(theirs);
  for (const { bytes } of [one, two]) {
    const said = await bytes();
    expect(said).toContain('Berlin');
    expect(said.match(/.{0,60}SECRET.{0,40}/g) ?? []).toEqual([]);
  }
});
