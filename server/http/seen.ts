/**
 * What of runs and their outputs goes to somebody, by what they see of the notebook (`access/view.ts`). Where sources are
 * hidden an error says no more than that it happened: its text quotes what was written. Who holds a link learns no names.
 */
import { isCodeSeen, isPublished, isSeen, mayReadRows, type View } from '../access/view.ts';
import { AppError } from '../errors.ts';
import type { Chart } from '../protocol/chart/choose.ts';
import { tablesBefore } from '../protocol/chart/option.ts';
import { drawnOf, withoutTips } from '../protocol/chart/published.ts';
import type { Paragraph } from '../protocol/document.ts';
import type { ResultId } from '../protocol/ids.ts';
import { isVisitorKey, keyIn } from '../protocol/keys.ts';
import type { Column, Output } from '../protocol/outputs.ts';
import { pivotShown, publishedOption, type ShownPivot } from '../protocol/pivot/published.ts';
import { publishedColumns } from '../protocol/published.ts';
import type { Run, RunPhase } from '../protocol/runs.ts';
import { publishedOutput } from '../published.ts';
import type { ResultInfo } from '../results/contract.ts';
import type { NotebookRuns } from '../runs/notebook.ts';
import type { RunSummary } from '../runs/parts.ts';
import { words } from '../words.ts';
import type { Services } from './services.ts';

const NOBODY: Run['by'] = { id: 'member' as Run['by']['id'], name: '' };

/** `paragraphs`: of the notebook as it stands now; runs of what is gone from it are nobody's by a link. */
export function seenSummaries<T extends RunSummary>(
  view: View,
  runs: readonly T[],
  paragraphs: readonly Pick<Paragraph, 'id' | 'options'>[],
): readonly T[] {
  if (view.whole) return runs.filter((run) => isSeen(view, run.paragraph));
  const published = new Set(paragraphs.filter((one) => isPublished(view, one)).map(({ id }) => id));
  return runs.filter((run) => published.has(run.paragraph)).map((run) => unnamed(view, run));
}

/** By nobody, and what it took is not said; a paragraph is named in its code, and where that is hidden so is its name. */
function unnamed<T extends RunSummary>(view: View, counted: T): T {
  const { from: _, ...run } = { ...counted, phase: uncounted(counted.phase) };
  if (isCodeSeen(view, run.paragraph)) return { ...(run as T), by: NOBODY };
  const { name: __, ...rest } = run;
  return { ...(rest as T), by: NOBODY };
}

function uncounted(phase: RunPhase): RunPhase {
  if (!('cost' in phase)) return phase;
  const { cost: _, ...rest } = phase;
  return rest;
}

/** Undefined where they may not know of it. `options`: of its paragraph as it stands now. */
export function seenRun(view: View, run: Run, options: Paragraph['options'] = {}): Run | undefined {
  const paragraph = { id: run.paragraph, options };
  if (!isPublished(view, paragraph)) return undefined;
  const shown = (output: Output, index: number): Output =>
    publishedOutput(output, tablesBefore(run.outputs, index), paragraph, view);
  if (view.whole) return { ...run, outputs: run.outputs.map(shown) };
  const isBare = !isCodeSeen(view, run.paragraph);
  const outputs = run.outputs.map((output, index) => shown(isBare ? withoutSource(run, output) : output, index));
  return { ...unnamed(view, run), options: {}, source: isBare ? '' : run.source, outputs };
}

/** What quotes a source: a table's name, errors, what programs say of them, and a chart that is its own source. */
function withoutSource(run: Run, output: Output): Output {
  switch (output.kind) {
    case 'error':
      return { kind: 'error', code: 'paragraph-failed', message: words.paragraphFailed(run.id) };
    case 'table': {
      const { name: _, ...rest } = output;
      return rest;
    }
    case 'text':
      return output.stream === 'stderr' ? { kind: 'text', stream: 'stderr', text: '' } : output;
    case 'chart':
      if (run.interpreter !== SPEC_IS_SOURCE) return output;
      return { kind: 'text', stream: 'value', text: words.ownCode };
    default:
      return output;
  }
}

const SPEC_IS_SOURCE = 'vega-lite';

/** A paragraph's source and options as they may be seen: what is not published is not there. */
export function seenParagraph(view: View, paragraph: Paragraph): Paragraph | undefined {
  if (!isPublished(view, paragraph)) return undefined;
  if (view.whole || (isCodeSeen(view, paragraph.id) && paragraph.interpreter === 'markdown')) return paragraph;
  const chart = withoutTips(paragraph.options.chart, (index) => mayReadRows(view, paragraph, index));
  const source = isCodeSeen(view, paragraph.id) || paragraph.interpreter === 'markdown' ? paragraph.source : '';
  const { name, ...rest } = paragraph;
  const told = name === undefined || !isCodeSeen(view, paragraph.id) ? {} : { name };
  return { ...rest, ...told, source, options: chart === undefined ? {} : { chart: publishedOption(chart) } };
}

/** All of a result, or of a table only the chart or the pivot that its paragraph shows, and the columns that this is made of. */
export type Allowed =
  | { readonly rows: true }
  | {
      readonly rows: false;
      readonly columns: readonly Column[];
      readonly chart?: Chart | undefined;
      readonly pivot?: ShownPivot | undefined;
    };

/** `drawing`: whatever is made of the rows. */
export type Wanted = 'rows' | 'drawing' | 'chart' | 'pivot';

/** Throws AppError not-found where the result, or with `rows` its rows, are not theirs. */
export async function requireResult(
  runs: Pick<NotebookRuns, 'get' | 'latest'>,
  live: Services['live'],
  view: View,
  { id, run: runId, columns }: ResultInfo,
  wants: Wanted,
): Promise<Allowed> {
  if (view.whole && (view.role === 'writer' || view.role === 'owner')) return { rows: true };
  const run = await runs.get(runId);
  if (!run || !isSeen(view, run.paragraph) || !isShown(view, run, runs)) throw new AppError('not-found', 'result');
  const paragraph = await paragraphNow(live, run);
  if (!view.whole && !(paragraph && isPublished(view, paragraph))) throw new AppError('not-found', 'result');
  const at = run.outputs.findIndex((output) => holds(output, id));
  // A chart that a person or a program wrote draws the rows it is given.
  if (run.outputs[at]?.kind === 'chart') {
    if (isDrawn(view, run)) return { rows: true };
    throw new AppError('not-found', 'result');
  }
  const index = tablesBefore(run.outputs, Math.max(0, at));
  if (mayReadRows(view, paragraph, index)) return { rows: true };
  if (wants === 'rows' || !paragraph) throw new AppError('not-found', 'result');
  const option = paragraph.options.chart;
  const told = { rows: false as const, columns: publishedColumns(option, index, columns) };
  const drawn = wants === 'pivot' ? undefined : drawnOf(option, index, columns);
  if (drawn) return { ...told, chart: drawn.chart };
  const pivot = wants === 'chart' ? undefined : pivotShown(option, index, columns);
  if (pivot) return { ...told, pivot };
  throw new AppError('not-found', 'result');
}

/**
 * Who came by a link sees what the paragraphs show, not what they showed before; but of runs in a session of their own, which
 * nobody else finds, all.
 */
export const isShown = (view: View, { id }: Pick<Run, 'id'>, runs: { latest(): readonly Pick<Run, 'id'>[] }): boolean =>
  view.whole || isVisited(id) || runs.latest().some((run) => run.id === id);

/** Whether it happened in a visitor's session. */
export function isVisited(run: Run['id']): boolean {
  const key = keyIn(run);
  return key !== undefined && isVisitorKey(key);
}

const isDrawn = (view: View, run: Run): boolean =>
  view.whole || isCodeSeen(view, run.paragraph) || run.interpreter !== SPEC_IS_SOURCE;

/** As it stands this moment. */
export async function paragraphNow(
  live: Services['live'],
  run: Pick<Run, 'notebook' | 'paragraph'>,
): Promise<Paragraph | undefined> {
  const open = await live.open(run.notebook);
  try {
    return open.paragraphs().find((one) => one.id === run.paragraph);
  } finally {
    open.release();
  }
}

const holds = (output: Output, result: ResultId): boolean =>
  (output.kind === 'table' && output.result === result) ||
  (output.kind === 'chart' && output.data.some((data) => data.result === result));
