/**
 * What an update makes, as runs: letters or values under one id, each behind the one before it. What was taken in of it already is
 * left out, and each comes after all that it names.
 */
import * as Y from 'yjs';
import type { Decoded, Extent } from './inspect.ts';

export type Run = {
  readonly id: Y.ID;
  readonly length: number;
  /** Where its first was put: right of this one, left of that one; and what it is in if it names neither. */
  readonly origin: Y.ID | null;
  readonly rightOrigin: Y.ID | null;
  readonly parent: string | Y.ID | null;
  readonly parentSub: string | null;
  /** Nothing of it is left but its length. */
  readonly gone: boolean;
};

export const endOf = ({ id, length }: Pick<Run, 'id' | 'length'>): number => id.clock + length;

/** Undefined where some name each other in a circle, which nobody could have made. */
export function runsOf({ structs }: Decoded, taken: Extent): readonly Run[] | undefined {
  const made = new Map<number, Run[]>();
  for (const struct of structs) {
    if (struct instanceof Y.Skip) continue;
    const { client, clock } = struct.id;
    const own = made.get(client) ?? [];
    const known = own.length > 0 ? endOf(own.at(-1)!) : taken(client);
    if (clock + struct.length <= known) continue;
    made.set(client, own);
    own.push(runOf(struct, Math.max(clock, known)));
  }
  return inOrder(made);
}

function runOf(struct: Y.Item | Y.GC, from: number): Run {
  const { client, clock } = struct.id;
  const isItem = struct instanceof Y.Item;
  const isWhole = from === clock;
  const origin = isItem ? struct.origin : null;
  return {
    id: Y.createID(client, from),
    length: clock + struct.length - from,
    origin: isWhole ? origin : Y.createID(client, from - 1),
    rightOrigin: isItem ? struct.rightOrigin : null,
    parent: isItem && isWhole ? parentNamed(struct) : null,
    parentSub: isItem ? struct.parentSub : null,
    gone: !isItem,
  };
}

function parentNamed({ parent }: Y.Item): string | Y.ID | null {
  const named: unknown = parent;
  return typeof named === 'string' || named instanceof Y.ID ? named : null;
}

/** The one of them that holds it. They follow each other without a gap. */
export function runAt(runs: readonly Run[] | undefined, clock: number): Run | undefined {
  let low = 0;
  let high = (runs?.length ?? 0) - 1;
  while (runs && low <= high) {
    const middle = (low + high) >> 1;
    const run = runs[middle]!;
    if (clock < run.id.clock) high = middle - 1;
    else if (clock >= endOf(run)) low = middle + 1;
    else return run;
  }
  return undefined;
}

function inOrder(made: ReadonlyMap<number, readonly Run[]>): readonly Run[] | undefined {
  const order = new Set<Run>();
  const begun = new Set<Run>();
  const before = new Map<Run, Run>();
  for (const runs of made.values()) {
    for (const [at, run] of runs.entries()) if (at > 0) before.set(run, runs[at - 1]!);
  }
  for (const run of [...made.values()].flat()) {
    const todo = [run];
    for (let next = todo.at(-1); next; next = todo.at(-1)) {
      const needed = order.has(next) ? [] : neededBy(next, before.get(next), made).filter((one) => !order.has(one));
      if (needed.length > 0 && begun.has(next)) return undefined;
      begun.add(next);
      todo.push(...needed);
      if (needed.length > 0) continue;
      order.add(next);
      todo.pop();
    }
  }
  return [...order];
}

function neededBy(run: Run, before: Run | undefined, made: ReadonlyMap<number, readonly Run[]>): readonly Run[] {
  const named = [run.origin, run.rightOrigin, run.parent].map((id) =>
    id instanceof Y.ID ? runAt(made.get(id.client), id.clock) : undefined,
  );
  return [before, ...named].filter((one) => one !== undefined);
}
