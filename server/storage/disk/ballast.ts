/**
 * A disk with a ballast: a file that takes room while there is some and goes when there is none, so that what has to be
 * written on a full disk still can be: locks, cuts of torn logs, small whole files. Edits and outputs are not among it:
 * from the first call that finds the disk full no append is taken, nor a large file, until the ballast fits again. That
 * is tried with what is written next, so it goes on by itself once somebody has made room.
 */
import { randomFillSync } from 'node:crypto';
import { type Disk, DiskError } from '../disk.ts';

export const BALLAST = 'ballast';
/** Kept while a server runs, whatever else takes the room of the other: for the lock of the next one. */
export const RESERVE = 'ballast.start';
const RESERVE_BYTES = 256 * 1024;
/** Thousands of small files; little beside what a disk in use has free. */
export const BALLAST_BYTES = 8 * 1024 * 1024;
/** A file up to this may be written on a full disk: ids, marks, tokens, torn tails. */
const SMALL_BYTES = 64 * 1024;
/** A disk in trouble is not asked for eight megabytes more often. */
const RETRY_MS = 1000;

export type BallastOptions = {
  /** Milliseconds. */
  readonly now: () => number;
  /** Told once each time. */
  readonly report: (state: 'full' | 'has room again') => void;
};

export function withBallast(disk: Disk, { now, report }: BallastOptions): Disk {
  let full = false;
  let triedAt = Number.NEGATIVE_INFINITY;
  let trying: Promise<void> | undefined;

  /** Random, since a file of zeros takes no room on some disks. */
  async function fill(name: string, bytes: number): Promise<void> {
    if ((await disk.size(name)) !== bytes) await disk.replace(name, randomFillSync(new Uint8Array(bytes)));
  }

  async function take(): Promise<void> {
    triedAt = now();
    try {
      await fill(RESERVE, RESERVE_BYTES);
      await fill(BALLAST, BALLAST_BYTES);
      if (full) report('has room again');
      full = false;
    } catch (cause) {
      if (cause instanceof DiskError && cause.code === 'disk-full') await leave();
    }
  }

  async function leave(): Promise<void> {
    if (!full) report('full');
    full = true;
    triedAt = now();
    await disk.remove(BALLAST).catch(() => {});
  }

  const trial = (): Promise<void> => {
    trying ??= take().finally(() => {
      trying = undefined;
    });
    return trying;
  };

  async function guarded<T>(path: string, isSmall: boolean, work: () => Promise<T>): Promise<T> {
    if (full && !isSmall && now() - triedAt >= RETRY_MS) await trial();
    if (full && !isSmall) throw new DiskError('disk-full', `${path}: the disk is full`);
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof DiskError && cause.code === 'disk-full') await leave();
      throw cause;
    }
  }

  void trial();
  return {
    ...disk,
    append: (path, bytes) => guarded(path, false, () => disk.append(path, bytes)),
    replace: (path, bytes) => guarded(path, bytes.length <= SMALL_BYTES, () => disk.replace(path, bytes)),
    close: async () => {
      await trying;
      await disk.close();
    },
  };
}
