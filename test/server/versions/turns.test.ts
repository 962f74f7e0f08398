/** However much the versions of a notebook hold, little of it is read or written in one turn of the event loop: counted, not timed. */
import { afterEach, expect, it, vi } from 'vitest';
import type { VersionId } from '../../../server/protocol/ids.ts';
import { openMemory } from '../../../server/storage/disk/memory.ts';
import { openVersionStore, type VersionStore, versionsPath } from '../../../server/versions/store.ts';
import { paragraph } from '../rooms/house.ts';

const MB = 1024 * 1024;
const FOLDER = 'notebooks/one';
/** As long as a record of texts is, that is read and one that is written; with what JSON adds. */
const MOST_PER_TURN = 2.5 * MB;
const disk = openMemory();
const open = async (): Promise<VersionStore> => {
  const opening = await openVersionStore(disk, FOLDER);
  if (opening.state !== 'open') throw new Error(opening.detail);
  return opening.store;
};
/** Does not deflate well, and is the same each time. */
function noise(seed: number, characters: number): string {
  const words = new Uint32Array(characters / 4);
  let state = seed * 2654435761 + 1;
  for (let at = 0; at < words.length; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    words[at] = state;
  }
  return Buffer.from(words.buffer).toString('base64').slice(0, characters);
}
const PARAGRAPHS = 9;
const momentOf = (seed: number) => ({
  paragraphs: Array.from({ length: PARAGRAPHS }, (_, index) =>
    paragraph(`p${index}`, noise(index % 3 === 0 ? index + 1 : seed * 100 + index, 200_000)),
  ),
});

/** The most JSON that was read and written in any turn while `work` went on, and all of it. */
async function turns(work: () => Promise<void>): Promise<{ most: number; all: number }> {
  let [now, most, all, over] = [0, 0, 0, false];
  const count = (text: string): void => {
    now += text.length;
    all += text.length;
    most = Math.max(most, now);
  };
  const [parse, stringify] = [JSON.parse, JSON.stringify];
  vi.spyOn(JSON, 'parse').mockImplementation((text: string, ...rest) => {
    count(text);
    return parse(text, ...rest);
  });
  vi.spyOn(JSON, 'stringify').mockImplementation((...given: Parameters<typeof JSON.stringify>) => {
    const text = stringify(...given);
    count(text);
    return text;
  });
  const turn = (): void => {
    now = 0;
    if (!over) setImmediate(turn);
  };
  setImmediate(turn);
  try {
    await work();
  } finally {
    over = true;
    vi.restoreAllMocks();
  }
  return { most, all };
}
afterEach(() => {
  vi.restoreAllMocks();
});

it('written anew and opened, by a little at a time', { timeout: 120_000 }, async () => {
  const store = await open();
  for (let at = 1; at <= 10; at += 1) {
    const name = at % 5 === 0 ? { name: `named ${at}` } : {};
    await store.add({ id: `v${at}` as VersionId, at, reason: 'asked', moment: momentOf(at), ...name });
  }
  const before = (await disk.size(versionsPath(FOLDER)))!;
  const thinned = await turns(() => store.thin(400 * 24 * 60 * 60 * 1000));
  expect((await disk.size(versionsPath(FOLDER)))!).toBeLessThan(before / 2);
  expect(thinned.most).toBeLessThan(MOST_PER_TURN);
  expect(store.list().map(({ id }) => id)).toEqual(['v10', 'v9', 'v5']);
  expect(store.read('v5' as VersionId)?.moment).toEqual(momentOf(5));
  expect(await disk.list(FOLDER)).toEqual(['versions.log']);
  await store.add({ id: 'v11' as VersionId, at: 11, reason: 'asked', moment: momentOf(11) });
  await store.close();

  let again: VersionStore | undefined;
  const opened = await turns(async () => {
    again = await open();
  });
  expect(opened.all).toBeGreaterThan(4 * MB);
  expect(opened.most).toBeLessThan(MOST_PER_TURN);
  expect(again?.list().map(({ id }) => id)).toEqual(['v11', 'v10', 'v9', 'v5']);
  expect(again?.read('v5' as VersionId)?.moment).toEqual(momentOf(5));
  expect(again?.read('v11' as VersionId)?.moment).toEqual(momentOf(11));
  await again?.close();
});
