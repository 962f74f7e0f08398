import { describe, expect, it } from 'vitest';
import { isVast, sizeOf } from '../../../../client/outputs/made/pixels.ts';

const base64 = (...bytes: readonly (number | readonly number[])[]): string =>
  Buffer.from(bytes.flat()).toString('base64');
const letters = (text: string): readonly number[] => [...Buffer.from(text, 'latin1')];
const png = (width: number, height: number): string => {
  const head = Buffer.alloc(26);
  head.set([0x89, ...letters('PNG\r\n\x1a\n'), 0, 0, 0, 13, ...letters('IHDR')]);
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  return head.toString('base64');
};

describe('the size of a picture', () => {
  it('is read from the head of each format', () => {
    expect(sizeOf('image/png', png(60_000, 60_000))).toEqual({ width: 60_000, height: 60_000 });
    expect(sizeOf('image/gif', base64(letters('GIF89a'), [0x20, 0x4e, 0x10, 0x27]))).toEqual({
      width: 20_000,
      height: 10_000,
    });
    const jpeg = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc2, 0, 11, 8, 0x27, 0x10, 0x4e, 0x20, 3];
    expect(sizeOf('image/jpeg', base64(jpeg))).toEqual({ width: 20_000, height: 10_000 });
    const webp = (kind: string, rest: readonly number[]): string => base64(letters(`RIFF....WEBP${kind}....`), rest);
    expect(sizeOf('image/webp', webp('VP8X', [0, 0, 0, 0, 0x9f, 0x86, 1, 0x0f, 0x27, 0]))).toEqual({
      width: 100_000,
      height: 10_000,
    });
    expect(sizeOf('image/webp', webp('VP8L', [0x2f, 0xff, 0xff, 0xff, 0x0f]))).toEqual({
      width: 16_384,
      height: 16_384,
    });
    expect(sizeOf('image/webp', webp('VP8 ', [0, 0, 0, 0x9d, 1, 0x2a, 0x20, 3, 0x58, 2]))).toEqual({
      width: 800,
      height: 600,
    });
  });

  it('is not known of what ends before it, or is no such file', () => {
    for (const type of ['image/png', 'image/gif', 'image/jpeg', 'image/webp', 'image/svg+xml'] as const)
      for (const data of ['', 'AAAA', '*', png(9, 9).slice(0, 8)]) expect(sizeOf(type, data)).toBeUndefined();
  });

  it('is too much where it would fill the memory of the page', () => {
    expect(isVast({ width: 60_000, height: 60_000 })).toBe(true);
    expect(isVast({ width: 8_000, height: 6_000 })).toBe(false);
  });
});
