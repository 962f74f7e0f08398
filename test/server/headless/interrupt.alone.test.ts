/** `gondola run`, interrupted at any moment of it, as a person and a terminal do: all of it ends within two seconds. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { gondola, isAlive, processesOf, startGondola, temporariesOf } from '../../support/gondola.ts';
import { makeWorkspace, root } from '../../support/server.ts';

const releases: (() => unknown)[] = [];
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release();
});

function workspace(files: Readonly<Record<string, string>>): string {
  const made = makeWorkspace(files);
  releases.push(() => made.remove());
  return made.path;
}

describe('Ctrl-C', () => {
  const LONG = '```sql id=a name=a\nselect count(*) from range(1e15::bigint) t(n) where n % 3 = 1\n```\n';

  it.each([
    ['as it starts', 30, 'SIGINT'],
    ['while the sandbox is tried', 120, 'SIGINT'],
    ['while the engine starts', 300, 'SIGTERM'],
    ['in a long query', 1_500, 'SIGINT'],
    ['in a long query without a sandbox', 1_500, 'SIGINT', '--sandbox', 'off'],
  ] as const)('%s ends all within 2 s, and leaves nothing', async (_, after, signal, ...args: string[]) => {
    const folder = workspace({ 'a.nb.md': LONG });
    const run = startGondola(['run', join(folder, 'a.nb.md'), '--results', join(folder, 'out'), ...args]);
    await wait(after);
    const pid = run.child.pid!;
    const processes = processesOf(pid);
    const since = performance.now();
    run.child.kill(signal);
    const { code } = await run.ended;
    expect(performance.now() - since).toBeLessThan(2_000);
    // Before its own handler stands, the signal itself ends it.
    expect([130, null]).toContain(code);
    await wait(50);
    expect(processes.filter(isAlive)).toEqual([]);
    expect(temporariesOf(pid)).toEqual([]);
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });

  it.each([
    ['in a sandbox', 'auto'],
    ['without one', 'off'],
  ])('ends a shell and all it put into the background, %s', async (_, sandbox) => {
    const source = '(trap "" INT TERM; sleep 987) &\nsetsid sleep 986 &\necho started\nwait\n';
    const folder = workspace({ 'a.nb.md': `\`\`\`sh id=a\n${source}\`\`\`\n` });
    const run = startGondola(['run', join(folder, 'a.nb.md'), '--json', '--sandbox', sandbox]);
    while (!run.out().includes('started\\n')) {
      if (run.child.exitCode !== null) throw new Error(run.err());
      await wait(20);
    }
    await wait(100);
    const processes = processesOf(run.child.pid!);
    const since = performance.now();
    run.child.kill('SIGINT');
    expect((await run.ended).code).toBe(130);
    expect(performance.now() - since).toBeLessThan(2_000);
    await wait(50);
    expect(processes.filter(isAlive)).toEqual([]);
    expect(temporariesOf(run.child.pid!)).toEqual([]);
  });

  it('while results are written leaves none of them half', async () => {
    const folder = workspace({
      'a.nb.md': '```sql id=a name=a\nselect n, hash(n)::varchar as h from range(3_000_000) t(n)\n```\n',
    });
    const out = join(folder, 'out');
    const run = startGondola(['run', join(folder, 'a.nb.md'), '--results', out, '--format', 'csv']);
    while (!existsSync(out) || readdirSync(out).length === 0) {
      if (run.child.exitCode !== null) throw new Error(run.err());
      await wait(5);
    }
    const since = performance.now();
    run.child.kill('SIGINT');
    const { code } = await run.ended;
    expect(performance.now() - since).toBeLessThan(2_000);
    expect(code).toBe(130);
    expect(readdirSync(out)).toEqual([]);
    expect(temporariesOf(run.child.pid!)).toEqual([]);
  });

  it('twice ends at once', async () => {
    const folder = workspace({ 'a.nb.md': LONG });
    const run = startGondola(['run', join(folder, 'a.nb.md')]);
    await wait(1_500);
    const pid = run.child.pid!;
    run.child.kill('SIGINT');
    await wait(600);
    run.child.kill('SIGINT');
    expect((await run.ended).code).toBe(130);
    expect(temporariesOf(pid)).toEqual([]);
  });

  it('that came as SIGKILL leaves no process, and the next run removes the files', async () => {
    const folder = workspace({ 'a.nb.md': LONG, 'b.nb.md': '```sql\nselect 1\n```\n' });
    const run = startGondola(['run', join(folder, 'a.nb.md')]);
    await wait(1_500);
    const pid = run.child.pid!;
    const processes = processesOf(pid);
    run.child.kill('SIGKILL');
    await run.ended;
    await gondola(['run', join(folder, 'b.nb.md')]);
    expect(temporariesOf(pid)).toEqual([]);
    expect(processes.filter(isAlive)).toEqual([]);
  });

  it('reaches a run that was started by an older Node, or by npx', async () => {
    const folder = workspace({ 'a.nb.md': LONG });
    const child = spawn('npx', ['--no-install', 'gondola', 'run', join(folder, 'a.nb.md')], {
      cwd: root,
      stdio: 'ignore',
      detached: true,
    });
    await wait(2_500);
    const processes = processesOf(child.pid!);
    expect(processes.length).toBeGreaterThan(2);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    // As a terminal does: the whole group.
    process.kill(-child.pid!, 'SIGINT');
    await gone;
    await wait(2_000);
    expect(processes.filter(isAlive)).toEqual([]);
  });
});
