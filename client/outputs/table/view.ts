/** How a viewer looks at a table: sorted, filtered, searched. Pure; what the API is asked follows from it. */
import { uniqueNames } from '../../../server/protocol/names.ts';
import { type Filter, isNarrow, type Narrow, type Test } from '../../../server/protocol/table/narrow.ts';
import { type Order, sortParameter } from './sort.ts';

/** What of the query names a view, the same for windows, progress, sums and downloads. */
export type ViewQuery = Readonly<Record<string, string>>;

export function viewQuery(order: Order, narrow: Narrow, names: readonly string[]): ViewQuery {
  const sort = sortParameter(order, names);
  return { ...(sort ? { sort } : {}), ...narrowQuery(narrow) };
}

export const narrowQuery = ({ filters, search }: Narrow): ViewQuery => ({
  ...(filters.length > 0 ? { filter: JSON.stringify(filters) } : {}),
  ...(search ? { search } : {}),
});

/** The tests of one column in place of those that it had. */
export function withTests(narrow: Narrow, column: string, tests: readonly Test[]): Narrow {
  const others = narrow.filters.filter((filter) => filter.column !== column);
  return { ...narrow, filters: [...others, ...tests.map((test): Filter => ({ column, ...test }))] };
}

export const testsOf = ({ filters }: Narrow, column: string): readonly Filter[] =>
  filters.filter((filter) => filter.column === column);

export const withoutFilter = (narrow: Narrow, filter: Filter): Narrow => ({
  ...narrow,
  filters: narrow.filters.filter((one) => one !== filter),
});

export function withSearch({ filters }: Narrow, search: string): Narrow {
  return search.trim() === '' ? { filters } : { filters, search };
}

/** One's own filters and those of selections: more than there may be are refused by the server, and said. */
export function together(narrow: Narrow, linked: readonly Filter[] | undefined): Narrow {
  if (!linked || linked.length === 0) return narrow;
  return { ...narrow, filters: [...narrow.filters, ...linked] };
}

export const sameNarrow = (a: Narrow, b: Narrow): boolean =>
  isNarrow(a) === isNarrow(b) && JSON.stringify(narrowQuery(a)) === JSON.stringify(narrowQuery(b));

/** As filters call them. */
export const filterNames = (columns: readonly { readonly name: string }[]): readonly string[] =>
  uniqueNames(columns.map((column) => column.name));
