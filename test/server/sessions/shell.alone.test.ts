/** Shell paragraphs in real sessions: their processes, their limits, and the files they share with SQL. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { resolveProgram } from '../../../server/programs.ts';
import { newId, type ResultId } from '../../../server/protocol/ids.ts';
import { type Bench, canIsolate, NONE, notebookId, openBench, type Ran, root } from './support.ts';

const worlds = (await canIsolate()) ? (['none', 'bwrap'] as const) : (['none'] as const);

describe.each(worlds)('the shell in a session, isolation %s', (world) => {
  let bench: Bench;
  afterEach(() => bench.close());
  const open = (files: Record<string, string> = {}) => {
    bench = openBench({
      engine: 'sql',
      files,
      resolveProgram: (interpreter) => resolveProgram(root, interpreter),
      ...(world === 'none' ? { isolation: NONE } : {}),
    });
    return (source: string, interpreter = 'shell'): Promise<Ran> => bench.run(source, { interpreter });
  };

  it('reads data, writes files that SQL reads, and reads what SQL wrote', async () => {
    const run = open({ 'data/a.csv': 'x\n1\n2\n' });
    const made = await run('sed 1d data/a.csv; { echo x; seq 5; } > out.csv; pwd | grep -c session');
    expect([made.outcome, made.stdout]).toEqual([{ state: 'done' }, '1\n2\n1\n']);
    const read = await run("copy (select sum(x) as total from 'out.csv') to 'total.csv'", 'sql');
    expect(read.outcome).toEqual({ state: 'done' });
    expect((await run('cat total.csv')).stdout).toBe('total\n15\n');
  });

  it('reads a named table as a Parquet file, which SQL reads again', async () => {
    const run = open();
    const made = await bench.run('select range as n from range(4)', { interpreter: 'sql', name: 'four' });
    const block = made.events.flatMap((event) => (event.type === 'table' && event.block ? [event.block] : []))[0]!;
    const tables = [
      { name: 'four', result: newId<ResultId>(), source: { kind: 'block' as const, read: async () => block } },
    ];
    const listed = await bench.run('ls tables; head -c 4 tables/four.parquet; cp tables/four.parquet mine.parquet', {
      interpreter: 'shell',
      tables,
    });
    expect([listed.outcome, listed.stdout]).toEqual([{ state: 'done' }, 'four.parquet\nPAR1']);
    await run("copy (select sum(n)::int as total from 'mine.parquet') to 'total.csv'", 'sql');
    expect((await run('cat total.csv')).stdout).toBe('total\n6\n');
  });

  it('takes no notebook out of use: what it locks or puts in the place of the database can be cleared', async () => {
    const run = open();
    const notebook = notebookId('report.nb.md');
    expect((await run('mkdir -p a/b; touch a/b/c; chmod 000 a .')).outcome).toEqual({ state: 'done' });
    await bench.sessions.restart(notebook, { clear: false });
    expect(await run('ls -d a')).toMatchObject({ outcome: { state: 'done' }, stdout: 'a\n' });
    expect((await run('rm -f session.duckdb*; mkfifo session.duckdb')).outcome).toEqual({ state: 'done' });
    expect((await run('select 1', 'sql')).outcome).toMatchObject({ failure: { code: 'session-damaged' } });
    await bench.sessions.restart(notebook, { clear: true });
    expect((await run('select 1', 'sql')).outcome).toEqual({ state: 'done' });
    expect((await run('ls -d a || echo gone')).stdout).toBe('gone\n');
  });

  it('keeps folder and exported variables between paragraphs', async () => {
    const run = open();
    await run('mkdir -p a/b; cd a/b; export WHO=me');
    expect((await run('echo "$WHO ${PWD##*/session/}"')).stdout).toBe('me a/b\n');
  });

  it('leaves no process behind, whatever it became', async () => {
    const run = open();
    const seconds = `97${process.pid}`;
    const began = performance.now();
    const ran = await run(
      `sleep ${seconds} & setsid sleep ${seconds} & setsid -f bash -c 'setsid -f sleep ${seconds}'\nsleep 0.3; echo here`,
    );
    expect([ran.outcome, ran.stdout]).toEqual([{ state: 'done' }, 'here\n']);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(living(seconds)).toEqual([]);
    expect((await run('echo on')).stdout).toBe('on\n');
  });

  it('tells exit code and line', async () => {
    const run = open();
    expect((await run('echo a\ncat data/missing.csv\necho b')).outcome).toMatchObject({
      state: 'failed',
      failure: { code: 'exit-code', line: 2, message: 'It ended with exit code 1: cat data/missing.csv' },
    });
  });

  it('cancels a paragraph that sleeps, and one that hears nothing', async () => {
    const run = open();
    await run('true');
    for (const source of ['echo on; sleep 60', "trap '' INT TERM; echo on; while true; do sleep 1; done"]) {
      const controller = new AbortController();
      let asked = 0;
      const ran = await bench.run(source, {
        interpreter: 'shell',
        signal: controller.signal,
        onEvent: (event) => {
          if (event.type !== 'text') return;
          asked = performance.now();
          controller.abort();
        },
      });
      expect(ran.outcome).toEqual({ state: 'cancelled' });
      expect(performance.now() - asked).toBeLessThan(1500);
      expect(ran.stderr).toBe('');
    }
  });

  it('ends 1 GB of output and a line of 100 MB soon, saying why, and goes on', async () => {
    const run = open();
    for (const source of [
      "yes 'a line of text' | head -c 1G",
      "head -c 1G /dev/zero | tr '\\0' x",
      'head -c 1G /dev/urandom',
    ]) {
      const ran = await run(source);
      expect(ran.outcome).toMatchObject({
        state: 'failed',
        reason: 'output-limit',
        failure: { code: 'output-limit', message: 'It printed more than 64 MB.' },
      });
      expect(ran.ms).toBeLessThan(20_000);
      expect(ran.stdout.length).toBeLessThan(10_000_000);
    }
    expect((await run('echo on')).stdout).toBe('on\n');
  });

  if (world === 'bwrap') {
    it('ends a fork bomb with its paragraph, and the session goes on', async () => {
      const run = open();
      await run('create table kept as select 42 as x', 'sql');
      await run(':');
      const bomb = await run('bomb() { bomb | bomb & }; bomb; sleep 1; echo survived');
      expect(bomb.ms).toBeLessThan(30_000);
      expect((await run('echo on')).stdout).toBe('on\n');
      expect((await run("copy kept to 'kept.csv'", 'sql')).outcome).toEqual({ state: 'done' });
      expect((await run('tail -1 kept.csv')).stdout).toBe('42\n');
    });

    it('sees no other process, no network and no file of the machine', async () => {
      const run = open();
      const ran = await run(
        'ls /proc | grep -c "^[0-9]"; ls /etc 2>&1 || true; (echo > /dev/tcp/1.1.1.1/80) 2>/dev/null || echo cut',
      );
      expect(Number(ran.stdout.split('\n')[0])).toBeLessThan(8);
      expect(ran.stdout).toMatch(/No such file[^\n]*\ncut\n$/);
    });
  }
});

const living = (word: string): readonly string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(join('/proc', pid, 'cmdline'), 'latin1').includes(word);
    } catch {
      return false;
    }
  });
