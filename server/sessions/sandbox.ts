/**
 * How a program is enclosed: pure functions that write the command line. Layers from outside in: user id (where the server
 * is root) → bubblewrap with empty environment and own namespaces → rlimits → the program. Which form works depends on
 * the machine and the folders; `probe.ts` tries them with the real line.
 */

import { type Form, type Line, SANDBOX_ID, type Sandbox, type System } from './isolation.ts';
import type { Limits } from './limits.ts';
import { APP, insideOf, type Mount, type Program } from './program.ts';
import { unshared } from './unshare.ts';

/** To be tried in this order. */
export function formsFor(system: System, sandbox: Sandbox = 'auto'): readonly Form[] {
  const bwrap = sandbox === 'auto' || sandbox === 'bwrap' ? formsOfBwrap(system) : [];
  const unshare = (sandbox === 'auto' || sandbox === 'unshare') && system.unshare ? formsOfUnshare(system) : [];
  return [...bwrap, ...unshare];
}

function formsOfUnshare(system: System): readonly Form[] {
  if (!system.root) return [{ id: 'unshare', proc: 'mounted' }];
  const form = { proc: 'mounted', user: SANDBOX_ID } as const;
  // Without a filter a user that was root could make namespaces of its own.
  return [{ id: 'unshare', ...form }, ...(system.filter ? [{ id: 'unshare-root' as const, ...form }] : [])];
}

function formsOfBwrap(system: System): readonly Form[] {
  if (!system.bwrap) return [];
  const both = (form: Omit<Form, 'proc'>): Form[] => [
    { ...form, proc: 'mounted' },
    { ...form, proc: 'folder' },
  ];
  if (!system.root) return both({ id: 'namespace' });
  const user = SANDBOX_ID;
  const [dropped, droppedFolder] = both({ id: 'namespace', user });
  const [inside, insideFolder] = system.setpriv ? both({ id: 'setpriv', user }) : [];
  return [dropped, inside, droppedFolder, insideFolder].filter((form) => form !== undefined);
}

/** The first descriptor after those of the protocol. */
export const FILTER_FD = 5;
/** tmpfs is memory that no process's RSS shows, so it is kept small. */
const TMP_BYTES = 64 * 2 ** 20;
const tmpfs = (at: string): readonly string[] => ['--perms', '1777', '--size', String(TMP_BYTES), '--tmpfs', at];

/**
 * The whole line. `mounts` beside the program's own: the session's folders. Every path that the program is given must be
 * one inside (`insideOf`).
 */
export function enclosed(
  system: System,
  form: Form,
  program: Program,
  mounts: readonly Mount[],
  cwd: string,
  limits: Pick<Limits, 'openFiles' | 'processes' | 'diskBytes'>,
): Line {
  const { unshare } = system;
  if (form.id === 'unshare' || form.id === 'unshare-root') {
    if (!unshare) throw new Error('the system has no unshare');
    return unshared({ ...system, unshare }, form, program, mounts, cwd, limits);
  }
  const all = [...program.mounts, ...mounts];
  const args = [
    '--unshare-ipc',
    '--unshare-pid',
    '--unshare-net',
    '--unshare-uts',
    '--unshare-cgroup-try',
    ...(form.id === 'namespace' ? ['--unshare-user', '--disable-userns'] : []),
    '--die-with-parent',
    '--new-session',
    ...(system.filter ? ['--seccomp', String(FILTER_FD)] : []),
    '--cap-drop',
    'ALL',
    ...(form.id === 'setpriv' ? ['SETUID', 'SETGID', 'SETPCAP'].flatMap((cap) => ['--cap-add', `CAP_${cap}`]) : []),
    ...Object.entries(system.folders).flatMap(([folder, what]) =>
      what === true ? ['--ro-bind', folder, folder] : ['--symlink', what, folder],
    ),
    ...(form.proc === 'mounted' ? ['--proc', '/proc'] : ['--dir', '/proc']),
    ...['--dev', '/dev', ...tmpfs('/dev/shm'), '--remount-ro', '/dev'],
    ...tmpfs('/tmp'),
    ...parentsOf(all).flatMap((folder) => ['--dir', folder]),
    ...all.flatMap(({ host, inside, write }) => [write ? '--bind' : '--ro-bind', host, inside]),
    ...['--chdir', cwd, '--remount-ro', '/'],
  ];
  const [command, ...rest] = [
    ...(form.id === 'setpriv' ? dropInside(system, form) : []),
    ...limited(system, limits, form.user !== undefined || system.countsByNamespace),
    insideOf(program.mounts, program.command),
    ...program.args.map((arg) => (arg.startsWith('/') ? insideOf(program.mounts, arg) : arg)),
  ];
  return {
    command: system.bwrap!,
    args: [...args, '--', command!, ...rest],
    ...(form.id === 'namespace' && form.user !== undefined ? { uid: form.user, gid: form.user } : {}),
    ...(system.filter ? { filter: system.filter } : {}),
    depth: 2,
  };
}

/** Folders to make for the mounts: bubblewrap's own would be open to the user that makes them only. */
function parentsOf(mounts: readonly Mount[]): readonly string[] {
  const places = mounts.map(({ inside }) => inside);
  const parents = places.flatMap((place) => {
    const parts = place.split('/').slice(1, -1);
    return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
  });
  return [...new Set(parents)].filter((parent) => !places.some((place) => `${parent}/`.startsWith(`${place}/`)));
}

function dropInside(system: System, form: Form): readonly string[] {
  const id = String(form.user ?? SANDBOX_ID);
  const drop = ['--clear-groups', '--bounding-set', '-all', '--inh-caps', '-all'];
  return [system.setpriv!, '--reuid', id, '--regid', id, ...drop];
}

function limited(
  system: System,
  limits: Pick<Limits, 'openFiles' | 'processes' | 'diskBytes'>,
  countProcesses: boolean,
): readonly string[] {
  if (!system.prlimit) return [];
  return [
    system.prlimit,
    `--nofile=${limits.openFiles}`,
    '--core=0',
    `--fsize=${limits.diskBytes}`,
    ...(countProcesses ? [`--nproc=${limits.processes}`] : []),
    '--',
  ];
}

/** Without a sandbox: limits, and where the system can, the end of the process with the server's. */
export function bare(
  system: System,
  program: Program,
  limits: Pick<Limits, 'openFiles' | 'processes' | 'diskBytes'>,
): Line {
  const [command, ...args] = [
    ...(system.setpriv ? [system.setpriv, '--pdeathsig', 'KILL', '--'] : []),
    ...limited(system, limits, false),
    program.command,
    ...program.args,
  ];
  return { command: command!, args, depth: 0 };
}

/** Where a session's folders stand inside. `/app` holds the program. */
export const INSIDE = {
  session: '/session',
  out: '/out',
  results: '/results',
  modules: '/modules',
  named: '/named',
  network: '/network',
  app: APP,
} as const;
