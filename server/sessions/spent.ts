/**
 * What a run takes: of all processes of its session, from its beginning to its end. One run at a time is under way in a
 * session, so whatever its engine does meanwhile is done for that run. A process that was started for it counts whole; one
 * that is gone counts as far as it was last looked at.
 */
import type { Spent } from './contract.ts';

export type Metered = {
  /** Since it was started; the last that was known, once it is gone. */
  spent(): Spent | undefined;
};

/** Returns what was spent since. */
export function startMeter(processes: () => Iterable<Metered>): () => Spent | undefined {
  const before = new Map<Metered, Spent | undefined>();
  for (const one of processes()) before.set(one, one.spent());
  return () => {
    const all = new Set([...before.keys(), ...processes()]);
    let cpuMs = 0;
    let read: number | undefined;
    let isKnown = false;
    for (const one of all) {
      const now = one.spent();
      const then = before.get(one);
      if (!now || (before.has(one) && !then)) continue;
      isKnown = true;
      cpuMs += Math.max(0, now.cpuMs - (then?.cpuMs ?? 0));
      if (now.read !== undefined) read = (read ?? 0) + Math.max(0, now.read - (then?.read ?? 0));
    }
    return isKnown ? { cpuMs, ...(read === undefined ? {} : { read }) } : undefined;
  };
}
