/**
 * The commands. Nothing imports this file; it reads the command line, turns every expected failure into one line and an
 * exit code (0 fine, 1 damage found, 2 wrong usage, 3 refused, 130 cancelled), and leaves the work to others.
 */
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import type { RunningServer } from './app.ts';
import { addPeople } from './commands/program.ts';
import { type CommandLine, dashed, readConfig, settings, UsageError } from './config.ts';
import { ENDINGS, isDataName } from './headless/file/names.ts';
import type { RunOptions } from './headless/job.ts';
import { NOTEBOOK_SUFFIX } from './protocol/suffix.ts';
import type { DataOptions } from './samples/command.ts';
import { copySampleData, makeSampleData } from './samples.ts';
import { closeInherited } from './sessions/descriptors.ts';
import { versionOf } from './version.ts';

/** Ctrl-C ends a server within this time, whatever it is doing. */
const STOP_MS = 5_000;
/** One Ctrl-C may come twice: a terminal tells every process, and a parent (`gondola.js`, npm) passes it on as well. */
const SAME_SIGNAL_MS = 500;

/** `argv` without node and script; `root` is where the package lies. */
export async function main(argv: readonly string[], root: string): Promise<void> {
  const program = new Command('gondola')
    .description('A collaborative data notebook: write analysis together in the browser, on live data.')
    .version(versionOf(root))
    .exitOverride()
    .configureOutput({ writeErr: (text) => process.stderr.write(text.replace(/^error: /, 'gondola: ')) });
  const serving = program
    .command('serve', { isDefault: true })
    .argument('[dir]', 'the workspace, a folder of notebooks; or a data file to look at (gondola FILE.csv)')
    .description('Serve a workspace, or show a data file. Prints the address when it answers; Ctrl-C ends it.')
    .action((dir: string | undefined, options: CommandLine) => serve(dir, options, root));
  for (const [key, setting] of Object.entries(settings)) serving.addOption(optionFor(key, setting));
  // A server has no use for the others, and making them takes a part of its start.
  if (argv[0] !== 'serve') addOthers(program, root);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    process.exitCode = explain(error);
  }
}

function addOthers(program: Command, root: string): void {
  const running = program
    .command('run')
    .argument('<notebook>', 'a file NAME.nb.md')
    .description(
      'Run a notebook without a server, in a fresh session, from top to bottom; exit 1 if a paragraph fails.',
    )
    .option('--workspace <dir>', 'the folder whose data it sees; else the nearest one above that is a workspace')
    .option('--results <dir>', 'write each named result there')
    .option('--format <format>', 'of results: parquet or csv', undefined)
    .option('--output <file>', 'write the notebook with what it showed: FILE.html, .pdf, .md or .json')
    .option('--code', 'show the code in a report as .html or .pdf')
    .option('--paper <size>', 'of a report as .pdf: a4 or letter (a4)')
    .option('--json', 'tell what happens on stdout, one JSON event a line')
    .addOption(
      new Option('--form <name=value>', 'a value of a form; of a list given several times').argParser(
        (value: string, before: readonly string[] = []) => [...before, value],
      ),
    )
    .action((notebook: string, options: RunOptions & CommandLine) => run(notebook, options, root));
  for (const key of RUN_SETTINGS) running.addOption(optionFor(key, settings[key]));
  program
    .command('check')
    .argument('[dir]', 'the workspace, a folder of notebooks')
    .description('Verify stores and files of a workspace that no server is using; exit 1 if anything is damaged.')
    .action((dir: string | undefined) => check(dir, root));
  program
    .command('backup')
    .argument('<to>', 'a folder that is empty or not there yet')
    .description('Copy a workspace, also while it is served, into a folder that can be served in its place.')
    .option('--workspace <dir>', 'the workspace; else the folder one is in')
    .action((to: string, options: { workspace?: string }) => backup(to, options.workspace, root));
  program
    .command('data')
    .argument('<what>', 'api-log: a day of an API gateway’s log, with repeated calls planted and counted')
    .description('Make a data set of any size to try things on; the same bytes for the same options.')
    .option('--rows <count>', 'how many calls (100000); each takes about 1 KB')
    .option('--out <dir>', 'the folder it goes to; else data/ of the workspace')
    .option('--format <format>', 'jsonl, gz (eight files) or parquet', undefined)
    .option('--seed <number>', 'makes another day')
    .action((what: string, options: DataOptions) => data(what, options, root));
  addPeople(program, (dir) => folderOf(dir, root));
}

/** What of the settings means something without a server. */
const RUN_SETTINGS = ['sandbox', 'memory', 'timezone', 'log'] as const;

function optionFor(key: string, setting: { says: string; parse: (value: unknown) => unknown }): Option {
  const isFlag = setting.parse(true) === true;
  return new Option(`--${dashed(key)}${isFlag ? '' : ' <value>'}`, setting.says);
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UsageError) {
    process.stderr.write(`gondola: ${error.message}\n`);
    return error.exitCode;
  }
  process.stderr.write(`gondola: ${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
  return 1;
}

/** Without a folder: the sample workspace where the command is called in a checkout's top folder, else the folder one is in. */
function folderOf(dir: string | undefined, root: string): string {
  if (dir !== undefined) return resolve(dir);
  const samples = join(root, 'notebooks');
  return resolve('.') === resolve(root) && existsSync(samples) ? samples : resolve('.');
}

async function serve(dir: string | undefined, options: CommandLine, root: string): Promise<void> {
  closeInherited();
  if (dir !== undefined && isFile(dir)) return show(dir, options, root);
  const folder = folderOf(dir, root);
  const config = readConfig(folder, options, process.env);
  const isSample = folder === join(root, 'notebooks');
  if (isSample) copySampleData(root, folder);
  const { startServer } = await import('./app.ts');
  const starting = startServer(config, root);
  endOnSignal(async () => (await starting).close());
  tell(await starting);
  await (await import('./heap.ts')).boundHeap();
  if (!isSample) return;
  await makeSampleData(folder).catch((error: unknown) => {
    process.stderr.write(`gondola: the sample data could not be made (${error}).\n`);
  });
}

/** The address alone is the first line, for whatever reads it; what else people need follows. */
function tell({ address, others, invitation, fingerprint, selfSigned, warning }: RunningServer): void {
  const lines = [
    address,
    ...(invitation === undefined ? [] : others.map((origin) => `Others on this network: ${origin}`)),
    ...(invitation === undefined
      ? []
      : [`Invitation for 24 hours, to make an account: ${others[0] ?? new URL(address).origin}/i/${invitation}`]),
    ...(fingerprint !== undefined && selfSigned
      ? [`The certificate signs itself; browsers ask once. Its SHA-256 is ${fingerprint}`]
      : []),
  ];
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  if (warning !== undefined) process.stderr.write(`gondola: ${warning}\n`);
}

/** A name that ends as data does is a file's, even where there is none. */
function isFile(given: string): boolean {
  const stats = statSync(given, { throwIfNoEntry: false });
  if (stats) return !stats.isDirectory();
  if (isDataName(given)) throw new UsageError(`there is no file ${given}.`);
  return false;
}

async function show(file: string, options: CommandLine, root: string): Promise<void> {
  if (file.endsWith(NOTEBOOK_SUFFIX))
    throw new UsageError(`${file} is a notebook. To run it: gondola run ${file}. To open it: gondola serve FOLDER`);
  if (!isDataName(file)) throw new UsageError(`${file} is no file that can be shown. Known are ${ENDINGS}.`);
  const { openFile } = await import('./headless/file/open.ts');
  const stop = new AbortController();
  const progress = (fraction: number): void => {
    if (process.stderr.isTTY)
      process.stderr.write(`\rCopying ${Math.floor(fraction * 100)}%${fraction < 1 ? '' : '\r\u001b[K'}`);
  };
  const opening = openFile(file, { options, env: process.env, root, progress, signal: stop.signal });
  endOnSignal(async () => {
    stop.abort();
    await (await opening.catch(() => undefined))?.server?.close();
  });
  const { address, server } = await opening;
  process.stdout.write(`${address}\n`);
  // Another process serves it: nothing is left to do here.
  if (!server) process.exit(0);
}

async function run(notebook: string, options: RunOptions & CommandLine, root: string): Promise<void> {
  closeInherited();
  const { runCommand } = await import('./headless/command.ts');
  process.exit(await runCommand(notebook, options, root));
}

/** The first signal closes what there is, within `STOP_MS`; a second one ends at once. */
function endOnSignal(close: () => Promise<void>): void {
  let since: number | undefined;
  const stop = (): void => {
    if (since !== undefined) {
      if (performance.now() - since > SAME_SIGNAL_MS) process.exit(0);
      return;
    }
    since = performance.now();
    setTimeout(() => process.exit(0), STOP_MS).unref();
    close().then(
      () => process.exit(0),
      (error: unknown) => process.exit(explain(error)),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

async function data(what: string, options: DataOptions, root: string): Promise<void> {
  const { makeData } = await import('./samples/command.ts');
  process.stdout.write(await makeData(what, options, folderOf(undefined, root)));
}

async function backup(to: string, dir: string | undefined, root: string): Promise<void> {
  const { backupWorkspace } = await import('./backup.ts');
  const damage = await backupWorkspace({
    workspace: folderOf(dir, root),
    target: resolve(to),
    tell: (line) => process.stdout.write(`${line}\n`),
    progress: (done, total) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${total} notebooks${done < total ? '' : '\n'}`);
    },
    now: Date.now,
  });
  if (damage > 0) process.exitCode = 1;
}

async function check(dir: string | undefined, root: string): Promise<void> {
  const { checkWorkspace } = await import('./check.ts');
  const config = readConfig(folderOf(dir, root), {}, {});
  const damage = await checkWorkspace(config.workspace, (line) => process.stdout.write(`${line}\n`));
  if (damage > 0) process.exitCode = 1;
}
