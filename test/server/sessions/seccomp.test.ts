import { describe, expect, it } from 'vitest';
import { seccompFilter } from '../../../server/sessions/seccomp.ts';

const ALLOW = 0x7fff0000;
const EPERM = 0x00050001;
const ENOSYS = 0x00050026;
const EAFNOSUPPORT = 0x00050061;
const AUDIT = { x64: 0xc000003e, arm64: 0xc00000b7 } as const;

/** A machine for the few instructions that the filter uses. */
function decide(program: Uint8Array, call: number, arch: number, argument = 0, second = 0): number {
  const view = new DataView(program.buffer);
  const data: Record<number, number> = { 0: call, 4: arch, 16: argument, 24: second };
  let held = 0;
  for (let at = 0; at * 8 < program.length; at += 1) {
    const value = view.getUint32(at * 8 + 4, true);
    const jump = (holds: boolean): void => {
      at += view.getUint8(at * 8 + (holds ? 2 : 3));
    };
    switch (view.getUint16(at * 8, true)) {
      case 0x20:
        held = data[value]!;
        break;
      case 0x15:
        jump(held === value);
        break;
      case 0x35:
        jump(held >= value);
        break;
      case 0x45:
        jump((held & value) !== 0);
        break;
      case 0x06:
        return value;
      default:
        throw new Error('an unknown instruction');
    }
  }
  throw new Error('it ends without an answer');
}

describe.each(['x64', 'arm64'] as const)('the filter of system calls on %s', (arch) => {
  const program = seccompFilter(arch)!;
  const of = (call: number, argument?: number, second?: number) => decide(program, call, AUDIT[arch], argument, second);
  const [clone, unshare, mount, bpf, read] = arch === 'x64' ? [56, 272, 165, 321, 0] : [220, 97, 40, 280, 63];

  it('allows what programs do all the time', () => {
    expect(of(read)).toBe(ALLOW);
    expect(of(500)).toBe(ALLOW);
  });

  it('refuses namespaces, mounts and BPF', () => {
    expect([unshare, mount, bpf, 425].map((call) => of(call))).toEqual([EPERM, EPERM, EPERM, EPERM]);
  });

  it('refuses to reach into another process', () => {
    const calls = arch === 'x64' ? [101, 310, 311, 438] : [117, 270, 271, 438];
    expect(calls.map((call) => of(call))).toEqual([EPERM, EPERM, EPERM, EPERM]);
  });

  it('allows new threads and processes, refuses those in a new namespace', () => {
    // CLONE_VM | FS | FILES | SIGHAND | THREAD, and SIGCHLD as fork has it.
    expect([of(clone, 0x00010f00), of(clone, 17)]).toEqual([ALLOW, ALLOW]);
    for (const flag of [0x10000000, 0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x20000000, 0x40000000]) {
      expect(of(clone, flag | 17)).toBe(EPERM);
    }
    // As if the kernel had none: its flags can't be seen.
    expect(of(435)).toBe(ENOSYS);
  });

  it('allows sockets of the network, of files and of the kernel’s lists, and no others', () => {
    for (const call of arch === 'x64' ? [41, 53] : [198, 199]) {
      expect([1, 2, 10, 16].map((family) => of(call, family))).toEqual([ALLOW, ALLOW, ALLOW, ALLOW]);
      // IPX, packets, AppleTalk of old, keys, cryptography, the hypervisor, none and past all.
      for (const family of [4, 17, 5, 15, 38, 40, 0, 99]) expect(of(call, family)).toBe(EAFNOSUPPORT);
    }
  });

  it('refuses to type into a terminal, and no other request of a device', () => {
    const ioctl = arch === 'x64' ? 16 : 29;
    expect([0x5412, 0x541c].map((request) => of(ioctl, 1, request))).toEqual([EPERM, EPERM]);
    expect([0x5401, 0x5413, 0].map((request) => of(ioctl, 1, request))).toEqual([ALLOW, ALLOW, ALLOW]);
  });

  it('knows no calls of another form', () => {
    expect(decide(program, read, 0x40000003)).toBe(ENOSYS);
    if (arch === 'x64') expect(of(0x40000000 + 272)).toBe(ENOSYS);
  });
});

describe('the filter of system calls', () => {
  it('is absent where the numbers are not known', () => {
    expect(seccompFilter('riscv64')).toBeUndefined();
  });
});
