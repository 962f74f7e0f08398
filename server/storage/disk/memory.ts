/**
 * The disk in memory, made to fail: any call fails, before or after its effect, or writes short, and a power loss forgets
 * what was not synced. Bytes of a file are safe once it was synced; a name (a new file, a rename, a removal) once the
 * folder was, which a file's first sync, `replace` and `rename` see to, and `remove` does not. What was not synced may
 * survive or not, each for itself. As on Linux, a failed sync drops what it covered: later syncs succeed, and the bytes
 * are gone all the same.
 */
import { type Disk, DiskError, type DiskErrorCode } from '../disk.ts';

export type DiskCall = 'append' | 'sync' | 'read' | 'size' | 'truncate' | 'replace' | 'rename' | 'remove' | 'list';

export type Fault = {
  readonly code: DiskErrorCode;
  /** For `append`: bytes that are written all the same. */
  readonly written?: number;
  /** It is seen to have happened and yet was refused: a rename whose folder could not be synced. */
  readonly done?: boolean;
};

export interface MemoryDisk extends Disk {
  /** Asked before each call, counted from 1 over all calls; a fault makes the call fail. */
  faults: (call: DiskCall, path: string, count: number) => Fault | undefined;
  /** Calls so far. */
  readonly calls: number;
  /**
   * The machine goes off and on: what was not synced is gone, but for `kept` bytes of each file (a torn write) and the
   * names for which `survives` says so.
   */
  losePower(kept?: (unsynced: number) => number, survives?: () => boolean): void;
  /** Writes past the contract: damage. */
  overwrite(path: string, bytes: Uint8Array): void;
}

type File = {
  bytes: Uint8Array;
  length: number;
  synced: number;
  /** From here on a failed sync lost it. */
  lost: number;
};

/** A change of names that is safe once one of its folders is synced. */
type Naming = { readonly folders: readonly string[]; readonly apply: (names: Map<string, File>) => void };

export function openMemory(): MemoryDisk {
  /** As every reader sees them. */
  let names = new Map<string, File>();
  /** As they would be after a power loss. */
  let safe = new Map<string, File>();
  let namings: Naming[] = [];
  let calls = 0;
  let losses = 0;

  async function call<T>(kind: DiskCall, path: string, work: (fault: Fault | undefined) => T): Promise<T> {
    calls += 1;
    const fault = disk.faults(kind, path, calls);
    const before = losses;
    await Promise.resolve();
    // What was under way when the power went never happens, and nobody is left to hear of it.
    if (before !== losses) return new Promise(() => {});
    if (fault && !(kind === 'append' && fault.written) && !fault.done && kind !== 'sync') throw failure(path, fault);
    const result = work(fault);
    if (fault) throw failure(path, fault);
    return result;
  }

  function rename(naming: Naming): void {
    naming.apply(names);
    namings.push(naming);
  }

  function syncFolder(folder: string): void {
    namings = namings.filter((naming) => {
      if (!naming.folders.includes(folder)) return true;
      naming.apply(safe);
      return false;
    });
  }

  function make(path: string, file: File): File {
    rename({ folders: [folderOf(path)], apply: (map) => void map.set(path, file) });
    return file;
  }

  const disk: MemoryDisk = {
    faults: () => undefined,
    get calls() {
      return calls;
    },
    append: (path, bytes) =>
      call('append', path, (fault) => {
        const file = names.get(path) ?? make(path, { ...whole(new Uint8Array(256)), length: 0, synced: 0 });
        put(file, fault && !fault.done ? bytes.subarray(0, fault.written) : bytes);
        return file.length;
      }),
    sync: (path) =>
      call('sync', path, (fault) => {
        const file = names.get(path);
        if (!file) return;
        if (fault) file.lost = Math.min(file.lost, file.synced);
        else {
          file.synced = file.length;
          syncFolder(folderOf(path));
        }
      }),
    read: (path, range) =>
      call('read', path, () => {
        const file = names.get(path);
        const from = range?.offset ?? 0;
        return file?.bytes.slice(from, Math.min(file.length, from + (range?.length ?? file.length)));
      }),
    size: (path) => call('size', path, () => names.get(path)?.length),
    truncate: (path, length) =>
      call('truncate', path, (fault) => {
        const file = names.get(path);
        if (!file) throw failure(path, { code: 'disk-failed' });
        file.length = Math.min(file.length, length);
        if (!fault) file.synced = file.length;
        if (file.lost >= file.length) file.lost = Number.POSITIVE_INFINITY;
      }),
    replace: (path, bytes) =>
      call('replace', path, (fault) => {
        make(path, whole(bytes));
        if (!fault) syncFolder(folderOf(path));
      }),
    rename: (from, to) =>
      call('rename', from, (fault) => {
        const below = (name: string): boolean => name === from || name.startsWith(`${from}/`);
        if (![...names.keys()].some(below)) throw failure(from, { code: 'disk-failed' });
        const apply = (map: Map<string, File>): void => {
          for (const [path, file] of [...map].filter(([name]) => below(name))) {
            map.delete(path);
            map.set(to + path.slice(from.length), file);
          }
        };
        rename({ folders: [folderOf(from), folderOf(to)], apply });
        if (!fault) for (const folder of [folderOf(to), folderOf(from)]) syncFolder(folder);
      }),
    remove: (path) =>
      call('remove', path, () => {
        const apply = (map: Map<string, File>): void => {
          for (const name of [...map.keys()]) if (name === path || name.startsWith(`${path}/`)) map.delete(name);
        };
        rename({ folders: [folderOf(path)], apply });
      }),
    list: (folder) =>
      call('list', folder, () => {
        const inside = folder === '' ? '' : `${folder}/`;
        const paths = [...names.keys()].filter((path) => path.startsWith(inside));
        return [...new Set(paths.map((path) => path.slice(inside.length).split('/')[0]!))].sort();
      }),
    close: async () => {},
    losePower: (kept = () => 0, survives = () => false) => {
      losses += 1;
      for (const naming of namings) if (survives()) naming.apply(safe);
      namings = [];
      const after = new Map<File, File>();
      for (const file of safe.values()) {
        const sure = Math.min(file.synced, file.length, file.lost);
        const length = sure + (file.lost < file.length ? 0 : kept(file.length - sure));
        after.set(file, whole(file.bytes.slice(0, length)));
      }
      safe = new Map([...safe].map(([path, file]) => [path, after.get(file)!]));
      names = new Map(safe);
    },
    overwrite: (path, bytes) => {
      const file = whole(bytes);
      names.set(path, file);
      safe.set(path, file);
    },
  };
  return disk;
}

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

const whole = (bytes: Uint8Array): File => ({
  bytes: bytes.slice(),
  length: bytes.length,
  synced: bytes.length,
  lost: Number.POSITIVE_INFINITY,
});

function put(file: File, bytes: Uint8Array): void {
  if (file.length + bytes.length > file.bytes.length) {
    const larger = new Uint8Array(2 * (file.length + bytes.length));
    larger.set(file.bytes.subarray(0, file.length));
    file.bytes = larger;
  }
  file.bytes.set(bytes, file.length);
  file.length += bytes.length;
}

const failure = (path: string, fault: Fault): DiskError => new DiskError(fault.code, `${path}: made to fail`);
