/**
 * How a program is enclosed: pure functions that write the command line. Layers from outside in: user id (where the server
 * is root) → bubblewrap with empty environment and own namespaces → rlimits → the program. Which form works depends on
 * the machine and the folders; `probe.ts` tries them with the real line.
 */
import type { Limits } from './limits.ts';
import { APP, insideOf, type Mount, type Program } from './program.ts';

/** A user id that owns nothing on the host; processes of a server that is root run as this one. */
export const SANDBOX_ID = 60_001;

/**
 * `namespace`: bubblewrap makes a user namespace, as the dropped or the server's own user. `setpriv`: for a server that
 * is root where user namespaces are off, or where the folders lie below one that only root may enter: bubblewrap stays
 * root to mount and the id is dropped inside. `proc: 'folder'`: where a new /proc may not be mounted.
 */
export type Form = {
  readonly id: 'namespace' | 'setpriv';
  readonly proc: 'mounted' | 'folder';
  readonly user?: number;
};

export type Isolation =
  | { readonly kind: 'bwrap'; readonly form: Form }
  /** `refused`: code may not run; why, in words for the operator. */
  | { readonly kind: 'none'; readonly why: string; readonly refused?: true };

/** What was found of the system's tools and folders. */
export type System = {
  readonly root: boolean;
  readonly user: number;
  readonly bwrap?: string;
  readonly prlimit?: string;
  readonly setpriv?: string;
  /** Top folders that hold programs and libraries: a link's target, or `true` for a folder. */
  readonly folders: Readonly<Record<string, string | true>>;
  /** Refuses system calls that no interpreter needs; absent on architectures whose calls are not known. */
  readonly filter?: Uint8Array;
  /** A limit of processes counts those of the namespace alone (Linux ≥5.14), so that a plain user can have one. */
  readonly countsByNamespace: boolean;
};

export type Line = {
  readonly command: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
  /** To be written to descriptor 5, which bubblewrap reads and closes. */
  readonly filter?: Uint8Array;
  /** Generations from the spawned process to the program. */
  readonly depth: 0 | 2;
};

export function formsFor(system: System): readonly Form[] {
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
export const INSIDE = { session: '/session', out: '/out', results: '/results', modules: '/modules', app: APP } as const;
