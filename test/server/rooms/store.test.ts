import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Epoch, ParagraphId, PersonId } from '../../../server/protocol/ids.ts';
import {
  decodeRecord,
  encodeRecord,
  type NotebookRecord,
  type Owner,
  SERVER,
  STORE_VERSION,
} from '../../../server/rooms/records.ts';
import { type NotebookStore, openStore } from '../../../server/rooms/store.ts';
import { type MemoryDisk, openMemory } from '../../../server/storage/disk/memory.ts';
import type { Disk } from '../../../server/storage/disk.ts';
import type { Base } from '../../../server/storage/format/base.ts';
import { encodeLog } from '../../../server/storage/log.ts';
import { mortal } from './house.ts';

const update = (...bytes: number[]): { type: 'update'; update: Uint8Array } => ({
  type: 'update',
  update: Uint8Array.from(bytes),
});
const base = (text: string): Base => ({ text, ids: ['a' as ParagraphId], languages: { sql: 'sql' } });

async function opened(disk: Disk, fresh = 'fresh'): Promise<{ store: NotebookStore; updates: readonly Uint8Array[] }> {
  const opening = await openStore(disk, 'n', fresh as Epoch);
  if (opening.state !== 'open') throw new Error(opening.detail);
  return opening;
}

const plain = (updates: readonly Uint8Array[]): number[][] => updates.map((one) => [...one]);

describe('records', () => {
  test('decode to what was encoded, bases on top of each other', () => {
    const bytes = fc.uint8Array({ maxLength: 60 });
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((all) => Buffer.from(all).toString('hex'));
    const record: fc.Arbitrary<NotebookRecord> = fc.oneof(
      fc.record({ type: fc.constant('update' as const), update: bytes }),
      fc.record({ type: fc.constant('base' as const), base: bytes }),
      fc.record({ type: fc.constant('import' as const), update: bytes, base: bytes }),
      fc.record({ type: fc.constant('skip' as const), hash }),
      fc.constant({ type: 'epoch' as const, epoch: 'one' as Epoch, version: 2 }),
      fc.record({
        type: fc.constant('owner' as const),
        person: fc.constantFrom<Owner>(SERVER, 'ada' as PersonId),
        clients: fc.array(fc.nat()),
      }),
      fc.record({ type: fc.constant('seen' as const), at: fc.nat() }),
      fc.constant({ type: 'end' as const }),
    );
    fc.assert(
      fc.property(fc.array(record, { maxLength: 10 }), (records) => {
        let before: Uint8Array | undefined;
        for (const one of records) {
          expect(decodeRecord(encodeRecord(one, before), before)).toEqual(one);
          if ('base' in one) before = one.base;
        }
      }),
    );
  });

  test('a base takes the bytes that changed, not the whole text', () => {
    const text = 'line\n'.repeat(10_000);
    const [before, after] = [`${text}${text}`, `${text}new${text}`].map((one) => new TextEncoder().encode(one));
    expect(encodeRecord({ type: 'base', base: after! }, before).payload.length).toBeLessThan(20);
  });
});

describe('a notebook’s store', () => {
  test('is made by its first record, under the epoch it was given, and keeps that', async () => {
    const disk = openMemory();
    const { store } = await opened(disk, 'one');
    expect([store.epoch, await disk.list('')]).toEqual(['one', []]);
    await store.append(update(1));
    expect((await opened(disk, 'two')).store.epoch).toBe('one');
  });

  test('gives back updates and the last two bases, an import being both', async () => {
    const disk = openMemory();
    const { store } = await opened(disk);
    await store.append({ type: 'base', base: base('one') });
    await store.append(update(1));
    await store.append({ type: 'import', update: Uint8Array.of(2), base: base('two') });
    await store.append({ type: 'base', base: base('two and more') });
    expect(store.bases).toEqual([base('two'), base('two and more')]);
    const again = await opened(disk);
    expect(plain(again.updates)).toEqual([[1], [2]]);
    expect(again.store.bases).toEqual(store.bases);
  });

  test('leaves out what is to be skipped, and the base of a skipped import', async () => {
    const disk = openMemory();
    const { store } = await opened(disk);
    await store.append({ type: 'base', base: base('one') });
    await store.append(update(1));
    await store.append({ type: 'import', update: Uint8Array.of(2), base: base('two') });
    await store.append({ type: 'skip', update: Uint8Array.of(2) });
    const again = await opened(disk);
    expect(plain(again.updates)).toEqual([[1]]);
    expect(again.store.bases).toEqual([base('one')]);
    expect(again.store.skips(Uint8Array.of(2))).toBe(true);
  });

  test('compacted holds the merged state, the bases, what to skip and its epoch, and goes on', async () => {
    const disk = openMemory();
    const { store } = await opened(disk, 'one');
    for (let index = 0; index < 100; index += 1) await store.append(update(index));
    await store.append({ type: 'base', base: base('one') });
    await store.append({ type: 'skip', update: Uint8Array.of(77) });
    const collected = store.compact(
      async () => Uint8Array.of(9, 9),
      (state) => [...state].join() === '9,9',
    );
    const late = store.append(update(5));
    await Promise.all([collected, late]);
    await store.append({ type: 'base', base: base('one more') });
    expect(store.tail.records).toBe(3);
    const again = await opened(disk);
    expect([again.store.epoch, plain(again.updates)]).toEqual(['one', [[9, 9], [5]]]);
    expect(again.store.bases).toEqual([base('one'), base('one more')]);
    expect(again.store.skips(Uint8Array.of(77))).toBe(true);
  });

  test('a snapshot that does not verify changes nothing', async () => {
    const disk = openMemory();
    const { store } = await opened(disk);
    await store.append(update(1));
    await expect(
      store.compact(
        async () => Uint8Array.of(9),
        () => false,
      ),
    ).rejects.toThrow(/does not hold/);
    await store.append(update(2));
    expect(plain((await opened(disk)).updates)).toEqual([[1], [2]]);
    expect(await disk.list('n')).toEqual(['log']);
  });

  test('a kill or a failure at any call of a compaction loses nothing', async () => {
    for (const way of ['kill', 'fail'] as const) {
      for (let at = 1; at <= 20; at += 1) {
        const memory = openMemory();
        const { disk, kill } = mortal(memory);
        const { store } = await opened(disk, 'one');
        await store.append(update(1));
        await store.append({ type: 'base', base: base('a base') });
        await store.append({ type: 'base', base: base('a better base') });
        const start = memory.calls;
        memory.faults = (_call, _path, count) => {
          if (count !== start + at) return undefined;
          if (way === 'kill') kill();
          return { code: 'disk-failed' };
        };
        const compacted = store
          .compact(
            async () => Uint8Array.of(1),
            () => true,
          )
          .catch(() => {});
        await (way === 'kill'
          ? Promise.race([compacted, new Promise((resolve) => setTimeout(resolve, 5))])
          : compacted);
        memory.faults = () => undefined;
        if (way === 'fail') {
          await store.append(update(2)).catch(() => store.recover().then(() => store.append(update(2))));
        }
        memory.losePower();
        const again = await opened(memory);
        const seen = [...new Set(again.updates.map(String))].sort();
        expect({ way, at, seen }).toEqual({ way, at, seen: way === 'fail' ? ['1', '2'] : ['1'] });
        expect([again.store.epoch, again.store.bases]).toEqual(['one', [base('a base'), base('a better base')]]);
      }
    }
  });

  test('damage in its log is named, and nothing is written', async () => {
    const disk = await filled();
    const bytes = (await disk.read('n/log-2'))!;
    bytes[50]! ^= 4;
    disk.overwrite('n/log-2', bytes);
    expect(await openStore(disk, 'n', 'x' as Epoch)).toEqual({
      state: 'damaged',
      detail: expect.stringContaining('log-2, from byte '),
    });
    expect(await disk.read('n/log-2')).toEqual(bytes);
  });

  test('a snapshot damaged at any byte is made up for by the generation before, and said', async () => {
    const disk = await filled();
    const bytes = (await disk.read('n/snapshot-2'))!;
    for (let at = 0; at < bytes.length; at += 1) {
      const damaged = bytes.slice();
      damaged[at]! ^= 4;
      for (const there of [damaged, bytes.subarray(0, at)]) {
        disk.overwrite('n/snapshot-2', there);
        const { store, updates } = await opened(disk);
        expect(plain(updates)).toEqual([[1, 1], [2], [3, 3]]);
        expect(store.warnings).toEqual([expect.stringContaining('snapshot-2')]);
        expect(store.bases).toEqual([base('two'), base('two and more')]);
      }
    }
    await disk.remove('n/snapshot-2');
    expect(plain((await opened(disk)).updates)).toEqual([[1, 1], [2], [3, 3]]);
  });

  test('goes on after a damaged snapshot, and its next one is whole', async () => {
    const disk = await filled();
    disk.overwrite('n/snapshot-2', Uint8Array.of(1, 2, 3));
    const { store } = await opened(disk);
    await store.append(update(4, 4));
    await store.compact(
      async () => Uint8Array.of(5, 5),
      () => true,
    );
    await store.append(update(6));
    const again = await opened(disk);
    expect([plain(again.updates), again.store.warnings]).toEqual([[[5, 5], [6]], []]);
  });

  test('both generations damaged is damage, never a document with less in it', async () => {
    const disk = await filled();
    for (const name of ['snapshot-2', 'snapshot-1']) {
      const bytes = (await disk.read(`n/${name}`))!;
      disk.overwrite(`n/${name}`, bytes.subarray(0, bytes.length - 3));
    }
    expect(await openStore(disk, 'n', 'x' as Epoch)).toMatchObject({ state: 'damaged' });
  });

  test('a snapshot without its log is damage', async () => {
    const disk = await filled();
    await disk.remove('n/log-2');
    expect(await openStore(disk, 'n', 'x' as Epoch)).toMatchObject({ detail: expect.stringContaining('log-2') });
  });

  test('keeps the generation before, and none older', async () => {
    expect(await (await filled()).list('n')).toEqual(['log-1', 'log-2', 'snapshot-1', 'snapshot-2']);
  });

  test('of a newer version it is read and not written, a torn tail included', async () => {
    const disk = openMemory();
    const payload = new TextEncoder().encode(`{"epoch":"one","version":${STORE_VERSION + 1}}`);
    const bytes = encodeLog([
      { type: 1, payload },
      { type: 99, payload },
      { type: 2, payload: Uint8Array.of(7) },
    ]);
    disk.overwrite('n/log', Uint8Array.of(...bytes, 1, 2, 3));
    const { store, updates } = await opened(disk);
    expect([plain(updates), store.newer]).toEqual([[[7]], STORE_VERSION + 1]);
    await expect(store.append(update(1))).rejects.toMatchObject({ code: 'disk-failed' });
    await store.compact(
      async () => Uint8Array.of(1),
      () => true,
    );
    expect(await disk.read('n/log')).toEqual(Uint8Array.of(...bytes, 1, 2, 3));
    expect(await disk.list('n')).toEqual(['log']);
  });

  test('of the version before it goes on as one of this version', async () => {
    const disk = openMemory();
    const payload = new TextEncoder().encode('{"epoch":"one","version":1}');
    disk.overwrite(
      'n/log',
      encodeLog([
        { type: 1, payload },
        { type: 2, payload: Uint8Array.of(7) },
      ]),
    );
    const { store } = await opened(disk);
    await store.append(update(8), { person: 'ada' as PersonId, clients: [5] });
    const again = await opened(disk);
    expect([again.store.epoch, plain(again.updates), [...again.store.owners]]).toEqual([
      'one',
      [[7], [8]],
      [[5, 'ada']],
    ]);
  });

  test('of records that no version knows it is damaged', async () => {
    const disk = openMemory();
    const payload = new TextEncoder().encode('{"epoch":"one","version":2}');
    disk.overwrite(
      'n/log',
      encodeLog([
        { type: 1, payload },
        { type: 99, payload },
      ]),
    );
    expect((await openStore(disk, 'n', 'x' as Epoch)).state).toBe('damaged');
  });

  test('keeps the first owner of a client id, over compactions, and forgets none that was not durable', async () => {
    const disk = openMemory();
    const { store } = await opened(disk);
    await store.append(update(1), { person: 'ada' as PersonId, clients: [5, 6] });
    await store.append(update(2), { person: 'ben' as PersonId, clients: [6, 7] });
    disk.faults = (call) => (call === 'sync' ? { code: 'disk-failed' } : undefined);
    await expect(store.append(update(3), { person: 'cem' as PersonId, clients: [8] })).rejects.toThrow();
    disk.faults = () => undefined;
    const owned = [
      [5, 'ada'],
      [6, 'ada'],
      [7, 'ben'],
    ];
    expect([...store.owners]).toEqual(owned);
    await store.recover();
    await store.compact(
      async () => Uint8Array.of(1),
      () => true,
    );
    expect([...(await opened(disk)).store.owners].sort()).toEqual(owned);
  });

  /** Of two generations and what came since. */
  async function filled(): Promise<MemoryDisk> {
    const disk = openMemory();
    const { store } = await opened(disk);
    await store.append({ type: 'base', base: base('one') });
    for (const state of [Uint8Array.of(1, 1), Uint8Array.of(1, 1, 2)]) {
      await store.compact(
        async () => state,
        () => true,
      );
      if (state.length === 2) await store.append({ type: 'import', update: Uint8Array.of(2), base: base('two') });
      if (state.length === 2) await store.append({ type: 'base', base: base('two and more') });
    }
    await store.append(update(3, 3));
    return disk;
  }
});
