import { describe, expect, it } from 'vitest';
import { binsOf, niceStep } from '../../../server/results/reader/chart/steps.ts';
import { alignDown, chooseUnit, grantUnit } from '../../../server/results/reader/chart/units.ts';

describe('bins', () => {
  it('are 1, 2 or 5 times a power of ten wide, and begin at a multiple of it', () => {
    expect([0.1, 1.2, 3.6, 80, 0.00024].map(niceStep)).toEqual([0.1, 1, 5, 100, 0.0002]);
    expect(binsOf(-3, 97, 40, false)).toEqual({ start: -4, step: 2, count: 52 });
    expect(binsOf(0, 5, 40, true)).toMatchObject({ step: 1 });
    expect(binsOf(0.05, 0.95, 10, false)).toMatchObject({ start: 0, step: 0.1 });
  });
  it('hold every value between the ends', () => {
    for (const [from, to] of [
      [0, 99.9],
      [-1e9, 1e9],
      [0.1, 0.3],
      [1e15, 1e15 + 100],
      [-5, -4.999],
    ] as const) {
      const { start, step, count } = binsOf(from, to, 40, false);
      expect(start).toBeLessThanOrEqual(from);
      expect(start + step * count).toBeGreaterThan(to);
      expect(count).toBeLessThan(120);
    }
  });
  it('of values that doubles don’t tell apart is one', () => {
    expect(binsOf(0, 5e-324, 40, false).count).toBe(1);
    expect(binsOf(7, 7, 40, true)).toEqual({ start: 7, step: 1, count: 1 });
    expect(binsOf(1e20, 1e20 + 16384, 40, false).count).toBe(1);
  });
});

describe('stretches', () => {
  const day = 86_400_000_000n;
  it('suit the span, and are no shorter than the data’s own', () => {
    expect(chooseUnit(day * 30n, 80)).toEqual({ count: 12, unit: 'hour' });
    expect(chooseUnit(day * 30n, 80, 'day')).toEqual({ count: 1, unit: 'day' });
    expect(chooseUnit(day * 365n * 500n, 80)).toEqual({ count: 10, unit: 'year' });
    expect(chooseUnit(0n, 80)).toEqual({ count: 1, unit: 'microsecond' });
  });
  it('that are wished for are granted as far as they can be drawn', () => {
    expect(grantUnit('hour', day * 30n, 2000)).toEqual({ count: 1, unit: 'hour' });
    expect(grantUnit('second', day * 30n, 2000)).toEqual({ count: 30, unit: 'minute' });
  });
  it('begin before what lies in them, before 1970 too', () => {
    expect(alignDown(-1n, 10n, 0n)).toBe(-10n);
    expect(alignDown(7n, 7n, 4n)).toBe(4n);
    expect(alignDown(-10n, 10n, 0n)).toBe(-10n);
  });
});
