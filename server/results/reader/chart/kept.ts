/** Findings about columns of results, which never change: kept while there is room, so that a zoom asks once. */
import type { Table } from '../tables.ts';

/** Findings in memory of one kind; one is a hundred bytes. */
const MOST = 1000;

export type Kept<T> = {
  get(table: Table, what: string): T | undefined;
  /** What is known, or what `make` finds now. */
  of(table: Table, what: string, make: () => Promise<T>): Promise<T>;
};

export function openKept<T>(most = MOST): Kept<T> {
  const known = new Map<string, { readonly found: T }>();
  const keyOf = (table: Table, what: string): string => `${table.number}.${what}`;
  const get = (table: Table, what: string): T | undefined => known.get(keyOf(table, what))?.found;
  return {
    get,
    of: async (table, what, make) => {
      const key = keyOf(table, what);
      const entry = known.get(key) ?? { found: await make() };
      known.delete(key);
      known.set(key, entry);
      for (const oldest of known.keys()) {
        if (known.size <= most) break;
        known.delete(oldest);
      }
      return entry.found;
    },
  };
}
