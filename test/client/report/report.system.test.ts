/**
 * Reports as people have them: a file that draws itself in a real browser and asks nobody for anything, a PDF, the report of an
 * open notebook laid out by its writer, and the page of a link, in which nothing of what is hidden there is in any byte.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findChromium } from '../../../server/report/chromium.ts';
import { openReportPages } from '../../../server/report/page.ts';
import { pdfOf } from '../../../server/report/pdf.ts';
import { launchBrowser } from '../../support/browser.ts';
import { gondola } from '../../support/gondola.ts';
import { missing } from '../../support/missing.ts';
import { notebookAt, visit } from '../../support/page.ts';
import { makeWorkspace, root, type ServerProcess, startServer } from '../../support/server.ts';

const ROWS = 1_200;
const TEXT = `---
title: Evening delays
report: {tabs: 2, width: wide} # ours
forms:
  airport: Chicago
---

# Evening delays of \${airport}

How late flights arrive, when in the day lateness builds up, and where it goes.

\`\`\`sql id=flights name=flights
select i as flight, (i * 37) % 101 as delay, i % 24 as hour, 'to ' || (i % 7) as destination from range(${ROWS}) t(i)
\`\`\`

\`\`\`sql id=unseen report=hidden
select 'SECRET-HIDDEN' as secret
\`\`\`

## By hour

\`\`\`sql id=hours
select hour, avg(delay) as delay from flights group by all order by hour -- CODE-COMMENT
\`\`\`

<!-- gondola {"chart":{"mark":"bar","show":"chart","x":{"column":"hour"},"y":{"aggregate":"mean","column":"delay"}}} -->

<!-- paragraph id=words report=beside span=2 -->

### What to make of it

Delay builds through the day, of \${airport} as anywhere.

\`\`\`sql id=cube
select 'to ' || (i % 3) as destination, date '2015-01-01' + (i % 59)::int as day, i as seats from range(300) t(i)
\`\`\`

<!-- gondola {"chart":{"pivot":{"columns":[{"column":"day","unit":"month"}],"rows":[{"column":"destination"}],"values":[{"aggregate":"sum","column":"seats"}]},"show":"pivot"}} -->

\`\`\`sql id=laid
select i as figure, 'HELD' || '-BACK' as aside, i / 8 as share, 'row ' || i as said from range(9) t(i)
\`\`\`

<!-- gondola {"table":{"filters":[{"column":"figure","from":"3","is":"range"}],"formats":{"share":"percent"},"hidden":["aside"],"sort":["-figure"]}} -->

<!-- paragraph id=pictures -->

## As written

![The way of a day](data/day.png) ![Its course](data/course.svg) ![Not there](data/none.png)

\`\`\`typescript id=html
html('<b>written</b><script>top.PWNED=1</script><img src="CANARY/i.png" onerror="parent.PWNED=1"><meta http-equiv="refresh" content="0;url=CANARY/m"><style>@import "CANARY/s.css";</style>')
\`\`\`

\`\`\`sql id=evil
select '</script><script>window.PWNED=1</script>' as evil, '<!-- <script>' as other
\`\`\`

\`\`\`vega-lite id=spec
{"data":{"name":"flights"},"mark":"point","encoding":{"x":{"field":"hour","type":"quantitative"},"y":{"field":"delay","type":"quantitative"}}}
\`\`\`
`;
const COURSE =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 60" width="200" height="60"><path d="M0 50 C60 50 90 10 200 8" fill="none" stroke="#5b5bd6" stroke-width="3"/></svg>';
const PATIENCE = { timeout: 30_000, interval: 50 };
const canary = createServer((_, response) => response.end());
const asked: string[] = [];
let workspace: ReturnType<typeof makeWorkspace>;
let browser: Browser;
let server: ServerProcess;
let id: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
  canary.on('request', ({ url }) => asked.push(url ?? ''));
  const address = `http://127.0.0.1:${(canary.address() as AddressInfo).port}`;
  workspace = makeWorkspace({
    'gondola.json': '{}',
    'delays.nb.md': TEXT.replaceAll('CANARY', address),
    'data/day.png': readFileSync(join(root, 'docs', 'pictures', 'forms.png')),
    'data/course.svg': COURSE,
  });
  [browser, server] = await Promise.all([launchBrowser(), startServer(workspace.path)]);
  id = await notebookAt(server, 'delays.nb.md');
  await server.call('POST', `notebooks/${id}/runs?wait=60`, {});
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  canary.close();
  workspace?.remove();
});

type Opened = { readonly page: Page; readonly requests: readonly string[]; close(): Promise<void> };

/** A file, opened where there is a network that it could use. */
async function open(file: string): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 } });
  const page = await context.newPage();
  const requests: string[] = [];
  // What the policy refused is told of as well, as failed: nothing went out.
  page.on('requestfinished', (request) => {
    if (!/^(data|blob):/.test(request.url())) requests.push(request.url());
  });
  await page.goto(pathToFileURL(file).href);
  await page.locator('.file-foot').waitFor(PATIENCE);
  return { page, requests, close: () => context.close() };
}

test('a report is one file whose tables sort and charts have tips, and asks nobody for anything', async () => {
  const file = join(workspace.path, 'out.html');
  const ran = await gondola(['run', join(workspace.path, 'delays.nb.md'), '--output', file]);
  expect([ran.code, ran.err]).toEqual([0, expect.stringContaining('wrote')]);
  const text = readFileSync(file, 'utf8');
  for (const hidden of ['SECRET-HIDDEN', 'CODE-COMMENT', 'select hour', 'HELD-BACK', 'row 2'])
    expect(text).not.toContain(hidden);
  const { page, requests, close } = await open(file);
  expect(await page.locator('h1').textContent()).toBe('Evening delays of Chicago');
  expect(await page.locator('[role=tab]').allTextContents()).toEqual(['By hour', 'As written']);
  const table = page.locator('.file-table').first();
  expect(await table.locator('.file-note').textContent()).toContain(
    `The first 1,000 of ${ROWS.toLocaleString('en')} rows`,
  );
  const first = () => table.locator('tbody tr').first().locator('td').nth(1).textContent();
  await table.getByRole('button', { name: 'delay' }).click();
  expect(await first()).toBe('0');
  await table.getByRole('button', { name: 'delay' }).click();
  expect([await first(), await table.locator('th').nth(1).getAttribute('aria-sort')]).toEqual(['100', 'descending']);
  await table.getByRole('button', { name: /Show all/ }).click();
  expect(await table.locator('tbody tr').count()).toBe(1_000);
  await page.locator('.chart-picture svg').waitFor(PATIENCE);
  await page.locator('.chart-host').hover({ position: { x: 200, y: 150 } });
  await page.locator('.chart-tip').waitFor(PATIENCE);
  expect(await page.locator('.chart-tip').textContent()).toMatch(/delay/);
  const [left, right] = await Promise.all(
    ['hours', 'words'].map((one) => page.locator(`[data-paragraph=${one}]`).boundingBox()),
  );
  expect([Math.abs((left?.y ?? 0) - (right?.y ?? 99)) < 40, (right?.x ?? 0) > (left?.x ?? 0) + 300]).toEqual([
    true,
    true,
  ]);
  // Columns of 1 : 2, a pivot with totals, a table as it was laid out, and pictures.
  expect([(right?.width ?? 0) / (left?.width ?? 1) > 1.8, (right?.width ?? 9) / (left?.width ?? 1) < 2.2]).toEqual([
    true,
    true,
  ]);
  const cube = page.locator('[data-paragraph=cube]');
  expect(await cube.locator('tfoot td').allTextContents()).toEqual(['22,100', '22,750', '44,850']);
  await cube.getByRole('button', { name: '2015-01' }).click();
  const figures = await cube.locator('tbody td:nth-of-type(1)').allTextContents();
  expect(figures.map((one) => Number(one.replace(',', '')))).toEqual(
    figures.map((one) => Number(one.replace(',', ''))).toSorted((a, b) => a - b),
  );
  const laid = page.locator('[data-paragraph=laid]');
  expect(await laid.locator('th').allTextContents()).toEqual(['figure', 'share', 'said']);
  expect(await laid.locator('tbody tr').first().locator('td').allTextContents()).toEqual(['8', '100 %', 'row 8']);
  expect(await laid.locator('.file-note').textContent()).toContain('6 of those of 9 rows that its filters leave');
  await page.getByRole('tab', { name: 'As written' }).click();
  const width = await page
    .locator('[data-paragraph=pictures] img')
    .first()
    .evaluate((one) => Reflect.get(one, 'naturalWidth'));
  expect(width).toBeGreaterThan(100);
  await page.locator('[data-vector] iframe:not(.coming)').waitFor(PATIENCE);
  expect(await page.locator('.picture-missing').textContent()).toBe('There is no picture “none.png”');
  await page.locator('[data-paragraph=spec] iframe:not(.coming)').waitFor(PATIENCE);
  await page.frameLocator('[data-paragraph=html] iframe').getByText('written').waitFor(PATIENCE);
  expect(await page.locator('[data-paragraph=evil] td').first().textContent()).toBe(
    '</script><script>window.PWNED=1</script>',
  );
  expect(await page.evaluate(() => Reflect.get(window, 'PWNED'))).toBeUndefined();
  expect([requests, asked]).toEqual([[pathToFileURL(file).href], []]);
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  expect(await page.evaluate(() => getComputedStyle(document.body).color)).toBe('rgb(29, 28, 26)');
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await close();
}, 120_000);

test('a report as PDF has all of its tabs, printed without a network', async () => {
  if (findChromium(process.env.PATH ?? '') === undefined) return missing('a Chromium on the PATH to print reports');
  const file = join(workspace.path, 'out.pdf');
  const ran = await gondola(['run', join(workspace.path, 'delays.nb.md'), '--output', file, '--paper', 'letter']);
  expect([ran.code, ran.err]).toEqual([0, expect.stringContaining('wrote')]);
  const text = readFileSync(file).toString('latin1');
  expect(text.slice(0, 5)).toBe('%PDF-');
  expect(text).toMatch(/\/MediaBox \[0 0 612 792\]/);
  expect(asked).toEqual([]);
  const page = await openReportPages(join(root, 'dist', 'report')).page({
    title: 'One page',
    layout: { width: 'wide' },
    values: [],
    paragraphs: [],
    pictures: [],
    paper: 'given',
  });
  const a4 = await pdfOf(page, findChromium(process.env.PATH ?? '') ?? '', 'a4', new AbortController().signal);
  expect(Buffer.from(a4).toString('latin1')).toMatch(/\/MediaBox \[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]/);
}, 120_000);

test('a writer lays it out with few clicks, undoes it, and it stands in the file', async () => {
  const { page } = await visit(browser, server, { name: 'Ada', to: `/n/${id}` });
  await page.getByRole('link', { name: 'Report' }).click();
  expect(new URL(page.url()).pathname).toBe(`/n/${id}/report`);
  await page.locator('main.report').waitFor(PATIENCE);
  expect(await page.locator('main .code, [data-paragraph=unseen]').count()).toBe(0);
  await page.getByRole('button', { name: 'Layout' }).click();
  await page.locator('[data-paragraph=unseen]').waitFor(PATIENCE);
  const place = page.locator('[data-paragraph=flights] .report-place');
  await place.getByRole('button', { name: 'Hidden' }).click();
  const onDisk = (): string => readFileSync(join(workspace.path, 'delays.nb.md'), 'utf8');
  await expect.poll(onDisk, PATIENCE).toContain('```sql id=flights name=flights report=hidden');
  await page.getByRole('button', { name: 'Narrow' }).click();
  await expect.poll(onDisk, PATIENCE).toContain('width: narrow');
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(onDisk, PATIENCE).toContain('```sql id=flights name=flights\n');
  await expect.poll(onDisk, PATIENCE).toContain('width: wide');
  // The border between two columns: by keys and by hand, each one step to undo.
  await page.getByRole('tab', { name: 'By hour' }).click();
  const border = page.getByRole('separator').first();
  await border.waitFor(PATIENCE);
  await border.press('ArrowRight');
  await expect.poll(onDisk, PATIENCE).toMatch(/id=words report=beside span=7/);
  expect(onDisk()).toContain('sql id=hours span=5');
  if (process.env.GONDOLA_TEST_PICTURES || !existsSync(LAYOUT_PICTURE)) {
    await page.locator('.chart-picture').waitFor(PATIENCE);
    await border.hover();
    await page.screenshot({ path: LAYOUT_PICTURE });
  }
  const box = await border.boundingBox();
  const row = await page.locator('.report-row').first().boundingBox();
  if (!box || !row) throw new Error('there are no columns');
  await page.mouse.move(box.x + box.width / 2, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(row.x + row.width * 0.6, box.y + 40, { steps: 5 });
  await page.mouse.move(row.x + row.width * 0.75, box.y + 40, { steps: 5 });
  await page.mouse.up();
  await expect.poll(onDisk, PATIENCE).toContain('sql id=hours span=3');
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(onDisk, PATIENCE).toMatch(/id=words report=beside span=2/);
  await page.getByRole('button', { name: 'Done' }).click();
  expect(await page.getByRole('separator').count()).toBe(0);
  if (process.env.GONDOLA_TEST_PICTURES || !existsSync(PICTURE)) {
    await page.locator('.chart-picture').waitFor(PATIENCE);
    await page.locator('h1').click();
    await page.screenshot({ path: PICTURE });
  }
  await page.context().close();
}, 120_000);

const PICTURE = join(root, 'docs', 'pictures', 'reports.png');
const LAYOUT_PICTURE = join(root, 'docs', 'pictures', 'report-layout.png');

test('the page of a link is the same report, and gives nothing of what is hidden in it', async () => {
  const { body } = await server.call('POST', `notebooks/${id}/links`, {});
  const context = await browser.newContext();
  const page = await context.newPage();
  const said: Promise<string>[] = [];
  page.on('response', (response) => {
    if (response.url().includes('/api/')) said.push(response.text().catch(() => ''));
  });
  await page.goto(`${server.origin}${(body as { url: string }).url.replace(/^https?:\/\/[^/]+/, '')}`);
  await page.locator('[data-paragraph=flights] .grid-cell, [data-paragraph=flights] td').first().waitFor(PATIENCE);
  expect(await page.getByRole('tab', { name: 'By hour' }).count()).toBe(1);
  expect(await page.locator('[data-paragraph=unseen]').count()).toBe(0);
  await page.getByRole('tab', { name: 'By hour' }).click();
  const laid = page.locator('[data-paragraph=laid]');
  await laid.getByText('row 8').waitFor(PATIENCE);
  expect(await laid.getByRole('columnheader', { name: /aside/ }).count()).toBe(0);
  expect(await laid.getByText('row 2').count()).toBe(0);
  await laid.getByText('100 %').waitFor(PATIENCE);
  await page.getByRole('tab', { name: 'As written' }).click();
  const picture = page.locator('[data-paragraph=pictures] img').first();
  await expect.poll(() => picture.evaluate((one) => Reflect.get(one, 'naturalWidth')), PATIENCE).toBeGreaterThan(100);
  const report = await page.evaluate(
    async (at) => (await fetch(`/api/v1/notebooks/${at}/report?code=true`)).text(),
    id,
  );
  expect(report).toContain('Evening delays');
  expect(report).not.toContain('HELD-BACK');
  expect(report).toMatch(/"day\.png",\{"type":"image\/png"/);
  const all = [...(await Promise.all(said)), report].join('\n');
  for (const secret of ['SECRET-HIDDEN', 'CODE-COMMENT', '"unseen"']) expect(all).not.toContain(secret);
  await context.close();
}, 120_000);
