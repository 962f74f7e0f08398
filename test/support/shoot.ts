/**
 * Takes the picture of the README, and any other: `node test/support/shoot.ts [--dark] [--width N] [--to PATH] [--out FILE]` runs the
 * sample notebooks on a server of its own and photographs `PATH` (the welcome notebook without one).
 */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser } from './browser.ts';
import { notebookAt, visit } from './page.ts';
import { copySamples, root, startServer } from './server.ts';

const { values } = parseArgs({
  options: {
    dark: { type: 'boolean', default: false },
    width: { type: 'string', default: '1360' },
    height: { type: 'string', default: '900' },
    to: { type: 'string' },
    out: { type: 'string', default: join(root, 'docs', 'pictures', 'notebook.png') },
    scroll: { type: 'string', default: '0' },
    name: { type: 'string', default: 'Ada' },
  },
});

const workspace = copySamples();
const server = await startServer(workspace.path);
const browser = await launchBrowser();
try {
  const notebook = await notebookAt(server, 'welcome.nb.md');
  await server.call('POST', `notebooks/${notebook}/runs?wait=60`, {});
  const colleague = await visit(browser, server, { name: '게스트', to: `/n/${notebook}` });
  await colleague.page.locator('[data-paragraph="by-hour"]').getByText('mean_delay').first().click();
  const { page } = await visit(browser, server, {
    name: values.name,
    to: values.to ?? `/n/${notebook}`,
    context: {
      viewport: { width: Number(values.width), height: Number(values.height) },
      colorScheme: values.dark ? 'dark' : 'light',
    },
  });
  await page.locator('.grid-cell, main').first().waitFor();
  await page.mouse.wheel(0, Number(values.scroll));
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.waitForTimeout(1_500);
  mkdirSync(dirname(values.out), { recursive: true });
  await page.screenshot({ path: values.out });
} finally {
  await browser.close();
  await server.stop();
  workspace.remove();
}
