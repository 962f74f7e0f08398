/**
 * A sheet's values as a table: pure. The first filled row is the head where all it holds is text; a column's type is what
 * all its values are, and VARCHAR where they differ. Columns before the first and behind the last filled one are no part.
 */
import type { Column } from '../protocol.ts';
import { columnName, type Value, type ValueKind } from './cells.ts';

/** Values by their column; holes are empty cells. */
export type Row = ReadonlyMap<number, Value>;

export type Tally = {
  /** Kinds of values in each column. */
  readonly kinds: Map<number, Set<ValueKind>>;
  first: number;
  last: number;
  rows: number;
};

export const emptyTally = (): Tally => ({ kinds: new Map(), first: Number.POSITIVE_INFINITY, last: -1, rows: 0 });

export const isHead = (row: Row): boolean => [...row.values()].every(({ kind }) => kind === 'text');

export function countRow(tally: Tally, row: Row): void {
  tally.rows += 1;
  for (const [column, { kind }] of row) {
    widen(tally, column);
    const kinds = tally.kinds.get(column);
    if (kinds) kinds.add(kind);
    else tally.kinds.set(column, new Set([kind]));
  }
}

export function widen(tally: Tally, column: number): void {
  tally.first = Math.min(tally.first, column);
  tally.last = Math.max(tally.last, column);
}

/** Names may repeat. */
export function columnsOf(tally: Tally, head: Row | undefined): readonly Column[] {
  // A table has a column, even that of an empty sheet.
  const [first, last] = tally.last === -1 ? [0, 0] : [tally.first, tally.last];
  const columns = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return columns.map((column) => {
    const said = head?.get(column)?.text.replace(/\s+/g, ' ').trim();
    const name = said === undefined || said === '' ? columnName(column) : said;
    return { name, type: typeOf(tally.kinds.get(column) ?? new Set()) };
  });
}

export function typeOf(kinds: ReadonlySet<ValueKind>): string {
  const only = (...allowed: readonly ValueKind[]): boolean => [...kinds].every((kind) => allowed.includes(kind));
  if (kinds.size === 0 || kinds.has('text')) return 'VARCHAR';
  if (only('integer')) return 'BIGINT';
  if (only('integer', 'double')) return 'DOUBLE';
  if (only('boolean')) return 'BOOLEAN';
  if (only('date')) return 'DATE';
  if (only('date', 'datetime')) return 'TIMESTAMP';
  if (only('time')) return 'TIME';
  if (only('time', 'duration')) return 'INTERVAL';
  return 'VARCHAR';
}
