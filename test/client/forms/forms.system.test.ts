/**
 * Forms with real people on the real server: a writer declares one, two who may run fill it in at the same moment, and each
 * sees their own figures; the writer's page does not change.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../support/browser.ts';
import { notebookAt, visit } from '../../support/page.ts';
import { makeWorkspace, root, type ServerProcess, startServer } from '../../support/server.ts';

const NOTEBOOK = `---
forms:
  day: {type: date, default: 2001-01-01, label: "Day of the flights"}
---

# 저녁 지연, by airport

Flights on \${day}.

\`\`\`sql id=a name=chosen
select 'on ' || $day as chosen_day, \${airport=SEA,SEA(Seattle)|ICN(인천)} as airport
\`\`\`

\`\`\`sql id=b
select airport || ', ' || chosen_day as line from chosen
\`\`\`
`;
const CONTROLS = `---
forms:
  who: {label: 담당자 이름, default: 그레이스}
  most: {type: number, default: 60, min: 0, max: 500, label: Late means over (min)}
  day: 2001-01-01
  when: {type: date-range, default: {from: 2001-01-01, to: 2001-06-30}, label: 기간}
  airport: {options: [{value: ICN, label: 인천국제공항}, {value: SEA, label: Seattle–Tacoma}, JFK], label: 공항}
  days: {type: multi-select, options: [월, 화, 수, 목, 금, 토, 일, 공휴일, 대체휴일], default: [월, 화], label: 요일}
  late: {default: true, label: Late flights only}
  share: {type: slider, min: 0, max: 100, step: 5, default: 35, label: Share in %}
  key: {type: password, label: Key of the service}
  city: {options: {query: "select * from (values ('SEL', '서울'), ('PUS', '부산'))"}, label: 도시}
---

# 공항별 저녁 지연

\`\`\`sql id=c
select $who, $most
\`\`\`
`;
const pictures = process.env.GONDOLA_TEST_PICTURES;
/** The machine may be busy. */
const PATIENCE = 30_000;
const workspace = makeWorkspace({
  'gondola.json': '{"title": "Analytics"}',
  'late.nb.md': NOTEBOOK,
  'controls.nb.md': CONTROLS,
});
let server: ServerProcess;
let browser: Browser;
let id: string;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(workspace.path), launchBrowser()]);
  id = await notebookAt(server, 'late.nb.md');
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  workspace.remove();
});

async function account(name: string): Promise<void> {
  const args = ['user', 'add', name, '--password-stdin', '--workspace', workspace.path];
  const child = spawn(process.execPath, [join(root, 'server', 'gondola.js'), ...args]);
  child.stdin.end('long enough\n');
  expect((await once(child, 'close'))[0]).toBe(0);
}

async function people(): Promise<readonly { readonly id: string }[]> {
  return ((await server.call('GET', 'people')).body as { items: { id: string }[] }).items;
}

async function runner(name: string, to: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.goto(`${server.origin}/sign-in?to=${encodeURIComponent(to)}`);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill('long enough');
  await page.getByRole('button', { name: 'Sign in' }).first().click();
  return page;
}

async function picture(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

const line = (page: Page, text: string) => page.getByRole('gridcell', { name: text }).waitFor();
const forms = (page: Page) => page.getByRole('group', { name: 'Forms', exact: true });

test('two with different values at one moment see their own figures, and the writers’ page does not change', async () => {
  const { page: writer, problems } = await visit(browser, server, { name: 'Ada', to: `/n/${id}`, patience: PATIENCE });
  await writer.getByText('Flights on 2001-01-01').waitFor();
  await writer.getByRole('button', { name: 'Run all' }).click();
  await line(writer, 'SEA, on 2001-01-01');
  await picture(writer, 'forms-light');

  await account('ben');
  await account('cem');
  // Another process made them: the server sees it a little later.
  await expect.poll(async () => (await people()).length, { timeout: PATIENCE }).toBe(2);
  const grants = (await people()).map((one) => ({ subject: { kind: 'person', person: one.id }, role: 'runner' }));
  expect((await server.call('PUT', `notebooks/${id}/access`, { grants }, { 'if-match': '*' })).status).toBe(200);

  // One fills it in; to the other the address brings it.
  const [ben, cem] = await Promise.all([
    runner('ben', `/n/${id}`),
    runner('cem', `/n/${id}?day=2003-03-03&airport=ICN`),
  ]);
  await forms(ben).getByLabel('Day of the flights').fill('2002-02-02');
  await cem.getByText('Flights on 2003-03-03').waitFor();
  await Promise.all([
    forms(ben).getByRole('button', { name: 'Run with your Day of the flights' }).click(),
    forms(cem).getByRole('button', { name: 'Run with your Day of the flights' }).click(),
  ]);
  await Promise.all([line(ben, 'SEA, on 2002-02-02'), line(cem, 'ICN, on 2003-03-03')]);
  await ben.waitForURL((url) => url.search === '?day=2002-02-02');
  await ben.reload();
  await ben.getByText('Flights on 2002-02-02').waitFor();
  await line(ben, 'SEA, on 2002-02-02');

  // A writer with values of their own runs for themselves, too.
  await line(writer, 'SEA, on 2001-01-01');
  await forms(writer).getByLabel('Day of the flights').fill('2004-04-04');
  await writer.getByRole('checkbox', { name: 'Run on change' }).first().click();
  await forms(writer).getByRole('button', { name: 'Run with your Day of the flights' }).click();
  await line(writer, 'SEA, on 2004-04-04');
  await picture(writer, 'forms');
  const at = writer.getByRole('group', { name: 'Forms of this paragraph' });
  await at.getByLabel('airport').selectOption({ label: '인천' });
  await line(writer, 'ICN, on 2004-04-04');
  await writer.getByRole('button', { name: 'Show the team’s results again' }).click();
  await line(writer, 'SEA, on 2001-01-01');
  expect(problems).toEqual([]);
}, 120_000);

test('every control takes a value by keyboard, and a narrow page holds them all', async () => {
  const controls = await notebookAt(server, 'controls.nb.md');
  const { page, problems } = await visit(browser, server, {
    name: 'Ada',
    to: `/n/${controls}?most=700`,
    patience: PATIENCE,
    context: { colorScheme: 'dark' },
  });
  await forms(page)
    .getByText(/nothing above 500\. Runs use 60\./)
    .waitFor();
  const open = forms(page).getByRole('button', { name: /요일 월 and 화/ });
  await open.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.type('휴일');
  const found = forms(page).getByRole('group', { name: '요일' }).getByRole('checkbox');
  await expect.poll(() => found.count(), { timeout: PATIENCE }).toBe(2);
  await found.first().press('Space');
  await picture(page, 'forms-controls-dark');
  await page.keyboard.press('Escape');
  await forms(page)
    .getByRole('button', { name: /요일 월, 화 and 1 more/ })
    .waitFor();
  await forms(page).getByRole('slider').press('ArrowRight');
  await forms(page).getByLabel('Late means over (min)').fill('90');
  await forms(page).getByRole('combobox', { name: '도시' }).selectOption({ label: '부산' });
  await page.waitForURL((url) => url.searchParams.get('share') === '40' && url.searchParams.get('city') === 'PUS');
  await page.setViewportSize({ width: 390, height: 844 });
  const box = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(box).toBeLessThanOrEqual(390);
  await picture(page, 'forms-390');
  await page.setViewportSize({ width: 1360, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
  await picture(page, 'forms-controls');
  await page.getByRole('button', { name: 'Session and more' }).click();
  await page.getByRole('menuitem', { name: 'Forms…' }).click();
  await page.getByRole('button', { name: 'Change airport' }).click();
  await page.getByLabel(/^Options/).waitFor();
  await picture(page, 'forms-editor');
  expect(problems).toEqual([]);
}, 120_000);
