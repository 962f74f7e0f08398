import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Extent,
  follow,
  maxTop,
  realOf,
  reveal,
  seenRows,
  topOf,
  trackHeight,
} from '../../../../client/outputs/table/scroll.ts';

const ROW = 28;
const extent = fc
  .tuple(
    fc.oneof(fc.nat(500), fc.nat(2_000_000), fc.constantFrom(10_000_000, 100_000_000, 2_000_000_000)),
    fc.integer({ min: 1, max: 40 }),
  )
  .map(([rows, shown]): Extent => ({ height: rows * ROW, view: shown * ROW }));
const million = (rows: number): Extent => ({ height: rows * 1_000_000 * ROW, view: 10 * ROW });

describe('the track', () => {
  it('is never taller than browsers allow', () => {
    fc.assert(fc.property(extent, (each) => trackHeight(each) < 16_000_000));
  });

  it('reaches from the first to the last row, at any size', () => {
    fc.assert(
      fc.property(extent, (each) => {
        expect(topOf(0, each)).toBe(0);
        expect(topOf(trackHeight(each), each)).toBe(maxTop(each));
        expect(realOf(maxTop(each), each)).toBe(Math.max(0, trackHeight(each) - each.view));
      }),
    );
  });

  it('never runs backwards', () => {
    fc.assert(
      fc.property(
        extent,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (each, a, b) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)].map((part) => part * trackHeight(each));
          expect(topOf(low!, each)).toBeLessThanOrEqual(topOf(high!, each));
        },
      ),
    );
  });

  it('and the rows know each other’s place', () => {
    fc.assert(
      fc.property(extent, fc.double({ min: 0, max: 1, noNaN: true }), (each, part) => {
        const top = part * maxTop(each);
        // One pixel of the track may stand for many of the rows, so the way back is exact only to rounding.
        expect(topOf(realOf(top, each), each)).toBeCloseTo(top, 3);
      }),
    );
  });

  it('is the rows themselves while they fit', () => {
    const each = { height: 100_000 * ROW, view: 280 };
    expect(topOf(12_345, each)).toBe(12_345);
    expect(realOf(12_345, each)).toBe(12_345);
  });

  it('runs one to one at both ends of a table of ten million rows', () => {
    const each = million(10);
    expect(topOf(500, each)).toBe(500);
    const end = trackHeight(each) - each.view;
    expect(topOf(end - 500, each)).toBe(maxTop(each) - 500);
  });
});

describe('following the scrollbar', () => {
  it('moves by true pixels when a wheel turns, wherever one is', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
        fc.integer({ min: -900, max: 900 }),
        (part, delta) => {
          const each = million(10);
          const top = part * maxTop(each);
          const place = { top, real: realOf(top, each) };
          expect(follow(place, place.real + delta, each)).toEqual({ top: top + delta, jump: false });
        },
      ),
    );
  });

  it('jumps when it is dragged', () => {
    const each = million(10);
    const { top, jump } = follow({ top: 0, real: 0 }, 3_000_000, each);
    expect(jump).toBe(true);
    expect(top).toBe(topOf(3_000_000, each));
  });

  it('reaches the very first and last row by the ends of the track', () => {
    const each = million(10);
    expect(follow({ top: 900, real: 5_000 }, 0, each).top).toBe(0);
    const end = trackHeight(each) - each.view;
    expect(follow({ top: 5e7, real: end - 100 }, end, each).top).toBe(maxTop(each));
  });
});

describe('rows in view', () => {
  it('cover the view and lie within the table', () => {
    fc.assert(
      fc.property(extent, fc.double({ min: 0, max: 1, noNaN: true }), (each, part) => {
        const rows = each.height / ROW;
        const top = part * maxTop(each);
        const { start, end } = seenRows(top, each.view, ROW, rows);
        expect(start * ROW).toBeLessThanOrEqual(top);
        expect(end * ROW).toBeGreaterThanOrEqual(Math.min(each.height, top + each.view) - 1e-6);
        expect(end).toBeLessThanOrEqual(rows);
        expect(end - start).toBeLessThanOrEqual(each.view / ROW + 1);
      }),
    );
  });

  it('move as little as needed to show a row', () => {
    const each = { height: 1000 * ROW, view: 10 * ROW };
    expect(reveal(5, 0, each, ROW)).toBe(0);
    expect(reveal(10, 0, each, ROW)).toBe(ROW);
    expect(reveal(3, 10 * ROW, each, ROW)).toBe(3 * ROW);
    expect(reveal(999, 0, each, ROW)).toBe(990 * ROW);
  });
});
