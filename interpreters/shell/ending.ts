/**
 * The end of a paragraph's processes, all of them: those that were left in the background, that changed their group
 * (`set -m`) or their session (`setsid`), and those whose parent has ended.
 *
 * In the sandbox the process namespace is our own: one `kill(-1)` reaches everything but its first process and ourselves,
 * at once, so that a fork bomb can't outrun it. Without one we look through `/proc` for the session that bash leads and
 * for a mark in the environment; what clears its environment and leaves the session escapes. Where there is no `/proc`,
 * the process group is ended.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { uptime } from 'node:os';

/** Set in the environment where there is no sandbox; its value is known to this process only. */
export const MARK = 'GONDOLA_SHELL';

/** For processes to be gone after SIGKILL; one that hangs in the kernel is not waited for longer. */
const GONE_MS = 1000;
const LOOK_MS = 2;

/**
 * bubblewrap's first process is 1 and ours, its only child, is 2; outside, 2 is a thread of the kernel. A `kill(-1)` by
 * mistake would end all processes of the user.
 */
export const ownsNamespace = (isolated: boolean): boolean => isolated && process.ppid === 1;

/** Sends a signal to a group; false where there is none. */
export function signalGroup(leader: number, signal: NodeJS.Signals): boolean {
  return send(-leader, signal);
}

/** Where to look for what a run started. `since`: nothing of it is older. */
export type Scope = 'namespace' | { readonly mark: string; readonly since: number };

/** Linux counts the starts of processes in hundredths of a second since boot; on the safe side by one. */
export const ticksNow = (): number => Math.floor(uptime() * 100) - 1;

/** Ends everything that a run started. `leader`: the pid of its bash, which led a session and a group. */
export async function endAll(leader: number, scope: Scope): Promise<void> {
  const until = performance.now() + GONE_MS;
  for (;;) {
    if (scope === 'namespace') {
      if (!send(-1, 'SIGKILL')) return;
    } else {
      signalGroup(leader, 'SIGKILL');
      const found = findAll(leader, `${MARK}=${scope.mark}\0`, scope.since);
      if (found.length === 0) return;
      for (const pid of found) send(pid, 'SIGKILL');
    }
    if (performance.now() > until) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Living processes of the session, or with the mark. Most of a machine's are older, and need no second look. */
function findAll(leader: number, mark: string, since: number): readonly number[] {
  return look(() => readdirSync('/proc'), [])
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      const stat = look(() => readFileSync(`/proc/${name}/stat`, 'latin1'), '');
      // The second field, the name, may hold blanks and parentheses.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const [state, , , session] = fields;
      if (state === undefined || state === '' || 'ZX'.includes(state) || Number(fields[19]) < since) return false;
      if (session === String(leader)) return true;
      return `\0${look(() => readFileSync(`/proc/${name}/environ`, 'latin1'), '')}`.includes(`\0${mark}`);
    })
    .map(Number);
}

/** What is gone, or another user's, is not ours. */
function look<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
