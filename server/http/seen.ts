/**
 * What of runs and their outputs goes to somebody, by what they see of the notebook (`access/view.ts`). Where sources are
 * hidden an error says no more than that it happened: its text quotes what was written. Who holds a link learns no names.
 */
import { isCodeSeen, isSeen, mayReadRows, type View } from '../access/view.ts';
import { AppError } from '../errors.ts';
import type { Paragraph } from '../protocol/document.ts';
import type { ResultId, RunId } from '../protocol/ids.ts';
import type { Output } from '../protocol/outputs.ts';
import type { Run } from '../protocol/runs.ts';
import type { ResultInfo } from '../results/contract.ts';
import type { RunSummary } from '../runs/parts.ts';
import type { Services } from './services.ts';

const NOBODY: Run['by'] = { id: 'member' as Run['by']['id'], name: '' };

export const seenSummaries = <T extends RunSummary>(view: View, runs: readonly T[]): readonly T[] =>
  runs.filter((run) => isSeen(view, run.paragraph)).map((run) => (view.whole ? run : { ...run, by: NOBODY }));

/** Undefined where they may not know of it. */
export function seenRun(view: View, run: Run): Run | undefined {
  if (!isSeen(view, run.paragraph)) return undefined;
  const named = view.whole ? run : { ...run, by: NOBODY };
  if (isCodeSeen(view, run.paragraph)) return named;
  return { ...named, source: '', options: {}, outputs: run.outputs.map((output) => seenOutput(run.id, output)) };
}

const seenOutput = (run: RunId, output: Output): Output =>
  output.kind === 'error'
    ? { kind: 'error', code: 'step-failed', message: `This step failed (reference ${run}).` }
    : output;

/** A paragraph's source and options as they may be seen: what is not published is not there. */
export function seenParagraph(view: View, paragraph: Paragraph): Paragraph | undefined {
  if (!isSeen(view, paragraph.id)) return undefined;
  if (view.whole || (isCodeSeen(view, paragraph.id) && paragraph.interpreter === 'markdown')) return paragraph;
  const { chart } = paragraph.options;
  const source = isCodeSeen(view, paragraph.id) || paragraph.interpreter === 'markdown' ? paragraph.source : '';
  return { ...paragraph, source, options: chart === undefined ? {} : { chart } };
}

/** Throws AppError not-found where the result, or with `rows` its rows, are not theirs. */
export async function requireResult(
  { runs, live }: Pick<Services, 'runs' | 'live'>,
  view: View,
  { id, notebook, run: runId }: ResultInfo,
  wants: 'rows' | 'drawing',
): Promise<void> {
  if (view.whole && (view.role === 'writer' || view.role === 'owner')) return;
  const run = await (await runs.of(notebook)).get(runId);
  const index = run ? run.outputs.findIndex((output) => holds(output, id)) : -1;
  if (!run || !isSeen(view, run.paragraph)) throw new AppError('not-found', 'result');
  if (wants === 'drawing') return;
  const open = await live.open(notebook);
  try {
    const paragraph = open.paragraphs().find((one) => one.id === run.paragraph);
    if (!mayReadRows(view, paragraph, Math.max(0, index))) throw new AppError('not-found', 'result');
  } finally {
    open.release();
  }
}

const holds = (output: Output, result: ResultId): boolean =>
  (output.kind === 'table' && output.result === result) ||
  (output.kind === 'chart' && output.data.some((data) => data.result === result));
