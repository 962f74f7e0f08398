/**
 * Tells of folders in which something changed. One watch a folder, so that what is skipped costs nothing. Where the
 * system has no more watches, or its watches are deaf (some network disks), a look at everything every so often finds
 * the change: soon where nothing else would, rarely otherwise.
 */
import { type FSWatcher, watch } from 'node:fs';
import { basename, join } from 'node:path';

/** Events come in bursts: one look for all that come within this time. */
const GATHER_MS = 100;
/** Without watches: an outside change must show within 2 s. */
const POLL_MS = 1_200;
/** With watches: in case one was missed. */
const CHECK_MS = 20_000;

export interface Watch {
  /** Exactly these are watched from now on. */
  follow(folders: Iterable<string>): void;
  close(): void;
}

export type WatchContext = {
  readonly root: string;
  /** `undefined`: look at everything. Called again only once it resolved. */
  readonly onChange: (folders: ReadonlySet<string> | undefined) => Promise<void>;
  readonly report: (message: string, error?: unknown) => void;
  /** Never use the system's watches. */
  readonly poll?: boolean;
};

export function watchFolders({ root, onChange, report, poll = false }: WatchContext): Watch {
  const watches = new Map<string, FSWatcher>();
  const changed = new Set<string>();
  let everything = false;
  let isPolling = poll;
  let closed = false;
  let busy = false;
  let gather: NodeJS.Timeout | undefined;
  let regular: NodeJS.Timeout | undefined;

  const look = async (): Promise<void> => {
    gather = undefined;
    if (busy || closed) return;
    busy = true;
    try {
      while ((everything || changed.size > 0) && !closed) {
        const folders = everything ? undefined : new Set(changed);
        everything = false;
        changed.clear();
        await onChange(folders);
      }
    } catch (error) {
      report('looking for changed files failed; trying again', error);
    } finally {
      busy = false;
    }
  };
  const soon = (): void => {
    if (!closed) gather ??= setTimeout(look, GATHER_MS);
  };
  const repeat = (): void => {
    clearTimeout(regular);
    if (closed) return;
    regular = setTimeout(
      () => {
        everything = true;
        void look().then(repeat);
      },
      isPolling ? POLL_MS : CHECK_MS,
    );
    regular.unref();
  };
  const giveUp = (error: unknown): void => {
    if (isPolling || closed) return;
    report('this system gives no more watches for changed files; looking at all of them regularly instead', error);
    isPolling = true;
    for (const one of watches.values()) one.close();
    watches.clear();
    repeat();
  };
  const stop = (folder: string): void => {
    watches.get(folder)?.close();
    watches.delete(folder);
  };
  const start = (folder: string): void => {
    try {
      const one = watch(join(root, folder), { persistent: false }, (_, name) => {
        // A folder that was removed says so by its own name; one made anew in its place needs a new watch.
        if (name === basename(join(root, folder))) stop(folder);
        changed.add(folder);
        soon();
      });
      one.on('error', () => {
        stop(folder);
        everything = true;
        soon();
      });
      watches.set(folder, one);
      // What changed between the last look and this watch was seen by neither.
      changed.add(folder);
      soon();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code === 'ENOENT' || code === 'ENOTDIR') {
        everything = true;
        soon();
      } else giveUp(error);
    }
  };

  repeat();
  return {
    follow: (folders) => {
      if (isPolling || closed) return;
      const wanted = new Set(folders);
      for (const folder of watches.keys()) if (!wanted.has(folder)) stop(folder);
      for (const folder of wanted) if (!watches.has(folder) && !isPolling) start(folder);
    },
    close: () => {
      closed = true;
      clearTimeout(gather);
      clearTimeout(regular);
      for (const one of watches.values()) one.close();
      watches.clear();
    },
  };
}
