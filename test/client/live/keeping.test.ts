/**
 * What a browser keeps, over a network, a disk and a browser's store of the test's own. Pages are killed and opened,
 * lines cut, the server loses its power, the store fills up or takes its time, in any order: every edit that was ever
 * said to be saved or kept is in the notebook exactly once in the end, and no other more than once.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Pages } from '../../../client/drafts/pages.ts';
import type { LiveNotebook } from '../../../client/live/contract.ts';
import { openLive } from '../../../client/live/live.ts';
import { isWritable } from '../../../client/notebook/watch.ts';
import { insertParagraph, orderOf, sourceOf } from '../../../server/protocol/document.ts';
import { newId, type ParagraphId, type PersonId } from '../../../server/protocol/ids.ts';
import type { Role } from '../../../server/protocol/messages.ts';
import { openMemory } from '../../../server/storage/disk/memory.ts';
import { type House, mortal, Network, NOTEBOOK, openHouse, seeded, TestClock } from '../../server/rooms/house.ts';
import { type MemoryKept, memoryKept, refusal } from '../../support/kept.ts';

const FIRST = 'first' as ParagraphId;
const MOST_PAGES = 4;

type Person = 'ada' | 'ben';
type Page = {
  readonly person: Person;
  readonly live: LiveNotebook;
  readonly marks: string[];
  role: Role | undefined;
  alive: boolean;
  kill(): void;
};

class World {
  readonly time = new TestClock();
  readonly random: () => number;
  readonly network: Network;
  readonly disk = openMemory();
  readonly kept: MemoryKept = memoryKept();
  readonly pages: Page[] = [];
  /** Marks that were ever called saved, or kept here. */
  readonly promised = new Set<string>();
  readonly made = new Set<string>();
  readonly #alive = new Set<string>();
  #client = 100;
  #house: { readonly house: House; kill(): void } | undefined;
  trouble: 'none' | 'full' | 'slow' = 'none';

  constructor(seed: number) {
    this.random = seeded(seed);
    this.network = new Network(this.time, this.random);
    this.kept.before = (call) => {
      if (this.trouble === 'full' && call !== 'remove' && call !== 'read') throw refusal('full');
      if (this.trouble === 'none') return;
      return new Promise((resolve) => this.time.after(this.random() * 2_000, resolve));
    };
    this.start();
  }

  start(): void {
    if (this.#house) return;
    const { disk, kill } = mortal(this.disk);
    this.#client += 1;
    const house = openHouse(disk, this.time, { client: this.#client });
    this.#house = { house, kill };
    this.network.house = house;
  }

  /** The server dies, and with its power whatever was not synced. */
  crash(): void {
    this.#house?.kill();
    this.#house = undefined;
    this.network.house = undefined;
    this.network.cutAll();
    this.disk.losePower();
  }

  open(person: Person): Page | undefined {
    const living = this.pages.filter((page) => page.alive);
    if (living.length >= MOST_PAGES) return undefined;
    const guard =
      <Args extends unknown[]>(work: (...args: Args) => void) =>
      (...args: Args): void => {
        if (page.alive) work(...args);
      };
    const never = new Promise<never>(() => {});
    const held = new Set<string>();
    const pages: Pages = {
      hold: (id) => {
        this.#alive.add(id);
        held.add(id);
        return () => void this.#alive.delete(id);
      },
      alive: async () => new Set(this.#alive),
    };
    // A dead page asks nothing more; what it asked before may still happen.
    const store = new Proxy(this.kept, {
      get: (target, name: keyof MemoryKept) => {
        const call = target[name];
        if (typeof call !== 'function') return call;
        return (...args: never[]) =>
          page.alive
            ? (call as (...args: never[]) => Promise<unknown>)(...args).then((got) => (page.alive ? got : never))
            : never;
      },
    });
    const sockets: ReturnType<Network['connect']>[] = [];
    const marks: string[] = [];
    const page: Page = {
      person,
      marks,
      role: undefined,
      alive: true,
      kill: () => {
        page.alive = false;
        for (const id of held) this.#alive.delete(id);
        for (const socket of sockets) {
          socket.onopen = socket.onmessage = socket.onclose = null;
          socket.close();
        }
      },
      live: undefined as never,
    };
    const live = openLive({
      id: NOTEBOOK,
      person: { id: person as PersonId, name: person },
      keep: { store, pages },
      connect: () => {
        const socket = this.network.connect();
        sockets.push(socket);
        return socket;
      },
      timer: (ms, work) => this.time.timer(ms, guard(work)),
      now: this.time.now,
      random: this.random,
      wakes: () => () => {},
      seen: () => true,
    });
    Object.assign(page, { live });
    live.on((event) => {
      if (event.type === 'welcome') page.role = event.role;
      if (event.type !== 'save' || !page.alive) return;
      const { save } = event;
      if (save.state === 'saved') for (const mark of marks) this.promised.add(mark);
      else if ('keeping' in save && save.unsent > 0 && save.keeping === 'here') {
        for (const mark of marks) this.promised.add(mark);
      }
    });
    this.pages.push(page);
    return page;
  }

  type(page: Page, at: number, paragraph: boolean): void {
    if (!page.alive || !isWritable(page.live.save, page.role)) return;
    const { doc, origin } = page.live;
    const source = sourceOf(doc, FIRST);
    if (!source) return;
    const mark = `<${this.made.size}>`;
    this.made.add(mark);
    page.marks.push(mark);
    if (paragraph) {
      const id = newId<ParagraphId>((bytes) => bytes.map(() => Math.floor(this.random() * 256)));
      insertParagraph(doc, { id, interpreter: 'sql', source: mark, options: {} }, FIRST, origin);
    } else doc.transact(() => source.insert(placeOutside(source.toString(), at), mark), origin);
  }

  undo(page: Page): void {
    if (!page.alive || !isWritable(page.live.save, page.role)) return;
    // Of what is taken back nothing is promised, but that it does not come twice.
    page.live.undo.undo();
    const text = textOf(page.live);
    for (const mark of page.marks.filter((one) => !text.includes(one))) {
      this.promised.delete(mark);
      page.marks.splice(page.marks.indexOf(mark), 1);
    }
  }
}

/** Between marks: one that is torn apart could not be counted. */
function placeOutside(text: string, at: number): number {
  const places = Array.from({ length: text.length + 1 }, (_, place) => place).filter(
    (place) => text.lastIndexOf('<', place - 1) <= text.lastIndexOf('>', place - 1) || place === 0,
  );
  return places[at % places.length] ?? 0;
}

const textOf = (live: Pick<LiveNotebook, 'doc'>): string =>
  orderOf(live.doc)
    .map((id) => sourceOf(live.doc, id)?.toString() ?? '')
    .join('\n');

type Step =
  | { readonly do: 'type'; readonly page: number; readonly at: number; readonly paragraph: boolean }
  | { readonly do: 'open'; readonly person: Person }
  | { readonly do: 'kill' | 'close' | 'undo'; readonly page: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'cut' | 'crash' | 'start' }
  | { readonly do: 'trouble'; readonly trouble: World['trouble'] };

const page = fc.nat(MOST_PAGES - 1);
const steps = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ do: fc.constant('type' as const), page, at: fc.nat(200), paragraph: fc.boolean() }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('pass' as const),
        ms: fc.constantFrom(1, 20, 100, 300, 1_000, 4_000, 30_000),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('open' as const), person: fc.constantFrom<Person>('ada', 'ada', 'ben') }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constantFrom('kill' as const, 'close' as const, 'undo' as const), page }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('cut' as const, 'crash' as const, 'start' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('trouble' as const),
        trouble: fc.constantFrom<World['trouble']>('none', 'full', 'slow'),
      }),
    },
  ),
  { minLength: 10, maxLength: 60 },
);

async function perform(world: World, step: Step): Promise<void> {
  const living = world.pages.filter((one) => one.alive);
  const chosen = 'page' in step ? living[step.page % Math.max(1, living.length)] : undefined;
  switch (step.do) {
    case 'type':
      if (chosen) world.type(chosen, step.at, step.paragraph);
      return;
    case 'undo':
      if (chosen) world.undo(chosen);
      return;
    case 'kill':
      chosen?.kill();
      return;
    case 'close':
      // As the page does it: what is not safe is not left.
      if (
        chosen &&
        (chosen.live.save.state === 'saved' || ('keeping' in chosen.live.save && chosen.live.save.keeping === 'here'))
      ) {
        chosen.live.close();
        await world.time.pass(0);
        chosen.kill();
      }
      return;
    case 'open':
      world.open(step.person);
      return;
    case 'pass':
      await world.time.pass(step.ms);
      return;
    case 'cut':
      world.network.cutOne();
      return;
    case 'crash':
      world.crash();
      return;
    case 'start':
      world.start();
      return;
    case 'trouble':
      world.trouble = step.trouble;
  }
}

/** All is well again, and everybody opens the notebook once more. */
async function calm(world: World): Promise<string> {
  world.trouble = 'none';
  world.start();
  await world.time.pass(60_000);
  for (const one of world.pages) {
    if (!one.alive) continue;
    expect(one.live.save).toEqual({ state: 'saved' });
    for (const mark of one.marks) world.promised.add(mark);
    one.live.close();
    await world.time.pass(10);
    one.kill();
  }
  const last = (['ada', 'ben'] as const).map((person) => world.open(person));
  await world.time.pass(60_000);
  expect(last.map((one) => one?.live.save)).toEqual([{ state: 'saved' }, { state: 'saved' }]);
  expect([...world.kept.kept.keys()]).toEqual([]);
  const texts = last.map((one) => (one ? textOf(one.live) : ''));
  expect(texts[0]).toBe(texts[1]);
  for (const one of last) one?.kill();
  world.crash();
  const { room } = await openHouse(world.disk, world.time, { client: 7 }).rooms.use(NOTEBOOK);
  const stored = textOf(room);
  expect(stored).toBe(texts[0]);
  return stored;
}

describe('what a browser keeps', () => {
  test('every edit that was called saved or kept is there exactly once, whatever fails', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), steps, async (seed, list) => {
        const world = new World(seed);
        world.open('ada');
        await world.time.pass(1_000);
        for (const step of list) await perform(world, step);
        const text = await calm(world);
        for (const mark of world.made) {
          const times = text.split(mark).length - 1;
          expect([mark, times]).toEqual([mark, world.promised.has(mark) ? 1 : Math.min(times, 1)]);
        }
      }),
      { numRuns: Number(process.env.GONDOLA_TEST_RUNS ?? 300) },
    );
  });
});
