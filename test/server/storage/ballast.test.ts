import { describe, expect, test } from 'vitest';
import { BALLAST, BALLAST_BYTES, withBallast } from '../../../server/storage/disk/ballast.ts';
import { openMemory } from '../../../server/storage/disk/memory.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function scene() {
  const memory = openMemory();
  const told: string[] = [];
  let time = 0;
  let room = Number.POSITIVE_INFINITY;
  memory.faults = (call, path) => {
    if (call !== 'append' && call !== 'replace') return undefined;
    if (path === BALLAST) return room < BALLAST_BYTES ? { code: 'disk-full' } : undefined;
    return room <= 0 ? { code: 'disk-full' } : undefined;
  };
  const disk = withBallast(memory, { now: () => time, report: (what) => told.push(what) });
  return {
    memory,
    disk,
    told,
    setRoom: (bytes: number) => {
      room = bytes;
    },
    pass: (ms: number) => {
      time += ms;
    },
  };
}

describe('a disk with a ballast', () => {
  test('has it from the start', async () => {
    const { memory, disk } = scene();
    await disk.close();
    expect(await memory.size(BALLAST)).toBe(BALLAST_BYTES);
  });

  test('lets go of it when it is full, and then takes small files and no edits', async () => {
    const { memory, disk, told, setRoom } = scene();
    await disk.append('log', Uint8Array.of(1));
    setRoom(0);
    await expect(disk.append('log', Uint8Array.of(2))).rejects.toMatchObject({ code: 'disk-full' });
    expect(await memory.size(BALLAST)).toBeUndefined();
    // The ballast’s own room.
    setRoom(BALLAST_BYTES - 1);
    await disk.replace('lock', Uint8Array.of(1));
    await expect(disk.append('log', Uint8Array.of(3))).rejects.toMatchObject({ code: 'disk-full' });
    await expect(disk.replace('large', new Uint8Array(1024 * 1024))).rejects.toMatchObject({ code: 'disk-full' });
    expect([await memory.read('log'), told]).toEqual([Uint8Array.of(1), ['full']]);
  });

  test('goes on by itself once there is room for it again, and not before', async () => {
    const { memory, disk, told, setRoom, pass } = scene();
    setRoom(0);
    await expect(disk.append('log', Uint8Array.of(2))).rejects.toMatchObject({ code: 'disk-full' });
    setRoom(BALLAST_BYTES - 1);
    pass(5_000);
    await expect(disk.append('log', Uint8Array.of(3))).rejects.toMatchObject({ code: 'disk-full' });
    setRoom(BALLAST_BYTES + 1);
    pass(5_000);
    await disk.append('log', Uint8Array.of(4));
    expect([await memory.read('log'), await memory.size(BALLAST)]).toEqual([Uint8Array.of(4), BALLAST_BYTES]);
    expect(told).toEqual(['full', 'has room again']);
  });

  test('opened where there is no room for it is full at once', async () => {
    const { disk, told, setRoom } = scene();
    setRoom(1);
    await settle();
    await expect(disk.append('log', Uint8Array.of(1))).rejects.toMatchObject({ code: 'disk-full' });
    expect(told).toEqual(['full']);
  });
});
