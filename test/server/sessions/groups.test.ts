import { describe, expect, it } from 'vitest';
import { type Facts, planGroups } from '../../../server/sessions/groups/plan.ts';

/** As `/proc/self/mountinfo` of such machines has them. */
const V2 = '30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate';
const V1 = ['memory', 'pids', 'cpu,cpuacct', 'freezer'].map(
  (one, at) =>
    `${40 + at} 30 0:${30 + at} / /sys/fs/cgroup/${one} rw,relatime shared:${9 + at} - cgroup cgroup rw,${one}`,
);
const HYBRID = '50 30 0:50 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw';
const OTHER = '23 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw';

/** A tree as the machine had it: its files, and what of it may be written. */
const facts = (given: Partial<Facts> & { files?: Record<string, string>; writable?: readonly string[] }): Facts => ({
  mounts: OTHER,
  groups: '',
  own: new Set([100]),
  read: (path) => given.files?.[path],
  mayWrite: (path) => (given.writable ?? []).some((one) => path === one || path.startsWith(`${one}/`)),
  ...given,
});

const SERVICE = '/sys/fs/cgroup/system.slice/gondola.service';
const service = {
  mounts: `${OTHER}\n${V2}\n`,
  groups: '0::/system.slice/gondola.service\n',
  files: {
    [`${SERVICE}/cgroup.controllers`]: 'cpu io memory pids\n',
    [`${SERVICE}/cgroup.events`]: 'populated 1\nfrozen 0\n',
    [`${SERVICE}/cgroup.procs`]: '100\n',
  },
  writable: [SERVICE],
};

describe('version 2', () => {
  it('is used in a service whose group was delegated, and the server moves into a leaf', () => {
    expect(planGroups(facts(service))).toEqual({
      kind: 'v2',
      base: SERVICE,
      controllers: ['memory', 'pids', 'cpu'],
      move: [100],
    });
  });

  it('is used again by a server that is in its leaf already', () => {
    const files = { ...service.files, [`${SERVICE}/cgroup.procs`]: '' };
    const groups = '0::/system.slice/gondola.service/gondola-server\n';
    expect(planGroups(facts({ ...service, files, groups }))).toMatchObject({ kind: 'v2', base: SERVICE, move: [] });
  });

  it('is left alone where it was not delegated, where others share the group, and where no controller is offered', () => {
    expect(planGroups(facts({ ...service, writable: [] }))).toMatchObject({
      why: expect.stringContaining('Delegate=yes'),
    });
    const shared = { ...service.files, [`${SERVICE}/cgroup.procs`]: '1\n100\n' };
    expect(planGroups(facts({ ...service, files: shared }))).toMatchObject({ why: expect.stringContaining('share') });
    const bare = { ...service.files, [`${SERVICE}/cgroup.controllers`]: 'hugetlb\n' };
    expect(planGroups(facts({ ...service, files: bare }))).toMatchObject({
      why: expect.stringContaining('controller'),
    });
  });

  it('is used in a container that may write to its own tree, from what was mounted', () => {
    const mounts = '9 8 0:26 /docker/abc /sys/fs/cgroup rw,nosuid - cgroup2 cgroup rw';
    const at = '/sys/fs/cgroup';
    const files = {
      [`${at}/cgroup.controllers`]: 'memory pids',
      [`${at}/cgroup.events`]: 'populated 1',
      [`${at}/cgroup.procs`]: '100\n',
    };
    const plan = planGroups(facts({ mounts, groups: '0::/docker/abc\n', files, writable: [at] }));
    expect(plan).toMatchObject({ kind: 'v2', base: at, controllers: ['memory', 'pids'] });
  });

  it('moves nobody at the very root', () => {
    const files = { '/sys/fs/cgroup/cgroup.controllers': 'memory', '/sys/fs/cgroup/cgroup.procs': '1\n2\n100\n' };
    const plan = planGroups(facts({ mounts: V2, groups: '0::/\n', files, writable: ['/sys/fs/cgroup'] }));
    expect(plan).toMatchObject({ kind: 'v2', base: '/sys/fs/cgroup', move: [] });
  });

  it('is not sought beyond what a container sees', () => {
    expect(planGroups(facts({ ...service, groups: '0::/../other\n' }))).toMatchObject({ kind: 'none' });
    const part = '9 8 0:26 /docker/abc /sys/fs/cgroup rw - cgroup2 cgroup rw';
    expect(planGroups(facts({ ...service, mounts: part }))).toMatchObject({ kind: 'none' });
  });
});

describe('version 1', () => {
  const groups = ['3:memory:/user/a', '2:pids:/', '1:cpu,cpuacct:/', '0::/'].join('\n');
  const mounts = [OTHER, ...V1, HYBRID].join('\n');

  it('is used below the server’s own group of each hierarchy', () => {
    const files = { '/sys/fs/cgroup/unified/cgroup.controllers': 'hugetlb' };
    expect(planGroups(facts({ mounts, groups, files, writable: ['/sys/fs/cgroup'] }))).toEqual({
      kind: 'v1',
      bases: {
        memory: '/sys/fs/cgroup/memory/user/a',
        pids: '/sys/fs/cgroup/pids',
        cpu: '/sys/fs/cgroup/cpu,cpuacct',
      },
      accounts: '/sys/fs/cgroup/cpu,cpuacct',
    });
  });

  it('is used as far as it may be written', () => {
    expect(planGroups(facts({ mounts, groups, writable: ['/sys/fs/cgroup/pids'] }))).toEqual({
      kind: 'v1',
      bases: { pids: '/sys/fs/cgroup/pids' },
    });
    expect(planGroups(facts({ mounts, groups }))).toMatchObject({
      kind: 'none',
      why: expect.stringContaining('version 1'),
    });
  });
});

it('a machine without control groups has none', () => {
  expect(planGroups(facts({}))).toEqual({ kind: 'none', why: 'this machine has no control groups' });
  expect(planGroups(facts({ mounts: '', groups: '' }))).toMatchObject({ kind: 'none' });
});
