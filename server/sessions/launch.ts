/** Spawns a line with descriptors 0–4, an empty environment and a process group of its own. */
import { spawn } from 'node:child_process';
import { type Readable, Writable } from 'node:stream';
import type { ChildExit } from './end.ts';
import type { Group } from './groups/groups.ts';
import type { Line } from './isolation.ts';
import { childrenOf, treeOf } from './proc.ts';
import type { Child } from './process.ts';
import { FILTER_FD } from './sandbox.ts';

/** What a process wrote last is still read after its end; a descendant that holds a pipe open is not waited for longer. */
const DRAIN_MS = 500;

/** Rejects nothing: a program that can't be spawned is a child that exited at once, saying why on stderr. */
export function launch(
  line: Line,
  cwd: string,
  group?: Pick<Group, 'add'>,
): Promise<Child | { readonly failed: string }> {
  return new Promise((resolve) => {
    const child = spawn(line.command, line.args, {
      cwd,
      env: {},
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', ...(line.filter ? ['pipe' as const] : [])],
      ...(line.uid === undefined ? {} : { uid: line.uid }),
      ...(line.gid === undefined ? {} : { gid: line.gid }),
    });
    child.once('error', (error) => resolve({ failed: error.message }));
    const { pid } = child;
    if (pid === undefined) return;
    // Before the filter, which bubblewrap waits for: it has started nothing yet.
    group?.add(pid);
    const [, stdout, stderr, requests, events] = child.stdio;
    if (line.filter) giveFilter(child.stdio.at(FILTER_FD), line.filter);
    const exited = new Promise<ChildExit>((settle) => {
      child.once('exit', (code, signal) => {
        // What it started is ended with it, where no sandbox does that.
        signalGroup(pid, 'SIGKILL');
        const timer = setTimeout(() => {
          for (const stream of [stdout, stderr, requests, events]) stream?.destroy();
        }, DRAIN_MS);
        child.once('close', () => {
          clearTimeout(timer);
          settle({ code, signal });
        });
      });
    });
    resolve({
      pid,
      stdout: stdout as Readable,
      stderr: stderr as Readable,
      requests: requests as Writable,
      events: events as Readable,
      exited,
      interrupt() {
        const program = descend(pid, line.depth);
        if (program !== undefined) signalOne(program, 'SIGINT');
      },
      kill() {
        // Without a sandbox, what left the group is still below the program.
        const all = line.depth === 0 ? treeOf(pid) : [];
        signalGroup(pid, 'SIGKILL');
        for (const one of all) signalOne(one, 'SIGKILL');
      },
    });
  });
}

/** bubblewrap reads its filter to the end before it does anything else. */
export function giveFilter(stream: unknown, filter: Uint8Array): void {
  if (!(stream instanceof Writable)) return;
  stream.on('error', () => undefined);
  stream.end(filter);
}

/** The program below bubblewrap and its first process; undefined while it is not there yet. */
function descend(pid: number, depth: number): number | undefined {
  let at: number | undefined = pid;
  for (let level = 0; level < depth && at !== undefined; level += 1) at = childrenOf(at)[0];
  return at;
}

function signalOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}

export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  signalOne(-pid, signal);
}
