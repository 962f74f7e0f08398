import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import type { ParagraphId, VersionId } from '../../../server/protocol/ids.ts';
import type { Moment } from '../../../server/protocol/versions/version.ts';
import { openMemory } from '../../../server/storage/disk/memory.ts';
import { openLog } from '../../../server/storage/log.ts';
import { decodeRecord } from '../../../server/versions/records.ts';
import { openVersionStore, type VersionStore, versionsPath } from '../../../server/versions/store.ts';
import { paragraph } from '../rooms/house.ts';

const FOLDER = 'notebooks/one';
const MB = 1024 * 1024;
const A = 'a' as ParagraphId;
const noise = (characters: number): string => randomBytes(characters / 2).toString('hex');

async function open(disk = openMemory(), most = 64 * MB): Promise<VersionStore> {
  const opening = await openVersionStore(disk, FOLDER, most);
  if (opening.state !== 'open') throw new Error(opening.detail);
  return opening.store;
}

const says = (...sources: readonly string[]): Moment => ({
  paragraphs: sources.map((source, index) => paragraph(`${'abcdefgh'[index]}`, source)),
});

const add = (store: VersionStore, at: number, moment: Moment, name?: string) =>
  store.add({ id: `v${at}` as VersionId, at, reason: 'asked', moment, ...(name === undefined ? {} : { name }) });

it('says who changed a paragraph last also once its file was written anew', async () => {
  const disk = openMemory();
  const store = await open(disk);
  await store.touch([[A, 'Ana', 1]]);
  await add(store, 2, says('one', 'x'), 'first');
  await store.touch([[A, 'Ben', 3]]);
  await add(store, 4, says('two', 'x'), 'second');
  for (let at = 5; at < 8; at += 1) await add(store, at, says('two', noise(MB)));
  const before = (await disk.size(versionsPath(FOLDER))) ?? 0;
  await store.thin(8 + 366 * 24 * 60 * 60 * 1000);
  expect((await disk.size(versionsPath(FOLDER))) ?? 0).toBeLessThan(before / 2 + MB / 2);
  await add(store, 9, says('two', 'y'), 'third');
  expect(store.read('v9' as VersionId)?.touched.get(A)).toEqual({ by: 'Ben', at: 3 });
  expect(store.read('v2' as VersionId)?.touched.get(A)).toEqual({ by: 'Ana', at: 1 });
  await store.close();
  expect((await open(disk)).read('v9' as VersionId)?.touched.get(A)).toEqual({ by: 'Ben', at: 3 });
});

it('keeps forms, and tells versions apart by them', async () => {
  const disk = openMemory();
  const store = await open(disk);
  await store.add({ id: 'v1' as VersionId, at: 1, reason: 'daily', moment: { ...says('x'), forms: [['day', 1]] } });
  const again = { ...says('x'), forms: [['day', { type: 'date' }]] } as const;
  await store.add({ id: 'v2' as VersionId, at: 2, reason: 'daily', moment: again });
  await store.close();
  const read = await open(disk);
  expect(read.read('v1' as VersionId)?.moment.forms).toEqual([['day', 1]]);
  expect(read.read('v2' as VersionId)?.moment.forms).toEqual([['day', { type: 'date' }]]);
});

it('keeps the layout of the report and the dates of charts over a restart', async () => {
  const disk = openMemory();
  const store = await open(disk);
  const said = { ...says('x'), report: [['width', 'full']], annotations: [['2024-03-01', 'sale']] } as const;
  await store.add({ id: 'v1' as VersionId, at: 1, reason: 'daily', moment: said });
  await store.close();
  const read = await open(disk);
  expect(read.read('v1' as VersionId)?.moment).toEqual(said);
  // The same once more makes no other version.
  await read.add({ id: 'v2' as VersionId, at: 2, reason: 'daily', moment: said });
  expect(read.list()).toHaveLength(1);
});

it('drops as many automatic versions as it takes', async () => {
  const disk = openMemory();
  const small = 2 * MB;
  const store = await open(disk);
  for (let at = 1; at <= 12; at += 1) await add(store, at, says(noise(MB)));
  await store.close();
  const full = await open(disk, small);
  expect(full.isFull).toBe(true);
  await full.thin(13);
  expect(full.isFull).toBe(false);
  expect(full.list()[0]).toMatchObject({ id: 'v12' });
});

it('writes long texts in records of their own', async () => {
  const disk = openMemory();
  const store = await open(disk);
  const long = Array.from({ length: 5 }, () => noise(MB - 6));
  await add(store, 1, says(...long, 'short', 'shorter'), 'all');
  const log = await openLog(disk, versionsPath(FOLDER));
  const counts = log.records.map(decodeRecord).flatMap((one) => (one.type === 'contents' ? [one.contents.length] : []));
  expect(counts).toEqual([1, 1, 1, 1, 2, 1]);
  expect(store.read('v1' as VersionId)?.moment.paragraphs.map(({ source }) => source)).toEqual([
    ...long,
    'short',
    'shorter',
  ]);
});
