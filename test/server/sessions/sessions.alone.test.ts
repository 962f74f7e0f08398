import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { SessionStatus } from '../../../server/protocol/messages.ts';
import { leftoversIn } from '../../../server/sessions/leftovers.ts';
import { startOf } from '../../../server/sessions/proc.ts';
import { type Bench, canIsolate, NONE, node, notebookId, openBench, root } from './support.ts';

const MB = 2 ** 20;
const sandboxed = await canIsolate();
const worlds = sandboxed ? (['none', 'bwrap'] as const) : (['none'] as const);
let bench: Bench;
afterEach(() => bench.close());

const stateOf = (path: string): SessionStatus['state'] => bench.sessions.status(notebookId(path)).state;

describe('sessions share memory', () => {
  it('so that a fifth ends the one idle for longest, whose files stay', async () => {
    bench = openBench({ isolation: NONE });
    for (const name of ['a', 'b', 'c', 'd']) await bench.run('print x', { notebook: `${name}.nb.md` });
    await bench.run("eval process.getBuiltinModule('fs').writeFileSync('kept', 'x')", { notebook: 'a.nb.md' });
    expect((await bench.run('print fifth', { notebook: 'e.nb.md' })).stdout).toBe('fifth\n');
    expect(['a', 'b', 'c', 'd', 'e'].map((name) => stateOf(`${name}.nb.md`))).toEqual([
      'idle',
      'none',
      'idle',
      'idle',
      'idle',
    ]);
    const again = await bench.run("eval process.getBuiltinModule('fs').existsSync('kept')", { notebook: 'a.nb.md' });
    expect(again.stdout).toBe('true\n');
  });

  it('so that a fifth waits while all work, saying how many are ahead, and runs when one ends', async () => {
    bench = openBench({ isolation: NONE });
    const aborts = ['a', 'b', 'c', 'd'].map((name) => {
      const controller = new AbortController();
      const ran = bench.run('sleep 60000', { notebook: `${name}.nb.md`, signal: controller.signal });
      return { controller, ran };
    });
    await expect
      .poll(() => ['a', 'b', 'c', 'd'].map((name) => stateOf(`${name}.nb.md`)))
      .toEqual(Array(4).fill('running'));
    const fifth = bench.run('print fifth', { notebook: 'e.nb.md' });
    const sixth = bench.run('print sixth', { notebook: 'f.nb.md' });
    const leaving = new AbortController();
    const seventh = bench.run('print seventh', { notebook: 'g.nb.md', signal: leaving.signal });
    leaving.abort();
    expect((await seventh).outcome).toEqual({ state: 'cancelled' });
    aborts[1]!.controller.abort();
    expect((await fifth).stdout).toBe('fifth\n');
    expect((await fifth).events[0]).toEqual({ type: 'waiting', for: 'memory' });
    // The fifth is idle now and gives way.
    expect((await sixth).events.filter(({ type }) => type === 'waiting')).toEqual([
      { type: 'waiting', for: 'memory, 1 ahead' },
      { type: 'waiting', for: 'memory' },
    ]);
    expect((await sixth).stdout).toBe('sixth\n');
    for (const { controller, ran } of aborts) {
      controller.abort();
      expect((await ran).outcome).toEqual({ state: 'cancelled' });
    }
  });

  it('and each is told a quarter of the budget, at most 4 GB', async () => {
    bench = openBench({ isolation: NONE, machine: { memory: 10 * 2 ** 30, cores: 4 } });
    const start = JSON.parse((await bench.run('start')).value);
    expect(start).toMatchObject({
      memory: Math.floor((6 * 2 ** 30) / 4),
      threads: 4,
      timeZone: 'UTC',
      isolated: false,
    });
    await bench.close();
    bench = openBench({ isolation: NONE, machine: { memory: 256 * 2 ** 30, cores: 64 } });
    expect(JSON.parse((await bench.run('start')).value)).toMatchObject({ memory: 4 * 2 ** 30, threads: 8 });
  });
});

describe('engines', () => {
  it('started ahead answer the first run without a start, and end when unused', async () => {
    bench = openBench({ limits: { aheadMs: 1500 } });
    bench.sessions.startAhead(notebookId('report.nb.md'));
    await expect.poll(() => stateOf('report.nb.md'), { timeout: 5000 }).toBe('idle');
    const processes = () => readdirSync(join(bench.workspace, '.gondola', 'processes'));
    const before = processes();
    expect(before.length).toBe(1);
    expect((await bench.run('print first')).stdout).toBe('first\n');
    expect(processes()).toEqual(before);
    bench.sessions.startAhead(notebookId('other.nb.md'));
    await expect.poll(() => stateOf('other.nb.md'), { timeout: 5000 }).toBe('idle');
    await expect.poll(() => stateOf('other.nb.md'), { timeout: 5000 }).toBe('none');
    expect(stateOf('report.nb.md')).toBe('idle');
  });

  it('wait unused two at a time: a third ends the first', async () => {
    bench = openBench({ isolation: NONE });
    for (const name of ['a', 'b', 'c']) {
      bench.sessions.startAhead(notebookId(name));
      await expect.poll(() => stateOf(name), { timeout: 5000 }).toBe('idle');
    }
    expect(['a', 'b', 'c'].map(stateOf)).toEqual(['none', 'idle', 'idle']);
  });

  it('end when idle for long, and start again for the next run', async () => {
    bench = openBench({ isolation: NONE, limits: { idleMs: 300 } });
    const first = await bench.run('eval process.pid');
    await expect.poll(() => stateOf('report.nb.md'), { timeout: 5000 }).toBe('none');
    const second = await bench.run('eval process.pid');
    expect(second.outcome).toEqual({ state: 'done' });
    expect(second.stdout).not.toBe(first.stdout);
  });

  it('tell of each state they pass', async () => {
    bench = openBench({ isolation: NONE });
    const seen: string[] = [];
    const release = bench.sessions.onStatus((_, status) => seen.push(status.state));
    await bench.run('sleep 100');
    await bench.sessions.restart(notebookId('report.nb.md'), { clear: false });
    expect(seen).toEqual(['starting', 'idle', 'running', 'idle', 'none']);
    release();
    await bench.run('print x');
    expect(seen.length).toBe(5);
  });
});

describe.each(worlds)('limits, isolation %s', (world) => {
  const open = (limits: Record<string, number>) => {
    bench = openBench({ limits, ...(world === 'none' ? { isolation: NONE } : {}) });
  };

  it('end what takes too much memory, say so, and the session goes on', async () => {
    open({ memory: 300 * MB });
    let most = 0;
    bench.sessions.onStatus((_, status) => {
      most = Math.max(most, status.memory ?? 0);
    });
    const ran = await bench.run('hog 4000\nsleep 60000');
    expect(ran.outcome).toMatchObject({ state: 'failed', reason: 'memory-limit', failure: { code: 'memory-limit' } });
    expect(ran.ms).toBeLessThan(5000);
    expect((await bench.run('print again')).stdout).toBe('again\n');
    // Control: half of it is fine.
    expect((await bench.run('hog 160')).outcome).toEqual({ state: 'done' });
  });

  it('count the memory of all processes of a run together', async () => {
    open({ memory: 300 * MB });
    const hog =
      'const kept = []; for (let index = 0; index < 10; index += 1) kept.push(Buffer.alloc(16 * 1048576, 1)); setTimeout(() => kept, 60000)';
    const spawnThree = `Array.from({ length: 4 }, () => process.getBuiltinModule('child_process').spawn(process.execPath, ['-e', '${hog}'])).length`;
    const ran = await bench.run(`eval ${spawnThree}\nsleep 30000`);
    expect(ran.outcome).toMatchObject({ state: 'failed', reason: 'memory-limit' });
  });

  it('end what uses too much processor time, on every thread', async () => {
    open({ cpuMs: 700 });
    expect((await bench.run('sleep 1000')).outcome).toEqual({ state: 'done' });
    const ran = await bench.run('hang');
    expect(ran.outcome).toMatchObject({ state: 'failed', reason: 'time-limit' });
    expect(ran.ms).toBeLessThan(4000);
    expect((await bench.run('print again')).stdout).toBe('again\n');
  });

  it('end what runs too long', async () => {
    open({ wallMs: 500 });
    const ran = await bench.run('sleep 60000');
    expect(ran.outcome).toMatchObject({ state: 'failed', reason: 'time-limit' });
    expect(ran.ms).toBeLessThan(2000);
  });

  it('end what fills its folder', async () => {
    open({ diskBytes: 40 * MB });
    const ran = await bench.run('fill 2000');
    expect(ran.outcome).toMatchObject({ state: 'failed', reason: 'disk-limit' });
    expect(ran.ms).toBeLessThan(8000);
  });

  it('end what leaves too little of the disk', async () => {
    open({ diskReserve: 2 ** 60 });
    expect((await bench.run('sleep 60000')).outcome).toMatchObject({ state: 'failed', reason: 'disk-limit' });
  });

  it('set what the system enforces', async () => {
    open({ openFiles: 300 });
    const limits = JSON.parse(
      (await bench.run("eval process.getBuiltinModule('fs').readFileSync('/proc/self/limits', 'utf8')")).stdout,
    );
    expect(limits).toMatch(/Max open files +300 /);
    expect(limits).toMatch(/Max core file size +0 /);
  });
});

describe.each(worlds)('a server that is killed, isolation %s', (world) => {
  /** Another process holds the sessions; it prints the pids it noted. */
  const holder = (source: string) => `
    import { openBench, NONE } from '${root}/test/server/sessions/support.ts';
    const bench = openBench({ ${world === 'none' ? 'isolation: NONE' : ''} });
    await bench.run('print started');
    const { readdirSync } = await import('node:fs');
    console.log(JSON.stringify({ workspace: bench.workspace, pids: readdirSync(bench.workspace + '/.gondola/processes').map(Number) }));
    ${source}
  `;

  it.each([
    ['idle', 'setInterval(() => {}, 1000);'],
    ['deaf in a loop', "void bench.run('stubborn'); setInterval(() => {}, 1000);"],
  ])('leaves no process after 2 s, %s', async (_, source) => {
    bench = openBench();
    const child = spawn(node, ['--no-warnings', '--input-type=module-typescript', '-e', holder(source)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(child.stdout!, 'data');
    const told = JSON.parse(String(line)) as { workspace: string; pids: number[] };
    expect(told.pids.length).toBe(1);
    expect(startOf(told.pids[0]!)).toBeDefined();
    await new Promise((resolve) => setTimeout(resolve, 300));
    child.kill('SIGKILL');
    await expect.poll(() => startOf(told.pids[0]!), { timeout: 2000 }).toBeUndefined();
    rmSync(told.workspace, { recursive: true, force: true });
  });
});

describe('leftovers', () => {
  it('are ended at the next start; a process that only has the same pid is not', async () => {
    bench = openBench({ isolation: NONE });
    const folder = join(bench.workspace, '.gondola', 'processes');
    const leftover = spawn('sleep', ['60'], { detached: true });
    const stranger = spawn('sleep', ['60'], { detached: true });
    leftoversIn(folder).note(leftover.pid!);
    mkdirSync(folder, { recursive: true });
    const [boot] = readFileSync(join(folder, String(leftover.pid)), 'utf8').split(' ');
    writeFileSync(join(folder, String(stranger.pid)), `${boot} 12345\n`);
    writeFileSync(join(folder, 'nonsense'), 'nonsense');
    const ended = once(leftover, 'exit');
    await bench.reopen();
    expect((await ended)[1]).toBe('SIGKILL');
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    expect(readdirSync(folder)).toEqual([]);
    stranger.kill();
  });

  it('are noted while they live, and no longer', async () => {
    bench = openBench({ isolation: NONE });
    const folder = join(bench.workspace, '.gondola', 'processes');
    await bench.run('print x');
    expect(readdirSync(folder).length).toBe(1);
    await bench.sessions.close();
    expect(readdirSync(folder)).toEqual([]);
    expect((await bench.run('print x')).outcome).toEqual({ state: 'lost', reason: 'process-gone' });
    expect(existsSync(folder)).toBe(true);
  });

  it('of a run under way are none after close, which takes less than 3 s', async () => {
    bench = openBench();
    const running = bench.run('stubborn');
    await expect.poll(() => stateOf('report.nb.md'), { timeout: 5000 }).toBe('running');
    const pids = readdirSync(join(bench.workspace, '.gondola', 'processes')).map(Number);
    const began = performance.now();
    await bench.sessions.close();
    expect(performance.now() - began).toBeLessThan(3000);
    expect((await running).outcome).toEqual({ state: 'lost', reason: 'process-gone' });
    expect(pids.map(startOf)).toEqual([undefined]);
  });
});
