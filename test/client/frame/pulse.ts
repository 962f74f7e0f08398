/**
 * HTML whose styles never end, without any script: it silences every frame of its process, in a real Chromium. It is found
 * and stopped, wherever it stands and whenever it begins; its neighbours come back, and nobody else is stopped. Each case takes
 * its 20 s of silence: the suite has one, the nightly lane the others.
 */
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { made } from '../../../client/words/made.ts';
import type { Output } from '../../../server/protocol/outputs.ts';
import { launchBrowser } from '../../support/browser.ts';
import { recordRuns } from '../../support/outputs.ts';
import { notebookAt, type Visitor, visit } from '../../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../support/server.ts';

/** Of each paragraph every earlier one is looked at, for each of which every earlier one is, and so on. */
const endless = `${':is('.repeat(4)}q ~ p${') ~ p'.repeat(4)} { color: red }`;
const paragraphs = '<p>x</p>'.repeat(1500);
const BOMBS: Readonly<Record<string, string>> = {
  'at once': `<style>${endless}</style>${paragraphs}`,
  // Its height is told before.
  later: `<style>
    div { container-type: inline-size; animation: narrow 0.1s 1s forwards }
    @keyframes narrow { to { width: 50px } }
    @container (max-width: 60px) { ${endless} }
    p { margin: 0; height: 1px; overflow: hidden }
  </style><div>${paragraphs}</div>`,
};
const good = (name: string): Output => ({ kind: 'html', html: `<h2>${name}</h2><p style="animation: none">well</p>` });
const chart: Output = {
  kind: 'chart',
  data: [],
  spec: JSON.stringify({
    data: { values: [{ a: 1 }] },
    description: 'well',
    mark: 'bar',
    encoding: { x: { field: 'a' } },
  }),
};
const named = (name: string, place: number): Readonly<Record<string, Output>> => {
  const all = [['one', good('one')] as const, ['chart', chart] as const, ['two', good('two')] as const];
  const bomb = ['bomb', { kind: 'html', html: BOMBS[name]! } as const] as const;
  return Object.fromEntries([...all.slice(0, place), bomb, ...all.slice(place)]);
};

export type Case = { readonly name: 'at once' | 'later'; readonly place: 0 | 3 };
const pathOf = ({ name, place }: Case): string => `${name.replace(' ', '-')}-${place}.nb.md`;

export function testEndless(cases: readonly Case[]): void {
  let browser: Browser;
  let workspace: ReturnType<typeof makeWorkspace>;
  let server: ServerProcess;

  beforeAll(async () => {
    const texts = cases.map((one) => {
      const ids = Object.keys(named(one.name, one.place));
      return [pathOf(one), ids.map((id) => `\`\`\`typescript id=${id}\nhtml(…)\n\`\`\`\n`).join('\n')] as const;
    });
    workspace = makeWorkspace(Object.fromEntries(texts));
    const first = await startServer(workspace.path);
    const ids = await Promise.all(cases.map((one) => notebookAt(first, pathOf(one))));
    await first.stop();
    for (const [index, { name, place }] of cases.entries())
      await recordRuns(
        workspace.path,
        ids[index]!,
        Object.entries(named(name, place)).map(([paragraph, output]) => ({
          paragraph,
          interpreter: 'typescript',
          source: 'html(…)',
          outputs: [output],
        })),
      );
    server = await startServer(workspace.path);
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    workspace?.remove();
  });

  describe.each(cases)('HTML that never ends $name, at place $place', (one) => {
    it('is stopped, and its neighbours are not', { timeout: 180_000 }, async () => {
      const id = await notebookAt(server, pathOf(one));
      const visitor: Visitor = await visit(browser, server, { name: 'Ada', to: `/n/${id}`, patience: 90_000 });
      const place = (name: string): Locator => visitor.page.locator(`[data-paragraph="${name}"]`);
      const begun = performance.now();
      await place('bomb').getByText(made.stuck).waitFor();
      const took = performance.now() - begun;
      const inside = (name: string) => place(name).locator('.framed iframe:not(.coming)').contentFrame();
      for (const name of ['one', 'two']) await inside(name).getByRole('heading', { name }).waitFor();
      await inside('chart').locator('canvas[aria-label="well"]').waitFor();
      expect(await visitor.page.locator('.output-error').count()).toBe(1);
      expect(await place('bomb').locator('iframe').count()).toBe(0);
      expect(took).toBeLessThan(80_000);
      await visitor.close();
    });
  });
}
