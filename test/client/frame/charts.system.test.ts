/**
 * Charts of Vega-Lite from SQL to the screen, on the real server, in a real Chromium: drawn, read under the pointer, saved;
 * what can't be drawn says why; what never ends is stopped and disturbs nothing; all of it again after a restart.
 */
import { readFileSync } from 'node:fs';
import type { Browser, Download, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { charts } from '../../../client/words/charts.ts';
import { made } from '../../../client/words/made.ts';
import { CHART_BYTES, type Output } from '../../../server/protocol/outputs.ts';
import { launchBrowser } from '../../support/browser.ts';
import { recordRuns } from '../../support/outputs.ts';
import { notebookAt, type Visitor, visit } from '../../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../support/server.ts';

const spec = {
  data: { name: 'flights' },
  description: 'Mean delay by origin',
  mark: 'bar',
  encoding: { x: { field: 'origin' }, y: { field: 'delay', aggregate: 'mean' } },
};
const fence = (language: string, id: string, text: string): string => `\`\`\`${language} id=${id}\n${text}\n\`\`\`\n`;
const inline = (more: object): string => JSON.stringify({ data: { values: [{ a: 1 }] }, mark: 'point', ...more });
const hang = `test(/^(a+)+$/, '${'a'.repeat(40)}b')`;

const recorded: Readonly<Record<string, readonly Output[]>> = {
  stuck: [{ kind: 'chart', data: [], spec: inline({ transform: [{ filter: hang }] }) }],
  touchy: [
    {
      kind: 'chart',
      data: [],
      spec: inline({
        mark: { type: 'bar', tooltip: null },
        params: [{ name: 'here', select: { type: 'point', on: 'pointermove' } }],
        encoding: {
          x: { field: 'a', bin: false, type: 'ordinal' },
          opacity: { condition: { param: 'here', empty: false, value: { expr: `${hang} ? 1 : 0.5` } }, value: 0.7 },
        },
      }),
    },
  ],
  long: [{ kind: 'html', html: `<h2>Long</h2>${'<p>row</p>'.repeat(20_000)}<p id="end">the end</p>` }],
  sequence: [{ kind: 'chart', data: [], spec: inline({ data: { sequence: { start: 0, stop: 1e9, as: 'a' } } }) }],
};
const notebook = [
  '# Charts\n',
  "```sql id=rows name=flights\nselect ['SEA','JFK','ORD'][i % 3 + 1] as origin, (i % 3 + 1) * 10 as delay from range(30000) t(i)\n```\n",
  fence('vega-lite', 'bars', JSON.stringify(spec, null, 2)),
  fence(
    'typescript',
    'code',
    [
      "await display(html('<h3>From code</h3>'));",
      "await display(markdown('**bold** from code'));",
      `const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20"/></svg>';`,
      "await display(image(new TextEncoder().encode(svg), { alt: 'a box' }));",
      "chart(table('flights'), { mark: 'bar', encoding: { x: { field: 'origin' }, y: { aggregate: 'count' } } })",
    ].join('\n'),
  ),
  fence('vega-lite', 'unmarked', '{"data": {"name": "flights"}, "encoding": {}}'),
  fence('vega-lite', 'wrong', '{"data": {"name": "flights"}, "mark": "bars"}'),
  "```sql id=wide name=wide\nselect i, repeat('x', 1000) || i as note from range(80000) t(i)\n```\n",
  fence(
    'vega-lite',
    'heavy',
    '{"data": {"name": "wide"}, "mark": "point", "encoding": {"x": {"field": "i"}, "tooltip": {"field": "note"}}}',
  ),
  fence('vega-lite', 'foreign', '{"data": {"url": "https://example.org/a.csv"}, "mark": "bar"}'),
  // So far below that nothing there is drawn before one goes there.
  Array.from({ length: 200 }, (_, line) => `Line ${line} of prose.\n`).join('\n'),
  ...Object.keys(recorded).map((id) => fence('typescript', id, 'chart(…)')),
].join('\n');

let browser: Browser;
let workspace: ReturnType<typeof makeWorkspace>;
let server: ServerProcess;
let id: string;
let ada: Visitor;

const place = (name: string): Locator => ada.page.locator(`[data-paragraph="${name}"]`);
const canvas = (name: string): Locator =>
  place(name).locator('.framed iframe:not(.coming)').contentFrame().locator('canvas');
async function look(name: string): Promise<Locator> {
  await place(name).scrollIntoViewIfNeeded();
  return place(name);
}
/** A page that was loaded again goes back to where one was, until somebody scrolls: a script is nobody. */
async function scrollTo(name: string): Promise<void> {
  await place(name).waitFor({ state: 'attached' });
  await ada.page.mouse.move(5, 300);
  await ada.page.mouse.wheel(0, 1);
  await look(name);
}

beforeAll(async () => {
  workspace = makeWorkspace({ 'charts.nb.md': notebook });
  const first = await startServer(workspace.path);
  id = await notebookAt(first, 'charts.nb.md');
  await first.stop();
  await recordRuns(
    workspace.path,
    id,
    Object.entries(recorded).map(([paragraph, outputs]) => ({
      paragraph,
      interpreter: 'typescript',
      source: 'chart(…)',
      outputs,
    })),
  );
  server = await startServer(workspace.path);
  const paragraphs = ['rows', 'bars', 'code', 'unmarked', 'wrong', 'wide', 'heavy'];
  for (const one of paragraphs) await server.call('POST', `notebooks/${id}/runs?wait=60`, { paragraphs: [one] });
  browser = await launchBrowser();
  ada = await visit(browser, server, { name: 'Ada', to: `/n/${id}`, patience: 30_000 });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace?.remove();
});

/** How many pixels of the chart have about this colour. */
async function coloured(name: string): Promise<number> {
  const shot = await place(name).locator('.framed').screenshot();
  return ada.page.evaluate(
    async (bytes) => {
      const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
      const drawing = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
      drawing.drawImage(bitmap, 0, 0);
      const { data } = drawing.getImageData(0, 0, bitmap.width, bitmap.height);
      let count = 0;
      // The first colour of both themes is a blue.
      for (let at = 0; at < data.length; at += 4) if (data[at + 2]! > data[at]! + 90) count += 1;
      return count;
    },
    [...shot],
  );
}

describe('a chart over a table', () => {
  it('is drawn, with a height of its own and what it says of itself', async () => {
    await look('bars');
    await canvas('bars').waitFor();
    await expect.poll(() => coloured('bars'), { timeout: 20_000 }).toBeGreaterThan(20_000);
    expect(await canvas('bars').getAttribute('aria-label')).toBe('Mean delay by origin');
    const box = await place('bars').locator('.framed').boundingBox();
    expect(box!.height).toBeGreaterThan(250);
    expect(box!.height).toBeLessThan(500);
  });

  it('tells what is under the pointer', async () => {
    const box = (await canvas('bars').boundingBox())!;
    await ada.page.mouse.move(box.x + 160, box.y + box.height * 0.7);
    await ada.page.mouse.move(box.x + 165, box.y + box.height * 0.7);
    const tip = place('bars').locator('iframe').contentFrame().locator('.tip');
    await tip.waitFor();
    expect(await tip.innerText()).toMatch(/origin\s*JFK\s*Mean of delay\s*20/);
    await ada.page.mouse.move(5, 300);
    await tip.waitFor({ state: 'hidden' });
  });

  it('is saved as a picture and as SVG', async () => {
    const save = async (format: string): Promise<Download> => {
      await place('bars').hover();
      const coming = ada.page.waitForEvent('download');
      await place('bars')
        .getByRole('button', { name: made.download(format) })
        .click();
      return coming;
    };
    const png = await save('PNG');
    expect(png.suggestedFilename()).toBe('chart.png');
    expect([...readFileSync(await png.path()).subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
    const svg = await save('SVG');
    expect(readFileSync(await svg.path(), 'utf8')).toMatch(/^<svg [\s\S]*JFK[\s\S]*<\/svg>$/);
  });

  it('follows the theme', async () => {
    await ada.page.evaluate(() => {
      document.documentElement.dataset.theme = 'dark';
    });
    const frame = place('bars').locator('iframe').contentFrame();
    await expect
      .poll(() => frame.locator('html').evaluate((root) => getComputedStyle(root).getPropertyValue('--ink')))
      .toBe('#eceae4');
    await expect.poll(() => coloured('bars')).toBeGreaterThan(20_000);
    await ada.page.evaluate(() => {
      delete document.documentElement.dataset.theme;
    });
  });

  it('leaves its picture when one has scrolled away, and comes back alive', async () => {
    const height = (await place('bars').locator('.framed').boundingBox())!.height;
    await ada.page.setViewportSize({ width: 1360, height: 300 });
    await look('long');
    await ada.page.mouse.wheel(0, 50_000);
    await place('bars').locator('.framed-picture').waitFor({ state: 'attached' });
    expect(await place('bars').locator('iframe').count()).toBe(0);
    expect((await place('bars').locator('.framed').boundingBox())!.height).toBe(height);
    await ada.page.setViewportSize({ width: 1360, height: 900 });
    await look('bars');
    await canvas('bars').waitFor();
  });
});

describe('TypeScript', () => {
  it('shows HTML, Markdown, pictures and charts', async () => {
    await look('code');
    const frames = place('code').locator('.framed iframe:not(.coming)');
    await frames.first().contentFrame().getByRole('heading', { name: 'From code' }).waitFor();
    await place('code').locator('.reading strong', { hasText: 'bold' }).waitFor();
    const picture = frames.nth(1).contentFrame().getByRole('img', { name: 'a box' });
    await picture.waitFor();
    expect(await picture.evaluate((image) => (image instanceof HTMLImageElement ? image.naturalWidth : 0))).toBe(40);
    await frames.nth(2).contentFrame().locator('canvas').waitFor();
  });
});

describe('what can’t be drawn', () => {
  it('says why, in the place of the chart', async () => {
    await look('unmarked');
    await place('unmarked').getByText(charts.nothing).waitFor();
    await look('wrong');
    await place('wrong').getByText(made.bad).waitFor();
    expect(await place('wrong').locator('.output-error').innerText()).toContain('There is no mark "bars".');
  });
});

describe('a chart of more bytes than a frame is sent', () => {
  it('says so, and what to do', async () => {
    await look('heavy');
    await place('heavy')
      .getByText(made.heavy('wide', CHART_BYTES / 2 ** 20))
      .waitFor({ timeout: 60_000 });
    await place('heavy').getByText(made.largeHint).waitFor();
    expect(await place('heavy').locator('iframe').count()).toBe(0);
  });
});

describe('a long output above what one reads', () => {
  it.each(['start', 'center'] as const)('does not push it away as it comes, with that at the %s', async (block) => {
    const bea = await visit(browser, server, { name: 'Bea', to: `/n/${id}`, patience: 30_000 });
    const [long, sequence] = ['long', 'sequence'].map((name) => bea.page.locator(`[data-paragraph="${name}"]`));
    await sequence!.waitFor({ state: 'attached' });
    await bea.page.mouse.move(5, 300);
    await bea.page.mouse.wheel(0, 1);
    await sequence!.evaluate((element, where) => element.scrollIntoView({ block: where, behavior: 'instant' }), block);
    await expect.poll(async () => (await long!.boundingBox())!.height, { timeout: 30_000 }).toBeGreaterThan(4000);
    const { y } = (await sequence!.boundingBox())!;
    expect(y).toBeGreaterThan(0);
    expect(y).toBeLessThan(900);
    await bea.close();
  });
});

describe('a chart that never ends', () => {
  it('is stopped, while the page and the other charts go on', async () => {
    await ada.page.reload();
    await scrollTo('stuck');
    await place('stuck').locator('iframe').waitFor({ state: 'attached' });
    const ticks = await ada.page.evaluate(async () => {
      let longest = 0;
      let last = performance.now();
      for (let index = 0; index < 40; index += 1) {
        await new Promise((resolve) => setTimeout(resolve, 25));
        longest = Math.max(longest, performance.now() - last);
        last = performance.now();
      }
      return longest;
    });
    // Held up it would be for as long as the chart hangs.
    expect(ticks).toBeLessThan(2_000);
    await place('stuck').getByText(made.stuck).waitFor({ timeout: 40_000 });
    expect(await place('stuck').locator('iframe').count()).toBe(0);
  });

  it('is stopped too where it would fill the memory', async () => {
    await look('sequence');
    await place('sequence')
      .getByText(new RegExp(`${made.stuck}|${made.bad}`))
      .waitFor({ timeout: 60_000 });
    expect(await place('sequence').locator('iframe').count()).toBe(0);
    await look('bars');
    await canvas('bars').waitFor();
  });
});

describe('a chart that hangs under the pointer', () => {
  it('is stopped then', async () => {
    await look('touchy');
    await canvas('touchy').waitFor();
    const box = (await canvas('touchy').boundingBox())!;
    for (let step = 0; step < 5; step += 1)
      await ada.page.mouse.move(box.x + box.width / 2 + step, box.y + box.height / 3);
    await place('touchy').getByText(made.stuck).waitFor({ timeout: 20_000 });
  });
});

describe('an output that is long', () => {
  it('is fetched when one comes near, and is whole', async () => {
    const asked: string[] = [];
    const late = await visit(browser, server, { name: 'Bea', patience: 30_000 });
    // Before the notebook is there, which may ask at once.
    late.page.on('request', (request) => asked.push(request.url()));
    await late.page.goto(`${server.origin}/n/${id}`);
    const long = late.page.locator('[data-paragraph="long"]');
    await long.scrollIntoViewIfNeeded();
    const end = long.locator('.framed iframe:not(.coming)').contentFrame().locator('#end');
    await end.waitFor();
    const texts = asked.filter((url) => /\/outputs\/\d+\/text$/.test(url));
    expect(texts).toHaveLength(1);
    const { body } = await server.call('GET', `runs/${texts[0]!.split('/').at(-4)}`);
    expect((body as { outputs: { html: string }[] }).outputs[0]!.html).toContain('the end');
    await late.close();
  });
});

describe('a restarted server', () => {
  it('shows the same', async () => {
    await ada.close();
    await server.kill();
    server = await startServer(workspace.path);
    ada = await visit(browser, server, { name: 'Ada', to: `/n/${id}`, patience: 30_000 });
    await look('bars');
    await canvas('bars').waitFor();
    await expect.poll(() => coloured('bars'), { timeout: 20_000 }).toBeGreaterThan(20_000);
    expect(ada.problems).toEqual([]);
  });
});
