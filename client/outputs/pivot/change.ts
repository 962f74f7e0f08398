/** What a hand changes in a pivot: fields put somewhere, moved, set, taken away. Pure; a sort that fits no more goes. */

import { isIdentifier, isOrdinal } from '../../../server/protocol/chart/kinds.ts';
import { uniqueNames } from '../../../server/protocol/names.ts';
import type { Column } from '../../../server/protocol/outputs.ts';
import { fieldOf, measureFor } from '../../../server/protocol/pivot/choose.ts';
import { aggregatesOf, isAddable } from '../../../server/protocol/pivot/plan.ts';
import {
  MAX_FIELDS,
  MAX_MEASURES,
  type PivotField,
  type PivotSpec,
  type PivotValue,
} from '../../../server/protocol/pivot.ts';

export const SIDES = ['rows', 'columns', 'values'] as const;
export type Side = (typeof SIDES)[number];
export type Place = { readonly side: Side; readonly at: number };

export const mostOf = (side: Side): number => (side === 'values' ? MAX_MEASURES : MAX_FIELDS);
export const isFull = (spec: PivotSpec, side: Side): boolean => spec[side].length >= mostOf(side);

/** A column of the table on a side, at the end where no place is said. A field stands on one of rows and columns alone. */
export function added(spec: PivotSpec, side: Side, key: string, columns: readonly Column[], at?: number): PivotSpec {
  const column = columnOf(columns, key);
  if (!column) return spec;
  const bare = side === 'values' ? spec : without(spec, key);
  if (isFull(bare, side)) return spec;
  const place = Math.min(at ?? bare[side].length, bare[side].length);
  if (side !== 'values') return fitting({ ...bare, [side]: bare[side].toSpliced(place, 0, fieldOf(column, key)) });
  // The count that stands where nothing was chosen gives way to what is.
  const values = isBareCount(bare) ? [] : bare.values;
  return fitting({ ...bare, values: values.toSpliced(place, 0, nextValue(values, column, key)) });
}

/** A click on a field: on where it was not, off where it was. */
export function toggled(spec: PivotSpec, key: string, columns: readonly Column[]): PivotSpec {
  if (isUsed(spec, key)) return whole(withoutAll(spec, key));
  const column = columnOf(columns, key);
  if (!column) return spec;
  const isValue = isAddable(column.type) && !isOrdinal(column) && !isIdentifier(column);
  const side = isValue ? 'values' : spec.rows.length > 0 && spec.columns.length === 0 ? 'columns' : 'rows';
  return added(spec, side, key, columns);
}

export const isUsed = (spec: PivotSpec, key: string): boolean =>
  SIDES.some((side) => spec[side].some(({ column }) => column === key));

export function removed(spec: PivotSpec, { side, at }: Place): PivotSpec {
  return whole({ ...spec, [side]: spec[side].toSpliced(at, 1) });
}

/** To another place, also of another side. */
export function moved(spec: PivotSpec, from: Place, to: Place, columns: readonly Column[]): PivotSpec {
  const one = spec[from.side][from.at];
  if (!one) return spec;
  if (from.side === to.side) {
    const rest: readonly (PivotField | PivotValue)[] = spec[from.side].toSpliced(from.at, 1);
    const at = Math.max(0, Math.min(rest.length, to.at > from.at ? to.at - 1 : to.at));
    return fitting({ ...spec, [from.side]: rest.toSpliced(at, 0, one) });
  }
  if (one.column === undefined || isFull(spec, to.side)) return spec;
  const bare = { ...spec, [from.side]: spec[from.side].toSpliced(from.at, 1) };
  const stays = from.side !== 'values' && to.side !== 'values';
  if (!stays || 'aggregate' in one) return added(bare, to.side, one.column, columns, to.at);
  return fitting({ ...bare, [to.side]: bare[to.side].toSpliced(to.at, 0, one) });
}

/** One step among its neighbours. */
export function stepped(spec: PivotSpec, { side, at }: Place, by: -1 | 1): PivotSpec {
  const list: readonly (PivotField | PivotValue)[] = spec[side];
  const one = list[at];
  if (!one || at + by < 0 || at + by >= list.length) return spec;
  return fitting({ ...spec, [side]: list.toSpliced(at, 1).toSpliced(at + by, 0, one) });
}

export const withField = (spec: PivotSpec, { side, at }: Place, field: PivotField): PivotSpec =>
  side === 'values' ? spec : fitting({ ...spec, [side]: spec[side].with(at, field) });

export const withValue = (spec: PivotSpec, at: number, value: PivotValue): PivotSpec => ({
  ...spec,
  values: spec.values.with(at, value),
});

/** Figures: the largest first, then the least, then not at all; names: from the end, then again from the beginning. */
export function sortedBy(spec: PivotSpec, value: number | undefined, at?: readonly (string | null)[]): PivotSpec {
  const { sort, ...rest } = spec;
  const isSame = sort?.value === value && JSON.stringify(sort?.at) === JSON.stringify(at);
  const by = value === undefined ? {} : { value, ...(at ? { at } : {}) };
  if (!sort || !isSame) return value === undefined && sort ? rest : { ...rest, sort: { ...by, descending: true } };
  return sort.descending && value !== undefined ? { ...rest, sort: by } : rest;
}

export function withTotals(spec: PivotSpec, which: 'rowTotals' | 'columnTotals', shown: boolean): PivotSpec {
  const { [which]: _, ...rest } = spec;
  return shown ? rest : { ...rest, [which]: false };
}

/** Another aggregate than those that the column already has. */
function nextValue(values: readonly PivotValue[], column: Column, key: string): PivotValue {
  const first = measureFor(column, key);
  const taken = values.filter((value) => value.column === key).map(({ aggregate }) => aggregate);
  if (!taken.includes(first.aggregate)) return first;
  const other = aggregatesOf(column.type).find((aggregate) => !taken.includes(aggregate));
  return other ? { column: key, aggregate: other } : first;
}

const isBareCount = ({ values }: PivotSpec): boolean =>
  values.length === 1 && values[0]?.column === undefined && values[0]?.aggregate === 'count';

/** Nothing named would stand for the first choice: what is taken away stays away. */
const whole = (spec: PivotSpec): PivotSpec =>
  fitting(spec.values.length > 0 ? spec : { ...spec, values: [{ aggregate: 'count' }] });

const without = (spec: PivotSpec, key: string): PivotSpec => ({
  ...spec,
  rows: spec.rows.filter(({ column }) => column !== key),
  columns: spec.columns.filter(({ column }) => column !== key),
});

const withoutAll = (spec: PivotSpec, key: string): PivotSpec => ({
  ...without(spec, key),
  values: spec.values.filter(({ column }) => column !== key),
});

/** A sort by a column's key is of other columns now. */
function fitting(spec: PivotSpec): PivotSpec {
  const { sort, ...rest } = spec;
  return sort?.value === undefined ? spec : rest;
}

function columnOf(columns: readonly Column[], key: string): Column | undefined {
  const place = uniqueNames(columns.map(({ name }) => name)).indexOf(key);
  return columns[place];
}
