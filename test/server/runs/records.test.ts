import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ParagraphId, RequestId, ResultId, RunId, SessionId } from '../../../server/protocol/ids.ts';
import type { Run, RunSpec } from '../../../server/protocol/runs.ts';
import { openRecords, type Records } from '../../../server/runs/records.ts';
import { DAYS_KEPT, RUNS_KEPT } from '../../../server/runs/stored.ts';
import { type MemoryDisk, openMemory } from '../../../server/storage/disk/memory.ts';
import { encodeLog } from '../../../server/storage/log.ts';
import { ada, notebook } from './support.ts';

const folder = 'notebooks/n';
const log = `${folder}/runs.log`;
const DAY = 24 * 60 * 60 * 1000;

type World = { readonly disk: MemoryDisk; time: number; readonly warnings: string[] };
const newWorld = (): World => ({ disk: openMemory(), time: 1000, warnings: [] });
const open = (world: World): Promise<Records> =>
  openRecords({
    disk: world.disk,
    folder,
    now: () => world.time,
    warn: (what) => world.warnings.push(what),
  });

const spec = (id: string, paragraph = 'p', source = 'select 1'): RunSpec => ({
  id: id as RunId,
  notebook,
  paragraph: paragraph as ParagraphId,
  request: 'r' as RequestId,
  session: 's' as SessionId,
  by: ada,
  asked: 1,
  interpreter: 'sql',
  source,
  options: {},
  forms: {},
});

const ended = (id: string, outputs: Run['outputs'] = [], at = 2, named?: string) => ({
  type: 'ended' as const,
  id: id as RunId,
  phase: { state: 'done' as const, started: 1, ended: at },
  outputs,
  ...(named ? { named: named as ResultId } : {}),
});

const read = async (records: Records, id: string): Promise<Run | undefined> => {
  const stored = records.history.runs.get(id as RunId);
  return stored && records.read(stored);
};

const table = (result: string) => ({
  kind: 'table' as const,
  result: result as ResultId,
  name: 'x',
  columns: [],
  rows: 1,
  bytes: 1,
});

describe('run records', () => {
  it('are there again after a power loss once flushed, and not before', async () => {
    const world = newWorld();
    const records = await open(world);
    records.add({ type: 'queued', run: spec('one') });
    await records.flush();
    records.add({ type: 'queued', run: spec('two') });
    world.disk.losePower();
    expect([...(await open(world)).history.runs.keys()]).toEqual(['one']);
  });

  it('give back long and short sources and texts unchanged', async () => {
    const world = newWorld();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('stdout' as const, 'stderr' as const), fc.string(), fc.nat(9000)), {
          maxLength: 6,
        }),
        fc.nat(9000),
        async (texts, sourceLength) => {
          const id = `run-${world.time++}`;
          const source = '가'.repeat(sourceLength);
          const outputs = texts.map(([stream, text, times]) => ({
            kind: 'text' as const,
            stream,
            text: `${text}${'x'.repeat(times)}`,
          }));
          const records = await open(world);
          records.add({ type: 'queued', run: spec(id, 'p', source) });
          records.add(ended(id, outputs));
          await records.flush();
          world.disk.losePower();
          expect(await read(await open(world), id)).toMatchObject({ source, outputs, phase: { state: 'done' } });
        },
      ),
      { numRuns: 30 },
    );
  });

  it('of a run under way hold what it printed up to the last flush', async () => {
    const world = newWorld();
    const records = await open(world);
    const id = 'one' as RunId;
    records.add({ type: 'queued', run: spec('one') });
    records.add({ type: 'started', id, at: 5 });
    for (const text of ['a', 'b'.repeat(5000), 'c']) {
      records.add({ type: 'text', id, stream: 'stdout', text });
      await records.flush();
    }
    records.add({ type: 'text', id, stream: 'stdout', text: 'not yet' });
    world.disk.losePower();
    world.time = 99;
    expect(await read(await open(world), 'one')).toMatchObject({
      phase: { state: 'lost', started: 5, ended: 99, reason: 'process-gone' },
      outputs: [{ kind: 'text', stream: 'stdout', text: `a${'b'.repeat(5000)}c` }],
    });
  });

  it('of a short run are one record beside its question', async () => {
    const world = newWorld();
    const records = await open(world);
    const id = 'one' as RunId;
    records.add({ type: 'queued', run: spec('one') });
    await records.flush();
    const before = (await world.disk.size(log)) ?? 0;
    records.add({ type: 'started', id, at: 5 });
    records.add({ type: 'text', id, stream: 'stdout', text: 'said' });
    records.add(ended('one', [{ kind: 'text', stream: 'stdout', text: 'said' }]));
    await records.flush();
    const bytes = await world.disk.read(log, { offset: before, length: 10_000 });
    expect(new TextDecoder().decode(bytes).match(/said/g)?.length).toBe(1);
  });

  it('hold an unchanged long source once', async () => {
    const world = newWorld();
    const records = await open(world);
    const source = 'x'.repeat(100_000);
    for (let count = 0; count < 20; count += 1) {
      records.add({ type: 'queued', run: spec(`run-${count}`, 'p', source) });
      records.add(ended(`run-${count}`));
      await records.flush();
    }
    let bytes = 0;
    for (const name of await world.disk.list(`${folder}/texts`))
      bytes += (await world.disk.size(`${folder}/texts/${name}`)) ?? 0;
    expect(bytes).toBeLessThan(2 * source.length);
    expect((await read(await open(world), 'run-7'))?.source).toBe(source);
  });

  it('forget all but the last hundred of a paragraph and what is older than thirty days', async () => {
    const world = newWorld();
    const records = await open(world);
    for (let count = 0; count < RUNS_KEPT + 20; count += 1) {
      records.add({ type: 'queued', run: spec(`run-${count}`) });
      records.add(ended(`run-${count}`, [table(`result-${count}`)], world.time));
    }
    records.add({ type: 'queued', run: spec('other', 'q') });
    records.add(ended('other', [], world.time));
    await records.flush();
    const forgotten = records.forgetOld('p' as ParagraphId);
    expect(forgotten.runs.length).toBe(20);
    expect(forgotten.results[0]).toBe('result-0');
    await records.flush();
    expect((await open(world)).history.runs.size).toBe(RUNS_KEPT + 1);
    world.time += (DAYS_KEPT + 1) * DAY;
    const old = records.forgetOld('p' as ParagraphId);
    expect(old.runs.length).toBe(RUNS_KEPT - 1);
    expect(records.forgetOld('q' as ParagraphId).runs).toEqual([]);
  });

  it('never forget the run that a name stands for', async () => {
    const world = newWorld();
    const records = await open(world);
    records.add({ type: 'queued', run: spec('named') });
    records.add(ended('named', [table('held')], world.time, 'held'));
    for (let count = 0; count < RUNS_KEPT + 20; count += 1) {
      records.add({ type: 'queued', run: spec(`run-${count}`) });
      records.add(ended(`run-${count}`, [], world.time));
    }
    await records.flush();
    expect(records.forgetOld('p' as ParagraphId).runs).not.toContain('named');
    await records.flush();
    const again = await open(world);
    expect(again.history.held.get('p' as ParagraphId)).toBe('held');
    expect(again.history.runs.has('named' as RunId)).toBe(true);
  });

  it('stay small on disk however often a paragraph runs', async () => {
    const world = newWorld();
    let records = await open(world);
    const text = 'y'.repeat(3000);
    for (let count = 0; count < 2000; count += 1) {
      records.add({ type: 'queued', run: spec(`run-${count}`) });
      records.add(ended(`run-${count}`, [{ kind: 'text', stream: 'stdout', text }], world.time));
      await records.flush();
      records.forgetOld('p' as ParagraphId);
    }
    await records.flush();
    expect(await world.disk.size(log)).toBeLessThan(2 * 1024 * 1024);
    world.disk.losePower();
    records = await open(world);
    expect(records.history.runs.size).toBe(RUNS_KEPT);
    expect((await read(records, 'run-1999'))?.outputs).toEqual([{ kind: 'text', stream: 'stdout', text }]);
  });

  it('that are damaged are read as far as they go, kept aside and reported', async () => {
    const world = newWorld();
    const records = await open(world);
    for (const id of ['one', 'two', 'three']) {
      records.add({ type: 'queued', run: spec(id) });
      records.add(ended(id));
      await records.flush();
    }
    const bytes = (await world.disk.read(log)) ?? new Uint8Array();
    const damaged = bytes.slice();
    damaged[Math.floor(bytes.length / 2)]! ^= 1;
    world.disk.overwrite(log, damaged);
    const again = await open(world);
    expect([...again.history.runs.keys()]).toEqual(['one']);
    expect(world.warnings[0]).toContain('damaged');
    again.add({ type: 'queued', run: spec('four') });
    again.add(ended('four'));
    await again.flush();
    world.disk.losePower();
    expect([...(await open(world)).history.runs.keys()]).toEqual(['one', 'four']);
    const names = await world.disk.list(folder);
    expect(names.some((name) => name.startsWith('runs.log.damaged-'))).toBe(true);
  });

  it('show a damaged long text as damaged, and everything else', async () => {
    const world = newWorld();
    const records = await open(world);
    records.add({ type: 'queued', run: spec('one', 'p', 'x'.repeat(9000)) });
    records.add(ended('one', [{ kind: 'text', stream: 'stdout', text: 'short' }]));
    await records.flush();
    for (const name of await world.disk.list(`${folder}/texts`)) {
      const path = `${folder}/texts/${name}`;
      const bytes = ((await world.disk.read(path)) ?? new Uint8Array()).slice();
      bytes[Math.floor(bytes.length / 2)]! ^= 1;
      world.disk.overwrite(path, bytes);
    }
    expect(await read(await open(world), 'one')).toMatchObject({
      source: expect.stringContaining('damaged'),
      outputs: [{ text: 'short' }],
    });
    expect(world.warnings.length).toBe(1);
  });

  it('of a newer version are shown and not written to', async () => {
    const world = newWorld();
    const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
    const bytes = encodeLog([
      { type: 0, payload: encode({ version: 2 }) },
      { type: 1, payload: encode([{ type: 'queued', run: spec('one') }]) },
    ]);
    await world.disk.replace(log, bytes);
    const records = await open(world);
    expect(records.history.runs.size).toBe(1);
    expect(records.failed?.message).toContain('newer');
    records.add({ type: 'queued', run: spec('two') });
    await expect(records.flush()).rejects.toThrow('newer');
    await records.close();
    expect(await world.disk.read(log)).toEqual(bytes);
  });

  it('lose nothing that was flushed, whichever disk call fails', async () => {
    for (let failing = 1; failing < 60; failing += 1) {
      const world = newWorld();
      world.disk.faults = (_call, _path, count) =>
        count === failing ? { code: 'disk-failed', written: 3 } : undefined;
      const flushed: string[] = [];
      let records: Records | undefined;
      try {
        records = await open(world);
      } catch {
        continue;
      }
      for (let count = 0; count < 8; count += 1) {
        const id = `run-${count}`;
        records.add({ type: 'queued', run: spec(id, `p${count % 2}`, 's'.repeat(count % 2 ? 10 : 6000)) });
        records.add(ended(id, [{ kind: 'text', stream: 'stdout', text: 't'.repeat(count % 3 ? 10 : 6000) }]));
        const kept = await records.flush().then(
          () => true,
          () => false,
        );
        if (kept) flushed.push(id);
      }
      world.disk.faults = () => undefined;
      world.disk.losePower();
      const again = await open(world);
      for (const id of flushed) expect([failing, (await read(again, id))?.phase.state]).toEqual([failing, 'done']);
      expect([failing, flushed.length]).toEqual([failing, expect.toSatisfy((count: number) => count >= 6)]);
    }
  });
});
