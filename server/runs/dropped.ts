/** Results go on their own when the budget is full: what a run's record says of its rows is looked up. */
import { tablesOf, withTables } from '../protocol/content.ts';
import type { ResultId } from '../protocol/ids.ts';
import type { Rows } from '../protocol/outputs.ts';
import { isEnded, type Run, type RunEvent } from '../protocol/runs.ts';
import type { Results } from '../results/contract.ts';

/** The run with those of its results marked whose rows are gone. */
export async function withDropped(run: Run, results: Pick<Results, 'info'>): Promise<Run> {
  if (!isEnded(run.phase)) return run;
  const shown = run.outputs.flatMap(tablesOf).filter((rows) => !rows.dropped);
  const gone = new Set<ResultId>();
  await Promise.all(
    shown.map(async ({ result }) => {
      const info = await results.info(result);
      if (!info || info.state === 'dropped') gone.add(result);
    }),
  );
  if (gone.size === 0) return run;
  const outputs = run.outputs.map((output) =>
    withTables(output, (rows) => (gone.has(rows.result) ? { ...rows, dropped: true } : rows)),
  );
  return { ...run, outputs };
}

/** What viewers of these runs are told when these results go. */
export function droppedIn(runs: readonly Run[], results: ReadonlySet<ResultId>): readonly RunEvent[] {
  const gone = ({ result, dropped }: Rows): boolean => !dropped && results.has(result);
  return runs.flatMap(({ id, outputs }) =>
    outputs.flatMap((output, index): readonly RunEvent[] => {
      if (!tablesOf(output).some(gone)) return [];
      const marked = withTables(output, (rows) => (gone(rows) ? { ...rows, dropped: true } : rows));
      return [{ type: 'output', id, index, output: marked }];
    }),
  );
}
