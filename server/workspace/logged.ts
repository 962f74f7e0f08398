/** When a notebook's log was last written, in milliseconds since 1970; its generations have a file each (`rooms/chain.ts`). */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { orAbsent } from './steps.ts';

/** `folder`: of the notebook's store; 0 where it has none. */
export async function lastLogged(folder: string): Promise<number> {
  const names = (await orAbsent(() => readdir(folder)).catch(() => undefined)) ?? [];
  const logs = names.filter((name) => /^log(-\d+)?$/.test(name));
  const stats = await Promise.all(logs.map((name) => orAbsent(() => stat(join(folder, name))).catch(() => undefined)));
  return Math.max(0, ...stats.map((one) => one?.mtimeMs ?? 0));
}
