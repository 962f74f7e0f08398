/**
 * How each notebook's last run came out, for the list of notebooks: known without reading any run record. A cache: one
 * that was deleted fills again as notebooks run or are opened.
 */
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { NotebookId } from '../protocol/ids.ts';
import { isEnded, type Run } from '../protocol/runs.ts';
import type { Disk } from '../storage/disk.ts';

const PATH = 'cache/last-runs.json';
/** Runs of all notebooks together cost one small write in this time. */
const WRITE_AFTER = 5000;

const Last = Type.Object({
  state: Type.Union((['done', 'failed', 'cancelled', 'lost'] as const).map((state) => Type.Literal(state))),
  ended: Type.Number(),
  by: Type.String(),
});
export type LastRun = Static<typeof Last>;
const Kept = Type.Object({ version: Type.Literal(1), runs: Type.Record(Type.String(), Last) });

export interface LastRuns {
  /** Undefined while nothing is known. */
  get(notebook: NotebookId): LastRun | undefined;
  note(notebook: NotebookId, runs: Iterable<Run>): void;
  close(): Promise<void>;
}

export function openLastRuns(disk: Disk): LastRuns {
  const known = new Map<string, LastRun>();
  let timer: NodeJS.Timeout | undefined;
  let changed = false;
  const loaded = read(disk).then((runs) => {
    for (const [notebook, run] of Object.entries(runs)) if (!known.has(notebook)) known.set(notebook, run);
  });

  async function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    await loaded;
    if (!changed) return;
    changed = false;
    const text = JSON.stringify({ version: 1, runs: Object.fromEntries(known) });
    await disk.replace(PATH, new TextEncoder().encode(text)).catch(() => undefined);
  }

  return {
    get: (notebook) => known.get(notebook),
    note(notebook, runs) {
      let last = known.get(notebook);
      for (const { phase, by } of runs) {
        if (isEnded(phase) && phase.ended > (last?.ended ?? 0))
          last = { state: phase.state, ended: phase.ended, by: by.name };
      }
      if (!last || last === known.get(notebook)) return;
      known.set(notebook, last);
      changed = true;
      timer ??= setTimeout(() => void write(), WRITE_AFTER).unref();
    },
    close: write,
  };
}

async function read(disk: Disk): Promise<Readonly<Record<string, LastRun>>> {
  try {
    const bytes = await disk.read(PATH);
    const value: unknown = bytes && JSON.parse(new TextDecoder().decode(bytes));
    return Value.Check(Kept, value) ? value.runs : {};
  } catch {
    return {};
  }
}
