import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyInto } from '../../../server/headless/file/copy.ts';
import { keep, makeScratch, takeIn } from '../../../server/headless/file/scratch.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gondola-copy-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const never = new AbortController().signal;
const quiet = (): void => undefined;

describe('a copy', () => {
  it('is whole, readable for sessions, and tells how far it is', async () => {
    const bytes = Buffer.alloc(20 * 2 ** 20, 'abc');
    writeFileSync(join(folder, 'from'), bytes, { mode: 0o600 });
    const told: number[] = [];
    await copyInto(join(folder, 'from'), join(folder, 'to'), (fraction) => told.push(fraction), never);
    expect(readFileSync(join(folder, 'to')).equals(bytes)).toBe(true);
    expect(statSync(join(folder, 'to')).mode & 0o777).toBe(0o644);
    // A file system that shares blocks is done at once.
    if (told.length > 0) expect(told.at(-1)).toBe(1);
  });

  it('that is given up leaves what was there before, and nothing half', async () => {
    writeFileSync(join(folder, 'from'), Buffer.alloc(64 * 2 ** 20));
    writeFileSync(join(folder, 'to'), 'before');
    const stop = new AbortController();
    const copying = copyInto(join(folder, 'from'), join(folder, 'to'), () => stop.abort(), stop.signal).catch(
      () => 'given up',
    );
    const how = await copying;
    if (how === 'given up') expect(readFileSync(join(folder, 'to'), 'utf8')).toBe('before');
    expect(readdirSync(folder).sort()).toEqual(['from', 'to']);
  });
});

describe('the scratch workspace', () => {
  it('knows a file again by where it lies, and keeps two of one name apart', async () => {
    const scratch = makeScratch(join(folder, 'scratch'));
    for (const place of ['a', 'b']) {
      mkdirSync(join(folder, place));
      writeFileSync(join(folder, place, 'x.csv'), `${place}\n`);
    }
    const first = await takeIn(scratch, join(folder, 'a', 'x.csv'), quiet, never);
    keep(scratch, { ...first.shown, notebook: 'n1' });
    const second = await takeIn(scratch, join(folder, 'b', 'x.csv'), quiet, never);
    const again = await takeIn(scratch, join(folder, 'a', 'x.csv'), quiet, never);
    expect([first.shown.name, second.shown.name]).toEqual(['x.csv', 'x-2.csv']);
    expect(again).toEqual({ shown: { ...first.shown, notebook: 'n1' }, fresh: false });
    writeFileSync(join(folder, 'a', 'x.csv'), 'longer\n');
    expect(await takeIn(scratch, join(folder, 'a', 'x.csv'), quiet, never)).toMatchObject({ fresh: true });
    expect(readFileSync(join(scratch, 'data', 'x.csv'), 'utf8')).toBe('longer\n');
  });

  it('never takes the place of a file that somebody put there', async () => {
    const scratch = makeScratch(join(folder, 'scratch'));
    writeFileSync(join(scratch, 'data', 'x.csv'), 'mine\n');
    writeFileSync(join(folder, 'x.csv'), 'new\n');
    const { shown } = await takeIn(scratch, join(folder, 'x.csv'), quiet, never);
    expect(shown.name).toBe('x-2.csv');
    expect(readFileSync(join(scratch, 'data', 'x.csv'), 'utf8')).toBe('mine\n');
  });

  it('goes on where its list is damaged', async () => {
    const scratch = makeScratch(join(folder, 'scratch'));
    writeFileSync(join(scratch, 'files.json'), '{ "files": [ { "source": 1 }, ');
    writeFileSync(join(folder, 'x.csv'), 'a\n');
    expect((await takeIn(scratch, join(folder, 'x.csv'), quiet, never)).shown.name).toBe('x.csv');
  });
});
