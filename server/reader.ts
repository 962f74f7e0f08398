/**
 * The results reader in the enclosure that sessions have: it opens files that users' code wrote, so it sees the notebooks'
 * records read-only, its own temporary folder, and no network. Folders keep their paths inside.
 */
import { chown, mkdir } from 'node:fs/promises';
import { type ReaderSettings, readerArguments, readerProcess, type SpawnReader } from './results/spawn.ts';
import { formOf, type Isolation, type Line, type System } from './sessions/isolation.ts';
import { launch } from './sessions/launch.ts';
import { fullLimits } from './sessions/limits.ts';
import { type Mount, nodeProgram } from './sessions/program.ts';
import { bare, enclosed } from './sessions/sandbox.ts';

export type ReaderOptions = {
  /** Where the package lies. */
  readonly root: string;
  readonly settings: ReaderSettings;
  readonly isolation: () => Promise<Isolation>;
  readonly system: System;
  readonly machine: { readonly memory: number; readonly cores: number };
};

/** The rows themselves are outside of the heap. */
const FLAGS = ['--no-warnings', '--max-old-space-size=512'];

/** The enclosed program, from the sources or bundled beside the server. */
export function readerLine(options: ReaderOptions, isolation: Isolation, from = import.meta.url): Line {
  const { root, settings, system } = options;
  const isSource = from.endsWith('.ts');
  const folder = isSource ? 'server/results' : 'dist/server/results';
  const sources = isSource ? ['interpreters', 'server/protocol', 'node_modules/@sinclair'] : [];
  const program = nodeProgram({
    node: process.execPath,
    root,
    entry: `${folder}/reader/main.${isSource ? 'ts' : 'js'}`,
    folders: [folder, ...sources, 'node_modules/@duckdb', 'node_modules/detect-libc'],
    flags: FLAGS,
  });
  const limits = fullLimits(options.machine);
  const mounts: readonly Mount[] = [
    { host: settings.readable, inside: settings.readable },
    { host: settings.temporary, inside: settings.temporary, write: true },
  ];
  const whole = { ...program, args: [...program.args, ...readerArguments(settings)] };
  const form = formOf(isolation);
  return form ? enclosed(system, form, whole, mounts, settings.temporary, limits) : bare(system, whole, limits);
}

export function spawnReader(options: ReaderOptions, from = import.meta.url): SpawnReader {
  const { settings } = options;
  return async () => {
    const isolation = await options.isolation();
    await mkdir(settings.readable, { recursive: true });
    await mkdir(settings.temporary, { recursive: true });
    const user = formOf(isolation)?.user;
    if (user !== undefined) await chown(settings.temporary, user, user);
    const child = await launch(readerLine(options, isolation, from), settings.temporary);
    if ('failed' in child) throw new Error(child.failed);
    return readerProcess(child);
  };
}
