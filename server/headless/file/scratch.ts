/**
 * The scratch workspace of `gondola FILE`: one folder a user, in which each file that was shown has a copy in `data/` and a
 * notebook. `files.json` in it says which copy is whose, so that the same file finds its own again.
 */
import { mkdirSync, readFileSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';
import { numbered } from '../../workspace/paths.ts';
import { copyInto } from './copy.ts';
import { dataName } from './names.ts';

export type Shown = {
  /** Where it was copied from: a real path. */
  readonly source: string;
  /** In `data/`. */
  readonly name: string;
  /** Of the source when it was copied. */
  readonly bytes: number;
  readonly changed: number;
  /** The id of its notebook, once it has one. */
  readonly notebook?: string;
};

/** `$XDG_DATA_HOME/gondola/scratch`, by default below `~/.local/share`; on macOS in Application Support. */
export function scratchFolder(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  home = homedir(),
): string {
  const given = env.XDG_DATA_HOME;
  if (given !== undefined && isAbsolute(given)) return join(given, 'gondola', 'scratch');
  return platform === 'darwin'
    ? join(home, 'Library', 'Application Support', 'gondola', 'scratch')
    : join(home, '.local', 'share', 'gondola', 'scratch');
}

/** Makes what is missing; a real path. */
export function makeScratch(folder: string): string {
  mkdirSync(join(folder, 'data'), { recursive: true });
  const config = join(folder, 'gondola.json');
  if (!statSync(config, { throwIfNoEntry: false })) writeFileSync(config, '{ "title": "Files" }\n');
  return realpathSync(folder);
}

/** A copy of `file` in the scratch workspace, made anew only if the file changed since. `fresh`: its rows may be others. */
export async function takeIn(
  scratch: string,
  file: string,
  progress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<{ readonly shown: Shown; readonly fresh: boolean }> {
  const source = realpathSync(file);
  const { size: bytes, mtimeMs: changed } = statSync(source);
  const all = readAll(scratch);
  const known = all.find((one) => one.source === source);
  const name = known?.name ?? freeName(scratch, all, dataName(basename(file)));
  const there = statSync(join(scratch, 'data', name), { throwIfNoEntry: false });
  if (known && there?.size === bytes && known.bytes === bytes && known.changed === changed)
    return { shown: known, fresh: false };
  await copyInto(source, join(scratch, 'data', name), progress, signal);
  const shown: Shown = { ...known, source, name, bytes, changed };
  keep(scratch, shown);
  return { shown, fresh: true };
}

export function keep(scratch: string, shown: Shown): void {
  const all = [...readAll(scratch).filter(({ source }) => source !== shown.source), shown];
  const file = join(scratch, 'files.json');
  writeFileSync(`${file}.${process.pid}.tmp`, `${JSON.stringify({ version: 1, files: all }, null, 2)}\n`);
  renameSync(`${file}.${process.pid}.tmp`, file);
}

/** Not what another file's copy has, nor what people put there themselves. */
function freeName(scratch: string, all: readonly Shown[], wanted: string): string {
  const taken = new Set(all.map(({ name }) => name.toLowerCase()));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : numbered(wanted, number);
    const isThere = statSync(join(scratch, 'data', name), { throwIfNoEntry: false }) !== undefined;
    if (!taken.has(name.toLowerCase()) && !isThere) return name;
  }
}

function readAll(scratch: string): readonly Shown[] {
  try {
    const value: unknown = JSON.parse(readFileSync(join(scratch, 'files.json'), 'utf8'));
    const files = typeof value === 'object' && value !== null && 'files' in value ? value.files : [];
    return Array.isArray(files) ? files.flatMap((one) => parseShown(one) ?? []) : [];
  } catch {
    return [];
  }
}

function parseShown(value: unknown): Shown | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { source, name, bytes, changed, notebook } = value as Record<string, unknown>;
  if (typeof source !== 'string' || typeof name !== 'string') return undefined;
  if (typeof bytes !== 'number' || typeof changed !== 'number' || dataName(name) !== name) return undefined;
  return { source, name, bytes, changed, ...(typeof notebook === 'string' ? { notebook } : {}) };
}
