/**
 * A filter of system calls, as a classic BPF program for bubblewrap's `--seccomp`. What it refuses no interpreter needs and
 * attacks on kernels begin with: new namespaces, mounts, tracing, kernel modules, BPF, keys, io_uring, odd sockets, typing
 * into a terminal. A second wall behind the namespaces, and the only one against nested user namespaces where bubblewrap
 * works without them (form `setpriv`), and against sockets to the hypervisor, which no namespace of the network cuts.
 *
 * Numbers: Linux `asm/unistd_64.h` (x86-64) and `asm-generic/unistd.h` (arm64); layout: `linux/seccomp.h`, `linux/filter.h`.
 */
type Call = readonly [x64: number | undefined, arm64: number | undefined];

const REFUSED: Readonly<Record<string, Call>> = {
  unshare: [272, 97],
  setns: [308, 268],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  pidfd_getfd: [438, 438],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  open_by_handle_at: [304, 265],
  quotactl: [179, 60],
  reboot: [169, 142],
  swapon: [167, 224],
  swapoff: [168, 225],
  acct: [163, 89],
  syslog: [103, 116],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  adjtimex: [159, 171],
  clock_adjtime: [305, 266],
  modify_ldt: [154, undefined],
  iopl: [172, undefined],
  ioperm: [173, undefined],
};

type Arch = {
  readonly audit: number;
  readonly column: 0 | 1;
  readonly clone: number;
  readonly socket: number;
  readonly socketpair: number;
  readonly ioctl: number;
};

const ARCHES: Readonly<Record<string, Arch>> = {
  x64: { audit: 0xc000003e, column: 0, clone: 56, socket: 41, socketpair: 53, ioctl: 16 },
  arm64: { audit: 0xc00000b7, column: 1, clone: 220, socket: 198, socketpair: 199, ioctl: 29 },
};
/** AF_UNIX, AF_INET, AF_INET6, AF_NETLINK (which lists interfaces); others reach the hypervisor, or little-tried code. */
const FAMILIES = [1, 2, 10, 16];
/** TIOCSTI, TIOCLINUX: what they give a terminal is as if its user had typed it. */
const TYPING = [0x5412, 0x541c];
/** Its flags lie in memory, where no filter can look: the C library falls back to `clone` when there is none. */
const CLONE3 = 435;
/** CLONE_NEWUSER, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWPID, NEWNET. */
const NEW_NAMESPACES = 0x10000000 | 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x20000000 | 0x40000000;
/** Calls of the x32 form would have other numbers. */
const X32 = 0x40000000;

const LOAD = 0x20;
const JUMP_EQUAL = 0x15;
const JUMP_AT_LEAST = 0x35;
const JUMP_ANY_BIT = 0x45;
const RETURN = 0x06;
const ALLOW = 0x7fff0000;
const fail = (errno: number): number => 0x00050000 | errno;
const EPERM = fail(1);
const ENOSYS = fail(38);
const EAFNOSUPPORT = fail(97);
/** Lower halves of the first two arguments. */
const AT = { call: 0, arch: 4, argument: 16, second: 24 };

type Step = readonly [code: number, whenTrue: number, whenFalse: number, value: number];

/** The program for an architecture as Node names it; undefined where its numbers are not known here. */
export function seccompFilter(arch: string): Uint8Array | undefined {
  const known = ARCHES[arch];
  if (!known) return undefined;
  const refuse = (jump: number, value: number, answer: number): Step[] => [
    [jump, 0, 1, value],
    [RETURN, 0, 0, answer],
  ];
  const onlyFamilies = (call: number): Step[] => [
    [JUMP_EQUAL, 0, 1 + 2 * FAMILIES.length + 1, call],
    [LOAD, 0, 0, AT.argument],
    ...refuseNot(FAMILIES),
  ];
  /** Each family that is known is allowed at once; what is left is refused. */
  const refuseNot = (values: readonly number[]): Step[] => [
    ...values.flatMap((value) => refuse(JUMP_EQUAL, value, ALLOW)),
    [RETURN, 0, 0, EAFNOSUPPORT],
  ];
  const calls = Object.values(REFUSED).flatMap((call) => call[known.column] ?? []);
  return assemble([
    [LOAD, 0, 0, AT.arch],
    [JUMP_EQUAL, 1, 0, known.audit],
    [RETURN, 0, 0, ENOSYS],
    [LOAD, 0, 0, AT.call],
    ...(arch === 'x64' ? refuse(JUMP_AT_LEAST, X32, ENOSYS) : []),
    ...refuse(JUMP_EQUAL, CLONE3, ENOSYS),
    ...calls.flatMap((call) => refuse(JUMP_EQUAL, call, EPERM)),
    ...[known.socket, known.socketpair].flatMap((call) => onlyFamilies(call)),
    [JUMP_EQUAL, 0, 1 + 2 * TYPING.length + 1, known.ioctl],
    [LOAD, 0, 0, AT.second],
    ...TYPING.flatMap((request) => refuse(JUMP_EQUAL, request, EPERM)),
    [RETURN, 0, 0, ALLOW],
    [JUMP_EQUAL, 0, 3, known.clone],
    [LOAD, 0, 0, AT.argument],
    ...refuse(JUMP_ANY_BIT, NEW_NAMESPACES, EPERM),
    [RETURN, 0, 0, ALLOW],
  ]);
}

/** Eight bytes a step: code (16 bits), two jumps (8 each), value (32). */
function assemble(steps: readonly Step[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(steps.length * 8));
  steps.forEach(([code, whenTrue, whenFalse, value], index) => {
    bytes.setUint16(index * 8, code, true);
    bytes.setUint8(index * 8 + 2, whenTrue);
    bytes.setUint8(index * 8 + 3, whenFalse);
    bytes.setUint32(index * 8 + 4, value >>> 0, true);
  });
  return new Uint8Array(bytes.buffer);
}
