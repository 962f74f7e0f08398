/** A picture that takes hours to draw is drawn apart from the page: whoever opens the notebook goes on. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { recordRuns } from '../../support/outputs.ts';
import { notebookAt, type Visitor, visit } from '../../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../support/server.ts';

let browser: Browser;
let workspace: ReturnType<typeof makeWorkspace>;
let server: ServerProcess;
let ada: Visitor;

/** Two kilobytes of SVG that are half a billion rectangles. */
function bomb(): string {
  const twice = (_: unknown, index: number): string =>
    `<g id="a${index + 1}"><use href="#a${index}"/><use href="#a${index}"/></g>`;
  const groups = Array.from({ length: 29 }, twice).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg"><defs><rect id="a0" width="9" height="9"/>${groups}</defs><use href="#a29"/></svg>`;
}

beforeAll(async () => {
  workspace = makeWorkspace({ 'bomb.nb.md': '# Bomb\n\n```typescript id=bomb\nimage(…)\n```\n' });
  const first = await startServer(workspace.path);
  const id = await notebookAt(first, 'bomb.nb.md');
  await first.stop();
  const data = Buffer.from(bomb()).toString('base64');
  await recordRuns(workspace.path, id, [
    {
      paragraph: 'bomb',
      interpreter: 'typescript',
      source: 'image(…)',
      outputs: [{ kind: 'image', type: 'image/svg+xml', data }],
    },
  ]);
  server = await startServer(workspace.path);
  browser = await launchBrowser();
  ada = await visit(browser, server, { name: 'Ada', to: `/n/${id}` });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace?.remove();
});

describe('a picture that takes hours to draw', () => {
  it('holds up no page', async () => {
    const { page } = ada;
    await page.locator('[data-paragraph="bomb"] iframe').waitFor({ state: 'attached' });
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
    expect(longest).toBeLessThan(2000);
  });
});
