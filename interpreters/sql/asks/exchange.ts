/**
 * Files that carry rows between the engine and another program, in `.exchange/` of the session folder. That folder is
 * writable for code of the notebook, so nothing in it is trusted: only plain files right inside it are opened, never what
 * a link names.
 */
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Failed, failure } from '../../errors.ts';
import { EXCHANGE_FOLDER } from '../../protocol.ts';

/** Bytes of a file that `write` takes at once: they are held in memory. Whoever has more sends several. */
export const MAX_WRITE_BYTES = 256 * 2 ** 20;

const NAME = /^[A-Za-z0-9][\w.-]{0,199}$/;

export type Exchange = {
  /** Writes a new file of the run; its path relative to the session folder. */
  put(run: string, parts: readonly Uint8Array[]): Promise<string>;
  /** The bytes of a file, which is removed. */
  take(file: string): Promise<Uint8Array>;
  /** Removes what is left of a run's files. */
  clear(run: string): Promise<void>;
};

export function openExchange(session: string): Exchange {
  const folder = join(session, EXCHANGE_FOLDER);
  let last = 0;

  async function ensure(): Promise<void> {
    await mkdir(folder).catch(() => undefined);
    if (!(await lstat(folder)).isDirectory()) throw refused(EXCHANGE_FOLDER);
  }

  return {
    async put(run, parts) {
      await ensure();
      last += 1;
      const name = `${prefixOf(run)}engine-${last}.arrow`;
      const file = await open(join(folder, name), CREATE, 0o600);
      try {
        let rest = parts;
        while (rest.length > 0) rest = after(rest, (await file.writev(rest.slice(0, MAX_PARTS))).bytesWritten);
      } finally {
        await file.close();
      }
      return `${EXCHANGE_FOLDER}/${name}`;
    },
    async take(file) {
      const name = nameIn(session, file);
      await ensure();
      const path = join(folder, name);
      const opened = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => {
        throw refused(file);
      });
      try {
        const stats = await opened.stat();
        if (!stats.isFile()) throw refused(file);
        if (stats.size > MAX_WRITE_BYTES) {
          throw new Failed(
            failure('too-large', `A file of ${inMB(stats.size)} is more than can be written at once.`, {
              hint: `Write up to ${inMB(MAX_WRITE_BYTES)} at a time.`,
            }),
          );
        }
        return await opened.readFile();
      } finally {
        await opened.close();
        await unlink(path).catch(() => undefined);
      }
    },
    async clear(run) {
      const names = await readdir(folder).catch(() => []);
      const own = names.filter((name) => name.startsWith(prefixOf(run)));
      for (const name of own) await rm(join(folder, name), { force: true, recursive: true });
    },
  };
}

/** Never what is there already, whoever put it there. */
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** The system takes at most 1024 in one call. */
const MAX_PARTS = 1024;

const prefixOf = (run: string): string => `${run.replaceAll(/[^\w-]/g, '_')}-`;
const inMB = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MB`;

function nameIn(session: string, file: string): string {
  const relative = file.startsWith(`${session}/`) ? file.slice(session.length + 1) : file;
  const name = relative.startsWith(`${EXCHANGE_FOLDER}/`) ? relative.slice(EXCHANGE_FOLDER.length + 1) : '';
  if (!NAME.test(name)) throw refused(file);
  return name;
}

const refused = (file: string): Failed =>
  new Failed(
    failure('refused', `${file.slice(0, 200)} is no file that rows can be taken from.`, {
      hint: `Rows come in plain files right inside ${EXCHANGE_FOLDER}/.`,
    }),
  );

/** What is left after so many bytes. */
function after(parts: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let rest = bytes;
  for (const [index, part] of parts.entries()) {
    if (rest < part.length) return [part.subarray(rest), ...parts.slice(index + 1)];
    rest -= part.length;
  }
  return [];
}
