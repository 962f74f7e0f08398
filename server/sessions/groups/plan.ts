/**
 * Which control groups this server may use, decided from what the kernel says of them: a subtree of version 2 that is the
 * server's own, hierarchies of version 1 that it may write to, or none. Pure; `groups.ts` performs it.
 *
 * Invariant: nothing is moved or limited but this server and what it starts. In version 2 a group with groups below it
 * may hold no processes, so the server moves into a leaf; where others share its group it uses none.
 */

export const CONTROLLERS = ['memory', 'pids', 'cpu'] as const;
export type Controller = (typeof CONTROLLERS)[number];

export type GroupPlan =
  | {
      readonly kind: 'v2';
      /** The group below which sessions get theirs. */
      readonly base: string;
      readonly controllers: readonly Controller[];
      /** Processes to be moved into the server's leaf first. */
      readonly move: readonly number[];
    }
  /** `accounts`: where processor time is counted, if anywhere. */
  | { readonly kind: 'v1'; readonly bases: Readonly<Partial<Record<Controller, string>>>; readonly accounts?: string }
  | { readonly kind: 'none'; readonly why: string };

export type Facts = {
  /** `/proc/self/mountinfo` and `/proc/self/cgroup`. */
  readonly mounts: string;
  readonly groups: string;
  /** The server's own processes: itself, and those that it started or that only started it. */
  readonly own: ReadonlySet<number>;
  readonly read: (path: string) => string | undefined;
  readonly mayWrite: (path: string) => boolean;
};

/** Of the server itself in version 2, beside its sessions. */
export const SERVER_LEAF = 'gondola-server';

export function planGroups(facts: Facts): GroupPlan {
  const [second, first] = [planSecond(facts), planFirst(facts)];
  if (second.kind === 'v2' || first.kind === 'none') return second.kind === 'v2' ? second : reasons(second, first);
  return first;
}

const reasons = (...plans: readonly GroupPlan[]): GroupPlan => ({
  kind: 'none',
  why: plans.flatMap((plan) => (plan.kind === 'none' && plan.why !== '' ? [plan.why] : [])).join('; ') || ABSENT,
});
const ABSENT = 'this machine has no control groups';

function planSecond(facts: Facts): GroupPlan {
  const none = (why: string): GroupPlan => ({ kind: 'none', why });
  const mount = mountsOf(facts.mounts).find(({ type }) => type === 'cgroup2');
  if (!mount) return none('');
  const own = folderIn(mount, groupOf(facts.groups, ''));
  if (own === undefined) return none('version 2: its own group is not among what it sees');
  const base = own.endsWith(`/${SERVER_LEAF}`) ? own.slice(0, -SERVER_LEAF.length - 1) : own;
  const offered = words(facts.read(`${base}/cgroup.controllers`));
  const controllers = CONTROLLERS.filter((one) => offered.includes(one));
  if (controllers.length === 0) return none('version 2: no controller is offered');
  const files = [base, `${base}/cgroup.procs`, `${base}/cgroup.subtree_control`];
  if (!files.every(facts.mayWrite)) return none('version 2: its group is not its to divide (systemd: Delegate=yes)');
  // The very root of the hierarchy may hold processes beside groups; it alone has no such file.
  const isRoot = facts.read(`${base}/cgroup.events`) === undefined;
  const move = isRoot ? [] : words(facts.read(`${base}/cgroup.procs`)).map(Number);
  if (move.some((pid) => !facts.own.has(pid))) return none('version 2: other programs share its group');
  return { kind: 'v2', base, controllers, move };
}

function planFirst(facts: Facts): GroupPlan {
  const mounts = mountsOf(facts.mounts).filter(({ type }) => type === 'cgroup');
  if (mounts.length === 0) return { kind: 'none', why: '' };
  const bases: Partial<Record<Controller, string>> = {};
  const baseFor = (controller: Controller | 'cpuacct'): string | undefined => {
    const mount = mounts.find(({ options }) => options.includes(controller));
    const base = mount && folderIn(mount, groupOf(facts.groups, controller));
    return base !== undefined && facts.mayWrite(base) && facts.mayWrite(`${base}/cgroup.procs`) ? base : undefined;
  };
  for (const controller of CONTROLLERS) {
    const base = baseFor(controller);
    if (base !== undefined) bases[controller] = base;
  }
  const accounts = baseFor('cpuacct');
  if (Object.keys(bases).length > 0) return { kind: 'v1', bases, ...(accounts === undefined ? {} : { accounts }) };
  return { kind: 'none', why: 'version 1: it may not write to its groups' };
}

type MountLine = {
  readonly root: string;
  readonly at: string;
  readonly type: string;
  readonly options: readonly string[];
};

/** `ID PARENT DEVICE ROOT AT OPTIONS… - TYPE SOURCE OPTIONS`; proc(5). */
function mountsOf(text: string): readonly MountLine[] {
  return text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root, at] = before.split(' ');
    const [type, , options] = after.split(' ');
    if (root === undefined || at === undefined || type === undefined || !type.startsWith('cgroup')) return [];
    return [{ root: plain(root), at: plain(at), type, options: options?.split(',') ?? [] }];
  });
}

/** Blanks and the like are written in octal. */
const plain = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/** `NUMBER:CONTROLLERS:PATH`, of version 2 with no controllers. */
function groupOf(text: string, controller: Controller | 'cpuacct' | ''): string | undefined {
  for (const line of text.split('\n')) {
    const [, controllers, ...path] = line.split(':');
    if (controllers === undefined) continue;
    if (controller === '' ? controllers === '' : controllers.split(',').includes(controller)) return path.join(':');
  }
  return undefined;
}

/** Where a group's folder is; undefined for what lies beyond what was mounted, as seen from a container. */
function folderIn({ root, at }: MountLine, group: string | undefined): string | undefined {
  if (group === undefined || group.split('/').includes('..')) return undefined;
  const top = root === '/' ? '' : root;
  if (group !== top && !group.startsWith(`${top}/`)) return undefined;
  const below = group.slice(top.length);
  return below === '/' ? at : at + below;
}

const words = (text: string | undefined): readonly string[] => (text ?? '').split(/\s+/).filter(Boolean);
