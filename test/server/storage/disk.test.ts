import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openFiles } from '../../../server/storage/disk/files.ts';
import { openMemory } from '../../../server/storage/disk/memory.ts';
import { acceptDisk } from './disk.acceptance.ts';

acceptDisk('files', async () => {
  const root = await mkdtemp(join(tmpdir(), 'gondola-disk-'));
  const disk = openFiles(root);
  return {
    disk,
    release: async () => {
      await disk.close();
      await rm(root, { recursive: true });
    },
  };
});

acceptDisk('memory', async () => {
  const disk = openMemory();
  return { disk, release: () => disk.close() };
});

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('real files', () => {
  test('a write that the system refuses is a DiskError that names the path', async () => {
    const root = await mkdtemp(join(tmpdir(), 'gondola-disk-'));
    const disk = openFiles(root);
    await mkdir(join(root, 'folder'));
    await expect(disk.append('folder', bytes(1))).rejects.toMatchObject({
      code: 'disk-failed',
      message: expect.stringMatching(/^folder: .*EISDIR/),
    });
    await disk.close();
    await rm(root, { recursive: true });
  });

  test.skipIf(process.platform !== 'linux')('a full disk is told apart', async () => {
    const disk = openFiles('/dev');
    await expect(disk.append('full', bytes(1))).rejects.toMatchObject({ code: 'disk-full' });
    await disk.close();
  });
});

describe('the memory disk', () => {
  test('a power loss forgets what was not synced', async () => {
    const disk = openMemory();
    await disk.append('f', bytes(1, 2));
    await disk.sync('f');
    await disk.append('f', bytes(3, 4, 5));
    await disk.append('g', bytes(1));
    disk.losePower((unsynced) => unsynced - 2);
    expect(await disk.read('f')).toEqual(bytes(1, 2, 3));
    expect(await disk.read('g')).toBeUndefined();
  });

  test('a name is safe once its folder was synced, whatever is in the file', async () => {
    const disk = openMemory();
    await disk.replace('a', bytes(1));
    await disk.append('new', bytes(1));
    await disk.remove('a');
    disk.losePower();
    expect([await disk.list(''), await disk.read('a')]).toEqual([['a'], bytes(1)]);
    await disk.remove('a');
    await disk.append('new', bytes(1));
    await disk.sync('new');
    disk.losePower();
    expect(await disk.list('')).toEqual(['new']);
  });

  test('what was not synced survives in any subset', async () => {
    const seen = new Set<string>();
    for (let subset = 0; subset < 4; subset += 1) {
      const disk = openMemory();
      await disk.append('one', bytes(1));
      await disk.append('two', bytes(1));
      let asked = 0;
      disk.losePower(
        () => 0,
        () => (subset & (1 << asked++)) !== 0,
      );
      seen.add((await disk.list('')).join());
    }
    expect(seen).toEqual(new Set(['', 'one', 'two', 'one,two']));
  });

  test('a rename that was refused and yet happened is seen, and undone by a power loss', async () => {
    const disk = openMemory();
    await disk.replace('from', bytes(1));
    disk.faults = (call) => (call === 'rename' ? { code: 'disk-failed', done: true } : undefined);
    await expect(disk.rename('from', 'to')).rejects.toMatchObject({ code: 'disk-failed' });
    expect(await disk.list('')).toEqual(['to']);
    disk.losePower();
    expect(await disk.list('')).toEqual(['from']);
  });

  test('the k-th call fails, a short write leaves its part', async () => {
    const disk = openMemory();
    disk.faults = (_call, _path, count) => (count === 2 ? { code: 'disk-full', written: 1 } : undefined);
    await disk.append('f', bytes(1, 2));
    await expect(disk.append('f', bytes(3, 4))).rejects.toMatchObject({ code: 'disk-full' });
    expect(await disk.read('f')).toEqual(bytes(1, 2, 3));
  });

  test('what a failed sync covered is lost although the next sync succeeds', async () => {
    const disk = openMemory();
    await disk.append('f', bytes(1));
    await disk.sync('f');
    await disk.append('f', bytes(2));
    disk.faults = (call) => (call === 'sync' ? { code: 'disk-failed' } : undefined);
    await expect(disk.sync('f')).rejects.toMatchObject({ code: 'disk-failed' });
    disk.faults = () => undefined;
    await disk.sync('f');
    disk.losePower();
    expect(await disk.read('f')).toEqual(bytes(1));
  });
});
