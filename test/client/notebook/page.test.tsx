import { cleanup, fireEvent, screen, waitFor, within } from '@solidjs/testing-library';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import {
  deleteParagraph,
  insertParagraph,
  moveParagraph,
  orderOf,
  paragraphsOf,
  sourceOf,
  titleOf,
} from '../../../server/protocol/document.ts';
import type { ParagraphId, SessionId } from '../../../server/protocol/ids.ts';
import type { SessionStatus } from '../../../server/protocol/messages.ts';
import { mountNotebook } from '../../support/page/mount.tsx';

// No server here: the palette's list of notebooks stays empty.
beforeEach(() => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no server')));
});
afterEach(() => {
  vi.unstubAllGlobals();
  cleanup();
  history.replaceState(null, '', '/');
  sessionStorage.clear();
});

const id = (name: string): ParagraphId => name as ParagraphId;
const notebook = [
  { id: 'a', interpreter: 'markdown', source: '# Why late?\n\nSee `by_hour`.' },
  { id: 'b', source: 'select delay from flights', name: 'by_hour' },
  { id: 'c', source: 'select 2' },
];

describe('paragraphs', () => {
  test('a colleague’s insertion, move and deletion are shown', async () => {
    const page = await mountNotebook(notebook);
    insertParagraph(page.live.doc, { id: id('d'), interpreter: 'sql', source: '', options: {} }, id('a'), 'remote');
    moveParagraph(page.live.doc, id('c'), undefined, 'remote');
    deleteParagraph(page.live.doc, id('b'), { by: 'Grace', at: 0 }, 'remote');
    expect(page.ids()).toEqual(['c', 'a', 'd']);
  });

  test('a click ticks a task in the text, and undo takes it back', async () => {
    const page = await mountNotebook([{ id: 'a', interpreter: 'markdown', source: 'Plan:\n\n* [ ] look' }]);
    const box = (): HTMLInputElement => screen.getByRole('checkbox', { name: 'look' });
    box().click();
    expect(sourceOf(page.live.doc, 'a')?.toString()).toBe('Plan:\n\n* [x] look');
    expect(box().checked).toBe(true);
    page.live.undo.undo();
    expect(box().checked).toBe(false);
  });

  test('an ill-shaped paragraph is shown as damaged, and the others as ever', async () => {
    const page = await mountNotebook(notebook);
    page.live.doc.transact(() => {
      const broken = new Y.Map<unknown>([
        ['interpreter', 'sql'],
        ['position', 'Zz'],
        ['source', 3],
      ]);
      paragraphsOf(page.live.doc).set('x', broken);
      paragraphsOf(page.live.doc).set('y', 'nonsense');
    }, 'remote');
    expect(screen.getAllByText('This paragraph is damaged and cannot be shown')).toHaveLength(2);
    expect(page.ids()).toContain('b');
    for (let left = 2; left > 0; left -= 1) screen.getAllByRole('button', { name: 'Remove it' })[0]?.click();
    expect(screen.queryByText('This paragraph is damaged and cannot be shown')).toBeNull();
    expect(page.ids()).toEqual(['a', 'b', 'c']);
  });

  test('one that a colleague deletes while I write in it stays before me, and comes back on Restore', async () => {
    const page = await mountNotebook(notebook);
    page.press('j', 'j', 'Enter');
    const section = page.section('b');
    const field = document.activeElement;
    deleteRemotely(page.live.doc, 'b', 'Grace');
    expect(page.ids()).toEqual(['a', 'b', 'c']);
    // The very same elements: the caret stays, no key goes elsewhere.
    expect(page.section('b')).toBe(section);
    expect(document.activeElement).toBe(field);
    screen.getByText(/Deleted by Grace/);
    page.live.doc.transact(() => sourceOf(page.live.doc, 'b')?.insert(0, 'kept '), page.live.origin);
    screen.getByRole('button', { name: 'Restore' }).click();
    expect(orderOf(page.live.doc)).toEqual(['a', 'b', 'c']);
    expect(sourceOf(page.live.doc, 'b')?.toString()).toBe('kept select delay from flights');
    expect(screen.queryByText(/Deleted by Grace/)).toBeNull();
  });

  test('the offer to undo a deletion goes once it is undone otherwise', async () => {
    const page = await mountNotebook(notebook);
    page.press('j', 'j', 'd', 'd');
    screen.getByText('Paragraph deleted');
    expect(page.ids()).toEqual(['a', 'c']);
    page.press('z');
    expect(page.ids()).toEqual(['a', 'b', 'c']);
    expect(screen.queryByText('Paragraph deleted')).toBeNull();
  });

  test('one that nobody here writes in just goes', async () => {
    const page = await mountNotebook(notebook);
    page.press('j');
    deleteRemotely(page.live.doc, 'b', 'Grace');
    expect(page.ids()).toEqual(['a', 'c']);
  });

  test('a name is taken when it can be a table’s, and refused with the reason when not', async () => {
    const page = await mountNotebook(notebook);
    within(page.section('c')).getByRole('button', { name: 'Name of the result' }).click();
    const field = within(page.section('c')).getByRole('textbox', { name: 'Name of the result' });
    fireEvent.input(field, { target: { value: 'two words' } });
    fireEvent.keyDown(field, { key: 'Enter' });
    within(page.section('c')).getByRole('alert');
    fireEvent.input(field, { target: { value: '지연_표' } });
    fireEvent.keyDown(field, { key: 'Enter' });
    within(page.section('c')).getByRole('button', { name: 'Name of the result: 지연_표' });
    screen.getByRole('link', { name: '지연_표' });
  });
});

describe('runs', () => {
  test('the gutter tells how it went and how long, and a changed text says so', async () => {
    const page = await mountNotebook(notebook);
    expect(page.section('b').dataset.state).toBe('none');
    page.live.tell(id('b'), { end: 'running', ms: 1800 });
    await waitFor(() => expect(page.section('b').dataset.state).toBe('running'));
    expect(page.section('b').querySelector('.elapsed')?.textContent).toMatch(/^(1\.[89]|2\.\d) s$/);
    page.live.tell(id('c'), { ms: 120 });
    expect(page.section('c').querySelector('.elapsed')?.textContent).toBe('0.12 s');
    within(page.section('c')).getByText(/Run by you/);
    sourceOf(page.live.doc, 'c')?.insert(0, '-- ');
    within(page.section('c')).getByText('text changed since this run');
    sourceOf(page.live.doc, 'c')?.delete(0, 3);
    expect(within(page.section('c')).queryByText('text changed since this run')).toBeNull();
  });

  test('another’s run says whose it is', async () => {
    const page = await mountNotebook(notebook);
    page.live.tell(id('b'), { by: 'Grace' });
    within(page.section('b')).getByText(/Run by Grace/);
  });

  test('the ring stops its own run', async () => {
    const page = await mountNotebook(notebook);
    const run = page.live.tell(id('b'), { end: 'running' });
    (await within(page.section('b')).findByRole('button', { name: /Stop this run/ })).click();
    expect(page.live.calls).toEqual([`cancel ${run}`]);
  });

  test('a run that cannot be asked for says why', async () => {
    const page = await mountNotebook(notebook);
    page.live.run = () => Promise.reject(new Error('The disk is full.'));
    page.press('j', 'j', { key: 'Enter', ctrlKey: true });
    await waitFor(() => screen.getByText('The disk is full.'));
  });
});

describe('the top bar', () => {
  test('says at once what is not saved, and what is only once it is', async () => {
    const page = await mountNotebook(notebook);
    const save = () => document.querySelector('[data-save]')?.textContent;
    page.live.setSave({ state: 'saving', unsent: 1 });
    expect(save()).toBe('Saving…');
    page.live.setSave({ state: 'saved' });
    expect(save()).toBe('Saving…');
    await waitFor(() => expect(save()).toBe('Saved'));
    page.live.setSave({ state: 'offline', unsent: 14, keeping: 'here', retryAt: 0 });
    expect(save()).toBe('Offline: 14 edits');
    await waitFor(() => expect(save()).toBe('Offline: 14 edits kept here'));
    page.live.setSave({ state: 'offline', unsent: 15, keeping: 'full', retryAt: 0 });
    expect(save()).toBe('Offline: 15 edits in this tab only');
    screen.getByText(/no more room/);
    screen.getByText('No connection to the server');
    page.live.setSave({
      state: 'closed',
      code: 'other-epoch',
      message: 'It was restored.',
      unsent: 2,
      keeping: 'here',
    });
    screen.getByText('It was restored.');
    screen.getByText(/2 edits of yours did not reach the server/);
  });

  test('the workspace’s name leads to all notebooks, the folder to its own', async () => {
    vi.stubGlobal('fetch', (path: string) =>
      path.endsWith('/workspace')
        ? Promise.resolve(new Response(JSON.stringify({ title: 'analytics', folders: [], running: [] })))
        : Promise.reject(new TypeError('no server')),
    );
    const page = await mountNotebook(notebook);
    page.live.emit({ type: 'welcome', path: 'team/reports/late.nb.md', role: 'owner' });
    expect((await screen.findByRole('link', { name: 'analytics' })).getAttribute('href')).toBe('/');
    expect(screen.getByRole('link', { name: 'team / reports' }).getAttribute('href')).toContain('reports');
    localStorage.removeItem('gondola.workspace');
  });

  test('Ctrl+S says what is saved, and where', async () => {
    const page = await mountNotebook(notebook);
    page.press({ key: 's', ctrlKey: true });
    screen.getByText('The file is late.nb.md');
  });

  test('the title is the first heading until one is set', async () => {
    const page = await mountNotebook(notebook);
    const title = screen.getByRole<HTMLInputElement>('textbox', { name: 'Title of the notebook' });
    expect(title.value).toBe('Why late?');
    title.focus();
    title.value = '  Late   again ';
    fireEvent.keyDown(title, { key: 'Enter' });
    fireEvent.blur(title);
    expect(titleOf(page.live.doc)).toBe('Late again');
    expect(document.title).toContain('Late again');
  });

  test('a file that does not parse is told with its line, and can be overwritten', async () => {
    const page = await mountNotebook(notebook);
    page.live.emit({ type: 'file', file: { state: 'unparsable', message: 'A fence is open.', line: 12 } });
    screen.getByText('The file on disk cannot be read (line 12)');
    screen.getByRole('button', { name: 'Use mine' }).click();
    expect(page.live.calls).toEqual(['use mine']);
    page.live.emit({ type: 'file', file: { state: 'fine' } });
    expect(screen.queryByRole('button', { name: 'Use mine' })).toBeNull();
  });

  test.each(['reader', 'runner'] as const)(
    'offers a %s nothing that they may not do, and all of it once they may',
    async (role) => {
      const page = await mountNotebook(notebook);
      const offered = (): readonly boolean[] => [
        screen.queryByRole('button', { name: /Run all/ }) !== null,
        page.section('b').querySelector('button.run') !== null,
        screen.queryByRole<HTMLInputElement>('textbox', { name: 'Title' })?.readOnly === true,
      ];
      const before = offered();
      expect(before.slice(0, 2)).toEqual([true, true]);
      page.live.emit({ type: 'welcome', path: 'late.nb.md', role });
      const runs = role === 'runner';
      expect(offered().slice(0, 2)).toEqual([runs, runs]);
      const text = sourceOf(page.live.doc, 'b')?.toString();
      page.press('j', 'j', 'd', 'd');
      page.press('o');
      expect([page.ids(), sourceOf(page.live.doc, 'b')?.toString()]).toEqual([['a', 'b', 'c'], text]);
      screen.getByRole('button', { name: 'Session and more' }).click();
      await screen.findByRole('menu');
      expect(screen.queryByRole('menuitem', { name: /Restart/ })).toBeNull();
      page.live.emit({ type: 'welcome', path: 'late.nb.md', role: 'writer' });
      expect(offered()).toEqual(before);
    },
  );

  test('restart and clear asks first', async () => {
    const page = await mountNotebook(notebook);
    screen.getByRole('button', { name: 'Session and more' }).click();
    (await screen.findByRole('menuitem', { name: /Restart and clear/ })).click();
    const dialog = await screen.findByRole('dialog');
    expect(page.live.calls).toEqual([]);
    within(dialog).getByRole('button', { name: 'Restart and clear' }).click();
    expect(page.live.calls).toEqual(['restart and clear']);
  });
});

describe('the session', () => {
  const session = (state: SessionStatus['state']) =>
    ({ type: 'session', session: { id: 's' as SessionId, state, isolation: 'bwrap', timeZone: 'UTC' } }) as const;

  test('a restart says when it is done, not before', async () => {
    const page = await mountNotebook(notebook);
    page.live.emit(session('idle'));
    screen.getByRole('button', { name: 'Session and more' }).click();
    (await screen.findByRole('menuitem', { name: /^Restart(?! and clear)/ })).click();
    screen.getByText(/is restarting/);
    page.live.emit(session('idle'));
    expect(screen.queryByText(/has restarted/)).toBeNull();
    page.live.emit(session('none'));
    screen.getByText(/has restarted/);
    expect(screen.queryByText(/is restarting/)).toBeNull();
  });

  test('interrupt is offered while something runs', async () => {
    const page = await mountNotebook(notebook);
    const menu = screen.getByRole('button', { name: 'Session and more' });
    menu.click();
    await screen.findByRole('menu');
    expect(screen.queryByRole('menuitem', { name: /Interrupt/ })).toBeNull();
    menu.click();
    page.live.emit(session('running'));
    menu.click();
    screen.getByRole('menuitem', { name: /Interrupt/ }).click();
    expect(page.live.calls).toEqual(['interrupt']);
  });
});

describe('finding one’s way', () => {
  test('a link to a paragraph opens there, and one to what is gone says so', async () => {
    history.replaceState(null, '', '/n/fake#c');
    const page = await mountNotebook(notebook);
    expect(page.at()).toBe('c');
    cleanup();
    history.replaceState(null, '', '/n/fake#zzz');
    await mountNotebook(notebook);
    screen.getByText('The paragraph of this link is not here any more');
  });

  test('the outline has headings and names, and goes there', async () => {
    const page = await mountNotebook(notebook);
    const outline = screen.getByRole('navigation', { name: 'Outline' });
    expect(
      within(outline)
        .getAllByRole('link')
        .map((link) => link.textContent),
    ).toEqual(['Why late?', 'by_hour']);
    expect(within(outline).getByRole('link', { name: 'Why late?' }).getAttribute('aria-current')).toBe('location');
    within(outline).getByRole('link', { name: 'by_hour' }).click();
    expect(page.at()).toBe('b');
  });

  test('the palette does what is typed', async () => {
    const page = await mountNotebook(notebook);
    page.press({ key: 'k', ctrlKey: true });
    const field = await screen.findByRole('combobox');
    fireEvent.input(field, { target: { value: 'run all' } });
    expect(screen.getAllByRole('option')[0]?.textContent).toContain('Run all');
    fireEvent.keyDown(field, { key: 'Enter' });
    await waitFor(() => expect(page.live.asked).toEqual([['b', 'c']]));
    expect(screen.queryByRole('combobox')).toBeNull();
  });

  test('the palette puts in a paragraph of each kind, and turns one into another', async () => {
    const page = await mountNotebook(notebook);
    const choose = async (text: string): Promise<void> => {
      page.press({ key: 'k', ctrlKey: true });
      fireEvent.input(await screen.findByRole('combobox'), { target: { value: text } });
      fireEvent.keyDown(screen.getByRole('combobox'), { key: 'Enter' });
    };
    page.press('j', 'j');
    await choose('insert shell');
    await waitFor(() => expect(page.ids()).toHaveLength(4));
    expect(page.ids()[2]).toBe(page.at());
    await waitFor(() => expect(page.section(page.at() ?? '').dataset.interpreter).toBe('shell'));
    await choose('turn into typescript');
    await waitFor(() => expect(page.section(page.at() ?? '').dataset.interpreter).toBe('typescript'));
  });

  test('the palette gives the caret back to who was writing', async () => {
    const page = await mountNotebook(notebook);
    page.press('j', 'j', 'Enter');
    const field = document.activeElement;
    page.press({ key: 'k', ctrlKey: true });
    fireEvent.keyDown(await screen.findByRole('combobox'), { key: 'Escape' });
    await waitFor(() => expect(screen.queryByRole('combobox')).toBeNull());
    expect(document.activeElement).toBe(field);
  });

  test('letters of who writes are no commands, even where the caret was lost', async () => {
    const page = await mountNotebook(notebook);
    page.press('j', 'j', 'Enter');
    (document.activeElement as HTMLElement).blur();
    page.press('d', 'd', 'b');
    expect(page.ids()).toEqual(['a', 'b', 'c']);
    expect(page.section('b').contains(document.activeElement)).toBe(true);
  });

  test('find counts in all texts, goes round, and ends at the paragraph found', async () => {
    const page = await mountNotebook(notebook);
    page.press({ key: 'f', ctrlKey: true });
    const field = await screen.findByRole('textbox', { name: 'Find in this notebook' });
    fireEvent.input(field, { target: { value: 'select' } });
    screen.getByText('1 of 2');
    fireEvent.keyDown(field, { key: 'Enter' });
    screen.getByText('2 of 2');
    fireEvent.keyDown(field, { key: 'Enter' });
    screen.getByText('1 of 2');
    fireEvent.keyDown(field, { key: 'Enter', shiftKey: true });
    fireEvent.keyDown(field, { key: 'Escape' });
    expect(page.at()).toBe('c');
    expect(screen.queryByRole('textbox', { name: 'Find in this notebook' })).toBeNull();
  });

  test('replace changes every text as one step, and Undo takes it back', async () => {
    const page = await mountNotebook([...notebook, { id: 'd', source: 'select delay, delay' }]);
    const texts = () => page.ids().map((one) => sourceOf(page.live.doc, one)?.toString());
    const before = texts();
    page.press({ key: 'f', ctrlKey: true });
    fireEvent.input(await screen.findByRole('textbox', { name: 'Find in this notebook' }), {
      target: { value: 'delay' },
    });
    screen.getByRole('button', { name: 'Replace in this notebook' }).click();
    const field = screen.getByRole('textbox', { name: 'Replace with' });
    fireEvent.input(field, { target: { value: 'late_delay' } });
    screen.getByText('3 places in 2 paragraphs');
    expect(screen.getAllByRole('listitem').filter((one) => one.closest('.find-lines'))).toHaveLength(3);
    fireEvent.keyDown(field, { key: 'Enter' });
    expect(texts()).toEqual([before[0], 'select late_delay from flights', before[2], before[3]]);
    // What was put in place has the word again: the next is behind it.
    screen.getByText('2 of 3');
    screen.getByRole('button', { name: 'Replace all' }).click();
    expect(texts()[3]).toBe('select late_delay, late_delay');
    await screen.findByText('Replaced 3 places in 2 paragraphs');
    screen.getByRole('button', { name: 'Undo' }).click();
    expect(texts()).toEqual([before[0], 'select late_delay from flights', before[2], before[3]]);
  });

  test('whoever may not write finds, and is offered no replacing', async () => {
    const page = await mountNotebook(notebook);
    page.live.emit({ type: 'welcome', path: 'late.nb.md', role: 'reader' });
    page.press({ key: 'f', ctrlKey: true });
    const field = await screen.findByRole('textbox', { name: 'Find in this notebook' });
    fireEvent.keyDown(field, { key: 'h', ctrlKey: true });
    expect(screen.queryByRole('button', { name: 'Replace in this notebook' })).toBeNull();
    expect(screen.queryByRole('textbox', { name: 'Replace with' })).toBeNull();
  });

  test('what a run shows is neither found nor replaced', async () => {
    const page = await mountNotebook([{ id: 'a', source: 'select 1' }]);
    page.live.tell(id('a'), { outputs: [{ kind: 'text', stream: 'stdout', text: 'delay' }], end: 'done' });
    await screen.findByText('delay');
    page.press({ key: 'f', ctrlKey: true });
    fireEvent.input(await screen.findByRole('textbox', { name: 'Find in this notebook' }), {
      target: { value: 'delay' },
    });
    screen.getByText('No matches');
  });

  test('? lists every key', async () => {
    const page = await mountNotebook(notebook);
    page.press('?');
    const dialog = await screen.findByRole('dialog');
    within(dialog).getByText('Delete paragraph');
    within(dialog).getByText('d d');
  });

  test('Tables lists what a query can read; a double click shows it', async () => {
    const flights = {
      name: 'my flights',
      source: 'named',
      rows: 3_000_000,
      columns: [{ name: 'delay', type: 'SMALLINT' }],
    } as const;
    const page = await mountNotebook(notebook, { tables: [flights] });
    page.press('t');
    const name = await screen.findByRole('button', { name: 'Insert my flights' });
    screen.getByText('3,000,000 rows');
    screen.getByRole('button', { name: 'Columns of my flights' }).click();
    screen.getByText('smallint');
    fireEvent.dblClick(name);
    const added = page.ids().at(-1) ?? '';
    expect(sourceOf(page.live.doc, added)?.toString()).toBe('select * from "my flights"');
    expect(page.live.asked).toEqual([[added]]);
  });
});

describe('a new notebook', () => {
  test('begins with an empty paragraph and the caret in it', async () => {
    const page = await mountNotebook([], { fresh: true });
    await waitFor(() => expect(page.ids()).toHaveLength(1));
    expect(page.section(page.ids()[0] ?? '').classList.contains('editing')).toBe(true);
  });

  test('opening an empty one writes nothing; a lesson is put in and run', async () => {
    const page = await mountNotebook([]);
    expect(page.ids()).toEqual([]);
    (await screen.findByRole('button', { name: /rolls of two dice/ })).click();
    expect(page.ids()).toHaveLength(1);
    expect(page.live.asked).toEqual([page.ids()]);
  });
});

/** As it comes from another page: an update that is not local. */
function deleteRemotely(doc: Y.Doc, paragraph: string, by: string): void {
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
  deleteParagraph(other, id(paragraph), { by, at: 0 });
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(other, Y.encodeStateVector(doc)), 'remote');
}

describe('a runner', () => {
  const visiting = (id = 'own'): SessionStatus => ({
    id: id as SessionStatus['id'],
    state: 'idle',
    isolation: 'bwrap',
    timeZone: 'UTC',
  });

  test('is told whose results these are, and gets those of the team back', async () => {
    const page = await mountNotebook(notebook);
    page.live.emit({ type: 'welcome', path: 'late.nb.md', role: 'runner' });
    expect(screen.queryByText(/only you see/)).toBeNull();
    page.live.emit({ type: 'visitor', session: visiting() });
    screen.getByText('Your own run: only you see these results');
    screen.getByRole('button', { name: 'Show the team’s results again' }).click();
    expect(page.live.calls).toEqual(['restart and clear']);
    page.live.emit({ type: 'visitor' });
    expect(screen.queryByText(/only you see/)).toBeNull();
  });

  test('stops what runs in their own session, and not what the team runs', async () => {
    const page = await mountNotebook(notebook);
    page.live.emit({ type: 'welcome', path: 'late.nb.md', role: 'runner' });
    const spec = (id: string, session: string) => ({
      id: id as never,
      notebook: 'n' as never,
      paragraph: 'b' as never,
      request: 'r' as never,
      session: session as never,
      by: { id: 'ada' as never, name: 'Ada' },
      asked: 1,
      interpreter: 'sql',
      source: 'select 1',
      options: {},
      forms: {},
    });
    page.live.emit({ type: 'run', events: [{ type: 'queued', run: spec('teams', 'team') }] });
    await vi.waitFor(() => expect(page.section('b').dataset.state).toBe('queued'));
    screen.getByRole('button', { name: /Run all/ });
    page.live.emit({ type: 'visitor', session: visiting() });
    page.live.emit({ type: 'run', events: [{ type: 'queued', run: spec('mine', 'own') }] });
    await vi.waitFor(() => screen.getByRole('button', { name: 'Stop' }));
  });
});

describe('who is here', () => {
  test('is shown as faces, and whom no place is for as a number', async () => {
    const page = await mountNotebook(notebook);
    const more = () => within(screen.getByRole('list', { name: 'Who is here' })).queryByText(/^\+/)?.textContent;
    const come = (count: number): void => {
      for (let client = 1; client <= count; client += 1) {
        const one = `p${client}`;
        page.live.awareness.states.set(client, { person: { id: one, name: one }, color: 1 });
      }
      page.live.awareness.emit('change', [{ added: [], updated: [], removed: [] }, 'remote']);
    };
    come(5);
    expect(more()).toBeUndefined();
    come(7);
    await vi.waitFor(() => expect(more()).toBe('+2'));
    page.live.emit({ type: 'crowd', others: 40 });
    await vi.waitFor(() => expect(more()).toBe('+42'));
    page.live.emit({ type: 'crowd', others: 0 });
    await vi.waitFor(() => expect(more()).toBe('+2'));
  });
});
