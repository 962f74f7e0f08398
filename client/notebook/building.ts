/** Where a chart's text is edited in the builder: at the paragraph whose result it names. */
import { tablesBefore } from '../../server/protocol/chart/option.ts';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import type { Building } from '../outputs/made/building.ts';
import type { NotebookContext } from './context.ts';
import type { ParagraphView } from './document.ts';
import { setShown } from './edits.ts';

export const CHART_TEXT = 'vega-lite';

export function buildingOf(notebook: NotebookContext, { source }: Pick<ParagraphView, 'source'>): Building {
  const { document, runs } = notebook;
  /** Names fold case, and the first paragraph that has one owns it. */
  const owner = (table: string): ParagraphId | undefined =>
    document.order().find((id) => document.paragraph(id).name().toLowerCase() === table.toLowerCase());
  return {
    source,
    has: (table) => owner(table) !== undefined,
    async open(table, settings) {
      // What reads settings is there once a chart is: the page begins without.
      const { writeChart } = await import('../../server/protocol/chart.ts');
      const id = owner(table);
      if (id === undefined || !notebook.writable()) return;
      const outputs = runs.paragraph(id).latest()?.outputs ?? [];
      const at = outputs.findIndex((output) => output.kind === 'table' && output.name !== undefined);
      const option = writeChart(
        document.paragraph(id).options().chart,
        settings,
        tablesBefore(outputs, Math.max(0, at)),
      );
      setShown(notebook, id, 'chart', option);
      notebook.reveal(id);
    },
  };
}
