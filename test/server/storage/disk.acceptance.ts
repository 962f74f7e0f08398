import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Disk } from '../../../server/storage/disk.ts';

export type DiskUnderTest = { readonly disk: Disk; readonly release: () => Promise<void> };

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const shown = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes);

/** What every `Disk` does; each implementation runs it. */
export function acceptDisk(name: string, make: () => Promise<DiskUnderTest>): void {
  describe(`the disk "${name}"`, () => {
    let disk: Disk;
    let release: () => Promise<void>;
    beforeEach(async () => {
      ({ disk, release } = await make());
    });
    afterEach(() => release());

    test('what is not there reads as undefined and lists as empty', async () => {
      expect(await disk.read('a/b')).toBeUndefined();
      expect(await disk.size('a/b')).toBeUndefined();
      expect(await disk.list('a')).toEqual([]);
      await disk.remove('a/b');
    });

    test('append makes folders and answers the length so far', async () => {
      expect(await disk.append('a/b/log', text('one'))).toBe(3);
      expect(await disk.append('a/b/log', text('two!'))).toBe(7);
      await disk.sync('a/b/log');
      expect(shown(await disk.read('a/b/log'))).toBe('onetwo!');
      expect(await disk.size('a/b/log')).toBe(7);
      expect(await disk.list('a')).toEqual(['b']);
    });

    test('an append of nothing makes the file', async () => {
      expect(await disk.append('empty', new Uint8Array(0))).toBe(0);
      expect(await disk.size('empty')).toBe(0);
    });

    test('a range reads only what there is of it', async () => {
      await disk.append('f', text('0123456789'));
      expect(shown(await disk.read('f', { offset: 2, length: 3 }))).toBe('234');
      expect(shown(await disk.read('f', { offset: 8, length: 30 }))).toBe('89');
      expect(shown(await disk.read('f', { offset: 30, length: 3 }))).toBe('');
    });

    test('appends go on at the end after a truncate', async () => {
      await disk.append('f', text('0123456789'));
      await disk.truncate('f', 4);
      expect(await disk.append('f', text('xy'))).toBe(6);
      expect(shown(await disk.read('f'))).toBe('0123xy');
    });

    test('replace gives new content to a file that is appended to', async () => {
      await disk.append('d/f', text('old and long'));
      await disk.replace('d/f', text('new'));
      expect(await disk.append('d/f', text('er'))).toBe(5);
      expect(shown(await disk.read('d/f'))).toBe('newer');
      expect(await disk.list('d')).toEqual(['f']);
    });

    test('rename moves files and folders, onto a file too', async () => {
      await disk.append('d/f', text('one'));
      await disk.append('g', text('two'));
      await disk.rename('d/f', 'g');
      expect(shown(await disk.read('g'))).toBe('one');
      expect(await disk.read('d/f')).toBeUndefined();
      await disk.append('x/y/z', text('deep'));
      await disk.rename('x', 'w');
      expect(shown(await disk.read('w/y/z'))).toBe('deep');
      expect(await disk.append('w/y/z', text('er'))).toBe(6);
    });

    test('rename of what is not there is a DiskError', async () => {
      await expect(disk.rename('none', 'other')).rejects.toMatchObject({ code: 'disk-failed' });
    });

    test('remove takes a folder with all in it, and the name can be used again', async () => {
      await disk.append('d/e/f', text('one'));
      await disk.append('d/g', text('two'));
      await disk.remove('d');
      expect(await disk.list('d')).toEqual([]);
      expect(await disk.append('d/g', text('x'))).toBe(1);
    });

    test('what read gave does not change with later writes', async () => {
      await disk.append('f', text('abc'));
      const before = await disk.read('f');
      await disk.append('f', text('def'));
      await disk.replace('f', text('zzz'));
      expect(shown(before)).toBe('abc');
    });

    test('more files than descriptors are kept can be appended to in turn', async () => {
      for (let round = 0; round < 2; round += 1) {
        await Promise.all(Array.from({ length: 300 }, (_, index) => disk.append(`many/${index}`, text(`${round}`))));
      }
      expect(shown(await disk.read('many/7'))).toBe('01');
      expect((await disk.list('many')).length).toBe(300);
    });
  });
}
