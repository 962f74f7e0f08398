/** What a page keeps of itself: when it writes, what it brings back, and what it makes of text that can't be merged. */
import { describe, expect, test } from 'vitest';
import type { Draft } from '../../../client/drafts/contract.ts';
import { openDrafts, without } from '../../../client/drafts/list.ts';
import type { Pages } from '../../../client/drafts/pages.ts';
import { sendKept } from '../../../client/drafts/send.ts';
import type { LiveEvent, LiveNotebook } from '../../../client/live/contract.ts';
import { openLive } from '../../../client/live/live.ts';
import { setTitle, sourceOf } from '../../../server/protocol/document.ts';
import type { DraftId, Epoch, ParagraphId, PersonId } from '../../../server/protocol/ids.ts';
import { MAX_FRAME_BYTES } from '../../../server/protocol/messages.ts';
import { openMemory } from '../../../server/storage/disk/memory.ts';
import { Network, NOTEBOOK, openHouse, seeded, settle, TestClock } from '../../server/rooms/house.ts';
import { lonePages, memoryKept, refusal } from '../../support/kept.ts';

const FIRST = 'first' as ParagraphId;
const ADA = 'ada' as PersonId;

function scene() {
  const time = new TestClock();
  const network = new Network(time, seeded(3));
  const disk = openMemory();
  const store = memoryKept();
  const calls: string[] = [];
  store.before = (call) => void calls.push(call);
  const house = openHouse(disk, time);
  network.house = house;
  const open = (person: PersonId = ADA, pages: Pages = lonePages) => {
    const live: LiveNotebook = openLive({
      id: NOTEBOOK,
      person: { id: person, name: person },
      keep: { store, pages },
      connect: () => network.connect(),
      timer: time.timer,
      now: time.now,
      random: seeded(5),
      wakes: () => () => {},
      seen: () => true,
    });
    const events: LiveEvent[] = [];
    live.on((event) => events.push(event));
    const type = (text: string): void =>
      live.doc.transact(() => sourceOf(live.doc, FIRST)?.insert(0, text), live.origin);
    return { live, events, type, text: () => sourceOf(live.doc, FIRST)?.toString() ?? '' };
  };
  const away = (): void => {
    network.house = undefined;
    network.cutAll();
  };
  const back = (): void => {
    network.house = house;
  };
  /** Another history of the same notebook. */
  const restore = async (): Promise<void> => {
    await disk.remove('notebooks/notebook');
    network.house = openHouse(disk, time, { client: 2 });
  };
  return { time, network, disk, store, calls, open, away, back, restore };
}

const draftOf = (events: readonly LiveEvent[]) => events.find((event) => event.type === 'draft');
const isAnew = (events: readonly LiveEvent[]): boolean => events.some((event) => event.type === 'anew');

describe('keeping', () => {
  test('writes nothing of what a working line acknowledges within a moment', async () => {
    const { time, calls, open } = scene();
    const page = open();
    await time.pass(500);
    for (let key = 0; key < 200; key += 1) {
      page.type('x');
      await time.pass(60);
    }
    await time.pass(500);
    expect(page.live.save).toEqual({ state: 'saved' });
    expect(new Set(calls)).toEqual(new Set(['read']));
  });

  test('adds to what is there, and begins anew before that takes long to read', async () => {
    const { time, calls, store, open, away } = scene();
    const page = open();
    await time.pass(500);
    away();
    await time.pass(500);
    for (let key = 0; key < 700; key += 1) {
      page.type('x');
      await time.pass(5);
    }
    await time.pass(100);
    expect(page.live.save).toMatchObject({ state: 'offline', unsent: 700, keeping: 'here' });
    expect(calls.filter((call) => call === 'keepWhole').length).toBe(3);
    expect([...store.kept.values()].map((kept) => kept.edits)).toEqual([700]);
  });

  test('is said only once the browser has it', async () => {
    const { time, store, open, away } = scene();
    const page = open();
    await time.pass(500);
    away();
    await time.pass(500);
    const written = Promise.withResolvers<void>();
    store.before = () => written.promise;
    page.type('x');
    await time.pass(1_000);
    expect(page.live.save).toMatchObject({ unsent: 1, keeping: 'writing' });
    written.resolve();
    await time.pass(1);
    expect(page.live.save).toMatchObject({ unsent: 1, keeping: 'here' });
  });

  test('that fails says how, tries again by itself, and sends all the same', async () => {
    const { time, store, open, away, back } = scene();
    const page = open();
    await time.pass(500);
    away();
    await time.pass(500);
    store.before = () => {
      throw refusal('full');
    };
    page.type('x');
    await time.pass(100);
    expect(page.live.save).toMatchObject({ unsent: 1, keeping: 'full' });
    store.before = () => {};
    await time.pass(6_000);
    expect(page.live.save).toMatchObject({ unsent: 1, keeping: 'here' });
    back();
    await time.pass(5_000);
    expect([page.live.save, store.kept.size]).toEqual([{ state: 'saved' }, 0]);
  });

  test('a page that does not answer its database opens all the same', async () => {
    const { time, store, open } = scene();
    store.before = () => new Promise(() => {});
    const page = open();
    await time.pass(3_000);
    expect(page.live.save).toEqual({ state: 'saved' });
  });
});

describe('what was kept', () => {
  async function left(here: ReturnType<typeof scene>): Promise<void> {
    const page = here.open();
    await here.time.pass(500);
    here.away();
    await here.time.pass(500);
    page.type('left ');
    await here.time.pass(500);
    page.live.close();
    await here.time.pass(10);
  }

  test('is shown before the server answers, with its name and role', async () => {
    const here = scene();
    await left(here);
    const page = here.open();
    await here.time.pass(1_500);
    expect(page.text()).toBe('left select 1');
    expect(page.live.save).toMatchObject({ state: 'offline', unsent: 1, keeping: 'here' });
    expect(page.events).toContainEqual({ type: 'welcome', path: 'a.nb.md', role: 'owner' });
  });

  test('of a page that is alive is left to it', async () => {
    const here = scene();
    await left(here);
    const [kept] = here.store.kept.values();
    const alive: Pages = { hold: () => () => {}, alive: async () => new Set(kept ? [kept.page] : []) };
    const page = here.open(ADA, alive);
    await here.time.pass(1_500);
    expect(page.text()).toBe('');
  });

  test('is never read for another person', async () => {
    const here = scene();
    await left(here);
    here.back();
    const ben = here.open('ben' as PersonId);
    await here.time.pass(2_000);
    expect([ben.text(), here.store.kept.size]).toEqual(['select 1', 1]);
  });

  test('is sent without a page of its own', async () => {
    const here = scene();
    await left(here);
    const sent = sendKept(
      {
        person: { id: ADA, name: 'Ada', color: 0 },
        kept: { store: here.store, pages: lonePages },
        connect: () => here.network.connect(),
      },
      NOTEBOOK,
      new AbortController().signal,
    );
    here.back();
    for (let turn = 0; turn < 100 && here.store.kept.size > 0; turn += 1) {
      await here.time.pass(100);
      // It waits by the real clock before it tries again.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await sent;
    await settle();
    expect(here.store.kept.size).toBe(0);
    const ben = here.open('ben' as PersonId);
    await here.time.pass(1_000);
    expect(ben.text()).toBe('left select 1');
  });

  test('of another history becomes a draft, beside a document that knows nothing of it', async () => {
    const here = scene();
    await left(here);
    await here.restore();
    const page = here.open();
    await here.time.pass(3_000);
    // It was shown first; the server closed that, and says why.
    expect(page.live.save).toMatchObject({ state: 'closed', code: 'other-epoch', unsent: 0 });
    expect(draftOf(page.events)).toMatchObject({
      stored: true,
      draft: { why: 'other-epoch', parts: [{ source: 'left select 1' }] },
    });
    expect(isAnew(page.events)).toBe(true);
    expect(here.store.kept.size).toBe(0);
    const next = here.open();
    await here.time.pass(1_000);
    expect([next.text(), next.live.save]).toEqual(['select 1', { state: 'saved' }]);
  });
});

describe('what cannot be merged', () => {
  test('is a draft of all that was not saved: texts and the title', async () => {
    const { time, open, away, restore, store } = scene();
    const page = open();
    await time.pass(500);
    page.type('saved ');
    await time.pass(500);
    away();
    await time.pass(500);
    page.type('mine ');
    setTitle(page.live.doc, 'My title', page.live.origin);
    await time.pass(500);
    await restore();
    await time.pass(5_000);
    expect(draftOf(page.events)).toMatchObject({
      stored: true,
      draft: { title: 'My title', parts: [{ paragraph: FIRST, source: 'mine saved select 1' }] },
    });
    expect(page.live.save).toMatchObject({ state: 'closed', unsent: 0 });
    expect((await store.drafts({ person: ADA, notebook: NOTEBOOK })).length).toBe(1);
  });

  test('too large for a frame is one too', async () => {
    const { time, open } = scene();
    const page = open();
    await time.pass(500);
    page.type('x'.repeat(MAX_FRAME_BYTES));
    await time.pass(500);
    expect(draftOf(page.events)).toMatchObject({ stored: true, draft: { why: 'too-large' } });
    expect(isAnew(page.events)).toBe(true);
  });

  test('stays in the page when the browser does not take it, and the page stays', async () => {
    const { time, open, away, restore, store } = scene();
    const page = open();
    await time.pass(500);
    away();
    store.before = () => {
      throw refusal('failed');
    };
    page.type('mine ');
    await time.pass(500);
    await restore();
    await time.pass(5_000);
    expect([isAnew(page.events), page.text()]).toEqual([false, 'mine select 1']);
    expect(page.live.save).toMatchObject({ state: 'closed', unsent: 1, keeping: 'failed' });
  });
});

describe('a list of drafts', () => {
  const draft: Draft = {
    id: 'd' as DraftId,
    person: ADA,
    notebook: NOTEBOOK,
    epoch: 'e' as Epoch,
    why: 'other-epoch',
    at: 1,
    title: 'T',
    parts: ['a', 'b'].map((id) => ({ paragraph: id as ParagraphId, interpreter: 'sql', source: id, options: {} })),
  };

  test('a draft is gone with its last piece', () => {
    const first = without(draft, ':title');
    expect([first?.title, first?.parts.length]).toEqual([undefined, 2]);
    const second = first && without(first, 'a' as ParagraphId);
    expect(second?.parts.map((part) => part.paragraph)).toEqual(['b']);
    expect(second && without(second, 'b' as ParagraphId)).toBeUndefined();
  });

  test('what is handled is so in the browser, and comes back as it was', async () => {
    const store = memoryKept();
    const scope = { person: ADA, notebook: NOTEBOOK };
    await store.putDraft(draft, []);
    const list = openDrafts(store, scope, () => {});
    await list.refresh();
    const undo = list.settle(draft, 'a' as ParagraphId);
    const again = list.settle(draft);
    await settle();
    expect([list.drafts(), await store.drafts(scope)]).toEqual([[], []]);
    again();
    await settle();
    expect((await store.drafts(scope))[0]?.parts.length).toBe(1);
    undo();
    await settle();
    expect([list.drafts(), await store.drafts(scope)]).toEqual([[draft], [draft]]);
  });
});
