import { cleanup, screen } from '@solidjs/testing-library';
import { afterEach, describe, expect, test } from 'vitest';
import { orderOf, paragraphsOf, readParagraph, sourceOf } from '../../../server/protocol/document.ts';
import { mountNotebook } from '../../support/page/mount.tsx';

afterEach(cleanup);

const three = [
  { id: 'a', interpreter: 'markdown', source: '# Late' },
  { id: 'b', source: 'select 1', name: 'one' },
  { id: 'c', source: 'select 2' },
];

describe('outside the editor', () => {
  test('arrows and j k move, and stop at both ends', async () => {
    const page = await mountNotebook(three);
    page.press('j', 'j');
    expect(page.at()).toBe('b');
    page.press('ArrowDown', 'ArrowDown', 'j');
    expect(page.at()).toBe('c');
    page.press('k', 'ArrowUp', 'k');
    expect(page.at()).toBe('a');
  });

  test('j moves while Korean is switched on', async () => {
    const page = await mountNotebook(three);
    page.press({ key: 'ㅓ', code: 'KeyJ' }, { key: 'ㅓ', code: 'KeyJ' });
    expect(page.at()).toBe('b');
  });

  test('a and b insert above and below, with the caret in the new one', async () => {
    const page = await mountNotebook(three);
    page.press('j', 'j', 'b');
    const below = page.at();
    expect(page.ids()).toEqual(['a', 'b', below, 'c']);
    expect(page.section(below ?? '').classList.contains('editing')).toBe(true);
    page.press('Escape', 'k', 'a');
    expect(page.ids()).toEqual(['a', page.at(), 'b', below, 'c']);
  });

  test('one d does nothing; d d deletes, and Undo brings it back in its place', async () => {
    const page = await mountNotebook(three);
    page.press('j', 'j', 'd');
    expect(page.ids()).toEqual(['a', 'b', 'c']);
    page.press('d');
    expect(page.ids()).toEqual(['a', 'c']);
    expect(page.at()).toBe('c');
    screen.getByRole('button', { name: 'Undo' }).click();
    expect(page.ids()).toEqual(['a', 'b', 'c']);
    expect(page.at()).toBe('b');
  });

  test('Shift and an arrow selects several; they are deleted and moved together', async () => {
    const page = await mountNotebook([...three, { id: 'd', source: 'select 3' }]);
    page.press('j', { key: 'ArrowDown', shiftKey: true });
    page.press({ key: 'ArrowDown', altKey: true });
    expect(orderOf(page.live.doc)).toEqual(['c', 'a', 'b', 'd']);
    page.press('d', 'd');
    expect(page.ids()).toEqual(['c', 'd']);
  });

  test('Alt and arrows move the paragraph and keep it chosen', async () => {
    const page = await mountNotebook(three);
    page.press('j', { key: 'ArrowDown', altKey: true }, { key: 'ArrowDown', altKey: true });
    expect(page.ids()).toEqual(['b', 'c', 'a']);
    expect(page.at()).toBe('a');
    page.press({ key: 'ArrowUp', altKey: true });
    expect(page.ids()).toEqual(['b', 'a', 'c']);
  });

  test('digits turn a paragraph into the interpreter of that place', async () => {
    const page = await mountNotebook(three);
    page.press('j', 'j');
    for (const [digit, name] of [
      ['2', 'typescript'],
      ['3', 'shell'],
      ['4', 'markdown'],
      ['5', 'vega-lite'],
      ['6', 'vega-lite'],
      ['1', 'sql'],
    ] as const) {
      page.press(digit);
      expect(page.section('b').dataset.interpreter).toBe(name);
    }
  });

  test('Enter edits and Escape leaves', async () => {
    const page = await mountNotebook(three);
    page.press('j', 'j', 'Enter');
    expect(page.section('b').classList.contains('editing')).toBe(true);
    page.press('Escape');
    expect(page.section('b').classList.contains('editing')).toBe(false);
    expect(document.activeElement).toBe(page.section('b'));
  });

  test('z takes back one edit of one’s own', async () => {
    const page = await mountNotebook(three);
    page.press('j', { key: 'ArrowDown', altKey: true }, 'z');
    expect(page.ids()).toEqual(['a', 'b', 'c']);
  });

  test('a read-only page changes nothing', async () => {
    const page = await mountNotebook(three);
    page.live.setSave({ state: 'read-only', why: 'The disk is full.', unsent: 0, keeping: 'here' });
    page.press('j', 'b', 'd', 'd', '2', { key: 'ArrowDown', altKey: true });
    expect(page.ids()).toEqual(['a', 'b', 'c']);
    expect(page.section('a').dataset.interpreter).toBe('markdown');
    expect(screen.getByText('The disk is full.')).toBeTruthy();
  });
});

describe('running', () => {
  test('Ctrl+Enter runs the one, Shift+Enter goes on, and after the last a new one stands', async () => {
    const page = await mountNotebook(three);
    page.press('j', 'j', { key: 'Enter', ctrlKey: true });
    expect(page.live.asked).toEqual([['b']]);
    page.press({ key: 'Enter', shiftKey: true });
    expect(page.at()).toBe('c');
    page.press({ key: 'Enter', shiftKey: true });
    expect(page.live.asked).toEqual([['b'], ['b'], ['c']]);
    expect(page.ids()).toHaveLength(4);
    expect(page.at()).toBe(page.ids()[3]);
  });

  test('Ctrl+Shift+Enter runs all above and this, prose left out', async () => {
    const page = await mountNotebook(three);
    page.press('j', 'j', 'j', { key: 'Enter', ctrlKey: true, shiftKey: true });
    expect(page.live.asked).toEqual([['b', 'c']]);
  });

  test('what is marked run=never is only shown', async () => {
    const page = await mountNotebook([...three, { id: 'd', source: 'select 3', options: { run: 'never' } }]);
    screen.getByRole('button', { name: 'Run all' }).click();
    expect(page.live.asked).toEqual([['b', 'c']]);
  });

  test('Run all is Stop while something runs', async () => {
    const page = await mountNotebook(three);
    page.live.tell('b' as never, { end: 'running' });
    (await screen.findByRole('button', { name: 'Stop' })).click();
    expect(page.live.calls).toEqual(['cancel all']);
  });
});

describe('writing', () => {
  test('%md at the start switches the interpreter and disappears', async () => {
    const page = await mountNotebook(three);
    page.live.doc.transact(() => sourceOf(page.live.doc, 'c')?.insert(0, '%md '), page.live.origin);
    await Promise.resolve();
    const paragraph = readParagraph('c', paragraphsOf(page.live.doc).get('c'));
    expect(paragraph).toMatchObject({ interpreter: 'markdown', source: 'select 2' });
  });

  test('%md alone counts when the paragraph is left, and an unknown word never', async () => {
    const page = await mountNotebook(three);
    page.press('j', 'j', 'j', 'Enter');
    const write = (text: string) => {
      const source = sourceOf(page.live.doc, 'c');
      page.live.doc.transact(() => {
        source?.delete(0, source.length);
        source?.insert(0, text);
      }, page.live.origin);
    };
    write('%cobol x');
    page.press('Escape');
    expect(page.section('c').dataset.interpreter).toBe('sql');
    page.press('Enter');
    write('%md');
    await Promise.resolve();
    expect(page.section('c').dataset.interpreter).toBe('sql');
    page.press('Escape');
    expect(page.section('c').dataset.interpreter).toBe('markdown');
    expect(sourceOf(page.live.doc, 'c')?.toString()).toBe('');
  });

  test('a colleague’s %md is left alone', async () => {
    const page = await mountNotebook(three);
    page.live.doc.transact(() => sourceOf(page.live.doc, 'c')?.insert(0, '%md '), 'remote');
    await Promise.resolve();
    expect(sourceOf(page.live.doc, 'c')?.toString()).toBe('%md select 2');
  });

  test('the insertion point below the last paragraph adds one of its kind', async () => {
    const page = await mountNotebook(three);
    const groups = screen.getAllByRole('group', { name: 'Insert a paragraph here' });
    groups.at(-1)?.querySelector<HTMLElement>('[aria-label="Insert Text"]')?.click();
    expect(page.ids()).toHaveLength(4);
    expect(page.section(page.at() ?? '').dataset.interpreter).toBe('markdown');
  });

  test('/ in an empty paragraph offers the interpreters; their digits pick, other letters were meant as text', async () => {
    const page = await mountNotebook([{ id: 'a', source: '' }]);
    page.press('j', 'Enter', '/');
    expect(screen.getAllByRole('menuitemradio').map((item) => item.textContent?.replace('✓', ''))).toEqual([
      'SQL1',
      'TypeScript2',
      'Shell3',
      'Text4',
      'Vega-Lite5',
    ]);
    page.press('2');
    expect(page.section('a').dataset.interpreter).toBe('typescript');
    page.press('/', '/');
    expect(screen.queryByRole('menu')).toBeNull();
    expect(sourceOf(page.live.doc, 'a')?.toString()).toBe('//');
  });

  test('what has no table to show has no name to give', async () => {
    const page = await mountNotebook([
      { id: 'a', interpreter: 'typescript', source: '1' },
      { id: 'b', interpreter: 'shell', source: 'ls' },
      { id: 'c', interpreter: 'shell', source: 'ls', name: 'kept' },
    ]);
    const named = [...document.querySelectorAll<HTMLElement>('[data-name-of]')].map((one) => one.dataset.nameOf);
    expect(named).toEqual(['a', 'c']);
    expect(page.section('a').getAttribute('aria-label')).toBe('TypeScript paragraph');
  });
});
