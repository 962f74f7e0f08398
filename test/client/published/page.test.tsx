/** The page of a link that runs, over a server that the test plays by hand. */
import { cleanup, configure, fireEvent, render, screen, waitFor } from '@solidjs/testing-library';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { App } from '../../../client/app-context.ts';
import { ToastList } from '../../../client/parts/toasts.tsx';
import { PublishedPage } from '../../../client/published/PublishedPage.tsx';
import type { NotebookId } from '../../../server/protocol/ids.ts';
import { fakeApp } from '../../support/page/mount.tsx';

// A machine with much to do answers late.
configure({ asyncUtilTimeout: 20_000 });
type Told = Record<string, unknown>;
const run = (said: string, more: Told = {}): Told => ({
  id: `run-${said.replaceAll(' ', '-')}`,
  state: 'done',
  started: 1000,
  ended: 2000,
  outputs: [{ kind: 'text', stream: 'stdout', text: said }],
  ...more,
});

type Call = { readonly method: string; readonly path: string; readonly body: unknown };
const calls: Call[] = [];
let paragraphs: Record<string, Told> = {};
let session: Told | undefined;
let forms: Told[] = [];
/** How often nothing had changed since the page asked last. */
let unchanged = 0;
/** What a call is answered with, where that is not done. */
let answers: Record<string, () => Promise<Response> | Response> = {};
const sent = (method: string): readonly Call[] => calls.filter((one) => one.method === method);
const answer = (value: unknown, status = 200): Response => new Response(JSON.stringify(value), { status });

beforeEach(() => {
  calls.length = 0;
  unchanged = 0;
  answers = {};
  session = undefined;
  forms = [];
  paragraphs = {
    p: { interpreter: 'markdown', source: '# Sales' },
    a: { interpreter: 'sql', runs: true, run: run('ours a') },
    b: { interpreter: 'sql', runs: true, run: run('ours b') },
    c: { interpreter: 'sql', run: run('ours c') },
  };
  vi.stubGlobal('fetch', async (address: string, init: RequestInit = {}) => {
    const path = address.replace('/api/v1/notebooks/nb', '').replace('/api/v1', '');
    const method = init.method ?? 'GET';
    const body = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    if (method !== 'GET') calls.push({ method, path, body });
    const special = answers[`${method} ${path}`];
    if (special) return special();
    if (path === '/published') {
      const told = JSON.stringify({
        id: 'nb',
        title: 'Sales',
        role: 'runner',
        whole: false,
        ...(session ? { session } : {}),
        paragraphs: Object.entries(paragraphs).map(([id, one]) => ({ id, ...one })),
      });
      const etag = `"${told.length}-${told.replaceAll(/\W/g, '').slice(-300)}"`;
      const known = new Headers(init.headers).get('if-none-match');
      if (known === etag) unchanged += 1;
      return known === etag ? new Response(null, { status: 304 }) : new Response(told, { headers: { etag } });
    }
    if (path === '/forms') return answer({ items: forms, next: null });
    if (method === 'POST') return answer({ request: 'r', runs: [{ id: 'run-mine', paragraph: 'a', state: 'queued' }] });
    if (path.startsWith('/runs/')) return answer({ id: path.slice(6), state: 'running' });
    return new Response(null, { status: 204 });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function open(as?: string): Promise<void> {
  const app = fakeApp();
  render(() => (
    <App.Provider value={app}>
      <PublishedPage id={'nb' as NotebookId} as={as} />
      <ToastList toasts={app.toasts} />
    </App.Provider>
  ));
  await screen.findByText('ours a');
}
const step = (id: string): HTMLElement => document.querySelector<HTMLElement>(`[data-paragraph="${id}"]`)!;
const button = (id: string): HTMLButtonElement => step(id).querySelector<HTMLButtonElement>('button.run')!;
const mine = (state: string, more: Told = {}): Told => ({
  id: 'run-mine',
  state,
  asked: 3000,
  started: state === 'queued' ? null : 4000,
  ended: null,
  outputs: [],
  ...more,
});
const ended = (said: string): Told => ({
  run: run(said, { id: 'run-mine' }),
  own: true,
  mine: mine('done', { ended: 5000 }),
});
/** What the server says of a paragraph from now on. */
const now = (id: string, more: Told): void => {
  paragraphs[id] = { ...paragraphs[id], ...more };
};

describe('a run', () => {
  test('is asked for alone, shows at once that it is, keeps what stood there, and replaces it', async () => {
    await open();
    expect(step('c').querySelector('button.run')).toBeNull();
    now('a', { mine: mine('queued', { waiting: 'memory, 2 ahead' }) });
    button('a').click();
    expect(button('a').className).toBe('run queued');
    expect(sent('POST')).toEqual([{ method: 'POST', path: '/runs', body: { paragraphs: ['a'] } }]);
    await screen.findByText('waits for memory, 2 ahead');
    const before = unchanged;
    await waitFor(() => expect(unchanged).toBeGreaterThan(before + 1));
    now('a', { mine: mine('running', { progress: { fraction: 0.5 } }) });
    await waitFor(() => expect(step('a').querySelector('.outputs')?.getAttribute('aria-busy')).toBe('true'));
    expect(step('a').textContent).toContain('ours a');
    expect(step('a').textContent).toContain('50 %');
    session = { minutes: 15, until: new Date(2030, 1, 1, 10, 57).getTime() };
    now('a', ended('mine a'));
    await screen.findByText('mine a');
    expect(step('a').textContent).not.toContain('ours a');
    expect(step('a').textContent).toContain('your own run');
    expect(step('b').textContent).not.toContain('your own run');
    screen.getByText('Your own figures: only you see them.');
    screen.getByText(/Without another run they are kept until .*10:57\./);
    expect(button('a').className).toBe('run done');
  });

  test('keeps the height of what stood there for as long as it goes on', async () => {
    vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(138);
    await open();
    const height = (): string => step('a').querySelector<HTMLElement>('.shown')!.style.minHeight;
    expect(height()).toBe('');
    button('a').click();
    now('a', { mine: mine('running') });
    await waitFor(() => expect(height()).toBe('138px'));
    now('a', { mine: mine('running', { outputs: [{ kind: 'text', stream: 'stdout', text: 'so far' }] }) });
    await screen.findByText('so far');
    expect(height()).toBe('138px');
    now('a', ended('mine a'));
    await screen.findByText('mine a');
    expect(height()).toBe('');
  });

  test('of all is of those that may be run, and is stopped as a whole', async () => {
    await open();
    now('a', { mine: mine('running') });
    now('b', { mine: mine('queued', { id: 'run-next', asked: 3001 }) });
    screen.getByRole('button', { name: 'Run all' }).click();
    expect(sent('POST')[0]?.body).toEqual({ paragraphs: ['a', 'b'] });
    await screen.findByText('queued, next');
    screen.getByRole('button', { name: 'Stop' }).click();
    expect(sent('DELETE')).toEqual([{ method: 'DELETE', path: '/runs', body: undefined }]);
    expect(screen.getAllByText('stopping…')).toHaveLength(2);
    now('a', { mine: mine('cancelled', { reason: 'asked', ended: 5000 }) });
    now('b', { mine: mine('cancelled', { reason: 'asked', ended: 5000, started: null }) });
    await waitFor(() => expect(screen.getAllByText('stopped')).toHaveLength(2));
    screen.getByRole('button', { name: 'Run all' });
  });

  test('can be stopped before the server has said that it is one', async () => {
    await open();
    let release = (): void => {};
    answers['POST /runs'] = () =>
      new Promise((resolve) => {
        release = () => resolve(answer({ request: 'r', runs: [{ id: 'run-mine', paragraph: 'a', state: 'queued' }] }));
      });
    button('a').click();
    button('a').click();
    screen.getByText('stopping…');
    expect(sent('DELETE')).toEqual([]);
    now('a', { mine: mine('running') });
    release();
    await waitFor(() => expect(sent('DELETE').map(({ path }) => path)).toEqual(['/runs/run-mine']));
    screen.getByText('stopping…');
  });

  test('that is refused says why and what to do, and what stood there stays', async () => {
    await open();
    answers['POST /runs'] = () =>
      answer({ error: { code: 'places-taken', message: 'No place is free.', hint: 'Try again in a minute.' } }, 429);
    button('a').click();
    await screen.findByText('No place is free. Try again in a minute.');
    await waitFor(() => expect(button('a').className).toBe('run none'));
    expect(step('a').textContent).toContain('ours a');
  });

  test('whose code is hidden fails with its step and reference, and a word on what to try', async () => {
    await open();
    const error = { kind: 'error', code: 'paragraph-failed', message: 'This paragraph failed (reference run-mine).' };
    now('b', { run: run('b', { id: 'run-mine', state: 'failed', outputs: [error] }), own: true });
    now('b', { mine: mine('failed', { ended: 5000 }) });
    await screen.findByText('Paragraph 2 failed (reference run-mine).');
    screen.getByText(/It may need what the paragraphs above make/);
  });

  test('is asked for by the keyboard, which goes on to the next that can be run', async () => {
    await open();
    button('a').focus();
    fireEvent.keyDown(button('a'), { key: 'Enter', shiftKey: true });
    expect(document.activeElement).toBe(button('b'));
    fireEvent.keyDown(button('b'), { key: 'Enter', ctrlKey: true });
    expect(document.activeElement).toBe(button('b'));
    fireEvent.keyDown(button('b'), { key: 'Enter', ctrlKey: true, shiftKey: true });
    fireEvent.keyDown(button('b'), { key: 'x' });
    expect(sent('POST').map(({ body }) => body)).toEqual([
      { paragraphs: ['a'] },
      { paragraphs: ['b'] },
      { paragraphs: ['a', 'b'] },
    ]);
  });
});

describe('one’s own session', () => {
  test('is given up for what is published', async () => {
    session = { minutes: 15, until: Date.now() + 900_000 };
    now('b', ended('mine b'));
    await open();
    screen.getByText('mine b');
    answers['DELETE /session'] = () => {
      session = undefined;
      now('b', { run: run('ours b'), own: undefined, mine: undefined });
      return new Response(null, { status: 204 });
    };
    screen.getByRole('button', { name: 'Show what is published' }).click();
    expect(screen.queryByText('Your own figures: only you see them.')).toBeNull();
    await screen.findByText('ours b');
    expect(screen.queryByText(/figures/)).toBeNull();
  });

  test('that ended by itself is said to have, until that was read', async () => {
    session = { minutes: 15, until: Date.now() + 1000 };
    now('a', { own: true, mine: mine('done', { ended: 5000 }) });
    await open();
    session = undefined;
    now('a', { own: undefined, mine: undefined });
    await screen.findByText(/Nothing was run for 15 minutes, so your own figures are gone/);
    screen.getByRole('button', { name: 'Close' }).click();
    expect(screen.queryByText(/Nothing was run/)).toBeNull();
  });
});

describe('an owner who looks as they see it', () => {
  test('sees what they may run, and runs nothing', async () => {
    await open('everyone');
    await screen.findByText(/They can run this\. You only look\./);
    button('a').click();
    fireEvent.keyDown(button('a'), { key: 'Enter', shiftKey: true });
    screen.getByRole('button', { name: 'Run all' }).click();
    expect(button('a').getAttribute('aria-disabled')).toBe('true');
    expect(calls).toEqual([]);
  });

  test('by an address that is not well encoded is told so', async () => {
    await open('group:%E0%A4%A');
    await screen.findByText('As somebody of %E0%A4%A sees it');
  });
});

test('whoever may only read sees no button, and no place kept for one', async () => {
  for (const one of Object.values(paragraphs)) delete one.runs;
  await open();
  expect(screen.queryByRole('button', { name: 'Run all' })).toBeNull();
  expect(document.querySelectorAll('button.run')).toHaveLength(0);
  expect(document.querySelector('.published.running')).toBeNull();
});

describe('forms', () => {
  const day = { name: 'day', type: 'date', label: 'Day', default: '2015-01-01' };
  const airport = {
    name: 'airport',
    type: 'select',
    default: 'SEA',
    options: [{ value: 'SEA', label: 'Seattle' }, { value: 'JFK' }],
  };
  afterEach(() => history.replaceState(null, '', '/'));

  test('are filled in, shown in the prose, and every run carries them', async () => {
    forms = [day, airport];
    now('p', { source: '# Sales on ${day}' });
    await open();
    const field = await screen.findByLabelText('Day');
    await screen.findByText('Sales on 2015-01-01');
    fireEvent.input(field, { target: { value: '2015-02-01' } });
    await screen.findByText('Sales on 2015-02-01');
    screen.getByRole('button', { name: 'Run with your Day' }).click();
    await waitFor(() => expect(sent('POST')).toHaveLength(1));
    expect(sent('POST')[0]?.body).toEqual({ forms: { day: '2015-02-01' } });
    button('a').click();
    await waitFor(() => expect(sent('POST')).toHaveLength(2));
    expect(sent('POST')[1]?.body).toEqual({ paragraphs: ['a'], forms: { day: '2015-02-01' } });
    await waitFor(() => expect(location.search).toBe('?day=2015-02-01'));
    // What is everybody's is no business of whoever came by a link.
    expect(screen.queryByRole('button', { name: 'Save as the notebook’s own' })).toBeNull();
  });

  test('come filled in with the address, and one who only looks fills in nothing', async () => {
    history.replaceState(null, '', '/?airport=JFK');
    forms = [airport, { ...airport, name: 'asked', options: undefined, asks: true, default: 'SEA' }];
    await open();
    await waitFor(() => expect(screen.getByRole<HTMLSelectElement>('combobox', { name: 'airport' }).value).toBe('1'));
    await screen.findByRole('textbox', { name: 'asked' });
    cleanup();
    await open('everyone');
    await screen.findByLabelText('airport');
    expect(screen.getByRole('group', { name: 'Forms' }).matches('fieldset[disabled]')).toBe(true);
    // Nor does the address: it says so.
    expect(screen.getByRole<HTMLSelectElement>('combobox', { name: 'airport' }).value).toBe('0');
    await screen.findByText(/^The address asks for airport, which is not used here/);
    history.replaceState(null, '', '/');
  });

  test('that the address asks for and that are none here are named; what sites add to addresses is not', async () => {
    history.replaceState(null, '', '/?airport=JFK&utm_source=wiki&fbclid=1&day=2015-01-01');
    forms = [airport];
    await open();
    await screen.findByText(/^The address asks for day, which is not used here/);
    expect(screen.getByRole<HTMLSelectElement>('combobox', { name: 'airport' }).value).toBe('1');
    history.replaceState(null, '', '/');
  });

  test('of one’s own runs stand side by side, offered once there is one', async () => {
    forms = [airport];
    paragraphs.a = { interpreter: 'sql', runs: true, run: run('ours a') };
    await open();
    expect(screen.queryByRole('button', { name: 'Earlier runs' })).toBeNull();
    cleanup();
    paragraphs.a = { ...paragraphs.a, mine: mine('done', { ended: 5000 }) };
    const listed = (id: string, airport_: string): Told => ({
      ...{ id, state: 'done', asked: 1000, started: 1000, ended: 2000, own: true, by: { id: 'x', name: '' } },
      forms: { airport: airport_ },
    });
    answers['GET /runs?paragraph=a&values=true&limit=50'] = () =>
      answer({ items: [listed('m2', 'JFK'), listed('m1', 'SEA')], next: null });
    for (const id of ['m1', 'm2'])
      answers[`GET /runs/${id}`] = () =>
        answer({ id, state: 'done', started: 1, ended: 2, source: '', outputs: run(`said by ${id}`).outputs });
    await open();
    (await screen.findByRole('button', { name: 'Earlier runs' })).click();
    const dialog = await screen.findByRole('dialog', { name: 'Runs of Paragraph 1' });
    await screen.findByText('said by m1');
    await screen.findByText('said by m2');
    expect([...dialog.querySelectorAll('.earlier-column .chip.differs dd')].map((one) => one.textContent)).toEqual([
      'JFK, differs',
      'Seattle, differs',
    ]);
    screen.getAllByRole('button', { name: 'Use these values' })[0]!.click();
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(screen.getByRole<HTMLSelectElement>('combobox', { name: 'airport' }).value).toBe('1');
  });
});
