/**
 * The disk in memory, made to fail: the k-th call of a kind fails or writes short, and a power loss forgets whatever was
 * not synced. As on Linux, a failed sync drops what it covered: later syncs succeed, and the bytes are gone all the same.
 */
import { type Disk, DiskError, type DiskErrorCode } from '../disk.ts';

export type DiskCall = 'append' | 'sync' | 'read' | 'size' | 'truncate' | 'replace' | 'rename' | 'remove' | 'list';

export type Fault = {
  readonly code: DiskErrorCode;
  /** For `append`: bytes that are written all the same. */
  readonly written?: number;
};

export interface MemoryDisk extends Disk {
  /** Asked before each call, counted from 1 over all calls; a fault makes the call fail. */
  faults: (call: DiskCall, path: string, count: number) => Fault | undefined;
  /** Calls so far. */
  readonly calls: number;
  /** The machine goes off and on: what was not synced is gone, but for `kept` bytes of each file (a torn write). */
  losePower(kept?: (unsynced: number) => number): void;
  /** Writes past the contract: damage. */
  overwrite(path: string, bytes: Uint8Array): void;
}

type File = {
  bytes: Uint8Array;
  length: number;
  synced: number /** From here on a failed sync lost it. */;
  lost: number;
};

export function openMemory(): MemoryDisk {
  let files = new Map<string, File>();
  let calls = 0;

  async function call<T>(kind: DiskCall, path: string, work: (fault: Fault | undefined) => T): Promise<T> {
    calls += 1;
    const fault = disk.faults(kind, path, calls);
    await Promise.resolve();
    if (fault && !(kind === 'append' && fault.written) && kind !== 'sync') throw failure(path, fault);
    return work(fault);
  }

  const disk: MemoryDisk = {
    faults: () => undefined,
    get calls() {
      return calls;
    },
    append: (path, bytes) =>
      call('append', path, (fault) => {
        const file = files.get(path) ?? {
          bytes: new Uint8Array(256),
          length: 0,
          synced: 0,
          lost: Number.POSITIVE_INFINITY,
        };
        files.set(path, file);
        put(file, fault ? bytes.subarray(0, fault.written) : bytes);
        if (fault) throw failure(path, fault);
        return file.length;
      }),
    sync: (path) =>
      call('sync', path, (fault) => {
        const file = files.get(path);
        if (!file) return;
        if (fault) {
          file.lost = Math.min(file.lost, file.synced);
          throw failure(path, fault);
        }
        file.synced = file.length;
      }),
    read: (path, range) =>
      call('read', path, () => {
        const file = files.get(path);
        const from = range?.offset ?? 0;
        return file?.bytes.slice(from, Math.min(file.length, from + (range?.length ?? file.length)));
      }),
    size: (path) => call('size', path, () => files.get(path)?.length),
    truncate: (path, length) =>
      call('truncate', path, () => {
        const file = files.get(path);
        if (!file) throw failure(path, { code: 'disk-failed' });
        file.length = Math.min(file.length, length);
        file.synced = file.length;
        if (file.lost >= file.length) file.lost = Number.POSITIVE_INFINITY;
      }),
    replace: (path, bytes) => call('replace', path, () => void files.set(path, whole(bytes))),
    rename: (from, to) =>
      call('rename', from, () => {
        const moved = [...files].filter(([path]) => path === from || path.startsWith(`${from}/`));
        if (moved.length === 0) throw failure(from, { code: 'disk-failed' });
        for (const [path, file] of moved) {
          files.delete(path);
          files.set(to + path.slice(from.length), file);
        }
      }),
    remove: (path) =>
      call('remove', path, () => {
        for (const name of [...files.keys()]) if (name === path || name.startsWith(`${path}/`)) files.delete(name);
      }),
    list: (folder) =>
      call('list', folder, () => {
        const inside = folder === '' ? '' : `${folder}/`;
        const names = [...files.keys()].filter((path) => path.startsWith(inside));
        return [...new Set(names.map((path) => path.slice(inside.length).split('/')[0]!))].sort();
      }),
    close: async () => {},
    losePower: (kept = () => 0) => {
      const left = new Map<string, File>();
      for (const [path, file] of files) {
        const safe = Math.min(file.synced, file.lost);
        const length = safe + (file.lost < file.length ? 0 : kept(file.length - safe));
        if (length > 0 || file.synced > 0) left.set(path, whole(file.bytes.slice(0, length)));
      }
      files = left;
    },
    overwrite: (path, bytes) => void files.set(path, whole(bytes)),
  };
  return disk;
}

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
