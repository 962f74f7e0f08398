/**
 * Runs as the live socket and the calls tell them to readers and runners: what is shown is what is published. Where a
 * paragraph shows its chart or a pivot and not its rows, the first rows that a result brings along stay here, and the names of
 * columns not drawn.
 */
import { mayReadRows, type View } from './access/view.ts';
import { tablesBefore } from './protocol/chart/option.ts';
import type { Paragraph } from './protocol/document.ts';
import type { ParagraphId, RunId } from './protocol/ids.ts';
import type { Output } from './protocol/outputs.ts';
import { publishedColumns } from './protocol/published.ts';
import type { Run, RunEvent } from './protocol/runs.ts';

export type PublishedBy = {
  readonly view: View;
  readonly paragraph: (id: ParagraphId) => Pick<Paragraph, 'id' | 'options'> | undefined;
};

export const publishedRun = (run: Run, by: PublishedBy): Run => {
  const paragraph = by.paragraph(run.paragraph);
  return {
    ...run,
    outputs: run.outputs.map((output, index) =>
      publishedOutput(output, tablesBefore(run.outputs, index), paragraph, by.view),
    ),
  };
};

/** `runOf`: a run that was told of, as it stands with these events or before them. */
export function publishedEvents(
  events: readonly RunEvent[],
  runOf: (run: RunId) => Pick<Run, 'paragraph' | 'outputs'> | undefined,
  by: PublishedBy,
): readonly RunEvent[] {
  return events.map((event) => {
    if (event.type !== 'output') return event;
    const run = runOf(event.id);
    const paragraph = run && by.paragraph(run.paragraph);
    // Where it stands among the tables may not be known yet: one of those up to it may be the one.
    const isKnown = run !== undefined && run.outputs.length >= event.index;
    const places = isKnown
      ? [tablesBefore(run.outputs, event.index)]
      : Array.from({ length: event.index + 1 }, (_, index) => index);
    return {
      ...event,
      output: places.reduce((output, at) => publishedOutput(output, at, paragraph, by.view), event.output),
    };
  });
}

/** `index`: where it stands among the tables of its run. */
export function publishedOutput(
  output: Output,
  index: number,
  paragraph: Pick<Paragraph, 'id' | 'options'> | undefined,
  view: View,
): Output {
  if (output.kind !== 'table' || mayReadRows(view, paragraph, index)) return output;
  const { block: _, columns, ...rest } = output;
  return { ...rest, columns: publishedColumns(paragraph?.options.chart, index, columns) };
}
