/** The `gondola` command as a process: what it prints, how it ends, and what it leaves behind. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './server.ts';

export type Ended = { readonly code: number | null; readonly out: string; readonly err: string };
export type Running = {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it printed so far. */
  readonly out: () => string;
  readonly err: () => string;
};

export function startGondola(
  args: readonly string[],
  { env = {}, cwd }: { readonly env?: Record<string, string>; readonly cwd?: string } = {},
): Running {
  const child = spawn(process.execPath, [join(root, 'server', 'gondola.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, out, err })));
  return { child, ended, out: () => out, err: () => err };
}

export const gondola = (args: readonly string[], options: Parameters<typeof startGondola>[1] = {}): Promise<Ended> =>
  startGondola(args, options).ended;

/** An owner of the workspace whose password is `long enough`. */
export function addUser(workspace: string, name: string): void {
  const args = ['user', 'add', name, '--role', 'owner', '--password-stdin', '--workspace', workspace];
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'server', 'gondola.js'), ...args], {
    input: 'long enough\n',
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`gondola user add ended with ${status}: ${stderr}`);
}

/** A process and all below it. */
export function processesOf(pid: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const one = Number(name);
    const parent = Number.isInteger(one) ? parentOf(one) : undefined;
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), one]);
  }
  const below = (one: number): number[] => [one, ...(children.get(one) ?? []).flatMap(below)];
  return below(pid);
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}

export const isAlive = (pid: number): boolean => parentOf(pid) !== undefined;

/** The temporary folders of this process's run that are there now. */
export const temporariesOf = (pid: number): readonly string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`gondola-run-${pid}-`));
