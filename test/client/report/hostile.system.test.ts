/**
 * A report in one file whose notebook, code and data are all hostile, opened from the disk by a real browser: nothing of it
 * runs, nothing leads the reader away, nobody is asked for anything; and with no network at all its tables still sort.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { gondola } from '../../support/gondola.ts';
import { makeWorkspace } from '../../support/server.ts';

const PATIENCE = { timeout: 30_000, interval: 50 };
const RUNS = 'top.PWNED=1;parent.PWNED=1;window.PWNED=1';
const ENDS = `</script></title></style>--><script>${RUNS}</script><img src=x onerror="${RUNS}">`;
const MARKUP = [
  `<script>${RUNS}</script>`,
  '<img src="CANARY/i.png" srcset="CANARY/s.png 2x" onerror="parent.PWNED=1">',
  '<meta http-equiv="refresh" content="0;url=CANARY/meta">',
  '<base href="CANARY/base/" target="_top">',
  '<link rel="stylesheet" href="CANARY/l.css"><link rel="preconnect" href="CANARY"><link rel="prefetch" href="CANARY/p">',
  '<style>@import "CANARY/s.css"; b { background: url(CANARY/b.png) }</style>',
  '<iframe src="CANARY/frame"></iframe><object data="CANARY/o"></object><embed src="CANARY/e">',
  '<form action="CANARY/form" id="f"><input name="x"></form><button form="f" autofocus>send</button>',
  '<video src="CANARY/v" autoplay></video><audio src="CANARY/a" autoplay></audio>',
  '<a id="away" target="_top" href="javascript:parent.PWNED=1">away</a><a ping="CANARY/ping" href="#x">x</a>',
  `<svg onload="${RUNS}"><script>${RUNS}</script><image href="CANARY/svg.png"/></svg><b>drawn</b>`,
].join('');
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" onload="${RUNS}"><script>${RUNS}</script><image href="CANARY/in-svg.png" width="9" height="9"/><rect width="40" height="40" fill="#3a5"/></svg>`;
const SPEC = {
  data: { url: 'CANARY/data.json' },
  mark: { type: 'image', width: 20, height: 20 },
  params: [{ name: 'p', expr: 'window.parent.PWNED = 1' }],
  encoding: { url: { value: 'CANARY/vega.png' }, href: { value: 'javascript:top.PWNED=1' } },
};
const TEXT = `---
title: ${JSON.stringify(ENDS)}
forms:
  place: ${JSON.stringify(ENDS)}
---

${ENDS}

[x](javascript:top.PWNED=1) [y](<data:text/html,${RUNS}>) ![z](CANARY/prose.png) ![w](data/evil.svg) ![v](data/evil.png) \${place}

\`\`\`sql id=table
select i as n, '${ENDS.replaceAll("'", "''")}' as "${ENDS.replaceAll('"', '""')}" from range(40) t(i)
\`\`\`

\`\`\`sql id=pivot
select '${ENDS}' as k, 1 as v
\`\`\`

<!-- gondola {"chart":{"pivot":{"rows":[{"column":"k"}],"values":[{"aggregate":"sum","column":"v"}]},"show":"pivot"}} -->

\`\`\`sql id=chart
select '${ENDS}' || i as k, i as v from range(3) t(i)
\`\`\`

<!-- gondola {"chart":{"mark":"bar","show":"chart","x":{"column":"k"},"y":{"aggregate":"sum","column":"v"}}} -->

\`\`\`typescript id=html
html(${JSON.stringify(MARKUP)})
\`\`\`

\`\`\`typescript id=markdown
markdown(${JSON.stringify(`${ENDS}\n\n[away](javascript:top.PWNED=1) ![p](CANARY/made.png) ![q](data/evil.svg)`)})
\`\`\`

\`\`\`shell id=text
printf '%s' '${ENDS}'; printf '\\033]8;;javascript:top.PWNED=1\\033\\\\link\\033]8;;\\033\\\\'
\`\`\`

\`\`\`vega-lite id=spec
${JSON.stringify(SPEC)}
\`\`\`
`;

const asked: string[] = [];
const canary = createServer(({ url = '' }, response) => {
  asked.push(url);
  response.end();
});
let workspace: ReturnType<typeof makeWorkspace>;
let browser: Browser;

beforeAll(async () => {
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(canary.address() as AddressInfo).port}`;
  const files = { 'hostile.nb.md': TEXT, 'data/evil.svg': SVG, 'data/evil.png': `<html>${MARKUP}` };
  workspace = makeWorkspace(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [name, text.replaceAll('CANARY', address)])),
  );
  browser = await launchBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  canary.close();
  workspace?.remove();
});

test('what is hostile in a report stays text and pictures, and tables sort without a network', async () => {
  const file = join(workspace.path, 'out.html');
  const { err } = await gondola(['run', join(workspace.path, 'hostile.nb.md'), '--output', file]);
  expect(err).toContain('wrote');
  // Outside of its scripts there is not one tag that somebody wrote.
  const markup = readFileSync(file, 'utf8').replace(/<script[^>]*>[\s\S]*?<\/script>/g, '<script>');
  expect(markup.match(/<script/g)?.length).toBeLessThanOrEqual(3);
  expect(markup).not.toMatch(/PWNED=1<|<img|onerror="/);
  // Once with a network that it could use, once without any.
  for (const offline of [false, true]) {
    const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, offline });
    const page = await context.newPage();
    const gone: string[] = [];
    const pages: string[] = [];
    page.on('requestfinished', (request) => {
      if (!/^(data|blob|file):/.test(request.url())) gone.push(request.url());
    });
    page.on('dialog', (dialog) => {
      gone.push(dialog.message());
      void dialog.dismiss();
    });
    context.on('page', (opened) => pages.push(opened.url()));
    await page.goto(pathToFileURL(file).href);
    await page.locator('.file-foot').waitFor(PATIENCE);
    const html = page.locator('[data-paragraph=html]');
    for (const id of ['table', 'pivot', 'chart', 'markdown', 'html', 'spec'])
      await page.locator(`[data-paragraph=${id}]`).scrollIntoViewIfNeeded(PATIENCE);
    await html.scrollIntoViewIfNeeded(PATIENCE);
    await html.locator('iframe:not(.coming)').waitFor(PATIENCE);
    await page.frameLocator('[data-paragraph=html] iframe').getByText('drawn').waitFor(PATIENCE);
    await page.frameLocator('[data-paragraph=html] iframe').locator('#away').click(PATIENCE);
    await page
      .locator('[data-vector] iframe:not(.coming)')
      .first()
      .waitFor({ state: 'attached', ...PATIENCE });
    const table = page.locator('[data-paragraph=table] .file-table');
    const first = () => table.locator('tbody td').first().textContent();
    const sort = table.locator('th button').first();
    await sort.click();
    await sort.click();
    expect([await first(), await table.locator('tbody td').nth(1).textContent()]).toEqual(['39', ENDS]);
    expect(await table.locator('th').nth(1).textContent()).toBe(ENDS);
    expect(await page.locator('[data-paragraph=pivot] tbody th').textContent()).toBe(ENDS);
    expect(await page.locator('[data-paragraph=text] pre').textContent()).toContain(ENDS);
    expect(await page.locator('.file-values').textContent()).toContain(ENDS);
    expect(await page.title()).toBe(ENDS);
    expect(await page.locator('.picture-missing').allTextContents()).toEqual(
      expect.arrayContaining([expect.stringContaining('“evil.png” is no picture')]),
    );
    const links = await page.locator('a').evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''));
    expect(links.filter((href) => !/^(https?:|mailto:|#)/.test(href))).toEqual([]);
    expect(await page.evaluate(() => Reflect.get(window, 'PWNED'))).toBeUndefined();
    expect([page.url(), gone, pages, asked]).toEqual([pathToFileURL(file).href, [], [], []]);
    await context.close();
  }
}, 120_000);
