/**
 * The notebook's named results for a visitor's session: of large ones its files are linked into the session's own folder, so
 * that its processes see these and no other result of the notebook. What is named no more is taken away after the next run.
 */
import { constants } from 'node:fs';
import { chmod, copyFile, link, mkdir, readdir, unlink } from 'node:fs/promises';
import { basename, join, parse } from 'node:path';
import type { ResultId } from '../protocol/ids.ts';
import type { NamedResult } from '../sessions/contract.ts';

/** What cannot be linked there: another file system, or one without links. */
const COPIED: ReadonlySet<string> = new Set(['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'ENOSYS']);

/** `own`: the folder of the session's own results, which its processes see as it is. */
export async function bringNamed(
  tables: readonly NamedResult[],
  folder: string,
  own: string,
): Promise<readonly NamedResult[]> {
  const brought: NamedResult[] = [];
  for (const table of tables) {
    const { source } = table;
    if (source.kind === 'block' || source.path.startsWith(`${own}/`)) brought.push(table);
    else {
      const path = join(folder, basename(source.path));
      // Gone since the list was made: then it is no table any more.
      if (await bring(source.path, path)) brought.push({ ...table, source: { ...source, path } });
    }
  }
  return brought;
}

/** Removes links to what `tables`, as they were brought, do not name. */
export async function forgetNamed(tables: readonly NamedResult[], folder: string): Promise<void> {
  const kept = new Set(tables.flatMap(({ source }) => (source.kind === 'file' ? [basename(source.path)] : [])));
  for (const name of await readdir(folder).catch(() => [])) {
    if (!kept.has(name)) await unlink(join(folder, name)).catch(() => undefined);
  }
}

/** Removes links to results whose rows went to keep the budget: as long as one is there, nothing went. */
export async function letGo(results: ReadonlySet<ResultId>, folder: string): Promise<void> {
  const gone: ReadonlySet<string> = results;
  for (const name of await readdir(folder).catch(() => [])) {
    if (gone.has(parse(name).name)) await unlink(join(folder, name)).catch(() => undefined);
  }
}

async function bring(from: string, to: string): Promise<boolean> {
  await mkdir(join(to, '..'), { recursive: true });
  try {
    await link(from, to);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EEXIST') return true;
    if (code === 'ENOENT') return false;
    if (!COPIED.has(code)) throw error;
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    await chmod(to, 0o444);
    return true;
  }
}
