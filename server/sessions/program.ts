/**
 * An interpreter's program, and where its parts lie: on the host and, under `/app`, inside a sandbox. The caller knows
 * the registry and the package; this folder only starts what it is told.
 */
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

export type Mount = { readonly host: string; readonly inside: string; readonly write?: boolean };

export type Program = {
  readonly command: string;
  readonly args: readonly string[];
  /** What must be readable to run it, beside the system's own `/usr`. */
  readonly mounts: readonly Mount[];
};

export type ResolveProgram = (interpreter: string) => Program | undefined;

export const APP = '/app';

/**
 * A program that Node runs: `entry` is a path below the package, e.g. `dist/interpreters/sql/main.js`; `folders` are the
 * parts of the package that it needs, e.g. `['dist/interpreters', 'node_modules/@duckdb']`. A dependency that npm hoisted
 * into a folder above is found there and shown where `entry` looks for it.
 */
export function nodeProgram(options: {
  readonly node: string;
  readonly root: string;
  readonly entry: string;
  readonly folders: readonly string[];
  readonly flags?: readonly string[];
}): Program {
  const root = realpathSync(options.root);
  const node = realpathSync(options.node);
  const mounts = options.folders.flatMap((folder) => {
    const host = findUpwards(root, folder);
    return host === undefined ? [] : [{ host: realpathSync(host), inside: `${APP}/${folder}` }];
  });
  const manifest = join(root, 'package.json');
  return {
    command: node,
    args: [...(options.flags ?? []), join(root, options.entry)],
    mounts: [
      { host: node, inside: `${APP}/bin/node` },
      { host: manifest, inside: `${APP}/package.json` },
      ...mounts,
    ].filter(({ host }) => existsSync(host)),
  };
}

function findUpwards(root: string, folder: string): string | undefined {
  for (let at = root; ; at = join(at, '..')) {
    const found = join(at, folder);
    if (existsSync(found)) return found;
    if (at === join(at, '..')) return undefined;
  }
}

/** The path inside for a path on the host; unchanged where no mount covers it. The longest mount wins. */
export function insideOf(mounts: readonly Mount[], path: string): string {
  let best: Mount | undefined;
  for (const mount of mounts) {
    const covers = path === mount.host || path.startsWith(`${mount.host}/`);
    if (covers && mount.host.length > (best?.host.length ?? -1)) best = mount;
  }
  return best ? best.inside + path.slice(best.host.length) : path;
}
