/** Whether what stands below a paragraph is of another text than the one above it. A run that never started showed nothing. */
import { isEnded, type Run } from '../../server/protocol/runs.ts';

export type Written = { readonly interpreter: string; readonly source: string };

export function isStale(run: Run | undefined, written: Written): boolean {
  if (!run || !isEnded(run.phase) || run.phase.started === undefined) return false;
  return run.source !== written.source || run.interpreter !== written.interpreter;
}
