/** What a paragraph leaves running is gone after its run, after its session, and after kill -9 of the server. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveProgram } from '../../../server/programs.ts';
import { findSystem } from '../../../server/sessions/system.ts';
import { counter, keep, wantsRecord } from '../../reliability/record.ts';
import { type Bench, canIsolate, node, notebookId, openBench, root } from '../../server/sessions/support.ts';
import { missing } from '../../support/missing.ts';
import { SURVIVORS } from './survivors.ts';

const MODES = [
  { mode: 'bwrap', holds: await canIsolate() },
  { mode: 'unshare', holds: findSystem().unshare !== undefined },
] as const;
for (const { mode, holds } of MODES) if (!holds) missing(`${mode}: what outlives its runs is not probed`);

/** Two seconds are the promise; a busy machine takes longer to tell. */
const GONE = { timeout: 20_000, interval: 50 };

const living = (seconds: string): readonly string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      // Its own words, not those of a process that was handed the whole paragraph.
      return (
        /^\d+$/.test(pid) &&
        readFileSync(join('/proc', pid, 'cmdline'), 'latin1')
          .split('\0')
          .includes(seconds)
      );
    } catch {
      return false;
    }
  });
let last = process.pid * 100;
/** Unlike that of every other test. */
const mark = (): string => {
  last += 1;
  return `9${last}`;
};

describe.each(MODES.filter(({ holds }) => holds))('in an enclosure by $mode', ({ mode }) => {
  let bench: Bench;
  const cases = SURVIVORS.flatMap((one) =>
    (mode === 'bwrap' ? ['run', 'session', 'server'] : ['session', 'server']).map((end) => ({
      ...one,
      class: `after the ${end}`,
    })),
  );
  const { held, counts } = counter(cases);
  const holdsAll = (end: string): void => {
    for (const one of cases) if (one.class === `after the ${end}`) held(one);
  };
  beforeAll(async () => {
    bench = openBench({ engine: 'sql', sandbox: mode, resolveProgram: (name) => resolveProgram(root, name) });
    expect((await bench.sessions.isolation()).kind).toBe(mode);
  });
  afterAll(async () => {
    if (wantsRecord()) keep(root, { figure: 'R7', part: `survivors in ${mode}`, counts: counts() });
    await bench.close();
  });

  // The program and its end are the same in both: once is enough.
  it.each(mode === 'bwrap' ? SURVIVORS : [])(
    '$what is there during its run, and not after it',
    async ({ source, what }) => {
      const seconds = mark();
      const go = join(bench.workspace, '.gondola/notebooks/report-nb-md/session', `go${seconds}`);
      const text = `${source.replaceAll('SECONDS', seconds)}\nuntil [ -e go${seconds} ]; do sleep 0.02; done; echo here`;
      const running = bench.run(text, { interpreter: 'shell' });
      await expect.poll(() => living(seconds).length, GONE).toBeGreaterThan(0);
      writeFileSync(go, '');
      const ran = await running;
      expect([ran.outcome, ran.stdout]).toEqual([{ state: 'done' }, 'here\n']);
      await expect.poll(() => living(seconds), GONE).toEqual([]);
      held(cases.find((one) => one.what === what && one.class === 'after the run')!);
    },
  );

  it('nothing is there after the session ended under a run', async () => {
    const seconds = mark();
    const all = SURVIVORS.map(({ source }) => source.replaceAll('SECONDS', seconds)).join('\n');
    const running = bench.run(`${all}\necho here; sleep ${seconds}`, { interpreter: 'shell' });
    await expect.poll(() => living(seconds).length, GONE).toBeGreaterThanOrEqual(SURVIVORS.length);
    await bench.sessions.restart(notebookId('report.nb.md'), { clear: false });
    expect((await running).outcome).toEqual({ state: 'cancelled' });
    await expect.poll(() => living(seconds), GONE).toEqual([]);
    holdsAll('session');
  });

  it('nothing is there after kill -9 of the server, without another to come', async () => {
    const seconds = mark();
    const program = join(import.meta.dirname, 'survivors.ts');
    const server = spawn(node, ['--no-warnings', program, mode, seconds], { stdio: ['ignore', 'pipe', 'inherit'] });
    let folder = '';
    for await (const line of createInterface(server.stdout)) {
      if (line.startsWith('ended')) throw new Error(line);
      if (line === 'ready') break;
      folder = line;
    }
    const own = (): readonly string[] => living(seconds).filter((pid) => pid !== String(server.pid));
    await expect.poll(() => own().length, GONE).toBeGreaterThanOrEqual(SURVIVORS.length);
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await gone;
    await expect.poll(own, GONE).toEqual([]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    holdsAll('server');
  });
});
