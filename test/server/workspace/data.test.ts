import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DataFiles } from '../../../server/workspace/contract.ts';
import { dataFiles } from '../../../server/workspace/data.ts';

let top: string;
let root: string;
let data: DataFiles;

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'data-'));
  root = join(top, 'workspace');
  await mkdir(join(root, '.gondola'), { recursive: true });
  data = dataFiles(root, join(root, '.gondola'));
});
afterEach(() => rm(top, { recursive: true, force: true }));

const write = (path: string, content: string, options = {}) =>
  data.write(path, Readable.from([Buffer.from(content)]), options);

describe('data files', () => {
  it('stay as they are when an upload in their place broke off before it began', async () => {
    await write('data/a.csv', 'kept');
    const gone = Readable.from([Buffer.from('new')]);
    gone.destroy();
    await expect(data.write('data/a.csv', gone, { replace: true })).rejects.toThrow();
    expect(await readFile(join(root, 'data/a.csv'), 'utf8')).toBe('kept');
  });
  it('are not read through a link into the machine’s records', async () => {
    await mkdir(join(root, 'data'));
    await writeFile(join(root, '.gondola/token'), 'secret');
    await symlink('../.gondola/token', join(root, 'data/t.csv'));
    await expect(data.read('data/t.csv')).rejects.toMatchObject({ code: 'not-acceptable-path' });
    expect(await data.visible('n.nb.md')).toEqual([]);
  });
  it('are seen from the notebook’s folder and those above, the nearest of a name', async () => {
    await write('data/a.csv', 'top');
    await write('data/b.csv', 'top');
    await write('team/data/b.csv', 'team');
    await write('team/x/data/c.csv', 'x');
    await write('other/data/d.csv', 'other');
    await mkdir(join(root, 'data/folder'));
    await writeFile(join(root, 'data/.hidden'), '');
    const visible = (await data.visible('team/x/n.nb.md')).map(({ name, folder, bytes }) => [name, folder, bytes]);
    expect(visible).toEqual([
      ['a.csv', '', 3],
      ['b.csv', 'team', 4],
      ['c.csv', 'team/x', 1],
    ]);
    expect(await data.visible('n.nb.md')).toHaveLength(2);
  });

  it('of a taken name are numbered, and replaced only when that was asked', async () => {
    expect((await write('data/a.csv.gz', '1')).path).toBe('data/a.csv.gz');
    expect((await write('data/a.csv.gz', '2')).path).toBe('data/a-2.csv.gz');
    expect((await write('data/a.csv.gz', '3')).path).toBe('data/a-3.csv.gz');
    expect((await write('data/a.csv.gz', 'new', { replace: true })).path).toBe('data/a.csv.gz');
    expect(await readFile(join(root, 'data/a.csv.gz'), 'utf8')).toBe('new');
    const names = await Promise.all(Array.from({ length: 10 }, () => write('data/수출.csv', 'x')));
    expect(new Set(names.map(({ path }) => path)).size).toBe(10);
  });

  it('of an upload that breaks off leave nothing', async () => {
    const broken = Readable.from(
      (function* () {
        yield Buffer.alloc(100_000);
        throw new Error('gone');
      })(),
    );
    await expect(data.write('data/a.csv', broken)).rejects.toThrow('gone');
    const abort = new AbortController();
    const slow = new Readable({ read() {} });
    slow.push('x');
    const writing = data.write('data/b.csv', slow, { signal: abort.signal });
    abort.abort();
    await expect(writing).rejects.toThrow();
    expect(await readdir(join(root, '.gondola/tmp'))).toEqual([]);
    expect(await data.visible('n.nb.md')).toEqual([]);
  });

  it('may be empty', async () => {
    expect((await data.write('data/empty.csv', Readable.from([]))).bytes).toBe(0);
  });

  it('are read whole and in part, and removed', async () => {
    await write('data/a.csv', '0123456789');
    const whole = await data.read('data/a.csv');
    expect([whole.file.bytes, await text(whole.content)]).toEqual([10, '0123456789']);
    expect(await text((await data.read('data/a.csv', { start: 2, end: 4 })).content)).toBe('234');
    await data.remove('data/a.csv');
    await expect(data.read('data/a.csv')).rejects.toMatchObject({ code: 'not-found' });
    await expect(data.remove('data/a.csv')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('are no way by a link to what lies in another folder, whose roles are others', async () => {
    for (const folder of ['mine/data', 'theirs/data', 'data']) await mkdir(join(root, folder), { recursive: true });
    await writeFile(join(root, 'theirs/data/secret.csv'), 'secret');
    await writeFile(join(root, 'data/all.csv'), 'all');
    await symlink('../../theirs/data/secret.csv', join(root, 'mine/data/link.csv'));
    await symlink('../theirs', join(root, 'mine/way'));
    await symlink('../../data/all.csv', join(root, 'mine/data/all.csv'));
    await symlink('all.csv', join(root, 'mine/data/again.csv'));
    for (const path of ['mine/data/link.csv', 'mine/way/data/secret.csv'])
      await expect(data.read(path)).rejects.toMatchObject({ code: 'not-acceptable-path' });
    await expect(write('mine/way/data/new.csv', 'x')).rejects.toMatchObject({ code: 'not-acceptable-path' });
    // What the code of the same notebooks sees anyway.
    for (const path of ['mine/data/all.csv', 'mine/data/again.csv'])
      expect(await text((await data.read(path)).content)).toBe('all');
    expect((await data.visible('mine/n.nb.md')).map(({ name }) => name)).toEqual(['again.csv', 'all.csv']);
  });

  it('lie nowhere but in data folders inside the workspace', async () => {
    await writeFile(join(top, 'secret.csv'), 'secret');
    await mkdir(join(root, 'data'));
    await symlink(join(top, 'secret.csv'), join(root, 'data/link.csv'));
    await symlink(top, join(root, 'out'));
    await mkdir(join(top, 'data'));
    await writeFile(join(top, 'data/x.csv'), 'secret');
    const wrong = [
      'data/link.csv',
      'out/data/x.csv',
      '../data/x.csv',
      'data/../data/x.csv',
      '/data/x.csv',
      'data//x.csv',
      'data/x\u0000.csv',
      'data\\x.csv',
      'data/..',
      'data/.',
      'data/',
      'data',
      '',
      'x.csv',
      'data/sub/x.csv',
      '.gondola/data/x.csv',
      'a/.b/data/x.csv',
      'data/.x.csv',
      'data/con',
      'data/NUL.csv',
      'data/x.csv ',
      'data/x.',
      'data/a:b',
      'data/a|b',
      `data/${'x'.repeat(300)}`,
      'node_modules/data/x.csv',
      'data/data/x.csv',
      'data/\ud800.csv',
      'data/x\n.csv',
      'C:/data/x.csv',
    ];
    for (const path of wrong) {
      const refused = { status: expect.any(Number), code: expect.stringMatching(/not-acceptable-path|not-found/) };
      await expect([path, await data.read(path).catch((error) => error)]).toEqual([
        path,
        expect.objectContaining(refused),
      ]);
      await expect([path, await write(path, 'x', { replace: true }).catch((error) => error)]).toEqual([
        path,
        expect.objectContaining({ code: 'not-acceptable-path' }),
      ]);
    }
    expect(await data.visible('n.nb.md')).toEqual([]);
    expect(await readFile(join(top, 'secret.csv'), 'utf8')).toBe('secret');
    expect((await write('data/fine name (1).csv', 'x')).bytes).toBe(1);
  });
});
