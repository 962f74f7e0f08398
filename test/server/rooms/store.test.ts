import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Epoch, ParagraphId } from '../../../server/protocol/ids.ts';
import { decodeRecord, encodeRecord, type NotebookRecord } from '../../../server/rooms/records.ts';
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
      fc.constant({ type: 'epoch' as const, epoch: 'one' as Epoch }),
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
      for (let at = 1; at <= 12; at += 1) {
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

  test.each([
    ['log', 30],
    ['snapshot', 40],
  ])('damage in its %s is named, and nothing is written', async (file, offset) => {
    const disk = await filled();
    const bytes = (await disk.read(`n/${file}`))!;
    bytes[offset]! ^= 4;
    disk.overwrite(`n/${file}`, bytes);
    expect(await openStore(disk, 'n', 'x' as Epoch)).toEqual({
      state: 'damaged',
      detail: expect.stringContaining(`${file}, from byte `),
    });
    expect(await disk.read(`n/${file}`)).toEqual(bytes);
  });

  test('a snapshot cut short is damage, never a document with less in it', async () => {
    const disk = await filled();
    const bytes = (await disk.read('n/snapshot'))!;
    for (let length = 0; length < bytes.length; length += 1) {
      disk.overwrite('n/snapshot', bytes.subarray(0, length));
      expect((await openStore(disk, 'n', 'x' as Epoch)).state).toBe('damaged');
    }
  });

  test('a snapshot without its log is damage', async () => {
    const disk = await filled();
    await disk.remove('n/log');
    expect((await openStore(disk, 'n', 'x' as Epoch)).state).toBe('damaged');
  });

  test('of a newer version, or of records it does not know, it is not opened', async () => {
    const disk = openMemory();
    const payload = new TextEncoder().encode('{"epoch":"one","version":2}');
    disk.overwrite('n/log', encodeLog([{ type: 1, payload }]));
    expect(await openStore(disk, 'n', 'x' as Epoch)).toMatchObject({ detail: expect.stringContaining('version 2') });
    disk.overwrite('n/log', encodeLog([{ type: 99, payload }]));
    expect((await openStore(disk, 'n', 'x' as Epoch)).state).toBe('damaged');
  });

  async function filled(): Promise<MemoryDisk> {
    const disk = openMemory();
    const { store } = await opened(disk);
    await store.append(update(1));
    await store.compact(
      async () => Uint8Array.from({ length: 50 }, (_, index) => index),
      () => true,
    );
    await store.append(update(2, 2, 2, 2, 2, 2, 2, 2, 2, 2));
    return disk;
  }
});
