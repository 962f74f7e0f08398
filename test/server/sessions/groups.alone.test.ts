import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { noGroups, openGroups } from '../../../server/sessions/groups/groups.ts';
import { planGroups } from '../../../server/sessions/groups/plan.ts';
import { absent } from '../../support/missing.ts';
import { type Bench, NONE, node, notebookId, openBench } from './support.ts';

const MB = 2 ** 20;
const WITHIN = { timeout: 20_000 };
const KEY = `7e57${process.pid.toString(16)}`;
const open = (key = KEY) => openGroups({ key, log: (message, detail) => said.push([message, detail]) });
let said: unknown[] = [];
let bench: Bench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
  said = [];
});

/** What this machine lets this user do; no group at all is a legal state of a machine. */
const here = open();
const bounded = here.bounds.includes('memory') && here.bounds.includes('pids');
if (!bounded) absent(`control groups that bound memory and processes (${here.why ?? here.bounds.join()})`);

/** It waits for a byte, so that it is in its group before it does anything. */
const program = (code: string) =>
  spawn(node, ['-e', `process.stdin.once('data', () => { process.stdin.destroy(); ${code} })`], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
const HOG = 'const all = []; for (;;) all.push(Buffer.alloc(1 << 22, 1))';

describe.skipIf(!bounded)('a control group', () => {
  it('ends what takes more memory than it may, and counts it', async () => {
    const groups = open();
    const group = groups.make('hog', { memory: 128 * MB, processes: 100 })!;
    const child = program(HOG);
    group.add(child.pid!);
    child.stdin.write('x');
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    expect(group.outOfMemory()).toBe(1);
    await group.remove();
    await groups.close();
    expect(said).toEqual([]);
  });

  it('refuses more processes than it may have', async () => {
    const groups = open();
    const group = groups.make('forks', { memory: 1024 * MB, processes: 40 })!;
    const many = (count: number) => {
      const shell = spawn('/bin/sh', ['-c', `read go; for one in $(seq ${count}); do sleep 60 & done; echo $one`]);
      group.add(shell.pid!);
      shell.stdin.write('go\n');
      return once(shell, 'exit');
    };
    expect(await many(20)).toEqual([0, null]);
    // A shell that cannot fork ends, and says so.
    expect(await many(40)).toEqual([2, null]);
    // What is left in it is ended with it.
    await group.remove();
    await groups.close();
  });

  it('counts what very many processes hold and use, shared pages once', async () => {
    const groups = open();
    const group = groups.make('count', { memory: 1024 * MB, processes: 400 })!;
    // A child that is a copy of its parent shares all of its memory.
    const shell = spawn('/usr/bin/env', [
      'perl',
      '-e',
      '$| = 1; <STDIN>; my $held = "x" x (8 << 20); for (1 .. 140) { fork or sleep 60 } my $n = 0; $n++ while (times)[0] < 0.2; print "held\\n"; sleep 60',
    ]);
    group.add(shell.pid!);
    // Few are looked at one by one.
    expect(group.usage()).toBeUndefined();
    shell.stdin.write('\n');
    await once(shell.stdout, 'data');
    const { memory, cpuMs } = group.usage()!;
    expect(memory).toBeGreaterThan(8 * MB);
    // Their sum is more than 1,100.
    expect(memory).toBeLessThan(400 * MB);
    expect(cpuMs).toBeGreaterThanOrEqual(180);
    await group.remove();
    await groups.close();
  });

  it('takes along what a process started before it was put there', async () => {
    const groups = open();
    const group = groups.make('late', { memory: 512 * MB, processes: 100 })!;
    const shell = spawn('/bin/sh', ['-c', 'sleep 60 & echo started; wait']);
    await once(shell.stdout, 'data');
    group.add(shell.pid!);
    const gone = once(shell.stdout, 'close');
    await group.remove();
    // The pipe closes when the last who holds it is gone.
    await gone;
    await groups.close();
  });

  it('of a server that was killed is swept by the next one over the same records, and no other', async () => {
    const key = `${KEY}aa`;
    const dead = spawn(node, [
      '--input-type=module',
      '-e',
      `import { openGroups } from ${JSON.stringify(join(import.meta.dirname, '../../../server/sessions/groups/groups.ts'))};
       import { spawn } from 'node:child_process';
       const group = openGroups({ key: ${JSON.stringify(key)}, log: () => {} }).make('left', { memory: 100 << 20, processes: 50 });
       const left = spawn('/bin/sleep', ['600'], { detached: true, stdio: 'ignore' });
       group.add(left.pid);
       console.log(left.pid);
       setInterval(() => {}, 1000);`,
    ]);
    const [pid] = await once(dead.stdout, 'data');
    dead.kill('SIGKILL');
    await once(dead, 'exit');
    expect(await open(`${KEY}bb`).sweep()).toBe(0);
    process.kill(Number(pid), 0);
    expect(await open(key).sweep()).toBeGreaterThan(0);
    await expect.poll(() => existsSync(`/proc/${Number(pid)}/exe`), WITHIN).toBe(false);
    expect(await open(key).sweep()).toBe(0);
  });

  it('of a session is told as memory-limit, although nobody looked at its memory', async () => {
    bench = openBench({
      isolation: NONE,
      limits: { memory: 128 * MB },
      usage: () => undefined,
    });
    expect(bench.sessions.status(notebookId('report.nb.md')).groups).toBe(here.kind);
    const ran = await bench.run(`eval (() => { ${HOG} })()`);
    expect(ran.outcome).toMatchObject({ state: 'failed', reason: 'memory-limit', failure: { code: 'memory-limit' } });
    expect((await bench.run('print again')).stdout).toBe('again\n');
  });

  it('that ended only a child of a run is told as memory-limit too', async () => {
    bench = openBench({ isolation: NONE, limits: { memory: 256 * MB }, usage: () => undefined });
    const run = `process.getBuiltinModule('child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(HOG)}]).signal`;
    const ran = await bench.run(`eval ${run}`);
    expect(ran.outcome).toMatchObject({ state: 'failed', reason: 'memory-limit' });
    expect((await bench.run('print again')).stdout).toBe('again\n');
  });

  it('is gone with its process, and all of them with the server', async () => {
    const tops = () => topsOf();
    const before = tops();
    bench = openBench({ isolation: NONE });
    await bench.run('print x');
    expect(tops().length).toBeGreaterThan(before.length);
    await bench.close();
    bench = undefined;
    expect(tops()).toEqual(before);
  });
});

describe('without control groups', () => {
  it('limits are held by looking, and the session says so', async () => {
    bench = openBench({ isolation: NONE, groups: noGroups('the test wants none'), limits: { memory: 128 * MB } });
    expect(bench.sessions.status(notebookId('report.nb.md')).groups).toBe('none');
    const ran = await bench.run(`eval (() => { ${HOG} })()`);
    expect(ran.outcome).toMatchObject({ state: 'failed', reason: 'memory-limit' });
    expect(topsOf()).toEqual([]);
  });

  it('a setting switches them off', async () => {
    bench = openBench({ isolation: NONE, controlGroups: 'off' });
    expect(bench.sessions.groups).toMatchObject({ kind: 'none', bounds: [] });
    expect((await bench.run('print x')).stdout).toBe('x\n');
  });
});

/** Groups of this process, wherever this machine lets them be. */
function topsOf(): readonly string[] {
  const read = (path: string): string | undefined => {
    try {
      return readFileSync(path, 'latin1');
    } catch {
      return undefined;
    }
  };
  const plan = planGroups({
    mounts: read('/proc/self/mountinfo') ?? '',
    groups: read('/proc/self/cgroup') ?? '',
    own: new Set([process.pid]),
    read,
    mayWrite: () => true,
  });
  const bases = plan.kind === 'v1' ? Object.values(plan.bases) : plan.kind === 'v2' ? [plan.base] : [];
  return bases.flatMap((base) =>
    (existsSync(base) ? readdirSync(base) : []).filter((name) => new RegExp(`^gondola-.*-${process.pid}-`).test(name)),
  );
}
