/**
 * `.ts` files beside the notebook as units. A module is run once for each state it and all it imports are in: when a file
 * changed, it and what imports it are new units, others stay as they were with their variables.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { posix } from 'node:path';
import { Failed, failure } from '../../errors.ts';
import type { Located } from '../compile/failing.ts';
import { scriptName } from '../compile/failing.ts';
import { type Compiled, compileModule } from '../compile/unit.ts';
import type { UnitMeta } from '../realm/outer.ts';

export type LoadedModule = { readonly code: string; readonly name: string; readonly meta: UnitMeta };

export type Modules = {
  /** What a run's code imports; files are read once a run. Rejects with `Failed`. */
  load(specifier: string, from: number): Promise<LoadedModule>;
};

type Module = { readonly path: string; readonly source: string; readonly compiled: Compiled };

/** Code somebody wrote is shorter. */
const MAX_MODULE_BYTES = 2 * 2 ** 20;

/** What a session keeps from run to run: the unit of each state of a module. */
export type ModuleUnits = Map<string, number>;

export function openModules(options: {
  /** Where the files are; undefined where a notebook has none. */
  readonly folder: string | undefined;
  readonly units: ModuleUnits;
  readonly next: () => number;
  readonly known: (unit: number, what: Located & { readonly source: string }) => void;
  readonly pathOf: (unit: number) => string | undefined;
}): Modules {
  const read = new Map<string, Promise<Module>>();
  const loaded = new Map<string, Promise<LoadedModule>>();

  const moduleAt = (path: string): Promise<Module> => {
    const known = read.get(path);
    if (known) return known;
    const made = compile(path);
    read.set(path, made);
    return made;
  };

  async function compile(path: string): Promise<Module> {
    const source = await readModule(options.folder, path);
    try {
      return { path, source, compiled: compileModule(source) };
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      const { line, column, length: _, message, ...rest } = error.failure;
      const place = line === undefined ? '' : `, line ${line}, column ${column}`;
      throw new Failed({ ...rest, message: `In ${path}${place}: ${message}` });
    }
  }

  /** The state of a module and of all below it. */
  async function stateOf(path: string): Promise<string> {
    const sources = new Map<string, string>();
    const visit = async (at: string): Promise<void> => {
      if (sources.has(at)) return;
      sources.set(at, '');
      // What is missing fails when it is imported, and its importer with it.
      const module = await moduleAt(at).catch(() => undefined);
      sources.set(at, module?.source ?? '');
      for (const one of module?.compiled.imports ?? []) {
        const target = resolved(one, at);
        if ('path' in target) await visit(target.path);
      }
    };
    await visit(path);
    const hash = createHash('sha256');
    for (const [at, source] of [...sources].sort(([a], [b]) => (a < b ? -1 : 1)))
      hash.update(JSON.stringify([at, source]));
    return `${path} ${hash.digest('hex')}`;
  }

  async function make(path: string): Promise<LoadedModule> {
    const { source, compiled } = await moduleAt(path);
    const state = await stateOf(path);
    const unit = options.units.get(state) ?? options.next();
    options.units.set(state, unit);
    options.known(unit, { ...compiled, source, path });
    return {
      code: compiled.code,
      name: scriptName(unit),
      meta: { unit, text: compiled.text, values: [], units: [] },
    };
  }

  return {
    async load(specifier, from) {
      const target = resolved(specifier, options.pathOf(from));
      if ('failure' in target) throw new Failed(target.failure);
      const known = loaded.get(target.path);
      if (known) return known;
      const made = make(target.path);
      loaded.set(target.path, made);
      return made;
    },
  };
}

/** The path below the notebook's folder that a specifier means, or why it means none. Pure. */
export function resolved(
  specifier: string,
  /** The importing module; undefined for a paragraph. */
  from: string | undefined,
): { readonly path: string } | { readonly failure: ReturnType<typeof failure> } {
  const shown = specifier.slice(0, 100);
  const refuse = (message: string, hint?: string) => ({
    failure: failure('import', message, hint === undefined ? {} : { hint }),
  });
  if (/^https?:/.test(specifier)) {
    return refuse(`${shown} can’t be imported: a notebook has no network.`);
  }
  if (/^node:/.test(specifier) || BUILTINS.has(specifier)) {
    return refuse(
      `${shown} can’t be imported: paragraphs run apart from Node.`,
      "Files: drop one on the page, and read it by SQL: sql`from 'data/FILE.csv'`. Code: put it into a .ts file beside the notebook.",
    );
  }
  if (!/^\.{1,2}\//.test(specifier)) return refuse(`The package ${shown} can’t be imported.`);
  const path = posix.normalize(posix.join(posix.dirname(from ?? 'notebook'), specifier));
  if (path.startsWith('..')) {
    return refuse(`${shown} lies outside the notebook’s folder.`, 'Move the file beside the notebook, or below it.');
  }
  if (/\.(csv|tsv|json|jsonl|ndjson|parquet|xlsx)$/.test(path)) {
    return refuse(`${shown} is data, no code.`, `Put it into data/, and read it by SQL: sql\`from '${path}'\`.`);
  }
  if (!path.endsWith('.ts')) {
    return refuse(
      `${shown} can’t be imported: only .ts files can.`,
      `Write the whole name: import { f } from './helpers.ts'.`,
    );
  }
  return { path };
}

/** Names that people write without `node:`. */
const BUILTINS: ReadonlySet<string> = new Set([
  ...['assert', 'buffer', 'child_process', 'cluster', 'crypto', 'dns', 'events', 'fs', 'fs/promises', 'http', 'http2'],
  ...[
    'https',
    'module',
    'net',
    'os',
    'path',
    'perf_hooks',
    'process',
    'readline',
    'stream',
    'tls',
    'url',
    'util',
    'v8',
  ],
  ...['vm', 'worker_threads', 'zlib'],
]);

async function readModule(folder: string | undefined, path: string): Promise<string> {
  const missing = () =>
    new Failed(
      failure('import', `There is no file ${path} beside the notebook.`, {
        hint: 'Put the .ts file into the notebook’s folder, or into one below it.',
      }),
    );
  if (folder === undefined) throw missing();
  const file = await open(posix.join(folder, path), constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => {
    throw missing();
  });
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw missing();
    if (stats.size > MAX_MODULE_BYTES) {
      throw new Failed(failure('import', `${path} is longer than ${MAX_MODULE_BYTES / 2 ** 20} MB.`));
    }
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
