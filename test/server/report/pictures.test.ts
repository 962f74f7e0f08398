import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FILE_PICTURE, FILE_TEXT } from '../../../server/protocol/report/file.ts';
import { pictureName } from '../../../server/protocol/report/picture.ts';
import { openPictureNames } from '../../../server/report/names.ts';
import { pictureNames, picturesOf, pictureType, readPicture } from '../../../server/report/pictures.ts';
import { dataFiles } from '../../../server/workspace/data.ts';

const PNG = Buffer.from('89504e470d0a1a0a0000000d', 'hex');
let outside: string;
let root: string;

beforeAll(() => {
  outside = realpathSync(mkdtempSync(join(tmpdir(), 'gondola-pictures-')));
  root = join(outside, 'workspace');
  for (const folder of ['data', 'team/data', 'team/inner/data', '.gondola'])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(outside, 'outside.png'), PNG);
  writeFileSync(join(root, 'data/top.png'), PNG);
  writeFileSync(join(root, 'data/near.png'), 'far away');
  writeFileSync(join(root, 'team/data/near.png'), PNG);
  writeFileSync(join(root, 'team/inner/data/below.png'), PNG);
  writeFileSync(join(root, 'team/data/table.png'), 'a,b\n1,2\n');
  writeFileSync(join(root, 'team/data/large.png'), Buffer.concat([PNG, Buffer.alloc(FILE_PICTURE)]));
  symlinkSync(join(outside, 'outside.png'), join(root, 'team/data/link.png'));
  symlinkSync(join(root, 'data/top.png'), join(root, 'team/data/up.png'));
});
afterAll(() => rmSync(outside, { recursive: true, force: true }));

const read = (name: string) =>
  readPicture(name, picturesOf('team/report.nb.md', dataFiles(root, join(root, '.gondola'))));

it('reads what the notebook sees, the nearest of a name first, and no link that leads out of the workspace', async () => {
  const picture = { type: 'image/png', data: PNG.toString('base64') };
  expect(await Promise.all(['near.png', 'top.png', 'up.png'].map(read))).toEqual([picture, picture, picture]);
  expect(await Promise.all(['link.png', 'below.png', 'none.png', '..', 'a/../x.png', ''].map(read))).toEqual(
    Array.from({ length: 6 }, () => ({ left: 'absent' })),
  );
  expect(await Promise.all(['table.png', 'large.png'].map(read))).toEqual([{ left: 'kind' }, { left: 'size' }]);
});

it('knows a picture by its first bytes, not by its name', () => {
  const of = (text: string): unknown => pictureType(Buffer.from(text, 'latin1'));
  expect([of('GIF89a…'), of('RIFF????WEBPVP8 '), of('\xff\xd8\xff\xe0'), of('\x89PNG\r\n\x1a\n')]).toEqual([
    'image/gif',
    'image/webp',
    'image/jpeg',
    'image/png',
  ]);
  const svg = '\ufeff<?xml version="1.0"?>\n<!-- a <svg> --><!DOCTYPE svg PUBLIC "x" "y">\n<svg xmlns="x"/>';
  expect(pictureType(Buffer.from(svg))).toBe('image/svg+xml');
  const hostile = ['<html><svg/>', 'select 1', '', `${'<!---->'.repeat(1_400)}x`, '<?xml', '<!-- <svg/>'];
  expect(hostile.map(of)).toEqual(hostile.map(() => undefined));
});

it('finds what prose shows as pictures: no code, no HTML, no address elsewhere', () => {
  const text = [
    '![a](data/a.png) [![b](<data/b c.png>)](x) ![][ref] ![e](data/%ED%95%9C.png)',
    '`![x](data/code.png)` <img src="data/html.png"> \\![x](data/escaped.png) [x](data/link.png)',
    '```\n![x](data/fence.png)\n```',
    '![x](data/../up.png) ![x](data/.hidden.png) ![x](/data/root.png) ![x](other/data/o.png) ![x](//h/data/h.png)',
    '\n[ref]: data/ref.svg',
  ].join('\n\n');
  expect(pictureNames(text)).toEqual(['a.png', 'b c.png', 'ref.svg', '한.png']);
});

it('calls a picture by its name alone', () => {
  expect(
    ['data/a.png', './data/a.png?x#y', 'data/한.png', 'data/a%2fb.png', 'data/%00.png', 'x/data/a.png'].map(
      pictureName,
    ),
  ).toEqual(['a.png', 'a.png', '한.png', undefined, undefined, undefined]);
});

it('is without a picture whose file can’t be read, or fails while it is read', async () => {
  const failing = (code: string): Error => Object.assign(new Error(code), { code, syscall: 'open' });
  const denied = picturesOf('a.nb.md', { read: () => Promise.reject(failing('EACCES')) });
  expect(await readPicture('a.png', denied)).toEqual({ left: 'absent' });
  const broken = new Readable({ read: () => void broken.destroy(failing('EIO')) });
  expect(await readPicture('a.png', { open: async () => ({ content: broken, bytes: 9 }) })).toEqual({ left: 'absent' });
  // A mistake of ours is none of these.
  const wrong = picturesOf('a.nb.md', { read: () => Promise.reject(new TypeError('x')) });
  await expect(readPicture('a.png', wrong)).rejects.toThrow(TypeError);
});

it('are found once in a text, however often they are asked for, and forgotten in their turn', () => {
  const find = openPictureNames();
  const text = '![a](data/a.png)';
  expect(find(text)).toEqual(['a.png']);
  expect(find(text)).toBe(find(text));
  const first = find(text);
  for (let at = 0; at < 600; at += 1) find(`${text} ${at}`);
  expect(find(text)).not.toBe(first);
  // What is past the end of what a report holds of a text is not looked at.
  expect(pictureNames(`${' '.repeat(FILE_TEXT)}\n\n${text}`)).toEqual([]);
});
