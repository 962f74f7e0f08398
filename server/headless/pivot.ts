/** A pivot as the lines of one table of text: a head for each column of figures, then its rows, its totals last. Pure. */
import type { PivotAnswer, PivotAnswerField, PivotAnswerKey } from '../protocol/pivot/answer.ts';

export type PivotLines = {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** The column that the figures begin with. */
  readonly figures: number;
};

/** Rows of a pivot that a text shows; its totals are of all. */
export const PIVOT_ROWS = 50;

export function pivotLines({ rows, columns, values, cells, ...totals }: PivotAnswer): PivotLines {
  const { rowTotals, columnTotals, grand } = totals;
  const titles = values.map(({ column, aggregate }) => (column === undefined ? 'rows' : `${aggregate} of ${column}`));
  const isNamed = titles.length > 1 || columns.fields.length === 0;
  const under = (head: string): readonly string[] =>
    titles.map((title) => (isNamed ? [head, title].filter((part) => part !== '').join(' · ') : head));
  const blank = rows.fields.map(() => null);
  const lines = rows.keys
    .slice(0, PIVOT_ROWS)
    .map((key, at) => [...textsOf(rows.fields, key), ...(cells[at] ?? []), ...(rowTotals?.[at] ?? [])]);
  const total = columnTotals && [
    ...blank.map((_, at) => (at === 0 ? 'Total' : null)),
    ...columnTotals,
    ...(rowTotals ? (grand ?? []) : []),
  ];
  return {
    heads: [
      ...rows.fields.map(({ column }) => column),
      ...columns.keys.flatMap((key) => under(textsOf(columns.fields, key).join(' · '))),
      ...(rowTotals ? under('Total') : []),
    ],
    rows: total ? [...lines, total] : lines,
    figures: rows.fields.length,
  };
}

const textsOf = (fields: readonly PivotAnswerField[], { texts }: PivotAnswerKey): readonly string[] =>
  fields.map(({ unit }, at) => keyText(texts[at] ?? null, unit));

/** A stretch of time by as much of its first day as tells it. */
function keyText(text: string | null, unit: PivotAnswerField['unit']): string {
  if (text === null) return 'NULL';
  if (unit === 'year') return text.slice(0, -'-01-01'.length) || text;
  return unit === 'month' ? text.slice(0, -'-01'.length) || text : text;
}
