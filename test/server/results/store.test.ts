import { describe, expect, it } from 'vitest';
import { type NotebookId, newId, type ParagraphId, type ResultId, type RunId } from '../../../server/protocol/ids.ts';
import { newResultId } from '../../../server/protocol/keys.ts';
import type { Reader } from '../../../server/results/client.ts';
import type { ResultOwner, Results } from '../../../server/results/contract.ts';
import type { Downloads } from '../../../server/results/downloads.ts';
import type { ResultFiles } from '../../../server/results/files.ts';
import { openResults } from '../../../server/results/store.ts';
import { type MemoryDisk, openMemory } from '../../../server/storage/disk/memory.ts';
import { DiskError } from '../../../server/storage/disk.ts';

const notebook = 'notebook22' as NotebookId;
const columns = [{ name: 'a', type: 'INTEGER' }];
const small = new Uint8Array([1, 2, 3]);
const medium = new Uint8Array(100_000).fill(7);
const signal = new AbortController().signal;

/** Files as names with sizes; `out/…` is where a session leaves them, `shared` those that have another name. */
function memoryFiles(sizes: Map<string, number>, shared: ReadonlySet<string>): ResultFiles {
  return {
    take: async (from, folder, name) => {
      const size = sizes.get(from);
      if (size === undefined) throw new DiskError('disk-failed', `${from} is not there`);
      sizes.delete(from);
      sizes.set(`${folder}/${name}`, size);
      return size;
    },
    adopt: async (from, folder, name, print) => {
      const size = sizes.get(from);
      sizes.delete(from);
      if (size !== print.size) return undefined;
      sizes.set(`${folder}/${name}`, size);
      return { linked: { ...print, changed: 1 }, shared: shared.has(from) };
    },
    names: async (folder, name) => {
      const own = [...sizes.keys()].filter((path) => path.endsWith('.parquet')).length;
      return sizes.has(`${folder}/${name}`) ? { count: own + shared.size, file: '1:1' } : undefined;
    },
    remove: async (folder, name) => {
      sizes.delete(`${folder}/${name}`);
    },
    list: async (folder) =>
      [...sizes.keys()].filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1)),
    path: (folder, name) => `/root/${folder}/${name}`,
  };
}

type World = {
  disk: MemoryDisk;
  sizes: Map<string, number>;
  shared: Set<string>;
  released: string[];
  time: number;
};

const newWorld = (): World => ({
  disk: openMemory(),
  sizes: new Map(),
  shared: new Set(),
  released: [],
  time: 0,
});

function openIn(
  world: World,
  budget = { notebook: 1000_000, workspace: 2000_000 },
  held: ReadonlySet<ResultId> = new Set(),
): Results {
  const reader: Reader = {
    ask: () => Promise.reject(new Error('no window is asked of the reader here')),
    release: (key) => world.released.push(key),
    warm: () => {},
    close: async () => {},
  };
  const downloads: Downloads = {
    watch: () => Promise.reject(new Error('nobody downloads')),
    whole: () => Promise.reject(new Error('nobody downloads')),
    find: () => undefined,
    drop: () => {},
    close: async () => {},
  };
  return openResults({
    disk: world.disk,
    files: memoryFiles(world.sizes, world.shared),
    reader,
    downloads,
    now: () => ++world.time,
    budget,
    held: async () => held,
  });
}

const owner = (paragraph = 'p', of = notebook): ResultOwner => ({
  notebook: of,
  paragraph: paragraph as ParagraphId,
  run: newId<RunId>(),
  id: newResultId(of),
});

async function keepFile(world: World, results: Results, bytes: number, who = owner()): Promise<ResultId> {
  world.sizes.set('out/t', bytes);
  await results.keepFile(who, columns, 20_000, 'out/t');
  return who.id;
}

const blockOf = async (results: Results, id: ResultId): Promise<Uint8Array | undefined> => {
  const source = await results.source(id);
  return source?.kind === 'block' ? source.read() : undefined;
};

describe('linked files', () => {
  const print = { size: 900_000, footer: 'f'.repeat(43) };
  const keep = async (world: World, results: Results, of = notebook) => {
    world.sizes.set('linked/t', print.size);
    const who = owner('p', of);
    return { who, bytes: await results.keepFile(who, columns, 20_000, 'linked/t', print) };
  };

  it('take nothing of the budget while they have another name, and all of it after', async () => {
    const world = newWorld();
    world.shared.add('linked/t');
    const results = openIn(world, { notebook: 1_000, workspace: 1_000 });
    const [first, second] = [await keep(world, results), await keep(world, results)];
    expect(first.bytes).toBe(print.size);
    expect(await results.info(first.who.id)).toMatchObject({ bytes: print.size, state: 'kept' });
    const plain = await keepFile(world, results, 900);
    expect(await results.enforceBudget()).toEqual([]);
    world.shared.clear();
    // One file: only the first is counted with it, and goes; then the other is.
    expect(await results.enforceBudget()).toEqual([first.who.id]);
    expect(await results.enforceBudget()).toContain(second.who.id);
    expect(await results.info(plain)).toMatchObject({ state: 'kept' });
  });

  it('take it too where only results of several notebooks have the file, open or not, once for all of them', async () => {
    const world = newWorld();
    world.shared.add('linked/t');
    const budget = { notebook: 1_000, workspace: 1_000 };
    const other = await keep(world, openIn(world, budget), 'notebook33' as NotebookId);
    const results = openIn(world, budget);
    const own = await keep(world, results);
    expect(await results.enforceBudget()).toEqual([]);
    world.shared.clear();
    expect(await results.enforceBudget()).toEqual([own.who.id]);
    expect(await results.info(other.who.id)).toMatchObject({ state: 'kept' });
    expect(await results.enforceBudget()).toEqual([other.who.id]);
  });

  it('are refused where they are not what was read, and leave nothing behind', async () => {
    const world = newWorld();
    const results = openIn(world);
    world.sizes.set('linked/t', 5);
    const who = owner();
    await expect(results.keepFile(who, columns, 1, 'linked/t', print)).rejects.toMatchObject({
      code: 'source-changed',
    });
    expect([...world.sizes]).toEqual([]);
    expect(await results.info(who.id)).toBeUndefined();
  });

  it('are found after power was lost', async () => {
    const world = newWorld();
    world.shared.add('linked/t');
    const { who } = await keep(world, openIn(world));
    world.disk.losePower();
    expect(await openIn(world).info(who.id)).toMatchObject({ bytes: print.size, state: 'kept', rows: 20_000 });
  });
});

describe('kept results', () => {
  it('are found by their id alone after power was lost', async () => {
    const world = newWorld();
    const first = openIn(world);
    const [tiny, block] = [owner(), owner()];
    expect(await first.keepBlock(tiny, columns, 1, small)).toBe(3);
    expect(await first.keepBlock(block, columns, 5000, medium)).toBe(100_000);
    const file = await keepFile(world, first, 5_000_000 / 10);
    world.disk.losePower();
    const again = openIn(world);
    expect(await again.info(tiny.id)).toEqual({
      id: tiny.id,
      notebook,
      run: tiny.run,
      columns,
      rows: 1,
      bytes: 3,
      state: 'kept',
    });
    expect(await blockOf(again, tiny.id)).toEqual(small);
    expect(await blockOf(again, block.id)).toEqual(medium);
    expect(await again.source(file)).toEqual({
      kind: 'file',
      path: `/root/notebooks/${notebook}/results/${file}.duckdb`,
    });
  });
  it('give a whole small result without a reader', async () => {
    const results = openIn(newWorld());
    const one = owner();
    await results.keepBlock(one, columns, 3, small);
    for (const limit of [undefined, 3, 100]) {
      const query = { offset: 0, sort: [], format: 'arrow' as const, ...(limit === undefined ? {} : { limit }) };
      expect((await results.window(one.id, query, signal)).body).toEqual(small);
    }
  });
  it('are unknown under ids that nobody made, and make no files', async () => {
    const world = newWorld();
    const results = openIn(world);
    for (const id of ['x', 'absent-result', `${notebook}-zzzz`, '-']) {
      expect(await results.info(id as ResultId)).toBeUndefined();
      await expect(
        results.window(id as ResultId, { offset: 0, sort: [], format: 'json' }, signal),
      ).rejects.toMatchObject({
        code: 'not-found',
      });
    }
    expect(await world.disk.list('notebooks')).toEqual([]);
  });
  it('name a sort’s columns as the formats do', async () => {
    const results = openIn(newWorld());
    const one = owner();
    await results.keepBlock(one, columns, 3, small);
    const query = { offset: 0, limit: 1, format: 'arrow' as const, sort: [{ column: 'b', descending: false }] };
    await expect(results.window(one.id, query, signal)).rejects.toMatchObject({ code: 'unknown-column' });
  });
});

describe('a result that is being written', () => {
  it('shows its first block and nothing else', async () => {
    const results = openIn(newWorld());
    const one = owner();
    results.open(one, columns, small, 3);
    results.open(one, columns, undefined, 50);
    expect(await results.info(one.id)).toMatchObject({ state: 'open', rows: 50 });
    const first = { offset: 0, limit: 200, sort: [], format: 'arrow' as const };
    expect((await results.window(one.id, first, signal)).body).toEqual(small);
    await expect(results.window(one.id, { ...first, offset: 200 }, signal)).rejects.toMatchObject({
      code: 'result-open',
    });
    results.abandon(one.id);
    expect(await results.info(one.id)).toBeUndefined();
  });
});

describe('what disk and records disagree on', () => {
  it('a file without a record goes when its notebook is read', async () => {
    const world = newWorld();
    world.sizes.set(`notebooks/${notebook}/results/orphan.duckdb`, 9);
    await openIn(world).info(newResultId(notebook));
    expect(world.sizes.size).toBe(0);
  });
  it('a record without its file counts as dropped', async () => {
    const world = newWorld();
    const id = await keepFile(world, openIn(world), 10);
    world.sizes.clear();
    const again = openIn(world);
    expect(await again.info(id)).toMatchObject({ state: 'dropped', bytes: 0, rows: 20_000 });
    await expect(again.window(id, { offset: 0, sort: [], format: 'json' }, signal)).rejects.toMatchObject({
      code: 'result-gone',
    });
    expect(await again.source(id)).toBeUndefined();
  });
  it('a damaged manifest is read up to the damage, takes nothing new and loses no file', async () => {
    const world = newWorld();
    const results = openIn(world);
    const early = owner();
    await results.keepBlock(early, columns, 1, small);
    const file = await keepFile(world, results, 10);
    await results.keepBlock(owner(), columns, 1, small);
    const path = `notebooks/${notebook}/results.log`;
    const bytes = (await world.disk.read(path))!.slice();
    bytes[bytes.length >> 1]! ^= 0xff;
    world.disk.overwrite(path, bytes);
    const again = openIn(world);
    expect(await blockOf(again, early.id)).toEqual(small);
    await expect(again.info(file)).rejects.toMatchObject({ code: 'notebook-damaged' });
    await expect(again.keepBlock(owner(), columns, 1, small)).rejects.toMatchObject({ code: 'notebook-damaged' });
    expect(world.sizes.size).toBe(1);
    const other = owner('p', 'other' as NotebookId);
    await again.keepBlock(other, columns, 1, small);
    expect(await again.info(other.id)).toMatchObject({ state: 'kept' });
  });
  it('a long manifest is written anew without what is forgotten', async () => {
    const world = newWorld();
    const results = openIn(world);
    const kept = owner();
    await results.keepBlock(kept, columns, 1, small);
    const gone = Array.from({ length: 600 }, () => owner());
    await Promise.all(gone.map((one) => results.keepBlock(one, columns, 1, small)));
    await results.forget(gone.map((one) => one.id));
    const before = await world.disk.size(`notebooks/${notebook}/results.log`);
    await results.close();
    const again = openIn(world);
    expect(await again.info(kept.id)).toMatchObject({ state: 'kept' });
    expect(await again.info(gone[0]!.id)).toBeUndefined();
    expect(await world.disk.size(`notebooks/${notebook}/results.log`)).toBeLessThan(before! / 100);
    const later = owner();
    await again.keepBlock(later, columns, 1, small);
    world.disk.losePower();
    expect(await openIn(world).info(later.id)).toMatchObject({ state: 'kept' });
  });
});

describe('a disk that fails', () => {
  it('is told and recovered from, whichever call fails; nothing kept is lost (invariant 6)', async () => {
    for (const code of ['disk-full', 'disk-failed'] as const) {
      for (let failing = 1; failing < 14; failing += 1) {
        const world = newWorld();
        const results = openIn(world);
        const kept: ResultId[] = [];
        let failed = false;
        const start = world.disk.calls;
        world.disk.faults = (_call, _path, count) => (count - start === failing ? { code } : undefined);
        for (const [index, block] of [small, medium, small, medium].entries()) {
          const one = owner();
          const done = await results.keepBlock(one, columns, index, block).then(
            () => true,
            (error: unknown) => {
              expect(error).toMatchObject({ code: expect.stringMatching(/^(storage-read-only|result-unreadable)$/) });
              failed = true;
              return false;
            },
          );
          if (done) kept.push(one.id);
        }
        expect(kept.length).toBeGreaterThanOrEqual(3);
        expect(failed || failing > 8).toBe(true);
        world.disk.losePower();
        world.disk.faults = () => undefined;
        const again = openIn(world);
        for (const id of kept) {
          expect(await again.info(id)).toMatchObject({ state: 'kept' });
          expect((await blockOf(again, id))!.length).toBeGreaterThan(2);
        }
      }
    }
  });
  it('full, lets a result file go again', async () => {
    const world = newWorld();
    const results = openIn(world);
    await keepFile(world, results, 10);
    world.disk.faults = (call) => (call === 'append' ? { code: 'disk-full' } : undefined);
    await expect(keepFile(world, results, 20)).rejects.toMatchObject({ code: 'storage-read-only' });
    expect([...world.sizes.values()]).toEqual([10]);
    world.disk.faults = () => undefined;
    const id = await keepFile(world, results, 30);
    expect(await results.info(id)).toMatchObject({ state: 'kept', bytes: 30 });
  });
});

describe('the budget', () => {
  it('drops a notebook’s oldest results, keeps their records and tells which', async () => {
    const world = newWorld();
    const results = openIn(world, { notebook: 150, workspace: 10_000 });
    const ids = [];
    for (const paragraph of ['a', 'a', 'b', 'a', 'c', 'b'])
      ids.push(await keepFile(world, results, 100, owner(paragraph)));
    // Three are older than their paragraph's latest.
    expect(await results.enforceBudget()).toEqual([ids[0], ids[1]]);
    expect(world.released).toEqual([ids[0], ids[1]]);
    expect(await results.info(ids[0]!)).toMatchObject({ state: 'dropped' });
    expect(await results.info(ids[2]!)).toMatchObject({ state: 'kept' });
    expect(world.sizes.size).toBe(4);
    expect(await results.enforceBudget()).toEqual([]);
    expect(await openIn(world).info(ids[1]!)).toMatchObject({ state: 'dropped' });
  });
  it('drops what a named version shows only when the workspace has nothing else, and forgets none of it', async () => {
    const world = newWorld();
    const held = new Set<ResultId>();
    const results = openIn(world, { notebook: 150, workspace: 1000 }, held);
    const ids = [];
    for (let round = 0; round < 4; round += 1) ids.push(await keepFile(world, results, 100, owner('a')));
    held.add(ids[0]!);
    expect(await results.enforceBudget()).toEqual([ids[1]]);
    await results.forget([ids[0]!, ids[2]!]);
    expect(await results.info(ids[0]!)).toMatchObject({ state: 'kept' });
    expect(await results.info(ids[2]!)).toBeUndefined();
    await keepFile(world, results, 850, owner('b'));
    expect(await results.enforceBudget()).toEqual([ids[0]]);
  });
  it('counts what a later run uses as that run’s: it is the latest, and takes no more room; also after a restart', async () => {
    const world = newWorld();
    const first = openIn(world, { notebook: 50, workspace: 210 });
    const [old, next] = [await keepFile(world, first, 100, owner('a')), await keepFile(world, first, 100, owner('a'))];
    const block = owner('b');
    await first.keepBlock(block, columns, 1, small);
    const later = newId<RunId>();
    expect(await first.renew([old, block.id], later)).toBe(true);
    expect(await first.info(old)).toMatchObject({ run: later, state: 'kept', bytes: 100 });
    expect(await blockOf(first, block.id)).toEqual(small);
    // Twice 100 and 3 bytes are there: within what the workspace may have.
    expect(await openIn(world, { notebook: 1000, workspace: 210 }).enforceBudget()).toEqual([]);
    const again = openIn(world, { notebook: 50, workspace: 210 });
    expect(await again.info(old)).toMatchObject({ run: later, state: 'kept' });
    expect(await again.enforceBudget()).toEqual([next]);
    // All of them or none.
    expect(await again.renew([old, next], newId<RunId>())).toBe(false);
    expect(await again.info(old)).toMatchObject({ run: later });
  });
  it('of a notebook never drops the latest of a paragraph, however large', async () => {
    const world = newWorld();
    const results = openIn(world, { notebook: 150, workspace: 10_000 });
    await keepFile(world, results, 4000, owner('a'));
    await keepFile(world, results, 4000, owner('b'));
    expect(await results.enforceBudget()).toEqual([]);
  });
  it('counts the notebooks of an earlier start for the workspace', async () => {
    const world = newWorld();
    const first = openIn(world);
    const old = await keepFile(world, first, 600, owner('a', 'one' as NotebookId));
    const older = await keepFile(world, first, 300, owner('a', 'two' as NotebookId));
    await first.close();
    const results = openIn(world, { notebook: 900, workspace: 1000 });
    const fresh = await keepFile(world, results, 200, owner('a', 'three' as NotebookId));
    expect(await results.enforceBudget()).toEqual([old]);
    expect(await results.info(older)).toMatchObject({ state: 'kept' });
    expect(await results.info(fresh)).toMatchObject({ state: 'kept' });
  });
  it('refuses only what would not fit alone', async () => {
    const world = newWorld();
    const results = openIn(world, { notebook: 10_000, workspace: 250 });
    await keepFile(world, results, 250);
    await expect(keepFile(world, results, 251)).rejects.toMatchObject({ code: 'quota-exceeded', status: 507 });
    expect([...world.sizes.values()]).toEqual([250]);
    const id = await keepFile(world, results, 249);
    await results.enforceBudget();
    expect(await results.info(id)).toMatchObject({ state: 'kept' });
    expect([...world.sizes.values()]).toEqual([249]);
  });
  it('makes room on a full disk', async () => {
    const world = newWorld();
    const results = openIn(world, { notebook: 50, workspace: 10_000 });
    await keepFile(world, results, 100);
    await keepFile(world, results, 100);
    world.disk.faults = (call) => (call === 'append' ? { code: 'disk-full' } : undefined);
    await expect(results.enforceBudget()).rejects.toMatchObject({ code: 'storage-read-only' });
    expect([...world.sizes.values()]).toEqual([100]);
    world.disk.faults = () => undefined;
    expect(await results.enforceBudget()).toHaveLength(1);
    expect([...world.sizes.values()]).toEqual([100]);
  });
  it('forgets with the run: file, block and record go', async () => {
    const world = newWorld();
    const results = openIn(world);
    const [file, block] = [await keepFile(world, results, 10), owner()];
    await results.keepBlock(block, columns, 5000, medium);
    await results.forget([file, block.id, newResultId(notebook)]);
    expect(world.sizes.size).toBe(0);
    expect(await world.disk.list(`notebooks/${notebook}/blocks`)).toEqual([]);
    expect(await results.info(file)).toBeUndefined();
  });
});
