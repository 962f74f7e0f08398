/** Kept results offered and used, over a disk in memory: records, names, retention. */
import { describe, expect, it } from 'vitest';
import type { ParagraphId, ResultId, RunId } from '../../../../server/protocol/ids.ts';
import { isEnded } from '../../../../server/protocol/runs.ts';
import { ada, block, newWorld, notebook, request, sql, type World, watch } from '../support.ts';

const columns = [{ name: 'n', type: 'INTEGER' }];
const bob = { id: 'bob' as typeof ada.id, name: 'Bob' };
const a = 'a' as ParagraphId;
const b = 'b' as ParagraphId;
let requests = 0;

/** Two paragraphs, of which the second reads the first; each run gives a table whose rows say what was run. */
function twoOf(first = 'select 1'): World {
  const world = newWorld([sql('a', first, 'flights'), sql('b', 'from flights', 'late')]);
  world.sessions.reads = (source) =>
    source.includes('random') ? undefined : { tables: source === 'from flights' ? ['flights'] : [], marks: ['engine'] };
  world.sessions.script = (run, emit) => {
    emit({ type: 'table', table: 0, columns, rows: 1, open: false, named: true, block: block(run.source) });
    return { state: 'done' };
  };
  return world;
}

async function run(world: World, ids: readonly ParagraphId[], use?: readonly ParagraphId[], by = ada) {
  const runs = await world.runs.of(notebook);
  const page = watch(runs);
  requests += 1;
  const asked = await runs.ask({
    ...{ request: request(`r${requests}`), by, paragraphs: ids, ordered: true },
    ...(use ? { use: new Set(use) } : {}),
  });
  for (const { id } of asked.runs) await page.ended(id);
  page.release();
  return Promise.all(asked.runs.map(async ({ id }) => (await runs.get(id))!));
}

const write = (world: World, source: string): void => {
  world.paragraphs = world.paragraphs.map((one) => (one.id === 'a' ? { ...one, source } : one));
};
const offers = async (world: World, paragraphs = [a, b], ordered = false) =>
  (await (await world.runs.of(notebook)).offers({ paragraphs, ordered })).map(({ paragraph, run: id }) => [
    paragraph,
    id,
  ]);
const resultOf = ({ outputs }: { readonly outputs: readonly object[] }): ResultId =>
  (outputs[0] as { result: ResultId }).result;

describe('a kept result', () => {
  it('is offered after an edit was taken back, to whoever runs there, with who made it and when', async () => {
    const world = twoOf();
    const [first] = await run(world, [a]);
    write(world, 'select 2');
    expect(await offers(world, [a])).toEqual([]);
    await run(world, [a], undefined, bob);
    write(world, 'select 1');
    const [offer] = await (await world.runs.of(notebook)).offers({ paragraphs: [a] });
    const ended = isEnded(first!.phase) ? first!.phase.ended : 0;
    expect(offer).toEqual({ paragraph: a, run: first!.id, at: ended, by: ada });
  });

  it('is used without a run: its outputs are shown, cost nothing, and its table is there for what follows', async () => {
    const world = twoOf();
    const [first] = await run(world, [a]);
    write(world, 'select 2');
    await run(world, [a]);
    write(world, 'select 1');
    let executed = 0;
    const { script } = world.sessions;
    world.sessions.script = (one, emit) => {
      executed += 1;
      return script!(one, emit);
    };
    const [used] = await run(world, [a], [a], bob);
    expect(executed).toBe(0);
    expect(used).toMatchObject({
      by: bob,
      from: { run: first!.id, by: ada },
      phase: { state: 'done', cost: { cpuMs: 0, rows: 0 } },
    });
    expect(resultOf(used!)).toBe(resultOf(first!));
    const tables = await (await world.runs.of(notebook)).tables();
    expect(tables.map(({ name, result }) => [name, result])).toEqual([['flights', resultOf(first!)]]);
    // It is the run that shows it, so that whoever sees what is shown may read it.
    expect(world.results.kept.get(resultOf(first!))?.run).toBe(used!.id);
  });

  it('is there after a crash, with the table of one that was used', async () => {
    const world = twoOf();
    const [first] = await run(world, [a]);
    write(world, 'select 2');
    const [second] = await run(world, [a]);
    write(world, 'select 1');
    await run(world, [a], [a]);
    world.crash();
    expect((await (await world.runs.of(notebook)).tables()).map(({ result }) => result)).toEqual([resultOf(first!)]);
    write(world, 'select 2');
    expect(await offers(world, [a])).toEqual([[a, second!.id]]);
  });

  it('is offered behind one that was used, as its table is the same; and behind the same rows made anew', async () => {
    const world = twoOf();
    const [, late] = await run(world, [a, b]);
    write(world, 'select 2');
    await run(world, [a, b]);
    write(world, 'select 1');
    expect(await offers(world, [b])).toEqual([[b, expect.not.stringMatching(late!.id)]]);
    await run(world, [a], [a]);
    expect(await offers(world, [b])).toEqual([[b, late!.id]]);
    write(world, 'select 2');
    await run(world, [a]);
    write(world, 'select 1');
    await run(world, [a]);
    expect(await offers(world, [b])).toEqual([[b, late!.id]]);
  });

  it('is offered for a whole plan at once, and used so', async () => {
    const world = twoOf();
    const [flights, late] = await run(world, [a, b]);
    write(world, 'select 2');
    await run(world, [a, b]);
    write(world, 'select 1');
    expect(await offers(world, [a, b], true)).toEqual([
      [a, flights!.id],
      [b, late!.id],
    ]);
    const used = await run(world, [a, b], [a, b]);
    expect(used.map((one) => one.from?.run)).toEqual([flights!.id, late!.id]);
    expect(used.map(({ phase }) => phase.state)).toEqual(['done', 'done']);
  });

  it('made by another that used it is that one’s: when it was made stays', async () => {
    const world = twoOf();
    const [first] = await run(world, [a]);
    write(world, 'select 2');
    await run(world, [a]);
    write(world, 'select 1');
    await run(world, [a], [a], bob);
    write(world, 'select 2');
    await run(world, [a]);
    write(world, 'select 1');
    const [offer] = await (await world.runs.of(notebook)).offers({ paragraphs: [a] });
    expect(offer).toMatchObject({ at: isEnded(first!.phase) && first!.phase.ended, by: ada });
  });
});

describe('no kept result', () => {
  it('is offered of what varies, failed, or was made by another version', async () => {
    const world = twoOf('select random()');
    await run(world, [a]);
    expect(await offers(world, [a])).toEqual([]);
    write(world, 'select 1');
    world.sessions.script = () => ({ state: 'failed', failure: { code: 'engine', message: 'no' } });
    await run(world, [a]);
    expect(await offers(world, [a])).toEqual([]);
  });

  it('is used unasked, nor where it is no more: then nothing runs at all', async () => {
    const world = twoOf();
    const [first] = await run(world, [a]);
    write(world, 'select 2');
    await run(world, [a]);
    write(world, 'select 1');
    world.results.kept.delete(resultOf(first!));
    expect(await offers(world, [a])).toEqual([]);
    const runs = await world.runs.of(notebook);
    const before = runs.history().length;
    const asking = runs.ask({ request: request('gone'), by: ada, paragraphs: [a, b], use: new Set([a]) });
    await expect(asking).rejects.toMatchObject({ code: 'kept-result-gone' });
    expect(runs.history().length).toBe(before);
  });

  it('is used when its inputs changed between the asking and its turn: its run fails, and says so', async () => {
    const world = twoOf();
    await run(world, [a]);
    write(world, 'select 2');
    await run(world, [a]);
    write(world, 'select 1');
    const { reads } = world.sessions;
    let looks = 0;
    world.sessions.reads = (source) => {
      looks += 1;
      return looks === 1 ? reads!(source) : { tables: [], marks: ['a file that changed'] };
    };
    const [used] = await run(world, [a], [a]);
    expect(used!.phase.state).toBe('failed');
    expect(used!.outputs).toMatchObject([{ kind: 'error', code: 'kept-result-gone' }]);
    // The table of before stays.
    expect((await (await world.runs.of(notebook)).tables()).length).toBe(1);
  });

  it('is kept for ever by being used: it goes with the last run that has it', async () => {
    const world = twoOf();
    const [first] = await run(world, [a]);
    write(world, 'select 2');
    await run(world, [a]);
    write(world, 'select 1');
    await run(world, [a], [a]);
    const result = resultOf(first!);
    for (let n = 0; n < 99; n += 1) {
      write(world, `select ${n + 10}`);
      await run(world, [a]);
    }
    const left = (id: RunId) =>
      world.runs
        .peek(notebook)!
        .history()
        .some((one) => one.id === id);
    expect(left(first!.id)).toBe(false);
    expect(world.results.forgotten).not.toContain(result);
    write(world, 'select 1');
    await run(world, [a]);
    for (let n = 0; n < 4; n += 1) await run(world, [a]);
    expect(world.results.forgotten).toContain(result);
  });
});
