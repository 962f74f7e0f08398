/**
 * P6: the built server, spawned, to the first byte of `/`; and its memory with no notebook open. Against a bare `node:http`
 * server in the same run, and against jupyter_server where it is installed (`jupyter.ts`).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { makeWorkspace, root } from '../support/server.ts';
import { interleave, type Measured } from './figure.ts';
import { jupyterProgram } from './jupyter.ts';

const BARE = `
  const { createServer } = require('node:http');
  createServer((request, response) => response.end('ok')).listen(Number(process.argv[1]), '127.0.0.1');`;

/** Ports of this benchmark alone, so that the first byte can be asked for before the address is printed. */
const PORTS = { ours: 26_101, bare: 26_102, jupyter: 26_103 };

type Start = { readonly ms: number; readonly rssMB: number };

async function firstByte(child: ChildProcess, port: number, path: string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${child.spawnargs.join(' ')} ended with ${child.exitCode}`);
    const answered = await new Promise<boolean>((resolve) => {
      const request = get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
        response.once('data', () => resolve(true)).once('end', () => resolve(true));
        response.resume();
      });
      request.once('error', () => resolve(false));
    });
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function time(start: () => ChildProcess, port: number, path = '/'): Promise<Start> {
  const started = performance.now();
  const child = start();
  const gone = once(child, 'exit');
  await firstByte(child, port, path);
  const ms = performance.now() - started;
  const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
  child.kill('SIGTERM');
  await gone;
  return { ms, rssMB: Number(rss?.[1]) / 1024 };
}

export async function measure(): Promise<readonly Measured[]> {
  const workspace = makeWorkspace();
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' };
  const memory = { ours: [] as number[], bare: [] as number[] };
  const ours = async (): Promise<number> => {
    const args = [join(root, 'server', 'gondola.js'), 'serve', workspace.path, '--port', String(PORTS.ours)];
    const { ms, rssMB } = await time(() => spawn(process.execPath, args, { stdio: 'ignore', env }), PORTS.ours);
    memory.ours.push(rssMB);
    return ms;
  };
  const bare = async (): Promise<number> => {
    const { ms, rssMB } = await time(
      () => spawn(process.execPath, ['-e', BARE, String(PORTS.bare)], { stdio: 'ignore', env }),
      PORTS.bare,
    );
    memory.bare.push(rssMB);
    return ms;
  };
  try {
    const start = await interleave(ours, bare, 9);
    const measured: Measured[] = [
      {
        figure: 'P6 start',
        what: 'built server spawned to the first byte of /',
        ours: { unit: 'ms', values: start.ours },
        reference: { name: 'bare node:http', unit: 'ms', values: start.reference },
        goal: { at: 'most', value: 2, of: 'ratio' },
      },
      {
        figure: 'P6 memory',
        what: 'resident memory of the server, no notebook open',
        ours: { unit: 'MB', values: memory.ours.slice(1) },
        reference: { name: 'bare node:http', unit: 'MB', values: memory.bare.slice(1) },
        goal: { at: 'most', value: 1.4, of: 'ratio' },
      },
    ];
    const jupyter = jupyterProgram('jupyter');
    if (jupyter) {
      const peer = async (): Promise<number> =>
        (
          await time(
            () =>
              spawn(
                jupyter,
                [
                  'server',
                  '--allow-root',
                  '--no-browser',
                  `--port=${PORTS.jupyter}`,
                  `--ServerApp.root_dir=${workspace.path}`,
                ],
                { stdio: 'ignore', env },
              ),
            PORTS.jupyter,
            '/login',
          )
        ).ms;
      const pair = await interleave(ours, peer);
      measured.push({
        figure: 'P6 peer',
        what: 'the same against jupyter_server',
        ours: { unit: 'ms', values: pair.ours },
        reference: { name: 'jupyter_server', unit: 'ms', values: pair.reference },
        goal: { at: 'most', value: 1 / 2.5, of: 'ratio' },
      });
    }
    return measured;
  } finally {
    workspace.remove();
  }
}
