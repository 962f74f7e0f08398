import { uniqueNames } from '../../../server/protocol/names.ts';

/** By which columns a table is sorted, in order of weight. Columns are counted, because names may repeat. */
export type Order = readonly { readonly column: number; readonly descending: boolean }[];

/** A click goes up, down, unsorted; with `several` the other columns keep their place. */
export function toggle(order: Order, column: number, several: boolean): Order {
  const now = order.find((entry) => entry.column === column);
  const next = !now ? { column, descending: false } : now.descending ? undefined : { column, descending: true };
  if (!several) return next ? [next] : [];
  if (!now) return [...order, { column, descending: false }];
  return next
    ? order.map((entry) => (entry.column === column ? next : entry))
    : order.filter((entry) => entry.column !== column);
}

/** As the API takes it: `-a,b`, or JSON where a name would be misread. */
export function sortParameter(order: Order, names: readonly string[]): string {
  const unique = uniqueNames(names);
  const keys = order.map(({ column, descending }) => `${descending ? '-' : ''}${unique[column]!}`);
  return keys.some((key) => key.includes(',')) || keys[0]?.startsWith('[') ? JSON.stringify(keys) : keys.join(',');
}
