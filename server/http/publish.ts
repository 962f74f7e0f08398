/**
 * A notebook as whoever came by a link sees it: title, prose, the paragraphs that are shown with what they last put out. A
 * pure projection; whatever is not put in here does not leave the server. Rows are fetched by the calls of results, which
 * ask the same view.
 */
import { isCodeSeen, mayReadRows, type View } from '../access/view.ts';
import { tablesBefore } from '../protocol/chart/option.ts';
import { drawnOf, withDrawn } from '../protocol/chart/published.ts';
import type { Paragraph } from '../protocol/document.ts';
import type { ParagraphId } from '../protocol/ids.ts';
import { isEnded, type Run } from '../protocol/runs.ts';
import { seenParagraph, seenRun } from './seen.ts';

export type PublishedParagraph = {
  readonly id: ParagraphId;
  readonly interpreter: string;
  /** Absent where it is not shown. */
  readonly source?: string;
  readonly chart?: unknown;
  /** Whether one may take the rows away though a chart is shown. */
  readonly download?: true;
  readonly run?: Run;
};

const PROSE = 'markdown';

export function publish(
  view: View,
  paragraphs: readonly Paragraph[],
  runs: readonly Run[],
): readonly PublishedParagraph[] {
  return paragraphs.flatMap((paragraph) => {
    const seen = seenParagraph(view, paragraph);
    if (!seen) return [];
    const { id, interpreter } = paragraph;
    if (interpreter === PROSE) return [{ id, interpreter, source: paragraph.source }];
    const shown = shownOf(runs.filter((run) => run.paragraph === id));
    const run = shown && seenRun(view, shown, paragraph.options);
    const chart = chartOf(view, paragraph, shown);
    return [
      {
        id,
        interpreter,
        ...(isCodeSeen(view, id) ? { source: paragraph.source } : {}),
        ...(chart === undefined ? {} : { chart }),
        ...(paragraph.options.download === true ? { download: true as const } : {}),
        ...(run ? { run } : {}),
      },
    ];
  });
}

/** As the page shows it to members: the newest that ended and says something. What runs now is not shown yet. */
export function shownOf(runs: readonly Run[]): Run | undefined {
  const ended = runs.filter((run) => isEnded(run.phase));
  const says = (run: Run): boolean =>
    run.outputs.length > 0 || run.phase.state === 'done' || run.phase.state === 'failed';
  return ended.findLast(says) ?? ended.at(-1);
}

/** Of what shows its chart only, the chart that is drawn, written out. */
function chartOf(view: View, { id, options }: Paragraph, run: Run | undefined): unknown {
  let option: unknown = options.chart;
  run?.outputs.forEach((output, at) => {
    if (output.kind !== 'table') return;
    const index = tablesBefore(run.outputs, at);
    if (mayReadRows(view, { id, options }, index)) return;
    const drawn = drawnOf(options.chart, index, output.columns);
    if (drawn?.chart) option = withDrawn(option, index, drawn.chart);
  });
  return option;
}
