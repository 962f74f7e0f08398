/**
 * Descriptors that the server was started with by accident. Node closes its own for children, but passes on what it
 * inherited: a program in a sandbox could read through one what no path leads to.
 */
import { closeSync, readdirSync, readFileSync } from 'node:fs';

const O_CLOEXEC = 0o2000000;

/** Descriptors beyond 2 that a child would get. Empty where there is no `/proc`. */
export function inheritedDescriptors(): readonly number[] {
  let all: readonly number[];
  try {
    all = readdirSync('/proc/self/fd').map(Number);
  } catch {
    return [];
  }
  return all.filter((fd) => {
    try {
      const flags = /^flags:\s+(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
      return fd > 2 && flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
    } catch {
      return false;
    }
  });
}

/** To be called first of all, before anything of ours has opened one. */
export function closeInherited(): readonly number[] {
  const found = inheritedDescriptors();
  for (const fd of found) closeSync(fd);
  return found;
}
