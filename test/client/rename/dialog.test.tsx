/** The dialog of a renaming, with a server that answers late, of a document that others write in. */
import { cleanup, fireEvent, screen, waitFor } from '@solidjs/testing-library';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type * as Y from 'yjs';
import { orderOf, paragraphMap, setName, sourceOf } from '../../../server/protocol/document.ts';
import type { ParagraphId } from '../../../server/protocol/ids.ts';
import type { RenamePlan } from '../../../server/protocol/rename.ts';
import { type Mounted, mountNotebook } from '../../support/page/mount.tsx';

const id = (name: string): ParagraphId => name as ParagraphId;
let page: Mounted;
/** What the server waits for before each answer. */
let gate: Promise<void>;
let open: () => void;
let unread: boolean;

/** As the server plans, by words. */
function planOf(doc: Y.Doc, from: string, to: string): RenamePlan {
  const named = orderOf(doc).find((one) => paragraphMap(doc, one)?.get('name') === from);
  const texts = orderOf(doc).flatMap((paragraph) => {
    const source = sourceOf(doc, paragraph)?.toString() ?? '';
    const edits = [...source.matchAll(new RegExp(from, 'g'))].map(({ index }) => ({
      start: index,
      end: index + from.length,
      text: to,
    }));
    return edits.length > 0 ? [{ paragraph, source, edits }] : [];
  });
  if (unread) return { texts: [], forms: [], left: [{ paragraph: id('c'), why: 'unread' }] };
  return { ...(named === undefined ? {} : { owner: named }), texts, forms: [], left: [] };
}

beforeEach(async () => {
  unread = false;
  gate = new Promise((resolve) => {
    open = resolve;
  });
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) => {
    if (!path.endsWith('/rename-plan')) throw new TypeError('no server');
    await gate;
    const { from, to } = JSON.parse(String(init?.body)) as { from: string; to: string };
    return new Response(JSON.stringify(planOf(page.live.doc, from, to)));
  });
  page = await mountNotebook([
    { id: 'a', interpreter: 'markdown', source: '# Delays' },
    { id: 'b', source: 'select 1', name: 'by_hour' },
    { id: 'c', source: 'from by_hour' },
  ]);
  page.press('j', 'j', 'F2');
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  sessionStorage.clear();
});

const field = () => screen.findByRole('textbox', { name: 'New name' });
const button = (name: RegExp) => screen.getByRole('button', { name });
async function call(name: string): Promise<void> {
  fireEvent.input(await field(), { target: { value: name } });
  await waitFor(() => expect(button(/^Rename/).getAttribute('aria-disabled')).toBe('false'));
}
const submit = () => fireEvent.submit(screen.getByRole('textbox', { name: 'New name' }).closest('form')!);
const text = () => sourceOf(page.live.doc, 'c')?.toString();
const name = () => paragraphMap(page.live.doc, 'b')?.get('name');

describe('calling a result otherwise', () => {
  test('takes the new name before any program has answered', async () => {
    expect(await field()).toBe(document.activeElement);
    screen.getByText('Looking…');
    open();
    await call('late');
    submit();
    await waitFor(() => expect([name(), text()]).toEqual(['late', 'from late']));
  });

  test('reaches what a colleague wrote since it was shown', async () => {
    open();
    await call('late');
    sourceOf(page.live.doc, 'c')?.insert(0, 'from by_hour, ');
    submit();
    await waitFor(() => expect(text()).toBe('from late, from late'));
    page.live.undo.undo();
    expect([name(), text()]).toEqual(['by_hour', 'from by_hour, from by_hour']);
  });

  test('is looked at again where a colleague renamed it meanwhile, or less of it can be read', async () => {
    open();
    await call('late');
    setName(page.live.doc, id('b'), 'departures', 'remote');
    submit();
    await waitFor(() => expect(button(/^Rename/).getAttribute('aria-disabled')).toBe('false'));
    expect([name(), text()]).toEqual(['departures', 'from by_hour']);
    unread = true;
    submit();
    await screen.findByText('Stays as it is');
    expect([name(), text()]).toEqual(['departures', 'from by_hour']);
  });

  test('is not done after it was given up', async () => {
    open();
    await call('late');
    gate = new Promise((resolve) => {
      open = resolve;
    });
    submit();
    fireEvent.click(button(/^Cancel/));
    open();
    await gate;
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect([name(), text()]).toEqual(['by_hour', 'from by_hour']);
  });
});
