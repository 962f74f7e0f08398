/** The runs of a paragraph side by side, on the page of a notebook, over a server that the test plays by hand. */
import { cleanup, configure, fireEvent, screen, waitFor, within } from '@solidjs/testing-library';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { setForm } from '../../../server/protocol/forms/document.ts';
import { type Mounted, mountNotebook } from '../../support/page/mount.tsx';

// A machine with much to do answers late.
configure({ asyncUtilTimeout: 20_000 });
type Told = Record<string, unknown>;
const ran = (id: string, day: string, more: Told = {}): Told => ({
  id,
  asked: 1000,
  started: 1000,
  ended: 2000,
  state: 'done',
  by: { id: 'ada', name: 'Ada' },
  forms: { day },
  ...more,
});

let items: Told[];
let next: string | null;
let refuse: boolean;
const asked: string[] = [];
const answer = (value: unknown, status = 200): Response => new Response(JSON.stringify(value), { status });

beforeEach(() => {
  asked.length = 0;
  refuse = false;
  next = null;
  items = [ran('r3', '2015-03-03'), ran('r2', '2015-03-03'), ran('r1', '2015-01-01')];
  vi.stubGlobal('fetch', async (address: string) => {
    const path = address.replace('/api/v1', '');
    asked.push(path);
    if (refuse) return answer({ error: { code: 'unavailable', message: 'It stops.' } }, 503);
    const one = /^\/runs\/(\w+)$/.exec(path)?.[1];
    const found = items.find(({ id }) => id === one);
    if (found) {
      const outputs = [{ kind: 'text', stream: 'stdout', text: `said by ${one}` }];
      return answer({ ...found, source: one === 'r1' ? 'select 0' : 'select $day', outputs });
    }
    if (!path.includes('/runs?')) throw new TypeError('no server');
    return path.includes('cursor=')
      ? answer({ items: [ran('r0', '2014-01-01')], next: null })
      : answer({ items, next });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  history.replaceState(null, '', '/');
  localStorage.clear();
  sessionStorage.clear();
});

async function open(): Promise<{ page: Mounted; dialog: HTMLElement }> {
  const page = await mountNotebook([{ id: 'a', source: 'select $day' }]);
  setForm(page.live.doc, 'day', '2015-01-01', 'remote');
  page.press('Escape');
  page.press('j');
  page.press('g');
  page.press('r');
  return { page, dialog: await screen.findByRole('dialog', { name: 'Runs of SQL paragraph' }) };
}
const columns = (dialog: HTMLElement): (string | undefined)[] =>
  [...dialog.querySelectorAll<HTMLElement>('.earlier-column')].map((one) => one.dataset.run);

test('opens with the newest beside the newest with other values, and marks what differs', async () => {
  const { dialog } = await open();
  await within(dialog).findByText('said by r3');
  await within(dialog).findByText('said by r1');
  expect(columns(dialog)).toEqual(['r3', 'r1']);
  const [first, second] = dialog.querySelectorAll<HTMLElement>('.earlier-column');
  for (const [column, day] of [
    [first, '2015-03-03'],
    [second, '2015-01-01'],
  ] as const) {
    const chip = column?.querySelector('.chip');
    expect(chip?.className).toContain('differs');
    expect(chip?.textContent).toBe(`day${day}, differs`);
  }
  // Of another text than stands there now.
  expect(within(second!).getByText('of another text than now')).toBeTruthy();
  expect(within(first!).queryByText('of another text than now')).toBeNull();
  // A third that ran with the first one's values: what differed still does.
  within(dialog).getAllByRole('checkbox')[1]!.click();
  await within(dialog).findByText('said by r2');
  expect(columns(dialog)).toEqual(['r3', 'r2', 'r1']);
  for (const box of within(dialog).getAllByRole<HTMLInputElement>('checkbox')) if (box.checked) box.click();
  expect(columns(dialog)).toEqual([]);
  within(dialog).getByText('No run is chosen');
});

test('says whose result a run used instead of running', async () => {
  const made = new Date();
  made.setHours(10, 42, 0, 0);
  const from = { run: 'r2', at: made.getTime(), by: { id: 'ada', name: 'Ada' } };
  items = [ran('r3', '2015-03-03', { from }), ran('r2', '2015-01-01')];
  const { dialog } = await open();
  await within(dialog).findByText('said by r3');
  const [first, second] = dialog.querySelectorAll<HTMLElement>('.earlier-column');
  expect(within(first!).getByText(/^used the result of /).textContent).toContain('10:42');
  expect(within(second!).queryByText(/^used the result of /)).toBeNull();
});

test('a run’s values go back into the forms, and out of them again', async () => {
  const { page, dialog } = await open();
  await within(dialog).findByText('said by r3');
  within(dialog.querySelector<HTMLElement>('.earlier-column[data-run="r3"]')!)
    .getByRole('button', { name: 'Use these values' })
    .click();
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  const day = (): string => screen.getByLabelText<HTMLInputElement>('day').value;
  expect(day()).toBe('2015-03-03');
  screen.getByText(/^The values of .* are in the forms$/);
  screen.getByRole('button', { name: 'Undo' }).click();
  await waitFor(() => expect(day()).toBe('2015-01-01'));
  expect(page.live.filled).toEqual([]);
});

test('what a session showed that has ended is gone: it says so, and runs again', async () => {
  items = [ran('r3', '2015-03-03'), ran('r2', '2016-06-06', { own: true, gone: true })];
  const { page, dialog } = await open();
  await within(dialog).findByText('said by r3');
  const [, box] = within(dialog).getAllByRole('checkbox');
  box!.click();
  const again = await within(dialog).findByRole('button', { name: 'Run again with these' });
  within(dialog).getByText(/in a session of your own that has ended/);
  expect(asked.filter((path) => path === '/runs/r2')).toEqual([]);
  again.click();
  await waitFor(() => expect(page.live.filled.at(-1)).toEqual({ day: '2016-06-06' }));
});

test('four at most, older ones on request, by keys alone', async () => {
  items = ['5', '4', '3', '2', '1'].map((n) => ran(`r${n}`, `2015-01-0${n}`));
  next = 'r1';
  const { dialog } = await open();
  await within(dialog).findByText('said by r5');
  const boxes = () => within(dialog).getAllByRole<HTMLInputElement>('checkbox');
  boxes()[0]!.focus();
  fireEvent.keyDown(boxes()[0]!, { key: 'ArrowDown' });
  fireEvent.keyDown(document.activeElement!, { key: 'ArrowDown' });
  expect(document.activeElement).toBe(boxes()[2]);
  boxes()[2]!.click();
  boxes()[3]!.click();
  expect(boxes().map(({ checked, disabled }) => [checked, disabled])).toEqual([
    [true, false],
    [true, false],
    [true, false],
    [true, false],
    [false, true],
  ]);
  within(dialog).getByRole('button', { name: 'Older runs' }).click();
  await waitFor(() => expect(boxes()).toHaveLength(6));
  expect(within(dialog).queryByRole('button', { name: 'Older runs' })).toBeNull();
  fireEvent.keyDown(dialog, { key: 'Escape' });
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

test('says that nothing has run, and why the runs can’t be read', async () => {
  items = [];
  const { dialog } = await open();
  await within(dialog).findByText('Nothing has run here yet');
  cleanup();
  refuse = true;
  const failed = await open();
  await within(failed.dialog).findByText('It stops.');
  refuse = false;
  items = [ran('r3', '2015-03-03')];
  within(failed.dialog).getByRole('button', { name: 'Try again' }).click();
  await within(failed.dialog).findByText('said by r3');
});
