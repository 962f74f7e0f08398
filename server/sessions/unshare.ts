/**
 * The enclosure without bubblewrap: util-linux and a shell do the same steps. A user namespace in which the process is root
 * over its own mounts, a root of its own in memory, what is to be seen bound into it, the old root taken away; then a second
 * user namespace with an ordinary user, no capabilities, no further namespaces, and the filter of system calls, which perl
 * sets up as no tool of older systems does. Pure: it writes the line; `probe.ts` tries it.
 *
 * Process 1 is the shell, root over mounts that only its own namespace has; the program is its child and may not touch it.
 * Form `unshare-root`: a server that is root stays root to mount, as its folders may lie below one that only root may enter,
 * and only drops the user at the end; against further namespaces there is the filter.
 */

import type { Form, Line, System } from './isolation.ts';
import type { Limits } from './limits.ts';
import { insideOf, type Mount, type Program } from './program.ts';

/** Over this the new root is mounted: every system has it, and nothing that is shown lies in it. */
const ROOT = '/sys';
const TMP_BYTES = 64 * 2 ** 20;
/** Folders, links and the mount points of files only. */
const ROOT_BYTES = 4 * 2 ** 20;
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom'];
const PRCTL: Readonly<Record<string, number>> = { x64: 157, arm64: 167 };

/** For `sh`. */
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const at = (inside: string): string => quote(ROOT + inside);

export function unshared(
  system: System & { readonly unshare: NonNullable<System['unshare']> },
  form: Form,
  program: Program,
  mounts: readonly Mount[],
  cwd: string,
  limits: Pick<Limits, 'openFiles' | 'processes' | 'diskBytes'>,
): Line {
  const { unshare, filter } = system;
  const user = String(form.user ?? system.user);
  const nested = form.id === 'unshare';
  const script = [
    'set -e',
    // Not exported: the program's environment stays empty.
    'PATH=/usr/bin:/usr/sbin:/bin:/sbin',
    SHOW,
    `mount -n -t tmpfs -o mode=755,nosuid,nodev,size=${ROOT_BYTES} none ${ROOT}`,
    ...Object.entries(system.folders).map(([folder, what]) =>
      what === true ? `show ro ${quote(folder)} ${at(folder)}` : `ln -s ${quote(what)} ${at(folder)}`,
    ),
    `mkdir ${at('/proc')} && mount -n -t proc -o nosuid,nodev,noexec proc ${at('/proc')}`,
    `mkdir ${at('/dev')} && mount -n -t tmpfs -o mode=755,nosuid,noexec,size=65536 none ${at('/dev')}`,
    ...DEVICES.map((name) => `: > ${at(`/dev/${name}`)}; mount -n --bind /dev/${name} ${at(`/dev/${name}`)}`),
    ...['fd', 'fd/0 stdin', 'fd/1 stdout', 'fd/2 stderr'].map((link) => {
      const [target, name = target] = link.split(' ');
      return `ln -s /proc/self/${target} ${at(`/dev/${name}`)}`;
    }),
    ...['/dev/shm', '/tmp'].map(
      (folder) =>
        `mkdir ${at(folder)} && mount -n -t tmpfs -o mode=1777,nosuid,nodev,size=${TMP_BYTES} none ${at(folder)}`,
    ),
    `mount -n -o remount,bind,ro,nosuid,noexec none ${at('/dev')}`,
    ...[...program.mounts, ...mounts].map(
      ({ host, inside, write }) => `show ${write ? 'rw' : 'ro'} ${quote(host)} ${at(inside)}`,
    ),
    // One more user namespace, made below, and then none. As root it would be the whole machine's limit.
    ...(nested ? ['echo 1 > /proc/sys/user/max_user_namespaces'] : []),
    // With perl, as the filter is: not every system has a tool for it.
    ...(filter ? [`${quote(unshare.perl)} -e ${quote(LOOPBACK_UP)}`] : ['ip link set lo up 2> /dev/null || true']),
    `cd ${ROOT}`,
    'pivot_root . . && umount -n -l . && cd /',
    'mount -n -o remount,bind,ro,nosuid,nodev none /',
    `cd ${quote(cwd)}`,
    'set +e',
    // Not `exec`: as process 1 the program would hear no interrupt.
    '"$@"',
    'exit $?',
  ].join('\n');
  const inner = [
    ...(nested
      ? [unshare.tool, '--user', `--map-user=${user}`, `--map-group=${user}`, '--keep-caps', '--', unshare.setpriv]
      : [unshare.setpriv, '--reuid', user, '--regid', user, '--clear-groups']),
    ...['--no-new-privs', '--bounding-set', '-all', '--inh-caps', '-all', '--ambient-caps', '-all', '--'],
    ...(system.prlimit
      ? [
          system.prlimit,
          `--nofile=${limits.openFiles}`,
          '--core=0',
          `--fsize=${limits.diskBytes}`,
          `--nproc=${limits.processes}`,
          '--',
        ]
      : []),
    ...['/usr/bin/env', '-i', `PWD=${cwd}`],
    ...(filter ? [unshare.perl, '-e', FILTERED, String(PRCTL[process.arch]), Buffer.from(filter).toString('hex')] : []),
    insideOf(program.mounts, program.command),
    ...program.args.map((arg) => (arg.startsWith('/') ? insideOf(program.mounts, arg) : arg)),
  ];
  const outer = [
    ...(nested ? ['--user', '--map-root-user'] : []),
    '--mount',
    '--pid',
    '--fork',
    '--kill-child',
    '--net',
    '--ipc',
    '--uts',
    '--cgroup',
  ];
  return {
    command: unshare.setpriv,
    args: ['--pdeathsig', 'KILL', '--', unshare.tool, ...outer, '--', '/bin/sh', '-c', script, 'sh', ...inner],
    ...(nested && form.user !== undefined ? { uid: form.user, gid: form.user } : {}),
    depth: 2,
  };
}

/**
 * `show ro|rw SOURCE TARGET`: with all that is mounted below it. Flags that the source has may not be dropped, so they are
 * tried from few to many.
 */
const SHOW = `again() {
  for extra in '' ,noexec ,noatime ,noexec,noatime ,nodiratime ,noexec,nodiratime; do
    mount -n -o "remount,bind,$1,nosuid,nodev$extra" none "$2" 2> /dev/null && return 0
  done
  echo "mount: $2 can't be made $1" >&2
  return 1
}
show() {
  if [ -d "$2" ]; then mkdir -p "$3"; else mkdir -p "\${3%/*}"; [ -e "$3" ] || : > "$3"; fi
  mount -n --rbind "$2" "$3"
  while read -r _ _ _ _ place _; do
    place=$(printf '%b' "$place")
    case "$place" in "$3"|"$3"/*) again "$1" "$place";; esac
  done < /proc/self/mountinfo
}`;

/** SIOCSIFFLAGS with IFF_UP: programs of one paragraph reach each other, and a granted network its forwarder. */
const LOOPBACK_UP =
  'my $flags = pack("a16 s x22", "lo", 1); socket(my $any, 2, 2, 0); ioctl($any, 0x8914, $flags) or warn "perl: lo stays down: $!\\n";';

/** PR_SET_SECCOMP with a filter; no_new_privs is set already. */
const FILTERED =
  'my $call = shift; my $steps = pack("H*", shift); my $program = pack("S x![P] P", length($steps) / 8, $steps); ' +
  'syscall($call + 0, 22, 2, $program) == 0 or die "perl: no filter of system calls: $!\\n"; exec { $ARGV[0] } @ARGV or die "perl: $ARGV[0]: $!\\n";';
