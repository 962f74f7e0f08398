/** Whether what stands below a paragraph is of another text than the one above it. A run that never started showed nothing. */
import { readValue, sameValue } from '../../server/protocol/forms/read.ts';
import { isEnded, type Run } from '../../server/protocol/runs.ts';
import type { Standing } from '../forms/standing.ts';
import { uses } from '../forms/uses.ts';

export type Written = { readonly interpreter: string; readonly source: string };

export function isStale(run: Run | undefined, written: Written): boolean {
  if (!run || !isEnded(run.phase) || run.phase.started === undefined) return false;
  return run.source !== written.source || run.interpreter !== written.interpreter;
}

/** Whether it ran with other values of the forms that the text names. */
export function hasOtherValues(
  run: Pick<Run, 'forms' | 'phase'>,
  written: Written,
  standings: readonly Standing[],
): boolean {
  if (!isEnded(run.phase) || run.phase.started === undefined) return false;
  return standings.some(({ form, value }) => {
    const ran = Object.hasOwn(run.forms, form.name) ? readValue(form, run.forms[form.name]) : undefined;
    return ran !== undefined && !('value' in ran && sameValue(ran.value, value)) && uses(written, form.name);
  });
}
