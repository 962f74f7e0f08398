/**
 * Runs as the live socket tells them to readers and runners: what is shown is what is published. Where a paragraph shows
 * its chart and not its rows, the first rows that a result brings along stay here.
 */
import { mayReadRows, type View } from './access/view.ts';
import { tablesBefore } from './protocol/chart/option.ts';
import type { Paragraph } from './protocol/document.ts';
import type { ParagraphId, RunId } from './protocol/ids.ts';
import type { Output } from './protocol/outputs.ts';
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
      published(output, tablesBefore(run.outputs, index), paragraph, by.view),
    ),
  };
};

/** `paragraphOf`: of a run that was told of. */
export function publishedEvents(
  events: readonly RunEvent[],
  paragraphOf: (run: RunId) => ParagraphId | undefined,
  by: PublishedBy,
): readonly RunEvent[] {
  return events.map((event) => {
    if (event.type !== 'output') return event;
    const id = paragraphOf(event.id);
    const paragraph = id === undefined ? undefined : by.paragraph(id);
    // Where it stands among the tables is not known here: one of those up to it may be the one.
    const places = Array.from({ length: event.index + 1 }, (_, index) => index);
    return { ...event, output: places.reduce((output, at) => published(output, at, paragraph, by.view), event.output) };
  });
}

function published(
  output: Output,
  index: number,
  paragraph: Pick<Paragraph, 'id' | 'options'> | undefined,
  view: View,
): Output {
  if (output.kind !== 'table' || mayReadRows(view, paragraph, index)) return output;
  const { block: _, ...rest } = output;
  return rest;
}
