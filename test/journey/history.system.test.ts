/**
 * Versions and the trash, in real browsers on a real server: two people at once, restores that undo takes back, servers that
 * are killed while they restore.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { words } from '../../client/words/en.ts';
import { homeWords } from '../../client/words/home.ts';
import { sessionWords } from '../../client/words/session.ts';
import { history, trash } from '../../client/words/versions.ts';
import { checkWorkspace } from '../../server/check.ts';
import { launchBrowser } from '../support/browser.ts';
import { notebookAt, visit } from '../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../support/server.ts';

const FILE = 'sales.nb.md';
const TEXT = [
  '# 항공편 지연',
  '',
  'Which airports are late?',
  '',
  '```sql id=delays name=delays',
  'select origin, avg(delay) as delay',
  'from flights',
  'group by all',
  '```',
  '',
  '```sql id=limit',
  'from delays limit 10',
  '```',
  '',
].join('\n');

let browser: Browser;
let workspace: ReturnType<typeof makeWorkspace>;
let server: ServerProcess;
let id: string;

beforeAll(async () => {
  workspace = makeWorkspace({ [FILE]: TEXT });
  server = await startServer(workspace.path);
  browser = await launchBrowser();
  id = await notebookAt(server, FILE);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace?.remove();
});

const paragraph = (page: Page, name: string) => page.locator(`main [data-paragraph="${name}"]`);
const saved = (page: Page) => page.getByText(words.save.saved, { exact: true }).first().waitFor({ timeout: 15_000 });
const panel = (page: Page) => page.getByRole('complementary', { name: history.title });

async function openHistory(page: Page): Promise<void> {
  await page.getByRole('button', { name: words.bar.session }).click();
  await page.getByRole('menuitem', { name: sessionWords.history }).click();
  await panel(page).waitFor();
}

/** Writes at the end of a paragraph. */
async function write(page: Page, name: string, at: string, text: string): Promise<void> {
  await paragraph(page, name).scrollIntoViewIfNeeded();
  await paragraph(page, name).getByText(at, { exact: false }).first().click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(text);
  await saved(page);
}

type Whole = { readonly paragraphs: readonly { readonly id: string; readonly source: string }[] };
async function sources(): Promise<Record<string, string>> {
  const { body } = await server.call('GET', `notebooks/${id}`);
  return Object.fromEntries((body as Whole).paragraphs.map((one) => [one.id, one.source]));
}

describe('the history of a notebook', () => {
  it('names a version, shows what two people changed since, restores it, and undo takes that back', async () => {
    const ada = await visit(browser, server, { name: 'Ada', to: `/n/${id}` });
    const ben = await visit(browser, server, { name: 'Ben', to: `/n/${id}` });
    const { page } = ada;
    await openHistory(page);
    await page.getByRole('button', { name: history.name }).click();
    await page.getByRole('textbox', { name: history.nameLabel }).fill('이사회 보고');
    await page.getByRole('button', { name: history.nameDo }).click();
    await panel(page).getByText('이사회 보고').waitFor();

    await write(page, 'limit', 'from delays', ' offset 5');
    await write(ben.page, 'delays', 'group by all', '\norder by delay desc');
    const changed = await sources();
    expect(changed).toMatchObject({ limit: 'from delays limit 10 offset 5' });

    await panel(page).getByRole('button', { name: history.refresh }).click();
    await panel(page)
      .getByText(history.nowBy(['Ada', 'Ben']))
      .waitFor();
    await panel(page).getByText('이사회 보고').click();
    const compare = page.getByRole('dialog', { name: history.compare('이사회 보고') });
    await compare.getByText(history.changes(2)).waitFor();
    await expect.poll(() => compare.locator('[data-change="limit"] ins').allTextContents()).toEqual([' offset 5']);
    expect(await compare.locator('[data-change="delays"] .line.now .line-text').allTextContents()).toEqual([
      'order by delay desc',
    ]);
    await compare
      .locator('[data-change="limit"]')
      .getByText(/last changed by Ada/)
      .waitFor();
    await compare
      .locator('[data-change="delays"]')
      .getByText(/last changed by Ben/)
      .waitFor();
    // The keyboard goes from change to change.
    await page.keyboard.press('n');
    await page.keyboard.press('n');
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-change'))).toBe('limit');
    await page.keyboard.press('p');
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-change'))).toBe('delays');

    await compare.getByRole('button', { name: history.restoreAll }).click();
    await page.getByText(history.restored).waitFor();
    await expect.poll(sources).toMatchObject({
      limit: 'from delays limit 10',
      delays: 'select origin, avg(delay) as delay\nfrom flights\ngroup by all',
    });
    await paragraph(ben.page, 'limit').getByText('limit 10', { exact: false }).first().waitFor();
    await panel(page).getByText(history.reasons.restore, { exact: false }).first().waitFor();

    await page.keyboard.press('Escape');
    await paragraph(page, 'limit').click({ position: { x: 5, y: 5 } });
    await page.keyboard.press('Control+z');
    await expect.poll(sources).toEqual(changed);
    await saved(page);
    await ada.close();
    await ben.close();
  });

  it('restores one paragraph beside a colleague who types in another', async () => {
    const ada = await visit(browser, server, { name: 'Ada', to: `/n/${id}` });
    const ben = await visit(browser, server, { name: 'Ben', to: `/n/${id}` });
    const { page } = ada;
    await openHistory(page);
    await panel(page).getByText('이사회 보고').click();
    const compare = page.getByRole('dialog', { name: history.compare('이사회 보고') });
    const one = compare.locator('[data-change="limit"]');
    await one.waitFor();
    const typing = write(ben.page, 'delays', 'group by all', ', origin -- Ben was here');
    await one.getByRole('button', { name: history.restoreParagraph }).click();
    await page.getByText(history.restoredParagraph).waitFor();
    await typing;
    await expect.poll(sources).toMatchObject({ limit: 'from delays limit 10' });
    expect((await sources()).delays).toContain(', origin -- Ben was here');
    await one.waitFor({ state: 'detached' });
    await compare.locator('[data-change="delays"]').waitFor();
    await ada.close();
    await ben.close();
  });

  it('lists deleted paragraphs and puts one back', async () => {
    const { page, close } = await visit(browser, server, { name: 'Ada', to: `/n/${id}` });
    await paragraph(page, 'limit').getByText('limit 10', { exact: false }).first().click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('d');
    await page.keyboard.press('d');
    await paragraph(page, 'limit').waitFor({ state: 'detached' });
    await openHistory(page);
    const row = panel(page).locator('[data-deleted="limit"]');
    await row.getByText(/deleted by Ada/).waitFor();
    await row.getByRole('button', { name: history.restore }).click();
    await paragraph(page, 'limit').waitFor();
    await row.waitFor({ state: 'detached' });
    await saved(page);
    await close();
  });
});

describe('the trash', () => {
  it('takes a notebook from the list and gives it back with its history', async () => {
    const { page, close } = await visit(browser, server, { name: 'Ada' });
    const open = await visit(browser, server, { name: 'Ben', to: `/n/${id}` });
    await paragraph(open.page, 'limit').waitFor();
    await page.locator(`[data-notebook="${id}"] .row-more`).click();
    await page.getByRole('menuitem', { name: homeWords.delete }).click();
    await page.getByRole('button', { name: homeWords.deleteDo }).click();
    await page.locator(`[data-notebook="${id}"]`).waitFor({ state: 'detached' });
    // Who has it open is told, and may put it back.
    await open.page.getByText(trash.thrown('Ada')).waitFor();
    await open.page.getByRole('button', { name: trash.restore }).waitFor();
    const { id: other } = (await server.call('POST', 'notebooks', { title: 'sales' })).body as { id: string };
    await page.getByRole('link', { name: trash.link }).click();
    const row = page.locator(`[data-trashed="${id}"]`);
    await row.getByText('Ada').waitFor();
    expect(await row.textContent()).toContain(trash.left(30));
    await row.getByRole('button', { name: trash.restore }).click();
    await page.getByText(trash.restoredAs('sales-2.nb.md')).waitFor();
    const { body } = await server.call('GET', `notebooks/${id}/versions`);
    expect((body as { items: { name?: string }[] }).items.some(({ name }) => name === '이사회 보고')).toBe(true);
    expect(readFileSync(join(workspace.path, 'sales-2.nb.md'), 'utf8')).toContain('id=limit');
    await open.page.reload();
    await paragraph(open.page, 'limit').waitFor();
    await open.close();

    await server.call('DELETE', `notebooks/${other}`);
    await page.reload();
    await page.locator(`[data-trashed="${other}"]`).getByRole('button', { name: trash.remove }).click();
    await page.getByRole('button', { name: trash.removeDo, exact: true }).click();
    await page.locator(`[data-trashed="${other}"]`).waitFor({ state: 'detached' });
    expect((await server.call('POST', `trash/${other}/restore`)).status).toBe(404);
    await close();
  });
});

/** Each is killed sooner after one that was done, later after one that was not: around the moment that counts. */
const ROUNDS = 8;
/** A slow machine may need some more until both were seen. */
const MOST_ROUNDS = 16;

describe('a server that is killed while it restores', () => {
  it('has restored all of it or nothing, and nothing is damaged', async () => {
    const lines = Array.from({ length: 60 }, (_, index) => `\`\`\`sql id=p${index}\nselect ${index}\n\`\`\`\n`);
    const own = makeWorkspace({ 'many.nb.md': lines.join('\n') });
    const outcomes = { before: 0, after: 0 };
    let delay = 12;
    const goesOn = (round: number): boolean =>
      round < ROUNDS || (round < MOST_ROUNDS && Math.min(outcomes.before, outcomes.after) === 0);
    try {
      for (let round = 0; goesOn(round); round += 1) {
        const first = await startServer(own.path);
        const many = await notebookAt(first, 'many.nb.md');
        const texts = async (from: ServerProcess): Promise<readonly string[]> =>
          ((await from.call('GET', `notebooks/${many}`)).body as Whole).paragraphs.map(({ source }) => source);
        const then = await texts(first);
        const kept = await first.call('POST', `notebooks/${many}/versions`, { name: `round ${round}` });
        const { text } = { text: String((await first.call('GET', `notebooks/${many}/text`)).body) };
        const edited = text.replaceAll(/select \d+/g, (found) => `${found} + ${round}`);
        const headers = { 'if-match': '*', 'content-type': 'text/markdown' };
        expect((await first.call('PUT', `notebooks/${many}/text`, edited, headers)).status).toBe(204);
        const now = await texts(first);
        expect(now).not.toEqual(then);
        const version = (kept.body as { id: string }).id;
        const restoring = first
          .call('POST', `notebooks/${many}/versions/${version}/restore`, {})
          .catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, delay));
        await first.kill();
        const answered = (await restoring)?.status === 200;
        const second = await startServer(own.path);
        const found = await texts(second);
        const isAfter = JSON.stringify(found) === JSON.stringify(then);
        expect(isAfter || JSON.stringify(found) === JSON.stringify(now), `round ${round}`).toBe(true);
        if (answered) expect(isAfter).toBe(true);
        outcomes[isAfter ? 'after' : 'before'] += 1;
        delay = isAfter ? delay * 0.6 : delay * 1.7 + 1;
        const { items } = (await second.call('GET', `notebooks/${many}/versions`)).body as {
          items: readonly { id: string; reason: string }[];
        };
        if (isAfter) {
          const [newest] = items;
          expect(newest?.reason).toBe('restore');
          const before = await second.call('GET', `notebooks/${many}/versions/${newest?.id}`);
          expect((before.body as { text: { source: string }[] }).text.map(({ source }) => source)).toEqual(now);
        }
        expect(await second.stop()).toBe(0);
        const damage: string[] = [];
        expect(await checkWorkspace(own.path, (line) => damage.push(line)), damage.join('\n')).toBe(0);
      }
    } finally {
      own.remove();
    }
    expect(Math.min(outcomes.before, outcomes.after), JSON.stringify(outcomes)).toBeGreaterThan(0);
  });
});

describe('a server that is killed while a notebook goes to the trash or comes back', () => {
  it('has it in one place, with its text and versions', async () => {
    const own = makeWorkspace({ 'f/sales.nb.md': TEXT });
    let delay = 6;
    const places: string[] = [];
    try {
      for (let round = 0; round < ROUNDS || (round < MOST_ROUNDS && new Set(places).size < 2); round += 1) {
        const first = await startServer(own.path);
        const items = ((await first.call('GET', 'trash')).body as { items: { id: string }[] }).items;
        const wasThere = items.length === 0;
        const one = items[0]?.id ?? (await notebookAt(first, 'f/sales.nb.md'));
        if (round === 0) await first.call('POST', `notebooks/${one}/versions`, { name: 'kept' });
        const moving = (
          wasThere ? first.call('DELETE', `notebooks/${one}`) : first.call('POST', `trash/${one}/restore`)
        ).catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, delay));
        await first.kill();
        const answered = ((await moving)?.status ?? 500) < 300;
        const second = await startServer(own.path);
        const trashed = ((await second.call('GET', 'trash')).body as { items: { id: string }[] }).items;
        const { status, body } = await second.call('GET', `notebooks/${one}`);
        expect(status).toBe(trashed.length === 0 ? 200 : 404);
        if (answered) expect(trashed.length).toBe(wasThere ? 1 : 0);
        if (status === 200) {
          expect((body as Whole).paragraphs.map(({ id: name }) => name)).toContain('delays');
          const { items: versions } = (await second.call('GET', `notebooks/${one}/versions`)).body as {
            items: { name?: string }[];
          };
          expect(versions.some(({ name }) => name === 'kept')).toBe(true);
        }
        const isDone = (trashed.length === 1) === wasThere;
        places.push(isDone ? 'moved' : 'stayed');
        delay = isDone ? delay * 0.6 : delay * 1.7 + 1;
        expect(await second.stop()).toBe(0);
      }
    } finally {
      own.remove();
    }
    expect(new Set(places).size, places.join(' ')).toBe(2);
  });
});
