import { cleanup, fireEvent, render, screen, waitFor, within } from '@solidjs/testing-library';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { App } from '../../../client/app-context.ts';
import { Home } from '../../../client/home/Home.tsx';
import { ToastList } from '../../../client/parts/toasts.tsx';
import { fakeApp } from '../../support/page/mount.tsx';

type Call = { readonly method: string; readonly path: string; readonly body: unknown };
const calls: Call[] = [];
let answer: (call: Call) => { status: number; body: unknown };

const list = [
  {
    id: 'late',
    path: 'late.nb.md',
    title: 'Why late?',
    changed: Date.now() - 240_000,
    by: 'Grace',
    snippet: { text: 'select avg(delay) …', start: 0, end: 3 },
    run: { state: 'done', started: 1000, ended: 13_000, by: { id: 'ada', name: 'Ada' } },
  },
  { id: 'week', path: 'reports/week.nb.md', title: '일별 지연 보고서', changed: Date.now() - 9e7, by: null },
  { id: 'bad', path: 'bad.nb.md', title: 'bad', changed: 0, by: null, error: { message: 'A fence is open.', line: 3 } },
];
const workspace = {
  title: 'analytics',
  folders: ['reports'],
  running: [{ notebook: 'late', title: 'Why late?', running: true, queued: 0 }],
};

beforeEach(() => {
  calls.length = 0;
  answer = ({ method, path }) => {
    if (path.startsWith('/api/v1/workspace')) return { status: 200, body: workspace };
    if (method === 'POST') return { status: 201, body: { id: 'fresh', url: '/n/fresh' } };
    const query = new URL(path, 'http://x').searchParams.get('query') ?? '';
    return { status: 200, body: { items: list.filter((item) => item.title.includes(query)), next: null } };
  };
  vi.stubGlobal('fetch', (path: string, init: RequestInit = {}) => {
    const call = { method: init.method ?? 'GET', path, body: JSON.parse(String(init.body ?? 'null')) as unknown };
    calls.push(call);
    const { status, body } = answer(call);
    return Promise.resolve(new Response(status === 204 ? null : JSON.stringify(body), { status }));
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function mount(folder = '', named = true): string[] {
  const went: string[] = [];
  const app = { ...fakeApp(went), named: () => named };
  render(() => (
    <App.Provider value={app}>
      <Home folder={folder} />
      <ToastList toasts={app.toasts} />
    </App.Provider>
  ));
  return went;
}

test.each([
  ['runner', '', 0],
  ['writer', '', 3],
  ['runner', 'reports', 3],
] as const)('a %s at “%s” is offered %i ways to make notebooks', async (role, folder, ways) => {
  const me = { kind: 'person', person: { id: 'ada', name: 'Ada' }, role, password: true, accounts: true, reach: {} };
  const before = answer;
  answer = (call) => {
    if (call.path.startsWith('/api/v1/me')) return { status: 200, body: me };
    return call.path.startsWith('/api/v1/notebooks') ? { status: 200, body: { items: [], next: null } } : before(call);
  };
  mount(folder);
  await screen.findByRole('heading', { level: 2 });
  const found = () => screen.queryAllByRole('button', { name: /New notebook|^Import/ });
  await waitFor(() => expect(found()).toHaveLength(ways));
  expect(screen.queryAllByText('What others share with you appears here.')).toHaveLength(ways === 0 ? 1 : 0);
});

test.each([true, false])('the search has the focus, but not while the name is asked for (%s)', (named) => {
  vi.stubGlobal('matchMedia', () => ({ matches: true }));
  mount('', named);
  expect(document.activeElement === screen.getByRole('searchbox')).toBe(named);
});

test('a notebook stands with when it changed, its last run, and who', async () => {
  mount();
  const row = (await screen.findByRole('link', { name: 'Why late?' })).closest('li') ?? document.body;
  within(row).getByText('4 minutes ago');
  within(row).getByText(/✓ 12 s/);
  expect(row.querySelector('.row-people')?.getAttribute('title')).toBe('Grace, Ada');
  screen.getByText('analytics');
  await screen.findByText('1 running');
});

test('a file that cannot be read is told as such, the others as ever', async () => {
  mount();
  await screen.findByText(/cannot be read: A fence is open\./);
  screen.getByRole('link', { name: 'Why late?' });
});

test('a search shows what it found as one types, and says when there is nothing', async () => {
  mount();
  await screen.findByRole('link', { name: 'Why late?' });
  const field = screen.getByRole('searchbox');
  fireEvent.input(field, { target: { value: '지연' } });
  await waitFor(() => expect(screen.queryByRole('link', { name: 'Why late?' })).toBeNull());
  expect(screen.getByText('지연').tagName).toBe('MARK');
  fireEvent.input(field, { target: { value: 'zzz' } });
  await screen.findByText('Nothing has “zzz” in its title, prose or code');
});

test('a folder shows what lies in it', async () => {
  mount('reports');
  await screen.findByRole('link', { name: '일별 지연 보고서' });
  expect(screen.queryByRole('link', { name: 'Why late?' })).toBeNull();
});

test('New makes one in the folder shown and opens it with the caret in it', async () => {
  const went = mount('reports');
  screen.getByRole('button', { name: 'New notebook' }).click();
  await waitFor(() => expect(went).toEqual(['/n/fresh?new']));
  expect(calls.find((call) => call.method === 'POST')?.body).toEqual({ folder: 'reports' });
});

test('deleting asks first', async () => {
  mount();
  await screen.findByRole('link', { name: 'Why late?' });
  screen.getByRole('button', { name: 'Actions for Why late?' }).click();
  screen.getByRole('menuitem', { name: 'Delete' }).click();
  const dialog = await screen.findByRole('dialog');
  expect(calls.some((call) => call.method === 'DELETE')).toBe(false);
  answer = () => ({ status: 204, body: null });
  within(dialog).getByRole('button', { name: 'Move to the trash' }).click();
  await waitFor(() => expect(calls.some((call) => call.method === 'DELETE' && call.path.endsWith('/late'))).toBe(true));
  await screen.findByText('“Why late?” went to the trash');
});

test('renaming changes the title in the file, and moves only what has another path', async () => {
  mount();
  await screen.findByRole('link', { name: 'Why late?' });
  screen.getByRole('button', { name: 'Actions for Why late?' }).click();
  screen.getByRole('menuitem', { name: 'Rename or move…' }).click();
  const dialog = await screen.findByRole('dialog');
  const path = within(dialog).getByRole<HTMLInputElement>('textbox', { name: 'Path in the workspace' });
  path.focus();
  await waitFor(() => expect(path.value.slice(path.selectionStart ?? 0, path.selectionEnd ?? 0)).toBe('late'));
  const sent: unknown[] = [];
  vi.stubGlobal('fetch', (address: string, init: RequestInit = {}) => {
    const method = init.method ?? 'GET';
    if (!address.endsWith('/late/text') && method === 'GET')
      return Promise.resolve(new Response(JSON.stringify({ items: [], next: null })));
    if (method === 'GET') return Promise.resolve(new Response('# Why late?', { headers: { etag: '"t1"' } }));
    sent.push([method, address, new Headers(init.headers).get('if-match'), init.body]);
    return Promise.resolve(new Response(null, { status: 204 }));
  });
  fireEvent.input(within(dialog).getByRole('textbox', { name: 'Title' }), { target: { value: ' Later ' } });
  within(dialog).getByRole('button', { name: 'Save' }).click();
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(sent).toEqual([['PUT', '/api/v1/notebooks/late/text', '"t1"', '---\ntitle: "Later"\n---\n\n# Why late?']]);
});

test('a refusal is told in the server’s words, with its hint', async () => {
  mount();
  answer = () => ({
    status: 507,
    body: { error: { code: 'storage-read-only', message: 'The disk is full.', hint: 'Free space.' } },
  });
  screen.getByRole('button', { name: 'New notebook' }).click();
  await screen.findByText('The disk is full.');
  screen.getByText('Free space.');
});

test('a list that cannot be had says so and offers another try', async () => {
  answer = () => ({ status: 500, body: '<html>' });
  mount();
  await screen.findByText('The list could not be loaded');
  screen.getByRole('button', { name: 'Try again' });
});

test('an empty workspace says how to begin', async () => {
  answer = ({ path }) =>
    path.includes('workspace')
      ? { status: 200, body: { title: 'x', folders: [], running: [] } }
      : { status: 200, body: { items: [], next: null } };
  mount();
  await screen.findByText('No notebooks yet');
});
