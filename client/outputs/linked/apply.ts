/**
 * What selections mean to a result: the filters of those whose columns it has, alike in name and kind, as the reader takes
 * them. One that it can't follow at all is told, not hidden: nothing shown would be filtered by it. Pure.
 */

import { uniqueNames } from '../../../server/protocol/names.ts';
import type { Column } from '../../../server/protocol/outputs.ts';
import { calendarOf, kindOf } from '../../../server/protocol/table/kinds.ts';
import { type Filter, placeNarrow } from '../../../server/protocol/table/narrow.ts';
import type { LinkedFilter, Selection } from './linked.ts';

export type Applied = {
  readonly selection: Selection;
  /** Of this result's columns. */
  readonly filters: readonly Filter[];
  /** Columns that it lacks: the selection does nothing here. */
  readonly lacks: readonly string[];
};

/** Of all selections but the result's own. */
export function appliedTo(
  target: string,
  columns: readonly Column[],
  selections: readonly Selection[],
): readonly Applied[] {
  const names = uniqueNames(columns.map(({ name }) => name));
  return selections
    .filter(({ source }) => source !== target)
    .map((selection) => {
      const fitted = selection.filters.map((filter) => fitTo(filter, columns[names.indexOf(filter.column)], columns));
      const lacks = selection.filters.flatMap(({ column }, at) => (fitted[at] ? [] : [column]));
      // Half of a selection would be another one.
      const filters = lacks.length > 0 ? [] : fitted.flatMap((filter) => filter ?? []);
      return { selection, filters, lacks: [...new Set(lacks)] };
    });
}

/** Undefined where the column is not there, or is another kind of thing. */
function fitTo({ kind, ...filter }: LinkedFilter, column: Column | undefined, columns: readonly Column[]) {
  if (!column || kindOf(column.type) !== kind) return undefined;
  const fitted: Filter = calendarOf(column.type) === 'day' ? inDays(filter) : filter;
  return 'narrow' in placeNarrow({ filters: [fitted] }, columns) ? fitted : undefined;
}

const DAY = 10;

/** Days that a stretch of moments touches. */
function inDays(filter: Filter): Filter {
  if (filter.is !== 'range') return filter;
  const { column, is, from, to, below } = filter;
  const isWhole = to?.length === DAY || /[ T]00:00(:00(\.0+)?)?$/.test(to ?? '');
  return {
    column,
    is,
    ...(from === undefined ? {} : { from: from.slice(0, DAY) }),
    ...(to === undefined ? {} : { to: to.slice(0, DAY) }),
    ...(below && isWhole ? { below } : {}),
  };
}
