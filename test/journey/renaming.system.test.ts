/**
 * Calling a named result otherwise in every language that names it, and laying paragraphs out, in a real Chromium on the
 * built server with its real programs. With GONDOLA_TEST_PICTURES=docs/pictures it takes the guide's picture.
 */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { notebookAt, type Visitor, visit } from '../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../support/server.ts';

const ROWS = "('SEA', 70), ('JFK', 90), ('ORD', 200)";
const SQL =
  "with far as (select flights.origin, 'flights' as note from flights) -- flights\nselect * from far, flights";
const TS = "const worst = flights.filter(f => f.delay > 80)\ntable('flights').join(worst, 'origin')";
const SHELL = 'ls tables/flights.parquet # flights';
const SPEC = '{"data": {"name": "flights"}, "mark": "bar", "encoding": {"x": {"field": "origin"}}}';
const workspace = makeWorkspace({
  'delays.nb.md': [
    '# Delays of flights\n',
    `\`\`\`sql id=made name=flights\nfrom (values ${ROWS}) as t(origin, delay)\n\`\`\`\n`,
    `\`\`\`sql id=query\n${SQL}\n\`\`\`\n`,
    `\`\`\`ts id=typed\n${TS}\n\`\`\`\n`,
    `\`\`\`sh id=shell\n${SHELL}\n\`\`\`\n`,
    `\`\`\`vega-lite id=chart\n${SPEC}\n\`\`\`\n`,
    '```sql id=planes name=planes\nselect 1 as flights\n```\n',
    "```sql id=wide\nselect origin,count(*) as n from planes where day>=date '${day=2015-01-01}' group by origin\n```\n",
  ].join('\n'),
});
const pictures = process.env.GONDOLA_TEST_PICTURES;
const PATIENCE = 30_000;
let server: ServerProcess;
let browser: Browser;
let ann: Visitor;
let bob: Visitor;
let page: Page;
let notebook: string;

beforeAll(async () => {
  server = await startServer(workspace.path);
  browser = await launchBrowser();
  notebook = await notebookAt(server, 'delays.nb.md');
  ann = await visit(browser, server, { name: 'Ann', to: `/n/${notebook}`, patience: PATIENCE });
  bob = await visit(browser, server, { name: 'Bob', to: `/n/${notebook}`, patience: PATIENCE });
  page = ann.page;
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace.remove();
});

const paragraph = (id: string, of = page) => of.locator(`[data-paragraph="${id}"]`);
const poll = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: PATIENCE });
const dialog = () => page.getByRole('dialog');
const field = () => dialog().getByLabel('New name');

/** Out of the text, also where a hover over it takes the first Escape. */
async function leave(id: string): Promise<void> {
  await poll(async () => {
    await page.keyboard.press('Escape');
    return paragraph(id).locator('.source[data-focused]').count();
  }).toBe(0);
}

/** The caret behind the last letter. */
async function writeAt(id: string): Promise<void> {
  await paragraph(id).locator('.source').click();
  // A pointer that rests on the text opens a hover over it.
  await page.mouse.move(0, 0);
  await poll(() => paragraph(id).locator('.source[data-focused]').count()).toBe(1);
  await leave(id);
  await page.keyboard.press('Enter');
  await poll(() => paragraph(id).locator('.source[data-focused]').count()).toBe(1);
}

type Body = { paragraphs: { id: string; source: string; name?: string }[] };

async function texts(): Promise<Record<string, string>> {
  const { body } = await server.call('GET', `notebooks/${notebook}`);
  return Object.fromEntries((body as Body).paragraphs.map(({ id, source, name }) => [id, `${name ?? ''}|${source}`]));
}

const BEFORE = { made: 'flights|', query: `|${SQL}`, typed: `|${TS}`, shell: `|${SHELL}`, chart: `|${SPEC}` };
const AFTER = {
  query: "|with far as (select late.origin, 'flights' as note from late) -- flights\nselect * from far, late",
  typed: "|const worst = late.filter(f => f.delay > 80)\ntable('late').join(worst, 'origin')",
  shell: '|ls tables/late.parquet # flights',
  chart: `|${SPEC.replace('flights', 'late')}`,
  planes: 'planes|select 1 as flights',
};
const all = async () => {
  const now = await texts();
  return { ...now, made: now.made?.split('|')[0] };
};

describe('a named result', () => {
  it('is renamed where the caret is on it, with what would change before it does', async () => {
    await writeAt('query');
    await page.keyboard.press('F2');
    await field().waitFor();
    await page.keyboard.type('planes');
    await dialog().getByText('The name is in use').waitFor();
    await field().fill('late');

    await dialog().getByText('7 places in 4 paragraphs. The result of paragraph 1 gets the name.').waitFor();
    // What stands there is of this name.
    await dialog().locator('ins', { hasText: 'late' }).first().waitFor();
    await dialog().locator('[type="submit"][aria-disabled="false"]').waitFor();
    expect(await dialog().locator('[data-changes]').count()).toBe(4);
    if (pictures !== undefined)
      await page.screenshot({ path: join(pictures, 'rename.png'), clip: { x: 290, y: 90, width: 990, height: 810 } });
    await page.keyboard.press('Enter');
    await poll(all).toMatchObject({ ...AFTER, made: 'late' });
    // It came to a colleague's page as well.
    await poll(() => paragraph('typed', bob.page).locator('.source').textContent()).toContain('late.filter');
  });

  it('runs in every language by its new name', async () => {
    await server.call('POST', `notebooks/${notebook}/runs?wait=60`, {
      paragraphs: ['made', 'query', 'typed', 'shell', 'chart'],
    });
    for (const id of ['query', 'typed', 'shell', 'chart'])
      await poll(() => paragraph(id).getAttribute('data-state')).toBe('done');
  });

  it('is called as before after one undo', async () => {
    await leave('query');
    await page.keyboard.press('z');
    await poll(all).toMatchObject({ ...BEFORE, made: 'flights' });
  });

  it('is offered to be renamed elsewhere when its name is changed where it stands', async () => {
    await page.locator('[data-name-of="made"]').click();
    await page.getByRole('textbox', { name: 'Name of the result' }).fill('late');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Rename in 4 other paragraphs…' }).click();
    await dialog().locator('[type="submit"][aria-disabled="false"]').waitFor();
    await dialog().getByRole('button', { name: 'Rename in 4 other paragraphs' }).click();
    await poll(all).toMatchObject({ ...AFTER, made: 'late' });
  });

  it('is no column, alias or text of its name', async () => {
    await writeAt('planes');
    await page.keyboard.press('F2');
    // The caret is on an alias: the paragraph's own result is meant.
    await dialog().getByText('Rename planes').waitFor();
    await page.keyboard.press('Escape');
  });
});

describe('what is asked for by a key', () => {
  it('has what is typed before its file came, and no paragraph does', async () => {
    const context = { serviceWorkers: 'block' as const };
    const eve = await visit(browser, server, { name: 'Eve', to: `/n/${notebook}`, patience: PATIENCE, context });
    const { page: fresh, problems } = eve;
    const before = await texts();
    const gate = Promise.withResolvers<void>();
    await fresh.route('**/*.js', async (route) => {
      await gate.promise;
      await route.continue();
    });
    await paragraph('wide', fresh).locator('.source').click();
    await fresh.keyboard.press('Control+K');
    await fresh.keyboard.type('ddz');
    gate.resolve();
    await poll(() => fresh.getByRole('dialog').getByRole('combobox').inputValue()).toBe('ddz');
    expect(await texts()).toEqual(before);
    expect(problems).toEqual([]);
    await eve.close();
  });
});

describe('a paragraph', () => {
  it('is laid out by Shift+Alt+F, in one step of undo', async () => {
    const before = (await texts()).wide;
    await writeAt('wide');
    await page.keyboard.press('Shift+Alt+F');
    const lines = ['select', '  origin,', '  count(*) as n', 'from planes'];
    const rest = ["where day >= date '${day=2015-01-01}'", 'group by origin'];
    await poll(async () => (await texts()).wide).toBe(`|${[...lines, ...rest].join('\n')}`);
    await page.keyboard.press('Control+z');
    await poll(async () => (await texts()).wide).toBe(before);
  });

  it('of TypeScript and of Vega-Lite too, from the palette', async () => {
    await writeAt('typed');
    await page.keyboard.type(';const  x={a:1}');
    await page.keyboard.press('Shift+Alt+F');
    await poll(async () => (await texts()).typed).toContain('const x = { a: 1 }');
    await paragraph('chart').locator('.source').click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('combobox').waitFor();
    await page.keyboard.type('Format paragraph');

    await page.keyboard.press('Enter');
    await poll(async () => (await texts()).chart).toContain('{\n  "data": {"name": "late"},\n  "mark": "bar"');
  });

  it('broke nothing and asked for nothing that the content policy forbids', () => {
    expect([...ann.problems, ...bob.problems].filter((one) => !one.includes('409'))).toEqual([]);
  });
});
