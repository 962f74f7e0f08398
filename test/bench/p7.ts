/**
 * P7: a result of 1M × 10 as a usable table in Chromium: its last row on the screen. Against the same rows as JSON, made by
 * row objects in Node, fetched and parsed by the page. And the time to the first rows.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { notebookAt, visit } from '../support/page.ts';
import { makeWorkspace, root, startServer } from '../support/server.ts';
import { interleave, type Measured } from './figure.ts';

export const MILLION = `select range as id, timestamp '2001-01-01' + to_seconds(range % 86400) as at, (range * 7919) % 1000 as n,
  range / 3.0 as x, sqrt(range) as y, 'name ' || (range % 1000) as name, md5(range::varchar) as hash,
  'city ' || (range % 77) as city, repeat('long text ', (range % 5)::int) as note, range % 2 = 0 as flag
from range(1000000)`;

/** From pressing Run to the first row, and to the last row after a jump to the end. */
async function tableTimes(page: Page): Promise<{ readonly first: number; readonly usable: number }> {
  const paragraph = page.locator('[data-paragraph="big"]');
  const times = page.evaluate(
    () =>
      new Promise<{ first: number; usable: number }>((resolve) => {
        let started = 0;
        let first = 0;
        addEventListener('click', () => (started ||= performance.now()), { capture: true, once: true });
        const look = (): void => {
          const host = document.querySelector('[data-paragraph="big"]');
          const run =
            host?.querySelector('[data-run-state]')?.getAttribute('data-run-state') ?? host?.getAttribute('data-state');
          const grid = host?.querySelector<HTMLElement>('.grid');
          const rows = [...(grid?.querySelectorAll('.grid-row .grid-number') ?? [])];
          if (
            started > 0 &&
            run !== 'done' &&
            first === 0 &&
            rows.length > 0 &&
            grid?.closest('[data-dimmed]') === null
          )
            first = performance.now();
          if (started > 0 && first > 0 && run === 'done' && grid) {
            grid.scrollTop = grid.scrollHeight;
            const last = rows.find((row) => row.textContent?.replaceAll(',', '') === '1000000');
            if (last?.parentElement?.querySelector('.grid-cell')?.textContent) {
              resolve({ first: first - started, usable: performance.now() - started });
              return;
            }
          }
          requestAnimationFrame(look);
        };
        look();
      }),
  );
  await paragraph.getByRole('button', { name: /^Run/ }).first().click();
  return times;
}

async function jsonTime(browser: Browser, origin: string): Promise<number> {
  const page = await browser.newPage();
  await page.goto(`${origin}/page`);
  const ms = await page.evaluate(async () => {
    const started = performance.now();
    const rows = (await (await fetch('/rows')).json()) as Record<string, unknown>[];
    const table = document.body.appendChild(document.createElement('table'));
    for (const row of rows.slice(-12)) {
      const line = table.insertRow();
      for (const value of Object.values(row)) line.insertCell().textContent = String(value);
    }
    await new Promise((resolve) => requestAnimationFrame(resolve));
    return performance.now() - started;
  });
  await page.close();
  return ms;
}

export async function measure(): Promise<readonly Measured[]> {
  const workspace = makeWorkspace({ 'big.nb.md': `# Big\n\n\`\`\`sql id=big\n${MILLION}\n\`\`\`\n` });
  const server = await startServer(workspace.path);
  const json = spawn(process.execPath, [join(import.meta.dirname, 'programs', 'json.ts'), MILLION], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: root,
  });
  const [origin] = (await once(createInterface({ input: json.stdout }), 'line')) as [string];
  const browser = await launchBrowser();
  const first: number[] = [];
  try {
    const notebook = await notebookAt(server, 'big.nb.md');
    const ours = async (): Promise<number> => {
      const { page, close } = await visit(browser, server, { name: 'Bench', to: `/n/${notebook}` });
      await page.locator('[data-paragraph="big"]').waitFor();
      const times = await tableTimes(page);
      await close();
      first.push(times.first);
      return times.usable;
    };
    const pair = await interleave(ours, () => jsonTime(browser, origin));
    return [
      {
        figure: 'P7',
        what: '1M × 10 result, Run to its last row on the screen',
        ours: { unit: 'ms', values: pair.ours },
        reference: { name: 'rows as JSON', unit: 'ms', values: pair.reference },
        goal: { at: 'most', value: 0.1, of: 'ratio' },
      },
      {
        figure: 'P7 first',
        what: 'its first rows on the screen',
        ours: { unit: 'ms', values: first.slice(1) },
        goal: { at: 'most', value: 150, of: 'ours' },
      },
    ];
  } finally {
    await browser.close();
    json.kill();
    await server.stop();
    workspace.remove();
  }
}
