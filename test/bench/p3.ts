/**
 * P3: from the key press that runs `select N` to N as a table in the DOM, in a real Chromium. Beside it JupyterLab's key to
 * DOM with `N`, and Jupyter's bare kernel socket without any page, patched to send small frames at once.
 */
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { notebookAt, visit } from '../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../support/server.ts';
import { type Measured, median, quantile } from './figure.ts';
import { jupyterKeyToDom, jupyterSocketTimes, noteEnter, startJupyter, timeToText } from './jupyter.ts';

const PORT = 26_110;
/** Interleaved batches: Gondola, JupyterLab, Jupyter's socket, Gondola, … */
const BATCHES = 5;
const PRESSES = 12;

async function keyToDom(server: ServerProcess, notebook: string, browser: Browser): Promise<readonly number[]> {
  const { page, close } = await visit(browser, server, { name: 'Bench', to: `/n/${notebook}`, before: noteEnter });
  const paragraph = page.locator('[data-paragraph="one"]');
  await paragraph.locator('text=select 1').first().click();
  await paragraph
    .locator('.monaco-editor textarea, .monaco-editor .native-edit-context')
    .first()
    .waitFor({ state: 'attached' });
  const times: number[] = [];
  for (let round = 0; round < PRESSES + 3; round += 1) {
    const value = String(1_000 + round);
    await page.keyboard.press('Control+A');
    await page.keyboard.type(`select ${value} as n`);
    await page.getByText('Saved').first().waitFor();
    const time = await timeToText(page, '[data-paragraph="one"] .grid-cell', Number(value).toLocaleString('en'), value);
    await page.keyboard.press('Control+Enter');
    const ms = await time();
    if (round >= 3) times.push(ms);
  }
  await close();
  return times;
}

export async function measure(): Promise<readonly Measured[]> {
  const workspace = makeWorkspace({ 'one.nb.md': '# One\n\n```sql id=one\nselect 1 as n\n```\n' });
  const server = await startServer(workspace.path);
  const browser = await launchBrowser();
  const jupyter = await startJupyter(PORT, { noDelay: true });
  const ours: number[] = [];
  const lab: number[] = [];
  const socket: number[] = [];
  try {
    const notebook = await notebookAt(server, 'one.nb.md');
    for (let batch = 0; batch < BATCHES; batch += 1) {
      ours.push(...(await keyToDom(server, notebook, browser)));
      if (!jupyter) continue;
      lab.push(...(await jupyterKeyToDom(jupyter, browser, PRESSES)));
      socket.push(...(await jupyterSocketTimes(jupyter, PRESSES)));
    }
  } finally {
    await jupyter?.close();
    await browser.close();
    await server.stop();
    workspace.remove();
  }
  const samples = { unit: 'ms' as const, values: ours };
  const what = 'key press to `select 1` as a table in the DOM';
  const peers: Measured[] = jupyter
    ? [
        {
          figure: 'P3',
          what,
          ours: samples,
          reference: { name: 'JupyterLab', unit: 'ms', values: lab },
          goal: { at: 'most', value: 1 / 15, of: 'ratio' },
        },
        {
          figure: 'P3 socket',
          what,
          ours: samples,
          reference: { name: 'Jupyter’s bare socket with TCP_NODELAY', unit: 'ms', values: socket },
          goal: { at: 'most', value: 1, of: 'ratio' },
        },
      ]
    : [
        {
          figure: 'P3',
          what,
          ours: samples,
          reference: { name: 'JupyterLab', unit: 'ms', values: [61.5], recorded: true },
          goal: { at: 'most', value: 1 / 15, of: 'ratio' },
        },
      ];
  return [
    ...peers,
    {
      figure: 'P3 p99',
      what: 'its p99 against its own median',
      ours: { unit: 'ms', values: [quantile(ours, 0.99)] },
      reference: { name: 'its median', unit: 'ms', values: [median(ours)] },
      goal: { at: 'most', value: 3, of: 'ratio' },
    },
  ];
}
