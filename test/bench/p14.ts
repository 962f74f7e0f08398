/** P14: what a first visit to a notebook loads before Monaco is needed, as the server sends it (brotli); fonts apart. */
import { launchBrowser } from '../support/browser.ts';
import { notebookAt, visit } from '../support/page.ts';
import { makeWorkspace, startServer } from '../support/server.ts';
import type { Measured } from './figure.ts';

export async function measure(): Promise<readonly Measured[]> {
  const workspace = makeWorkspace({ 'a.nb.md': '# A page\n\nSome prose.\n\n```sql id=one\nselect 1 as n\n```\n' });
  const server = await startServer(workspace.path);
  const browser = await launchBrowser();
  try {
    const notebook = await notebookAt(server, 'a.nb.md');
    const { page } = await visit(browser, server, { name: 'Bench', to: '/' });
    await page.getByRole('link', { name: 'A page' }).waitFor();
    const context = await browser.newContext({ storageState: await page.context().storageState() });
    const fresh = await context.newPage();
    const client = await context.newCDPSession(fresh);
    await client.send('Network.enable');
    const kinds = new Map<string, string>();
    const bytes = { script: 0, font: 0 };
    let ready = false;
    client.on('Network.responseReceived', ({ requestId, type }) => kinds.set(requestId, type));
    client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (ready) return;
      const kind = kinds.get(requestId);
      if (kind === 'Script' || kind === 'Stylesheet') bytes.script += encodedDataLength;
      if (kind === 'Font') bytes.font += encodedDataLength;
    });
    await fresh.goto(`${server.origin}/n/${notebook}`);
    await fresh.getByText('Some prose.').waitFor();
    await fresh.locator('[data-paragraph="one"]').getByText('select').first().waitFor();
    await fresh.evaluate(() => document.fonts.ready.then(() => undefined));
    ready = true;
    return [
      {
        figure: 'P14',
        what: 'JavaScript and CSS of a first visit until the notebook is read, compressed',
        ours: { unit: 'KB', values: [bytes.script / 1000] },
        reference: { name: 'JupyterLab 5.9 MB, marimo 6.1, Zeppelin 17.8', unit: 'KB', values: [5900], recorded: true },
        goal: { at: 'most', value: 250, of: 'ours' },
      },
      {
        figure: 'P14 fonts',
        what: 'its fonts',
        ours: { unit: 'KB', values: [bytes.font / 1000] },
        goal: { at: 'most', value: 120, of: 'ours' },
      },
    ];
  } finally {
    await browser.close();
    await server.stop();
    workspace.remove();
  }
}
