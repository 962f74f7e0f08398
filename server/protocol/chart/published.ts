/**
 * What of a result is published where its paragraph shows a chart: the chart that is drawn, and of the columns those that
 * it draws. Whoever may not read the rows gets no other chart of them either: one could be drawn that gives the rows away.
 */
import { CHANNELS, type ChartSettings, type ChartSpec, readChart, writeChart } from '../chart.ts';
import type { Json } from '../document.ts';
import { uniqueNames } from '../names.ts';
import type { Column } from '../outputs.ts';
import { type Chart, fullChart } from './choose.ts';
import { isRecord, showsChart } from './option.ts';

/** Undefined where table number `index` shows its rows. `chart` is undefined where nothing can be drawn. */
export function drawnOf(
  option: unknown,
  index: number,
  columns: readonly Column[],
): { readonly chart: Chart | undefined } | undefined {
  if (!showsChart(option, index)) return undefined;
  const chart = fullChart(readChart(option, index), columns);
  return { chart: chart && withoutRows(chart) };
}

/** What points say of their rows is no part of the picture. */
function withoutRows({ tooltip: _, ...chart }: Chart): Chart {
  return chart;
}

/** The chart as it is asked for whoever may not read the rows: values of no row by itself. */
export const publishedSpec = (chart: Chart | undefined): ChartSpec => ({ ...chart, aggregated: true });

/** By the names that the chart calls them; all of them where two have one name, as a part would be called otherwise. */
export function drawnColumns(columns: readonly Column[], chart: Chart | undefined): readonly Column[] {
  const names = columns.map(({ name }) => name);
  if (uniqueNames(names).some((name, index) => name !== names[index])) return chart ? columns : [];
  const drawn = new Set(CHANNELS.map((channel) => chart?.[channel]?.column));
  return columns.filter(({ name }) => drawn.has(name));
}

/** The option with that chart written out: fewer columns would choose another one. */
export const withDrawn = (option: unknown, index: number, chart: Chart): unknown =>
  writeChart(option, { show: 'chart', ...chart } satisfies ChartSettings, index);

/** The option without what points say of rows, in the tables whose rows are not read: the names of their columns are hidden. */
export function withoutTips(option: Json | undefined, isRead: (index: number) => boolean): Json | undefined {
  const bare = (part: Json | undefined, index: number): Json | undefined => {
    if (!isRecord(part) || isRead(index)) return part;
    const { tooltip: _, ...rest } = part;
    return rest;
  };
  return Array.isArray(option) ? option.map((part, index) => bare(part, index) ?? null) : bare(option, 0);
}
