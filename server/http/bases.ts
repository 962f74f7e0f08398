/**
 * The texts that GET gave out, so that a PUT can name the one it changed: the last 100 of a notebook, for a day, over
 * restarts. They lie in the cache folder: one that was deleted, or that a full disk refused, costs a caller one more GET,
 * never the text that was read nor the edit that was made.
 */
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { NotebookId } from '../protocol/ids.ts';
import type { Bases } from './services.ts';

const MOST = 100;
const DAY = 24 * 60 * 60 * 1000;
const TAG = /^[A-Za-z0-9_-]{1,64}$/;

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** `folder`: `.gondola/cache/texts`. */
export function createBases(folder: string, now: () => number): Bases {
  const pathOf = (notebook: NotebookId, tag: string): string => join(folder, notebook, tag);

  async function prune(notebook: NotebookId): Promise<void> {
    const names = await readdir(join(folder, notebook));
    const files = await Promise.all(
      names.map(async (name) => ({
        name,
        at: (await stat(pathOf(notebook, name)).catch(() => undefined))?.mtimeMs ?? 0,
      })),
    );
    files.sort((a, b) => b.at - a.at);
    const old = files.filter(({ at }, index) => index >= MOST || at < now() - DAY);
    await Promise.all(old.map(({ name }) => rm(pathOf(notebook, name), { force: true })));
  }

  async function write(notebook: NotebookId, fresh: string, path: string, text: string, time: Date): Promise<void> {
    await mkdir(join(folder, notebook), { recursive: true });
    await writeFile(fresh, await pack(text));
    await utimes(fresh, time, time);
    await rename(fresh, path);
    await prune(notebook);
  }

  return {
    async keep(notebook, tag, text) {
      const path = pathOf(notebook, tag);
      const time = new Date(now());
      try {
        await utimes(path, time, time);
      } catch {
        const fresh = `${path}.${process.pid}-${Math.random().toString(36).slice(2)}`;
        await write(notebook, fresh, path, text, time).catch(() => rm(fresh, { force: true }).catch(() => undefined));
      }
    },
    async find(notebook, tag) {
      if (!TAG.test(tag)) return undefined;
      const path = pathOf(notebook, tag);
      const kept = await stat(path).catch(() => undefined);
      if (!kept || kept.mtimeMs < now() - DAY) return undefined;
      return (await unpack(await readFile(path))).toString('utf8');
    },
  };
}
