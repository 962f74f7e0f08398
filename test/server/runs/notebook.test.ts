import { describe, expect, it } from 'vitest';
import type { ParagraphId, ResultId } from '../../../server/protocol/ids.ts';
import { TEXT_LIMIT } from '../../../server/protocol/outputs.ts';
import { ada, block, diskFull, newWorld, notebook, request, sql, watch } from './support.ts';

const columns = [{ name: 'a', type: 'INTEGER' }];
const done = { state: 'done' } as const;

describe('a run', () => {
  it('runs what was written when it was asked for, whatever is typed after (invariant 5)', async () => {
    const world = newWorld([sql('a', 'select 1')]);
    const runs = await world.runs.of(notebook);
    const asked = runs.ask({ request: request('r1'), by: ada });
    world.paragraphs = [sql('a', 'drop table everything')];
    const { run, end } = await world.sessions.next(0);
    expect(run).toMatchObject({ source: 'select 1', by: ada, session: 'session222', request: 'r1' });
    expect((await asked).runs).toEqual([{ id: run.id, paragraph: 'a', state: 'queued' }]);
    end(done);
  });

  it('starts before its queue is durable, and is answered for after', async () => {
    const world = newWorld([sql('a', 'select 1')]);
    const runs = await world.runs.of(notebook);
    let answered = false;
    const asked = runs.ask({ request: request('r1'), by: ada }).then(() => {
      answered = true;
    });
    await Promise.resolve();
    await Promise.resolve();
    expect(world.sessions.handles.length).toBe(1);
    expect(answered).toBe(false);
    await asked;
  });

  it('goes after thirty days, though its paragraph is not run again; the latest stays', async () => {
    const world = newWorld([sql('a', 'select 1')]);
    const runs = await world.runs.of(notebook);
    const page = watch(runs);
    world.sessions.script = (_run, emit) => {
      emit({ type: 'table', table: 0, columns, rows: 1, open: false, named: false, block: block('rows') });
      return done;
    };
    const ids: string[] = [];
    for (const name of ['r1', 'r2']) {
      const { runs: asked } = await runs.ask({ request: request(name), by: ada });
      ids.push(asked[0]!.id);
      await page.ended(asked[0]!.id);
    }
    world.crash();
    expect((await world.runs.of(notebook)).history()).toHaveLength(2);
    world.time += 31 * 24 * 60 * 60 * 1000;
    world.crash();
    await (await world.runs.of(notebook)).close();
    world.crash();
    expect((await world.runs.of(notebook)).history().map((run) => run.id)).toEqual([ids[1]]);
    expect(world.results.forgotten).toEqual(['notebook22-1']);
  });

  it('skips prose, run=never and paragraphs that are not there', async () => {
    const world = newWorld([
      { ...sql('a', 'text'), interpreter: 'markdown' },
      { ...sql('b', 'select 1'), options: { run: 'never' } },
      sql('c', 'select 2'),
    ]);
    const runs = await world.runs.of(notebook);
    const paragraphs = ['c', 'b', 'a', 'gone'] as ParagraphId[];
    const { runs: asked } = await runs.ask({ request: request('r1'), paragraphs, by: ada });
    expect(asked.map((run) => run.paragraph)).toEqual(['c']);
  });

  it('fails with the name of an interpreter that there is none of', async () => {
    const world = newWorld([{ ...sql('a', 'x'), interpreter: 'cobol' }, sql('b', 'select 1')]);
    const runs = await world.runs.of(notebook);
    const page = watch(runs);
    const { runs: asked } = await runs.ask({ request: request('r1'), by: ada });
    await page.ended(asked[1]!.id);
    const [a, b] = asked.map((run) => page.shown.get(run.id));
    expect(a?.phase.state).toBe('failed');
    expect(a?.outputs).toMatchObject([
      { kind: 'error', code: 'unknown-interpreter', message: expect.stringContaining('cobol') },
    ]);
    expect(b?.phase).toMatchObject({ state: 'cancelled', reason: 'after-failure' });
    expect(world.sessions.handles).toEqual([]);
  });

  it('shows output as it comes, and its end after the record is durable (invariant 6)', async () => {
    const world = newWorld([sql('a', 'select 1')]);
    const runs = await world.runs.of(notebook);
    const page = watch(runs);
    const { runs: asked } = await runs.ask({ request: request('r1'), by: ada });
    const id = asked[0]!.id;
    const { emit, end } = await world.sessions.next(0);
    emit({ type: 'started' });
    emit({ type: 'text', stream: 'stdout', text: 'one ' });
    emit({ type: 'text', stream: 'stdout', text: 'two' });
    await page.until((all) => all.get(id)?.outputs.length === 1);
    expect(page.shown.get(id)?.outputs).toEqual([{ kind: 'text', stream: 'stdout', text: 'one two' }]);
    end(done);
    await page.ended(id);
    const before = page.shown.get(id);
    world.crash();
    const again = await world.runs.of(notebook);
    expect(again.latest()).toEqual([before]);
  });

  it('carries a small table in its event, keeps it, and keeps no rows in the record', async () => {
    const world = newWorld([sql('a', 'select 1')]);
    const runs = await world.runs.of(notebook);
    const page = watch(runs);
    const { runs: asked } = await runs.ask({ request: request('r1'), by: ada });
    const { emit, end } = await world.sessions.next(0);
    emit({ type: 'table', table: 0, columns, rows: 1, open: false, named: false, block: block('rows') });
    end(done);
    await page.ended(asked[0]!.id);
    const output = page.events.find((event) => event.type === 'output');
    expect(output).toMatchObject({
      output: {
        kind: 'table',
        result: 'notebook22-1',
        rows: 1,
        bytes: 4,
        block: Buffer.from('rows').toString('base64'),
      },
    });
    expect(world.results.kept.get('notebook22-1' as ResultId)).toMatchObject({ state: 'kept', run: asked[0]!.id });
    expect((await runs.get(asked[0]!.id))?.outputs).toEqual([
      { kind: 'table', result: 'notebook22-1', rows: 1, bytes: 4, columns },
    ]);
  });

  it('shows the first rows of a large table at once and the end when its file is kept', async () => {
    const world = newWorld([sql('a', 'from big')]);
    const runs = await world.runs.of(notebook);
    const page = watch(runs);
    const { runs: asked } = await runs.ask({ request: request('r1'), by: ada });
    const id = asked[0]!.id;
    let keep = (): void => {};
    world.results.gate = new Promise((resolve) => {
      keep = resolve;
    });
    const { emit, end } = await world.sessions.next(0);
    emit({ type: 'table', table: 0, columns, rows: 100, open: true, named: false, block: block('first') });
    await page.until((all) => all.get(id)?.outputs.length === 1);
    expect(page.shown.get(id)?.outputs[0]).toMatchObject({ rows: 100, open: true, block: expect.any(String) });
    emit({ type: 'table', table: 0, columns, rows: 5000, open: false, named: false, file: '/out/1' });
    end(done);
    expect(page.shown.get(id)?.phase.state).toBe('running');
    keep();
    await page.ended(id);
    expect((await runs.get(id))?.outputs).toEqual([
      { kind: 'table', result: 'notebook22-1', rows: 5000, bytes: 4096, columns },
    ]);
    expect(page.shown.get(id)?.outputs[0]).toMatchObject({ rows: 5000, block: expect.any(String) });
  });

  it('fails where its rows could not be kept', async () => {
    const world = newWorld([sql('a', 'select 1')]);
    const runs = await world.runs.of(notebook);
    const page = watch(runs);
    world.results.failure = diskFull();
    world.sessions.script = (_run, emit) => {
      emit({ type: 'table', table: 0, columns, rows: 1, open: false, named: false, block: block('rows') });
      return done;
    };
    const { runs: asked } = await runs.ask({ request: request('r1'), by: ada });
    await page.ended(asked[0]!.id);
    expect(page.shown.get(asked[0]!.id)).toMatchObject({
      phase: { state: 'failed' },
      outputs: [
        { kind: 'table', dropped: true },
        { kind: 'error', code: 'storage-read-only' },
      ],
    });
  });

  it('that ends with a table half written says that its rows are gone', async () => {
    const world = newWorld([sql('a', 'from big')]);
    const runs = await world.runs.of(notebook);
    const page = watch(runs);
    const { runs: asked } = await runs.ask({ request: request('r1'), by: ada });
    const { emit, end } = await world.sessions.next(0);
    emit({ type: 'table', table: 0, columns, rows: 100, open: true, named: false, block: block('first') });
    end({ state: 'failed', failure: { code: 'out-of-memory', message: 'No.' } });
    await page.ended(asked[0]!.id);
    expect(page.shown.get(asked[0]!.id)?.outputs).toMatchObject([{ dropped: true }, { code: 'out-of-memory' }]);
    expect(world.results.abandoned).toEqual(['notebook22-1']);
  });

  it('keeps a bounded text and counts the rest', async () => {
    const world = newWorld([sql('a', 'flood')]);
    const runs = await world.runs.of(notebook);
    const page = watch(runs);
    const piece = 'x'.repeat(300_000);
    world.sessions.script = (_run, emit) => {
      for (let count = 0; count < 10; count += 1) emit({ type: 'text', stream: 'stdout', text: piece });
      return done;
    };
    const { runs: asked } = await runs.ask({ request: request('r1'), by: ada });
    await page.ended(asked[0]!.id);
    const run = await runs.get(asked[0]!.id);
    expect(run?.outputs).toEqual([
      { kind: 'text', stream: 'stdout', text: 'x'.repeat(TEXT_LIMIT), omitted: 3_000_000 - TEXT_LIMIT },
    ]);
    const [listed] = runs.latest()[0]?.outputs ?? [];
    expect(listed).toMatchObject({ kind: 'text', omitted: 3_000_000 - TEXT_LIMIT, cut: TEXT_LIMIT - 64 * 1024 });
  });

  it('that prints to both streams in turn is held to a thousand outputs', async () => {
    const world = newWorld([sql('a', 'flood')]);
    const runs = await world.runs.of(notebook);
    const page = watch(runs);
    world.sessions.script = (_run, emit) => {
      for (let count = 0; count < 3000; count += 1)
        emit({ type: 'text', stream: count % 2 === 0 ? 'stdout' : 'stderr', text: `${count}\n` });
      return done;
    };
    const { runs: asked } = await runs.ask({ request: request('r1'), by: ada });
    await page.ended(asked[0]!.id);
    expect((await runs.get(asked[0]!.id))?.outputs.length).toBeLessThanOrEqual(1001);
  });

  it('is stopped by whoever asks, and the next goes on', async () => {
    const world = newWorld([sql('a', 'slow'), sql('b', 'select 1')]);
    const runs = await world.runs.of(notebook);
    const page = watch(runs);
    const { runs: asked } = await runs.ask({ request: request('r1'), by: ada });
    await world.sessions.next(0);
    expect(runs.cancel(asked[0]!.id)).toBe(true);
    await page.ended(asked[0]!.id);
    expect(page.shown.get(asked[0]!.id)?.phase).toMatchObject({ state: 'cancelled', reason: 'asked' });
    (await world.sessions.next(1)).end(done);
    await page.ended(asked[1]!.id);
    expect(runs.cancel(asked[0]!.id)).toBe(false);
  });

  it('whose paragraph is deleted while it waits is cancelled', async () => {
    const world = newWorld([sql('a', 'slow'), sql('b', 'select 1')]);
    const runs = await world.runs.of(notebook);
    const page = watch(runs);
    const { runs: asked } = await runs.ask({ request: request('r1'), by: ada });
    world.paragraphs = [sql('a', 'slow')];
    world.runs.changed(notebook);
    await page.ended(asked[1]!.id);
    expect(page.shown.get(asked[1]!.id)?.phase).toMatchObject({ state: 'cancelled', reason: 'deleted' });
  });

  it('of one notebook does not wait for another’s', async () => {
    const world = newWorld([sql('a', 'slow')]);
    const first = await world.runs.of(notebook);
    const second = await world.runs.of('notebook33' as typeof notebook);
    await Promise.all([first, second].map((runs) => runs.ask({ request: request('r1'), by: ada })));
    expect(world.sessions.handles.map((handle) => handle.run.notebook)).toEqual([notebook, 'notebook33']);
  });

  it('says what it waits for while it is not started', async () => {
    const world = newWorld([sql('a', 'select 1')]);
    const runs = await world.runs.of(notebook);
    const page = watch(runs);
    const { runs: asked } = await runs.ask({ request: request('r1'), by: ada });
    (await world.sessions.next(0)).emit({ type: 'waiting', for: 'memory, 2 ahead' });
    await page.until((all) => 'waiting' in (all.get(asked[0]!.id)?.phase ?? {}));
    expect(page.shown.get(asked[0]!.id)?.phase).toEqual({ state: 'queued', waiting: 'memory, 2 ahead' });
  });
});

describe('named tables', () => {
  const table = (named: boolean) => ({
    type: 'table' as const,
    table: 0,
    columns,
    rows: 1,
    open: false,
    named,
    block: block('rows'),
  });

  it('of a run that was done are there for the next one, and for a server started again', async () => {
    const world = newWorld([sql('a', 'select 1', 'flights'), sql('b', 'from flights')]);
    const runs = await world.runs.of(notebook);
    const page = watch(runs);
    const { runs: asked } = await runs.ask({ request: request('r1'), by: ada });
    const first = await world.sessions.next(0);
    expect(first.tables).toEqual([]);
    first.emit(table(true));
    first.end(done);
    const second = await world.sessions.next(1);
    expect(second.tables.map(({ name, result }) => [name, result])).toEqual([['flights', 'notebook22-1']]);
    second.end(done);
    await page.ended(asked[1]!.id);
    world.crash();
    world.paragraphs = [sql('a', 'select 1', 'renamed')];
    const again = await world.runs.of(notebook);
    expect((await again.tables()).map(({ name }) => name)).toEqual(['renamed']);
  });

  it('that are somebody’s file fail the run whose text names them where it was written into meanwhile', async () => {
    const world = newWorld([sql('a', 'select 1', 'flights'), sql('b', 'from Flights')]);
    let isSame = true;
    world.results.source = async () =>
      isSame ? { kind: 'file', path: '/results/1.parquet', parquet: true } : undefined;
    const runs = await world.runs.of(notebook);
    const page = watch(runs);
    const { runs: asked } = await runs.ask({ request: request('r1'), by: ada });
    const first = await world.sessions.next(0);
    first.emit(table(true));
    first.end(done);
    const second = await world.sessions.next(1);
    expect(second.tables).toHaveLength(1);
    isSame = false;
    second.end(done);
    await page.ended(asked[1]!.id);
    expect(page.shown.get(asked[1]!.id)).toMatchObject({
      phase: { state: 'failed' },
      outputs: [{ kind: 'error', code: 'named-result-gone' }],
    });
    isSame = true;
    world.paragraphs = [sql('c', 'select 2')];
    const { runs: others } = await runs.ask({ request: request('r2'), by: ada });
    const third = await world.sessions.next(2);
    isSame = false;
    third.end(done);
    await page.ended(others[0]!.id);
    expect(page.shown.get(others[0]!.id)?.phase).toMatchObject({ state: 'done' });
  });

  it('of what shows its chart name the columns that it draws alone, to who may not read its rows', async () => {
    const written = sql('a', 'select 1', 'pay');
    const world = newWorld([written]);
    const runs = await world.runs.of(notebook);
    const wide = ['part', 'secret', 'salary'].map((name) => ({ name, type: 'VARCHAR' }));
    world.sessions.script = (_run, emit) => {
      emit({ type: 'table', table: 0, columns: wide, rows: 2, open: false, named: true, block: block('rows') });
      return done;
    };
    const page = watch(runs);
    const { runs: asked } = await runs.ask({ request: request('r1'), by: ada });
    await page.ended(asked[0]!.id);
    const told = async (options: object) => {
      world.paragraphs = [{ ...written, options: { ...options } }];
      return (await runs.published()).map(({ name, columns }) => [name, ...columns.map((one) => one.name)]);
    };
    const chart = { show: 'chart', mark: 'bar', x: { column: 'part' }, y: { aggregate: 'count' } };
    expect(await told({})).toEqual([['pay', 'part', 'secret', 'salary']]);
    expect(await told({ chart: { ...chart, show: 'table' } })).toEqual([['pay', 'part', 'secret', 'salary']]);
    expect(await told({ chart })).toEqual([['pay', 'part']]);
    expect(await told({ chart: [null, chart] })).toEqual([['pay', 'part']]);
    expect(await told({ chart, download: true })).toEqual([['pay', 'part', 'secret', 'salary']]);
    expect((await runs.tables()).length).toBe(1);
  });

  it('outlive a failed run, and not restart and clear', async () => {
    const world = newWorld([sql('a', 'select 1', 'flights')]);
    const runs = await world.runs.of(notebook);
    const outcomes = [done, { state: 'failed' as const, failure: { code: 'syntax', message: 'No.' } }];
    world.sessions.script = (_run, emit) => {
      const outcome = outcomes.shift() ?? done;
      if (outcome.state === 'done') emit(table(true));
      return outcome;
    };
    const page = watch(runs);
    for (const name of ['r1', 'r2']) {
      const { runs: asked } = await runs.ask({ request: request(name), by: ada });
      await page.ended(asked[0]!.id);
    }
    expect((await runs.tables()).map(({ result }) => result)).toEqual(['notebook22-1']);
    await runs.restart(false);
    expect((await runs.tables()).length).toBe(1);
    await runs.restart(true);
    expect(await runs.tables()).toEqual([]);
    expect(world.sessions.restarts).toEqual([{ clear: false }, { clear: true }]);
    world.crash();
    expect(await (await world.runs.of(notebook)).tables()).toEqual([]);
  });

  it('of a name that an earlier paragraph owns fail', async () => {
    const world = newWorld([sql('a', 'select 1', 'x'), sql('b', 'select 2', 'X')]);
    const runs = await world.runs.of(notebook);
    const page = watch(runs);
    const { runs: asked } = await runs.ask({ request: request('r1'), paragraphs: ['b' as ParagraphId], by: ada });
    await page.ended(asked[0]!.id);
    expect(page.shown.get(asked[0]!.id)).toMatchObject({
      phase: { state: 'failed' },
      outputs: [{ code: 'name-taken', message: expect.stringContaining('paragraph 1') }],
    });
  });

  it('are held to the budget once more when one came while that was looked at', async () => {
    const world = newWorld([sql('a', 'from big')]);
    const runs = await world.runs.of(notebook);
    const page = watch(runs);
    const looks: (() => void)[] = [];
    world.results.enforceBudget = () => new Promise((resolve) => looks.push(() => resolve([])));
    world.sessions.script = (_run, emit) => {
      const { block: _, ...rest } = table(false);
      emit({ ...rest, rows: 20_000, file: '/out/1' });
      return done;
    };
    for (const name of ['r1', 'r2', 'r3']) {
      const asked = await runs.ask({ request: request(name), by: ada });
      await page.ended(asked.runs[0]!.id);
    }
    expect(looks).toHaveLength(1);
    looks[0]!();
    await expect.poll(() => looks.length).toBe(2);
    looks[1]!();
    await world.runs.close();
    expect(looks).toHaveLength(2);
  });

  it('that the budget took say which step to run again', async () => {
    const world = newWorld([sql('a', 'from big', 'delays'), sql('b', 'from delays')]);
    const runs = await world.runs.of(notebook);
    const page = watch(runs);
    world.sessions.script = (run, emit) => {
      if (run.paragraph === 'b')
        return {
          state: 'failed',
          failure: { code: 'unknown-table', message: 'There is no table delays.', line: 1, column: 6, length: 6 },
        };
      const { block: _, ...rest } = table(true);
      emit({ ...rest, rows: 20_000, file: '/out/1' });
      return done;
    };
    world.results.over = ['notebook22-1' as ResultId];
    const first = await runs.ask({ request: request('r1'), paragraphs: ['a' as ParagraphId], by: ada });
    await page.until((all) => all.get(first.runs[0]!.id)?.outputs.some((output) => 'dropped' in output) === true);
    const second = await runs.ask({ request: request('r2'), paragraphs: ['b' as ParagraphId], by: ada });
    await page.ended(second.runs[0]!.id);
    expect(page.shown.get(second.runs[0]!.id)?.outputs).toMatchObject([
      { code: 'named-result-gone', hint: 'Run paragraph 1 again.', line: 1 },
    ]);
  });
});

describe('after a restart of the server', () => {
  it('what ran or waited is lost, with what it had printed (invariant 7)', async () => {
    const world = newWorld([sql('a', 'slow'), sql('b', 'select 1')]);
    const runs = await world.runs.of(notebook);
    const { runs: asked } = await runs.ask({ request: request('r1'), by: ada });
    const { emit } = await world.sessions.next(0);
    emit({ type: 'text', stream: 'stdout', text: 'half way' });
    emit({ type: 'table', table: 0, columns, rows: 100, open: true, named: false, block: block('first') });
    // Whatever was gathered goes to the disk with the next that must.
    await runs.ask({ request: request('r2'), paragraphs: ['b' as ParagraphId], by: ada });
    world.crash();
    const again = await world.runs.of(notebook);
    const [a, b] = again.latest();
    expect(a).toMatchObject({ id: asked[0]!.id, phase: { state: 'lost', reason: 'process-gone' } });
    expect(a?.outputs).toMatchObject([
      { kind: 'text', text: 'half way' },
      { kind: 'table', dropped: true },
    ]);
    expect(b).toMatchObject({ id: asked[1]!.id, phase: { state: 'lost', reason: 'process-gone' } });
    expect((await again.get(asked[0]!.id))?.phase).toEqual(a?.phase);
    world.crash();
    expect((await (await world.runs.of(notebook)).get(asked[0]!.id))?.phase).toEqual(a?.phase);
  });

  it('nothing asked for and answered is missing', async () => {
    const world = newWorld(Array.from({ length: 50 }, (_, index) => sql(`p${index}`, `select ${index}`)));
    world.sessions.script = () => done;
    const runs = await world.runs.of(notebook);
    const { runs: asked } = await runs.ask({ request: request('r1'), by: ada });
    world.crash();
    const again = await world.runs.of(notebook);
    expect(new Set(again.latest().map((run) => run.id))).toEqual(new Set(asked.map((run) => run.id)));
  });

  it('an orderly stop loses what runs and records it', async () => {
    const world = newWorld([sql('a', 'slow'), sql('b', 'select 1')]);
    const runs = await world.runs.of(notebook);
    await runs.ask({ request: request('r1'), by: ada });
    await world.runs.close();
    expect(runs.latest().map((run) => run.phase.state)).toEqual(['lost', 'lost']);
    world.crash();
    expect((await world.runs.of(notebook)).latest().map((run) => run.phase.state)).toEqual(['lost', 'lost']);
  });
});

describe('while the disk fails', () => {
  it('nothing is answered for, nothing is shown as done, and it goes on by itself', async () => {
    const world = newWorld([sql('a', 'select 1')]);
    world.sessions.script = () => done;
    const runs = await world.runs.of(notebook);
    const page = watch(runs);
    world.disk.faults = (call) => (call === 'append' || call === 'replace' ? { code: 'disk-full' } : undefined);
    await expect(runs.ask({ request: request('r1'), by: ada })).rejects.toMatchObject({ code: 'storage-read-only' });
    await page.until((all) => [...all.values()].every((run) => 'ended' in run.phase));
    expect([...page.shown.values()].map((run) => run.phase.state)).not.toContain('done');
    await expect(runs.ask({ request: request('r2'), by: ada })).rejects.toMatchObject({ code: 'storage-read-only' });
    world.disk.faults = () => undefined;
    const { runs: asked } = await runs.ask({ request: request('r3'), by: ada });
    await page.ended(asked[0]!.id);
    expect(page.shown.get(asked[0]!.id)?.phase.state).toBe('done');
    const before = runs.latest();
    world.crash();
    expect((await world.runs.of(notebook)).latest()).toEqual(before);
  });
});

describe('the list of notebooks', () => {
  it('says how each last run came out, over restarts, without opening any', async () => {
    const world = newWorld([sql('a', 'select 1')]);
    world.sessions.script = () => done;
    const runs = await world.runs.of(notebook);
    const page = watch(runs);
    const { runs: asked } = await runs.ask({ request: request('r1'), by: ada });
    await page.ended(asked[0]!.id);
    expect(world.runs.last(notebook)).toMatchObject({ state: 'done', by: 'Ada' });
    await world.runs.close();
    world.crash();
    await expect.poll(() => world.runs.last(notebook)).toMatchObject({ state: 'done', by: 'Ada' });
    expect(world.runs.peek(notebook)).toBeUndefined();
  });
});
