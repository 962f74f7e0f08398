/**
 * Whether a condition holds of a figure: pure, from the figure and those before it, so that a backtest over past runs and the
 * alert itself can't differ.
 *
 * Anomalies: median ± k deviations, a deviation being 1.4826 × the median absolute deviation (which estimates the standard
 * deviation of what is normally distributed, and which outliers don't move). Where more than half of the figures are equal that
 * is zero, and 1.2533 × the mean absolute deviation takes its place (Iglewicz and Hoaglin, How to Detect and Handle Outliers,
 * 1993).
 */
import type { Anomaly, Change, Condition, Direction, Figure, Range, Verdict } from './condition.ts';

const MAD_SCALE = 1.4826;
const MEAN_SCALE = 1.2533;
/** A median of fewer says little. */
export const FEWEST = 5;

/** `before`: earlier figures, the latest last. `dayOf`, `hourOf`: of the job's time zone, 0–6 and 0–23. */
export type Calendar = { readonly dayOf: (at: number) => number; readonly hourOf: (at: number) => number };

export function evaluate(condition: Condition, figure: Figure, before: readonly Figure[], calendar: Calendar): Verdict {
  const { value } = figure;
  if (condition.kind === 'missing') return { is: value === null ? 'breach' : 'ok' };
  if (value === null || !Number.isFinite(value)) return { is: 'no-data' };
  switch (condition.kind) {
    case 'threshold':
      return { is: passes(condition.is, value, condition.value) ? 'breach' : 'ok' };
    case 'change':
      return changed(condition, { at: figure.at, value }, before, calendar);
    case 'anomaly':
      return unusual(condition, { at: figure.at, value }, before, calendar);
  }
}

function passes(is: 'above' | 'at-least' | 'below' | 'at-most', value: number, limit: number): boolean {
  switch (is) {
    case 'above':
      return value > limit;
    case 'at-least':
      return value >= limit;
    case 'below':
      return value < limit;
    case 'at-most':
      return value <= limit;
  }
}

type Known = Figure & { readonly value: number };
const isKnown = (figure: Figure): figure is Known => figure.value !== null && Number.isFinite(figure.value);

function changed(condition: Change, figure: Known, before: readonly Figure[], { dayOf }: Calendar): Verdict {
  const day = dayOf(figure.at);
  const old = before.filter(isKnown).findLast(({ at }) => condition.against === 'previous' || dayOf(at) === day);
  if (!old) return { is: 'learning', have: 0, need: 1 };
  const most = condition.unit === 'percent' ? Math.abs(old.value) * (condition.by / 100) : condition.by;
  return within(figure.value, rangeOf(old.value, most, condition.direction));
}

function unusual(condition: Anomaly, figure: Known, before: readonly Figure[], calendar: Calendar): Verdict {
  const { season } = condition;
  const part = season === 'weekday' ? calendar.dayOf : season === 'hour' ? calendar.hourOf : () => 0;
  const of = part(figure.at);
  const values = before
    .filter(isKnown)
    .filter(({ at }) => part(at) === of)
    .slice(-condition.last)
    .map(({ value }) => value);
  const need = Math.min(FEWEST, condition.last);
  if (values.length < need) return { is: 'learning', have: values.length, need };
  const middle = median(values);
  const distances = values.map((value) => Math.abs(value - middle));
  const deviation = MAD_SCALE * median(distances) || MEAN_SCALE * mean(distances);
  return within(figure.value, rangeOf(middle, condition.deviations * deviation, condition.direction));
}

const rangeOf = (middle: number, most: number, direction: Direction): Range => ({
  ...(direction === 'rise' ? {} : { low: middle - most }),
  ...(direction === 'fall' ? {} : { high: middle + most }),
});

function within(value: number, range: Range): Verdict {
  const { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY } = range;
  return { is: value < low || value > high ? 'breach' : 'ok', range };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / values.length, 0);

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const half = sorted.length >> 1;
  // Halved first: the sum of two large ones may have no number.
  return sorted.length % 2 === 1 ? sorted[half]! : sorted[half - 1]! / 2 + sorted[half]! / 2;
}
