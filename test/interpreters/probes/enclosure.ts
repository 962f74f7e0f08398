/**
 * What code may try that has left its language: each attack on the enclosure itself, with a control that does the lawful
 * thing by the same means in the same place. The file is read twice: by the test, for names and what must be answered, and
 * inside each enclosure, where `tryAll` runs it with Node alone. System calls that Node has no name for go through perl,
 * which every Debian has. Nothing here spares anything: run it in a sandbox only.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { lookup, Resolver } from 'node:dns/promises';
import * as fs from 'node:fs';
import { connect, createServer, type ListenOptions, type NetConnectOpts } from 'node:net';
import * as os from 'node:os';
import { getSystemErrorName } from 'node:util';

/** What the test has put on the host, and where the enclosed program stands. */
export type Planted = {
  readonly workspace: string;
  /** A folder of the enclosure that it may write, and a file that it may read. */
  readonly writable: string;
  readonly readable: string;
  /** Host paths of folders shown read-only, as they are named inside. */
  readonly shown: readonly string[];
  /** Text that stands in the server's environment, command line and files, and that nothing inside may ever show. */
  readonly secret: string;
  readonly serverPid: number;
  /** A process of another session. */
  readonly otherPid: number;
  /** A file in the folder of another session. */
  readonly otherFile: string;
  readonly ports: { readonly tcp: number; readonly tcp6: number; readonly udp: number };
  readonly socketPath: string;
  readonly abstract: string;
  /** Key of a System V memory segment, and a file in `/dev/shm`. */
  readonly memoryKey: number;
  readonly memoryFile: string;
};

export const CLASSES = [
  'files',
  'environment',
  'network',
  'processes',
  'kernel',
  'privileges',
  'read-only places',
  'devices',
] as const;
export type Class = (typeof CLASSES)[number];

export type Probe = {
  readonly class: Class;
  readonly what: string;
  /** Returns if it got there; throws what refused it. */
  readonly attack: (planted: Planted) => unknown;
  /** The codes that are a refusal; any other is a fault of the probe. */
  readonly refused: readonly string[];
  readonly control: (planted: Planted) => unknown;
};

export type Answers = Readonly<Record<string, { readonly attack: string; readonly control: string }>>;
export const REACHED = 'reached';

class Refusal extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}
/** The attack came to nothing without an error. */
const nothing = (): never => {
  throw new Refusal('NOTHING');
};
const holds = (found: boolean): unknown => (found ? REACHED : nothing());

const column = process.arch === 'arm64' ? 1 : 0;
/** Numbers of `asm/unistd_64.h` (x86-64) and `asm-generic/unistd.h` (arm64). */
const CALLS = {
  getpid: [39, 172],
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  pidfd_open: [434, 434],
  pidfd_getfd: [438, 438],
  keyctl: [250, 219],
  add_key: [248, 217],
  unshare: [272, 97],
  setns: [308, 268],
  clone: [56, 220],
  mount: [165, 40],
  umount2: [166, 39],
  chroot: [161, 51],
  pivot_root: [155, 41],
  fsopen: [430, 430],
  bpf: [321, 280],
  io_uring_setup: [425, 425],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  open_by_handle_at: [304, 265],
  syslog: [103, 116],
  finit_module: [313, 273],
  reboot: [169, 142],
  clock_settime: [227, 112],
  clock_gettime: [228, 113],
  sched_setscheduler: [144, 119],
} as const;

/** Runs a line of perl whose value is -1 or undefined where the system refuses. */
function perl(code: string): unknown {
  const text = `my $r = eval { ${code} }; print((!defined $r || $r == -1) ? $!+0 : '${REACHED}')`;
  const said = execFileSync('/usr/bin/perl', ['-e', text], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  if (said === REACHED) return REACHED;
  throw new Refusal(Number(said) > 0 ? getSystemErrorName(-Number(said)) : `no answer: ${said}`);
}
const call = (name: keyof typeof CALLS, ...args: (string | number)[]): unknown =>
  perl(`syscall(${[CALLS[name][column], ...args].join(', ')})`);
let texts = 0;
/** perl hands over the address of a variable only. */
const t = (value: string): string => {
  texts += 1;
  return `(my $t${texts} = '${value}')`;
};
const lawfulCall = (): unknown => call('getpid');

const read = (path: string): unknown => fs.readFileSync(path).length > 0 || nothing();
const write = (path: string): unknown => fs.writeFileSync(path, 'x');
const own = ({ writable }: Planted, name: string): string => `${writable}/probe-${name}`;
const ownWrite = (planted: Planted): unknown => write(own(planted, 'written'));
const ownRead = ({ readable }: Planted): unknown => read(readable);

const pids = (): readonly string[] => fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
const quietly = <T>(look: () => T): T | undefined => {
  try {
    return look();
  } catch {
    return undefined;
  }
};

const WAIT_MS = 1_500;
const within = <T>(work: Promise<T>): Promise<T> =>
  Promise.race([work, new Promise<never>((_, no) => setTimeout(() => no(new Refusal('SILENCE')), WAIT_MS))]);
const dial = (options: NetConnectOpts): Promise<unknown> =>
  within(
    new Promise((yes, no) => {
      const socket = connect(options);
      socket.on('connect', () => {
        socket.destroy();
        yes(REACHED);
      });
      socket.on('error', no);
    }),
  );
/** Its own server, and a connection to it. */
const served = (listen: ListenOptions, back: (address: { port: number }) => NetConnectOpts): Promise<unknown> =>
  new Promise((yes, no) => {
    const server = createServer((socket) => socket.on('error', () => undefined).end());
    server.on('error', no).listen(listen, () => {
      const finish = (then: (value: unknown) => void) => (value: unknown) => {
        server.close();
        then(value);
      };
      dial(back(server.address() as { port: number })).then(finish(yes), finish(no));
    });
  });
const ownSocket = (planted: Planted): Promise<unknown> => {
  const path = own(planted, `socket-${Math.floor(performance.now() * 1000)}`);
  return served({ path }, () => ({ path }));
};
const send = (port: number, host: string): Promise<unknown> =>
  within(
    new Promise((yes, no) => {
      const socket = createSocket('udp4');
      const answer = (error: Error | null): void => {
        socket.close();
        if (error) no(error);
      };
      // An echo comes back where the other end heard it: sending alone proves nothing.
      socket.on('message', () => {
        socket.close();
        yes(REACHED);
      });
      socket.on('error', no).send('x', port, host, (error) => error && answer(error));
    }),
  );
const ownEcho = (): Promise<unknown> =>
  new Promise((yes, no) => {
    const server = createSocket('udp4');
    server.on('message', (_, from) => server.send('y', from.port, from.address));
    server.bind(0, '127.0.0.1', () => {
      send(server.address().port, '127.0.0.1')
        .then(yes, no)
        .finally(() => server.close());
    });
  });
const perlSocket = (family: number, kind: number, protocol: number): unknown =>
  perl(`socket(my $s, ${family}, ${kind}, ${protocol}) ? 1 : undef`);
const ownChild = (): unknown => execFileSync('/bin/sh', ['-c', 'exit 0']);

const NETWORK = ['ECONNREFUSED', 'ENETUNREACH', 'EADDRNOTAVAIL'];
const GUARDED = ['EPERM', 'ENOSYS'];
const FIXED = ['EROFS', 'EACCES', 'EPERM'];

export const PROBES: readonly Probe[] = [
  // files
  {
    class: 'files',
    what: 'reads accounts of the host',
    attack: () => read('/etc/passwd'),
    refused: ['ENOENT'],
    control: ownRead,
  },
  {
    class: 'files',
    what: 'reads another notebook’s text',
    attack: ({ workspace }) => read(`${workspace}/private.nb.md`),
    refused: ['ENOENT'],
    control: ownRead,
  },
  {
    class: 'files',
    what: 'reads the owner’s token',
    attack: ({ workspace }) => read(`${workspace}/.gondola/token`),
    refused: ['ENOENT'],
    control: ownRead,
  },
  {
    class: 'files',
    what: 'reads data of another folder',
    attack: ({ workspace }) => read(`${workspace}/other/data/theirs.csv`),
    refused: ['ENOENT'],
    control: ownRead,
  },
  {
    class: 'files',
    what: 'reads another session’s folder',
    attack: ({ otherFile }) => read(otherFile),
    refused: ['ENOENT'],
    control: ownRead,
  },
  {
    class: 'files',
    what: 'writes a result into another session’s folder',
    attack: ({ otherFile }) => write(`${otherFile}-forged`),
    refused: ['ENOENT'],
    control: ownWrite,
  },
  {
    class: 'files',
    what: 'climbs out of what it is shown by ..',
    attack: ({ shown, workspace }) =>
      holds(
        shown.some((folder) =>
          ['/..', '/../..', '/../../..', '/../../../..'].some((up) =>
            ['/private.nb.md', '/.gondola/token', '/etc/passwd', `${workspace}/private.nb.md`].some((path) =>
              fs.existsSync(folder + up + path),
            ),
          ),
        ),
      ),
    refused: ['NOTHING'],
    control: ({ readable }) =>
      read(`${readable.slice(0, readable.lastIndexOf('/'))}/./${readable.slice(readable.lastIndexOf('/') + 1)}`),
  },
  {
    class: 'files',
    what: 'follows a symbolic link that it made',
    attack: (planted) => {
      const link = own(planted, 'symbolic');
      fs.rmSync(link, { force: true });
      fs.symlinkSync(`${planted.workspace}/private.nb.md`, link);
      return read(link);
    },
    refused: ['ENOENT'],
    control: (planted) => {
      const link = own(planted, 'symbolic-own');
      fs.rmSync(link, { force: true });
      fs.symlinkSync(planted.readable, link);
      return read(link);
    },
  },
  {
    class: 'files',
    what: 'makes a hard link of a read-only file to write it',
    attack: (planted) => fs.linkSync('/usr/bin/env', own(planted, 'hard')),
    refused: ['EXDEV', 'EPERM'],
    control: (planted) => {
      ownWrite(planted);
      fs.rmSync(own(planted, 'hard-own'), { force: true });
      fs.linkSync(own(planted, 'written'), own(planted, 'hard-own'));
    },
  },
  {
    class: 'files',
    what: 'enters the root of every process that it sees',
    attack: ({ workspace }) =>
      holds(
        pids().some((pid) =>
          ['/etc/passwd', `${workspace}/private.nb.md`].some((path) => fs.existsSync(`/proc/${pid}/root${path}`)),
        ),
      ),
    refused: ['NOTHING'],
    control: ({ readable }) => read(`/proc/self/root${readable}`),
  },
  {
    class: 'files',
    what: 'enters the folder of every process that it sees',
    attack: ({ workspace }) =>
      holds(
        pids().some((pid) =>
          ['', '/..', '/../..'].some((up) =>
            ['/private.nb.md', '/etc/passwd', `${workspace}/private.nb.md`].some((path) =>
              fs.existsSync(`/proc/${pid}/cwd${up}${path}`),
            ),
          ),
        ),
      ),
    refused: ['NOTHING'],
    control: () => fs.readdirSync('/proc/self/cwd'),
  },
  {
    class: 'files',
    what: 'opens descriptors of other processes that lead out',
    attack: ({ workspace }) =>
      holds(
        pids()
          .filter((pid) => Number(pid) !== process.pid)
          .flatMap((pid) =>
            (quietly(() => fs.readdirSync(`/proc/${pid}/fd`)) ?? []).map((fd) => `/proc/${pid}/fd/${fd}`),
          )
          .some((path) => {
            const stats = quietly(() => fs.statSync(path));
            return stats?.isDirectory() && quietly(() => fs.existsSync(`${path}/${workspace}/private.nb.md`));
          }),
      ),
    refused: ['NOTHING'],
    control: ({ readable }) => {
      const file = fs.openSync(readable, 'r');
      return read(`/proc/self/fd/${file}`);
    },
  },
  {
    class: 'files',
    what: 'was left a folder of the host open',
    attack: () =>
      holds(
        fs.readdirSync('/proc/self/fd').some((fd) => {
          const stats = quietly(() => fs.fstatSync(Number(fd)));
          const target = quietly(() => fs.readlinkSync(`/proc/self/fd/${fd}`)) ?? '';
          return stats?.isDirectory() && !/^\/proc\/\d+\/fd$/.test(target);
        }),
      ),
    refused: ['NOTHING'],
    control: ({ writable }) => {
      const folder = fs.openSync(writable, 'r');
      const seen = fs.fstatSync(folder).isDirectory();
      fs.closeSync(folder);
      return holds(seen);
    },
  },
  {
    class: 'files',
    what: 'opens a file by its handle instead of its path',
    attack: () => call('open_by_handle_at', 0, "my $h = pack('IiC8', 8, 1, 2, (0) x 7)", 0),
    refused: GUARDED,
    control: ({ readable }) => perl(`open(my $f, '<', '${readable}') ? 1 : undef`),
  },
  {
    class: 'files',
    what: 'reads what kernel and hardware tell in /sys',
    attack: () => fs.readdirSync('/sys/kernel'),
    refused: ['ENOENT'],
    control: () => read('/proc/meminfo'),
  },
  // environment
  {
    class: 'environment',
    what: 'has variables of the server',
    attack: ({ secret }) =>
      holds(
        Object.entries(process.env).some(
          ([name, value]) => name.startsWith('GONDOLA_PROBE') || value?.includes(secret),
        ),
      ),
    refused: ['NOTHING'],
    control: () =>
      holds(execFileSync('/usr/bin/env', ['A=1', '/usr/bin/printenv', 'A'], { encoding: 'utf8' }) === '1\n'),
  },
  {
    class: 'environment',
    what: 'reads the environment of every process that it sees',
    attack: ({ secret }) =>
      holds(
        pids().some(
          (pid) =>
            /GONDOLA_PROBE/.test(textOf(`/proc/${pid}/environ`)) || textOf(`/proc/${pid}/environ`).includes(secret),
        ),
      ),
    refused: ['NOTHING'],
    control: async () => {
      const child = spawn('/usr/bin/sleep', ['60'], { env: { MINE: 'control' }, stdio: 'ignore' });
      // A program that has begun has no environment yet for an instant.
      const until = performance.now() + 20_000;
      const isSeen = (): boolean => textOf(`/proc/${child.pid}/environ`).includes('MINE=control');
      while (!isSeen() && performance.now() < until) await new Promise((resolve) => setImmediate(resolve));
      const seen = isSeen();
      child.kill('SIGKILL');
      return holds(seen);
    },
  },
  {
    class: 'environment',
    what: 'reads the command lines of the host',
    // The other session's process is a sleep of 97… seconds.
    attack: ({ serverPid, otherPid }) =>
      holds(
        [...pids(), serverPid, otherPid].some((pid) =>
          textOf(`/proc/${pid}/cmdline`).startsWith(`/usr/bin/sleep\0${'97'}`),
        ),
      ),
    refused: ['NOTHING'],
    control: () => holds(textOf('/proc/self/cmdline').includes('node')),
  },
  {
    class: 'environment',
    what: 'reads the memory of the first process',
    attack: () => fs.closeSync(fs.openSync('/proc/1/mem', 'r')),
    refused: ['EACCES', 'EPERM', 'ENOENT'],
    control: () => fs.closeSync(fs.openSync('/proc/self/mem', 'r')),
  },
  {
    class: 'environment',
    what: 'reads the messages of the kernel',
    attack: () => call('syslog', 3, "my $b = ' ' x 4096", 4096),
    refused: GUARDED,
    control: lawfulCall,
  },
  // network
  {
    class: 'network',
    what: 'connects to the server on loopback',
    attack: ({ ports }) => dial({ host: '127.0.0.1', port: ports.tcp }),
    refused: NETWORK,
    control: () => served({ host: '127.0.0.1', port: 0 }, ({ port }) => ({ host: '127.0.0.1', port })),
  },
  {
    class: 'network',
    what: 'connects to loopback by IPv6',
    attack: ({ ports }) => dial({ host: '::1', port: ports.tcp6 }),
    refused: NETWORK,
    control: ownSocket,
  },
  {
    class: 'network',
    what: 'connects to an address beyond the machine',
    attack: () => dial({ host: '192.0.2.1', port: 80 }),
    refused: NETWORK,
    control: ownSocket,
  },
  {
    class: 'network',
    what: 'connects to the addresses of the machine’s own cards',
    attack: () => holds(Object.values(os.networkInterfaces()).some((all) => all?.some(({ internal }) => !internal))),
    refused: ['NOTHING'],
    control: () => holds(Array.isArray(os.cpus())),
  },
  {
    class: 'network',
    what: 'sends datagrams to a service on loopback',
    attack: ({ ports }) => send(ports.udp, '127.0.0.1'),
    refused: [...NETWORK, 'SILENCE'],
    control: ownEcho,
  },
  {
    class: 'network',
    what: 'asks the system’s resolver for a name',
    attack: () => within(lookup('example.com')),
    refused: ['EAI_AGAIN', 'ENOTFOUND', 'SILENCE'],
    control: () => lookup('127.0.0.1'),
  },
  {
    class: 'network',
    what: 'asks a name server of its own choice',
    attack: () => {
      const resolver = new Resolver({ timeout: 500, tries: 1 });
      resolver.setServers(['192.0.2.53']);
      return within(resolver.resolve4('example.com'));
    },
    refused: ['ECONNREFUSED', 'ETIMEOUT', 'ENOTFOUND', 'SILENCE'],
    control: ownEcho,
  },
  {
    class: 'network',
    what: 'connects to a socket in the host’s file system',
    attack: ({ socketPath }) => dial({ path: socketPath }),
    refused: ['ENOENT'],
    control: ownSocket,
  },
  {
    class: 'network',
    what: 'connects to an abstract socket of the host',
    attack: ({ abstract }) => dial({ path: `\0${abstract}` }),
    refused: ['ECONNREFUSED'],
    control: () => served({ path: '\0own-probe' }, () => ({ path: '\0own-probe' })),
  },
  {
    class: 'network',
    what: 'opens a raw socket',
    attack: () => perlSocket(2, 3, 1),
    refused: ['EPERM', 'EAFNOSUPPORT'],
    control: () => perlSocket(2, 1, 0),
  },
  {
    class: 'network',
    what: 'opens a packet socket',
    attack: () => perlSocket(17, 3, 0x0300),
    refused: ['EPERM', 'EAFNOSUPPORT'],
    control: () => perlSocket(1, 1, 0),
  },
  {
    class: 'network',
    what: 'opens a socket to the hypervisor, which no namespace cuts',
    attack: () => perlSocket(40, 1, 0),
    refused: ['EAFNOSUPPORT', 'EPERM'],
    control: () => perlSocket(10, 1, 0),
  },
  {
    class: 'network',
    what: 'opens a socket to the kernel’s cryptography',
    attack: () => perlSocket(38, 5, 0),
    refused: ['EAFNOSUPPORT', 'EPERM'],
    control: () => perlSocket(1, 2, 0),
  },
  {
    class: 'network',
    what: 'sets up an interface',
    // SIOCSIFADDR on a socket of its own: lo is there, the right to change it is not.
    attack: () =>
      perl(
        "socket(my $s, 2, 2, 0) or die; ioctl($s, 0x8916, my $q = pack('a16 S n a4 x8', 'lo', 2, 0, pack('C4', 10, 0, 0, 1)))",
      ),
    refused: ['EPERM', 'EACCES'],
    control: () => perl("socket(my $s, 2, 2, 0) or die; ioctl($s, 0x8913, my $q = pack('a16 x24', 'lo'))"),
  },
  // processes
  {
    class: 'processes',
    what: 'signals the server',
    attack: ({ serverPid }) => process.kill(serverPid, 0),
    refused: ['ESRCH'],
    control: () => process.kill(process.pid, 0),
  },
  {
    class: 'processes',
    what: 'kills a process of another session',
    attack: ({ otherPid }) => process.kill(otherPid, 'SIGKILL'),
    refused: ['ESRCH'],
    control: () => {
      const child = spawn('/usr/bin/sleep', ['5'], { stdio: 'ignore' });
      return process.kill(child.pid!, 'SIGKILL');
    },
  },
  {
    class: 'processes',
    what: 'sees processes beside its own',
    attack: ({ otherPid, serverPid }) =>
      holds([otherPid, serverPid].some((pid) => fs.existsSync(`/proc/${pid}/stat`)) || pids().length > 20),
    refused: ['NOTHING'],
    control: () => read(`/proc/${process.pid}/stat`),
  },
  {
    class: 'processes',
    what: 'traces the first process',
    attack: () => call('ptrace', 16, 1, 0, 0),
    refused: GUARDED,
    control: ownChild,
  },
  {
    class: 'processes',
    what: 'reads memory across processes',
    attack: () =>
      perl(
        `my $b = ' ' x 8; my $l = pack('PQ', $b, 8); my $r = pack('QQ', 0x400000, 8); syscall(${CALLS.process_vm_readv[column]}, getppid(), $l, 1, $r, 1, 0)`,
      ),
    refused: GUARDED,
    control: lawfulCall,
  },
  {
    class: 'processes',
    what: 'takes a descriptor out of its parent',
    attack: () =>
      perl(
        `my $p = syscall(${CALLS.pidfd_open[column]}, getppid(), 0); $p < 0 ? -1 : syscall(${CALLS.pidfd_getfd[column]}, $p, 0, 0)`,
      ),
    refused: GUARDED,
    control: () => perl(`syscall(${CALLS.pidfd_open[column]}, $$+0, 0)`),
  },
  {
    class: 'processes',
    what: 'attaches a memory segment of the host',
    attack: ({ memoryKey }) => perl(`shmget(${memoryKey}, 0, 0)`),
    refused: ['ENOENT'],
    control: () => perl('my $s = shmget(0, 4096, 0600); shmctl($s, 0, 0); $s'),
  },
  {
    class: 'processes',
    what: 'opens shared memory of the host by name',
    attack: ({ memoryFile }) => read(memoryFile),
    refused: ['ENOENT'],
    control: () => write('/dev/shm/own-probe'),
  },
  {
    class: 'processes',
    what: 'outranks the host’s processes',
    attack: () => os.setPriority(-20),
    refused: ['ERR_SYSTEM_ERROR'],
    control: () => os.getPriority(),
  },
  {
    class: 'processes',
    what: 'takes a processor for itself by real-time scheduling',
    attack: () => call('sched_setscheduler', 0, 1, "my $p = pack('i', 50)"),
    refused: ['EPERM', 'EINVAL'],
    control: lawfulCall,
  },
  {
    class: 'processes',
    what: 'hides from the end of memory',
    attack: () => fs.writeFileSync('/proc/self/oom_score_adj', '-1000'),
    refused: ['EACCES', 'EPERM', 'EROFS'],
    control: () => fs.writeFileSync('/proc/self/oom_score_adj', '900'),
  },
  {
    class: 'processes',
    what: 'raises its own limit of open files',
    attack: () => execFileSync('/bin/bash', ['-c', 'ulimit -H -n 1000000'], { stdio: 'ignore' }),
    refused: ['1'],
    control: () => execFileSync('/bin/bash', ['-c', 'ulimit -S -n 64'], { stdio: 'ignore' }),
  },
  {
    class: 'processes',
    what: 'pushes characters into the operator’s terminal',
    attack: () => perl("open(my $t, '+<', '/dev/tty') or return; ioctl($t, 0x5412, my $x = 'x')"),
    refused: ['ENXIO', 'ENOENT', 'EPERM', 'EACCES', 'EIO'],
    control: () => perl("open(my $t, '+<', '/dev/null') ? 1 : undef"),
  },
  // kernel
  {
    class: 'kernel',
    what: 'makes a user namespace',
    attack: () => call('unshare', 0x10000000),
    refused: [...GUARDED, 'ENOSPC'],
    control: ownChild,
  },
  {
    class: 'kernel',
    what: 'clones into new namespaces',
    attack: () => call('clone', 0x10000000 | 0x00020000 | 17, 0, 0, 0, 0),
    refused: [...GUARDED, 'ENOSPC'],
    control: ownChild,
  },
  {
    class: 'kernel',
    what: 'enters a namespace of another process',
    attack: () => perl(`open(my $n, '<', '/proc/1/ns/mnt') or return; syscall(${CALLS.setns[column]}, fileno($n), 0)`),
    refused: [...GUARDED, 'EACCES', 'EINVAL'],
    control: () => fs.readlinkSync('/proc/self/ns/mnt'),
  },
  {
    class: 'kernel',
    what: 'mounts a file system',
    attack: () => call('mount', t('none'), t('/tmp'), t('tmpfs'), 0, 0),
    refused: GUARDED,
    control: () => write('/tmp/own-probe'),
  },
  {
    class: 'kernel',
    what: 'mounts by the newer calls',
    attack: () => call('fsopen', t('tmpfs'), 0),
    refused: GUARDED,
    control: lawfulCall,
  },
  {
    class: 'kernel',
    what: 'takes away a mount to see what lies below',
    attack: () => call('umount2', t('/tmp'), 2),
    refused: GUARDED,
    control: () => fs.readdirSync('/tmp'),
  },
  {
    class: 'kernel',
    what: 'leaves its root by a second root',
    attack: ({ writable }) => call('chroot', t(writable)),
    refused: GUARDED,
    control: ({ writable }) => perl(`chdir('${writable}') ? 1 : undef`),
  },
  {
    class: 'kernel',
    what: 'exchanges its root',
    attack: ({ writable }) => call('pivot_root', t(writable), t(writable)),
    refused: GUARDED,
    control: lawfulCall,
  },
  {
    class: 'kernel',
    what: 'loads a program into the kernel',
    attack: () => call('bpf', 0, "my $a = pack('L4 x112', 1, 4, 4, 1)", 128),
    refused: GUARDED,
    control: lawfulCall,
  },
  {
    class: 'kernel',
    what: 'opens a ring of its own for input and output',
    attack: () => call('io_uring_setup', 4, "my $p = ' ' x 120"),
    refused: GUARDED,
    control: ownWrite,
  },
  {
    class: 'kernel',
    what: 'counts events of the machine',
    attack: () => call('perf_event_open', "my $a = pack('L L Q x96', 1, 112, 0)", -1, 0, -1, 0),
    refused: GUARDED,
    control: () => process.cpuUsage(),
  },
  {
    class: 'kernel',
    what: 'handles page faults of the kernel',
    attack: () => call('userfaultfd', 0),
    refused: GUARDED,
    control: lawfulCall,
  },
  {
    class: 'kernel',
    what: 'looks through keyrings',
    attack: () => call('keyctl', 10, -3, t('user'), t('gondola'), 0),
    refused: GUARDED,
    control: lawfulCall,
  },
  {
    class: 'kernel',
    what: 'leaves a key for another session',
    attack: () => call('add_key', t('user'), t('gondola'), t('x'), 1, -4),
    refused: GUARDED,
    control: lawfulCall,
  },
  {
    class: 'kernel',
    what: 'loads a module',
    attack: () => call('finit_module', 0, t(''), 0),
    refused: GUARDED,
    control: lawfulCall,
  },
  {
    class: 'kernel',
    what: 'sets the clock',
    attack: () => call('clock_settime', 0, "my $t = pack('qq', 0, 0)"),
    refused: GUARDED,
    control: () => call('clock_gettime', 0, "my $t = pack('qq', 0, 0)"),
  },
  {
    class: 'kernel',
    what: 'restarts the machine',
    // Magic numbers that mean nothing but "disable Ctrl-Alt-Del".
    attack: () => call('reboot', 0xfee1dead, 672274793, 0, 0),
    refused: GUARDED,
    control: lawfulCall,
  },
  {
    class: 'kernel',
    what: 'names the program that gets core dumps',
    attack: () => write('/proc/sys/kernel/core_pattern'),
    refused: FIXED,
    control: () => read('/proc/sys/kernel/ostype'),
  },
  {
    class: 'kernel',
    what: 'triggers what a keyboard of the machine could',
    attack: () => fs.writeFileSync('/proc/sysrq-trigger', 'h'),
    refused: [...FIXED, 'ENOENT', 'EIO'],
    control: () => write('/dev/null'),
  },
  {
    class: 'kernel',
    what: 'makes a control group with a program to be run at its end',
    attack: () => {
      fs.mkdirSync('/sys/fs/cgroup/memory/probe');
    },
    refused: ['ENOENT', ...FIXED],
    control: () => read('/proc/self/cgroup'),
  },
  {
    class: 'kernel',
    what: 'mounts the control groups',
    attack: () => call('mount', t('none'), t('/tmp'), t('cgroup'), 0, t('memory')),
    refused: GUARDED,
    control: () => fs.readdirSync('/tmp'),
  },
  // privileges
  {
    class: 'privileges',
    what: 'becomes root',
    attack: () => process.setuid!(0),
    refused: ['EPERM', 'EINVAL'],
    control: () => process.setuid!(process.getuid!()),
  },
  {
    class: 'privileges',
    what: 'holds a capability',
    attack: () => holds(/^Cap(Eff|Prm|Inh|Amb|Bnd):\s+0*[1-9a-f]/m.test(textOf('/proc/self/status'))),
    refused: ['NOTHING'],
    control: () => holds(/^CapEff:/m.test(textOf('/proc/self/status'))),
  },
  {
    class: 'privileges',
    what: 'gains rights by a program that has them',
    attack: () => execFileSync('/usr/bin/mount', ['-t', 'tmpfs', 'x', '/tmp'], { stdio: 'ignore' }),
    refused: ['1', '32'],
    control: () => execFileSync('/usr/bin/mount', ['--version'], { stdio: 'ignore' }),
  },
  {
    class: 'privileges',
    what: 'gives a file to root',
    attack: (planted) => {
      ownWrite(planted);
      return fs.chownSync(own(planted, 'written'), 0, 0);
    },
    refused: ['EPERM', 'EINVAL'],
    control: (planted) => {
      ownWrite(planted);
      return fs.chmodSync(own(planted, 'written'), 0o600);
    },
  },
  // read-only places
  ...(
    [
      ['the system’s programs', () => write('/usr/bin/probe')],
      ['the interpreter’s own programs', () => write('/app/probe')],
      ['the root', () => write('/probe')],
      ['the folder of devices', () => write('/dev/probe')],
      ['a program under way, through its own link', () => fs.closeSync(fs.openSync('/proc/self/exe', 'r+'))],
    ] as const
  ).map(
    ([place, attack]): Probe => ({
      class: 'read-only places',
      what: `writes to ${place}`,
      attack,
      refused: [...FIXED, 'ETXTBSY'],
      control: ownWrite,
    }),
  ),
  {
    class: 'read-only places',
    what: 'writes into what it is shown',
    attack: ({ shown }) => holds(shown.some((folder) => quietly(() => write(`${folder}/probe`) ?? true) === true)),
    refused: ['NOTHING'],
    control: ownWrite,
  },
  {
    class: 'read-only places',
    what: 'changes the rights of what it is shown',
    attack: ({ shown }) => fs.chmodSync(shown[0]!, 0o777),
    refused: FIXED,
    control: (planted) => {
      fs.mkdirSync(own(planted, 'folder'), { recursive: true });
      fs.chmodSync(own(planted, 'folder'), 0o700);
    },
  },
  {
    class: 'read-only places',
    what: 'moves away what it is shown',
    attack: ({ shown, writable }) => fs.renameSync(shown[0]!, `${writable}/probe-moved`),
    refused: ['EBUSY', 'EXDEV', ...FIXED],
    control: (planted) => {
      ownWrite(planted);
      fs.renameSync(own(planted, 'written'), own(planted, 'renamed'));
    },
  },
  // devices
  {
    class: 'devices',
    what: 'makes a node for a disk',
    attack: (planted) => execFileSync('/usr/bin/mknod', [own(planted, 'disk'), 'b', '8', '0'], { stdio: 'ignore' }),
    refused: ['1'],
    control: (planted) => {
      fs.rmSync(own(planted, 'pipe'), { force: true });
      return execFileSync('/usr/bin/mknod', [own(planted, 'pipe'), 'p'], { stdio: 'ignore' });
    },
  },
  {
    class: 'devices',
    what: 'finds a disk, memory or a virtual machine among the devices',
    attack: () =>
      holds(
        fs
          .readdirSync('/dev')
          .some((name) => /^(sd|vd|nvme|mem$|kmem|port$|fuse|kvm|loop|dm-|vsock|vhost|net$|input|snd|dri)/.test(name)),
      ),
    refused: ['NOTHING'],
    control: () => holds(fs.readdirSync('/dev').includes('null')),
  },
  {
    class: 'devices',
    what: 'reads the kernel’s log as a device',
    attack: () => read('/dev/kmsg'),
    refused: ['ENOENT', 'EPERM', 'EACCES'],
    control: () => fs.closeSync(fs.openSync('/dev/urandom', 'r')),
  },
];

function textOf(path: string): string {
  return quietly(() => fs.readFileSync(path, 'latin1')) ?? '';
}

/** Inside: each attack and its control, one after the other. */
export async function tryAll(planted: Planted): Promise<Answers> {
  const answers: Record<string, { attack: string; control: string }> = {};
  for (const { what, attack, control } of PROBES) {
    answers[what] = { control: await answerOf(control, planted), attack: await answerOf(attack, planted) };
  }
  return answers;
}

async function answerOf(attempt: Probe['attack'], planted: Planted): Promise<string> {
  try {
    await attempt(planted);
    return REACHED;
  } catch (error) {
    const { code, status } = error as { code?: unknown; status?: unknown };
    return String(code ?? status ?? error);
  }
}
