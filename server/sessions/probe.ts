/**
 * Which enclosure holds here. Each form is tried with the real line, folders and program, and a report from inside is
 * compared with what must be so; a form counts only if files, processes and network are all cut. Every refusal has a
 * control that must succeed in the same place, so that a probe that could do nothing at all proves nothing.
 */
import { spawn } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { INSIDE_PROBE } from './inside.ts';
import type { Form, Isolation, Line, Sandbox, System } from './isolation.ts';
import { giveFilter } from './launch.ts';
import type { Limits } from './limits.ts';
import type { Mount, Program } from './program.ts';
import { enclosed, FILTER_FD, formsFor, INSIDE } from './sandbox.ts';

/** A healthy line takes some tenths of a second even on a loaded machine. */
const PROBE_MS = 5_000;
/** A passing fault of a busy machine must not leave code without a sandbox for as long as the server runs. */
const TRIALS = 2;
const MARK = 'written inside';

export type IsolationOptions = {
  readonly sandbox: Sandbox;
  /** Others than this machine's users can reach the server. */
  readonly beyondLoopback: boolean;
  readonly system: System;
  /** The engine's program; Node runs the probe with the same mounts. */
  readonly program: Program;
  readonly workspace: string;
  /** `.gondola`. */
  readonly state: string;
  readonly limits: Pick<Limits, 'openFiles' | 'processes' | 'diskBytes'>;
  /** How long one trial may take; for tests. */
  readonly within?: number;
};

/** The trial took longer than any verdict may wait for: nothing is known. */
class Late extends Error {}

/** Rejects where it can't be known now: a full disk, a machine too busy for any trial to end. */
export async function findIsolation(options: IsolationOptions): Promise<Isolation> {
  const { sandbox, system } = options;
  const none = (why: string): Isolation => {
    const insists = sandbox === 'bwrap' || sandbox === 'unshare';
    const refused = insists || (sandbox === 'auto' && options.beyondLoopback);
    return { kind: 'none', why, ...(refused ? { refused } : {}) };
  };
  if (sandbox === 'off') return none('the sandbox is switched off.');
  if (sandbox === 'container') {
    return { kind: 'container', why: 'the container around the server is the boundary, as its operator says.' };
  }
  const forms = formsFor(system, sandbox);
  if (forms.length === 0) return none(`nothing here isolates it; ${LACKING[sandbox]} not installed.`);
  const faults: string[] = [];
  let late: Late | undefined;
  for (const form of forms) {
    for (let trial = 1; trial <= TRIALS; trial += 1) {
      const found = await probe(options, form).catch((error: unknown) => {
        if (!(error instanceof Late)) throw error;
        late = error;
        return [error.message];
      });
      if (found.length === 0) return { kind: form.id.startsWith('unshare') ? 'unshare' : 'bwrap', form };
      if (trial === TRIALS) faults.push(`${form.id}/${form.proc}: ${found.join('; ')}`);
    }
  }
  if (late) throw late;
  return none(`${TRIED[sandbox]} not isolate it here (${faults.join(' | ')}).`);
}

const LACKING = {
  auto: 'bubblewrap (bwrap) is',
  bwrap: 'bubblewrap (bwrap) is',
  unshare: 'unshare and setpriv (util-linux) or perl are',
} as const;
const TRIED = { auto: 'bubblewrap and unshare do', bwrap: 'bubblewrap does', unshare: 'unshare does' } as const;

/** What is wrong with a form; empty if it holds. Rejects where it can't be tried. */
export async function probe(options: IsolationOptions, form: Form): Promise<readonly string[]> {
  await mkdir(options.state, { recursive: true });
  const base = await mkdtemp(join(options.state, 'probe-'));
  const folders = { session: join(base, 'session'), out: join(base, 'out'), results: join(base, 'results') };
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
  // What the server itself can't write no sandbox could: a full disk must not pass for a missing one.
  for (const folder of [folders.session, folders.out]) await writeFile(join(folder, 'control'), MARK);
  if (form.user !== undefined) {
    for (const folder of [folders.session, folders.out]) await chown(folder, form.user, form.user);
    for (const folder of [base, folders.results]) await chmod(folder, 0o755);
  }
  const listener = await listen();
  try {
    const mounts: readonly Mount[] = [
      { host: folders.session, inside: INSIDE.session, write: true },
      { host: folders.out, inside: INSIDE.out, write: true },
      { host: folders.results, inside: INSIDE.results },
    ];
    const names = { hidden: await hiddenPaths(options.workspace, base), port: listener.port, mark: MARK };
    const program = { ...options.program, args: ['-e', INSIDE_PROBE, JSON.stringify(names)] };
    const line = enclosed(options.system, form, program, mounts, INSIDE.session, options.limits);
    const ran = await run(line, base, options.within ?? PROBE_MS);
    if (ran.code !== 0) return [reasonIn(ran.stderr) ?? `it ended with ${ran.code}`];
    const written = await readFile(join(folders.session, 'mark'), 'utf8').catch(() => '');
    const wrong = judgeReport(parseReport(ran.stdout), form, options.system);
    return [...wrong, ...(written === MARK ? [] : ['what it writes to its folder is not seen outside'])];
  } catch (error) {
    if (error instanceof Late) throw error;
    return [error instanceof Error ? error.message : String(error)];
  } finally {
    listener.close();
    await rm(base, { recursive: true, force: true });
  }
}

/** Entries of the workspace that a sandbox must not show: enough that one of them would be seen. */
const HIDDEN_ENTRIES = 100;

/** Not the folder itself: a sandbox has a `/tmp` of its own, which may be the workspace's name. */
async function hiddenPaths(workspace: string, base: string): Promise<readonly string[]> {
  const entries = await readdir(workspace).catch(() => []);
  return [base, ...entries.slice(0, HIDDEN_ENTRIES).map((name) => join(workspace, name))];
}

const Answer = Type.String();
const Report = Type.Object({
  uid: Type.Integer(),
  capabilities: Answer,
  noNewPrivileges: Answer,
  environment: Type.Array(Type.String()),
  firstEnvironment: Answer,
  processes: Type.Integer(),
  etc: Answer,
  workspace: Answer,
  writeRoot: Answer,
  writeApp: Answer,
  writeResults: Answer,
  writeSession: Answer,
  writeOut: Answer,
  connect: Answer,
  namespace: Answer,
  readOwn: Answer,
});
export type Report = Static<typeof Report>;

function parseReport(text: string): Report {
  const value: unknown = JSON.parse(text);
  if (!Value.Check(Report, value)) throw new Error('the report from inside is incomplete');
  return value;
}

/** Pure: what of a report must not be so. */
export function judgeReport(report: Report, form: Form, system: Pick<System, 'user' | 'filter'>): readonly string[] {
  const wanted = form.user ?? system.user;
  const rules: readonly (readonly [boolean, string])[] = [
    [report.uid === wanted && (wanted !== 0 || form.user === 0), `it runs as user ${report.uid}`],
    [/^0+$/.test(report.capabilities), `it has capabilities (${report.capabilities})`],
    [report.noNewPrivileges === '1', 'it may gain privileges'],
    [report.environment.every((name) => name === 'PWD'), 'it sees environment variables'],
    [report.firstEnvironment !== 'seen', 'it sees the environment of the first process'],
    [report.processes <= 4, 'it sees other processes'],
    [report.etc === 'ENOENT', 'it sees /etc'],
    [report.workspace === 'ENOENT', 'it sees the workspace'],
    [report.writeRoot === 'EROFS' || report.writeRoot === 'EACCES', 'it can write beside its folders'],
    [report.writeApp === 'EROFS', 'it can write to the programs'],
    [report.writeResults === 'EROFS', 'it can write to results'],
    [report.connect === 'ECONNREFUSED' || report.connect === 'ENETUNREACH', 'it reaches the network'],
    [(form.id === 'setpriv' && !system.filter) || report.namespace !== 'made', 'it can make namespaces'],
    [report.writeSession === 'done', `it cannot write to its folder (${report.writeSession})`],
    [report.writeOut === 'done', `it cannot write results (${report.writeOut})`],
    [report.readOwn === 'done', `it cannot read its program (${report.readOwn})`],
  ];
  return rules.flatMap(([holds, fault]) => (holds ? [] : [fault]));
}

/** The line of what a tool or Node wrote that says what went wrong. */
function reasonIn(stderr: string): string | undefined {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => /^(bwrap|unshare|mount|sh|perl|setpriv|prlimit): |Error: /.test(line)) ?? lines.at(-1);
}

function listen(): Promise<{ readonly port: number; close(): void }> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({ port: typeof address === 'object' && address ? address.port : 0, close: () => server.close() });
    });
  });
}

function run(
  line: Line,
  cwd: string,
  within: number,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(line.command, line.args, {
      cwd,
      env: {},
      stdio: ['ignore', 'pipe', 'pipe', 'ignore', 'ignore', ...(line.filter ? ['pipe' as const] : [])],
      timeout: within,
      killSignal: 'SIGKILL',
      ...(line.uid === undefined ? {} : { uid: line.uid }),
      ...(line.gid === undefined ? {} : { gid: line.gid }),
    });
    if (line.filter) giveFilter(child.stdio.at(FILTER_FD), line.filter);
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk;
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (signal === 'SIGKILL') reject(new Late(`no sandbox could be tried within ${within / 1000} s`));
      else resolve({ code, stdout, stderr });
    });
  });
}
