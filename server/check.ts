/**
 * `gondola check`: reads every store of a workspace that no server is using, and every notebook file, and says what is
 * damaged and what to do about it. It changes nothing; a torn tail, which the next start cuts by itself, is told but is
 * no damage.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkNotebook, type Report } from './check/notebook.ts';
import { checkDatabase, checkIds } from './check/records.ts';
import { UsageError } from './config.ts';
import { languages } from './programs.ts';
import { openFiles } from './storage/disk/files.ts';
import type { Disk } from './storage/disk.ts';
import { isFailure, parseNotebook } from './storage/format/parse.ts';
import { lockWorkspace, WorkspaceError } from './workspace/lock.ts';
import { inBatches, scan } from './workspace/scan.ts';
import { decodeText } from './workspace/text.ts';

type Tell = (line: string) => void;

/** The number of damaged things; each has its line. Rejects with UsageError while a server has the folder. */
export async function checkWorkspace(folder: string, tell: Tell): Promise<number> {
  const state = join(folder, '.gondola');
  const unlock = await lock(state);
  try {
    return await checkStores(folder, tell);
  } finally {
    await unlock();
  }
}

async function lock(state: string): Promise<() => Promise<void>> {
  try {
    return await lockWorkspace(state);
  } catch (error) {
    if (error instanceof WorkspaceError) throw new UsageError(error.message);
    throw error;
  }
}

/** Of a folder that nobody writes to. */
export async function checkStores(folder: string, tell: Tell): Promise<number> {
  const state = join(folder, '.gondola');
  const disk = readOnly(openFiles(state));
  const { report, count } = reporting(tell);
  const notebooks = await names(join(state, 'notebooks'));
  for (const id of notebooks) await checkNotebook(disk, state, id, report);
  await checkIds(disk, report);
  checkDatabase(state, report);
  const files = await checkFiles(folder, report);
  await disk.close();
  const damage = count();
  const summary = damage === 0 ? 'nothing is damaged' : `${damage} damaged`;
  tell(`${notebooks.length} stores and ${files} notebook files read; ${summary}.`);
  return damage;
}

/** Damage as lines: what, and below it what to do. */
export function reporting(tell: Tell): { readonly report: Report; readonly count: () => number } {
  let count = 0;
  return {
    count: () => count,
    report: {
      damage: (where, what, todo) => {
        count += 1;
        tell(`${where}: ${what}`);
        tell(`  ${todo}`);
      },
      note: tell,
    },
  };
}

export const names = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder).catch(() => [])).sort();

async function checkFiles(folder: string, report: Report): Promise<number> {
  const { notebooks } = await scan(folder, [''], () => false);
  await inBatches([...notebooks.keys()], async (path) => {
    const bytes = await readFile(join(folder, path)).catch((error: unknown) => ({
      line: 1,
      message: error instanceof Error ? error.message : String(error),
    }));
    const text = 'message' in bytes ? bytes : decodeText(bytes);
    const parsed = 'text' in text ? parseNotebook(text.text, languages) : text;
    if (!isFailure(parsed)) return;
    report.damage(`${path}, line ${parsed.line}`, parsed.message, 'Mend the line in an editor.');
  });
  return notebooks.size;
}

/** The same disk without its writing: opening a log must not cut its tail here. */
export function readOnly(disk: Disk): Disk {
  const nothing = async (): Promise<void> => undefined;
  return {
    ...disk,
    append: async () => 0,
    sync: nothing,
    truncate: nothing,
    replace: nothing,
    rename: nothing,
    remove: nothing,
  };
}
