import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, canIsolate, NONE, notebookId, openBench } from './support.ts';

const worlds = (await canIsolate()) ? (['none', 'bwrap'] as const) : (['none'] as const);

describe.each(worlds)('the SQL engine in a session, isolation %s', (world) => {
  let bench: Bench;
  afterEach(() => bench.close());
  const open = (files: Record<string, string> = {}) => {
    bench = openBench({ engine: 'sql', files, ...(world === 'none' ? { isolation: NONE } : {}) });
    return (source: string, notebook = 'report.nb.md') => bench.run(source, { interpreter: 'sql', notebook });
  };
  const rowsOf = (ran: Awaited<ReturnType<Bench['run']>>) =>
    ran.events.flatMap((event) => (event.type === 'table' && !event.open ? [event.rows] : []));

  it('answers a query, and keeps tables over a restart of process and server', async () => {
    const sql = open();
    expect((await sql('create table t as select 42 as x')).outcome).toEqual({ state: 'done' });
    expect(rowsOf(await sql('from t'))).toEqual([1]);
    await bench.sessions.restart(notebookId('report.nb.md'), { clear: false });
    expect(rowsOf(await sql('from t'))).toEqual([1]);
    const id = bench.sessions.idOf(notebookId('report.nb.md'));
    await bench.reopen();
    expect(bench.sessions.idOf(notebookId('report.nb.md'))).toBe(id);
    expect(rowsOf(await sql('from t'))).toEqual([1]);
    await bench.sessions.restart(notebookId('report.nb.md'), { clear: true });
    expect((await sql('from t')).outcome).toMatchObject({ state: 'failed' });
  });

  it('keeps tables when its process is killed under a run', async () => {
    const sql = open();
    await sql('create table t as select 42 as x');
    const controller = new AbortController();
    const running = bench.run('select count(*) from range(100000000000) a, range(1000) b', {
      interpreter: 'sql',
      onEvent: (event) => event.type === 'started' && setTimeout(() => controller.abort(), 100),
      signal: controller.signal,
    });
    expect((await running).outcome).toEqual({ state: 'cancelled' });
    expect(rowsOf(await sql('from t'))).toEqual([1]);
  });

  it('says once that temporary tables are gone with its process, where there may have been some', async () => {
    const sql = open();
    const noted = () => readdirSync(join(bench.workspace, '.gondola', 'processes'));
    const killed = async () => {
      for (const name of noted()) process.kill(Number.parseInt(name, 10), 'SIGKILL');
      await expect.poll(noted, { timeout: 5_000 }).toEqual([]);
    };
    await sql('create table t as select 42 as x');
    await killed();
    expect((await sql('from t')).stderr).toBe('');
    await sql('create temp table kept as from t; set variable y = 1');
    await killed();
    const next = await sql('from t');
    expect(next.stderr).toBe(
      'This is a new process: temporary tables, variables and settings of earlier runs are gone. Tables are kept.\n',
    );
    expect(rowsOf(next)).toEqual([1]);
    expect((await sql('from t')).stderr).toBe('');
    await sql('create temp table kept as from t');
    await bench.sessions.restart(notebookId('report.nb.md'), { clear: false });
    expect((await sql('from t')).stderr).toBe('');
  });

  it('reads the nearest data folder for each name, by path and by pattern', async () => {
    const sql = open({
      'data/a.csv': 'x\n1\n',
      'data/shared.csv': 'x\n1\n2\n3\n',
      'sub/data/a.csv': 'x\n1\n2\n',
      'sub/data/deep/d.csv': 'x\n7\n',
      'other/data/secret.csv': 'x\n9\n',
    });
    const at = 'sub/report.nb.md';
    expect(rowsOf(await sql("from 'data/a.csv'", at))).toEqual([2]);
    expect(rowsOf(await sql("from 'data/shared.csv'", at))).toEqual([3]);
    expect(rowsOf(await sql("from 'data/*.csv'", at))).toEqual([5]);
    expect(rowsOf(await sql("from 'data/deep/*.csv'", at))).toEqual([1]);
    expect(rowsOf(await sql("from 'data/a.csv'", 'report.nb.md'))).toEqual([1]);
    for (const path of [
      'other/data/secret.csv',
      join(bench.workspace, 'other/data/secret.csv'),
      '../../../../other/data/secret.csv',
    ]) {
      expect((await sql(`from '${path}'`, at)).outcome.state).toBe('failed');
    }
  });

  it('sees files that come and go while it lives', async () => {
    const sql = open({ 'data/a.csv': 'x\n1\n' });
    await sql('create temp table kept as select 1');
    writeFileSync(join(bench.workspace, 'data/b.csv'), 'x\n1\n2\n');
    expect(rowsOf(await sql("from 'data/b.csv'"))).toEqual([2]);
    rmSync(join(bench.workspace, 'data/b.csv'));
    expect((await sql("from 'data/b.csv'")).outcome.state).toBe('failed');
    expect(rowsOf(await sql('from kept'))).toEqual([1]);
  });

  it('sees files that come and go in several folders while it lives', async () => {
    const sql = open({ 'data/a.csv': 'x\n1\n', 'sub/data/b.csv': 'x\n1\n' });
    const at = 'sub/report.nb.md';
    await sql('create temp table kept as select 1', at);
    writeFileSync(join(bench.workspace, 'sub/data/a.csv'), 'x\n1\n2\n');
    writeFileSync(join(bench.workspace, 'data/c.csv'), 'x\n1\n2\n3\n');
    expect(rowsOf(await sql("from 'data/a.csv'", at))).toEqual([2]);
    expect(rowsOf(await sql("from 'data/c.csv'", at))).toEqual([3]);
    rmSync(join(bench.workspace, 'sub/data/a.csv'));
    expect(rowsOf(await sql("from 'data/a.csv'", at))).toEqual([1]);
    expect(rowsOf(await sql('from kept', at))).toEqual([1]);
  });

  it('starts its process again when a data folder appears, keeping tables and saying so', async () => {
    const sql = open();
    await sql('create table t as select 1; create temp table gone as select 1');
    mkdirSync(join(bench.workspace, 'data'));
    writeFileSync(join(bench.workspace, 'data/b.csv'), 'x\n1\n2\n');
    const ran = await sql("from 'data/b.csv'");
    expect(rowsOf(ran)).toEqual([2]);
    expect(ran.stderr).toContain('temporary tables are gone');
    expect(rowsOf(await sql('from t'))).toEqual([1]);
    expect((await sql('from gone')).outcome.state).toBe('failed');
  });

  it('writes to its own data folder and its working folder only', async () => {
    const sql = open({ 'data/a.csv': 'x\n1\n' });
    expect((await sql("copy (select 1 as x) to 'data/report/out.csv'")).outcome).toEqual({ state: 'done' });
    expect(rowsOf(await sql("from 'data/report/out.csv'"))).toEqual([1]);
    expect((await sql("copy (select 1 as x) to 'mine.csv'")).outcome).toEqual({ state: 'done' });
    expect((await sql("copy (select 1 as x) to 'data/a.csv'")).outcome.state).toBe('failed');
    expect((await sql("copy (select 1 as x) to 'data/new.csv'")).outcome.state).toBe('failed');
    expect((await sql(`copy (select 1 as x) to '${join(bench.workspace, 'x.csv')}'`)).outcome.state).toBe('failed');
    expect(rowsOf(await sql("from 'data/a.csv'"))).toEqual([1]);
  });

  it('says in which folder a file was found', async () => {
    const sql = open({ 'data/a.csv': 'x\n1\n', 'sub/data/b.csv': 'x\n1\n' });
    await sql('select 1', 'sub/report.nb.md');
    const tables = await bench.sessions.tables(notebookId('sub/report.nb.md'), []);
    expect(tables.map(({ name, folder }) => [name, folder])).toEqual([
      ['data/a.csv', ''],
      ['data/b.csv', 'sub'],
    ]);
  });
});
