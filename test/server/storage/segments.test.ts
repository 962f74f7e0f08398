import { describe, expect, test } from 'vitest';
import { openMemory } from '../../../server/storage/disk/memory.ts';
import { openSegments } from '../../../server/storage/segments.ts';

const bytes = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
const MEGABYTE = 1024 * 1024;

describe('segments', () => {
  test('give back what was written, after a power loss too', async () => {
    const disk = openMemory();
    const segments = await openSegments(disk, 'out', []);
    const addresses = await Promise.all([1, 2, 3].map((value) => segments.write(bytes(value * 10, value))));
    disk.losePower();
    const again = await openSegments(disk, 'out', addresses);
    for (const [index, address] of addresses.entries()) {
      expect(await again.read(address)).toEqual(bytes((index + 1) * 10, index + 1));
    }
  });

  test('writes made together share a sync', async () => {
    const disk = openMemory();
    let syncs = 0;
    disk.faults = (call) => {
      if (call === 'sync') syncs += 1;
      return undefined;
    };
    const segments = await openSegments(disk, 'out', []);
    await Promise.all(Array.from({ length: 40 }, () => segments.write(bytes(5, 1))));
    expect(syncs).toBe(2);
  });

  test('a segment goes with the last of its entries', async () => {
    const disk = openMemory();
    const segments = await openSegments(disk, 'out', []);
    const [first, second] = [await segments.write(bytes(5, 1)), await segments.write(bytes(5, 2))];
    await segments.drop(first);
    expect(await segments.read(second)).toEqual(bytes(5, 2));
    await segments.drop(second);
    expect(await disk.list('out')).toEqual([]);
    const third = await segments.write(bytes(5, 3));
    expect(await segments.read(third)).toEqual(bytes(5, 3));
  });

  test('a full segment is left for the next, and dropped alone', async () => {
    const disk = openMemory();
    const segments = await openSegments(disk, 'out', []);
    const first = await segments.write(bytes(17 * MEGABYTE, 1));
    const second = await segments.write(bytes(10, 2));
    expect(second.segment).not.toBe(first.segment);
    await segments.drop(first);
    expect(await disk.list('out')).toEqual([`segment-${second.segment}`]);
  });

  test('at start segments without a kept address go, and new entries never join an old segment', async () => {
    const disk = openMemory();
    const segments = await openSegments(disk, 'out', []);
    const first = await segments.write(bytes(17 * MEGABYTE, 1));
    const second = await segments.write(bytes(10, 2));
    const again = await openSegments(disk, 'out', [second]);
    expect(await disk.list('out')).toEqual([`segment-${second.segment}`]);
    expect((await again.write(bytes(1, 1))).segment).toBeGreaterThan(Math.max(first.segment, second.segment));
  });

  test('damage and missing files are refused', async () => {
    const disk = openMemory();
    const segments = await openSegments(disk, 'out', []);
    const address = await segments.write(bytes(10, 1));
    const file = (await disk.read('out/segment-1'))!;
    file[8]! ^= 1;
    disk.overwrite('out/segment-1', file);
    await expect(segments.read(address)).rejects.toThrow(/damaged/);
    await disk.remove('out/segment-1');
    await expect(segments.read(address)).rejects.toThrow(/damaged/);
  });

  test('after a failed write the next goes to a new segment, and the failed one is not acknowledged', async () => {
    const disk = openMemory();
    const segments = await openSegments(disk, 'out', []);
    const first = await segments.write(bytes(10, 1));
    disk.faults = (call) => (call === 'append' ? { code: 'disk-full', written: 3 } : undefined);
    await expect(segments.write(bytes(10, 2))).rejects.toMatchObject({ code: 'disk-full' });
    disk.faults = () => undefined;
    const second = await segments.write(bytes(10, 3));
    expect(second.segment).not.toBe(first.segment);
    expect(await segments.read(first)).toEqual(bytes(10, 1));
    expect(await segments.read(second)).toEqual(bytes(10, 3));
  });
});
