/**
 * Downloads that are prepared: a whole result in one form, made once into a file of the cache. So one sees how far it is, can
 * give it up, learns its length, and goes on where a connection broke: the file's ETag is its content's hash, so that bytes
 * of two makings are never joined unless they are the same. Who asks for the same gets the same file; nobody is asked here
 * whether they may, so it is named by what it holds and handed out by routes that do ask.
 *
 * What nobody asks about any more is given up, and files go when others need the room: downloads that are not prepared
 * come from the reader as they are made, and are never refused.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../errors.ts';
import type { ResultId } from '../protocol/ids.ts';
import type { Answer, Timers } from './client.ts';

export type Wanted = {
  readonly result: ResultId;
  /** What is asked for, in full: two texts that differ are two files. */
  readonly key: string;
  make(signal: AbortSignal, onProgress: (fraction: number) => void): Promise<Answer>;
};

export type Bytes = { readonly start: number; readonly end: number };

export type Prepared = {
  readonly contentType: string;
  readonly bytes: number;
  readonly etag: string;
  /** From byte `start` to `end`, both included. Undefined where somebody emptied the cache: it is to be prepared anew. */
  read(range?: Bytes): Promise<Readable | undefined>;
};

export type Preparation =
  | { readonly state: 'ready'; readonly prepared: Prepared }
  | { readonly state: 'making'; readonly fraction: number; readonly bytes: number };

export interface Downloads {
  /** Begins it where it is not there; answers when it is ready, or after a moment. Whoever aborts this gives it up. Rejects with AppError. */
  watch(wanted: Wanted, signal: AbortSignal): Promise<Preparation>;
  /** Waits for it however long it takes. */
  whole(wanted: Wanted, signal: AbortSignal): Promise<Prepared>;
  /** If it is there. */
  find(key: string): Prepared | undefined;
  /** The result is gone. */
  drop(result: ResultId): void;
  close(): Promise<void>;
}

export type DownloadsSettings = {
  readonly folder: string;
  readonly timers: Timers;
  /** Bytes that all files take. */
  readonly most?: number;
  /** Bytes that must stay free on the disk. */
  readonly reserve?: number;
};

const GB = 2 ** 30;
/** Of all files: a handful of the largest that people save, never the disk. */
const MOST_BYTES = 10 * GB;
/** Notebooks are written to the same disk, and a full one stops them. */
const RESERVE_BYTES = GB;
/** Between two looks at the room there is. */
const LOOK_BYTES = 64 * 2 ** 20;
/** However small they are. */
const MOST_FILES = 200;
/** How long one waits for news. */
const WATCH_MS = 500;
/** It goes on so long without anybody who asks: longer than a page takes from one question to the next, or to connect anew. */
const LEASE_MS = 15_000;

type Making = {
  readonly wanted: Wanted;
  readonly name: string;
  readonly stop: AbortController;
  readonly done: Promise<Prepared>;
  fraction: number;
  bytes: number;
  waiters: number;
  failure?: unknown;
  prepared?: Prepared;
};

export function openDownloads({
  folder,
  timers,
  most = MOST_BYTES,
  reserve = RESERVE_BYTES,
}: DownloadsSettings): Downloads {
  /** The longest unused first. */
  const kept = new Map<string, Making>();
  // What an earlier server left is nobody's.
  const fresh = rm(folder, { recursive: true, force: true }).then(() =>
    mkdir(folder, { recursive: true, mode: 0o700 }),
  );
  fresh.catch(() => {});
  let count = 0;

  function begin(wanted: Wanted): Making {
    const before = kept.get(wanted.key);
    if (before) {
      kept.delete(wanted.key);
      kept.set(wanted.key, before);
      return before;
    }
    count += 1;
    const stop = new AbortController();
    const making: Making = {
      wanted,
      name: join(folder, String(count)),
      stop,
      fraction: 0,
      bytes: 0,
      waiters: 0,
      done: Promise.resolve().then(() => make(making)),
    };
    kept.set(wanted.key, making);
    making.done.then(
      (prepared) => {
        making.prepared = prepared;
        // Given up in its last moment.
        if (stop.signal.aborted) forget(making);
      },
      (error: unknown) => {
        making.failure = error;
        // Whoever asks next hears of it, once.
        if (stop.signal.aborted) forget(making);
        else timers.after(LEASE_MS, () => forget(making));
      },
    );
    return making;
  }

  async function make(making: Making): Promise<Prepared> {
    await fresh;
    const { name, stop, wanted } = making;
    const hash = createHash('sha256');
    makeRoom(making);
    // Small ones never come to a look on their way, and many of them fill a disk too.
    await leaveRoom();
    const { contentType, body } = await wanted.make(stop.signal, (fraction) => {
      making.fraction = Math.max(making.fraction, fraction);
    });
    try {
      await pipeline(
        body,
        async function* (pieces: AsyncIterable<Uint8Array>) {
          let looked = 0;
          for await (const piece of pieces) {
            hash.update(piece);
            making.bytes += piece.length;
            if (making.bytes - looked > LOOK_BYTES) {
              looked = making.bytes;
              makeRoom(making);
              await leaveRoom();
            }
            yield piece;
          }
        },
        createWriteStream(`${name}.part`, { mode: 0o600 }),
        { signal: stop.signal },
      );
      await rename(`${name}.part`, name);
      stop.signal.throwIfAborted();
      makeRoom(making);
    } catch (error) {
      await Promise.all([`${name}.part`, name].map((path) => rm(path, { force: true }).catch(() => {})));
      throw refusal(error);
    }
    const read = async (range?: Bytes): Promise<Readable | undefined> => {
      const isKept = kept.get(making.wanted.key) === making;
      const handle = isKept ? await open(name, 'r').catch(() => undefined) : undefined;
      if (!handle) forget(making);
      return handle && streamOf(handle, range);
    };
    return { contentType, bytes: making.bytes, etag: `"${hash.digest('base64url')}"`, read };
  }

  function forget(making: Making): void {
    if (kept.get(making.wanted.key) === making) kept.delete(making.wanted.key);
    making.stop.abort();
    if (making.prepared) void rm(making.name, { force: true }).catch(() => {});
  }

  /** Of files that are ready the longest unused go. Throws where that is not enough. */
  function makeRoom(making: Making): void {
    let sum = [...kept.values()].reduce((bytes, one) => bytes + one.bytes, 0);
    for (const one of kept.values()) {
      if (sum <= most && kept.size <= MOST_FILES) return;
      if (one === making || !one.prepared) continue;
      sum -= one.bytes;
      forget(one);
    }
    if (sum > most) throw new AppError('not-prepared', `it is larger than the room for downloads, ${megabytes(most)}`);
  }

  async function leaveRoom(): Promise<void> {
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < reserve) throw new AppError('not-prepared', 'the disk is nearly full');
  }

  async function wait<T>(making: Making, work: () => Promise<T>): Promise<T> {
    making.waiters += 1;
    try {
      return await work();
    } catch (error) {
      // It was told; another try begins anew.
      if (making.failure !== undefined) forget(making);
      throw error;
    } finally {
      making.waiters -= 1;
      if (making.waiters === 0 && !making.prepared) {
        timers.after(LEASE_MS, () => {
          if (making.waiters === 0 && !making.prepared) forget(making);
        });
      }
    }
  }

  return {
    watch: async (wanted, signal) => {
      const making = begin(wanted);
      return wait(making, async () => {
        const release = afterwards(timers);
        try {
          await whileWanted(signal, Promise.race([making.done, release.passed]));
        } catch (error) {
          if (signal.aborted && making.waiters === 1 && !making.prepared) forget(making);
          throw error;
        } finally {
          release.end();
        }
        const { prepared, fraction, bytes } = making;
        return prepared ? { state: 'ready', prepared } : { state: 'making', fraction, bytes };
      });
    },
    whole: async (wanted, signal) => {
      const making = begin(wanted);
      return wait(making, () => whileWanted(signal, making.done));
    },
    find: (key) => kept.get(key)?.prepared,
    drop: (result) => {
      for (const making of [...kept.values()]) if (making.wanted.result === result) forget(making);
    },
    close: async () => {
      const all = [...kept.values()];
      for (const making of all) forget(making);
      await Promise.allSettled(all.map(({ done }) => done));
      await fresh.catch(() => {});
      await rm(folder, { recursive: true, force: true }).catch(() => {});
    },
  };
}

/** A disk that refuses takes nothing from who downloads: they get it unprepared. */
function refusal(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (error instanceof AppError || (code !== 'ENOSPC' && code !== 'EDQUOT' && code !== 'EROFS')) return error;
  return new AppError('not-prepared', 'the disk is full', { cause: error });
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;

const streamOf = (handle: FileHandle, range: Bytes | undefined): Readable =>
  handle.createReadStream({ start: 0, ...range });

function afterwards(timers: Timers): { readonly passed: Promise<void>; readonly end: () => void } {
  let end = () => {};
  const passed = new Promise<void>((resolve) => {
    end = timers.after(WATCH_MS, resolve);
  });
  return { passed, end };
}

/** Rejects with the signal's reason when it aborts; the work goes on. */
async function whileWanted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
