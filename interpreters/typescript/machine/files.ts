/** Files of a session that its code may have: those it exchanges with the engine, and those of its folder. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, realpath, rm } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { Failed, failure } from '../../errors.ts';
import { EXCHANGE_FOLDER, type StartRequest } from '../../protocol.ts';

export type Files = {
  /** A file of the exchange, which is removed. */
  take(path: string): Promise<SharedArrayBuffer>;
  give(buffer: SharedArrayBuffer): Promise<string>;
  read(path: string): Promise<ArrayBuffer>;
};

/** More than a picture has. */
const MAX_READ_BYTES = 64 * 2 ** 20;

export function openFiles(start: Pick<StartRequest, 'session' | 'readable'>): Files {
  const exchange = join(start.session, EXCHANGE_FOLDER);
  return {
    async take(path) {
      const at = resolve(start.session, path);
      if (!isBelow(exchange, at)) throw new Failed(failure('refused', `${path} is no file of the exchange.`));
      const buffer = await readAll(at, (bytes) => new SharedArrayBuffer(bytes));
      await rm(at, { force: true });
      return buffer;
    },
    async give(buffer) {
      await mkdir(exchange, { recursive: true });
      const at = join(exchange, `${randomUUID()}.arrow`);
      const file = await open(at, 'wx', 0o600);
      try {
        const bytes = new Uint8Array(buffer);
        for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten;
      } finally {
        await file.close();
      }
      return at;
    },
    async read(path) {
      const at = resolve(start.session, path);
      const real = await realpath(at).catch(() => {
        throw new Failed(failure('file-not-found', `There is no file ${path}.`));
      });
      const session = await realpath(start.session);
      const readable = await Promise.all(start.readable.map((folder) => realpath(folder).catch(() => folder)));
      if (![session, ...readable].some((folder) => isBelow(folder, real))) {
        throw new Failed(failure('refused', `${path} lies outside what a notebook sees.`));
      }
      return readAll(real, (bytes) => {
        if (bytes > MAX_READ_BYTES) {
          throw new Failed(failure('too-large', `${path} has ${bytes} bytes; ${MAX_READ_BYTES} are the most.`));
        }
        return new ArrayBuffer(bytes);
      });
    },
  };
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
}

/** Reads straight into memory of the caller's kind. */
async function readAll<T extends ArrayBufferLike>(path: string, allocate: (bytes: number) => T): Promise<T> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new Failed(failure('file-unreadable', 'It is no plain file.'));
    const buffer = allocate(stats.size);
    const bytes = new Uint8Array(buffer);
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await file.read(bytes, done, bytes.length - done, done);
      if (bytesRead === 0) throw new Failed(failure('file-unreadable', 'The file became shorter while it was read.'));
      done += bytesRead;
    }
    return buffer;
  } finally {
    await file.close();
  }
}
