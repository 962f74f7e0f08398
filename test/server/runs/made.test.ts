/** What code makes to be looked at, and the hidden tables that its charts draw. */
import { describe, expect, it } from 'vitest';
import { INLINE_MADE_CHARACTERS, MADE_LIMIT, type Output } from '../../../server/protocol/outputs.ts';
import type { Run } from '../../../server/protocol/runs.ts';
import type { MadeOutput } from '../../../server/sessions/contract.ts';
import { ada, block, diskFull, newWorld, notebook, request, sql, type World, watch } from './support.ts';

const columns = [{ name: 'a', type: 'INTEGER' }];
const done = { state: 'done' } as const;
const hidden = (table: number, more: object = {}) =>
  ({
    type: 'table',
    table,
    columns,
    rows: 3,
    open: false,
    named: false,
    hidden: true,
    block: block('rows'),
    ...more,
  }) as const;
const chart = (...tables: number[]): { type: 'output'; output: MadeOutput } => ({
  type: 'output',
  output: { kind: 'chart', spec: '{"mark":"bar"}', data: tables.map((table) => ({ name: `t${table}`, table })) },
});
const html = (text: string): { type: 'output'; output: MadeOutput } => ({
  type: 'output',
  output: { kind: 'html', html: text },
});

async function start(world: World) {
  const runs = await world.runs.of(notebook);
  const page = watch(runs);
  const { runs: asked } = await runs.ask({ request: request(`r${world.sessions.handles.length}`), by: ada });
  const handle = await world.sessions.next(world.sessions.handles.length - 1);
  handle.emit({ type: 'started' });
  return { runs, page, handle, id: asked[0]!.id };
}
const outputs = (run: Run | undefined): readonly Output[] => run?.outputs ?? [];
/** After a restart, as a page that opens then is told, and as the API gives it. */
async function again(world: World, id: Run['id']) {
  world.crash();
  const runs = await world.runs.of(notebook);
  return { page: outputs(runs.latest().find((run) => run.id === id)), whole: outputs(await runs.get(id)) };
}

describe('a hidden table', () => {
  it('is a result and no output; the chart that draws it names it, also after a restart', async () => {
    const world = newWorld([sql('a', 'chart')]);
    const { handle, page, id } = await start(world);
    handle.emit({ type: 'text', stream: 'stdout', text: 'one\n' });
    handle.emit(hidden(0));
    handle.emit({ type: 'text', stream: 'stdout', text: 'two\n' });
    handle.emit(chart(0));
    handle.end(done);
    await page.ended(id);
    const data = [{ name: 't0', result: 'notebook22-1', columns, rows: 3, bytes: 4 }];
    const shown = [
      { kind: 'text', stream: 'stdout', text: 'one\ntwo\n' },
      { kind: 'chart', spec: '{"mark":"bar"}', data },
    ];
    expect(outputs(page.shown.get(id))).toMatchObject(shown);
    expect(world.results.kept.get('notebook22-1' as never)).toMatchObject({ state: 'kept', rows: 3 });
    expect(await again(world, id)).toEqual({ page: shown, whole: shown });
  });

  it('brings its rows along where they are few, once', async () => {
    const world = newWorld([sql('a', 'chart')]);
    const { handle, page, id } = await start(world);
    handle.emit(hidden(0));
    handle.emit(chart(0));
    handle.end(done);
    await page.ended(id);
    const [told] = page.events.flatMap((event) => (event.type === 'output' ? [event.output] : []));
    expect(told).toMatchObject({ kind: 'chart', data: [{ block: btoa('rows') }] });
  });

  it('that is large keeps its chart waiting until it is durable, and the run with it', async () => {
    const world = newWorld([sql('a', 'chart')]);
    let open = (): void => {};
    world.results.gate = new Promise((resolve) => {
      open = resolve;
    });
    const { handle, page, id } = await start(world);
    handle.emit(hidden(0, { rows: 50_000, file: '/out/x.duckdb' }));
    handle.emit(chart(0));
    handle.emit({ type: 'text', stream: 'stdout', text: 'behind it' });
    handle.end(done);
    await page.until((all) => outputs(all.get(id)).length === 2);
    expect(outputs(page.shown.get(id))[0]).toMatchObject({ data: [{ open: true, rows: 50_000 }] });
    open();
    await page.ended(id);
    const [drawn] = outputs(page.shown.get(id));
    expect(drawn).toMatchObject({ data: [{ rows: 50_000, bytes: 4096 }] });
    expect(JSON.stringify(drawn)).not.toContain('open');
  });

  it('never stands for the name of its paragraph', async () => {
    const world = newWorld([sql('a', 'chart', 'flights')]);
    const { handle, page, id, runs } = await start(world);
    handle.emit(hidden(0));
    handle.emit(chart(0));
    handle.end(done);
    await page.ended(id);
    expect(await runs.tables()).toEqual([]);
  });

  it('that no chart drew is forgotten; that could not be kept fails the run and leaves the chart without it', async () => {
    const world = newWorld([sql('a', 'chart')]);
    const first = await start(world);
    first.handle.emit(hidden(0));
    first.handle.emit(hidden(1));
    first.handle.emit(chart(1, 7));
    first.handle.end(done);
    await first.page.ended(first.id);
    expect(world.results.forgotten).toEqual(['notebook22-1']);
    expect(outputs(first.page.shown.get(first.id))).toMatchObject([{ data: [{ name: 't1', result: 'notebook22-2' }] }]);
    world.results.failure = diskFull();
    const second = await start(world);
    second.handle.emit(hidden(0));
    second.handle.emit(chart(0));
    second.handle.end(done);
    await second.page.ended(second.id);
    const run = second.page.shown.get(second.id);
    expect(run?.phase.state).toBe('failed');
    expect(outputs(run)).toMatchObject([{ kind: 'chart', data: [{ dropped: true }] }, { code: 'storage-read-only' }]);
  });

  it('goes with its run, and says so where the budget took it', async () => {
    const world = newWorld([sql('a', 'chart')]);
    const { handle, page, id, runs } = await start(world);
    handle.emit(hidden(0));
    handle.emit(hidden(1));
    handle.emit(chart(0, 1));
    handle.end(done);
    await page.ended(id);
    world.results.kept.delete('notebook22-1' as never);
    runs.dropped(new Set(['notebook22-1' as never]));
    await page.until((all) => JSON.stringify(all.get(id)).includes('dropped'));
    const marked = [{ kind: 'chart', data: [{ name: 't0', dropped: true }, { name: 't1' }] }];
    expect(outputs(page.shown.get(id))).toMatchObject(marked);
    expect((await again(world, id)).page).toMatchObject(marked);
    world.time += 31 * 24 * 60 * 60 * 1000;
    const later = await start(world);
    later.handle.end(done);
    await later.page.ended(later.id);
    expect(world.results.forgotten).toEqual(['notebook22-1', 'notebook22-2']);
  });
});

describe('what code made', () => {
  it('is sent whole while it is short, and fetched where it is long; the record has all of it', async () => {
    const world = newWorld([sql('a', 'html')]);
    const { handle, page, id } = await start(world);
    const long = '긴 것 '.repeat(INLINE_MADE_CHARACTERS);
    const made: MadeOutput[] = [
      { kind: 'html', html: '<b>short</b>' },
      { kind: 'html', html: long },
      { kind: 'markdown', text: long },
      { kind: 'image', type: 'image/png', data: 'A'.repeat(100_000), alt: 'a' },
      { kind: 'chart', spec: JSON.stringify({ mark: 'bar', title: long }), data: [] },
    ];
    for (const output of made) handle.emit({ type: 'output', output });
    handle.end(done);
    await page.ended(id);
    const cut = [
      { kind: 'html', html: '<b>short</b>' },
      { kind: 'html', html: '', cut: long.length },
      { kind: 'markdown', text: '', cut: long.length },
      { kind: 'image', type: 'image/png', data: '', alt: 'a', cut: 100_000 },
      { kind: 'chart', spec: '', cut: expect.any(Number), data: [] },
    ];
    expect(outputs(page.shown.get(id))).toEqual(cut);
    const opened = await again(world, id);
    expect(opened.page).toEqual(cut);
    expect(opened.whole).toEqual(made);
    // Long contents are not in the log, which is read whole when the notebook is opened.
    expect((await world.disk.read(`notebooks/${notebook}/runs.log`))!.length).toBeLessThan(8192);
  });

  it('is bounded in all, with a word about the rest', async () => {
    const world = newWorld([sql('a', 'html')]);
    const { handle, page, id, runs } = await start(world);
    const piece = 'x'.repeat(MADE_LIMIT / 4);
    for (let index = 0; index < 6; index += 1) handle.emit(html(piece));
    handle.end(done);
    await page.ended(id);
    const run = await runs.get(id);
    expect(outputs(run).map((output) => output.kind)).toEqual(['html', 'html', 'html', 'html', 'error']);
    expect(outputs(run).at(-1)).toMatchObject({
      code: 'too-many-outputs',
      message: expect.stringContaining('4, and 2 more'),
    });
  });

  it('says where its content is damaged on the disk', async () => {
    const world = newWorld([sql('a', 'html')]);
    const { handle, page, id } = await start(world);
    handle.emit(html('y'.repeat(100_000)));
    handle.emit(html('fine'));
    handle.end(done);
    await page.ended(id);
    const [segment] = await world.disk.list(`notebooks/${notebook}/texts`);
    await world.disk.replace(`notebooks/${notebook}/texts/${segment}`, new Uint8Array(100_004));
    expect((await again(world, id)).whole).toMatchObject([
      { kind: 'error', code: 'result-unreadable' },
      { kind: 'html', html: 'fine' },
    ]);
  });
});
