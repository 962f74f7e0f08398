import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { deleteParagraph, paragraphMap, readParagraphs } from '../../../server/protocol/document.ts';
import type { Epoch, ParagraphId, PersonId } from '../../../server/protocol/ids.ts';
import { CLOSE } from '../../../server/protocol/messages.ts';
import { COPIED } from '../../../server/rooms/chain.ts';
import type { Rooms } from '../../../server/rooms/contract.ts';
import { openRooms } from '../../../server/rooms/registry.ts';
import { openStore } from '../../../server/rooms/store.ts';
import { type MemoryDisk, openMemory } from '../../../server/storage/disk/memory.ts';
import { Guest, join, roomOn, sourceIn } from './guest.ts';
import { mortal, NOTEBOOK, paragraph, seededFile, TestClock } from './house.ts';

const FOLDER = `notebooks/${NOTEBOOK}`;
const DAY = 24 * 60 * 60 * 1000;
const WHO = { id: 'ada' as PersonId, name: 'Ada' };
const SEED = [paragraph('first', 'select 1'), paragraph('second', 'gone soon')];

const openedAt = (disk: MemoryDisk, today: number, time = new TestClock(), client = 1): Rooms =>
  openRooms({
    disk,
    folder: (id) => `notebooks/${id}`,
    attach: seededFile(SEED),
    clock: time.clock,
    today: () => today,
    client,
    warn: () => {},
  });

const type = (text: string) => (doc: Y.Doc) => sourceIn(doc).insert(0, text);
const sources = (doc: Y.Doc): string[] => readParagraphs(doc).paragraphs.map(({ source }) => source);

describe('a document out of a backup', () => {
  async function copied(): Promise<{ disk: MemoryDisk; before: Epoch }> {
    const disk = openMemory();
    const rooms = openedAt(disk, 0);
    const { room } = await rooms.use(NOTEBOOK);
    await room.transact(WHO, type('typed '));
    await rooms.close();
    await disk.replace(`${FOLDER}/${COPIED}`, new Uint8Array(0));
    return { disk, before: room.epoch };
  }

  test('begins another epoch once, with the same text and history (invariant 3)', async () => {
    const { disk, before } = await copied();
    const { room } = await openedAt(disk, 0).use(NOTEBOOK);
    expect(sources(room.doc)).toEqual(['typed select 1', 'gone soon']);
    expect(room.epoch).not.toBe(before);
    expect(await disk.list(FOLDER)).not.toContain(COPIED);
    await room.transact(WHO, type('more '));
    disk.losePower();
    // A power loss may bring the mark back: one epoch more, and nothing lost.
    const again = (await openedAt(disk, 0).use(NOTEBOOK)).room;
    expect(sources(again.doc)[0]).toBe('more typed select 1');
  });

  test('has one epoch and all its text, whichever call of its opening fails or is the last', async () => {
    for (const way of ['kill', 'fail', 'done'] as const) {
      for (let at = 1; at <= 16; at += 1) {
        const { disk, before } = await copied();
        const life = mortal(disk);
        const start = disk.calls;
        disk.faults = (_call, _path, count) => {
          if (count !== start + at) return undefined;
          if (way === 'kill') life.kill();
          return { code: 'disk-failed', done: way === 'done' };
        };
        const first = openedAt({ ...disk, ...life.disk } as MemoryDisk, 0).use(NOTEBOOK);
        const settled = first.then(
          ({ room }) => room.epoch,
          () => undefined,
        );
        // What is dead answers nothing, and writes nothing.
        const dead = new Promise<undefined>((resolve) => setTimeout(resolve, 5));
        const outcome = await (way === 'kill' ? Promise.race([settled, dead]) : settled);
        disk.faults = () => undefined;
        if (way === 'kill') disk.losePower(undefined, () => at % 2 === 0);
        const { room } = await openedAt(disk, 0).use(NOTEBOOK);
        expect({ way, at, text: sources(room.doc)[0] }).toEqual({ way, at, text: 'typed select 1' });
        expect(room.epoch).not.toBe(before);
        expect(outcome).not.toBe(before);
      }
    }
  });
});

describe('a document whose history outweighs it', () => {
  /** `keep`: of what was typed. */
  async function heavy(disk: MemoryDisk, keep: number): Promise<Epoch> {
    const rooms = openedAt(disk, 0);
    const { room } = await rooms.use(NOTEBOOK);
    join(room as Parameters<typeof join>[0], 'ada', 101);
    await room.transact(WHO, (doc) => {
      const text = sourceIn(doc);
      // Many small pieces, each its own struct: deleting them frees the characters and not the structs.
      for (let index = 0; index < 620_000; index += 1) text.insert(index % 2 === 0 ? 0 : text.length, 'x');
    });
    await room.transact(WHO, (doc) => {
      const text = sourceIn(doc);
      text.delete(keep, text.length - keep);
      deleteParagraph(doc, 'second' as ParagraphId, { by: 'ada', at: 0 });
    });
    await rooms.close();
    return room.epoch;
  }

  test('drops it after a month without anybody, under another epoch, and not a day before (invariant 3)', {
    timeout: 60_000,
  }, async () => {
    const disk = openMemory();
    const before = await heavy(disk, 100_000);
    const bytes = async (): Promise<number> =>
      (await disk.size(`${FOLDER}/snapshot-1`)) ?? (await disk.size(`${FOLDER}/log`))!;
    expect(await bytes()).toBeGreaterThan(4 * 1024 * 1024);
    const early = openedAt(disk, 29 * DAY);
    const { room: same } = await early.use(NOTEBOOK);
    const text = sources(same.doc);
    expect(same.epoch).toBe(before);
    await early.close();
    const late = await openedAt(disk, 31 * DAY).use(NOTEBOOK);
    expect(late.room.epoch).not.toBe(before);
    expect(sources(late.room.doc)).toEqual(text);
    expect(Y.encodeStateAsUpdate(late.room.doc).length).toBeLessThan(200_000);
    // Deleted for as long, and purged with it.
    expect(paragraphMap(late.room.doc, 'second')).toBeUndefined();
    await late.room.transact(WHO, type('on '));
    disk.losePower();
    expect(sources((await openedAt(disk, 31 * DAY).use(NOTEBOOK)).room.doc)[0]).toBe(`on ${text[0]}`);
  });
});

describe('a client id', () => {
  test('belongs to its first person after a restart too, over a compaction, and to nobody who was refused (invariant 4)', async () => {
    const disk = openMemory();
    const time = new TestClock();
    const room = await roomOn(disk, time);
    await seededFile(SEED)(NOTEBOOK, room).open();
    const ada = join(room, 'ada', 101);
    await time.pass(0);
    ada.edit(type('a'));
    await time.pass(0);
    for (const compacted of [false, true]) {
      if (compacted) {
        const life = await roomOn(disk, time);
        await life.compact();
      }
      disk.losePower();
      const again = await roomOn(disk, time, 2);
      const forger = join(again, 'forger', 105);
      await time.pass(0);
      forger.doc.clientID = 101;
      forger.edit(type('forged'));
      await time.pass(0);
      expect(forger.closed).toMatchObject({
        code: CLOSE.updateRefused,
        reason: expect.stringContaining('another person'),
      });
      expect(sourceIn(again.doc).toString()).not.toContain('forged');
      // Whose it is goes on under it, as an open page does.
      const back = new Guest(102);
      Y.applyUpdate(back.doc, Y.encodeStateAsUpdate(again.doc));
      back.doc.clientID = 101;
      back.peer = again.join(back, WHO, 101);
      back.edit(type('b'));
      await time.pass(0);
      expect([back.closed, back.acknowledged]).toEqual([undefined, 1]);
    }
    expect(sourceIn((await roomOn(disk, time)).doc).toString()).toBe('bbaselect 1');
  });

  test('of the server’s own edits before a restart belongs to nobody else', async () => {
    const disk = openMemory();
    const time = new TestClock();
    const room = await roomOn(disk, time, 77);
    await seededFile(SEED)(NOTEBOOK, room).open();
    await room.transact(WHO, type('by the server '));
    disk.losePower();
    const again = await roomOn(disk, time, 78);
    const forger = join(again, 'forger', 105);
    await time.pass(0);
    forger.doc.clientID = 77;
    forger.edit(type('forged'));
    await time.pass(0);
    expect(forger.closed?.code).toBe(CLOSE.updateRefused);
  });

  test('takes one record in the log, however much is written under it', async () => {
    const disk = openMemory();
    const time = new TestClock();
    const room = await roomOn(disk, time);
    await seededFile(SEED)(NOTEBOOK, room).open();
    const ada = join(room, 'ada', 101);
    await time.pass(0);
    ada.edit(type('a'));
    await time.pass(0);
    const before = (await disk.size('n/log'))!;
    const update = ada.make(type('b'));
    ada.peer.sync(2, update);
    await time.pass(0);
    expect((await disk.size('n/log'))! - before).toBe(9 + update.length);
    const opening = await openStore(disk, 'n', 'x' as Epoch);
    expect(opening.state === 'open' && opening.store.owners.get(101)).toBe('ada');
  });
});
