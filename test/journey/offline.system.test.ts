/**
 * What a person writes while the server is away, in a real browser with a profile of its own, against the real server,
 * killed and started again on the same port: it outlives the tab and the browser, and arrives exactly once.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Dialog, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { draftWords } from '../../client/words/drafts.ts';
import { words } from '../../client/words/en.ts';
import { launchProfile } from '../support/browser.ts';
import { notebookAt } from '../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer, steadyPort } from '../support/server.ts';

const NOTEBOOK = `---
title: Offline
---

\`\`\`sql id=first
select 1
\`\`\`

\`\`\`sql id=second
select 2
\`\`\`
`;
const FILE = 'offline.nb.md';

let workspace: ReturnType<typeof makeWorkspace>;
let server: ServerProcess;
let notebook: string;
let profile: string;
let context: BrowserContext;
const channels: string[] = [];

beforeAll(async () => {
  workspace = makeWorkspace({ [FILE]: NOTEBOOK });
  server = await startServer(workspace.path, { port: await steadyPort() });
  notebook = await notebookAt(server, FILE);
});
afterAll(async () => {
  await server?.stop();
  workspace?.remove();
});
beforeEach(async () => {
  profile = mkdtempSync(join(tmpdir(), 'gondola-profile-'));
  await launch();
});
afterEach(async () => {
  await context?.close();
  rmSync(profile, { recursive: true, force: true });
  await revive();
});

async function launch(): Promise<void> {
  context = await launchProfile(profile, { viewport: { width: 1200, height: 800 } });
  context.setDefaultTimeout(20_000);
  await context.exposeBinding('toldChannel', (_source, name: string) => void channels.push(name));
  await context.addInitScript(() => {
    const Channel = window.BroadcastChannel;
    window.BroadcastChannel = class extends Channel {
      constructor(name: string) {
        super(name);
        (window as unknown as { toldChannel(name: string): void }).toldChannel(name);
      }
    };
  });
}

/** The first visit signs in. */
async function open(person = 'Ada'): Promise<Page> {
  const page = await newPage(person);
  await page.goto(`${server.origin}/?token=${server.token}&to=${encodeURIComponent(`/n/${notebook}`)}`);
  await state(page, 'saved');
  // The page's own files are put aside once it stands.
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  // And what is opened by a key or a click once somebody stirs.
  await page.mouse.move(5, 5);
  for (const name of ['SessionMenu', 'SignOut', 'Drafts']) await loaded(page, name);
  await page.waitForLoadState('networkidle');
  return page;
}

const loaded = (page: Page, file: string): Promise<unknown> =>
  page.waitForFunction(
    (name) => performance.getEntriesByType('resource').some((entry) => entry.name.includes(`/${name}-`)),
    file,
    { timeout: 30_000 },
  );

/** Who one is, Chromium writes down only some seconds after it was said first. */
async function newPage(person: string): Promise<Page> {
  const page = await context.newPage();
  await page.addInitScript((name) => {
    if (self === top)
      localStorage.setItem('gondola.person', JSON.stringify({ id: `p-${name.toLowerCase()}`, name, color: 1 }));
  }, person);
  return page;
}

async function reopen(): Promise<Page> {
  const page = await newPage('Ada');
  await page.goto(`${server.origin}/n/${notebook}`);
  return page;
}

const state = (page: Page, save: string): Promise<void> =>
  page.locator(`[data-save="${save}"]`).waitFor({ timeout: 30_000 });
const keptHere = (page: Page): Promise<void> =>
  page
    .getByText(/edits? kept here/)
    .first()
    .waitFor();
const file = (): string => readFileSync(join(workspace.path, FILE), 'utf8');
const times = (mark: string): number => file().split(mark).length - 1;

async function write(page: Page, id: string, text: string): Promise<void> {
  const paragraph = page.locator(`[data-paragraph="${id}"]`);
  await paragraph.locator('.source, .code').first().click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(text);
}

async function kill(...pages: readonly Page[]): Promise<void> {
  await server.kill();
  for (const page of pages) await state(page, 'offline');
}

async function revive(): Promise<void> {
  if (server.process.exitCode === null && server.process.signalCode === null) return;
  server = await startServer(workspace.path, { port: server.port });
}

/** As by a crash: nothing that was not on the disk stays. */
async function killBrowser(): Promise<void> {
  const devtools = await context.browser()?.newBrowserCDPSession();
  const { processInfo = [] } = (await devtools?.send('SystemInfo.getProcessInfo')) ?? {};
  const main = processInfo.find((one) => one.type === 'browser');
  if (!main) throw new Error('the browser does not tell its process');
  const gone = new Promise((resolve) => context.once('close', resolve));
  process.kill(main.id, 'SIGKILL');
  await gone;
}

/** What the browser's store holds now, of whom. */
const stored = (page: Page): Promise<{ kept: string[]; drafts: string[] }> =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opened = indexedDB.open('gondola');
        opened.onerror = () => reject(opened.error);
        opened.onsuccess = () => {
          const transaction = opened.result.transaction(['kept', 'drafts']);
          const kept = transaction.objectStore('kept').getAll();
          const drafts = transaction.objectStore('drafts').getAll();
          transaction.oncomplete = () => {
            opened.result.close();
            resolve({
              kept: kept.result.map((row: { person: string }) => row.person),
              drafts: drafts.result.map((row: { person: string }) => row.person),
            });
          };
        };
      }),
  );

/** Closes the tab as a person does, and says whether the browser asked. */
async function leave(page: Page): Promise<boolean> {
  let asked = false;
  const gone = new Promise<void>((resolve) => {
    page.once('close', () => resolve());
    page.once('dialog', (dialog: Dialog) => {
      asked = dialog.type() === 'beforeunload';
      void dialog.accept();
    });
  });
  await page.close({ runBeforeUnload: true });
  await gone;
  return asked;
}

const signOut = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: words.bar.session }).click();
  await page.getByRole('menuitem', { name: draftWords.signOut.do }).click();
};
const signedOut = (page: Page) => page.getByLabel('Address or token').waitFor();

describe('edits without the server', () => {
  it('are kept here over a closed tab and a restarted browser, and arrive exactly once', async () => {
    const page = await open();
    await kill(page);
    await write(page, 'first', ' -- one');
    await keptHere(page);
    expect(await leave(page)).toBe(true);

    const second = await reopen();
    await second.getByText('-- one').first().waitFor();
    await keptHere(second);
    await state(second, 'offline');
    await write(second, 'second', ' -- two');
    await keptHere(second);
    await context.close();

    await launch();
    const third = await reopen();
    await third.getByText('-- two').first().waitFor();
    await third.getByText('-- one').first().waitFor();
    await keptHere(third);
    await revive();
    await state(third, 'saved');
    await expect.poll(() => [times('-- one'), times('-- two')]).toEqual([1, 1]);
    await expect.poll(() => stored(third)).toEqual({ kept: [], drafts: [] });
    await third.reload();
    await state(third, 'saved');
    expect([times('-- one'), times('-- two'), times('select 1'), times('select 2')]).toEqual([1, 1, 1, 1]);
    expect(await leave(third)).toBe(false);
  });

  it('called kept here outlive a browser that is killed', async () => {
    const page = await open();
    await kill(page);
    await write(page, 'first', ' -- before the crash');
    await keptHere(page);
    await killBrowser();
    await launch();
    const again = await reopen();
    await again.getByText('-- before the crash').first().waitFor();
    await keptHere(again);
    await revive();
    // Chromium writes cookies down half a minute late: the sign-in may be gone, what was kept is not.
    await again.goto(`${server.origin}/?token=${server.token}&to=${encodeURIComponent(`/n/${notebook}`)}`);
    await state(again, 'saved');
    await expect.poll(() => times('-- before the crash')).toBe(1);
    await expect.poll(() => stored(again)).toEqual({ kept: [], drafts: [] });
  });

  it('of two tabs of one person are both there once', async () => {
    const [left, right] = [await open(), await open()];
    await kill(left, right);
    await write(left, 'first', ' -- left');
    await write(right, 'first', ' -- right');
    await keptHere(left);
    await keptHere(right);
    // The one that is closed is brought by whoever opens the notebook next.
    await leave(left);
    await revive();
    await state(right, 'saved');
    await expect.poll(() => [times('-- left'), times('-- right')]).toEqual([1, 1]);
    await expect.poll(() => stored(right)).toEqual({ kept: [], drafts: [] });
  });

  it('of one person are neither seen nor sent by another on the same browser', async () => {
    const ada = await open('Ada');
    await kill(ada);
    await write(ada, 'first', ' -- of ada');
    await keptHere(ada);
    await leave(ada);
    await revive();
    const ben = await open('Ben');
    await ben.waitForTimeout(500);
    expect(await ben.getByText('-- of ada').count()).toBe(0);
    expect([times('-- of ada'), (await stored(ben)).kept]).toEqual([0, ['p-ada']]);
    await ben.close();
    const again = await open('Ada');
    await again.getByText('-- of ada').first().waitFor();
    await expect.poll(() => times('-- of ada')).toBe(1);
  });

  it('never travel from tab to tab past the server', async () => {
    const [ada, ben] = [await open('Ada'), await open('Ben')];
    await kill(ada, ben);
    await write(ada, 'first', ' -- private');
    await keptHere(ada);
    await ben.waitForTimeout(500);
    expect(await ben.getByText('-- private').count()).toBe(0);
    expect(channels).toEqual([]);
  });

  it('that the browser has no room for are said to be in this tab only, and leaving asks', async () => {
    const page = await open();
    const devtools = await context.newCDPSession(page);
    await kill(page);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: server.origin, quotaSize: 1 });
    await write(page, 'first', ' -- no room');
    await page
      .getByText(/in this tab only/)
      .first()
      .waitFor();
    expect(await page.getByText(/kept here/).count()).toBe(0);
    const asked = page.waitForEvent('dialog');
    await page.close({ runBeforeUnload: true });
    expect((await asked).type()).toBe('beforeunload');
    await (await asked).dismiss();
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: server.origin });
    await keptHere(page);
    await revive();
    await state(page, 'saved');
    await expect.poll(() => times('-- no room')).toBe(1);
    expect(await leave(page)).toBe(false);
  });

  it('of a notebook that was never opened here: the page says that it opens once the server is back', async () => {
    const page = await open();
    const { body } = await server.call('POST', 'notebooks', { title: 'Elsewhere' });
    await kill(page);
    await page.goto(`${server.origin}/n/${(body as { id: string }).id}`);
    await page.getByText(words.save.awayHint).waitFor();
    await revive();
    await state(page, 'saved');
  });
});

describe('a history that is another one', () => {
  /** As a backup of the files alone: the text is the same, the history is not. */
  async function restoreFiles(): Promise<void> {
    rmSync(join(workspace.path, '.gondola', 'notebooks', notebook), { recursive: true });
    await revive();
  }

  it('gives the unsent text as a draft: insert, undo, discard', async () => {
    const page = await open();
    await kill(page);
    await write(page, 'first', ' -- for the old one');
    await write(page, 'second', ' -- too');
    await keptHere(page);
    await restoreFiles();
    const draft = page.locator('.draft');
    await draft.getByText(draftWords.draft.title['other-epoch']).waitFor();
    await state(page, 'saved');
    expect(times('-- for the old one')).toBe(0);
    await draft.locator('.draft-piece').first().locator('ins', { hasText: 'for the old one' }).waitFor();
    await draft.getByRole('button', { name: draftWords.draft.discard, exact: true }).nth(1).click();
    await page.getByRole('button', { name: words.undo, exact: true }).click();
    expect(await draft.locator('.draft-piece').count()).toBe(2);
    await draft.getByRole('button', { name: draftWords.draft.insert, exact: true }).first().click();
    await expect.poll(() => times('-- for the old one')).toBe(1);
    await page.reload();
    await draft.locator('ins', { hasText: 'too' }).waitFor();
    expect(await draft.locator('.draft-piece').count()).toBe(1);
    await draft.getByRole('button', { name: draftWords.draft.discard, exact: true }).click();
    await expect.poll(() => stored(page)).toEqual({ kept: [], drafts: [] });
    await page.reload();
    await state(page, 'saved');
    expect([await draft.count(), times('-- for the old one'), times('-- too')]).toEqual([0, 1, 0]);
  });

  it('finds what a closed browser had kept, and gives it as a draft', async () => {
    const page = await open();
    await kill(page);
    await write(page, 'second', ' -- before the restore');
    await keptHere(page);
    await leave(page);
    await restoreFiles();
    const again = await reopen();
    await again.locator('.draft ins', { hasText: 'before the restore' }).waitFor();
    await state(again, 'saved');
    expect(times('-- before the restore')).toBe(0);
    // The draft is here alone: leaving asks, and keeping keeps it.
    await signOut(again);
    await again.getByText(draftWords.signOut.title(0)).waitFor();
    expect(await again.getByRole('button', { name: draftWords.signOut.send }).count()).toBe(0);
    await again.getByRole('button', { name: draftWords.signOut.keep }).click();
    await signedOut(again);
    const back = await open('Ada');
    await back.locator('.draft ins', { hasText: 'before the restore' }).waitFor();
    await back.getByRole('button', { name: draftWords.draft.discard, exact: true }).click();
  });
});

describe('an edit that the server refuses', () => {
  it('becomes a draft, and the notebook goes on', async () => {
    const page = await context.newPage();
    let spoil = false;
    await page.routeWebSocket(/\/live$/, (socket) => {
      const real = socket.connectToServer();
      socket.onMessage((message) => {
        const bytes = typeof message === 'string' ? undefined : new Uint8Array(message);
        // A sync frame that holds one update: damaged on its way, as by a bug.
        if (spoil && bytes && bytes[0] === 0 && bytes[1] === 2) {
          spoil = false;
          bytes.fill(0xff, 4);
          real.send(Buffer.from(bytes));
        } else real.send(message);
      });
    });
    await page.addInitScript(() =>
      localStorage.setItem('gondola.person', JSON.stringify({ id: 'p-ada', name: 'Ada', color: 1 })),
    );
    await page.goto(`${server.origin}/?token=${server.token}&to=${encodeURIComponent(`/n/${notebook}`)}`);
    await state(page, 'saved');
    spoil = true;
    await page.locator('[data-paragraph="second"]').locator('.source, .code').first().click();
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText(' -- refused');
    await page.locator('.draft[data-draft="update-refused"] ins', { hasText: 'refused' }).waitFor();
    await state(page, 'saved');
    expect(times('-- refused')).toBe(0);
    await page.getByRole('button', { name: draftWords.draft.insert, exact: true }).click();
    await expect.poll(() => times('-- refused')).toBe(1);
    await state(page, 'saved');
  });
});

describe('signing out', () => {
  it('with everything saved is at once', async () => {
    const page = await open();
    await signOut(page);
    await signedOut(page);
  });

  it('sends what is not saved before, and says so when it cannot', async () => {
    const page = await open();
    await kill(page);
    await write(page, 'first', ' -- sent first');
    await keptHere(page);
    await signOut(page);
    await page.getByText(draftWords.signOut.title(1)).waitFor();
    await page.getByRole('button', { name: draftWords.signOut.send }).click();
    await page.getByText(draftWords.signOut.sending).waitFor();
    await revive();
    await signedOut(page);
    await expect.poll(() => times('-- sent first')).toBe(1);
  });

  it('keeps what is not saved for the same person', async () => {
    const page = await open();
    await kill(page);
    await write(page, 'first', ' -- kept for later');
    await keptHere(page);
    await page.goto('about:blank').catch(() => undefined);
    await revive();
    const home = await context.newPage();
    await home.goto(`${server.origin}/`);
    expect((await stored(home)).kept).toEqual(['p-ada']);
    await home.request.post(`${server.origin}/sign-out`, { headers: { origin: server.origin } });
    await home.reload();
    await signedOut(home);
    expect((await stored(home)).kept).toEqual(['p-ada']);
    const again = await open('Ada');
    await expect.poll(() => times('-- kept for later')).toBe(1);
    await again.close();
  });

  it('discards what is not saved only after asking', async () => {
    const page = await open();
    await page.route('**/sign-out', (route) => route.continue());
    await page.evaluate(() => {
      // The line alone is gone: sockets fail while calls pass.
      const Real = window.WebSocket;
      window.WebSocket = class extends Real {
        constructor(address: string | URL) {
          super(String(address).replace('/live', '/gone'));
        }
      };
    });
    await server.kill();
    await revive();
    await state(page, 'offline');
    await write(page, 'first', ' -- to be thrown away');
    await keptHere(page);
    await signOut(page);
    await page.getByRole('button', { name: draftWords.signOut.discard }).click();
    await page.getByRole('button', { name: draftWords.signOut.discardDo }).click();
    await signedOut(page);
    expect(await stored(page)).toEqual({ kept: [], drafts: [] });
    await open('Ada');
    expect(times('-- to be thrown away')).toBe(0);
  });
});
