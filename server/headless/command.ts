/**
 * The shell around `gondola run`: the process's streams and signals. The first Ctrl-C ends everything within `STOP_MS`, a second
 * one at once; either way no process stays and no temporary file.
 */
import { join } from 'node:path';
import type { CommandLine } from '../config.ts';
import { readConfig } from '../config.ts';
import { copySampleData, makeSampleData } from '../samples.ts';
import { jobOf, type RunOptions } from './job.ts';
import type { Rig } from './rig.ts';
import { EXIT, runNotebook } from './run.ts';
import { sweepTemporaries } from './temporary.ts';

/** All is gone two seconds after Ctrl-C: what does not end in order by then is killed. */
const STOP_MS = 1_500;
/** One Ctrl-C may come twice: a terminal tells every process, and a parent (`gondola.js`, npm) passes it on as well. */
const SAME_SIGNAL_MS = 500;

/** Resolves with the exit code, unless a signal ends the process before. `root` is where the package lies. */
export async function runCommand(notebook: string, options: RunOptions & CommandLine, root: string): Promise<number> {
  const job = jobOf(notebook, options);
  // Nobody connects here: what would open doors is not asked.
  const config = readConfig(job.workspace, { ...options, host: '127.0.0.1' }, process.env);
  if (job.workspace === join(root, 'notebooks')) {
    copySampleData(root, job.workspace);
    await makeSampleData(job.workspace);
  }
  const stop = new AbortController();
  const rigs: Pick<Rig, 'remove'>[] = [];
  const giveUp = (code: number): never => {
    for (const rig of rigs) rig.remove();
    process.exit(code);
  };
  endOnSignal(stop, giveUp);
  endWithReader(job.results === undefined && job.output === undefined ? stop : undefined);
  const code = await runNotebook(job, config, root, {
    terminal: {
      write: (text) => process.stderr.write(text),
      columns: () => process.stderr.columns,
      live: process.stderr.isTTY === true && process.env.TERM !== 'dumb',
      colours: process.stderr.isTTY === true && !process.env.NO_COLOR,
    },
    line: (text) => process.stdout.write(`${text}\n`),
    signal: stop.signal,
    now: Date.now,
    opened: (rig) => rigs.push(rig),
  });
  sweepTemporaries();
  return code;
}

function endOnSignal(stop: AbortController, giveUp: (code: number) => never): void {
  let since: number | undefined;
  const onSignal = (): void => {
    if (since !== undefined) {
      if (performance.now() - since > SAME_SIGNAL_MS) giveUp(EXIT.cancelled);
      return;
    }
    since = performance.now();
    setTimeout(() => giveUp(EXIT.cancelled), STOP_MS).unref();
    stop.abort(new Error('cancelled'));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
}

/** A reader of stdout that went away is no fault. Where nothing else is wanted of the run, it ends. */
function endWithReader(stop: AbortController | undefined): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', () => {
      stop?.abort(new Error('nobody reads'));
    });
}
