/** Pictures that would take hours to draw are told from those that would not, and hold up neither the page nor their neighbours. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { made } from '../../../client/words/made.ts';
import type { Output } from '../../../server/protocol/outputs.ts';
import { launchBrowser } from '../../support/browser.ts';
import { recordRuns } from '../../support/outputs.ts';
import { notebookAt, type Visitor, visit } from '../../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../support/server.ts';

let browser: Browser;
let workspace: ReturnType<typeof makeWorkspace>;
let server: ServerProcess;
let ada: Visitor;

/** Two kilobytes of SVG: a rectangle, doubled so many times. Of 29, half a billion. */
function bomb(doubled: number): string {
  const twice = (_: unknown, index: number): string =>
    `<g id="a${index + 1}"><use href="#a${index}"/><use href="#a${index}"/></g>`;
  const groups = Array.from({ length: doubled }, twice).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg"><defs><rect id="a0" width="9" height="9"/>${groups}</defs><use href="#a${doubled}"/></svg>`;
}

const picture = (svg: string): Output => ({
  kind: 'image',
  type: 'image/svg+xml',
  data: Buffer.from(svg).toString('base64'),
});
const recorded: Readonly<Record<string, Output>> = {
  bomb: picture(bomb(29)),
  inline: { kind: 'html', html: `<p>before</p>${bomb(29)}` },
  escaped: { kind: 'html', html: `<img src="data:image/svg+xml,${encodeURIComponent(bomb(29))}">` },
  few: picture(bomb(6)),
  plain: { kind: 'html', html: `<h2>Plain</h2>${bomb(6)}` },
};

beforeAll(async () => {
  const text = Object.keys(recorded).map((id) => `\`\`\`typescript id=${id}\nimage(…)\n\`\`\`\n`);
  workspace = makeWorkspace({ 'bomb.nb.md': `# Bomb\n\n${text.join('\n')}` });
  const first = await startServer(workspace.path);
  const id = await notebookAt(first, 'bomb.nb.md');
  await first.stop();
  await recordRuns(
    workspace.path,
    id,
    Object.entries(recorded).map(([paragraph, output]) => ({
      paragraph,
      interpreter: 'typescript',
      source: 'image(…)',
      outputs: [output],
    })),
  );
  server = await startServer(workspace.path);
  browser = await launchBrowser();
  ada = await visit(browser, server, { name: 'Ada', to: `/n/${id}` });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace?.remove();
});

const place = (name: string) => ada.page.locator(`[data-paragraph="${name}"]`);

describe('a picture that takes hours to draw', () => {
  it('holds up no page', async () => {
    const { page } = ada;
    await place('bomb').waitFor();
    const longest = await page.evaluate(async () => {
      let last = performance.now();
      let most = 0;
      for (let turn = 0; turn < 150; turn += 1) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        most = Math.max(most, performance.now() - last);
        last = performance.now();
      }
      return most;
    });
    expect(longest).toBeLessThan(5000);
  });

  it.each(['bomb', 'inline', 'escaped'])('is not drawn, and says so: %s', async (name) => {
    await place(name).scrollIntoViewIfNeeded();
    await place(name).getByText(made.stuck).waitFor();
    expect(await place(name).locator('iframe').count()).toBe(0);
  });

  it('holds up no other frame', async () => {
    await place('plain').scrollIntoViewIfNeeded();
    const inside = (name: string) => place(name).locator('.framed iframe:not(.coming)').contentFrame();
    await inside('plain').getByRole('heading', { name: 'Plain' }).waitFor();
    const image = inside('few').locator('img');
    await image.waitFor();
    expect(await image.evaluate((img) => (img instanceof HTMLImageElement ? img.naturalWidth : 0))).toBeGreaterThan(0);
  });
});
