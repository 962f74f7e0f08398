/**
 * Sharing with real people: accounts, two browsers, the real server. What somebody may do changes on their page within two
 * seconds; what a link hides is in no byte that its holder receives.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page, Response } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { notebookAt } from '../../support/page.ts';
import { makeWorkspace, root, type ServerProcess, startServer } from '../../support/server.ts';

const SALES = `# Sales

What we sold, and when.

\`\`\`sql id=totals name=totals
-- SECRET-comment
select 'shown-cell' as label, 7 as n
\`\`\`

\`\`\`sql id=plot name=plotted
select r as hour, r * 2 as delay, 'SECRET-row-' || r as "SECRET-column" from range(5) t(r)
\`\`\`

<!-- gondola {"chart":{"show":"chart","mark":"bar","x":{"column":"hour"},"y":{"column":"delay","aggregate":"sum"}}} -->

\`\`\`sql id=broken
select "SECRET-error" from totals
\`\`\`

\`\`\`sh id=loud
echo SECRET-spoken >&2; echo said-aloud
\`\`\`

\`\`\`sql id=kept name=secret_name
select 'SECRET-kept' as never
\`\`\`
`;
const workspace = makeWorkspace({
  'flights.nb.md': '# Flights\n\n```sql id=aa name=answer\nselect 42 as x\n```\n',
  'team/plan.nb.md': '# The plan\n',
  'sales.nb.md': SALES,
});
const pictures = process.env.GONDOLA_TEST_PICTURES;
let server: ServerProcess;
let browser: Browser;
let flights: string;
let sales: string;

async function account(name: string, ...more: string[]): Promise<void> {
  const args = ['user', 'add', name, '--password-stdin', '--workspace', workspace.path, ...more];
  const child = spawn(process.execPath, [join(root, 'server', 'gondola.js'), ...args]);
  child.stdin.end('long enough\n');
  expect((await once(child, 'close'))[0]).toBe(0);
}

async function own(notebook: string, ...names: string[]): Promise<void> {
  const { items } = (await server.call('GET', 'people')).body as { items: { id: string; name: string }[] };
  const grants = names.map((name) => ({
    subject: { kind: 'person', person: items.find((one) => one.name === name)!.id },
    role: 'owner',
  }));
  expect((await server.call('PUT', `notebooks/${notebook}/access`, { grants }, { 'if-match': '*' })).status).toBe(200);
}

async function visitor(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  return page;
}

async function signedIn(name: string, to: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await visitor(options);
  await page.goto(`${server.origin}/sign-in?to=${encodeURIComponent(to)}`);
  await signIn(page, name);
  return page;
}

async function signIn(page: Page, name: string, password = 'long enough'): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).first().click();
}

async function picture(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

const dialog = (page: Page) => page.getByRole('dialog');
const openShare = (page: Page) => page.getByRole('button', { name: 'Share', exact: true }).click();

beforeAll(async () => {
  server = await startServer(workspace.path);
  browser = await launchBrowser();
  flights = await notebookAt(server, 'flights.nb.md');
  sales = await notebookAt(server, 'sales.nb.md');
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace.remove();
});

test('before anybody has an account, sharing says so and what to do', async () => {
  const page = await visitor();
  await page.goto(`${server.origin}/?token=${server.token}&to=/n/${flights}`);
  await page.getByRole('textbox', { name: 'Your name' }).fill('Olga');
  await page.keyboard.press('Enter');
  await openShare(page);
  await dialog(page).getByText('Nobody has an account on this server yet.').waitFor();
  expect(await dialog(page).getByRole('textbox', { name: 'gondola user add NAME' }).inputValue()).toContain('user add');
  expect(await dialog(page).getByRole('combobox', { name: 'Add a person or group' }).count()).toBe(0);
  await picture(page, 'share-no-accounts');
  await page.context().close();
});

describe('with accounts', () => {
  beforeAll(async () => {
    await account('ada', '--role', 'owner');
    await account('ben', '--group', 'crew');
    await account('cem');
    await own(flights, 'ada');
    await own(sales, 'ada');
  });

  test('an owner adds somebody by name, and their page follows each change within two seconds', async () => {
    const ada = await signedIn('ada', `/n/${flights}`);
    await ada.getByText('select 42 as x').waitFor();
    await ada.getByRole('button', { name: /Run all/ }).click();
    await ada.getByRole('gridcell', { name: '42' }).waitFor();
    await openShare(ada);
    const adas = dialog(ada).locator('li', { hasText: 'ada' });
    await adas.getByText('A notebook keeps an owner').waitFor();
    expect(await adas.getByRole('combobox').isDisabled()).toBe(true);
    await ada.keyboard.type('be');
    await dialog(ada).getByRole('option', { name: /ben/ }).waitFor();
    await picture(ada, 'share-complete');
    await ada.keyboard.press('Enter');
    const bens = dialog(ada).locator('li', { hasText: 'ben' });
    await bens.waitFor();
    await picture(ada, 'share-people');

    const ben = await signedIn('ben', `/n/${flights}`);
    await ben.getByRole('status').getByText('You can read').waitFor();
    await ben.getByRole('gridcell', { name: '42' }).waitFor();
    expect(await ben.getByRole('button', { name: /^Run/ }).count()).toBe(0);
    expect(await ben.getByRole('button', { name: 'Share', exact: true }).count()).toBe(0);
    expect(await ben.locator('.insert.always').count()).toBe(0);
    await picture(ben, 'reader');

    await bens.getByRole('combobox').selectOption('writer');
    await ben.getByRole('button', { name: /Run all/ }).waitFor({ timeout: 2_000 });
    expect(await ben.getByText('You can read').count()).toBe(0);
    await bens.getByRole('combobox').selectOption('reader');
    await ben.getByText('You can read').waitFor({ timeout: 2_000 });
    expect(await ben.getByRole('button', { name: /Run all/ }).count()).toBe(0);

    await bens.getByRole('button', { name: 'Remove ben' }).click();
    await ben.getByRole('heading', { name: 'This notebook is not yours to see any more' }).waitFor({ timeout: 2_000 });
    expect(await ben.locator('body').innerText()).not.toMatch(/select 42|Flights|answer/);
    expect(await ben.title()).not.toContain('Flights');
    await picture(ben, 'lost');
    // Undo gives it back.
    await ada.getByRole('button', { name: 'Undo' }).click();
    await bens.waitFor();
    await ben.goto(`${server.origin}/n/${flights}`);
    await ben.getByText('You can read').waitFor();
    await ben.context().close();
    await ada.context().close();
  });

  test('a folder is shared from its menu, and its notebooks say where it comes from', async () => {
    const ada = await signedIn('ada', '/');
    await ada.getByRole('navigation', { name: 'Folders' }).getByRole('link', { name: 'team' }).hover();
    await ada.getByRole('button', { name: 'Actions for team' }).click();
    await ada.getByRole('menuitem', { name: 'Share…' }).click();
    await dialog(ada).getByRole('heading', { name: 'Share the folder “team”' }).waitFor();
    await dialog(ada).getByRole('combobox', { name: 'Add a person or group' }).waitFor();
    await ada.keyboard.type('crew');
    await ada.keyboard.press('Enter');
    await dialog(ada).locator('li', { hasText: 'crew' }).waitFor();
    await picture(ada, 'share-folder');
    const ben = await signedIn('ben', '/');
    await ben.getByRole('link', { name: 'The plan' }).waitFor();
    const plan = await notebookAt(server, 'team/plan.nb.md');
    await ada.goto(`${server.origin}/n/${plan}`);
    await openShare(ada);
    await dialog(ada).getByRole('heading', { name: 'From the folder “team”' }).waitFor();
    await dialog(ada).getByText('crew').waitFor();
    await ben.context().close();
    await ada.context().close();
  });

  test('a link shows what was chosen, hides every byte of the rest, and ends on the page of who came by it', async () => {
    const ada = await signedIn('ada', `/n/${sales}`, { colorScheme: 'dark' });
    await ada.getByText('SECRET-comment').waitFor();
    for (const paragraph of ['totals', 'plot', 'broken', 'loud', 'kept'])
      await server.call('POST', `notebooks/${sales}/runs?wait=20`, { paragraphs: [paragraph] });
    await openShare(ada);
    await dialog(ada).getByRole('button', { name: 'New link' }).click();
    await dialog(ada)
      .getByRole('textbox', { name: /For whom/ })
      .fill('The board');
    await dialog(ada).getByRole('radio', { name: 'Chosen paragraphs' }).check();
    for (const name of [/Sales/, /totals:/, /plotted:/, /SECRET-error/, /SECRET-spoken/])
      await dialog(ada).getByRole('checkbox', { name }).check();
    await picture(ada, 'link-new-dark');
    await dialog(ada).getByRole('button', { name: 'Make the link' }).click();
    const address = await dialog(ada).getByRole('textbox', { name: 'Address of the link' }).inputValue();
    expect(address).toMatch(new RegExp(`^${server.origin}/s/.{20,}`));
    await picture(ada, 'link-made-dark');

    const guest = await visitor();
    const bodies: Promise<string>[] = [];
    guest.on('response', (response: Response) => {
      const body = response.body().then(
        (bytes) => `${response.url()}\n${bytes.toString('latin1')}`,
        () => '',
      );
      bodies.push(body);
    });
    const sockets: string[] = [];
    guest.on('websocket', (socket) => sockets.push(socket.url()));
    await guest.goto(address);
    await guest.getByRole('heading', { name: 'Sales' }).waitFor();
    await guest.getByRole('gridcell', { name: 'shown-cell' }).waitFor();
    await guest.locator('.chart-frame[data-state="shown"]').waitFor();
    await guest.locator('.chart-frame').getByText('8', { exact: true }).first().waitFor();
    await guest.getByText(/Paragraph \d failed \(reference/).waitFor();
    await guest.getByText('said-aloud').waitFor();
    await picture(guest, 'published');
    expect(await guest.getByRole('tab', { name: 'Chart' }).count()).toBe(1);
    expect(await guest.getByRole('button', { name: /Run|Share|Insert/ }).count()).toBe(0);
    // Nobody asks a guest for a name.
    expect(await dialog(guest).count()).toBe(0);
    expect(sockets).toEqual([]);
    const received = (await Promise.all(bodies)).join('\n');
    expect(received).toContain('shown-cell');
    expect(received.match(/SECRET[\w-]*/g) ?? []).toEqual([]);
    expect(await guest.content()).not.toContain('SECRET');
    expect(received).not.toMatch(/"ada"|"API"|secret_name/);

    // What they may ask beside the page gives no more.
    const said = (await server.call('GET', `notebooks/${sales}`)).body as {
      paragraphs: { id: string; run?: { id: string } }[];
    };
    const leaks: { path: string; body: string }[] = [];
    const ask = async (path: string): Promise<number> => {
      const response = await guest.request.get(`${server.origin}/api/v1/${path}`);
      const body = await response.text();
      if (body.includes('SECRET')) leaks.push({ path, body });
      return response.status();
    };
    for (const { id, run } of said.paragraphs) {
      if (!run) continue;
      expect([id, await ask(`runs/${run.id}`)]).toEqual([id, id === 'kept' ? 404 : 200]);
      for (const at of [0, 1]) await ask(`runs/${run.id}/outputs/${at}/text`);
      const outputs = ((await server.call('GET', `runs/${run.id}`)).body as { outputs: { result?: string }[] }).outputs;
      for (const { result } of outputs) {
        if (!result) continue;
        expect([id, await ask(`results/${result}/rows`)]).toEqual([id, id === 'totals' ? 200 : 404]);
        expect([id, await ask(`results/${result}/rows?format=csv`)]).toEqual([id, id === 'totals' ? 200 : 404]);
        await ask(`results/${result}`);
        for (const column of id === 'plot' ? ['SECRET-column', 'hour'] : ['label'])
          await ask(
            `results/${result}/chart?spec=${encodeURIComponent(JSON.stringify({ mark: 'bar', x: { column }, y: { aggregate: 'count' } }))}`,
          );
      }
    }
    for (const path of ['', '/text', '/runs', '/published', '/tables', '/versions', '/access', '/links'])
      await ask(`notebooks/${sales}${path}`);
    for (const path of ['notebooks?query=SECRET', 'workspace', 'people', 'audit', 'trash', 'me']) await ask(path);
    expect(leaks).toEqual([]);

    // The notebook's own address leads them here, too.
    await guest.goto(`${server.origin}/n/${sales}`);
    await guest.waitForURL(`**/p/${sales}`);
    await guest.getByRole('gridcell', { name: 'shown-cell' }).waitFor();

    await dialog(ada).getByRole('button', { name: 'Done' }).click();
    const row = dialog(ada).locator('li', { hasText: 'The board' });
    await row.getByText('5 paragraphs').waitFor();
    await row.getByRole('button', { name: 'Withdraw' }).click();
    await dialog(ada).getByRole('button', { name: 'Withdraw' }).first().click();
    await guest.getByRole('heading', { name: 'This link opens nothing any more' }).waitFor({ timeout: 2_000 });
    await dialog(ada).getByText('No links yet').waitFor();
    expect(await guest.locator('body').innerText()).not.toMatch(/Sales|shown-cell/);
    await picture(guest, 'link-gone');
    await guest.context().close();
    await ada.context().close();
  });

  test('a reader with an account sees of what shows its chart that chart alone', async () => {
    const subjects = (await server.call('GET', 'people')).body as { items: { id: string; name: string }[] };
    const grants = subjects.items.slice(0, 2).map(({ id, name }) => {
      return { subject: { kind: 'person', person: id }, role: name === 'ada' ? 'owner' : 'reader' };
    });
    await server.call('PUT', `notebooks/${sales}/access`, { grants }, { 'if-match': '*' });
    const ben = await signedIn('ben', `/n/${sales}`);
    const plot = ben.locator('[data-paragraph="plot"]');
    await plot.locator('.chart-frame[data-state="shown"]').waitFor();
    expect(await plot.getByRole('tab').count()).toBe(0);
    expect(await plot.locator('.chart-panel, select').count()).toBe(0);
    expect(await ben.locator('[data-paragraph="totals"]').getByRole('tab').count()).toBe(3);
    const { paragraphs } = (await server.call('GET', `notebooks/${sales}`)).body as {
      paragraphs: { id: string; run?: { id: string } }[];
    };
    const run = paragraphs.find(({ id }) => id === 'plot')!.run!.id;
    const { outputs } = (await server.call('GET', `runs/${run}`)).body as { outputs: { result: string }[] };
    const ask = async (spec: object) => {
      const query = `spec=${encodeURIComponent(JSON.stringify(spec))}`;
      return (await ben.request.get(`${server.origin}/api/v1/results/${outputs[0]!.result}/chart?${query}`)).text();
    };
    const drawn = await ask({ mark: 'bar', x: { column: 'hour' }, y: { column: 'delay', aggregate: 'sum' } });
    expect(drawn).toContain('8');
    expect(await ask({ mark: 'bar', x: { column: 'SECRET-column' }, y: { aggregate: 'count' } })).toBe(drawn);
    expect(await ask({ mark: 'point', x: { column: 'hour' }, y: { column: 'delay', aggregate: 'none' } })).toBe(drawn);
    await ben.context().close();
  });

  test('a link with code and a password shows the code, to whoever has the password', async () => {
    const ada = await signedIn('ada', `/n/${sales}`, { viewport: { width: 390, height: 800 } });
    await picture(ada, 'narrow');
    // Where there is little room it stands in the menu.
    await ada.getByRole('button', { name: 'Session and more' }).click();
    await ada.getByRole('menuitem', { name: 'Share this notebook' }).click();
    await dialog(ada).getByRole('button', { name: 'New link' }).click();
    await dialog(ada)
      .getByRole('radio', { name: /^Read and run/ })
      .check();
    await dialog(ada).getByLabel('Password (optional)').fill('open sesame');
    await dialog(ada).getByRole('checkbox', { name: 'Show the code' }).check();
    await picture(ada, 'link-new-narrow');
    await dialog(ada).getByRole('button', { name: 'Make the link' }).click();
    const address = await dialog(ada).getByRole('textbox', { name: 'Address of the link' }).inputValue();
    const guest = await visitor({ colorScheme: 'dark', viewport: { width: 390, height: 800 } });
    await guest.goto(address);
    await guest.getByLabel('Password').fill('open sesame');
    await guest.getByRole('button', { name: 'Open' }).click();
    await guest.getByText('SECRET-comment').waitFor();
    await guest.getByRole('button', { name: 'Run all' }).waitFor();
    await picture(guest, 'published-narrow-dark');
    await guest.context().close();
    await ada.context().close();
  });

  test('a name is the account’s; the password is changed, and one signs out everywhere', async () => {
    const cem = await signedIn('cem', '/');
    const other = await signedIn('cem', '/');
    await cem.getByRole('button', { name: 'cem (you): account' }).click();
    await cem.getByText('Member of this workspace').waitFor();
    expect(await cem.getByRole('menuitem', { name: 'Change your name…' }).count()).toBe(0);
    expect(await cem.getByRole('menuitem', { name: 'Audit log' }).count()).toBe(0);
    await picture(cem, 'account');
    await cem.getByRole('menuitem', { name: 'Change your password…' }).click();
    await dialog(cem).getByLabel('Password now').fill('not the one');
    await dialog(cem).getByLabel('New password', { exact: true }).fill('another one');
    await dialog(cem).getByLabel('New password again').fill('another one');
    await dialog(cem).getByRole('button', { name: 'Change it' }).click();
    await dialog(cem).getByText('That is not your password now.').waitFor();
    await dialog(cem).getByLabel('Password now').fill('long enough');
    await dialog(cem).getByRole('button', { name: 'Change it' }).click();
    await cem.getByText('Your password is changed').waitFor();
    // This browser stays; the other is out.
    await cem.reload();
    await cem.getByRole('button', { name: 'cem (you): account' }).waitFor();
    await other.reload();
    await signIn(other, 'cem', 'another one');
    await other.getByRole('button', { name: 'cem (you): account' }).waitFor();

    await cem.getByRole('button', { name: 'cem (you): account' }).click();
    await cem.getByRole('menuitem', { name: /Sign out everywhere/ }).click();
    await cem.getByRole('button', { name: 'Sign in' }).first().waitFor();
    await other.reload();
    await other.getByRole('button', { name: 'Sign in' }).first().waitFor();
    await cem.context().close();
    await other.context().close();
  });

  test('the workspace’s owner reads the audit log, by kind and by person', async () => {
    const ada = await signedIn('ada', '/');
    await ada.getByRole('button', { name: 'ada (you): account' }).click();
    await ada.getByRole('menuitem', { name: 'Audit log' }).click();
    await ada.getByRole('heading', { name: 'Audit log' }).waitFor();
    await ada.locator('tr[data-event="grant-removed"]').first().waitFor();
    await picture(ada, 'audit');
    await ada.setViewportSize({ width: 390, height: 800 });
    const cut = (): Promise<number> =>
      ada.locator('.audit-scroll').evaluate((list) => list.scrollWidth - list.clientWidth);
    expect(await cut()).toBe(0);
    await ada.setViewportSize({ width: 1200, height: 800 });
    await ada.getByLabel('What', { exact: true }).selectOption('granted');
    await expect.poll(() => ada.locator('tbody tr:not([data-event="granted"])').count()).toBe(0);
    const row = ada.locator('tr[data-event="granted"]', { hasText: 'Flights' }).filter({ hasText: 'ben' }).first();
    expect(await row.innerText()).toMatch(/ada[\s\S]*gave a role[\s\S]*Flights[\s\S]*ben: (reader|writer)/);
    await ada.getByLabel('Who', { exact: true }).selectOption('ben');
    await ada.getByText('Nothing of that kind among what is loaded').waitFor();
    const ben = await signedIn('ben', '/?audit');
    await ben.getByText('The audit log is for the owners of this workspace.').waitFor();
    await ada.context().close();
    await ben.context().close();
  });
});
