/**
 * What a page asks of people that some of them cannot do, as axe finds it: every rule that axe has on by itself, over the
 * whole document and all its frames. Empty is good.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Frames of ours are of an opaque origin, which axe would not speak with else. */
const SETTINGS = "axe.configure({ allowedOrigins: ['<unsafe_all_origins>'] })";

export async function violations(page: Page): Promise<readonly string[]> {
  for (const frame of page.frames()) await frame.evaluate(`${AXE};${SETTINGS};undefined`);
  const found: AxeResults = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })");
  if (found.passes.length === 0) throw new Error('axe looked at nothing');
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help} · ${target.join(' ')} · ${lastLine(failureSummary)}`),
  );
}

const lastLine = (text = ''): string => text.split('\n').at(-1)?.trim() ?? '';
