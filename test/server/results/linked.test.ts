import { link, mkdtemp, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openResultFiles } from '../../../server/results/files.ts';
import { type Linked, watchLinked } from '../../../server/results/linked.ts';
import { parquetBytes } from '../../support/parquet.ts';

const LONG_AGO = new Date('2024-05-06T07:08:09.123Z');

describe('a linked file', () => {
  let folder = '';
  let source = '';
  let kept = '';
  let linked: Linked;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gondola-linked-'));
    source = join(folder, 'source.parquet');
    kept = join(folder, 'results', 'r.parquet');
    await writeFile(source, parquetBytes('rows', 'footer'));
    await utimes(source, LONG_AGO, LONG_AGO);
    await link(source, join(folder, 'staged'));
    const adopted = await adopt();
    if (!adopted) throw new Error('not adopted');
    linked = adopted.linked;
    expect(adopted.shared).toBe(true);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const adopt = async (print?: { size: number; footer: string }) => {
    const files = openResultFiles(folder);
    const { open } = await import('node:fs/promises');
    const { footprintOf } = await import('../../../interpreters/parquet.ts');
    const file = await open(join(folder, 'staged'));
    const found = await footprintOf(file);
    await file.close();
    return files.adopt(join(folder, 'staged'), 'results', 'r.parquet', print ?? found!);
  };

  it('is the same bytes under another name, with the owner and rights that they had', async () => {
    const [one, other] = [await stat(source), await stat(kept)];
    expect(other.ino).toBe(one.ino);
    expect([other.mode, other.uid, other.mtimeMs]).toEqual([one.mode, one.uid, LONG_AGO.getTime()]);
    expect(await watchLinked(kept, linked)()).toBe('same');
  });

  it('stays the same when its source is deleted, replaced, renamed, or has its rights changed', async () => {
    const look = watchLinked(kept, linked);
    await rename(source, `${source}.old`);
    expect(await look()).toBe('same');
    await writeFile(source, parquetBytes('others', 'footer'));
    expect(await look()).toBe('same');
    await rm(`${source}.old`);
    expect(await look()).toBe('same');
    expect(await watchLinked(kept, linked)()).toBe('same');
  });

  it('stays the same where a copy keeps whole milliseconds of its time', async () => {
    await utimes(kept, LONG_AGO, new Date(LONG_AGO.getTime() + 0.9));
    expect(await watchLinked(kept, linked)()).toBe('same');
  });

  it('has changed when somebody wrote into it, also with its time put back', async () => {
    const look = watchLinked(kept, linked);
    expect(await look()).toBe('same');
    await writeFile(source, parquetBytes('rows', 'footeR'));
    expect(await look()).toBe('changed');
    await utimes(source, LONG_AGO, LONG_AGO);
    expect(await look()).toBe('changed');
    await writeFile(source, parquetBytes('rows', 'footer'));
    expect(await look()).toBe('changed');
    await truncate(source, 3);
    expect(await look()).toBe('changed');
  });

  it('is gone with its name', async () => {
    const look = watchLinked(kept, linked);
    await rm(kept);
    expect(await look()).toBe('gone');
  });

  it('is not taken where it is not what was read', async () => {
    await link(source, join(folder, 'staged'));
    expect(await adopt({ size: linked.size, footer: 'x'.repeat(43) })).toBeUndefined();
    expect(await stat(join(folder, 'staged')).catch(() => undefined)).toBeUndefined();
    expect((await stat(source)).nlink).toBe(2);
  });

  it('takes its own room once it has no other name', async () => {
    await rm(source);
    await link(kept, join(folder, 'staged'));
    await rm(kept);
    expect((await adopt())?.shared).toBe(false);
  });
});
