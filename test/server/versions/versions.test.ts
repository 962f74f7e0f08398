import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { deleteParagraph, insertParagraphs, readParagraphs, sourceOf } from '../../../server/protocol/document.ts';
import type { NotebookId, ParagraphId, PersonId, ResultId, VersionId } from '../../../server/protocol/ids.ts';
import { momentOf } from '../../../server/protocol/versions/version.ts';
import type { Rooms } from '../../../server/rooms/contract.ts';
import { openRooms } from '../../../server/rooms/registry.ts';
import { openMemory } from '../../../server/storage/disk/memory.ts';
import type { OpenVersions } from '../../../server/versions/versions.ts';
import { DAY_MS, openVersions } from '../../../server/versions/versions.ts';
import { NOTEBOOK, paragraph, seededFile, settle, TestClock } from '../rooms/house.ts';

const ANA = { id: 'ana' as PersonId, name: 'Ana' };
const BEN = { id: 'ben' as PersonId, name: 'Ben' };
const SEED = [paragraph('a', 'one'), paragraph('b', 'two')];
const HOUR = 60 * 60 * 1000;
const START = Date.UTC(2026, 0, 1, 9);

type World = { readonly time: TestClock; readonly rooms: Rooms; readonly versions: OpenVersions };

function open(disk = openMemory(), time = new TestClock(), most = 64 * 1024 * 1024): World {
  const versions: OpenVersions = openVersions({
    disk,
    folder: (id) => `notebooks/${id}`,
    use: (id) => rooms.use(id),
    shown: async () => new Map([['a' as ParagraphId, ['notebook-result' as ResultId]]]),
    clock: time.clock,
    most,
    now: () => START + time.now(),
    warn: (what, details) => {
      throw new Error(`${what} ${JSON.stringify(details)}`);
    },
  });
  const rooms = openRooms({
    disk,
    folder: (id) => `notebooks/${id}`,
    attach: (id, room) => seededFile(SEED)(id, versions.guard(id, room)),
    clock: time.clock,
    client: 1,
    loaded: (room) => versions.watch(room),
    warn: () => {},
  });
  return { time, rooms, versions };
}

/** As somebody types. */
const type = async ({ rooms }: World, who: typeof ANA, id: string, text: string): Promise<void> => {
  const lease = await rooms.use(NOTEBOOK);
  const { room } = lease;
  await room.transact(who, (doc) => sourceOf(doc, id)?.insert(0, text));
  lease.release();
  await settle();
};
const texts = (moment: { paragraphs: readonly { source: string }[] }): string[] =>
  moment.paragraphs.map(({ source }) => source);
const says = async ({ rooms }: World): Promise<string[]> => {
  const lease = await rooms.use(NOTEBOOK);
  const { room } = lease;
  lease.release();
  return texts(momentOf(room.doc));
};
async function all({
  versions,
}: World): Promise<{ reason: string; name?: string; texts: string[]; people: readonly string[] }[]> {
  const { items } = await versions.list(NOTEBOOK);
  return Promise.all(
    items.map(async ({ id, reason, name, people }) => ({
      reason,
      ...(name === undefined ? {} : { name }),
      people,
      texts: texts((await versions.read(NOTEBOOK, id)).moment),
    })),
  );
}

describe('versions that nobody asks for', () => {
  it('hold what a notebook said before its first edit, and none is made of one that is only read', async () => {
    const world = open();
    expect(await says(world)).toEqual(['one', 'two']);
    expect(await all(world)).toEqual([]);
    await type(world, ANA, 'a', 'x');
    expect(await all(world)).toEqual([{ reason: 'daily', people: [], texts: ['one', 'two'] }]);
  });

  it('are made once a day while somebody edits, with the names of who did', async () => {
    const world = open();
    await world.rooms.use(NOTEBOOK);
    await type(world, ANA, 'a', 'x');
    await world.time.pass(HOUR);
    await type(world, BEN, 'b', 'y');
    await world.time.pass(DAY_MS);
    expect((await all(world))[0]).toEqual({ reason: 'daily', people: ['Ana', 'Ben'], texts: ['xone', 'ytwo'] });
    await world.time.pass(10 * DAY_MS);
    expect(await all(world)).toHaveLength(2);
  });

  it('are made up for when the notebook was closed as the day was over', async () => {
    const disk = openMemory();
    const one = open(disk);
    await type(one, ANA, 'a', 'x');
    await one.rooms.close();
    await one.versions.close();
    const time = new TestClock();
    await time.pass(3 * DAY_MS);
    const two = open(disk, time);
    await says(two);
    await time.pass(1);
    expect(await all(two)).toMatchObject([{ people: ['Ana'], texts: ['xone', 'two'] }, { texts: ['one', 'two'] }]);
  });

  it('hold what a large change from outside took away', async () => {
    const world = open();
    const { room } = await world.rooms.use(NOTEBOOK);
    await room.transact(ANA, (doc) => sourceOf(doc, 'a')?.insert(0, 'long text '.repeat(300)));
    const copy = new Y.Doc();
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(room.doc));
    const from = Y.encodeStateVector(copy);
    sourceOf(copy, 'a')?.delete(0, 3_000);
    await world.versions
      .guard(NOTEBOOK, room)
      .saveImport(Y.encodeStateAsUpdate(copy, from), { text: 'x', ids: [], languages: {} });
    expect(await says(world)).toEqual(['one', 'two']);
    expect((await all(world))[0]).toMatchObject({
      reason: 'outside',
      texts: [`${'long text '.repeat(300)}one`, 'two'],
    });
  });

  it('are not made of small changes from outside', async () => {
    const world = open();
    const { room } = await world.rooms.use(NOTEBOOK);
    const copy = new Y.Doc();
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(room.doc));
    const from = Y.encodeStateVector(copy);
    sourceOf(copy, 'a')?.delete(0, 1);
    await world.versions
      .guard(NOTEBOOK, room)
      .saveImport(Y.encodeStateAsUpdate(copy, from), { text: 'x', ids: [], languages: {} });
    await settle();
    expect((await all(world)).map(({ reason }) => reason)).toEqual(['daily']);
  });
});

describe('who changed what', () => {
  it('is told by paragraph since a version, and of texts that came by a call too', async () => {
    const world = open();
    const { room } = await world.rooms.use(NOTEBOOK);
    await type(world, ANA, 'a', 'x');
    const { id } = await world.versions.keep(NOTEBOOK, { name: 'A', by: 'Ana' });
    await world.time.pass(HOUR);
    const copy = new Y.Doc();
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(room.doc));
    const from = Y.encodeStateVector(copy);
    sourceOf(copy, 'b')?.insert(0, 'y');
    await world.versions
      .guard(NOTEBOOK, room)
      .saveImport(Y.encodeStateAsUpdate(copy, from), { text: 'x', ids: [], languages: {} }, 'Ben');
    const { since } = await world.versions.read(NOTEBOOK, id);
    expect([...since]).toEqual([['b', { by: 'Ben', at: START + HOUR }]]);
    expect((await world.versions.list(NOTEBOOK)).since?.people).toEqual(['Ben']);
  });
});

describe('versions with a name', () => {
  it('stay over a restart, with who changed what and what was shown', async () => {
    const disk = openMemory();
    const one = open(disk);
    await type(one, ANA, 'a', 'x');
    await type(one, BEN, 'b', 'y');
    const kept = await one.versions.keep(NOTEBOOK, { name: 'Sent to the board', by: 'Ana' });
    await one.rooms.close();
    await one.versions.close();
    const two = open(disk);
    const version = await two.versions.read(NOTEBOOK, kept.id);
    expect(version).toMatchObject({ name: 'Sent to the board', by: 'Ana', people: ['Ana', 'Ben'], reason: 'asked' });
    expect(texts(version.moment)).toEqual(['xone', 'ytwo']);
    expect(version.touched.get('b' as ParagraphId)).toEqual({ by: 'Ben', at: START });
    expect([...(await two.versions.results(NOTEBOOK))]).toEqual(['notebook-result']);
  });

  it('get another name, and lose it', async () => {
    const world = open();
    const { id } = await world.versions.keep(NOTEBOOK, { name: 'A', by: 'Ana' });
    expect(await world.versions.rename(NOTEBOOK, id, 'B', 'Ben')).toMatchObject({ name: 'B', by: 'Ana' });
    await world.versions.unname(NOTEBOOK, id);
    expect((await world.versions.list(NOTEBOOK)).items[0]).not.toHaveProperty('name');
    expect((await world.versions.results(NOTEBOOK)).size).toBe(0);
    await expect(world.versions.rename(NOTEBOOK, 'nothing' as VersionId, 'C', 'Ben')).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('restoring', () => {
  it('is a new edit behind a version of what was there', async () => {
    const world = open();
    const { id } = await world.versions.keep(NOTEBOOK, { name: 'A', by: 'Ana' });
    await type(world, BEN, 'a', 'x');
    const { room } = await world.rooms.use(NOTEBOOK);
    await room.transact(BEN, (doc) => {
      deleteParagraph(doc, 'b' as ParagraphId, { by: 'Ben', at: 1 });
      insertParagraphs(doc, [paragraph('c', 'three')], 'a' as ParagraphId);
    });
    await world.versions.restore(NOTEBOOK, id, ANA);
    expect(await says(world)).toEqual(['one', 'two']);
    expect(readParagraphs(room.doc).deleted).toMatchObject([{ id: 'c', deleted: { by: 'Ana' } }]);
    expect((await all(world))[0]).toMatchObject({ reason: 'restore', texts: ['xone', 'three'] });
  });

  it('of one paragraph leaves the others', async () => {
    const world = open();
    const { id } = await world.versions.keep(NOTEBOOK, { name: 'A', by: 'Ana' });
    await type(world, BEN, 'a', 'x');
    await type(world, BEN, 'b', 'y');
    await world.versions.restore(NOTEBOOK, id, ANA, 'b' as ParagraphId);
    expect(await says(world)).toEqual(['xone', 'two']);
    await expect(world.versions.restore(NOTEBOOK, id, ANA, 'z' as ParagraphId)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it.each(['append', 'sync'] as const)(
    'changes nothing when the version before it cannot be kept (%s fails)',
    async (on) => {
      const disk = openMemory();
      const world = open(disk);
      const { id } = await world.versions.keep(NOTEBOOK, { name: 'A', by: 'Ana' });
      await type(world, BEN, 'a', 'x');
      await world.versions.list(NOTEBOOK);
      disk.faults = (call, path) => (call === on && path.endsWith('versions.log') ? { code: 'disk-full' } : undefined);
      await expect(world.versions.restore(NOTEBOOK, id, ANA)).rejects.toMatchObject({ code: 'storage-read-only' });
      expect(await says(world)).toEqual(['xone', 'two']);
      disk.faults = () => undefined;
      await world.versions.restore(NOTEBOOK, id, ANA);
      expect(await says(world)).toEqual(['one', 'two']);
    },
  );
});

describe('the file of versions', () => {
  it('writes a paragraph once, however many versions say it', async () => {
    const disk = openMemory();
    const world = open(disk);
    const { room } = await world.rooms.use(NOTEBOOK);
    const noise = Array.from({ length: 20_000 }, (_, index) => String.fromCharCode(97 + ((index * 7919) % 26))).join(
      '',
    );
    await room.transact(ANA, (doc) => sourceOf(doc, 'a')?.insert(0, noise));
    await world.versions.keep(NOTEBOOK, { name: 'A', by: 'Ana' });
    const before = (await disk.size(`notebooks/${NOTEBOOK}/versions.log`)) ?? 0;
    for (const name of ['B', 'C', 'D']) {
      await type(world, ANA, 'b', name);
      await world.versions.keep(NOTEBOOK, { name, by: 'Ana' });
    }
    const after = (await disk.size(`notebooks/${NOTEBOOK}/versions.log`)) ?? 0;
    expect(after - before).toBeLessThan(2_000);
  });

  it('costs no text when it is damaged', async () => {
    const disk = openMemory();
    const one = open(disk);
    await one.versions.keep(NOTEBOOK, { name: 'A', by: 'Ana' });
    await one.versions.keep(NOTEBOOK, { name: 'B', by: 'Ana' });
    await one.rooms.close();
    await one.versions.close();
    const path = `notebooks/${NOTEBOOK}/versions.log`;
    const bytes = (await disk.read(path))!.slice();
    bytes[40] = bytes[40]! ^ 0xff;
    await disk.replace(path, bytes);
    const warnings: string[] = [];
    const time = new TestClock();
    const versions = openVersions({
      disk,
      folder: (id: NotebookId) => `notebooks/${id}`,
      use: () => Promise.reject(new Error('not asked')),
      shown: async () => new Map(),
      clock: time.clock,
      now: () => START,
      warn: (what) => void warnings.push(what),
    });
    const rooms = openRooms({
      disk,
      folder: (id) => `notebooks/${id}`,
      attach: seededFile(SEED),
      clock: time.clock,
      client: 1,
      loaded: (room) => versions.watch(room),
      warn: () => {},
    });
    const { room } = await rooms.use(NOTEBOOK);
    await room.transact(ANA, (doc) => sourceOf(doc, 'a')?.insert(0, 'x'));
    expect(texts(momentOf(room.doc))).toEqual(['xone', 'two']);
    expect(warnings).toEqual(['versions cannot be read']);
    await expect(versions.list(NOTEBOOK)).rejects.toMatchObject({ code: 'notebook-damaged' });
  });

  it('holds what was told after any loss of power, and is never damaged by one', async () => {
    for (let loss = 1; loss <= 30; loss += 1) {
      const disk = openMemory();
      const world = open(disk);
      const told: string[] = [];
      let lost = false;
      const first = disk.calls;
      disk.faults = (_call, _path, count) => {
        lost ||= count === first + loss;
        return lost ? { code: 'disk-failed' } : undefined;
      };
      for (const name of ['A', 'B', 'C']) {
        const done = await world.versions.keep(NOTEBOOK, { name, by: 'Ana' }).then(
          () => true,
          () => false,
        );
        if (done) told.push(name);
        await type(world, ANA, 'a', name).catch(() => {});
      }
      disk.losePower((unsynced) => (unsynced * loss) % 97);
      disk.faults = () => undefined;
      const again = open(disk);
      const { items } = await again.versions.list(NOTEBOOK);
      for (const name of told) {
        const item = items.find((one) => one.name === name);
        expect(item, `${name} after loss at call ${loss}`).toBeDefined();
        expect((await again.versions.read(NOTEBOOK, item!.id)).moment.paragraphs).toHaveLength(2);
      }
    }
  });

  it('takes no more when it is full of names, and goes on once some are taken away', async () => {
    const disk = openMemory();
    const most = 2 * 1024 * 1024;
    const world = open(disk, new TestClock(), most);
    const { room } = await world.rooms.use(NOTEBOOK);
    const noise = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(30_000))).toString('base64');
    const ids: VersionId[] = [];
    const fill = async (name: string): Promise<void> => {
      await room.transact(ANA, (doc) => {
        const source = sourceOf(doc, 'a');
        source?.delete(0, source.length);
        source?.insert(0, Array.from({ length: 10 }, noise).join(''));
      });
      ids.push((await world.versions.keep(NOTEBOOK, { name, by: 'Ana' })).id);
    };
    let refused: unknown;
    for (let round = 0; round < 20 && !refused; round += 1)
      await fill(`${round}`).catch((cause: unknown) => {
        refused = cause;
      });
    expect(refused).toMatchObject({ code: 'versions-full', status: 507 });
    expect(ids.length).toBeGreaterThan(6);
    for (const id of ids.slice(0, -2)) await world.versions.unname(NOTEBOOK, id);
    await fill('again');
    expect((await world.versions.list(NOTEBOOK)).items[0]).toMatchObject({ name: 'again' });
    expect((await disk.size(`notebooks/${NOTEBOOK}/versions.log`)) ?? 0).toBeLessThan(most);
  });

  it('of a notebook of a thousand paragraphs and a megabyte is listed and read within 300 ms', async () => {
    const disk = openMemory();
    const world = open(disk);
    const { room } = await world.rooms.use(NOTEBOOK);
    await room.transact(ANA, (doc) => {
      insertParagraphs(
        doc,
        Array.from({ length: 1_000 }, (_, index) => paragraph(`p${index}`, `select ${index}, 'x'\n`.repeat(55))),
        'b' as ParagraphId,
      );
    });
    for (const name of ['A', 'B', 'C', 'D', 'E']) {
      await type(world, ANA, 'p500', name);
      await world.versions.keep(NOTEBOOK, { name, by: 'Ana' });
    }
    await world.versions.close();
    const times = [];
    for (let round = 0; round < 3; round += 1) {
      const again = open(disk, world.time);
      const start = performance.now();
      const { items } = await again.versions.list(NOTEBOOK);
      const { moment } = await again.versions.read(NOTEBOOK, items[0]!.id);
      times.push(performance.now() - start);
      expect(moment.paragraphs).toHaveLength(1_002);
      await again.versions.close();
    }
    expect(Math.min(...times)).toBeLessThan(300);
  });
});
