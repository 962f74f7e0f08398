/**
 * An answer as JSON of at most `MAX_ANSWER` bytes: what is too long says its numbers with fewer digits, still finer than
 * any screen, and then its points are fewer.
 */
import { type AnyAnswer, type ChartAnswer, isFigure, MAX_ANSWER } from '../../../protocol/chart/answer.ts';

/** Digits that tell a hundred thousand pixels apart, of values that lie close together. */
const DIGITS = 7;

/** Figures are short by themselves: their places are few. */
export function fitted(answer: AnyAnswer): string {
  const whole = JSON.stringify(answer);
  if (isFigure(answer)) return whole;
  if (Buffer.byteLength(whole) <= MAX_ANSWER) return whole;
  const short = JSON.stringify(rounded(answer));
  const bytes = Buffer.byteLength(short);
  if (bytes <= MAX_ANSWER) return short;
  return fitted(fewer(answer, (MAX_ANSWER / bytes) * 0.95));
}

function rounded(answer: ChartAnswer): ChartAnswer {
  const { x, y, colour } = answer;
  return {
    ...answer,
    x: 'values' in x ? { ...x, values: round(x.values) } : x,
    y: { ...y, values: round(y.values), ...(y.high ? { high: round(y.high) } : {}) },
    ...(colour?.scale === 'number' ? { colour: { ...colour, values: round(colour.values) } } : {}),
    ...(answer.y2 ? { y2: { ...answer.y2, values: round(answer.y2.values) } } : {}),
    ...(answer.size ? { size: round(answer.size) } : {}),
  };
}

/** To the digits that tell values of this spread apart, wherever it lies: milliseconds since 1970 have thirteen. */
function round(values: readonly (number | null)[]): (number | null)[] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const power = Math.floor(Math.log10(high - low)) - DIGITS + 1;
  if (!Number.isFinite(power)) return [...values];
  if (power >= 0) {
    const unit = 10 ** power;
    return values.map((value) => (value === null ? null : Math.round(value / unit) * unit));
  }
  const unit = 10 ** Math.min(300, -power);
  return values.map((value) => (value === null ? null : Math.round(value * unit) / unit));
}

/** Sampled points have no order: the first of them are a sample too. Of anything else every so-manieth stays. */
function fewer(answer: ChartAnswer, share: number): ChartAnswer {
  const count = answer.y.values.length;
  const left = Math.max(1, Math.floor(count * share));
  const sampled = answer.notes.some(({ kind }) => kind === 'sampled' || kind === 'cells');
  const pick = <T>(values: readonly T[]): T[] =>
    sampled
      ? values.slice(0, left)
      : values.filter((_, index) => Math.floor((index * left) / count) !== Math.floor(((index - 1) * left) / count));
  const { x, y, colour, counts, y2, size, tooltip, facet } = answer;
  return {
    ...answer,
    x: x.scale === 'category' ? { ...x, at: pick(x.at) } : { ...x, values: pick(x.values) },
    y: { ...y, values: pick(y.values), ...(y.high ? { high: pick(y.high) } : {}) },
    ...(colour
      ? {
          colour:
            colour.scale === 'category'
              ? { ...colour, at: pick(colour.at) }
              : { ...colour, values: pick(colour.values) },
        }
      : {}),
    ...(y2 ? { y2: { ...y2, values: pick(y2.values) } } : {}),
    ...(size ? { size: pick(size) } : {}),
    ...(tooltip ? { tooltip: tooltip.map(pick) } : {}),
    ...(facet ? { facet: { ...facet, at: pick(facet.at) } } : {}),
    ...(counts ? { counts: pick(counts) } : {}),
    notes: sampled
      ? answer.notes.map((note) => (note.kind === 'sampled' ? { ...note, shown: left } : note))
      : [...answer.notes, { kind: 'sampled', shown: left, of: count }],
  };
}
