/**
 * A workspace's folder, held for one server: taken before the server listens, so that a folder that is missing or served
 * already is told at once, while what is in it is read on the first visit. Nothing else goes on meanwhile, so nothing waits
 * for a turn in Node's threads.
 */
import { existsSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BALLAST, RESERVE } from '../storage/disk/ballast.ts';
import { lockWorkspace, type Machine, thisMachine, WorkspaceError } from './lock.ts';

export type Held = {
  /** A real path. */
  readonly root: string;
  /** `.gondola` in it. */
  readonly records: string;
  /** The server before did not end in order: files and processes of it may be left. */
  readonly abandoned: boolean;
  readonly release: () => Promise<void>;
};

/** Rejects with WorkspaceError: the folder is missing, not writable, or served already. */
export async function holdFolder(path: string, machine: Machine = thisMachine): Promise<Held> {
  const root = realFolder(path);
  const records = join(root, '.gondola');
  const abandoned = existsSync(join(records, 'lock'));
  try {
    const release = await lockWorkspace(records, machine).catch(async (error: unknown) => {
      if (!isFull(error)) throw error;
      for (const name of [RESERVE, BALLAST]) rmSync(join(records, name), { force: true });
      return lockWorkspace(records, machine);
    });
    ignoreAll(records);
    return { root, records, abandoned, release };
  } catch (error) {
    if (error instanceof WorkspaceError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new WorkspaceError('not-writable', `The folder ${root} can’t be written to: ${why}`, { cause: error });
  }
}

const isFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');

/** By git. */
function ignoreAll(records: string): void {
  try {
    writeFileSync(join(records, '.gitignore'), '*\n');
  } catch (error) {
    if (!isFull(error)) throw error;
  }
}

function realFolder(path: string): string {
  const root = realOf(path);
  if (!statSync(root).isDirectory()) throw new WorkspaceError('not-a-folder', `${path} is not a folder.`);
  return root;
}

function realOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch (error) {
    throw new WorkspaceError('missing', `There is no folder ${path}.`, { cause: error });
  }
}
