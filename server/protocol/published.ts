/** Which columns of a result are told where its paragraph shows what was made of it, a chart or a pivot, and not its rows. */
import { drawnColumns, drawnOf } from './chart/published.ts';
import type { Column } from './outputs.ts';
import { pivotColumns, pivotShown } from './pivot/published.ts';

export function publishedColumns(option: unknown, index: number, columns: readonly Column[]): readonly Column[] {
  const pivot = pivotShown(option, index, columns);
  return pivot ? pivotColumns(columns, pivot.spec) : drawnColumns(columns, drawnOf(option, index, columns)?.chart);
}
