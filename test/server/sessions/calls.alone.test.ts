import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ResultId } from '../../../server/protocol/ids.ts';
import type { ExecutionEvent, NamedResult } from '../../../server/sessions/contract.ts';
import type { SessionsOptions } from '../../../server/sessions/sessions.ts';
import { type Bench, canIsolate, NONE, notebookId, openBench, type Ran, resolveProgram } from './support.ts';

let bench: Bench;
let isolates = false;
beforeAll(async () => {
  isolates = await canIsolate();
});
afterEach(() => bench.close());

const open = (options: Partial<SessionsOptions> = {}): Bench => {
  bench = openBench({ engine: 'sql', isolation: NONE, ...options });
  return bench;
};
const isolated = (): Bench => {
  bench = openBench({ engine: 'sql', ...(isolates ? {} : { isolation: NONE }) });
  return bench;
};
const call = (method: string, params: object): string => `call ${method} ${JSON.stringify(params)}`;
const answers = (ran: Ran) =>
  ran.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const base = (): string => join(bench.workspace, '.gondola', 'notebooks', 'report-nb-md');
const folder = (): string => join(base(), 'session');

/** Never ends by itself. */
const SLOW = 'select count(*) from range(100000000) a, range(100000000) b';

/** The processes of the bench, as it noted them. */
const noted = (): number[] =>
  readdirSync(join(bench.workspace, '.gondola', 'processes')).map((name) => Number.parseInt(name, 10));

describe('a run that asks the engine', () => {
  it('gets tables shown as its own, rows as files that it can read, and makes tables for all', async () => {
    isolated();
    const ran = await bench.run(
      [
        call('show', { sql: 'select range as x from range($1)', values: [20_000], table: 0, named: true }),
        'print shown',
        call('read', { sql: 'from range(10)' }),
        call('fetch', { cursor: 1, rows: 100 }),
        "eval (await load('node:fs')).readdirSync('.exchange').map(f => (require => require.statSync('.exchange/' + f).size > 100)(process.getBuiltinModule('node:fs')))",
        call('save', { sql: 'select 42 as x', name: 'answer' }),
        call('show', { sql: 'select count(*) as hidden', table: 1, hidden: true }),
      ].join('\n'),
      { name: 'mine' },
    );
    expect(ran.outcome).toEqual({ state: 'done' });
    const types = ran.events
      .filter(({ type }) => type === 'table' || type === 'text')
      .map((event) => (event.type === 'table' ? `table ${event.table} ${event.open}` : event.type));
    expect(types.slice(0, 3)).toEqual(['table 0 true', 'table 0 false', 'text']);
    const tables = ran.events.filter(
      (event): event is ExecutionEvent & { type: 'table' } => event.type === 'table' && !event.open,
    );
    expect(tables[0]).toMatchObject({ named: true, rows: 20_000 });
    expect(existsSync(tables[0]!.file!)).toBe(true);
    expect(tables[1]).toMatchObject({ hidden: true, named: false, rows: 1 });
    expect(ran.stdout).toContain('shown\n');
    expect(ran.stdout).toContain('[true]\n');
    const after = await bench.run('from answer', { interpreter: 'sql' });
    expect(after.outcome).toEqual({ state: 'done' });
    expect(readdirSync(join(folder(), '.exchange'))).toEqual([]);
  });

  it('sees the named results of its session', async () => {
    open();
    const made = await bench.run('select 7 as seven', { interpreter: 'sql', name: 'lucky' });
    const block = made.events.find((event) => event.type === 'table')?.block;
    const named: NamedResult = {
      name: 'lucky',
      result: 'r1' as ResultId,
      source: { kind: 'block', read: async () => block! },
    };
    const ran = await bench.run(`${call('describe', { sql: 'from lucky' })}\ntables`, { tables: [named] });
    expect(answers(ran)[0]).toEqual({ result: { columns: [{ name: 'seven', type: 'INTEGER' }] } });
    expect(JSON.parse(ran.value)).toEqual([{ name: 'lucky', version: 'r1' }]);
  });

  it('whose name the session has as a table shows nothing under it, and saves nothing under its own', async () => {
    open();
    await bench.run('create table Taken as select 1', { interpreter: 'sql' });
    const shown = await bench.run(call('show', { sql: 'select 1', table: 0, named: true }), { name: 'taken' });
    expect(answers(shown)[0].error.code).toBe('name-taken');
    const saved = await bench.run(call('save', { sql: 'select 1', name: 'Mine' }), { name: 'mine' });
    expect(answers(saved)[0].error.code).toBe('name-taken');
  });

  it('may ask what the protocol has for runs, in its own name, and so much at once', async () => {
    open();
    const ran = await bench.run(
      [
        call('export', {}),
        call('toString', {}),
        call('fetch', { cursor: 99, rows: 1 }),
        call('write', { file: '../../../../../etc/passwd' }),
        'call-as 0000000000 describe {"sql":"select 1"}',
        `call-away show ${JSON.stringify({ sql: 'select count(*) from range(300000000)', table: 0 })}`,
        `many 1100 describe ${JSON.stringify({ sql: 'select 1' })}`,
      ].join('\n'),
    );
    const [first, second, third, fourth, fifth, sixth] = answers(ran);
    expect([first, second, third, fourth, fifth].map(({ error }) => error.code)).toEqual([
      'unsupported',
      'unsupported',
      'rows-gone',
      'refused',
      'unsupported',
    ]);
    expect(sixth).toEqual({ ok: 999, 'too-many-calls': 101 });
  });

  it('ends at the limit of outputs, whoever sends them', async () => {
    open();
    const ran = await bench.run(`many 900 show {"sql":"select 1","table":1}\n`.repeat(7));
    expect(ran.outcome).toMatchObject({ state: 'failed', reason: 'output-limit' });
    expect(ran.events.filter((event) => event.type === 'table' && !event.open).length).toBeLessThanOrEqual(5000);
  }, 60_000);

  it('has what it said before shown before a table that the engine sends', async () => {
    open();
    const ran = await bench.run(`value before\n${call('show', { sql: 'select 1', table: 0 })}\nvalue after`);
    expect(ran.events.filter(({ type }) => type === 'text' || type === 'table').map(({ type }) => type)).toEqual([
      'text',
      'table',
      'text',
      'text',
    ]);
  });
});

describe('cancelling', () => {
  it('interrupts what the engine does for the run, and the engine goes on', async () => {
    isolated();
    await bench.run('create temp table kept as select 1', { interpreter: 'sql' });
    for (const method of ['show', 'keep', 'read', 'save']) {
      const abort = new AbortController();
      setTimeout(() => abort.abort(), 400);
      const ran = await bench.run(call(method, { sql: SLOW, table: 0, name: 'x' }), { signal: abort.signal });
      expect(ran.outcome).toEqual({ state: 'cancelled' });
      expect(ran.ms).toBeLessThan(1500);
    }
    expect((await bench.run('from kept', { interpreter: 'sql' })).outcome).toEqual({ state: 'done' });
  });

  it('ends an engine that hears no interrupt, so that others need not wait', async () => {
    // The scripted program never answers what it is asked.
    const program = resolveProgram('scripted');
    open({ engine: 'scripted', resolveProgram: () => program });
    const abort = new AbortController();
    const ran = await bench.run('call-away describe {"sql":"select 1"}\nsleep 10000', {
      interpreter: 'asker',
      signal: abort.signal,
      onEvent: (event) => event.type === 'started' && setTimeout(() => abort.abort(), 500),
    });
    expect(ran.outcome).toEqual({ state: 'cancelled' });
    expect(ran.ms).toBeLessThan(1500);
    expect(noted().length).toBe(2);
    await expect.poll(() => noted().length, { timeout: 5000 }).toBe(1);
  });

  it('lets go what a run asked that nobody waits for any more', async () => {
    open();
    await bench.run(call('describe', { sql: 'select 1' }));
    expect((await bench.run(`call-away show ${JSON.stringify({ sql: SLOW, table: 0 })}\nsleep 200`)).outcome).toEqual({
      state: 'done',
    });
    const next = await bench.run(call('describe', { sql: 'select 1' }));
    expect(next.outcome).toEqual({ state: 'done' });
    expect(next.ms).toBeLessThan(1500);
  });
});

describe('the end of a process', () => {
  it('of the engine, under a call, fails that call; the run and the session go on', async () => {
    open();
    await bench.run('print x');
    const asker = noted();
    const begun = Promise.withResolvers<void>();
    const lines = [
      call('keep', { sql: 'select 1 as x' }),
      call('show', { sql: SLOW, table: 0 }),
      call('show', { sql: 'from gondola_scratch.main.t1', table: 0 }),
      call('save', { sql: 'select 1 as x', name: 'after' }),
    ];
    const running = bench.run(lines.join('\n'), {
      onEvent: (event) => event.type === 'text' && setTimeout(begun.resolve, 200),
    });
    await begun.promise;
    const [engine] = noted().filter((pid) => !asker.includes(pid));
    process.kill(engine!, 'SIGKILL');
    const ran = await running;
    expect(ran.outcome).toEqual({ state: 'done' });
    const [kept, shown, again, saved] = answers(ran);
    expect(kept.result.rows).toBe(1);
    expect(shown.error).toMatchObject({ code: 'process-gone', message: expect.stringContaining('sql process') });
    expect(again.error.code).toBe('unknown-table');
    expect(saved).toEqual({ result: { rows: 1 } });
  });

  it('of the asker, under a call, stops the engine’s work and leaves its tables; the next run is told', async () => {
    open();
    await bench.run('create temp table kept as select 1', { interpreter: 'sql' });
    const engine = noted();
    const ran = await bench.run(
      `${call('read', { sql: 'from range(1000)' })}\ncall-away show ${JSON.stringify({ sql: SLOW, table: 0 })}\nsleep 200\ndie 3`,
    );
    expect(ran.outcome).toMatchObject({ state: 'lost', reason: 'process-gone' });
    const next = await bench.run(call('fetch', { cursor: 1, rows: 1 }));
    expect(answers(next)[0].error.code).toBe('rows-gone');
    expect(next.ms).toBeLessThan(2000);
    expect(next.stderr).toContain('This is a new process');
    expect((await bench.run('from kept', { interpreter: 'sql' })).outcome).toEqual({ state: 'done' });
    expect(noted()).toEqual(expect.arrayContaining(engine));
    expect((await bench.run('print x')).stderr).toBe('');
  });

  it('at its memory limit leaves the engine and its tables untouched', async () => {
    open({ limits: { memory: 400 * 2 ** 20 } });
    await bench.run('create temp table kept as select 1', { interpreter: 'sql' });
    const ran = await bench.run(`${call('describe', { sql: 'from range(10)' })}\nhog 2000\nsleep 5000`);
    expect(ran.outcome).toMatchObject({ state: 'failed', reason: 'memory-limit' });
    expect((await bench.run('from kept', { interpreter: 'sql' })).outcome).toEqual({ state: 'done' });
    expect((await bench.run('print x')).stderr).toContain('This is a new process');
  });

  it('takes rows on their way along, once nothing of the session runs', async () => {
    open();
    await bench.run(`${call('read', { sql: 'from range(10)' })}\n${call('fetch', { cursor: 1, rows: 10 })}\n`);
    writeFileSync(join(folder(), '.exchange', 'left.arrow'), 'x');
    await bench.sessions.restart(notebookId('report.nb.md'), { clear: false });
    await bench.run('print x');
    expect(existsSync(join(folder(), '.exchange'))).toBe(false);
  });
});

describe('tables as files', () => {
  const files = "eval (await load('node:fs')).readdirSync('tables').filter((name) => name.endsWith('.parquet')).sort()";

  it('are written before a run that mentions them: those named, or all', async () => {
    isolated();
    const made = await bench.run('select 7 as seven', { interpreter: 'sql' });
    const block = made.events.find((event) => event.type === 'table')?.block;
    const named = (name: string, result = name): NamedResult => ({
      name,
      result: result as ResultId,
      source: { kind: 'block', read: async () => block! },
    });
    const tables = [named('one'), named('two'), named('three')];
    await bench.run('create table own as select 1 as x', { interpreter: 'sql' });
    expect((await bench.run('print no tables here', { tables })).outcome).toEqual({ state: 'done' });
    expect(existsSync(join(folder(), 'tables'))).toBe(false);
    expect((await bench.run(`${files}\nprint tables/two.parquet and tables/own.parquet`, { tables })).stdout).toContain(
      '["own.parquet","two.parquet"]',
    );
    expect((await bench.run(`${files}\nprint tables/*`, { tables })).stdout).toContain(
      '["one.parquet","own.parquet","three.parquet","two.parquet"]',
    );
    expect((await bench.run(`${files}\nprint tables/$x.parquet`, { tables: tables.slice(1) })).stdout).toContain(
      '["own.parquet","three.parquet","two.parquet"]',
    );
    const read = await bench.run("from 'tables/two.parquet'", { interpreter: 'sql' });
    expect(read.outcome).toEqual({ state: 'done' });
  });

  it('that can’t be written are told of, and the run goes on', async () => {
    open();
    await bench.run(`eval (await load('node:fs')).writeFileSync('tables', 'x')`);
    const ran = await bench.run('print tables/x.parquet');
    expect(ran.stdout).toBe('tables/x.parquet\n');
    expect(ran.events.find(({ type }) => type === 'error')).toMatchObject({ failure: { code: 'refused' } });
  });
});

describe('processes of a session', () => {
  it('run the interpreters that live within them, which learn which is meant', async () => {
    open({ engine: 'scripted', hostOf: (interpreter) => (interpreter === 'missing' ? 'scripted' : interpreter) });
    expect((await bench.run('interpreter')).stdout).toBe('scripted\n');
    expect((await bench.run('interpreter', { interpreter: 'missing' })).stdout).toBe('missing\n');
    expect(noted().length).toBe(1);
  });

  it('are started ahead for the languages of a notebook that was opened, and for one that it gains', async () => {
    open();
    const notebook = notebookId('report.nb.md');
    bench.sessions.startAhead(notebook, ['sql', 'markdown']);
    await expect.poll(() => noted().length, { timeout: 5000 }).toBe(1);
    bench.sessions.startAhead(notebook, ['scripted']);
    await expect.poll(() => noted().length, { timeout: 5000 }).toBe(2);
    await expect.poll(() => bench.sessions.status(notebook).state, { timeout: 5000 }).toBe('idle');
    const before = noted();
    expect((await bench.run('print x')).stdout).toBe('x\n');
    expect(noted()).toEqual(before);
    const other = notebookId('other.nb.md');
    bench.sessions.startAhead(other, ['scripted', 'sql']);
    await expect.poll(() => noted().length, { timeout: 5000 }).toBe(4);
  });
});
