/**
 * `gondola backup`: copies a workspace while its server goes on. Stores before files: a file that is newer than its
 * store is an outside change when the copy is opened, which brings the text in; an older one would take text back.
 * Every copied store is read back. `backup.json` comes last: a folder without it is a backup that did not end.
 *
 * Left out is what belongs to this machine or can be made again: the lock, the token and the address, caches,
 * sessions' own tables, and `.git` and `node_modules`.
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, realpath, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { type Copies, copyNotebook } from './backup/notebook.ts';
import { names, reporting } from './check.ts';
import { UsageError } from './config.ts';

export type BackupOptions = {
  readonly workspace: string;
  readonly target: string;
  /** Damage of the original, which its copy has too; and how it ended. */
  readonly tell: (line: string) => void;
  readonly progress: (done: number, total: number) => void;
  readonly now: () => number;
};

const STATE = '.gondola';
const DATABASE = 'gondola.db';
/** Of `.gondola`: what is copied by its own rules, and what is not. */
const LEFT_OUT =
  /^(notebooks|gondola\.db.*|lock.*|address|token|signins.*|cache|tmp|processes|probe-.*|ballast.*|backup\.json|.*\.tmp)$/;
const NO_NOTEBOOKS = /^(\.git|node_modules|\.gondola)$/;

/** The number of damaged things. Rejects with UsageError where it cannot begin. */
export async function backupWorkspace(options: BackupOptions): Promise<number> {
  const { tell, progress, now } = options;
  const started = now();
  const from = await sourceOf(options.workspace);
  const to = await emptyFolder(options.target, from);
  const [stateFrom, stateTo] = [join(from, STATE), join(to, STATE)];
  await mkdir(stateTo, { mode: 0o700 });
  const { report, count } = reporting(tell);
  const ids = await names(join(stateFrom, 'notebooks'));
  const copies: Copies = new Map();
  for (const [index, id] of ids.entries()) {
    for (const { where, what, todo } of await copyNotebook(stateFrom, stateTo, id, copies))
      report.damage(where, what, todo);
    progress(index + 1, ids.length);
  }
  const files = await copyTree(from, to, NO_NOTEBOOKS);
  await copyTree(stateFrom, stateTo, LEFT_OUT);
  // Behind all that it decides about: a notebook made meanwhile is its maker's in the copy too, not nobody's.
  await copyDatabase(join(stateFrom, DATABASE), join(stateTo, DATABASE));
  const seconds = (now() - started) / 1000;
  const about = { version: 1, at: now(), workspace: from, notebooks: ids.length, damaged: count() };
  await writeFile(join(stateTo, 'backup.json'), `${JSON.stringify(about)}\n`, { flush: true });
  const end = count() === 0 ? 'nothing is damaged' : `${count()} damaged, as in the original`;
  tell(`${ids.length} stores and ${files} files copied to ${to} in ${seconds.toFixed(1)} s; ${end}.`);
  return count();
}

async function sourceOf(folder: string): Promise<string> {
  const from = await realpath(folder).catch(() => undefined);
  if (from === undefined) throw new UsageError(`there is no folder ${folder}.`);
  if (!existsSync(join(from, STATE))) throw new UsageError(`${from} is no workspace: it has no ${STATE} folder.`);
  return from;
}

async function emptyFolder(folder: string, from: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw new UsageError(`${folder} cannot be made: ${error instanceof Error ? error.message : error}`);
  });
  const to = await realpath(folder);
  const isInside = (path: string): boolean => path === '' || (!path.startsWith('..') && !path.startsWith('/'));
  if (isInside(relative(from, to)) || isInside(relative(to, from))) {
    throw new UsageError(`${to} and the workspace ${from} hold each other; choose a folder beside it.`);
  }
  if ((await readdir(to)).length > 0)
    throw new UsageError(`${to} is not empty. A backup goes into a folder of its own.`);
  return to;
}

/** SQLite’s own way: a state between two transactions, however many are written meanwhile. */
async function copyDatabase(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  // As readable as the original, which holds what passwords and tokens are known by: by its owner alone.
  await writeFile(to, '', { flag: 'wx', mode: 0o600 });
  const database = new DatabaseSync(from);
  try {
    await backup(database, to);
  } finally {
    database.close();
  }
}

/** Plain files and folders; links as links. What goes while it is copied was not there. Gives the number of files. */
async function copyTree(from: string, to: string, leftOut: RegExp): Promise<number> {
  let files = 0;
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (leftOut.test(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      await mkdir(target, { recursive: true });
      files += await copyTree(source, target, NO_NOTEBOOKS);
    } else if (entry.isFile() || entry.isSymbolicLink()) {
      const copied = await cp(source, target, { preserveTimestamps: true, verbatimSymlinks: true }).then(
        () => 1,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return 0;
          throw error;
        },
      );
      files += copied;
    }
  }
  return files;
}
