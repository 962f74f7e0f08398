/** The rows of a table in a file by one of its columns: numbers by size, texts by the reader's alphabet, NULL always last. */
import type { FileCell } from '../../../server/protocol/report/file.ts';

export type Order = { readonly column: number; readonly descending: boolean };

export const isNumeric = (type: string): boolean =>
  /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL(\(\d+,\d+\))?|BIGNUM)$/.test(type);

/** A click sorts up, the next one down, the third one gives back the order that it came in. */
export function nextOrder(order: Order | undefined, column: number): Order | undefined {
  if (order?.column !== column) return { column, descending: false };
  return order.descending ? undefined : { column, descending: true };
}

export function sorted<Row extends readonly FileCell[]>(
  rows: readonly Row[],
  order: Order | undefined,
  type: string,
): readonly Row[] {
  if (!order) return rows;
  const { column, descending } = order;
  const words = new Intl.Collator(undefined, { numeric: true });
  const compare = isNumeric(type)
    ? (a: FileCell, b: FileCell): number => compareNumbers(a, b)
    : (a: FileCell, b: FileCell): number => words.compare(String(a), String(b));
  return rows.toSorted((one, other) => {
    const [a, b] = [one[column] ?? null, other[column] ?? null];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return descending ? compare(b, a) : compare(a, b);
  });
}

/** Integers past what a number holds exactly come as text, and are compared as what they are. */
function compareNumbers(a: FileCell, b: FileCell): number {
  const exact = /^-?\d+$/;
  if (typeof a === 'string' && typeof b === 'string' && exact.test(a) && exact.test(b)) {
    const [one, other] = [BigInt(a), BigInt(b)];
    return one < other ? -1 : one > other ? 1 : 0;
  }
  const [one, other] = [Number(a), Number(b)];
  if (Number.isNaN(one) || Number.isNaN(other)) return Number(Number.isNaN(one)) - Number(Number.isNaN(other));
  return one - other;
}
