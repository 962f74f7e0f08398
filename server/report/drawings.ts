/** What a report that is a file draws of tables: charts of the builder, pivots, and charts that people and programs wrote. */
import { Check } from '@sinclair/typebox/value';
import type { Dated } from '../protocol/annotations.ts';
import { AnyAnswer } from '../protocol/chart/answer.ts';
import { coveredBy } from '../protocol/chart/covered.ts';
import { drawnOf, publishedSpec } from '../protocol/chart/published.ts';
import { CHART_BYTES, CHART_ROWS, type ChartOutput, type TableOutput } from '../protocol/outputs.ts';
import { PivotAnswer } from '../protocol/pivot/answer.ts';
import { isFitting, pivotShown } from '../protocol/pivot/published.ts';
import {
  FILE_COLUMNS,
  FILE_MOST,
  FILE_ROWS,
  FILE_TABLE,
  type FileOutput,
  type FilePivot,
} from '../protocol/report/file.ts';
import { laidOut } from '../protocol/table/laid.ts';
import { EVERYTHING, isNarrow } from '../protocol/table/narrow.ts';
import type { Results } from '../results/contract.ts';
import { readWhole } from './read.ts';

/** Which of a paragraph's tables, what its options `chart` and `table` say, and whether its rows may be in the file. */
export type How = {
  readonly index: number;
  readonly chart: unknown;
  readonly layout: unknown;
  readonly mayRead: boolean;
  /** Of the notebook, to stand on axes of time. */
  readonly dates?: readonly Dated[];
};

const NOT_DRAWN = { kind: 'left', what: 'chart', why: 'drawing' } as const;
const NO_PIVOT = { kind: 'left', what: 'pivot', why: 'drawing' } as const;
/** Bytes of an answer in JSON: a pivot has at most about one million. */
const MOST_ANSWER = FILE_TABLE;

/** Undefined where the table shows its rows. */
export async function chartOf(
  { result, columns, rows }: TableOutput,
  { index, chart: option, mayRead, dates = [] }: How,
  results: Pick<Results, 'chart'>,
  signal: AbortSignal,
): Promise<FileOutput | undefined> {
  const drawn = drawnOf(option, index, columns);
  if (!drawn) return undefined;
  if (!drawn.chart) return NOT_DRAWN;
  // Where rows are not given away no point is one of them.
  const asked = mayRead ? drawn.chart : publishedSpec(drawn.chart);
  const answer: unknown = JSON.parse(
    (await readWhole(results.chart(result, asked, EVERYTHING, signal), MOST_ANSWER)).toString(),
  );
  if (!Check(AnyAnswer, answer)) throw new Error('the reader gave an answer that is no chart');
  const annotations = [...coveredBy(answer, dates)];
  const told = annotations.length > 0 ? { ...answer, annotations } : answer;
  return { kind: 'drawing', chart: drawn.chart, answer: told, columns: [...columns], total: rows };
}

/** Undefined where the table shows something else. What it was filtered by is not in the file. */
export async function pivotOf(
  { result, columns, rows }: TableOutput,
  { index, chart: option, layout, mayRead }: How,
  results: Pick<Results, 'pivot'>,
  signal: AbortSignal,
): Promise<FileOutput | undefined> {
  const shown = pivotShown(option, index, columns);
  if (!shown) return undefined;
  const { spec } = shown;
  if (!spec || !isFitting(shown.narrow, columns)) return NO_PIVOT;
  // As on the page: without filters of its own it follows those of its table.
  const narrow = isNarrow(shown.narrow) || !mayRead ? shown.narrow : laidOut(layout, index, columns).narrow;
  const answer: unknown = JSON.parse(
    (await readWhole(results.pivot(result, spec, narrow, signal), MOST_ANSWER)).toString(),
  );
  if (!Check(PivotAnswer, answer)) throw new Error('the reader gave an answer that is no pivot');
  return withinFile({ kind: 'pivot', spec, answer, total: rows });
}

/** As many rows and columns as a table in the file has; what is left out is counted in its answer. */
function withinFile(pivot: FilePivot): FilePivot {
  const { rows, columns, values, cells, rowTotals, columnTotals } = pivot.answer;
  const across = Math.max(1, Math.floor(FILE_COLUMNS / values.length));
  const wide = Math.min(across, columns.keys.length) * values.length;
  const first = <T>(list: readonly T[], most: number): T[] => list.slice(0, most);
  return {
    ...pivot,
    answer: {
      ...pivot.answer,
      rows: { ...rows, keys: first(rows.keys, FILE_ROWS) },
      columns: { ...columns, keys: first(columns.keys, across) },
      cells: first(cells, FILE_ROWS).map((line) => first(line, wide)),
      ...(rowTotals ? { rowTotals: first(rowTotals, FILE_ROWS) } : {}),
      ...(columnTotals ? { columnTotals: first(columnTotals, wide) } : {}),
    },
  };
}

/** Bytes of Arrow of one chart, as base64 a third more: what is larger is left out of the file. */
const MOST_ARROW = Math.min(CHART_BYTES, FILE_MOST / 2);

export async function specOf(
  { spec, data, notes }: ChartOutput,
  results: Pick<Results, 'window'>,
  signal: AbortSignal,
): Promise<FileOutput> {
  const tables: { readonly name: string; readonly rows: number; readonly arrow: string }[] = [];
  let left = MOST_ARROW;
  for (const { name, result, rows, dropped, open } of data) {
    if (dropped || open) return { kind: 'left', what: 'chart', why: 'gone' };
    if (rows > CHART_ROWS) return { kind: 'left', what: 'chart', why: 'size' };
    const arrow = await readWhole(results.window(result, { offset: 0, sort: [], format: 'arrow' }, signal), left);
    left -= arrow.length;
    tables.push({ name, rows, arrow: arrow.toString('base64') });
  }
  return { kind: 'spec', spec, tables, ...(notes ? { notes } : {}) };
}
