/** P8: a jump to a random row of a 10M-row result until that row is painted, and what the page's heap holds after 100 jumps. */
import { launchBrowser } from '../support/browser.ts';
import { notebookAt, visit } from '../support/page.ts';
import { makeWorkspace, startServer } from '../support/server.ts';
import type { Measured } from './figure.ts';
import { MILLION } from './p7.ts';

const ROWS = 10_000_000;
const JUMPS = 100;

export async function measure(): Promise<readonly Measured[]> {
  const sql = MILLION.replace('range(1000000)', `range(${ROWS})`);
  const workspace = makeWorkspace({ 'huge.nb.md': `# Huge\n\n\`\`\`sql id=huge\n${sql}\n\`\`\`\n` });
  const server = await startServer(workspace.path);
  const browser = await launchBrowser();
  try {
    const notebook = await notebookAt(server, 'huge.nb.md');
    await server.call('POST', `notebooks/${notebook}/runs?wait=300`, {});
    const { page } = await visit(browser, server, { name: 'Bench', to: `/n/${notebook}` });
    await page.locator('.grid-row .grid-number').first().waitFor({ timeout: 30_000 });
    const times: number[] = [];
    for (let jump = 0; jump < JUMPS; jump += 1) {
      times.push(
        await page.evaluate(
          (fraction) =>
            new Promise<number>((resolve) => {
              const grid = document.querySelector<HTMLElement>('.grid')!;
              const started = performance.now();
              grid.scrollTop = fraction * (grid.scrollHeight - grid.clientHeight);
              const top = grid.getBoundingClientRect().top;
              const before = grid.querySelector('.grid-row .grid-number')?.textContent;
              const look = (): void => {
                const rows = [...grid.querySelectorAll<HTMLElement>('.grid-row')].filter((row) => {
                  const box = row.getBoundingClientRect();
                  return box.height > 0 && box.bottom > top && box.top < top + grid.clientHeight;
                });
                const whole = rows.length > 3 && rows.every((row) => row.querySelector('.grid-cell')?.textContent);
                if (whole && rows[0]!.querySelector('.grid-number')!.textContent !== before) {
                  // The task behind this frame: the browser has painted by then.
                  const { port1, port2 } = new MessageChannel();
                  port1.onmessage = () => resolve(performance.now() - started);
                  port2.postMessage(undefined);
                  return;
                }
                requestAnimationFrame(look);
              };
              requestAnimationFrame(look);
            }),
          ((jump + 1) * 0.618_034) % 1,
        ),
      );
    }
    const session = await page.context().newCDPSession(page);
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { usedSize: number };
    const samples = { unit: 'ms' as const, values: times };
    return [
      {
        figure: 'P8',
        what: 'jump to a random row of 10M until it is painted',
        ours: samples,
        goal: { at: 'most', value: 33, of: 'ours' },
      },
      {
        figure: 'P8 p99',
        what: 'the same',
        ours: samples,
        statistic: 'p99',
        goal: { at: 'most', value: 60, of: 'ours' },
      },
      {
        figure: 'P8 heap',
        what: `JavaScript heap after ${JUMPS} jumps`,
        ours: { unit: 'MB', values: [usedSize / 2 ** 20] },
        goal: { at: 'most', value: 60, of: 'ours' },
      },
    ];
  } finally {
    await browser.close();
    await server.stop();
    workspace.remove();
  }
}
