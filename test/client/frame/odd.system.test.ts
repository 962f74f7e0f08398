/**
 * What names, titles and pictures can be: columns named as paths, code or markup are drawn as any, by Vega-Lite and by our own charts, texts that
 * look like HTML stay text, a picture of a few kilobytes that is gigabytes is not unpacked, and what was not followed is told.
 */
import { deflateSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { made } from '../../../client/words/made.ts';
import type { Output } from '../../../server/protocol/outputs.ts';
import { launchBrowser } from '../../support/browser.ts';
import { recordRuns } from '../../support/outputs.ts';
import { notebookAt, type Visitor, visit } from '../../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../support/server.ts';

const names = [
  `it's "quoted"`,
  'a.b[0]["c"]',
  '__proto__',
  'constructor',
  'toString',
  'Sepal.Length',
  '\\',
  'a.b[0]',
  "datum['constructor']",
  '<img src=x onerror=alert(1)>',
  '\u202Eهذا اسم\u202C',
  'long '.repeat(12),
];
const escaped = (name: string): string => name.replace(/[.[\]'"\\]/g, '\\$&');
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** As a column's name stands in SQL, or as Vega-Lite wants it written. */
const named = (name: string, index: number): object => ({
  data: { name: 'odd' },
  title: name,
  mark: 'bar',
  encoding: {
    x: { field: index % 2 === 0 ? name : escaped(name), type: 'quantitative' },
    y: { field: 'k', type: 'nominal' },
  },
});

/** The head of a PNG, and rows of nothing. */
function png(side: number): string {
  const chunk = (type: string, data: Uint8Array): Buffer => {
    const part = Buffer.alloc(data.length + 12);
    part.writeUInt32BE(data.length);
    part.write(type, 4, 'latin1');
    part.set(data, 8);
    part.writeUInt32BE(crc(part.subarray(4, 8 + data.length)), 8 + data.length);
    return part;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side);
  head.writeUInt32BE(side, 4);
  head[8] = 1;
  const rows = deflateSync(Buffer.alloc(side * (1 + Math.ceil(side / 8))));
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]).toString(
    'base64',
  );
}
function crc(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}

const values = { values: [{ a: 1, b: 2 }] };
const chart = (spec: object): Output => ({ kind: 'chart', data: [], spec: JSON.stringify({ data: values, ...spec }) });
const recorded: Readonly<Record<string, Output>> = {
  vast: { kind: 'image', type: 'image/png', data: png(20_000) },
  small: { kind: 'image', type: 'image/png', data: png(200) },
  unknown: chart({
    mark: 'bar',
    encoding: { x: { field: 'a' }, y: { field: 'b', aggregate: 'average_of' }, colour: { field: 'a' } },
  }),
  known: chart({
    mark: 'bar',
    encoding: { x: { field: 'a' }, y: { field: 'b', aggregate: 'mean' }, color: { field: 'a' } },
  }),
  code: chart({
    transform: [{ calculate: "datum.constructor.constructor('return globalThis')()", as: 'c' }],
    mark: 'point',
  }),
};

let browser: Browser;
let workspace: ReturnType<typeof makeWorkspace>;
let server: ServerProcess;
let ada: Visitor;
const dialogs: string[] = [];
const place = (name: string) => ada.page.locator(`[data-paragraph="${name}"]`);
const frameOf = (name: string) => place(name).locator('.framed iframe:not(.coming)').contentFrame();

beforeAll(async () => {
  const columns = names.map((name, index) => `${index + 1} as ${quoted(name)}`).join(', ');
  const text = [
    `# Odd\n\n\`\`\`sql id=odd name=odd\nselect 'k' as k, ${columns}\n\`\`\`\n`,
    ...names.map((name, index) => `\`\`\`vega-lite id=n${index}\n${JSON.stringify(named(name, index))}\n\`\`\`\n`),
    ...names.map((name, index) => {
      const chart = { show: 'chart', mark: 'bar', x: { column: 'k' }, y: { column: name, aggregate: 'sum' } };
      const options = JSON.stringify({ chart }).replaceAll('--', '-\\u002d');
      return `\`\`\`sql id=own${index}\nselect k, ${quoted(name)} from odd\n\`\`\`\n<!-- gondola ${options} -->\n`;
    }),
    ...Object.keys(recorded).map((id) => `\`\`\`typescript id=${id}\nchart(…)\n\`\`\`\n`),
  ];
  workspace = makeWorkspace({ 'odd.nb.md': text.join('\n') });
  const first = await startServer(workspace.path);
  const id = await notebookAt(first, 'odd.nb.md');
  await first.stop();
  await recordRuns(
    workspace.path,
    id,
    Object.entries(recorded).map(([paragraph, output]) => ({
      paragraph,
      interpreter: 'typescript',
      source: 'chart(…)',
      outputs: [output],
    })),
  );
  server = await startServer(workspace.path);
  for (const one of ['odd', ...names.keys().flatMap((index) => [`n${index}`, `own${index}`])])
    await server.call('POST', `notebooks/${id}/runs?wait=60`, { paragraphs: [one] });
  browser = await launchBrowser();
  ada = await visit(browser, server, { name: 'Ada', to: `/n/${id}`, patience: 30_000 });
  ada.page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace?.remove();
});

describe('a chart', () => {
  it.each(names.map((name, index) => ({ name, index })))('draws a column called $name', async ({ name, index }) => {
    await place(`n${index}`).scrollIntoViewIfNeeded();
    const canvas = frameOf(`n${index}`).locator('canvas[aria-label]');
    await canvas.waitFor();
    expect(await canvas.getAttribute('aria-label')).toBe(name);
    const box = (await canvas.boundingBox())!;
    await ada.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await ada.page.mouse.move(box.x + box.width / 2 + 2, box.y + box.height / 2);
    const tip = frameOf(`n${index}`).locator('.tip');
    await tip.waitFor();
    const lines = await tip.locator('p').allTextContents();
    expect(lines[0]).toBe(`${name}${index + 1}`);
    expect(await tip.locator('img').count()).toBe(0);
    expect(await place(`n${index}`).locator('.made-note, .output-error').count()).toBe(0);
  });

  it.each(names.map((name, index) => ({ name, index })))('of our own draws it too: $name', async ({ name, index }) => {
    const { page } = ada;
    await place(`own${index}`).scrollIntoViewIfNeeded();
    const plot = place(`own${index}`).locator('.chart-plot');
    await place(`own${index}`).locator('.chart-picture canvas, .chart-picture svg').first().waitFor();
    const box = (await plot.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.move(box.x + box.width / 2 + 2, box.y + box.height / 2);
    const tip = place(`own${index}`).locator('.chart-tip');
    await tip.waitFor();
    expect(await tip.textContent()).toContain(`${index + 1}`);
    expect(await tip.textContent()).toContain(name);
    expect(await place(`own${index}`).locator('.chart-note').count()).toBe(0);
  });

  it('tells what of its spec was not followed', async () => {
    await place('unknown').scrollIntoViewIfNeeded();
    await place('unknown').getByText('average_of').waitFor();
    expect(await place('unknown').locator('.made-note').allInnerTexts()).toEqual(
      expect.arrayContaining([
        made.ignored('Invalid aggregation operator "average_of".'),
        made.ignored('colour-encoding is dropped as colour is not a valid encoding channel.'),
      ]),
    );
    await place('known').scrollIntoViewIfNeeded();
    await frameOf('known').locator('canvas[aria-label]').waitFor();
    expect(await place('known').locator('.made-note').count()).toBe(0);
  });

  it('runs no code of an expression', async () => {
    await place('code').scrollIntoViewIfNeeded();
    await place('code').getByText(made.bad).waitFor();
    expect(dialogs).toEqual([]);
    expect(ada.problems).toEqual([]);
  });
});

describe('a picture', () => {
  it('is not unpacked where it would fill the memory of the page', async () => {
    await place('vast').scrollIntoViewIfNeeded();
    await place('vast').getByText('20,000 × 20,000').waitFor();
    expect(await place('vast').locator('img').count()).toBe(0);
    await place('small').scrollIntoViewIfNeeded();
    const image = place('small').locator('img.output-image');
    await expect
      .poll(() => image.evaluate((img) => (img instanceof HTMLImageElement ? img.naturalWidth : 0)))
      .toBe(200);
  });
});
