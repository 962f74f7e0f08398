import { cleanup, fireEvent, render, screen, waitFor } from '@solidjs/testing-library';
import { afterEach, expect, test, vi } from 'vitest';
import { App } from '../../../client/app-context.ts';
import { Home } from '../../../client/home/Home.tsx';
import { soughtIn } from '../../../client/route.ts';
import { fakeApp, mountNotebook } from '../../support/page/mount.tsx';

const notebooks = [
  {
    id: 'week',
    path: 'reports/week.nb.md',
    title: '주간 보고',
    changed: 0,
    by: null,
    snippet: { text: 'select avg(지연) from flights', start: 11, end: 13 },
  },
  { id: 'delays', path: 'delays.nb.md', title: '지연 by hour', changed: 0, by: null },
];
const asked: string[] = [];
let away = false;

vi.stubGlobal('fetch', (path: string) => {
  const url = new URL(path, 'http://x');
  if (url.pathname !== '/api/v1/notebooks') return Promise.resolve(new Response('{}'));
  if (away) return Promise.reject(new TypeError('no server'));
  const query = url.searchParams.get('query') ?? '';
  asked.push(query);
  return Promise.resolve(new Response(JSON.stringify({ items: query === '지연' ? notebooks : [], next: null })));
});
afterEach(() => {
  cleanup();
  asked.length = 0;
  away = false;
  history.replaceState(null, '', '/');
});

const type = (text: string): void => {
  fireEvent.input(screen.getByRole('combobox'), { target: { value: text } });
};
const options = () => screen.getAllByRole('option').map((one) => one.textContent);

test('notebooks that hold the word in title, prose or code are found, with the line, and open where it stands', async () => {
  const page = await mountNotebook([{ id: 'a', source: 'select 1' }]);
  page.press({ key: 'k', ctrlKey: true });
  await screen.findByRole('combobox');
  type('지연');
  await screen.findByRole('option', { name: /주간 보고/ });
  expect(options()).toEqual(['지연 by hourdelays.nb.md', '주간 보고select avg(지연) from flights']);
  expect([...document.querySelectorAll('mark')].map((one) => one.textContent)).toEqual(['지연', '지연']);
  fireEvent.keyDown(screen.getByRole('combobox'), { key: 'ArrowDown' });
  fireEvent.keyDown(screen.getByRole('combobox'), { key: 'Enter' });
  await waitFor(() => expect(page.went).toHaveLength(1));
  const url = new URL(page.went[0] ?? '', 'http://x');
  expect(url.pathname).toBe('/n/week');
  expect(soughtIn(url.hash)).toBe('지연');
});

test('this notebook’s own paragraphs are found by their text', async () => {
  const page = await mountNotebook([
    { id: 'a', interpreter: 'markdown', source: 'Prose' },
    { id: 'b', source: 'select\n  avg(delay)\nfrom flights' },
  ]);
  page.press({ key: 'k', ctrlKey: true });
  await screen.findByRole('combobox');
  type('avg(delay)');
  (await screen.findByRole('option', { name: /avg\(delay\)/ })).click();
  await waitFor(() => expect(page.at()).toBe('b'));
});

test('the server is asked for the last that was typed, not for every letter', async () => {
  const page = await mountNotebook([{ id: 'a', source: '' }]);
  page.press({ key: 'k', ctrlKey: true });
  await screen.findByRole('combobox');
  type('지');
  type('지연');
  await screen.findByRole('option', { name: /주간 보고/ });
  expect(asked).not.toContain('지');
});

test('where the server does not answer, commands are there and the rest is told', async () => {
  away = true;
  const page = await mountNotebook([{ id: 'a', source: '' }]);
  page.press({ key: 'k', ctrlKey: true });
  await screen.findByRole('combobox');
  type('run all');
  await screen.findByText('Notebooks could not be searched: The server does not answer');
  screen.getByRole('option', { name: /^Run all\W/ });
});

test('home has it too: its commands and every notebook', async () => {
  const went: string[] = [];
  render(() => (
    <App.Provider value={fakeApp(went)}>
      <Home folder="" />
    </App.Provider>
  ));
  fireEvent.keyDown(document.body, { key: 'k', ctrlKey: true });
  await screen.findByRole('combobox');
  screen.getByRole('option', { name: /^New notebook/ });
  type('지연');
  (await screen.findByRole('option', { name: /지연 by hour/ })).click();
  await waitFor(() => expect(went).toEqual(['/n/delays']));
});
