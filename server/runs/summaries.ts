/** Runs without what is long, for lists of them: pure. */
import type { RunId } from '../protocol/ids.ts';
import type { Run } from '../protocol/runs.ts';
import type { NotebookRun, RunSummary } from './parts.ts';
import type { StoredRun } from './stored.ts';

/** Newest first, each once, as the last of these tells it. */
export function summariesOf(...all: readonly Iterable<StoredRun | Run>[]): readonly RunSummary[] {
  const found = new Map<RunId, RunSummary>();
  for (const runs of all) for (const { source: _, outputs: __, ...run } of runs) found.set(run.id, run);
  return [...found.values()].reverse();
}

export const statesOf = (
  ids: readonly RunId[],
  find: (id: RunId) => StoredRun | Run | undefined,
): NotebookRun['runs'] =>
  ids.flatMap((id) => {
    const run = find(id);
    return run ? [{ id, paragraph: run.paragraph, state: run.phase.state }] : [];
  });
