/** What the machine has for enclosing programs. */
import { accessSync, constants, lstatSync, readlinkSync } from 'node:fs';
import { release } from 'node:os';
import { delimiter, join } from 'node:path';
import type { System } from './isolation.ts';
import { seccompFilter } from './seccomp.ts';

/** Where system programs lie; the server's own PATH may be anything. */
const PLACES = ['/usr/bin', '/bin', '/usr/local/bin', '/usr/sbin', '/sbin'];
const FOLDERS = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/nix/store'];

export function findSystem(path = process.env.PATH ?? ''): System {
  const linux = process.platform === 'linux';
  const user = process.getuid?.() ?? -1;
  const find = (name: string): string | undefined =>
    linux ? [...PLACES, ...path.split(delimiter)].map((place) => join(place, name)).find(executable) : undefined;
  const [bwrap, prlimit, setpriv] = [find('bwrap'), find('prlimit'), find('setpriv')];
  const [tool, perl] = [find('unshare'), find('perl')];
  const filter = linux ? seccompFilter(process.arch) : undefined;
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return {
    root: user === 0,
    user,
    ...(bwrap === undefined ? {} : { bwrap }),
    ...(prlimit === undefined ? {} : { prlimit }),
    ...(setpriv === undefined ? {} : { setpriv }),
    // What runs inside must lie where it is shown.
    ...(tool?.startsWith('/usr/') && setpriv && perl?.startsWith('/usr/') ? { unshare: { tool, setpriv, perl } } : {}),
    ...(filter === undefined ? {} : { filter }),
    folders: Object.fromEntries(FOLDERS.flatMap((folder) => entryOf(folder))),
    countsByNamespace: linux && (major > 5 || (major === 5 && minor >= 14)),
  };
}

function entryOf(folder: string): [string, string | true][] {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (!stats) return [];
  return [[folder, stats.isSymbolicLink() ? readlinkSync(folder) : true]];
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return lstatSync(path).isFile() || lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}
