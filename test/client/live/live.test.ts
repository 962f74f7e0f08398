import { describe, expect, test } from 'vitest';
import type * as Y from 'yjs';
import { waitBefore } from '../../../client/live/backoff.ts';
import { endingOf } from '../../../client/live/closing.ts';
import type { Wake } from '../../../client/live/connection.ts';
import type { LiveEvent, LiveNotebook } from '../../../client/live/contract.ts';
import { Ledger } from '../../../client/live/ledger.ts';
import { openLive } from '../../../client/live/live.ts';
import type { LiveHandlers } from '../../../server/handlers.ts';
import { deleteParagraph, orderOf, sourceOf } from '../../../server/protocol/document.ts';
import type { ParagraphId, PersonId, RunId } from '../../../server/protocol/ids.ts';
import { CLOSE, MAX_FRAME_BYTES } from '../../../server/protocol/messages.ts';
import { type MemoryDisk, openMemory } from '../../../server/storage/disk/memory.ts';
import { Network, NOTEBOOK, openHouse, quietHandlers, seeded, TestClock } from '../../server/rooms/house.ts';

const FIRST = 'first' as ParagraphId;

type Scene = {
  time: TestClock;
  network: Network;
  disk: MemoryDisk;
  wake: Wake;
  /** Whether the pages are looked at. */
  seen: boolean;
  /** How often a page tried to connect. */
  tries: number;
  open(name: string): Page;
  diagnosis: { code: string; message: string } | undefined;
};
type Page = { live: LiveNotebook; events: LiveEvent[]; type(text: string): void; text(): string };

function scene(handlers: Partial<LiveHandlers> = {}): Scene {
  const time = new TestClock();
  const random = seeded(7);
  const network = new Network(time, random);
  const disk = openMemory();
  const wakes = new Set<Wake>();
  network.house = openHouse(disk, time, { handlers: { ...quietHandlers(), ...handlers } });
  const here: Scene = {
    time,
    network,
    disk,
    diagnosis: undefined,
    seen: false,
    tries: 0,
    wake: (why) => {
      for (const wake of [...wakes]) wake(why);
    },
    open: (name) => {
      const live = openLive({
        id: NOTEBOOK,
        person: { id: name as PersonId, name },
        connect: () => {
          here.tries += 1;
          return network.connect();
        },
        timer: time.timer,
        now: time.now,
        random,
        wakes: (wake) => {
          wakes.add(wake);
          return () => wakes.delete(wake);
        },
        seen: () => here.seen,
        diagnose: async () => here.diagnosis,
      });
      const events: LiveEvent[] = [];
      live.on((event) => events.push(event));
      return {
        live,
        events,
        type: (text) => live.doc.transact(() => sourceOf(live.doc, FIRST)?.insert(0, text), live.origin),
        text: () => sourceOf(live.doc, FIRST)?.toString() ?? '',
      };
    },
  };
  return here;
}

const saves = (page: Page): string[] =>
  page.events.flatMap((event) => (event.type === 'save' ? [event.save.state] : []));

describe('a live notebook', () => {
  test('opens, and says saved only when the server has said so', async () => {
    const { time, network, open } = scene();
    network.delay = 30;
    const page = open('ada');
    expect(page.live.save).toEqual({ state: 'opening' });
    await time.pass(500);
    expect([page.text(), page.live.save]).toEqual(['select 1', { state: 'saved' }]);
    page.type('x');
    page.type('y');
    expect(page.live.save).toEqual({ state: 'saving', unsent: 2 });
    await time.pass(500);
    expect(page.live.save).toEqual({ state: 'saved' });
    expect(saves(page)).toEqual(['saved', 'saving', 'saving', ...saves(page).slice(3, -1), 'saved']);
  });

  test('ends with the reason at a change that is larger than any frame, and sends it never', async () => {
    const { time, network, disk, open } = scene();
    const [ada, ben] = [open('ada'), open('ben')];
    await time.pass(500);
    ada.type('kept ');
    await time.pass(500);
    ada.type('x'.repeat(MAX_FRAME_BYTES));
    expect(ada.live.save).toMatchObject({ state: 'closed', code: 'too-large' });
    await time.pass(60_000);
    expect(network.connections).toBe(1);
    expect([ben.text(), ben.live.save]).toEqual(['kept select 1', { state: 'saved' }]);
    expect(await disk.size(`notebooks/${NOTEBOOK}/log`)).toBeLessThan(10_000);
  });

  test('goes on without the line, and brings each edit over once when it is back', async () => {
    const { time, network, open } = scene();
    const [ada, ben] = [open('ada'), open('ben')];
    await time.pass(500);
    const { house } = network;
    network.house = undefined;
    network.cutAll();
    await time.pass(300);
    ada.type('offline ');
    ben.type('too ');
    await time.pass(30_000);
    expect(ada.live.save).toMatchObject({ state: 'offline', unsent: 1 });
    network.house = house;
    await time.pass(10_000);
    expect(ada.live.save).toEqual({ state: 'saved' });
    expect(ada.text()).toBe(ben.text());
    expect(
      ada
        .text()
        .match(/offline|too/g)
        ?.sort(),
    ).toEqual(['offline', 'too']);
  });

  test('takes another colour than a colleague who was here first, and all pages agree', async () => {
    const { time, open } = scene();
    // Alone each would have the same.
    const [ada, ben] = [open('ada'), open('cat')];
    await time.pass(500);
    const colors = (page: Page) =>
      [...page.live.awareness.getStates().values()].map((each) => [each.person.id, each.color]).sort();
    expect(new Set(colors(ada).map(([, color]) => color)).size).toBe(2);
    expect(colors(ada)).toEqual(colors(ben));
  });

  test('tries at once when the machine wakes or is online again', async () => {
    const { time, network, open, wake } = scene();
    const page = open('ada');
    await time.pass(500);
    const { house } = network;
    network.house = undefined;
    network.cutAll();
    await time.pass(60_000);
    network.house = house;
    wake();
    await time.pass(150);
    expect(page.live.save).toEqual({ state: 'saved' });
  });

  test('tries at once when somebody types, but not at each key', async () => {
    const here = scene();
    const { time, network, open, wake } = here;
    const page = open('ada');
    await time.pass(500);
    const { house } = network;
    network.house = undefined;
    network.cutAll();
    await time.pass(60_000);
    const before = here.tries;
    for (let key = 0; key < 200; key += 1) {
      wake('touched');
      await time.pass(10);
    }
    expect(here.tries - before).toBeGreaterThanOrEqual(2);
    expect(here.tries - before).toBeLessThanOrEqual(5);
    network.house = house;
    await time.pass(600);
    wake('touched');
    await time.pass(150);
    expect(page.live.save).toEqual({ state: 'saved' });
    const tried = here.tries;
    wake('touched');
    await time.pass(1_000);
    expect(here.tries).toBe(tried);
  });

  test('is back within two seconds and a moment while it is looked at', async () => {
    const here = scene();
    const page = here.open('ada');
    await here.time.pass(500);
    here.seen = true;
    const { house } = here.network;
    here.network.house = undefined;
    here.network.cutAll();
    await here.time.pass(300_000);
    here.network.house = house;
    await here.time.pass(2_200);
    expect(page.live.save).toEqual({ state: 'saved' });
  });

  test('notices a line that died without a word', async () => {
    const { time, network, open } = scene();
    const page = open('ada');
    await time.pass(500);
    network.delay = 10_000_000;
    await time.pass(30_000);
    expect(page.live.save.state).toBe('offline');
  });

  test('undoes one’s own edits only, a moment’s typing at once, in every paragraph', async () => {
    const { time, open } = scene();
    const [ada, ben] = [open('ada'), open('ben')];
    await time.pass(500);
    ada.type('b');
    ada.type('a');
    await time.pass(500);
    ben.type('Ben ');
    await time.pass(500);
    expect(ada.text()).toBe('Ben abselect 1');
    ada.live.undo.undo();
    expect(ada.text()).toBe('Ben select 1');
    ada.live.undo.redo();
    await time.pass(500);
    expect(ben.text()).toBe('Ben abselect 1');
    ada.live.undo.stopCapturing();
    deleteParagraph(ada.live.doc, FIRST, { by: 'ada', at: 1 }, ada.live.origin);
    await time.pass(500);
    expect(orderOf(ben.live.doc)).toEqual([]);
    ben.type('kept ');
    await time.pass(500);
    ada.live.undo.undo();
    await time.pass(500);
    expect(orderOf(ben.live.doc)).toEqual([FIRST]);
    expect(ada.text()).toContain('kept ');
  });

  test('shows who is here while they are, by their newest name', async () => {
    const { time, network, open } = scene();
    const [ada, ben] = [open('ada'), open('ben')];
    await time.pass(500);
    ben.live.present({ paragraph: FIRST });
    ben.live.rename({ name: 'Benjamin' });
    await time.pass(500);
    const others = () =>
      [...ada.live.awareness.getStates()].flatMap(([client, state]) =>
        client === ada.live.doc.clientID ? [] : [state],
      );
    expect(others()).toEqual([
      { person: { id: 'ben', name: 'Benjamin' }, color: expect.any(Number), since: 0, paragraph: FIRST },
    ]);
    network.cutAll();
    await time.pass(2_000);
    expect(others().length).toBe(1);
    ben.live.close();
    await time.pass(500);
    expect(others()).toEqual([]);
  });

  test('says read-only and why while the disk is full, and saves what was typed meanwhile', async () => {
    const { time, disk, open } = scene();
    const page = open('ada');
    await time.pass(500);
    disk.faults = (call) => (call === 'append' || call === 'replace' ? { code: 'disk-full' } : undefined);
    page.type('full ');
    await time.pass(500);
    expect(page.live.save).toEqual({ state: 'read-only', why: 'the disk is full', unsent: 1, keeping: 'failed' });
    await expect(page.live.run()).rejects.toMatchObject({ code: 'storage-read-only' });
    page.type('still ');
    await time.pass(5_000);
    expect(page.live.save).toMatchObject({ state: 'read-only', unsent: 2 });
    disk.faults = () => undefined;
    await time.pass(2_000);
    expect(page.live.save).toEqual({ state: 'saved' });
    disk.losePower();
    const { room } = await openHouse(disk, time).rooms.use(NOTEBOOK);
    expect(sourceOf(room.doc, FIRST)?.toString()).toBe('still full select 1');
  });

  test('of another epoch is closed for good, and keeps its text', async () => {
    const { time, network, disk, open } = scene();
    const page = open('ada');
    await time.pass(500);
    page.type('mine ');
    await time.pass(500);
    network.cutAll();
    await disk.remove('notebooks/notebook');
    network.house = openHouse(disk, time, { client: 2 });
    page.type('more ');
    await time.pass(5_000);
    expect(page.live.save).toMatchObject({ state: 'closed', code: 'other-epoch', unsent: 1 });
    expect(page.text()).toBe('more mine select 1');
    const { room } = await network.house.rooms.use(NOTEBOOK);
    expect(sourceOf(room.doc, FIRST)?.toString()).toBe('select 1');
    await time.pass(60_000);
    expect(network.connections).toBe(0);
  });

  test('of a notebook that will not open says what the server said', async () => {
    const { time, network, disk, open } = scene();
    disk.overwrite(
      'notebooks/notebook/log',
      Uint8Array.from({ length: 40 }, () => 7),
    );
    const page = open('ada');
    await time.pass(2_000);
    expect(page.live.save).toMatchObject({
      state: 'closed',
      code: 'notebook-damaged',
      message: expect.stringContaining('damaged'),
    });
    expect(network.connections).toBe(0);
  });

  test('refused before it connects asks why, and stops if that will not pass', async () => {
    const here = scene();
    here.network.house = undefined;
    const page = here.open('ada');
    await here.time.pass(3_000);
    expect(page.live.save.state).toBe('offline');
    here.diagnosis = { code: 'unauthorised', message: 'signed out' };
    await here.time.pass(20_000);
    expect(page.live.save).toEqual({
      state: 'closed',
      code: 'unauthorised',
      message: 'signed out',
      unsent: 0,
      keeping: 'failed',
    });
  });

  test('closed by its page is quiet', async () => {
    const { time, network, open } = scene();
    const page = open('ada');
    await time.pass(500);
    const before = page.events.length;
    page.live.close();
    await time.pass(60_000);
    expect([page.events.length, network.connections]).toEqual([before, 0]);
  });
});

describe('a run', () => {
  test('comes after the edits before it, and answers with its ids', async () => {
    const seen: string[] = [];
    const here = scene({
      run: async (_notebook, ask) => {
        const { doc } = here.network.house!.rooms.loaded(NOTEBOOK)!;
        seen.push(`${ask.by.name}: ${sourceOf(doc, FIRST)}`);
        return [{ id: 'r1' as RunId, paragraph: FIRST }];
      },
    });
    const page = here.open('ada');
    await here.time.pass(500);
    page.type('x');
    const run = page.live.run([FIRST]);
    page.type('y');
    await here.time.pass(500);
    expect(seen).toEqual(['ada: xselect 1']);
    expect(await run).toEqual([{ id: 'r1', paragraph: FIRST }]);
  });

  test('asked for while the page opens is asked when it has', async () => {
    const { time, open } = scene({ run: async () => [{ id: 'r1' as RunId, paragraph: FIRST }] });
    const run = open('ada').live.run();
    await time.pass(1_000);
    expect(await run).toEqual([{ id: 'r1', paragraph: FIRST }]);
  });

  test('without the line fails at once; one whose answer is lost fails with the line', async () => {
    const { time, network, open } = scene({ run: () => new Promise(() => {}) });
    const page = open('ada');
    await time.pass(500);
    const run = page.live.run();
    run.catch(() => {});
    network.house = undefined;
    network.cutAll();
    await time.pass(500);
    await expect(run).rejects.toMatchObject({ code: 'offline' });
    await expect(page.live.run()).rejects.toMatchObject({ code: 'offline' });
  });

  test('completions and tables answer, and are empty without the line', async () => {
    const { time, network, open } = scene({
      complete: async (_notebook, at) => [{ label: at.text, kind: 'keyword', insert: at.text, start: 0 }],
      tables: async () => [{ name: 't', source: 'named', columns: [] }],
    });
    const page = open('ada');
    await time.pass(500);
    const [completions, tables] = [page.live.complete(FIRST, 'sel', 3), page.live.tables()];
    await time.pass(500);
    expect([(await completions).map(({ label }) => label), (await tables).length]).toEqual([['sel'], 1]);
    const late = page.live.tables();
    network.cutAll();
    await time.pass(500);
    expect(await late).toEqual([]);
  });

  test('each new connection brings all runs anew, then events', async () => {
    const { time, network, open } = scene();
    const page = open('ada');
    await time.pass(500);
    network.cutAll();
    await time.pass(2_000);
    expect(page.events.filter((event) => event.type === 'runs').length).toBe(2);
    expect(page.events.filter((event) => event.type === 'welcome').length).toBe(2);
  });
});

describe('the ledger', () => {
  test('counts an edit as safe once an update sent after it is acknowledged', () => {
    const ledger = new Ledger();
    ledger.edit();
    ledger.edit();
    expect(ledger.unsent).toBe(2);
    ledger.send();
    ledger.edit();
    ledger.acknowledge(1);
    expect(ledger.unsent).toBe(1);
    ledger.restart();
    ledger.acknowledge(5);
    expect(ledger.unsent).toBe(1);
    ledger.send();
    ledger.acknowledge(1);
    expect([ledger.unsent, ledger.sent]).toEqual([0, 1]);
  });
});

test('waits grow, are never the same for all, and end', () => {
  const waits = Array.from({ length: 40 }, (_, attempt) => waitBefore(attempt, () => 1));
  expect(waits[0]).toBeLessThanOrEqual(100);
  expect(waits.every((wait, index) => index === 0 || wait >= waits[index - 1]!)).toBe(true);
  expect(waits.at(-1)).toBe(8_000);
  expect(waitBefore(40, () => 1, true)).toBe(2_000);
  expect(waitBefore(3, () => 0)).toBeLessThan(waitBefore(3, () => 1));
});

test('every way the server closes is told apart: come back, or stop and say what to do', () => {
  const again = [1000, 1001, 1006, 1012, CLOSE.tooSlow];
  for (const code of again) expect(endingOf(code, '')).toEqual({ again: true });
  for (const reason of ['storage-failed', 'storage-read-only']) {
    expect(endingOf(CLOSE.storageFailed, reason)).toEqual({ again: true });
  }
  for (const code of [1009, ...Object.values(CLOSE)]) {
    if (code === CLOSE.tooSlow) continue;
    expect(endingOf(code, 'a-reason')).toMatchObject({ again: false, message: expect.stringMatching(/\.$/) });
  }
});

test('a listener that fails is told and changes nothing; an update that cannot be taken in ends the page, not its text', async () => {
  const { time, open } = scene();
  const page = open('ada');
  await time.pass(500);
  const fail = (transaction: Y.Transaction): void => {
    if (!transaction.local) throw new Error('broken');
  };
  const other = open('ben');
  await time.pass(500);
  page.live.doc.on('beforeObserverCalls', fail);
  other.type('x');
  await time.pass(500);
  expect([page.text(), page.live.save.state]).toEqual(['xselect 1', 'saved']);
  expect(page.events).toContainEqual(expect.objectContaining({ type: 'problem', code: 'page-failed' }));
  page.live.doc.off('beforeObserverCalls', fail);
  page.live.doc.on('beforeTransaction', fail);
  other.type('y');
  await time.pass(500);
  expect(page.live.save).toMatchObject({ state: 'closed', code: 'broken-document' });
  expect(page.text()).toBe('xselect 1');
});
