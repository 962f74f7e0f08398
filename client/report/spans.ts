/**
 * Columns of a row as twelfths of it, while somebody moves the borders between them: two neighbours share what they had, the
 * others stay. What is kept is the smallest whole numbers that say the same, `1 : 2` rather than `4 : 8`. Pure.
 */
import { SPANS } from '../../server/protocol/report/layout.ts';

/** Twelfths of the narrowest column: less is no column of text. */
const LEAST = 2;

/** Whole twelfths, all of the row together, each as near to its share as that goes. */
export function twelfths(spans: readonly number[]): readonly number[] {
  const all = spans.reduce((sum, span) => sum + span, 0);
  const parts = spans.map((span) => Math.max(LEAST, Math.round((span / all) * SPANS)));
  for (let over = parts.reduce((sum, part) => sum + part, 0) - SPANS; over !== 0; over -= Math.sign(over)) {
    // What is too much is taken from the widest, what is missing given to the narrowest.
    const widest = Math[over > 0 ? 'max' : 'min'](...parts);
    parts[parts.indexOf(widest)]! -= Math.sign(over);
  }
  return parts;
}

/** The border behind column number `edge` as near as it may come to `at`, in twelfths from the row's begin. */
export function withBorder(parts: readonly number[], edge: number, at: number): readonly number[] {
  const before = parts.slice(0, edge).reduce((sum, part) => sum + part, 0);
  const both = parts[edge]! + parts[edge + 1]!;
  const first = Math.max(LEAST, Math.min(both - LEAST, Math.round(at) - before));
  return parts.map((part, index) => (index === edge ? first : index === edge + 1 ? both - first : part));
}

export const borderOf = (parts: readonly number[], edge: number): number =>
  parts.slice(0, edge + 1).reduce((sum, part) => sum + part, 0);

export function reduced(parts: readonly number[]): readonly number[] {
  const common = parts.reduce(divisor);
  return parts.map((part) => part / common);
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
