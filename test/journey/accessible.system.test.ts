/**
 * The page for everybody: axe finds nothing against home, a notebook with all that runs show, what stands over it, and
 * what is published of it, in light and dark. No rule is off and nothing is left out.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { words } from '../../client/words/en.ts';
import { findWords } from '../../client/words/find.ts';
import { renameWords } from '../../client/words/rename.ts';
import { violations } from '../support/axe.ts';
import { launchBrowser } from '../support/browser.ts';
import { notebookAt, visit } from '../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../support/server.ts';

/** The machine may be busy. */
const PATIENCE = 40_000;
const TEXT = `---
title: 지연, by hour
forms:
  day: {type: date, default: 2001-01-01, label: Day}
  airport: {options: [SEA, ICN], default: SEA, label: 공항}
  late: {default: true, label: Late only}
---

# 지연, by hour

Some **prose** with a [link](https://example.org), \`code\` and $e = mc^2$.

- [x] read
- [ ] look

| a | b |
|---|---|
| 1 | 2 |

## Figures

\`\`\`sql id=table name=figures
select r as hour, r * 3 % 7 as delay, '이름 ' || r as name, [r, 2] as list, null as nothing from range(2000) t(r)
\`\`\`

\`\`\`sql id=plot
select r as hour, r * 3 % 7 as delay, $airport as airport, $day as day, $late as late from range(24) t(r)
\`\`\`

<!-- gondola {"chart":{"show":"chart","mark":"bar","x":{"column":"hour"},"y":{"column":"delay","aggregate":"sum"}}} -->

\`\`\`sql id=broken
select dely from figures
\`\`\`

\`\`\`ts id=page
html('<h3>Written by a program</h3><p>text</p>')
\`\`\`

\`\`\`sh id=text
printf '\\033[31mred\\033[0m and \\033[32mgreen\\033[0m\\n'; echo plain
\`\`\`
`;
const workspace = makeWorkspace({ 'late.nb.md': TEXT, 'reports/week.nb.md': '# Week\n\nNothing yet.\n' });
let server: ServerProcess;
let browser: Browser;
let late: string;
let link: string;
let page: Page;

beforeAll(async () => {
  server = await startServer(workspace.path);
  browser = await launchBrowser();
  late = await notebookAt(server, 'late.nb.md');
  for (const paragraphs of [['table', 'plot', 'page', 'text'], ['broken']])
    expect((await server.call('POST', `notebooks/${late}/runs?wait=60`, { paragraphs })).status).toBe(202);
  const made = await server.call('POST', `notebooks/${late}/links`, { role: 'reader' });
  link = (made.body as { url: string }).url;
  const context = { reducedMotion: 'reduce' as const };
  ({ page } = await visit(browser, server, { name: 'Ada', patience: PATIENCE, context }));
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace.remove();
});

/** In both colours. */
async function expectNone(where: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page), `${where}, ${colorScheme}`).toEqual([]);
  }
}
/** All that runs show is drawn; what is far off only once it is near. */
async function results(): Promise<void> {
  for (const [id, drawn] of [
    ['page', 'iframe'],
    ['plot', '.chart-host'],
    ['table', '.grid-cell'],
  ] as const) {
    const paragraph = page.locator(`[data-paragraph="${id}"]`);
    await paragraph.scrollIntoViewIfNeeded();
    await paragraph.locator(drawn).first().waitFor();
  }
}

test('home', async () => {
  await page.getByRole('link', { name: '지연, by hour' }).waitFor();
  await expectNone('home');
});

test('a notebook, and what stands over it', async () => {
  await page.goto(`${server.origin}/n/${late}`);
  await results();
  await expectNone('a notebook');
  await page.keyboard.press('Control+K');
  await page.locator('input[role="combobox"]').fill('지연');
  await expectNone('the palette');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+F');
  await page.getByRole('textbox', { name: findWords.label }).fill('hour');
  await page.getByRole('button', { name: findWords.replacing }).click();
  await expectNone('find and replace');
  await page.keyboard.press('Escape');
  await page.locator('[data-paragraph="table"] .source').click();
  await page.keyboard.press('Escape');
  await page.keyboard.press('F2');
  await page.getByRole('textbox', { name: renameWords.label }).fill('figures_of_hours');
  await page.locator('.rename [type="submit"][aria-disabled="false"]').waitFor();
  await expectNone('calling a result otherwise');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: words.bar.session }).click();
  await page.getByRole('menu').waitFor();
  await expectNone('a menu');
  await page.keyboard.press('Escape');
});

test('its report', async () => {
  await page.goto(`${server.origin}/n/${late}/report`);
  await results();
  await expectNone('the report');
});

test('what a link shows of it', async () => {
  await page.context().clearCookies();
  await page.goto(new URL(link, server.origin).href);
  await results();
  await expectNone('a published page');
});
