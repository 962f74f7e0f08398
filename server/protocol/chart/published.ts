/**
 * What of a result is published where its paragraph shows a chart: the chart that is drawn, and of the columns those that
 * it draws. Whoever may not read the rows gets no other chart of them either: one could be drawn that gives the rows away.
 */
import { type ChartSettings, readChart, writeChart } from '../chart.ts';
import { uniqueNames } from '../names.ts';
import type { Column } from '../outputs.ts';
import { type Chart, fullChart } from './choose.ts';
import { showsChart } from './option.ts';

/** Undefined where table number `index` shows its rows. `chart` is undefined where nothing can be drawn. */
export function drawnOf(
  option: unknown,
  index: number,
  columns: readonly Column[],
): { readonly chart: Chart | undefined } | undefined {
  if (!showsChart(option, index)) return undefined;
  return { chart: fullChart(readChart(option, index), columns) };
}

/** By the names that the chart calls them; all of them where two have one name, as a part would be called otherwise. */
export function drawnColumns(columns: readonly Column[], chart: Chart | undefined): readonly Column[] {
  const names = columns.map(({ name }) => name);
  if (uniqueNames(names).some((name, index) => name !== names[index])) return chart ? columns : [];
  const drawn = new Set([chart?.x?.column, chart?.y?.column, chart?.colour?.column]);
  return columns.filter(({ name }) => drawn.has(name));
}

/** The option with that chart written out: fewer columns would choose another one. */
export const withDrawn = (option: unknown, index: number, chart: Chart): unknown =>
  writeChart(option, { show: 'chart', ...chart } satisfies ChartSettings, index);
