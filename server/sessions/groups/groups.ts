/**
 * A control group for each process of a session: memory, processes and share of the processor are bounded by the kernel,
 * below one group of this server that weighs less than the server itself. What `plan.ts` allows; without, sampling alone
 * holds limits. A group that cannot be made costs nothing but itself: the process runs without.
 *
 * All calls are made without waiting: each takes some tenths of a millisecond, and a process must be in its group before
 * it starts others.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startOf, treeOf, type Usage } from '../proc.ts';
import { foldersIn, mayWrite, putIn, REMOVE_TRIES, read, removeGroup, removeNow, set, trySet } from './files.ts';
import { CONTROLLERS, type Controller, type GroupPlan, planGroups, SERVER_LEAF } from './plan.ts';

export type Group = {
  /** The process, and what it started meanwhile. */
  add(pid: number): void;
  /**
   * As the kernel counts it, where there are so many processes and threads that looking at each takes long, and their shared
   * pages would count for each. Undefined for few: what they map of files is seen by looking at each alone.
   */
  usage(): Usage | undefined;
  /** Processes of it that the kernel ended for want of memory. */
  outOfMemory(): number;
  /** Ends what is left in it. Resolves when it is gone, or is left to the next start. */
  remove(): Promise<void>;
};

export type Groups = {
  readonly kind: GroupPlan['kind'];
  /** What the kernel bounds; empty for `none`. */
  readonly bounds: readonly Controller[];
  /** For `none`. */
  readonly why?: string;
  /** Ends what a killed server left; resolves with the number of groups removed. */
  sweep(): Promise<number>;
  /** Undefined where it cannot be made. `name`: letters, digits and `-`. */
  make(name: string, limits: { readonly memory: number; readonly processes: number }): Group | undefined;
  close(): Promise<void>;
};

type Usable = Exclude<GroupPlan, { readonly kind: 'none' }>;

/** Shares of the processor when it is short: a process has 1024 (100 in version 2), all sessions together half of one. */
const SHARES = { v1: ['cpu.shares', '512'], v2: ['cpu.weight', '50'] } as const;
/** Processes and threads; three interpreters have fewer. A fork bomb passes it in no time. */
const MANY_TASKS = 128;
/** A stop does not wait longer for what is only tidiness. */
const CLOSE_TRIES = 30;
/** A process starts others while it is put into its group; each pass finds those of the one before. */
const ADD_PASSES = 5;

/** `key`: of the server's records, so that the next server over them knows the groups of this one. */
export function openGroups(options: {
  readonly key: string;
  readonly off?: boolean;
  readonly log: (message: string, detail: Readonly<Record<string, unknown>>) => void;
}): Groups {
  const found = options.off ? { kind: 'none' as const, why: 'they are switched off' } : findPlan();
  if (found.kind === 'none') return noGroups(found.why);
  const plan: Usable = found;
  // Of version 1 several may be one hierarchy (`cpu,cpuacct`).
  const bases =
    plan.kind === 'v1' ? [...new Set([...Object.values(plan.bases), plan.accounts ?? []].flat())] : [plan.base];
  const own = `gondola-${options.key}-${process.pid}-${startOf(process.pid)}`;
  const bounds = plan.kind === 'v1' ? CONTROLLERS.filter((one) => plan.bases[one] !== undefined) : plan.controllers;
  let prepared: boolean | undefined;
  let made = 0;

  /** The server's place and the group above all sessions'; false where that fails, once. */
  function prepare(): boolean {
    try {
      if (plan.kind === 'v2') {
        if (plan.move.length > 0) {
          const leaf = join(plan.base, SERVER_LEAF);
          mkdirSync(leaf, { recursive: true });
          for (const pid of plan.move) putIn(leaf, pid);
        }
        enable(plan.base, plan.controllers);
      }
      for (const base of bases) mkdirSync(join(base, own), { recursive: true });
      if (plan.kind === 'v2') enable(join(plan.base, own), plan.controllers);
      const [file, share] = SHARES[plan.kind === 'v1' ? 'v1' : 'v2'];
      const cpu = plan.kind === 'v1' ? plan.bases.cpu : plan.base;
      if (cpu !== undefined) set(join(cpu, own, file), share);
      return true;
    } catch (error) {
      options.log('control groups cannot be used', { kind: plan.kind, error: String(error) });
      return false;
    }
  }

  return {
    kind: plan.kind,
    bounds,
    async sweep() {
      let removed = 0;
      for (const base of bases)
        for (const top of abandonedIn(base, own)) if (await removeTop(top, options.key)) removed += 1;
      return removed;
    },
    make(name, limits) {
      prepared ??= prepare();
      if (!prepared) return undefined;
      made += 1;
      const folders = bases.map((base) => join(base, own, `${name}-${made}`));
      try {
        for (const folder of folders) mkdirSync(folder);
        bound(plan, join(own, `${name}-${made}`), limits);
      } catch (error) {
        options.log('a control group cannot be made', { kind: plan.kind, error: String(error) });
        for (const folder of folders) removeNow(folder);
        return undefined;
      }
      const memory = plan.kind === 'v1' ? plan.bases.memory : plan.base;
      const events =
        memory && join(memory, own, `${name}-${made}`, plan.kind === 'v1' ? 'memory.oom_control' : 'memory.events');
      return {
        add(pid) {
          try {
            addTree(folders, pid);
          } catch (error) {
            options.log('a process cannot be put into its control group', { kind: plan.kind, error: String(error) });
          }
        },
        usage: () => usageIn(plan, join(own, `${name}-${made}`)),
        outOfMemory: () => Number(/^oom_kill (\d+)$/m.exec((events && read(events)) ?? '')?.[1] ?? 0),
        async remove() {
          for (const folder of folders) await removeGroup(folder, true);
        },
      };
    },
    async close() {
      for (const base of prepared ? bases : []) await removeGroup(join(base, own), false, CLOSE_TRIES);
    },
  };
}

/** Where the kernel bounds nothing, and for tests. */
export const noGroups = (why: string): Groups => ({
  kind: 'none',
  bounds: [],
  why,
  sweep: async () => 0,
  make: () => undefined,
  close: async () => {},
});

function findPlan(): GroupPlan {
  if (process.platform !== 'linux') return { kind: 'none', why: 'this system has none' };
  return planGroups({
    mounts: read('/proc/self/mountinfo') ?? '',
    groups: read('/proc/self/cgroup') ?? '',
    own: new Set([...treeOf(process.pid), ...launcher()]),
    read,
    mayWrite,
  });
}

/** `gondola.js` under an old Node only waits for this process, under the same script. */
function launcher(): readonly number[] {
  const script = process.argv[1] ?? '';
  const words = read(`/proc/${process.ppid}/cmdline`)?.split('\0') ?? [];
  return script !== '' && words.includes(script) ? [process.ppid] : [];
}

function bound(plan: Usable, name: string, limits: { readonly memory: number; readonly processes: number }): void {
  const [memory, processes] = [String(Math.floor(limits.memory)), String(limits.processes)];
  if (plan.kind === 'v1') {
    const { bases } = plan;
    if (bases.memory !== undefined) {
      set(join(bases.memory, name, 'memory.limit_in_bytes'), memory);
      // With swap, where that is counted: what is moved out to the disk makes the whole machine slow.
      trySet(join(bases.memory, name, 'memory.memsw.limit_in_bytes'), memory);
    }
    if (bases.pids !== undefined) set(join(bases.pids, name, 'pids.max'), processes);
    return;
  }
  const folder = join(plan.base, name);
  if (plan.controllers.includes('memory')) {
    set(join(folder, 'memory.max'), memory);
    trySet(join(folder, 'memory.swap.max'), '0');
    trySet(join(folder, 'memory.oom.group'), '1');
  }
  if (plan.controllers.includes('pids')) set(join(folder, 'pids.max'), processes);
}

/** What processes hold and nobody else could use: not the files that the kernel keeps for them. */
function usageIn(plan: Usable, name: string): Usage | undefined {
  const folders =
    plan.kind === 'v1'
      ? { memory: plan.bases.memory, pids: plan.bases.pids, cpu: plan.accounts }
      : { memory: plan.base, pids: plan.base, cpu: plan.base };
  if (folders.memory === undefined || folders.pids === undefined || folders.cpu === undefined) return undefined;
  if (Number(read(join(folders.pids, name, 'pids.current')) ?? 0) < MANY_TASKS) return undefined;
  const stat = read(join(folders.memory, name, 'memory.stat')) ?? '';
  const field = (text: string, key: string): number | undefined => {
    const found = new RegExp(`^${key} (\\d+)$`, 'm').exec(text)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const held = plan.kind === 'v1' ? field(stat, 'total_rss') : field(stat, 'anon');
  const shared = plan.kind === 'v1' ? field(stat, 'total_shmem') : field(stat, 'shmem');
  const cpu =
    plan.kind === 'v1'
      ? Number(read(join(folders.cpu, name, 'cpuacct.usage')) ?? Number.NaN) / 1e6
      : (field(read(join(folders.cpu, name, 'cpu.stat')) ?? '', 'usage_usec') ?? Number.NaN) / 1e3;
  if (held === undefined || !Number.isFinite(cpu)) return undefined;
  return { memory: held + (shared ?? 0), cpuMs: Math.floor(cpu) };
}

/** Each by itself: one that is refused takes no other along. */
function enable(folder: string, controllers: readonly Controller[]): void {
  for (const one of controllers) set(join(folder, 'cgroup.subtree_control'), `+${one}`);
}

function addTree(folders: readonly string[], pid: number): void {
  const there = new Set<number>();
  for (let pass = 0; pass < ADD_PASSES; pass += 1) {
    const fresh = pass === 0 ? [pid] : treeOf(pid).filter((one) => !there.has(one));
    if (fresh.length === 0) return;
    for (const one of fresh) {
      there.add(one);
      for (const folder of folders) putIn(folder, one);
    }
  }
}

const NAME = /^gondola-([0-9a-f]+)-(\d+)-(\d+)$/;

function abandonedIn(base: string, own: string): readonly string[] {
  return foldersIn(base).flatMap((name) => {
    const [, , pid, start] = NAME.exec(name) ?? [];
    const lives = pid === undefined || name === own || startOf(Number(pid)) === start;
    return lives ? [] : [join(base, name)];
  });
}

/** Of another workspace's server only what is empty: it may live where its processes are not seen from here. */
async function removeTop(top: string, key: string): Promise<boolean> {
  const mine = NAME.exec(top.slice(top.lastIndexOf('/') + 1))?.[1] === key;
  for (const name of foldersIn(top)) await removeGroup(join(top, name), mine, mine ? REMOVE_TRIES : 1);
  return removeGroup(top, mine, mine ? REMOVE_TRIES : 1);
}
