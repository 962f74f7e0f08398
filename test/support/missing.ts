import { appendFileSync } from 'node:fs';

/**
 * Notes that a kernel or a file system lacks `what`, as many rightly do: told as the others, and no fault in CI, where what
 * holds without it is tested all the same.
 */
export function absent(what: string): void {
  missing(`${MAY_LACK}${what}`);
}

export const MAY_LACK = 'a machine may lack: ';

/** Notes that this machine lacks `what` for a test; `npm test` lists and counts these at its end. */
export function missing(what: string): void {
  const file = process.env.GONDOLA_TEST_MISSING;
  if (file) appendFileSync(file, `${what}\n`);
}
