import { describe, expect, it } from 'vitest';
import { SANDBOX_ID, type System } from '../../../server/sessions/isolation.ts';
import { insideOf } from '../../../server/sessions/program.ts';
import { bare, enclosed, formsFor } from '../../../server/sessions/sandbox.ts';

const system: System = {
  root: true,
  user: 0,
  bwrap: '/usr/bin/bwrap',
  prlimit: '/usr/bin/prlimit',
  setpriv: '/usr/bin/setpriv',
  folders: { '/usr': true, '/lib': 'usr/lib' },
  countsByNamespace: true,
};
const program = {
  command: '/opt/node',
  args: ['--no-warnings', '/g/dist/interpreters/sql/main.js'],
  mounts: [
    { host: '/opt/node', inside: '/app/bin/node' },
    { host: '/g/dist/interpreters', inside: '/app/dist/interpreters' },
  ],
};
const limits = { openFiles: 10, processes: 20, diskBytes: 30 };
const session = [{ host: '/w/.gondola/s', inside: '/session', write: true }];
const line = (form: Parameters<typeof enclosed>[1], over: Partial<System> = {}) =>
  enclosed({ ...system, ...over }, form, program, session, '/session', limits);

describe('a command line', () => {
  it('names the program and its arguments as they are inside', () => {
    const { args } = line({ id: 'namespace', proc: 'mounted', user: SANDBOX_ID });
    expect(args.slice(args.indexOf('--') + 1)).toEqual([
      '/usr/bin/prlimit',
      '--nofile=10',
      '--core=0',
      '--fsize=30',
      '--nproc=20',
      '--',
      '/app/bin/node',
      '--no-warnings',
      '/app/dist/interpreters/sql/main.js',
    ]);
  });

  it('drops the user id outside with a user namespace, inside without', () => {
    const outside = line({ id: 'namespace', proc: 'mounted', user: SANDBOX_ID });
    expect(outside).toMatchObject({ uid: SANDBOX_ID, gid: SANDBOX_ID });
    expect(outside.args).toContain('--disable-userns');
    const inside = line({ id: 'setpriv', proc: 'mounted', user: SANDBOX_ID });
    expect(inside.uid).toBeUndefined();
    expect(inside.args).not.toContain('--unshare-user');
    expect(inside.args.slice(inside.args.indexOf('--') + 1, inside.args.indexOf('--') + 4)).toEqual([
      '/usr/bin/setpriv',
      '--reuid',
      String(SANDBOX_ID),
    ]);
  });

  it('cuts network and processes, ends with the server, and makes the root read-only last', () => {
    for (const form of formsFor(system)) {
      const { args } = line(form);
      const own = args.slice(0, args.indexOf('--'));
      for (const flag of ['--unshare-net', '--unshare-pid', '--unshare-ipc', '--die-with-parent', '--new-session']) {
        expect(own).toContain(flag);
      }
      expect(own.slice(-2)).toEqual(['--remount-ro', '/']);
      expect(own.join(' ')).toContain('--ro-bind /usr /usr --symlink usr/lib /lib');
      expect(own.join(' ')).toContain('--bind /w/.gondola/s /session');
    }
  });

  it('limits processes only where that counts no others of the same user', () => {
    const plain = { root: false, user: 1000 };
    const args = (over: Partial<System>) => line({ id: 'namespace', proc: 'mounted' }, over).args.join(' ');
    expect(args(plain)).toContain('--nproc');
    expect(args({ ...plain, countsByNamespace: false })).not.toContain('--nproc');
    expect(bare(system, program, limits).args.join(' ')).not.toContain('--nproc');
  });

  it('without a sandbox runs the program as it is, ended with the server where the system can', () => {
    const { bwrap: _, prlimit: __, setpriv: ___, ...nothing } = system;
    expect(bare(nothing, program, limits)).toEqual({ command: '/opt/node', args: program.args, depth: 0 });
    expect(bare(system, program, limits)).toMatchObject({ command: '/usr/bin/setpriv', depth: 0 });
  });

  it('has forms for root, for a plain user, and none without bubblewrap', () => {
    const { bwrap: _, ...without } = system;
    const { setpriv: __, ...plain } = { ...system, root: false, user: 1000 };
    expect(formsFor(without)).toEqual([]);
    expect(formsFor(plain).map(({ id, proc, user }) => [id, proc, user])).toEqual([
      ['namespace', 'mounted', undefined],
      ['namespace', 'folder', undefined],
    ]);
    expect(formsFor(system).map(({ id }) => id)).toEqual(['namespace', 'setpriv', 'namespace', 'setpriv']);
  });
});

describe('paths', () => {
  it('are translated by the longest mount', () => {
    const mounts = [...session, { host: '/w/.gondola/s/deep', inside: '/deep' }];
    expect(insideOf(mounts, '/w/.gondola/s/deep/x')).toBe('/deep/x');
    expect(insideOf(mounts, '/w/.gondola/s/other')).toBe('/session/other');
    expect(insideOf(mounts, '/w/.gondola/sibling')).toBe('/w/.gondola/sibling');
  });
});
