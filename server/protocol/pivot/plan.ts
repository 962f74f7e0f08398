/**
 * A pivot as the results reader takes it: columns by their place, everything said. `planPivot` is the only way from a spec to
 * a plan, for the page and the server alike, so both say the same of what can't be made.
 */
import { type Static, Type } from '@sinclair/typebox';
import { uniqueNames } from '../names.ts';
import type { Column } from '../outputs.ts';
import { PIVOT_AGGREGATES, PIVOT_UNITS, type PivotField, type PivotSpec, type PivotValue } from '../pivot.ts';
import { calendarOf, kindOf } from '../table/kinds.ts';
import { choosePivot } from './choose.ts';

const oneOf = <T extends string>(values: readonly T[]) => Type.Union(values.map((value) => Type.Literal(value)));
const Place = Type.Integer({ minimum: 0 });
const Field = Type.Object({
  column: Place,
  unit: Type.Optional(oneOf(PIVOT_UNITS)),
  bin: Type.Optional(Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Literal('auto')])),
});

export const PivotPlan = Type.Object({
  rows: Type.Array(Field),
  columns: Type.Array(Field),
  values: Type.Array(Type.Object({ column: Type.Optional(Place), aggregate: oneOf(PIVOT_AGGREGATES) })),
  sort: Type.Object({
    value: Type.Optional(Place),
    at: Type.Optional(Type.Array(Type.Union([Type.String(), Type.Null()]))),
    descending: Type.Boolean(),
  }),
  rowTotals: Type.Boolean(),
  columnTotals: Type.Boolean(),
});
export type PivotPlan = Static<typeof PivotPlan>;

/** Why a pivot of these columns can't be made. */
export type PivotProblem =
  | { readonly kind: 'no-columns' }
  | { readonly kind: 'unknown-column'; readonly column: string }
  /** It is to be cut into stretches, and is no date. */
  | { readonly kind: 'not-a-date'; readonly column: string }
  /** It is to be added up, or cut into bins, and is no number. */
  | { readonly kind: 'not-a-number'; readonly column: string };

export function planPivot(
  spec: PivotSpec | undefined,
  columns: readonly Column[],
): { readonly plan: PivotPlan } | { readonly problem: PivotProblem } {
  const whole = spec && isSaid(spec) ? spec : choosePivot(columns);
  if (!whole) return { problem: { kind: 'no-columns' } };
  const names = uniqueNames(columns.map(({ name }) => name));
  for (const one of [...whole.rows, ...whole.columns, ...whole.values]) {
    const problem = problemOf(one, names, columns);
    if (problem) return { problem };
  }
  const place = ({ column, ...rest }: PivotField): PivotPlan['rows'][number] => ({
    ...rest,
    column: names.indexOf(column),
  });
  const values = whole.values.length > 0 ? whole.values : [{ aggregate: 'count' as const }];
  const { value, at, descending = false } = whole.sort ?? {};
  const isSorted = value !== undefined && value < values.length;
  const isAt = isSorted && at !== undefined && at.length === whole.columns.length;
  return {
    plan: {
      rows: whole.rows.map(place),
      columns: whole.columns.map(place),
      values: values.map(({ column, aggregate }) => ({
        aggregate,
        ...(column === undefined ? {} : { column: names.indexOf(column) }),
      })),
      sort: { descending, ...(isSorted ? { value } : {}), ...(isAt ? { at: [...at] } : {}) },
      rowTotals: whole.rowTotals !== false,
      columnTotals: whole.columnTotals !== false,
    },
  };
}

const isSaid = ({ rows, columns, values }: PivotSpec): boolean => rows.length + columns.length + values.length > 0;

function problemOf(
  one: PivotField | PivotValue,
  names: readonly string[],
  columns: readonly Column[],
): PivotProblem | undefined {
  const { column } = one;
  if (column === undefined) return undefined;
  const place = names.indexOf(column);
  if (place < 0) return { kind: 'unknown-column', column };
  const { type } = columns[place]!;
  if ('aggregate' in one)
    return aggregatesOf(type).includes(one.aggregate) ? undefined : { kind: 'not-a-number', column };
  if (one.unit !== undefined && calendarOf(type) === undefined) return { kind: 'not-a-date', column };
  return one.bin !== undefined && kindOf(type) !== 'number' ? { kind: 'not-a-number', column } : undefined;
}

/** What can be asked of the values of a type. */
export const aggregatesOf = (type: string): readonly PivotValue['aggregate'][] =>
  isAddable(type) ? PIVOT_AGGREGATES : PIVOT_AGGREGATES.filter((one) => !ADDED.has(one));

/** Truth values count as 0 and 1, so that their mean is a share. */
export const isAddable = (type: string): boolean => ['number', 'boolean'].includes(kindOf(type));

const ADDED: ReadonlySet<string> = new Set(['sum', 'mean', 'median']);
