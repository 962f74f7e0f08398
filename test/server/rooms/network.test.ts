import { afterAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { LiveNotebook } from '../../../client/live/contract.ts';
import { openLive } from '../../../client/live/live.ts';
import {
  deleteParagraph,
  insertParagraph,
  mergeParagraphs,
  moveParagraph,
  orderOf,
  restoreParagraph,
  setName,
  sourceOf,
  splitParagraph,
} from '../../../server/protocol/document.ts';
import type { Epoch, ParagraphId, PersonId } from '../../../server/protocol/ids.ts';
import { loadDocument } from '../../../server/rooms/load.ts';
import { openStore } from '../../../server/rooms/store.ts';
import { type MemoryDisk, openMemory } from '../../../server/storage/disk/memory.ts';
import { keepHeld } from '../../reliability/record.ts';
import { mortal, Network, NOTEBOOK, openHouse, paragraph, seeded, seededFile, TestClock } from './house.ts';

const PEOPLE = 3;
const STEPS = 60;
const SEED_TEXT = [paragraph('first', 'select 1'), paragraph('second', 'select 2'), paragraph('third', 'prose')];

/** Equal bytes mean equal documents: structs, deletions, and content with its keys in order. */
function fingerprint(doc: Y.Doc): string {
  const sorted = (_key: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  const content = JSON.stringify([doc.getMap('meta').toJSON(), doc.getMap('paragraphs').toJSON()], sorted);
  return `${Buffer.from(Y.encodeSnapshot(Y.snapshot(doc))).toString('hex')} ${content}`;
}

/** One edit of one person; adds the mark it typed, if it typed one. */
function edit(live: LiveNotebook, random: () => number, mark: string, marks: string[]): void {
  const { doc, origin } = live;
  const order = orderOf(doc);
  const pick = (): ParagraphId | undefined => order[Math.floor(random() * order.length)];
  const one = pick();
  const chance = random();
  if (!one || chance < 0.08) {
    insertParagraph(doc, paragraph(`new-${mark}`, `[${mark}]`), one, origin);
    marks.push(mark);
  } else if (chance < 0.55) {
    const text = sourceOf(doc, one)!;
    doc.transact(() => text.insert(Math.floor(random() * (text.length + 1)), `[${mark}]`), origin);
  } else if (chance < 0.65) {
    const text = sourceOf(doc, one)!;
    const at = Math.floor(random() * text.length);
    doc.transact(() => text.delete(at, Math.min(text.length - at, 3)), origin);
  } else if (chance < 0.72) moveParagraph(doc, one, pick(), origin);
  else if (chance < 0.77) splitParagraph(doc, one, Math.floor(random() * 10), `split-${mark}` as ParagraphId, origin);
  else if (chance < 0.81) {
    const second = order[order.indexOf(one) + 1];
    if (second) mergeParagraphs(doc, one, second, { by: 'me', at: 1 }, origin);
  } else if (chance < 0.84) deleteParagraph(doc, one, { by: 'me', at: 1 }, origin);
  else if (chance < 0.86) restoreParagraph(doc, one, origin);
  else if (chance < 0.9) setName(doc, one, mark, origin);
  else if (chance < 0.96) live.undo.undo();
  else live.undo.redo();
}

type World = {
  readonly time: TestClock;
  readonly network: Network;
  readonly disk: MemoryDisk;
  boots: number;
  kill: () => void;
};

function boot(world: World): void {
  world.boots += 1;
  const { disk, kill } = mortal(world.disk);
  world.kill = kill;
  world.network.house = openHouse(disk, world.time, {
    attach: seededFile(SEED_TEXT),
    client: 1_000 + world.boots,
  });
}

/** Power goes: what was not synced is lost, or torn, and nothing the dead server has under way happens any more. */
function crash(world: World, random: () => number): void {
  world.kill();
  world.network.cutAll();
  world.network.house = undefined;
  world.disk.faults = () => undefined;
  world.disk.losePower(
    (unsynced) => Math.floor(random() * (unsynced + 1)),
    () => random() < 0.5,
  );
}

/** Of each client id, how much was said to be saved. */
function watchSaved(live: LiveNotebook, saved: Map<number, number>): void {
  live.on((event) => {
    if (event.type !== 'save' || event.save.state !== 'saved') return;
    saved.set(live.doc.clientID, Y.getState(live.doc.store, live.doc.clientID));
  });
}

/** What was said to be saved is on the disk, before anybody can send it again. */
async function expectSaved(world: World, saved: ReadonlyMap<number, number>, what: string): Promise<void> {
  const opening = await openStore(world.disk, `notebooks/${NOTEBOOK}`, 'none' as Epoch);
  if (opening.state !== 'open') throw new Error(`${what}: ${opening.detail}`);
  const { doc } = loadDocument(opening.updates);
  for (const [client, clock] of saved) {
    expect(Y.getState(doc.store, client), `${what}, client ${client}`).toBeGreaterThanOrEqual(clock);
  }
}

/** The file changes outside: an edit under a client id of its own, in one record with its base. */
async function editFile({ network }: World, mark: string): Promise<void> {
  const room = network.house?.rooms.loaded(NOTEBOOK);
  const id = room && orderOf(room.doc)[0];
  if (!room || !id) return;
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(room.doc));
  const before = Y.encodeStateVector(copy);
  sourceOf(copy, id)?.insert(0, `[${mark}]`);
  const update = Y.encodeStateAsUpdate(copy, before);
  // Refused while nothing can be written; the file then waits.
  void room.saveImport(update, { text: mark, ids: [id], languages: {} }).catch(() => {});
}

type Trouble = { readonly crashes?: boolean; readonly faults?: boolean };

async function play(seed: number, { crashes = false, faults = false }: Trouble): Promise<void> {
  const random = seeded(seed);
  const time = new TestClock();
  const world: World = { time, network: new Network(time, random), disk: openMemory(), boots: 0, kill: () => {} };
  boot(world);
  const people = Array.from({ length: PEOPLE }, (_, index) =>
    openLive({
      id: NOTEBOOK,
      person: { id: `p${index}` as PersonId, name: `Person ${index}` },
      connect: () => world.network.connect(),
      timer: time.timer,
      now: time.now,
      random,
      wakes: () => () => {},
      client: 10_000 + seed * PEOPLE + index,
    }),
  );
  const saved = new Map<number, number>();
  for (const live of people) watchSaved(live, saved);
  await time.pass(1_000);
  const marks: string[] = [];
  for (let step = 0; step < STEPS; step += 1) {
    for (const [index, live] of people.entries()) {
      if (random() < 0.7) edit(live, random, `${index}.${step}`, marks);
    }
    world.network.delay = random() < 0.1 ? 400 : 30;
    if (random() < 0.15) world.network.cutOne();
    if (random() < 0.03) world.network.cutAll();
    if (crashes && random() < 0.05) {
      crash(world, random);
      await expectSaved(world, saved, `seed ${seed}, step ${step}`);
      await time.pass(random() * 500);
      boot(world);
    }
    if (random() < 0.05) await editFile(world, `file.${step}`);
    if (faults && random() < 0.3) {
      // A spell in which calls fail now and then, or a full disk.
      const rate = random() < 0.3 ? 1 : 0.2;
      const code = random() < 0.5 ? 'disk-full' : 'disk-failed';
      const written = Math.floor(random() * 30);
      world.disk.faults = () => (random() < rate ? { code, written, done: random() < 0.2 } : undefined);
    } else world.disk.faults = () => undefined;
    if (random() < 0.8) await time.pass(random() * (faults ? 1_500 : 100));
  }
  world.disk.faults = () => undefined;
  world.network.delay = 30;
  await time.pass(60_000);

  for (const live of people) expect({ seed, save: live.save }).toEqual({ seed, save: { state: 'saved' } });
  const lease = await world.network.house!.rooms.use(NOTEBOOK);
  const expected = fingerprint(lease.room.doc);
  for (const [index, live] of people.entries()) {
    expect(fingerprint(live.doc) === expected, `seed ${seed}: person ${index} sees the server's document`).toBe(true);
  }
  lease.release();
  for (const live of people) live.close();
  world.disk.losePower();
  const fresh = await openHouse(world.disk, time, { attach: seededFile(SEED_TEXT) }).rooms.use(NOTEBOOK);
  expect(fingerprint(fresh.room.doc) === expected, `seed ${seed}: a fresh load gives the same document`).toBe(true);
  expect(JSON.stringify(fresh.room.doc.getMap('paragraphs')).length).toBeGreaterThan(100);
}

const played = { 'a disk that fails now and then': 0, 'connections cut, delayed and reordered': 0 };

describe('on a disk that fails now and then', () => {
  test.each(Array.from({ length: 6 }, (_, index) => 1_000 + index * 10))(
    'all documents end equal, with nothing acknowledged lost (ten seeds from %i)',
    async (first) => {
      for (let seed = first; seed < first + 10; seed += 1) await play(seed, { crashes: seed % 2 === 0, faults: true });
      played['a disk that fails now and then'] += 10;
    },
  );
});

describe('on a network that delays, cuts and reorders connections', () => {
  const seeds = Array.from({ length: 20 }, (_, index) => index * 10 + 1);
  test.each(seeds)('all documents end equal (ten seeds from %i)', async (first) => {
    for (let seed = first; seed < first + 10; seed += 1) await play(seed, { crashes: seed % 2 === 0 });
    played['connections cut, delayed and reordered'] += 10;
  });
});

afterAll(() => keepHeld({ figure: 'R2', part: 'days of three people', held: played }));
