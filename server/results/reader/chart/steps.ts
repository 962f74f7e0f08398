/** Widths of bins that people can read off an axis: 1, 2 or 5 times a power of ten. */

export type Bins = { readonly start: number; readonly step: number; readonly count: number };

/** Bins from `from` to `to`, about `wanted` of them; of whole numbers whole ones. */
export function binsOf(from: number, to: number, wanted: number, whole: boolean): Bins {
  const span = to - from;
  if (!(span > leastSpan(from, to))) return { start: from, step: whole ? 1 : Math.abs(from) / 10 || 1, count: 1 };
  const step = Math.max(niceStep(span / wanted), whole ? 1 : 0);
  const first = Math.floor(from / step);
  const start = exact(first * step);
  return { start: start > from ? exact((first - 1) * step) : start, step, count: Math.floor(to / step) - first + 2 };
}

/** Closer values than this are one in doubles, or will be once they are divided. */
const leastSpan = (from: number, to: number): number =>
  Math.max(1e-290, Math.max(Math.abs(from), Math.abs(to)) * 1e-12);

export function niceStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw));
  const digit = raw / power;
  return exact((digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10) * power);
}

/** Without the noise of binary fractions: 0.3, not 0.30000000000000004. */
export const exact = (value: number): number => Number(value.toPrecision(12));
