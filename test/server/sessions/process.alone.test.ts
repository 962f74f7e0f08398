import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResultId } from '../../../server/protocol/ids.ts';
import { TEXT_LIMIT } from '../../../server/protocol/outputs.ts';
import type { ExecutionEvent } from '../../../server/sessions/contract.ts';
import { CANCEL_ASKED_MS, CANCEL_SIGNALLED_MS } from '../../../server/sessions/limits.ts';
import { type Bench, canIsolate, NONE, notebookId, openBench } from './support.ts';

/** Aborts once `until` holds for an event, by default once the run has started and a moment has passed. */
function aborting(until = (event: ExecutionEvent): boolean => event.type === 'started') {
  const controller = new AbortController();
  const onEvent = (event: ExecutionEvent): void => {
    if (until(event)) setTimeout(() => controller.abort(), 50);
  };
  return { signal: controller.signal, onEvent };
}

const worlds = (await canIsolate()) ? (['none', 'bwrap'] as const) : (['none'] as const);

describe.each(worlds)('a run in a process, isolation %s', (world) => {
  let bench: Bench;
  beforeAll(() => {
    bench = openBench(world === 'none' ? { isolation: NONE } : {});
  });
  afterAll(() => bench.close());

  it('is isolated as this suite says', async () => {
    expect((await bench.sessions.isolation()).kind).toBe(world);
  });

  it('streams text of each stream, values and the outcome, in order', async () => {
    const ran = await bench.run('print hello\nwarn careful\nvalue 42\nprint bye');
    expect(ran.outcome).toEqual({ state: 'done' });
    expect(ran.events[0]).toEqual({ type: 'started' });
    expect([ran.stdout, ran.stderr, ran.value]).toEqual(['hello\nbye\n', 'careful\n', '42']);
  });

  it('shows output while it goes on', async () => {
    let seen = 0;
    const ran = await bench.run('print early\nsleep 300\nprint late', {
      onEvent: (event) => {
        if (event.type === 'text' && event.text.includes('early')) seen = performance.now();
      },
    });
    expect(performance.now() - seen).toBeGreaterThan(250);
    expect(ran.stdout).toBe('early\nlate\n');
  });

  it('fails with what the program says, and the process goes on', async () => {
    const first = await bench.run('eval process.pid');
    const ran = await bench.run('fail no such thing');
    expect(ran.outcome).toEqual({ state: 'failed', failure: { code: 'failed', message: 'no such thing' } });
    expect((await bench.run('eval process.pid')).stdout).toBe(first.stdout);
  });

  it('gives the program descriptors 0 to 4 and an empty environment', async () => {
    const read = `(await load('node:fs')).readdirSync('/proc/self/fd').filter((fd) => { try { return !/anon_inode|pipe:|eventpoll|\\/proc|io_uring|\\/dev\\/null/.test(require('fs').readlinkSync('/proc/self/fd/' + fd)); } catch { return false; } })`;
    const names = read.replace("require('fs')", "process.getBuiltinModule('fs')");
    const open = JSON.parse((await bench.run(`eval ${names}`)).stdout);
    expect(open.filter((fd: string) => Number(fd) > 4)).toEqual([]);
    const environment = JSON.parse((await bench.run('eval Object.keys(process.env)')).stdout);
    expect(environment.filter((name: string) => name !== 'PWD')).toEqual([]);
  });

  it('hands over tables with their first block and their file', async () => {
    const ran = await bench.run('table 0 5\ntable 1 70000 big.duckdb');
    const tables = ran.events.filter((event) => event.type === 'table');
    expect(tables.map(({ table, rows, open, named }) => [table, rows, open, named])).toEqual([
      [0, 5, true, false],
      [0, 5, false, true],
      [1, 70000, true, false],
      [1, 70000, false, true],
    ]);
    expect(Buffer.from(tables[0]!.block!).toString()).toBe('first');
    expect(existsSync(tables[3]!.file!)).toBe(true);
    expect(tables[3]!.file).toContain('.gondola/notebooks/report-nb-md/out/big.duckdb');
  });

  it.each(['symbolic', 'folder', 'outside', 'above'])('refuses a result file that is %s', async (kind) => {
    const ran = await bench.run(
      `eval process.getBuiltinModule('fs').rmSync('${world === 'none' ? join(bench.workspace, '.gondola/notebooks/report-nb-md') : ''}/out/linked', { force: true, recursive: true })\nlinked ${kind}`,
    );
    expect(ran.outcome).toMatchObject({ state: 'failed', failure: { code: 'result-refused' } });
    expect(ran.events.some((event) => event.type === 'table')).toBe(false);
  });

  it('sends a block of a named table once, in messages that fit, and later only its version', async () => {
    let reads = 0;
    const tables = Array.from({ length: 8 }, (_, index) => ({
      name: `t${index}`,
      result: `r${index}` as ResultId,
      source: {
        kind: 'block' as const,
        read: async () => {
          reads += 1;
          return new Uint8Array(900_000).fill(index);
        },
      },
    }));
    const first = await bench.run('print ok', { tables });
    expect(first.outcome).toEqual({ state: 'done' });
    const second = JSON.parse((await bench.run('tables', { tables })).value);
    expect(second).toEqual(tables.map(({ name, result }) => ({ name, version: result })));
    expect(reads).toBe(8);
  });

  it('tells the program where a large named table lies, as it sees it', async () => {
    const results = join(bench.workspace, '.gondola/notebooks/report-nb-md/results');
    mkdirSync(results, { recursive: true });
    writeFileSync(join(results, 'abc.duckdb'), 'rows');
    const source = { kind: 'file' as const, path: join(results, 'abc.duckdb') };
    const tables = [{ name: 'big', result: 'abc' as ResultId, source }];
    const [table] = JSON.parse((await bench.run('tables', { tables })).value);
    const read = await bench.run(`eval process.getBuiltinModule('fs').readFileSync('${table.file}', 'utf8')`, {
      tables,
    });
    expect(JSON.parse(read.stdout)).toBe('rows');
  });

  it('stops when asked', async () => {
    const ran = await bench.run('sleep 60000', aborting());
    expect(ran.outcome).toEqual({ state: 'cancelled' });
    expect(ran.ms).toBeLessThan(CANCEL_ASKED_MS);
  });

  it('stops at a signal when it does not listen, and its process lives on', async () => {
    const pid = (await bench.run('eval process.pid')).stdout;
    const ran = await bench.run('interruptible', aborting());
    expect(ran.outcome).toEqual({ state: 'cancelled' });
    expect(ran.stdout).toBe('interrupted\n');
    expect((await bench.run('eval process.pid')).stdout).toBe(pid);
  });

  it('is killed when it hangs, and the next run has a new process', async () => {
    const ran = await bench.run('stubborn', aborting());
    expect(ran.outcome).toEqual({ state: 'cancelled' });
    expect(ran.stderr).toContain('did not stop when asked');
    expect(ran.ms).toBeGreaterThan(CANCEL_ASKED_MS + CANCEL_SIGNALLED_MS);
    expect(ran.ms).toBeLessThan(CANCEL_ASKED_MS + CANCEL_SIGNALLED_MS + 2000);
    expect((await bench.run('print again')).stdout).toBe('again\n');
  });

  it('hears a cancel through a flood of text', async () => {
    const ran = await bench.run('flood-while-listening', aborting());
    expect(ran.outcome).toEqual({ state: 'cancelled' });
    expect(ran.ms).toBeLessThan(CANCEL_ASKED_MS);
  });

  it('ends a flood of text at its limit, keeping the beginning', async () => {
    const ran = await bench.run('flood');
    expect(ran.outcome).toMatchObject({ state: 'failed', reason: 'output-limit' });
    expect(ran.stdout.length).toBe(TEXT_LIMIT);
    expect(ran.stderr).toMatch(/\d+ more characters were left out/);
  });

  it('ends a flood of events at its limit', async () => {
    const ran = await bench.run('flood-events');
    expect(ran.outcome).toMatchObject({ state: 'failed', reason: 'output-limit' });
    expect(ran.events.length).toBeLessThan(5100);
  });

  it('makes few events of many small prints', async () => {
    const ran = await bench.run('print-many 20000');
    const lines = Array.from({ length: 20000 }, (_, index) => index);
    expect(ran.stdout).toBe(
      lines
        .filter((index) => index % 2 === 0)
        .map((index) => `${index}\n`)
        .join(''),
    );
    expect(ran.stderr).toBe(
      lines
        .filter((index) => index % 2 === 1)
        .map((index) => `${index}\n`)
        .join(''),
    );
    expect(ran.events.length).toBeLessThan(2000);
  });

  it('keeps a long line whole up to the limit and counts the rest', async () => {
    const ran = await bench.run('long-line 3000000');
    expect(ran.stdout.length).toBe(TEXT_LIMIT);
    expect(ran.stderr).toContain(`${3_000_000 - TEXT_LIMIT} more characters`);
  });

  it.each(['long-line 100000000', 'flood-bytes'])('ends %s soon at its limit, and disturbs nobody', async (source) => {
    await bench.run('print warm', { notebook: 'other.nb.md' });
    const running = bench.run(source);
    const others: number[] = [];
    while (others.length < 5) others.push((await bench.run('print beside', { notebook: 'other.nb.md' })).ms);
    const ran = await running;
    expect(ran.outcome).toMatchObject({
      state: 'failed',
      reason: 'output-limit',
      failure: { message: 'It printed more than 64 MB.' },
    });
    expect(ran.stdout.length).toBe(TEXT_LIMIT);
    expect(ran.ms).toBeLessThan(CANCEL_ASKED_MS + CANCEL_SIGNALLED_MS + 5000);
    expect(Math.max(...others)).toBeLessThan(1000);
    expect((await bench.run('print again')).stdout).toBe('again\n');
  });

  it('shows bytes that are no UTF-8 as replacement characters', async () => {
    expect((await bench.run('bytes 61ff62')).stdout).toBe('a\ufffdb');
    expect((await bench.run('bytes ed959c')).stdout).toBe('한');
  });

  it.each([
    ['huge-event', /line longer than/],
    ['garbage', /no event of the protocol/],
    ['no-json', /no JSON/],
  ])('is lost when its program breaks the protocol by %s, saying how', async (command, words) => {
    const ran = await bench.run(`${command}\nsleep 60000`);
    expect(ran.outcome).toEqual({ state: 'lost', reason: 'process-gone' });
    const problem = ran.events.find((event) => event.type === 'error');
    expect(problem?.failure.message).toMatch(words);
    expect((await bench.run('print again')).stdout).toBe('again\n');
  });

  it.each([
    ['die 3', /exit code 3/],
    ['crash', /signal SIGSEGV/],
  ])('is lost when its process ends by %s, with what it said last', async (command, words) => {
    const ran = await bench.run(`warn last words\n${command}`);
    expect(ran.outcome).toEqual({ state: 'lost', reason: 'process-gone' });
    const problem = ran.events.find((event) => event.type === 'error');
    expect(problem?.failure).toMatchObject({ code: 'process-gone', detail: expect.stringContaining('last words') });
    expect(problem?.failure.message).toMatch(words);
    expect((await bench.run('print again')).stdout).toBe('again\n');
  });

  it('ends after a second when an end marker never comes', async () => {
    const ran = await bench.run('no-marker\nprint text');
    expect(ran.outcome).toEqual({ state: 'done' });
    expect(ran.stdout).toBe('text\n');
    expect(ran.ms).toBeGreaterThan(900);
    await bench.sessions.restart(notebookId('report.nb.md'), { clear: false });
  });

  it('keeps a forged marker out of the text, and the text behind it', async () => {
    expect((await bench.run('early-marker')).stdout).toBe('beforeafter\n');
  });

  it.each([
    ['unknown', 'unknown-interpreter'],
    ['no-start', 'session-failed'],
    ['missing', 'session-failed'],
  ])('of a program that is %s fails with %s', async (interpreter, code) => {
    const ran = await bench.run('print x', { interpreter });
    expect(ran.outcome).toMatchObject({ state: 'failed', failure: { code } });
  });

  it('whose text is too long to send fails, saying so', async () => {
    const ran = await bench.run('x'.repeat(3 * 1024 * 1024));
    expect(ran.outcome).toMatchObject({ state: 'failed', failure: { code: 'source-too-long' } });
  });

  it('cancelled before it started does nothing', async () => {
    const ran = await bench.run('print x', { signal: AbortSignal.abort() });
    expect(ran.outcome).toEqual({ state: 'cancelled' });
    expect(ran.events).toEqual([]);
  });

  it('ends cancelled when its session is restarted, and files stay unless cleared', async () => {
    await bench.run("eval process.getBuiltinModule('fs').writeFileSync('kept', 'x')");
    const running = bench.run('sleep 60000');
    await expect.poll(() => bench.sessions.status(notebookId('report.nb.md')).state).toBe('running');
    await bench.sessions.restart(notebookId('report.nb.md'), { clear: false });
    expect((await running).outcome).toEqual({ state: 'cancelled' });
    const exists = "eval process.getBuiltinModule('fs').existsSync('kept')";
    expect((await bench.run(exists)).stdout).toBe('true\n');
    await bench.sessions.restart(notebookId('report.nb.md'), { clear: true });
    expect((await bench.run(exists)).stdout).toBe('false\n');
  });

  it('answers completions and tables beside runs', async () => {
    const notebook = notebookId('report.nb.md');
    await bench.run('print x');
    expect(await bench.sessions.complete(notebook, 'scripted', 'sel', 3, [])).toEqual([
      { label: 'sel', kind: 'other', insert: 'sel', start: 0 },
    ]);
    const running = bench.run('sleep 500');
    expect((await bench.sessions.tables(notebook, [])).map(({ name }) => name)).toEqual(['data/a.csv']);
    expect((await running).outcome).toEqual({ state: 'done' });
  });
});
