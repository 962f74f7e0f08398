import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { type Book, emptyBook } from '../../server/access/book.ts';
import type { Principal } from '../../server/access/principal.ts';
import { AppError } from '../../server/errors.ts';
import { Halls } from '../../server/halls.ts';
import type { LiveHandlers, RunAsk, RunsWatcher } from '../../server/handlers.ts';
import { controlFrame, syncFrame } from '../../server/protocol/frames.ts';
import type { LinkId, ParagraphId, PersonId, RequestId, RunId, SignInId, TokenId } from '../../server/protocol/ids.ts';
import { CLOSE, type Role, type SessionStatus } from '../../server/protocol/messages.ts';
import type { RunEvent } from '../../server/protocol/runs.ts';
import { openMemory } from '../../server/storage/disk/memory.ts';
import { Visit } from '../../server/visit.ts';
import { gateOf } from '../support/access.ts';
import { Guest, sourceIn } from './rooms/guest.ts';
import { NOTEBOOK, openHouse, quietHandlers, seeded, settle, TestClock } from './rooms/house.ts';

const hello = (more: object = {}) => ({
  type: 'hello',
  protocol: 1,
  person: { id: 'ada', name: 'Ada' },
  client: 101,
  ...more,
});

type Scene = {
  time: TestClock;
  house: ReturnType<typeof openHouse>;
  /** Connects, and says hello unless told otherwise. */
  come(say?: object | null, client?: number): Promise<{ guest: Guest; visit: Visit }>;
};

function scene(handlers: Partial<LiveHandlers> = {}): Scene {
  const time = new TestClock();
  const house = openHouse(openMemory(), time, { handlers: { ...quietHandlers(), ...handlers } });
  return {
    time,
    house,
    come: async (say = {}, client = 101) => {
      const guest = new Guest(client);
      const visit = house.visit(guest);
      if (say) {
        visit.receive(controlFrame(hello({ client, person: { id: `p${client}`, name: 'Ada' }, ...say })));
        await time.pass(0);
        visit.receive(syncFrame(0, Y.encodeStateVector(guest.doc)));
      }
      return { guest, visit };
    },
  };
}

describe('a visit', () => {
  test('begins with hello and is welcomed with epoch, role, path, runs and session, before anything else', async () => {
    const { house, come } = scene();
    const { guest } = await come();
    const { room } = await house.rooms.use(NOTEBOOK);
    expect(guest.control()).toMatchObject([
      { type: 'welcome', notebook: NOTEBOOK, epoch: room.epoch, role: 'owner', path: 'a.nb.md' },
      { type: 'runs', runs: [] },
      { type: 'session' },
    ]);
    expect(guest.frames[0]).toMatchObject({ kind: 'control', message: { type: 'welcome' } });
    expect(guest.text()).toBe('select 1');
  });

  test.each([
    ['another message first', [controlFrame({ type: 'interrupt' })]],
    ['a sync frame first', [syncFrame(0, Uint8Array.of(0))]],
    ['hello twice', [controlFrame(hello()), controlFrame(hello())]],
    ['another protocol', [controlFrame(hello({ protocol: 99 }))]],
    ['a name too long', [controlFrame(hello({ person: { id: 'a', name: 'x'.repeat(81) } }))]],
    ['a message unknown', [controlFrame(hello()), controlFrame({ type: 'format-disk' })]],
    ['an acknowledgement', [controlFrame(hello()), Uint8Array.of(9, 1)]],
    ['text', [undefined]],
    ['nothing', [new Uint8Array(0)]],
    ['a frame that is longer than it says', [controlFrame(hello()), Uint8Array.of(0, 0, 1, 0, 0)]],
  ])('is closed for %s', async (_what, frames) => {
    const { time, come } = scene();
    const { guest, visit } = await come(null);
    for (const frame of frames) visit.receive(frame);
    await time.pass(0);
    expect(guest.closed?.code).toBe(CLOSE.badMessage);
  });

  test('hears of the session with all others there, listened to once, and until the last has left', async () => {
    const listeners = new Set<(status: SessionStatus) => void>();
    const { come } = scene({
      onSession: (_notebook, listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    });
    const [ada, ben] = [await come({}, 101), await come({}, 102)];
    expect(listeners.size).toBe(1);
    const status: SessionStatus = { ...quietHandlers().session(NOTEBOOK), state: 'running' };
    for (const listener of listeners) listener(status);
    for (const { guest } of [ada, ben]) expect(guest.control().at(-1)).toEqual({ type: 'session', session: status });
    expect(ada.guest.bytes.at(-1)).toBe(ben.guest.bytes.at(-1));
    ada.visit.lost();
    expect(listeners.size).toBe(1);
    ben.visit.lost();
    expect(listeners.size).toBe(0);
  });

  test('that says nothing is closed after ten seconds', async () => {
    const { time, come } = scene();
    const { guest } = await come(null);
    await time.pass(10_000);
    expect(guest.closed?.code).toBe(CLOSE.badMessage);
  });

  test('of another epoch is closed before it gets or gives anything', async () => {
    const { come } = scene();
    const { guest } = await come({ epoch: 'elsewhere' });
    expect(guest.closed).toEqual({ code: CLOSE.otherEpoch, reason: 'other-epoch' });
    expect(guest.frames).toEqual([]);
  });

  test('of a stranger gets nothing: every message is asked about', async () => {
    const { time, house } = scene();
    const stranger: Principal = { kind: 'stranger' };
    const guest = new Guest(1);
    const options = {
      rooms: house.rooms,
      handlers: quietHandlers(),
      access: gateOf(),
      clock: time.clock,
      warn: () => {},
    };
    const shared = { frames: new WeakMap<readonly RunEvent[], Uint8Array>(), halls: new Halls(options.handlers) };
    const visit = new Visit(NOTEBOOK, stranger, guest, { ...options, ...shared }, () => {});
    visit.receive(controlFrame(hello()));
    await time.pass(0);
    expect([guest.closed?.code, guest.frames]).toEqual([CLOSE.unauthorised, []]);
  });

  test.each([
    ['writer', 'reader', 1000, 'cut'],
    ['writer', 'reader', 0, 'told'],
    ['reader', 'writer', 1000, 'told'],
    ['writer', undefined, 1000, 'cut'],
    ['writer', undefined, 0, 'closed'],
  ] as const)('of a %s who is now a %s, with %i bytes waiting, is %s', async (before, after, waiting, outcome) => {
    const { time, house } = scene();
    const place = { kind: 'notebook', notebook: NOTEBOOK } as const;
    const grantsOf = (role: Role): Book['grants'] =>
      new Map([[`notebook:${NOTEBOOK}`, [{ place, subject: { kind: 'everyone' }, role, by: 'Ada', at: 1 }]]]);
    const everyone = (role: Role | undefined): Book => ({
      ...emptyBook('owner'),
      grants: role ? grantsOf(role) : new Map(),
      accounts: new Map([
        ['ben' as PersonId, { id: 'ben' as PersonId, name: 'Ben', role: 'reader', groups: [], made: 1 }],
      ]),
      tokens: new Map([
        [
          'of-ben' as TokenId,
          {
            id: 'of-ben' as TokenId,
            name: 't',
            digest: '',
            role: 'owner',
            person: 'ben' as PersonId,
            made: 1,
            by: 'Ben',
          },
        ],
      ]),
    });
    let book = everyone(before);
    const handlers = quietHandlers();
    const guest = new Guest(1);
    const gone: Visit[] = [];
    const visit = new Visit(
      NOTEBOOK,
      { kind: 'token', token: 'of-ben' as TokenId },
      guest,
      {
        ...{ rooms: house.rooms, handlers, clock: time.clock, warn: () => {} },
        access: gateOf(() => book),
        ...{ frames: new WeakMap<readonly RunEvent[], Uint8Array>(), halls: new Halls(handlers) },
      },
      (one) => gone.push(one),
    );
    visit.receive(controlFrame(hello()));
    await time.pass(0);
    expect(guest.control()[0]).toMatchObject({ type: 'welcome', role: before });
    book = everyone(after);
    guest.buffered = waiting;
    const told = guest.control().length;
    visit.reconsider();
    if (outcome === 'cut') {
      expect([guest.closed?.code, guest.control().length, gone.length]).toEqual([1006, told, 1]);
      expect(house.rooms.loaded(NOTEBOOK)?.peers).toBe(0);
    } else if (outcome === 'closed') {
      expect([guest.closed?.code, guest.control().length, gone.length]).toEqual([CLOSE.notFound, told, 1]);
    } else {
      expect(guest.closed).toBeUndefined();
      expect(guest.control().slice(told)).toMatchObject([{ type: 'role', role: after }, { type: 'runs' }]);
    }
  });

  test('that ends while the notebook is being opened leaves nothing behind', async () => {
    const { time, house, come } = scene();
    const { visit } = await come(null);
    visit.receive(controlFrame(hello()));
    visit.lost();
    await time.pass(120_000);
    expect(house.rooms.loaded(NOTEBOOK)).toBeUndefined();
  });

  test('of a notebook that cannot be opened is told why and closed', async () => {
    const time = new TestClock();
    const disk = openMemory();
    disk.overwrite(
      'notebooks/notebook/log',
      Uint8Array.from({ length: 40 }, () => 7),
    );
    const house = openHouse(disk, time);
    const guest = new Guest(1);
    house.visit(guest).receive(controlFrame(hello()));
    await time.pass(0);
    expect(guest.control()).toMatchObject([{ type: 'problem', code: 'notebook-damaged' }]);
    expect(guest.closed).toEqual({ code: CLOSE.storageFailed, reason: 'notebook-damaged' });
  });
});

describe('a run', () => {
  test('of a reader whose link runs one paragraph is of that one', async () => {
    const { time, house } = scene();
    const place = { kind: 'notebook', notebook: NOTEBOOK } as const;
    const [ben, signIn, link] = ['ben' as PersonId, 'of-ben' as SignInId, 'link' as LinkId];
    const book: Book = {
      ...emptyBook('owner'),
      grants: new Map([
        [`notebook:${NOTEBOOK}`, [{ place, subject: { kind: 'everyone' }, role: 'reader', by: 'Ada', at: 1 }]],
      ]),
      accounts: new Map([[ben, { id: ben, name: 'Ben', role: 'reader', groups: [], made: 1 }]]),
      signIns: new Map([
        [signIn, { id: signIn, digest: '', as: { kind: 'person', person: ben }, made: 1, rotated: 1, expires: 9e15 }],
      ]),
      links: new Map([
        [
          link,
          {
            ...{ id: link, notebook: NOTEBOOK, role: 'runner', digest: '', code: false, made: 1, by: 'Ada' },
            paragraphs: ['second' as ParagraphId],
          },
        ],
      ]),
    };
    const may: (readonly boolean[])[] = [];
    const handlers = {
      ...quietHandlers(),
      run: async (_notebook: unknown, ask: RunAsk) => {
        may.push(['first', 'second'].map((id) => ask.may?.(id as ParagraphId) ?? true));
        return [];
      },
    };
    const guest = new Guest(1);
    const visit = new Visit(
      NOTEBOOK,
      { kind: 'person', person: ben, signIn, guest: { browser: 'b', links: [link] } },
      guest,
      {
        ...{ rooms: house.rooms, handlers, clock: time.clock, warn: () => {} },
        access: gateOf(() => book),
        ...{ frames: new WeakMap<readonly RunEvent[], Uint8Array>(), halls: new Halls(handlers) },
      },
      () => {},
    );
    visit.receive(controlFrame(hello()));
    await time.pass(0);
    visit.receive(controlFrame({ type: 'run', request: 'q1', paragraphs: ['first'], after: 0 }));
    await time.pass(0);
    expect([may, guest.control().at(-1)]).toMatchObject([[], { type: 'problem', code: 'forbidden', request: 'q1' }]);
    visit.receive(controlFrame({ type: 'run', request: 'q2', after: 0 }));
    await time.pass(0);
    expect(may).toEqual([[false, true]]);
  });

  test('takes the texts as they are after the sender’s own edits, and not what it types next', async () => {
    const seen: string[] = [];
    const asks: unknown[] = [];
    const { time, house, come } = scene({
      run: async (_notebook, ask) => {
        seen.push(sourceIn(house.rooms.loaded(NOTEBOOK)!.doc).toString());
        asks.push(ask);
        return [{ id: 'r1' as RunId, paragraph: 'first' as ParagraphId }];
      },
    });
    const { guest, visit } = await come();
    const type = (text: string) =>
      visit.receive(
        syncFrame(
          2,
          guest.make((doc) => sourceIn(doc).insert(0, text)),
        ),
      );
    type('1');
    type('2');
    visit.receive(controlFrame({ type: 'run', request: 'q1', paragraphs: ['first'], after: 2 }));
    type('3');
    await time.pass(0);
    expect(seen).toEqual(['21select 1']);
    expect(asks).toMatchObject([{ request: 'q1', by: { id: 'p101', name: 'Ada' }, paragraphs: ['first'] }]);
    expect(guest.control().at(-1)).toEqual({
      type: 'asked',
      request: 'q1',
      runs: [{ id: 'r1', paragraph: 'first' }],
    });
  });

  test('in a text of more than a million units completes nothing, and the socket stays', async () => {
    const asked: string[] = [];
    const { time, come } = scene({
      complete: async (_, { text }) => {
        asked.push(text);
        return [];
      },
    });
    const { guest, visit } = await come();
    const text = 'x'.repeat(1_000_001);
    visit.receive(controlFrame({ type: 'complete', call: 7, paragraph: 'first', text, offset: 3 }));
    await time.pass(0);
    expect(guest.control().at(-1)).toEqual({ type: 'completions', call: 7, items: [] });
    expect([asked, guest.closed]).toEqual([[], undefined]);
  });

  test('that cannot be done is a problem with its request, and the socket stays', async () => {
    const { time, come } = scene({
      run: async () => {
        throw new AppError('code-refused', 'nothing isolates');
      },
    });
    const { guest, visit } = await come();
    visit.receive(controlFrame({ type: 'run', request: 'q1', after: 0 }));
    visit.receive(controlFrame({ type: 'run', request: 'q2', after: 50 }));
    await time.pass(0);
    const problems = guest.control().filter((message) => (message as { type: string }).type === 'problem');
    expect(problems.length).toBe(2);
    expect(problems).toContainEqual(expect.objectContaining({ code: 'code-refused', request: 'q1' }));
    expect(problems).toContainEqual(expect.objectContaining({ code: 'bad-request', request: 'q2' }));
    expect(guest.closed).toBeUndefined();
  });

  test('an exception in a handler is told without its words', async () => {
    const { time, house, come } = scene({
      restart: () => {
        throw new Error('secret path /etc');
      },
    });
    const { guest, visit } = await come();
    visit.receive(controlFrame({ type: 'restart', clear: false }));
    await time.pass(0);
    expect(JSON.stringify(guest.control().at(-1))).not.toContain('secret');
    expect(guest.control().at(-1)).toMatchObject({ type: 'problem', code: 'internal' });
    expect(house.warnings.join()).toContain('secret');
  });

  test('its events go to all as one frame, and to a slow viewer as all runs anew', async () => {
    const listeners = new Set<Pick<RunsWatcher, 'events'>>();
    let latest = 0;
    const { come } = scene({
      watchRuns: async (_notebook, _visitor, listener) => {
        listeners.add(listener);
        return {
          latest: () => {
            latest += 1;
            return [];
          },
          visitor: () => undefined,
          release: () => listeners.delete(listener),
        };
      },
    });
    const [quick, slow] = [await come({}, 101), await come({}, 102)];
    slow.guest.stuck = true;
    latest = 0;
    for (let index = 0; index < 50; index += 1) {
      const events: RunEvent[] = [{ type: 'text', id: 'r' as RunId, stream: 'stdout', text: 'x'.repeat(100_000) }];
      for (const listener of listeners) listener.events(events);
      if (index === 0) expect(slow.guest.bytes.at(-1)).toBe(quick.guest.bytes.at(-1));
    }
    expect(slow.guest.buffered).toBeLessThan(1_200_000);
    expect(latest).toBe(0);
    slow.guest.drain();
    expect(slow.guest.control().at(-1)).toEqual({ type: 'runs', runs: [] });
    const events: RunEvent[] = [{ type: 'forgotten', id: 'r' as RunId }];
    for (const listener of listeners) listener.events(events);
    expect(slow.guest.control().at(-1)).toEqual({ type: 'run', events });
    slow.visit.lost();
    quick.visit.lost();
    expect(listeners.size).toBe(0);
  });

  test('more calls than may wait are refused, one by one', async () => {
    const { time, come } = scene({ tables: () => new Promise(() => {}) });
    const { guest, visit } = await come();
    for (let call = 0; call < 70; call += 1) visit.receive(controlFrame({ type: 'tables', call }));
    await time.pass(0);
    const problems = guest.control().filter((message) => (message as { type: string }).type === 'problem');
    expect(problems.length).toBe(6);
    expect(problems[0]).toMatchObject({ code: 'too-many' });
  });
});

describe('garbage', () => {
  const FRAMES = 10_000;

  test(`${FRAMES} frames close their senders only; others go on, and the server holds no more than before`, async () => {
    const { time, house, come } = scene();
    const witness = await come({}, 500);
    const random = seeded(20_241);
    const byte = (): number => Math.floor(random() * 256);
    const real = frames(witness.guest);
    let [guest, visit] = [undefined as Guest | undefined, undefined as Visit | undefined];
    let closed = 0;
    for (let index = 0; index < FRAMES; index += 1) {
      if (!guest || guest.closed) {
        if (guest) closed += 1;
        ({ guest, visit } = await come({}, 1_000 + index));
      }
      const kind = random();
      const model = real[Math.floor(random() * real.length)]!;
      const bytes = kind < 0.3 ? Uint8Array.from({ length: 1 + Math.floor(random() * 60) }, byte) : model.slice();
      if (kind >= 0.3) {
        for (let flips = 1 + Math.floor(random() * 4); flips > 0; flips -= 1) {
          bytes[Math.floor(random() * bytes.length)] = byte();
        }
      }
      visit!.receive(kind > 0.9 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes);
      if (index % 100 === 0) await time.pass(1);
    }
    guest?.close(0, '');
    visit?.lost();
    await time.pass(100);
    expect(closed).toBeGreaterThan(100);
    expect(witness.guest.closed).toBeUndefined();
    witness.visit.receive(
      syncFrame(
        2,
        witness.guest.make((doc) => doc.getMap('meta').set('title', 'still here')),
      ),
    );
    await time.pass(100);
    const { room } = await house.rooms.use(NOTEBOOK);
    expect(room.peers).toBe(1);
    expect(room.doc.getMap('meta').get('title')).toBe('still here');
    expect(witness.guest.acknowledged).toBe(1);
  }, 120_000);

  /** Real frames of each kind, to be damaged. */
  function frames(guest: Guest): Uint8Array[] {
    const other = new Y.Doc();
    Y.applyUpdate(other, Y.encodeStateAsUpdate(guest.doc));
    sourceIn(other).insert(3, 'some text');
    sourceIn(other).delete(0, 2);
    return [
      syncFrame(0, Y.encodeStateVector(other)),
      syncFrame(1, Y.encodeStateAsUpdate(other)),
      syncFrame(2, Y.encodeStateAsUpdate(other, Y.encodeStateVector(guest.doc))),
      controlFrame({ type: 'run', request: 'a' as RequestId, after: 0 }),
      controlFrame({ type: 'complete', call: 1, paragraph: 'first', text: 'sel', offset: 3 }),
      controlFrame({ type: 'tables', call: 2 }),
      controlFrame({ type: 'ping' }),
      Uint8Array.of(1, 3, 1, 5, 0),
    ];
  }

  test('whatever bytes come first, a new visit does not throw', async () => {
    const { time, come } = scene();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const { visit } = await come(null);
        visit.receive(bytes);
        visit.lost();
      }),
      { numRuns: 500 },
    );
    await time.pass(20_000);
    await settle();
  });
});
