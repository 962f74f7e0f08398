/** A Unix socket's path has room for some hundred bytes. On Linux a folder that is held open has a short one. */
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

/** `sun_path` is 108 bytes with its NUL on Linux, 104 on macOS. */
const LONGEST = 103;

/** A path to `name` in `folder` for listening or connecting; `release` it when that is over. */
export function shortPath(folder: string, name: string): { readonly path: string; release(): void } {
  const path = join(folder, name);
  if (Buffer.byteLength(path) <= LONGEST || process.platform !== 'linux') return { path, release: () => undefined };
  const held = openSync(folder, 'r');
  return { path: `/proc/self/fd/${held}/${name}`, release: () => closeSync(held) };
}
