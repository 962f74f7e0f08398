/** Whether what stands below a paragraph is of another text than the one above it. */
import type { Run } from '../../server/protocol/runs.ts';

export type Written = { readonly interpreter: string; readonly source: string };

export function isStale(run: Run | undefined, written: Written): boolean {
  if (!run || run.phase.state === 'queued' || run.phase.state === 'running') return false;
  return run.source !== written.source || run.interpreter !== written.interpreter;
}
