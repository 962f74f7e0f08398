/**
 * The pivot that a result begins with, and the field that a column makes: categories down, a time across, the first measure
 * in the cells; rows are counted where nothing can be measured. Pure: the same columns give the same pivot to everyone.
 */
import { aggregateOf, isIdentifier, isOrdinal, kindOfType } from '../chart/kinds.ts';
import { uniqueNames } from '../names.ts';
import type { Column } from '../outputs.ts';
import type { PivotField, PivotSpec, PivotValue } from '../pivot.ts';
import { calendarOf, kindOf } from '../table/kinds.ts';

type Named = Column & { readonly key: string };

export function choosePivot(columns: readonly Column[]): PivotSpec | undefined {
  const names = uniqueNames(columns.map(({ name }) => name));
  const all = columns.map((column, index): Named => ({ ...column, key: names[index]! }));
  const usable = all.filter((column) => !isIdentifier(column));
  const numbers = usable.filter(({ type }) => kindOf(type) === 'number');
  const categories = usable.filter(({ type }) => kindOfType(type) === 'category');
  const sides = [
    ...usable.filter(({ type }) => calendarOf(type) !== undefined),
    ...numbers.filter(isOrdinal),
    ...categories.slice(1),
  ];
  const measure = numbers.find((column) => !isOrdinal(column));
  const down = categories[0] ?? sides[0] ?? measure ?? all[0];
  if (!down) return undefined;
  const across = sides.find((column) => column !== down);
  const value = measure === down ? undefined : measure;
  return {
    rows: [fieldOf(down, down.key)],
    columns: across ? [fieldOf(across, across.key)] : [],
    values: [value ? { column: value.key, aggregate: aggregateOf(value) } : { aggregate: 'count' }],
  };
}

/** A time is cut into months or years, a measure into bins; what has names keeps them. */
export function fieldOf({ name, type }: Column, key: string): PivotField {
  if (calendarOf(type)) return { column: key, unit: 'month' };
  if (kindOf(type) !== 'number') return { column: key };
  return isOrdinal({ name, type }) || isIdentifier({ name, type }) ? { column: key } : { column: key, bin: 'auto' };
}

/** Numbers are added up or averaged; of what is none there are so many different ones. */
export const measureFor = (column: Column, key: string): PivotValue => ({
  column: key,
  aggregate:
    ['number', 'boolean'].includes(kindOf(column.type)) && !isIdentifier(column) ? aggregateOf(column) : 'distinct',
});
