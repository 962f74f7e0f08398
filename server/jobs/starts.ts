/**
 * Which of those that wait are started now: pure. The longest due goes first, but owners take turns: whoever has a thousand
 * jobs due, or one that hangs, delays nobody else. A job runs one occurrence at a time.
 */
export type Waiting = {
  readonly job: string;
  readonly owner: string;
  readonly planned: number;
  readonly notBefore: number;
};
export type Running = Pick<Waiting, 'job' | 'owner'>;
export type Limits = {
  /** Occurrences at once, of all. */
  readonly all: number;
  /** Of one owner. */
  readonly each: number;
};

export function startsNow<T extends Waiting>(
  waiting: readonly T[],
  running: readonly Running[],
  limits: Limits,
  now: number,
): readonly T[] {
  const busy = new Set(running.map(({ job }) => job));
  const held = new Map<string, number>();
  for (const { owner } of running) held.set(owner, (held.get(owner) ?? 0) + 1);
  const rows = new Map<string, T[]>();
  for (const one of [...waiting].sort((left, right) => left.planned - right.planned)) {
    if (one.notBefore > now) continue;
    const row = rows.get(one.owner);
    if (row) row.push(one);
    else rows.set(one.owner, [one]);
  }
  const started: T[] = [];
  let free = limits.all - running.length;
  while (free > 0) {
    // Whoever has the fewest running is next; of several, whoever waits the longest.
    const [next] = [...rows]
      .map(([owner, row]) => ({ owner, first: row.find(({ job }) => !busy.has(job)), count: held.get(owner) ?? 0 }))
      .filter(({ first, count }) => first !== undefined && count < limits.each)
      .sort((left, right) => left.count - right.count || left.first!.planned - right.first!.planned);
    if (!next?.first) break;
    const { owner, first, count } = next;
    started.push(first);
    busy.add(first.job);
    held.set(owner, count + 1);
    rows.set(
      owner,
      rows.get(owner)!.filter((one) => one !== first),
    );
    free -= 1;
  }
  return started;
}
