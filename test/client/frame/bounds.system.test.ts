/**
 * Charts whose few letters ask for more than a machine has: each is refused in words before it takes memory, in a real
 * Chromium, and what looks like them but is moderate is drawn.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS } from '../../../client/frame/budget.ts';
import { charts as words } from '../../../client/words/charts.ts';
import { launchBrowser } from '../../support/browser.ts';
import { recordRuns } from '../../support/outputs.ts';
import { notebookAt, type Visitor, visit } from '../../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../support/server.ts';

type Kind = keyof typeof LIMITS;
type Case = { readonly name: string; readonly kind: Kind; readonly spec: object; readonly moderate?: object };

const one = { values: [{ a: 1, b: 2 }] };
const point = { mark: 'point', encoding: { x: { field: 'a', type: 'quantitative' } } };
const some = (count: number) => ({ sequence: { start: 0, stop: count, as: 'a' } });
const calculated = (calculate: string, rows = 1) => ({
  data: some(rows),
  transform: [{ calculate, as: 'c' }],
  ...point,
});
const bar = (x: object) => ({
  data: { values: [{ a: 0 }, { a: 1 }] },
  mark: 'bar',
  encoding: { x, y: { aggregate: 'count' } },
});
const times = { values: [{ a: '1900-01-01' }, { a: '2020-01-01' }] };
const timed = (tickCount: string) => ({
  data: times,
  mark: 'point',
  encoding: { x: { field: 'a', type: 'temporal', axis: { tickCount } } },
});

const cases: readonly Case[] = [
  {
    name: 'a sequence of rows',
    kind: 'rows',
    spec: { data: some(1e9), ...point },
    moderate: { data: some(1000), ...point },
  },
  {
    name: 'steps of a density',
    kind: 'rows',
    spec: {
      data: one,
      transform: [{ density: 'a', steps: 1e9, extent: [0, 9] }],
      mark: 'line',
      encoding: { x: { field: 'value', type: 'quantitative' } },
    },
    moderate: {
      data: one,
      transform: [{ density: 'a', steps: 100, bandwidth: 1, extent: [0, 9] }],
      mark: 'line',
      encoding: { x: { field: 'value', type: 'quantitative' } },
    },
  },
  {
    name: 'steps of quantiles',
    kind: 'rows',
    spec: { data: one, transform: [{ quantile: 'a', step: 1e-9 }], ...point },
  },
  {
    name: 'flattened lists, one after another',
    kind: 'rows',
    spec: {
      data: some(1000),
      transform: [
        { calculate: 'sequence(1000)', as: 'c' },
        { flatten: ['c'] },
        { calculate: 'sequence(9)', as: 'd' },
        { flatten: ['d'] },
      ],
      ...point,
    },
    moderate: { data: some(10), transform: [{ calculate: 'sequence(10)', as: 'c' }, { flatten: ['c'] }], ...point },
  },
  {
    name: 'rows for keys that are not there',
    kind: 'rows',
    spec: {
      data: some(5000),
      transform: [{ impute: 'a', key: 'a', keyvals: { start: 0, stop: 5000 }, groupby: ['a'], value: 0 }],
      ...point,
    },
    moderate: {
      data: some(5),
      transform: [{ impute: 'a', key: 'a', keyvals: { start: 0, stop: 9 }, groupby: ['a'], value: 0 }],
      ...point,
    },
  },
  {
    name: 'keys by the thousand millions',
    kind: 'items',
    spec: { data: one, transform: [{ impute: 'b', key: 'a', keyvals: { start: 0, stop: 1e9 }, value: 0 }], ...point },
  },
  {
    name: 'a list in an expression',
    kind: 'items',
    spec: calculated('length(sequence(0, 1e8))'),
    moderate: calculated('length(sequence(0, 100))'),
  },
  { name: 'a list for each row', kind: 'items', spec: calculated('sequence(0, 10000)', 10_000) },
  { name: 'a literal list for each row', kind: 'items', spec: calculated(`[${'0,'.repeat(999)}0]`, 50_000) },
  { name: 'a long text', kind: 'letters', spec: calculated("pad('x', 1e9)"), moderate: calculated("pad('x', 100)") },
  {
    name: 'a text replaced by texts',
    kind: 'letters',
    spec: calculated("replace(pad('x', 1e5), regexp('.', 'g'), pad('y', 1e5))"),
  },
  {
    name: 'a text added to itself again and again',
    kind: 'letters',
    spec: {
      data: one,
      transform: Array.from({ length: 40 }, (_, i) => ({ calculate: i === 0 ? "'x'" : 'datum.c + datum.c', as: 'c' })),
      ...point,
    },
    moderate: {
      data: one,
      transform: Array.from({ length: 10 }, (_, i) => ({ calculate: i === 0 ? "'x'" : 'datum.c + datum.c', as: 'c' })),
      ...point,
    },
  },
  {
    name: 'a number filled up',
    kind: 'letters',
    spec: calculated("format(1, '0999999999d')"),
    moderate: calculated("format(1, '09.2f')"),
  },
  {
    name: 'bins of a histogram',
    kind: 'ticks',
    spec: bar({ field: 'a', bin: { step: 1e-8 } }),
    moderate: bar({ field: 'a', bin: { maxbins: 50 } }),
  },
  { name: 'bins up to a number', kind: 'ticks', spec: bar({ field: 'a', bin: { maxbins: 1e9 } }) },
  {
    name: 'ticks of an axis',
    kind: 'ticks',
    spec: { data: one, mark: 'point', encoding: { x: { field: 'a', type: 'quantitative', axis: { tickCount: 1e9 } } } },
    moderate: {
      data: one,
      mark: 'point',
      encoding: { x: { field: 'a', type: 'quantitative', axis: { tickCount: 40 } } },
    },
  },
  { name: 'seconds of a century on an axis', kind: 'ticks', spec: timed('second'), moderate: timed('year') },
  {
    name: 'values of an axis',
    kind: 'items',
    spec: {
      data: one,
      mark: 'point',
      encoding: { x: { field: 'a', type: 'quantitative', axis: { values: { expr: 'sequence(0, 1e9)' } } } },
    },
  },
  {
    name: 'a wide chart',
    kind: 'pixels',
    spec: { data: one, width: 1e6, height: 1e6, ...point },
    moderate: { data: one, width: 2000, height: 300, ...point },
  },
];
const slug = (index: number): string => `h${index}`;
const mild = (index: number): string => `m${index}`;

let browser: Browser;
let workspace: ReturnType<typeof makeWorkspace>;
let server: ServerProcess;
let ada: Visitor;

beforeAll(async () => {
  const charts = cases.flatMap(({ spec, moderate }, index) => [
    { paragraph: slug(index), spec },
    ...(moderate ? [{ paragraph: mild(index), spec: moderate }] : []),
  ]);
  const text = charts.map(({ paragraph }) => `\`\`\`typescript id=${paragraph}\nchart(…)\n\`\`\`\n`).join('\n');
  workspace = makeWorkspace({ 'bounds.nb.md': `# Bounds\n\n${text}` });
  const first = await startServer(workspace.path);
  const id = await notebookAt(first, 'bounds.nb.md');
  await first.stop();
  await recordRuns(
    workspace.path,
    id,
    charts.map(({ paragraph, spec }) => ({
      paragraph,
      interpreter: 'typescript',
      source: 'chart(…)',
      outputs: [{ kind: 'chart' as const, data: [], spec: JSON.stringify(spec) }],
    })),
  );
  server = await startServer(workspace.path);
  browser = await launchBrowser();
  ada = await visit(browser, server, { name: 'Ada', to: `/n/${id}`, patience: 30_000 });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace?.remove();
});

/** Bytes that the largest process below this one has held at once. */
function largest(): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)))
    try {
      parents.set(Number(name), Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1]));
    } catch {
      // It has ended meanwhile.
    }
  const isOurs = (pid: number): boolean =>
    pid === process.pid || (parents.has(pid) && pid > 1 && isOurs(parents.get(pid)!));
  let most = 0;
  for (const pid of parents.keys()) {
    if (pid === process.pid || !isOurs(pid)) continue;
    try {
      if (!/--type=renderer/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))) continue;
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024);
    } catch {
      // As above.
    }
  }
  return most;
}

async function near(paragraph: string): Promise<Locator> {
  const place = ada.page.locator(`[data-paragraph="${paragraph}"]`);
  await place.scrollIntoViewIfNeeded();
  return place;
}

describe('a chart that asks for too much', () => {
  it.each(cases.map((one, index) => ({ ...one, index })))('is refused: $name', async ({ index, kind }) => {
    const place = await near(slug(index));
    await expect
      .poll(
        async () => {
          await place.scrollIntoViewIfNeeded();
          return (await place.locator('.output-error').count()) === 0 ? '' : place.locator('.output-error').innerText();
        },
        { timeout: 15_000 },
      )
      .toContain(words.much(words.kinds[kind], LIMITS[kind]));
    expect(await place.locator('iframe').count()).toBe(0);
  });

  it.each(cases.flatMap((one, index) => (one.moderate ? [{ ...one, index }] : [])))(
    'is drawn where it is moderate: $name',
    async ({ index }) => {
      const place = await near(mild(index));
      await place.locator('.framed iframe:not(.coming)').contentFrame().locator('canvas[aria-label]').waitFor();
      expect(await place.locator('.output-error').count()).toBe(0);
    },
  );

  it.skipIf(process.platform !== 'linux')('takes little memory for that', () => {
    expect(largest()).toBeGreaterThan(0);
    expect(largest()).toBeLessThan(1.2e9);
  });
});
