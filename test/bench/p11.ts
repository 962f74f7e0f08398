/**
 * P11: open a notebook of 1,000 paragraphs × 1 KB, from the navigation to its text on the screen, and to a typed character
 * in the document and on the page. Then the same after 200,000 edits.
 */
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { notebookAt, visit } from '../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../support/server.ts';
import { type Measured, ROUNDS } from './figure.ts';
import { edit } from './programs/edit.ts';

const PARAGRAPHS = 1_000;
const EDITS = 200_000;

const text = (): string => {
  const kilobyte = 'The quick brown fox jumps over the lazy dog, and then it rests. '.repeat(16).slice(0, 1_000);
  const paragraph = (index: number): string =>
    index % 2 === 0 ? `\n\`\`\`sql id=p${index}\n-- ${index} ${kilobyte}\n\`\`\`\n` : `\n${index} ${kilobyte}\n`;
  return `# Long\n${Array.from({ length: PARAGRAPHS }, (_, index) => paragraph(index)).join('')}`;
};

async function open(
  browser: Browser,
  server: ServerProcess,
  notebook: string,
): Promise<{ readonly text: number; readonly editable: number }> {
  const { page, close } = await visit(browser, server, { name: 'Bench', to: '/' });
  await page.getByRole('link', { name: 'Long' }).waitFor();
  await page.addInitScript(() => {
    const look = (): void => {
      const paragraph = document.querySelector('[data-paragraph="p0"]');
      if (paragraph?.textContent?.includes('quick brown fox'))
        (window as unknown as { shown: number }).shown = performance.now();
      else requestAnimationFrame(look);
    };
    look();
  });
  await page.goto(`${server.origin}/n/${notebook}`);
  const first = page.locator('[data-paragraph="p0"]');
  await first.getByText('quick brown fox').first().waitFor();
  await first.getByText('quick brown fox').first().click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('Z');
  const editable = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const look = (): void => {
          const host = document.querySelector('[data-paragraph="p0"]');
          const field = host?.querySelector('textarea');
          if (host?.textContent?.includes('Z--') || field?.value.includes('Z--')) resolve(performance.now());
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
  const shown = await page.evaluate(() => (window as unknown as { shown: number }).shown);
  await page.keyboard.press('Backspace');
  await page.getByText('Saved').first().waitFor();
  await close();
  return { text: shown, editable };
}

export async function measure(): Promise<readonly Measured[]> {
  const workspace = makeWorkspace({ 'long.nb.md': text() });
  const server = await startServer(workspace.path);
  const browser = await launchBrowser();
  const fresh = { text: [] as number[], editable: [] as number[] };
  const worn = { text: [] as number[], editable: [] as number[] };
  const rounds = async (into: typeof fresh, notebook: string): Promise<void> => {
    await open(browser, server, notebook);
    for (let round = 0; round < ROUNDS; round += 1) {
      const times = await open(browser, server, notebook);
      into.text.push(times.text);
      into.editable.push(times.editable);
    }
  };
  try {
    const notebook = await notebookAt(server, 'long.nb.md');
    await rounds(fresh, notebook);
    await edit(server, notebook, EDITS);
    await rounds(worn, notebook);
    return [
      {
        figure: 'P11 text',
        what: `open ${PARAGRAPHS} paragraphs × 1 KB, navigation to text`,
        ours: { unit: 'ms', values: fresh.text },
        reference: { name: 'JupyterLab', unit: 'ms', values: [5400], recorded: true },
        goal: { at: 'most', value: 500, of: 'ours' },
      },
      {
        figure: 'P11 editable',
        what: 'navigation to a typed character in document and page',
        ours: { unit: 'ms', values: fresh.editable },
        reference: { name: 'JupyterLab', unit: 'ms', values: [6400], recorded: true },
        goal: { at: 'most', value: 800, of: 'ours' },
      },
      {
        figure: 'P11 worn',
        what: `text after ${EDITS.toLocaleString('en')} edits`,
        ours: { unit: 'ms', values: worn.text },
        reference: { name: 'before them', unit: 'ms', values: fresh.text },
        goal: { at: 'most', value: 2, of: 'ratio' },
      },
    ];
  } finally {
    await browser.close();
    await server.stop();
    workspace.remove();
  }
}
