/** The sample notebooks as a visitor sees them: run by the button, every paragraph done, its outputs drawn, nothing wrong in the page. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { notebookAt, visit } from '../support/page.ts';
import { copySamples, type ServerProcess, startServer } from '../support/server.ts';

/** Long enough for three million rows on a busy machine. */
const PATIENCE_MS = 90_000;

let workspace: ReturnType<typeof copySamples>;
let server: ServerProcess;
let browser: Browser;
beforeAll(async () => {
  workspace = copySamples({ calls: 2_000 });
  server = await startServer(workspace.path);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace?.remove();
});

type Seen = { readonly paragraph: string; readonly shows: RegExp | 'chart' | 'picture' };

/** What a few paragraphs show: a text, a chart of the engine’s, or one that was written. */
const samples: Readonly<Record<string, readonly Seen[]>> = {
  'welcome.nb.md': [
    { paragraph: 'hello', shows: /greeting/ },
    { paragraph: 'files', shows: /flights-3m\.parquet/ },
    { paragraph: 'flights', shows: /3,000,000 rows/ },
    { paragraph: 'by-hour', shows: 'chart' },
    { paragraph: 'stranded', shows: /8,893/ },
    { paragraph: 'distances', shows: 'picture' },
  ],
  'tutorial.nb.md': [
    { paragraph: 'by-day', shows: 'chart' },
    { paragraph: 'waits', shows: /3 afternoon/ },
    { paragraph: 'delays', shows: 'chart' },
    { paragraph: 'routes', shows: 'chart' },
    { paragraph: 'check', shows: /enough flights/ },
  ],
  'medallion.nb.md': [
    { paragraph: 'bad-rows', shows: /40 rows/ },
    { paragraph: 'by-state', shows: /CA/ },
  ],
  'api-log.nb.md': [
    { paragraph: 'raw', shows: /2000 \d+ data\/api-log\.jsonl/ },
    { paragraph: 'check', shows: /calls that repeat one/ },
    { paragraph: 'when', shows: 'picture' },
  ],
};

it.each(Object.keys(samples))('%s runs in the page and shows what it found', async (path) => {
  const notebook = await notebookAt(server, path);
  const visitor = await visit(browser, server, { name: 'Ada', to: `/n/${notebook}`, patience: PATIENCE_MS });
  const { page } = visitor;
  await page.getByRole('button', { name: 'Run all' }).click();
  await page.locator('[data-paragraph]').first().waitFor();
  for (const { paragraph, shows } of samples[path]!) {
    const box = page.locator(`[data-paragraph="${paragraph}"]`);
    await box.scrollIntoViewIfNeeded();
    await page.locator(`[data-paragraph="${paragraph}"][data-state="done"]`).waitFor();
    if (shows === 'chart') await box.locator('.chart-frame[data-state="shown"]').waitFor();
    else if (shows === 'picture')
      await box.locator('.framed iframe:not(.coming)').contentFrame().locator('canvas').waitFor();
    else await box.getByText(shows).first().waitFor();
  }
  await expect
    .poll(() => page.locator('[data-state="queued"], [data-state="running"]').count(), { timeout: PATIENCE_MS })
    .toBe(0);
  expect(await page.locator('[data-state="failed"], [data-state="lost"], [data-state="cancelled"]').count()).toBe(0);
  expect(visitor.problems).toEqual([]);
  await visitor.close();
});
