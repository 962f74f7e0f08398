/**
 * `.gondola` is entered by the server alone: below it lie tables, files and results of every notebook, readable for the user
 * that code runs as. One made here is closed; one that came from elsewhere, or that code of a server that is root must reach
 * as its own user, may be open to all users of the machine.
 */
import { chmodSync, chownSync, statSync } from 'node:fs';

const OTHERS = 0o007;

/** `group`: of the user that code runs as where the server is root; it keeps its way through where others had one. */
export function closeToOthers(folder: string, group: number, isRoot = process.getuid?.() === 0): void {
  const { mode, uid } = statSync(folder);
  if ((mode & OTHERS) === 0) return;
  if (isRoot) chownSync(folder, uid, group);
  chmodSync(folder, isRoot ? 0o710 : 0o700);
}
