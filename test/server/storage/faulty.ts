/** Any disk, made to fail as the memory's does: before a call's effect, after it, or with a part of it done. */
import type { DiskCall, Fault } from '../../../server/storage/disk/memory.ts';
import { type Disk, DiskError } from '../../../server/storage/disk.ts';

export interface FaultyDisk extends Disk {
  /** Asked before each call, counted from 1 over all calls. */
  faults: (call: DiskCall, path: string, count: number) => Fault | undefined;
  /** Nothing is under way any more. */
  idle(): Promise<void>;
}

export function faulty(disk: Disk): FaultyDisk {
  const under = new Set<Promise<unknown>>();
  let calls = 0;

  function call<T>(kind: DiskCall, path: string, work: () => Promise<T>, part?: () => Promise<T>): Promise<T> {
    const done = perform(kind, path, work, part);
    under.add(done);
    void done.catch(() => {}).then(() => under.delete(done));
    return done;
  }

  async function perform<T>(kind: DiskCall, path: string, work: () => Promise<T>, part?: () => Promise<T>): Promise<T> {
    calls += 1;
    const fault = made.faults(kind, path, calls);
    if (!fault) return work();
    if (fault.done) await work();
    else if (fault.written) await part?.();
    throw new DiskError(fault.code, `${path}: made to fail`);
  }

  const made: FaultyDisk = {
    faults: () => undefined,
    append: (path, bytes) => {
      const part = bytes.subarray(0, Math.floor(bytes.length / 2));
      return call(
        'append',
        path,
        () => disk.append(path, bytes),
        () => disk.append(path, part),
      );
    },
    sync: (path) => call('sync', path, () => disk.sync(path)),
    read: (path, range) => call('read', path, () => disk.read(path, range)),
    size: (path) => call('size', path, () => disk.size(path)),
    truncate: (path, length) => call('truncate', path, () => disk.truncate(path, length)),
    replace: (path, bytes) => call('replace', path, () => disk.replace(path, bytes)),
    rename: (from, to) => call('rename', from, () => disk.rename(from, to)),
    remove: (path) => call('remove', path, () => disk.remove(path)),
    list: (folder) => call('list', folder, () => disk.list(folder)),
    close: () => disk.close(),
    idle: async () => {
      await Promise.allSettled(under);
    },
  };
  return made;
}
