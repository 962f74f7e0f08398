import { describe, expect, test } from 'vitest';
import type { NotebookId, PersonId } from '../../../server/protocol/ids.ts';
import type { AttachFile } from '../../../server/rooms/contract.ts';
import { STORE_VERSION } from '../../../server/rooms/records.ts';
import { openMemory } from '../../../server/storage/disk/memory.ts';
import { encodeLog, scanRecords } from '../../../server/storage/log.ts';
import { Guest, join, sourceIn } from './guest.ts';
import { NOTEBOOK, openHouse, paragraph, quietHandlers, seededFile, TestClock } from './house.ts';

const WHO = { id: 'ada' as PersonId, name: 'Ada' };
const MINUTE = 60_000;

/** Files that tell what was asked of them. */
function spiedFiles(): { attach: AttachFile; told: string[] } {
  const told: string[] = [];
  const inner = seededFile([paragraph('first', 'select 1')]);
  return {
    told,
    attach: (id, room) => ({
      ...inner(id, room),
      documentChanged: (by) => void told.push(`changed by ${by}`),
      close: async () => void told.push('closed'),
    }),
  };
}

describe('rooms', () => {
  test('are loaded once for all who use them at the same time', async () => {
    const house = openHouse(openMemory(), new TestClock());
    const [one, two] = await Promise.all([house.rooms.use(NOTEBOOK), house.rooms.use(NOTEBOOK)]);
    expect(one.room).toBe(two.room);
    expect(house.rooms.loaded(NOTEBOOK)).toBe(one.room);
  });

  test('tell the file of edits with their author, and not of what the file itself brought', async () => {
    const { attach, told } = spiedFiles();
    const house = openHouse(openMemory(), new TestClock(), { attach });
    const { room } = await house.rooms.use(NOTEBOOK);
    expect(told).toEqual([]);
    await room.transact(WHO, (doc) => sourceIn(doc).insert(0, 'x'));
    expect(told).toEqual(['changed by Ada']);
  });

  test('nobody uses are let go after a while, their file first, and are equal when they come back (invariant 8)', async () => {
    const { attach, told } = spiedFiles();
    const time = new TestClock();
    const handlers = quietHandlers();
    const touched: string[] = [];
    const spied = new Proxy(handlers, {
      get: (target, key, receiver) => {
        touched.push(String(key));
        return Reflect.get(target, key, receiver);
      },
    });
    const house = openHouse(openMemory(), time, { attach, handlers: spied });
    const lease = await house.rooms.use(NOTEBOOK);
    await lease.room.transact(WHO, (doc) => sourceIn(doc).insert(0, 'x'));
    lease.release();
    await time.pass(MINUTE / 2);
    expect(house.rooms.loaded(NOTEBOOK)).toBe(lease.room);
    await time.pass(MINUTE);
    expect(house.rooms.loaded(NOTEBOOK)).toBeUndefined();
    expect(told.at(-1)).toBe('closed');
    // Sessions and runs have lives of their own: nothing was asked of them.
    expect(touched).toEqual([]);
    const again = await house.rooms.use(NOTEBOOK);
    expect(again.room).not.toBe(lease.room);
    expect(again.room.epoch).toBe(lease.room.epoch);
    expect(sourceIn(again.room.doc).toString()).toBe('xselect 1');
  });

  test('used again in time stay, however often they were released', async () => {
    const time = new TestClock();
    const house = openHouse(openMemory(), time);
    const first = await house.rooms.use(NOTEBOOK);
    first.release();
    first.release();
    await time.pass(MINUTE / 2);
    const second = await house.rooms.use(NOTEBOOK);
    await time.pass(5 * MINUTE);
    expect(house.rooms.loaded(NOTEBOOK)).toBe(second.room);
  });

  test('opened one after another do not all stay in memory', async () => {
    const time = new TestClock();
    const house = openHouse(openMemory(), time);
    const ids = Array.from({ length: 60 }, (_, index) => `n${index}` as NotebookId);
    for (const id of ids) (await house.rooms.use(id)).release();
    await time.pass(0);
    expect(ids.filter((id) => house.rooms.loaded(id)).length).toBeLessThanOrEqual(20);
  });

  test('at rest are compacted, keep epoch and text, and stay in use meanwhile (invariant 3)', async () => {
    const disk = openMemory();
    const time = new TestClock();
    const house = openHouse(disk, time);
    const { room } = await house.rooms.use(NOTEBOOK);
    for (let index = 0; index < 400; index += 1) {
      await room.transact(WHO, (doc) => sourceIn(doc).insert(0, `${index % 10}`));
    }
    const text = sourceIn(room.doc).toString();
    const before = (await disk.size('notebooks/notebook/log'))!;
    await time.pass(MINUTE / 2);
    const edit = room.transact(WHO, (doc) => sourceIn(doc).insert(0, '!'));
    await time.pass(1);
    await edit;
    expect((await disk.size('notebooks/notebook/log-1'))!).toBeLessThan(before / 10);
    disk.losePower();
    const again = await openHouse(disk, time).rooms.use(NOTEBOOK);
    expect(sourceIn(again.room.doc).toString()).toBe(`!${text}`);
    expect(again.room.epoch).toBe(room.epoch);
  });

  test('in use are compacted one at a time, the next with an edit after it', async () => {
    const disk = openMemory();
    const time = new TestClock();
    const house = openHouse(disk, time);
    const ids = ['one', 'other'] as NotebookId[];
    const rooms = await Promise.all(ids.map(async (id) => (await house.rooms.use(id)).room));
    const write = (text: string) =>
      Promise.all(rooms.map((room) => room.transact(WHO, (doc) => sourceIn(doc).insert(0, text))));
    const compacted = async () => {
      const sizes = await Promise.all(ids.map((id) => disk.size(`notebooks/${id}/log-1`)));
      return sizes.filter((size) => size !== undefined).length;
    };
    const piece = 'x'.repeat(9 * 1024 * 1024);
    await write(piece);
    expect(await compacted()).toBe(0);
    await write(piece);
    await time.pass(1);
    expect(await compacted()).toBe(1);
    await write('!');
    await time.pass(1);
    expect(await compacted()).toBe(2);
    for (const room of rooms) expect(sourceIn(room.doc).length).toBe(2 * piece.length + '!select 1'.length);
  });

  test('with a damaged store are refused with where, and the others open', async () => {
    const disk = openMemory();
    const house = openHouse(disk, new TestClock());
    const damaged = 'damaged' as NotebookId;
    const lease = await house.rooms.use(damaged);
    await lease.room.transact(WHO, (doc) => sourceIn(doc).insert(0, 'x'));
    await house.close();
    const log = (await disk.read('notebooks/damaged/log'))!;
    log[40]! ^= 1;
    disk.overwrite('notebooks/damaged/log', log);
    const again = openHouse(disk, new TestClock());
    await expect(again.rooms.use(damaged)).rejects.toMatchObject({
      code: 'notebook-damaged',
      message: expect.stringContaining('from byte'),
    });
    await expect(again.rooms.use(NOTEBOOK)).resolves.toBeDefined();
    expect(await disk.read('notebooks/damaged/log')).toEqual(log);
  });

  test('that a newer version wrote open, are read-only and say so, and nothing is written', async () => {
    const disk = openMemory();
    const time = new TestClock();
    const first = openHouse(disk, time);
    await first.rooms.use(NOTEBOOK);
    await first.close();
    const path = 'notebooks/notebook/log';
    const [, ...rest] = scanRecords((await disk.read(path))!).records;
    const payload = new TextEncoder().encode(`{"epoch":"one","version":${STORE_VERSION + 1}}`);
    const bytes = encodeLog([{ type: 1, payload }, ...rest]);
    disk.overwrite(path, bytes);
    const { room } = await openHouse(disk, time).rooms.use(NOTEBOOK);
    expect(sourceIn(room.doc).toString()).toBe('select 1');
    expect(room.readOnly).toMatch(/newer Gondola/);
    const guest = join(room as Parameters<typeof join>[0], 'ada', 101);
    guest.edit((doc) => doc.getMap('meta').set('title', 'x'));
    await time.pass(5_000);
    expect([guest.acknowledged, guest.closed]).toEqual([0, undefined]);
    await expect(room.transact(WHO, (doc) => sourceIn(doc).insert(0, 'x'))).rejects.toMatchObject({
      code: 'storage-read-only',
    });
    expect(await disk.read(path)).toEqual(bytes);
  });

  test('whose file cannot be parsed are refused with line and reason, and tried anew the next time', async () => {
    let fails = true;
    const inner = seededFile([paragraph('first', 'select 1')]);
    const attach: AttachFile = (id, room) => ({
      ...inner(id, room),
      open: () =>
        fails
          ? Promise.resolve({ state: 'failed', message: 'no end of the front matter', line: 3 })
          : inner(id, room).open(),
    });
    const house = openHouse(openMemory(), new TestClock(), { attach });
    await expect(house.rooms.use(NOTEBOOK)).rejects.toMatchObject({
      code: 'unparsable-notebook',
      message: expect.stringContaining('line 3: no end of the front matter'),
    });
    fails = false;
    await expect(house.rooms.use(NOTEBOOK)).resolves.toBeDefined();
  });

  test('on a disk that cannot be read are refused, and open when it can', async () => {
    const disk = openMemory();
    const house = openHouse(disk, new TestClock());
    disk.faults = (call) => (call === 'read' ? { code: 'disk-failed' } : undefined);
    await expect(house.rooms.use(NOTEBOOK)).rejects.toMatchObject({ code: 'storage-read-only' });
    disk.faults = () => undefined;
    await expect(house.rooms.use(NOTEBOOK)).resolves.toBeDefined();
  });

  test('close with the server: what came is logged, files are written, peers are told, no one comes in', async () => {
    const { attach, told } = spiedFiles();
    const disk = openMemory();
    const house = openHouse(disk, new TestClock(), { attach });
    const { room } = await house.rooms.use(NOTEBOOK);
    const guest = new Guest(9);
    guest.peer = room.join(guest, WHO, 9);
    guest.peer.sync(0, Uint8Array.of(0));
    guest.edit((doc) => sourceIn(doc).insert(0, 'last '));
    await house.close();
    expect(guest.closed?.code).toBe(1001);
    expect(told).toEqual(['changed by Ada', 'closed']);
    await expect(house.rooms.use(NOTEBOOK)).rejects.toMatchObject({ code: 'unavailable' });
    const again = await openHouse(disk, new TestClock()).rooms.use(NOTEBOOK);
    expect(sourceIn(again.room.doc).toString()).toBe('last select 1');
  });
});
