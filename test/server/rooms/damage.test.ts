/**
 * A store damaged at every byte and every bit: its notebook opens with what it held or is refused with where, its bytes
 * stay, and the others open. Nothing less is ever shown as if it were all.
 */
import { afterAll, describe, expect, test } from 'vitest';
import type * as Y from 'yjs';
import { readParagraphs } from '../../../server/protocol/document.ts';
import type { NotebookId, PersonId, RunId } from '../../../server/protocol/ids.ts';
import { openRecords } from '../../../server/runs/records.ts';
import { type MemoryDisk, openMemory } from '../../../server/storage/disk/memory.ts';
import { openIds } from '../../../server/workspace/ids.ts';
import { keepHeld } from '../../reliability/record.ts';
import { sourceIn } from './guest.ts';
import { NOTEBOOK, openHouse, TestClock } from './house.ts';

const OTHER = 'other' as NotebookId;
const FOLDER = `notebooks/${NOTEBOOK}`;
const WHO = { id: 'ada' as PersonId, name: 'Ada' };
const sources = (doc: Y.Doc): string =>
  readParagraphs(doc)
    .paragraphs.map(({ source }) => source)
    .join();

/** Two generations and a tail of two edits, the last of them recognisable. */
async function made(): Promise<{ files: Map<string, Uint8Array>; texts: readonly string[] }> {
  const disk = openMemory();
  const time = new TestClock();
  const texts: string[] = [];
  for (let generation = 0; generation < 2; generation += 1) {
    const house = openHouse(disk, time, { client: 10 + generation });
    const { room } = await house.rooms.use(NOTEBOOK);
    for (let edit = 0; edit < 301; edit += 1) await room.transact(WHO, (doc) => sourceIn(doc).insert(0, 'x'));
    await time.pass(40_000);
    await house.close();
  }
  const house = openHouse(disk, time, { client: 20 });
  const { room } = await house.rooms.use(NOTEBOOK);
  texts.push(sources(room.doc));
  for (const mark of ['[a]', '[b]']) {
    await room.transact(WHO, (doc) => sourceIn(doc).insert(0, mark));
    texts.push(sources(room.doc));
  }
  await house.rooms.use(OTHER);
  await house.close();
  const files = new Map<string, Uint8Array>();
  for (const folder of ['notebooks/notebook', 'notebooks/other']) {
    for (const name of await disk.list(folder)) files.set(`${folder}/${name}`, (await disk.read(`${folder}/${name}`))!);
  }
  return { files, texts };
}

function withFiles(files: ReadonlyMap<string, Uint8Array>): MemoryDisk {
  const disk = openMemory();
  for (const [path, bytes] of files) disk.overwrite(path, bytes);
  return disk;
}

/** The text it opens with; undefined where it is refused, with a place, and its bytes are as they were. */
async function look(
  files: ReadonlyMap<string, Uint8Array>,
  path: string,
  bytes: Uint8Array,
): Promise<string | undefined> {
  const disk = withFiles(new Map([...files, [path, bytes]]));
  const house = openHouse(disk, new TestClock());
  await house.rooms.use(OTHER);
  try {
    return sources((await house.rooms.use(NOTEBOOK)).room.doc);
  } catch (error) {
    expect(error).toMatchObject({ code: 'notebook-damaged', message: expect.stringMatching(/log|snapshot|epoch/) });
    expect(await disk.read(path)).toEqual(bytes);
    return undefined;
  }
}

const held: Record<string, number> = {};
afterAll(() => keepHeld({ figure: 'R3', part: 'stores', held }));

describe('a damaged store', () => {
  test('of a document, every bit of its log flipped in turn, is refused with the place', {
    timeout: 60_000,
  }, async () => {
    const { files } = await made();
    const path = `${FOLDER}/log-2`;
    const whole = files.get(path)!;
    for (let bit = 0; bit < whole.length * 8; bit += 1) {
      const bytes = whole.slice();
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      expect({ bit, text: await look(files, path, bytes) }).toEqual({ bit, text: undefined });
    }
    held['each bit of the log of a document'] = whole.length * 8;
  });

  test('of a document, its log cut at every byte, shows whole edits up to there, or is refused', async () => {
    const { files, texts } = await made();
    const path = `${FOLDER}/log-2`;
    const whole = files.get(path)!;
    const seen = new Set<string | undefined>();
    for (let length = 0; length <= whole.length; length += 1) {
      const text = await look(files, path, whole.subarray(0, length));
      if (text !== undefined) expect(texts).toContain(text);
      seen.add(text);
    }
    expect(seen).toEqual(new Set([undefined, ...texts]));
    held['the log of a document cut at each byte'] = whole.length + 1;
  });

  test('of a document, each byte of its snapshot changed in turn, costs nothing', { timeout: 60_000 }, async () => {
    const { files, texts } = await made();
    const path = `${FOLDER}/snapshot-2`;
    const whole = files.get(path)!;
    for (let at = 0; at < whole.length; at += 1) {
      const bytes = whole.slice();
      bytes[at]! ^= 1 << (at % 8);
      expect({ at, text: await look(files, path, bytes) }).toEqual({ at, text: texts.at(-1) });
    }
    held['each byte of a snapshot'] = whole.length;
  });

  test('of runs, each byte changed in turn, shows the runs before, says so and keeps the file', async () => {
    const disk = openMemory();
    const options = { folder: 'n', now: () => 1, warn: () => {} };
    const records = await openRecords({ disk, ...options });
    const ids = ['n-aaaaaaaaaa', 'n-bbbbbbbbbb'] as RunId[];
    for (const id of ids) {
      records.add({ type: 'queued', run: runOf(id) });
      records.add({ type: 'ended', id, phase: { state: 'done', started: 1, ended: 2 }, outputs: [] });
      await records.flush();
    }
    await records.close();
    const whole = (await disk.read('n/runs.log'))!;
    for (let at = 0; at < whole.length; at += 1) {
      const bytes = whole.slice();
      bytes[at]! ^= 1 << (at % 8);
      const damaged = openMemory();
      damaged.overwrite('n/runs.log', bytes);
      const warnings: string[] = [];
      const again = await openRecords({ disk: damaged, ...options, warn: (what) => warnings.push(what) });
      const there = [...again.history.runs.keys()];
      expect(ids.slice(0, there.length)).toEqual(there);
      expect({ at, warnings: warnings.length }).toEqual({ at, warnings: 1 });
      expect(await damaged.read('n/runs.log.damaged-1')).toEqual(bytes);
      await again.close();
    }
    held['each byte of the log of runs'] = whole.length;
  });

  test('of ids, any line spoilt, keeps the other lines and the file as it was', async () => {
    const lines = ['a', 'b', 'c'].map((id) => `${JSON.stringify({ id, path: `${id}.nb.md` })}\n`);
    for (let line = 0; line < lines.length; line += 1) {
      const disk = openMemory();
      const spoilt = lines.map((one, index) => (index === line ? `#${one.slice(1)}` : one)).join('');
      await disk.replace('notebooks.jsonl', new TextEncoder().encode(spoilt));
      const ids = await openIds(disk, 7);
      expect([...ids.records.keys()]).toEqual(['a', 'b', 'c'].filter((_, index) => index !== line));
      expect(new TextDecoder().decode(await disk.read('notebooks.jsonl.damaged-7'))).toBe(spoilt);
    }
    held['each line of the ids'] = lines.length;
  });
});

const runOf = (id: RunId) => ({
  id,
  notebook: 'n' as NotebookId,
  paragraph: 'p' as never,
  request: 'q' as never,
  session: 's' as never,
  by: WHO,
  asked: 1,
  interpreter: 'sql',
  source: 'select 1',
  options: {},
  forms: {},
});
