/**
 * Whether a notebook's store takes edits. After a failure it does not, everybody is told why, and the disk is tried again
 * until it takes them: nothing a person has to do beyond freeing space.
 */
import { AppError } from '../errors.ts';
import { DiskError } from '../storage/disk.ts';
import type { Clock } from './contract.ts';

/** How long after a failure the disk is tried again: soon for who waits, seldom enough for a disk in trouble. */
const PROBE_MS = 1000;

export interface Health {
  /** Why no edit is taken; undefined while they are. */
  readonly readOnly: string | undefined;
  /** A write failed. The error to tell whoever waits for it. */
  fail(cause: unknown): AppError;
  release(): void;
}

export function watchHealth(options: {
  /** Rejects while the disk still fails. */
  readonly recover: () => Promise<void>;
  readonly clock: Pick<Clock, 'after'>;
  readonly onChange: (readOnly: string | undefined, cause?: unknown) => void;
}): Health {
  const { recover, clock, onChange } = options;
  let readOnly: string | undefined;
  let callOff: (() => void) | undefined;
  let released = false;

  const wait = (): void => {
    callOff = clock.after(PROBE_MS, probe);
  };

  function probe(): void {
    recover().then(
      () => {
        if (released) return;
        readOnly = undefined;
        onChange(undefined);
      },
      () => {
        if (!released) wait();
      },
    );
  }

  return {
    get readOnly() {
      return readOnly;
    },
    fail: (cause) => {
      const full = cause instanceof DiskError && cause.code === 'disk-full';
      const why = full ? 'the disk is full' : 'the disk failed; what was shown as saved is safe';
      if (readOnly === undefined && !released) {
        readOnly = why;
        wait();
        onChange(why, cause);
      }
      return new AppError('storage-read-only', why, { cause });
    },
    release: () => {
      released = true;
      callOff?.();
    },
  };
}
