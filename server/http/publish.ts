/**
 * A notebook as whoever came by a link sees it: title, prose, the paragraphs that are shown with what they last put out,
 * and of those that the caller may run how their own runs are. A pure projection; whatever is not put in here does not
 * leave the server. Rows are fetched by the calls of results, which ask the same view.
 */
import { isCodeSeen, mayReadRows, mayRun, type View } from '../access/view.ts';
import { tablesBefore } from '../protocol/chart/option.ts';
import { drawnOf, withDrawn, withoutTips } from '../protocol/chart/published.ts';
import { type Paragraph, PROSE } from '../protocol/document.ts';
import type { ParagraphId } from '../protocol/ids.ts';
import { pivotShown, publishedOption, withPivot } from '../protocol/pivot/published.ts';
import { type Place, placeOf, spanOf } from '../protocol/report/layout.ts';
import { isEnded, type Run } from '../protocol/runs.ts';
import { publishedLayout } from '../protocol/table/laid.ts';
import { headOf } from '../runs/shown.ts';
import { seenParagraph, seenRun } from './seen.ts';

export type PublishedParagraph = {
  readonly id: ParagraphId;
  readonly interpreter: string;
  /** In the report; absent where it stands as most do. */
  readonly place?: Place;
  /** How wide its column is there beside others; absent where as wide as they are. */
  readonly span?: number;
  /** Absent where it is not shown. */
  readonly source?: string;
  readonly chart?: unknown;
  /** How a writer laid out those of its tables whose rows they may read. */
  readonly table?: unknown;
  /** Whether one may take the rows away though a chart is shown. */
  readonly download?: true;
  /** Whether they may run it. */
  readonly runs?: true;
  /** What stands there. */
  readonly run?: Run;
  /** That it is of their own session. */
  readonly own?: true;
  /** The newest run of their own, whatever became of it; its outputs while it runs alone. */
  readonly mine?: Run;
};

export type Sessions = {
  /** The notebook's own. */
  readonly shared: readonly Run[];
  /** Of the caller's own session, where they have one. */
  readonly own?: readonly Run[];
};

export function publish(
  view: View,
  paragraphs: readonly Paragraph[],
  { shared, own = [] }: Sessions,
): readonly PublishedParagraph[] {
  return paragraphs.flatMap((paragraph) => {
    const seen = seenParagraph(view, paragraph);
    if (!seen) return [];
    const { id, interpreter, options } = paragraph;
    const at = placeOf(options);
    const span = spanOf(options);
    const place = view.titled ? { ...(at === 'across' ? {} : { place: at }), ...(span === 1 ? {} : { span }) } : {};
    if (interpreter === PROSE) return [{ id, interpreter, ...place, source: paragraph.source }];
    const ofThis = (runs: readonly Run[]): readonly Run[] => runs.filter((run) => run.paragraph === id);
    const mine = ofThis(own);
    const ownShown = mine.findLast(says);
    const shown = ownShown ?? shownOf(ofThis(shared));
    const run = shown && seenRun(view, shown, options);
    const latest = latestOf(mine);
    const told = latest && seenRun(view, latest, options);
    const chart = chartOf(view, paragraph, shown);
    const table = publishedLayout(options.table, (index) => mayReadRows(view, paragraph, index));
    return [
      {
        id,
        interpreter,
        ...place,
        ...(isCodeSeen(view, id) ? { source: paragraph.source } : {}),
        ...(chart === undefined ? {} : { chart }),
        ...(table === undefined ? {} : { table }),
        ...(options.download === true ? { download: true as const } : {}),
        ...(mayRun(view, id) && options.run !== 'never' ? { runs: true as const } : {}),
        ...(run ? { run } : {}),
        ...(run && ownShown ? { own: true as const } : {}),
        ...(told ? { mine: briefly(told) } : {}),
      },
    ];
  });
}

/** As the page shows it to members: the newest that ended and says something. What runs now is not shown yet. */
export function shownOf(runs: readonly Run[]): Run | undefined {
  return runs.findLast(says) ?? runs.findLast(({ phase }) => isEnded(phase));
}

/** One that never began says nothing, and what stood there before stays. */
const says = ({ phase, outputs }: Run): boolean =>
  isEnded(phase) && (outputs.length > 0 || phase.state === 'done' || phase.state === 'failed');

/** The one under way, else the one that waits, else the newest that ended. */
const latestOf = (runs: readonly Run[]): Run | undefined =>
  runs.find(({ phase }) => phase.state === 'running') ??
  runs.find(({ phase }) => phase.state === 'queued') ??
  runs.at(-1);

/** What it put out stands elsewhere once it has ended; of a long text that still grows, the head. */
const briefly = (run: Run): Run => (run.phase.state === 'running' ? headOf(run) : { ...run, outputs: [] });

/** Of what shows its chart or a pivot only, the one that is drawn, written out. */
function chartOf(view: View, { id, options }: Paragraph, run: Run | undefined): unknown {
  const told = options.download === true ? options.chart : publishedOption(options.chart);
  let option: unknown = withoutTips(told, (index) => mayReadRows(view, { id, options }, index));
  run?.outputs.forEach((output, at) => {
    if (output.kind !== 'table') return;
    const index = tablesBefore(run.outputs, at);
    if (mayReadRows(view, { id, options }, index)) return;
    const drawn = drawnOf(options.chart, index, output.columns);
    if (drawn?.chart) option = withDrawn(option, index, drawn.chart);
    const pivot = pivotShown(options.chart, index, output.columns)?.spec;
    if (pivot) option = withPivot(option, index, pivot);
  });
  return option;
}
