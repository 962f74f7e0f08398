/**
 * What of a result is published where its paragraph shows a pivot: that pivot, and of the columns those that it is made of.
 * Whoever may not read the rows gets no other pivot of them. What it was filtered by stays with the server: a filter quotes
 * values, of columns that may not be shown at all.
 */
import { isRecord, partOf, viewAt, withPart } from '../chart/option.ts';
import type { Json } from '../document.ts';
import { uniqueNames } from '../names.ts';
import type { Column } from '../outputs.ts';
import { narrowIn, type PivotSpec, readPivot, specIn } from '../pivot.ts';
import { fitting, type Narrow } from '../table/narrow.ts';
import { choosePivot } from './choose.ts';

export type ShownPivot = { readonly spec: PivotSpec | undefined; readonly narrow: Narrow };

/** Undefined where table number `index` shows something else. `spec` is undefined where nothing can be made. */
export function pivotShown(option: unknown, index: number, columns: readonly Column[]): ShownPivot | undefined {
  if (viewAt(option, index) !== 'pivot') return undefined;
  const settings = readPivot(partOf(option, index).pivot);
  return { spec: specIn(settings) ?? choosePivot(columns), narrow: narrowIn(settings) };
}

/** By the names that the pivot calls them; all of them where two have one name, as a part would be called otherwise. */
export function pivotColumns(columns: readonly Column[], spec: PivotSpec | undefined): readonly Column[] {
  const names = columns.map(({ name }) => name);
  if (!spec) return [];
  if (uniqueNames(names).some((name, index) => name !== names[index])) return columns;
  const used = new Set([...spec.rows, ...spec.columns, ...spec.values].map(({ column }) => column));
  return columns.filter(({ name }) => used.has(name));
}

/** The option with that pivot written out: fewer columns would choose another one. */
export const withPivot = (option: unknown, index: number, pivot: PivotSpec): unknown =>
  withPart(option, index, { ...partOf(option, index), pivot });

/** The option as whoever holds a link is told it: a pivot that is not shown is not there, nor what one was filtered by. */
export function publishedOption(option: unknown): Json {
  const bare = (_: unknown, index: number): unknown => {
    const { pivot, ...rest } = partOf(option, index);
    const spec = viewAt(option, index) === 'pivot' ? specIn(readPivot(pivot)) : undefined;
    return spec ? { ...rest, pivot: spec } : rest;
  };
  const told = Array.isArray(option) ? option.map(bare) : isRecord(option) ? bare(option, 0) : null;
  // Parts of what stands in a document are what may stand there.
  return told as Json;
}

/** Filters that the columns take: others would hide all rows, or show too many, so nothing is shown. */
export const isFitting = (narrow: Narrow, columns: readonly Column[]): boolean =>
  fitting(narrow, columns).filters.length === narrow.filters.length;
