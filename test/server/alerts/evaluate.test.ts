import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Anomaly, Change, Condition, Figure, Verdict } from '../../../server/alerts/condition.ts';
import { evaluate } from '../../../server/alerts/evaluate.ts';

const DAY = 86_400_000;
const calendar = {
  dayOf: (at: number) => new Date(at).getUTCDay(),
  hourOf: (at: number) => new Date(at).getUTCHours(),
};
/** One a day, the first on Thursday, 1 January 1970. */
const daily = (...values: readonly (number | null)[]): readonly Figure[] =>
  values.map((value, day) => ({ at: day * DAY, value }));

/** Of the last of the values. */
function verdict(condition: Condition, ...values: readonly (number | null)[]): Verdict {
  const figures = daily(...values);
  return evaluate(condition, figures.at(-1)!, figures.slice(0, -1), calendar);
}

describe('a threshold', () => {
  it.each([
    ['above', 10, 'ok'],
    ['above', 10.5, 'breach'],
    ['at-least', 10, 'breach'],
    ['below', 10, 'ok'],
    ['below', 9, 'breach'],
    ['at-most', 10, 'breach'],
  ] as const)('%s 10 of %d: %s', (is, value, found) => {
    expect(verdict({ kind: 'threshold', is, value: 10 }, value).is).toBe(found);
  });

  it('finds nothing where there is no number', () => {
    expect(verdict({ kind: 'threshold', is: 'above', value: 10 }, null)).toEqual({ is: 'no-data' });
    expect(verdict({ kind: 'threshold', is: 'above', value: 10 }, Number.NaN)).toEqual({ is: 'no-data' });
  });
});

describe('a change', () => {
  const fall: Change = { kind: 'change', against: 'previous', direction: 'fall', by: 20, unit: 'percent' };

  it('is measured against the last value that there was', () => {
    expect(verdict(fall, 100, null, 79)).toEqual({ is: 'breach', range: { low: 80 } });
    expect(verdict(fall, 100, null, 80).is).toBe('ok');
    expect(verdict(fall, 100, 500).is).toBe('ok');
    expect(verdict({ ...fall, direction: 'either' }, 100, 121)).toEqual({
      is: 'breach',
      range: { low: 80, high: 120 },
    });
  });

  it('is measured against the same day of the week', () => {
    const weekly: Change = { ...fall, against: 'same-weekday', unit: 'absolute', by: 5 };
    expect(verdict(weekly, 100, 1, 1, 1, 1, 1, 1, 94)).toEqual({ is: 'breach', range: { low: 95 } });
    expect(verdict(weekly, 1, 1, 100, 1).is).toBe('learning');
  });

  it('of a negative figure is measured by its size', () => {
    expect(verdict(fall, -100, -119).is).toBe('ok');
    expect(verdict(fall, -100, -121).is).toBe('breach');
  });
});

describe('an anomaly', () => {
  const unusual: Anomaly = { kind: 'anomaly', direction: 'either', deviations: 3, last: 28, season: 'none' };

  it('is farther from the median than the deviations allow', () => {
    // Median 10, median absolute deviation 1: 10 ± 3 × 1.4826.
    expect(verdict(unusual, 8, 9, 10, 11, 12, 14.4).is).toBe('ok');
    const found = verdict(unusual, 8, 9, 10, 11, 12, 14.5);
    expect(found).toMatchObject({
      is: 'breach',
      range: { low: expect.closeTo(5.5522, 4), high: expect.closeTo(14.4478, 4) },
    });
  });

  it('is not hidden by earlier ones', () => {
    expect(verdict(unusual, 8, 9, 10, 11, 12, 1_000, 9, 10, 11, 900).is).toBe('breach');
  });

  it('takes the mean deviation where most figures are equal, and any difference where all are', () => {
    expect(verdict(unusual, 5, 5, 5, 5, 5, 5, 6, 5.3).is).toBe('ok');
    expect(verdict(unusual, 5, 5, 5, 5, 5, 5, 6, 7).is).toBe('breach');
    expect(verdict(unusual, 5, 5, 5, 5, 5, 5).is).toBe('ok');
    expect(verdict(unusual, 5, 5, 5, 5, 5, 5.01).is).toBe('breach');
  });

  it('learns first', () => {
    expect(verdict(unusual, 1, 2, 3, 4, 1_000)).toEqual({ is: 'learning', have: 4, need: 5 });
  });

  it('compares with the season alone', () => {
    // Quiet Thursdays among loud days: 10 is usual on a Thursday.
    const weeks = Array.from({ length: 6 }, () => [10, 100, 101, 99, 100, 102, 98]).flat();
    expect(verdict({ ...unusual, season: 'weekday' }, ...weeks, 10).is).toBe('ok');
    expect(verdict({ ...unusual, season: 'weekday' }, ...weeks, 100).is).toBe('breach');
    expect(verdict(unusual, ...weeks, 100).is).toBe('ok');
  });

  it('never calls the median unusual, and follows the unit that figures are in', () => {
    const figures = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 5, maxLength: 28 });
    fc.assert(
      fc.property(figures, fc.integer({ min: -2_000, max: 2_000 }), (values, last) => {
        const sorted = [...values].sort((one, other) => one - other);
        if (sorted.length % 2 === 1) expect(verdict(unusual, ...values, sorted[sorted.length >> 1]!).is).toBe('ok');
        const scaled = values.map((value) => value * 4);
        expect(verdict(unusual, ...scaled, last * 4).is).toBe(verdict(unusual, ...values, last).is);
      }),
    );
  });
});

describe('missing data', () => {
  it('is a breach of its own', () => {
    expect(verdict({ kind: 'missing' }, 1, null).is).toBe('breach');
    expect(verdict({ kind: 'missing' }, 0).is).toBe('ok');
  });
});
