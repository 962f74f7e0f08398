/** What a frame says of the values in its address, over a server that the test plays by hand. */
import { createRoot, createSignal } from 'solid-js';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Addressed, openAddressed } from '../../../client/embed/addressed.ts';
import type { OwnRun, Published, PublishedParagraph } from '../../../client/published/calls.ts';
import type { NotebookId, ParagraphId, RunId } from '../../../server/protocol/ids.ts';

const paragraph: PublishedParagraph = {
  id: 'a' as ParagraphId,
  interpreter: 'sql',
  place: 'across',
  span: 1,
  source: undefined,
  chart: undefined,
  table: undefined,
  download: false,
  runs: true,
  run: undefined,
  own: false,
  mine: undefined,
};
const published = (more: Partial<PublishedParagraph> = {}): Published => ({
  title: '',
  role: 'runner',
  whole: false,
  session: undefined,
  layout: { width: 'wide' },
  paragraphs: [{ ...paragraph, ...more }],
});
const mine = (phase: OwnRun['phase']): Partial<PublishedParagraph> => ({
  mine: { id: 'r' as RunId, asked: 1, phase, outputs: [] },
});
const RUNNING = mine({ state: 'running', started: 1 });
const DONE = { ...mine({ state: 'done', started: 1, ended: 2 }), own: true };

beforeEach(() => {
  vi.stubGlobal('fetch', async (address: string) => {
    const body = address.endsWith('/forms')
      ? { items: [{ name: 'day', type: 'date', default: '2015-01-01' }] }
      : { request: 'q', runs: [{ id: 'r' }] };
    return new Response(JSON.stringify(body), { status: address.endsWith('/forms') ? 200 : 202 });
  });
});
afterEach(() => vi.unstubAllGlobals());

/** `seen`: what the look after the request brings. */
function frame(seen: Partial<PublishedParagraph>) {
  return createRoot((dispose) => {
    const [now, setNow] = createSignal<Published>(published());
    const look = {
      published: now,
      away: () => false,
      again: async () => void setNow(published(seen)),
    };
    const state = openAddressed('n' as NotebookId, look, '?day=2016-06-06');
    return { state, dispose, show: (more: Partial<PublishedParagraph>) => setNow(published(more)) };
  });
}
const at = (state: () => Addressed) => vi.waitFor(() => expect(state().at).not.toBe('none'), { timeout: 20_000 });

test('runs once, and says nothing when what is shown is of the address', async () => {
  const { state, show, dispose } = frame(RUNNING);
  await at(state);
  expect(state().at).toBe('running');
  show(DONE);
  expect(state().at).toBe('none');
  show({});
  expect(state().at).toBe('over');
  dispose();
});

test('says that its values went where its place went to another before its run had ended', async () => {
  const seen = frame(RUNNING);
  await vi.waitFor(() => expect(seen.state().at).toBe('running'), { timeout: 20_000 });
  await new Promise((resolve) => setImmediate(resolve));
  seen.show({});
  expect(seen.state().at).toBe('over');
  const unseen = frame({});
  await vi.waitFor(() => expect(unseen.state().at).toBe('over'), { timeout: 20_000 });
  for (const { dispose } of [seen, unseen]) dispose();
});
