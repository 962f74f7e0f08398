/**
 * Raw access to the engine's vectors. `Span` says which of a vector's elements are meant: the first `count` of them, or
 * those that `rows` lists (a list's children may lie in any order); `extent` is how many the vector holds.
 */
import duckdb, { type Vector } from '@duckdb/node-bindings';

export type Span = { readonly count: number; readonly extent: number; readonly rows?: Int32Array };

/** Bits of the elements that are not NULL, LSB first; undefined when none is NULL. */
export function validityOf(vector: Vector, extent: number): Uint8Array | undefined {
  if (extent === 0) return undefined;
  const bytes: Uint8Array | null = duckdb.vector_get_validity(vector, Math.ceil(extent / 64) * 8);
  return bytes ?? undefined;
}

export const isValid = (validity: Uint8Array | undefined, index: number): boolean =>
  validity === undefined || ((validity[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;

export const dataOf = (vector: Vector, bytes: number): Uint8Array =>
  bytes === 0 ? new Uint8Array(0) : duckdb.vector_get_data(vector, bytes);

/** Arrow's validity buffer for the span: empty when nothing is NULL. */
export function spanValidity(validity: Uint8Array | undefined, span: Span): { bits: Uint8Array; nulls: number } {
  const none = { bits: new Uint8Array(0), nulls: 0 };
  if (!validity) return none;
  const bits = new Uint8Array((span.count + 7) >> 3);
  let valid = 0;
  if (span.rows) {
    for (let index = 0; index < span.count; index += 1) {
      if (!isValid(validity, span.rows[index]!)) continue;
      bits[index >> 3]! |= 1 << (index & 7);
      valid += 1;
    }
  } else {
    bits.set(validity.subarray(0, bits.length));
    if (span.count & 7) bits[bits.length - 1]! &= (1 << (span.count & 7)) - 1;
    for (const byte of bits) valid += POPULATION[byte]!;
  }
  return valid === span.count ? none : { bits, nulls: span.count - valid };
}

const POPULATION: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0;
  for (let rest = byte; rest > 0; rest &= rest - 1) count += 1;
  return count;
});
