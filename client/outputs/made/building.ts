/** The way from a chart's text back to the builder, over the table that it names. */
import type { ChartSettings } from '../../../server/protocol/chart.ts';

export type Building = {
  /** The text as it stands in the paragraph. */
  readonly source: () => string;
  /** Whether a paragraph of the notebook has that table as its result. */
  readonly has: (table: string) => boolean;
  /** Shows the table's chart with these settings, where the table is. */
  readonly open: (table: string, settings: ChartSettings) => Promise<void>;
};
