/** The part of an axis that a chart is asked for, and what rows must be to lie in it. */
import type { ChartPlan } from '../../../protocol/chart/plan.ts';
import { type ChartColumn, isInteger, isPlaced, isZoned, numberOf, timeLiteral } from './columns.ts';
import type { Extent, NumberSpan, TimeSpan } from './extent.ts';

export type Stretch = { readonly span: NumberSpan | TimeSpan; readonly where: readonly string[] };

/** Microseconds by which a wall clock may differ from the instant. */
const ZONES = 86_400_000_000n;
/** Milliseconds that no timestamp reaches. */
const FAR = 6e15;

/** No farther than there are values. Conditions compare the column itself, so that whole row groups are passed over. */
export function stretchOf(
  plan: ChartPlan,
  x: ChartColumn,
  span: NumberSpan | TimeSpan,
  { nulls, infinite }: Extent,
): Stretch {
  const value = span.kind === 'number' ? numberOf(x) : x.name;
  // What is known of the whole need not be asked of each row.
  const placed = infinite > 0 ? [isPlaced(x, value)] : nulls > 0 ? [`${value} is not null`] : [];
  if (!plan.range) return { span, where: placed };
  const [low, high] = plan.range;
  if (span.kind === 'number') {
    const whole = isInteger(x.type);
    const from = clamp(whole ? Math.ceil(low) : low, span.from, span.to);
    const to = clamp(whole ? Math.floor(high) : high, from, span.to);
    const between = `${value} between ${literal(from, whole)} and ${literal(to, whole)}`;
    return { span: { kind: 'number', from, to }, where: [...placed, between] };
  }
  const [first, last] = span.wall;
  const from = clampTime(microsFrom(low), first, last);
  const to = clampTime(microsFrom(high), from, last);
  const where = [...placed, `${x.name} >= ${timeLiteral(x.type, from)}`, `${x.name} <= ${timeLiteral(x.type, to)}`];
  const instants = isZoned(x.type)
    ? { from: clampTime(from - ZONES, span.from, span.to), to: clampTime(to + ZONES, span.from, span.to) }
    : { from, to };
  return { span: { ...span, ...instants, wall: [from, to] }, where };
}

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(value, high));
const clampTime = (value: bigint, low: bigint, high: bigint): bigint =>
  value < low ? low : value > high ? high : value;

const microsFrom = (milliseconds: number): bigint => BigInt(Math.round(clamp(milliseconds, -FAR, FAR) * 1000));

/** A whole number is compared as one, anything else as a double: a decimal literal of many digits would be neither. */
const literal = (value: number, whole: boolean): string =>
  whole && Number.isSafeInteger(value) ? String(value) : `${value}::double`;
