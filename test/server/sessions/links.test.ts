import { execFileSync } from 'node:child_process';
import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  open,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { footprintOf } from '../../../interpreters/parquet.ts';
import { linkFile, RECENT_MS } from '../../../server/sessions/links.ts';
import type { DataFolder, View } from '../../../server/sessions/visible.ts';
import { parquetBytes } from '../../support/parquet.ts';

const EARLIER = new Date(Date.now() - 60_000);
/** Nobody here. */
const STRANGER = { uid: 54_321, gid: 54_321 };

describe('linking a file that a statement names', () => {
  let base = '';
  let data = '';
  let staged = '';
  let count = 0;

  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'gondola-links-'));
    data = join(base, 'work', 'data');
    staged = join(base, 'linked');
    await mkdir(join(data, 'deep'), { recursive: true });
    await mkdir(staged);
    await write(join(data, 'x.parquet'));
    await write(join(data, 'deep', 'y.parquet'));
    await write(join(base, 'secret.parquet'));
  });
  afterEach(() => rm(base, { recursive: true }));

  const write = async (path: string, rows = 'rows', footer = 'footer'): Promise<void> => {
    await writeFile(path, parquetBytes(rows, footer));
    await utimes(path, EARLIER, EARLIER);
  };
  const folderOf = async (host: string, entries: string[]): Promise<DataFolder> => {
    const { dev, ino } = await stat(host, { bigint: true });
    return { folder: '', host, identity: `${dev}:${ino}`, entries };
  };
  const whole = async (): Promise<View> => ({ kind: 'whole', folder: await folderOf(data, ['x.parquet', 'deep']) });
  const printOf = async (path: string) => {
    const file = await open(path);
    const found = await footprintOf(file);
    await file.close();
    return found!;
  };
  const ask = async (
    path: string,
    { view, user, print, now = Date.now() }: { view?: View; user?: typeof STRANGER; print?: object; now?: number } = {},
  ): Promise<string | undefined> => {
    count += 1;
    const asked = { path, ...(print ?? (await printOf(join(data, 'x.parquet')))) };
    return linkFile(asked, { view: view ?? (await whole()), user, folder: staged, name: `r-${count}.parquet`, now });
  };
  const inodeOf = async (path: string) => (await stat(path)).ino;

  it('gives the very file another name, and leaves it as it is', async () => {
    const before = await stat(join(data, 'x.parquet'));
    const name = await ask('data/x.parquet');
    const linked = await stat(join(staged, name!));
    expect(linked.ino).toBe(before.ino);
    expect([linked.mode, linked.uid, linked.mtimeMs]).toEqual([before.mode, before.uid, before.mtimeMs]);
    expect(await ask('data/deep/y.parquet')).toBeDefined();
  });

  it('finds it in the nearest of several folders', async () => {
    const above = join(base, 'above');
    await mkdir(above);
    await write(join(above, 'z.parquet'));
    const folders = [await folderOf(data, ['x.parquet']), await folderOf(above, ['x.parquet', 'z.parquet'])];
    const entries = new Map([
      ['x.parquet', 0],
      ['z.parquet', 1],
    ]);
    const view: View = { kind: 'entries', folders, entries };
    expect(await inodeOf(join(staged, (await ask('data/x.parquet', { view }))!))).toBe(
      await inodeOf(join(data, 'x.parquet')),
    );
    expect(await inodeOf(join(staged, (await ask('data/z.parquet', { view }))!))).toBe(
      await inodeOf(join(above, 'z.parquet')),
    );
    expect(await ask('data/deep/y.parquet', { view })).toBeUndefined();
    expect(await ask('data/x.parquet', { view: { kind: 'empty' } })).toBeUndefined();
  });

  it('goes through no link, at the end or on the way, and nowhere else', async () => {
    await symlink(join(base, 'secret.parquet'), join(data, 'link.parquet'));
    await symlink(base, join(data, 'out'));
    await symlink('x.parquet', join(data, 'near.parquet'));
    for (const path of [
      'data/link.parquet',
      'data/near.parquet',
      'data/out/secret.parquet',
      'data/../../secret.parquet',
      'data/deep/../x.parquet',
      'data//x.parquet',
      'data/./x.parquet',
      'data/x.parquet/',
      'data/x.parquet\0',
      'data',
      'data/',
      'x.parquet',
      join(data, 'x.parquet'),
      join(base, 'secret.parquet'),
      `data/${'d/'.repeat(100)}x.parquet`,
    ])
      expect([path, await ask(path)]).toEqual([path, undefined]);
    expect(await readdir(staged)).toEqual([]);
  });

  it('takes no pipe, folder or device, without waiting for it', async () => {
    execFileSync('mkfifo', [join(data, 'pipe.parquet')]);
    expect(await ask('data/pipe.parquet')).toBeUndefined();
    expect(await ask('data/deep')).toBeUndefined();
  });

  it('takes nothing that the user of its process may not read or reach', async () => {
    expect(await ask('data/x.parquet', { user: STRANGER })).toBeDefined();
    await chmod(join(data, 'x.parquet'), 0o600);
    expect(await ask('data/x.parquet', { user: STRANGER })).toBeUndefined();
    expect(await ask('data/deep/y.parquet', { user: STRANGER })).toBeDefined();
    await chmod(join(data, 'deep'), 0o700);
    expect(await ask('data/deep/y.parquet', { user: STRANGER })).toBeUndefined();
    await chmod(join(data, 'deep'), 0o755);
    await chmod(data, 0o700);
    expect(await ask('data/deep/y.parquet', { user: STRANGER })).toBeUndefined();
    await chmod(data, 0o755);
  });

  it('takes only the file that was read, and not one that is being written', async () => {
    const print = await printOf(join(data, 'x.parquet'));
    await write(join(data, 'x.parquet'), 'rows', 'Footer');
    expect(await ask('data/x.parquet', { print })).toBeUndefined();
    for (const odd of [{}, { size: 1 }, { ...print, footer: '' }, { ...print, size: '1' }])
      expect(await ask('data/x.parquet', { print: odd })).toBeUndefined();
    const now = EARLIER.getTime() + RECENT_MS / 2;
    expect(await ask('data/x.parquet', { now })).toBeUndefined();
    expect(await readdir(staged)).toEqual([]);
  });

  it('takes nothing from a folder that another one stands for by now', async () => {
    const view = await whole();
    await rename(data, `${data}-old`);
    await mkdir(data);
    await write(join(data, 'x.parquet'));
    expect(await ask('data/x.parquet', { view })).toBeUndefined();
  });

  it('copies where no link can be made, read-only, and forgets what nobody took', async () => {
    const elsewhere = await mkdtemp('/dev/shm/gondola-links-').catch(() => undefined);
    if (elsewhere === undefined) return;
    try {
      await write(join(elsewhere, 'x.parquet'));
      const isOther = (await stat(elsewhere)).dev !== (await stat(base)).dev;
      const view: View = { kind: 'whole', folder: await folderOf(elsewhere, ['x.parquet']) };
      const name = await ask('data/x.parquet', { view });
      const copy = await stat(join(staged, name!));
      expect(isOther ? [copy.nlink, copy.mode & 0o777] : [1, 0o444]).toEqual([1, 0o444]);
    } finally {
      await rm(elsewhere, { recursive: true });
    }
    await ask('data/x.parquet', { now: Date.now() + 120_000 });
    expect((await readdir(staged)).length).toBe(1);
  });

  it('lets no program heap up links', async () => {
    for (let at = 0; at < 100; at += 1) await link(join(data, 'x.parquet'), join(staged, `w-${at}.parquet`));
    expect(await ask('data/x.parquet')).toBeUndefined();
  });
});
