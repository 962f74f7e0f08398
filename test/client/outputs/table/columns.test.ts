import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  edgesOf,
  fitWidths,
  naturalWidth,
  revealColumn,
  seenColumns,
  textWidth,
} from '../../../../client/outputs/table/columns.ts';

const widths = fc.array(fc.integer({ min: 32, max: 400 }), { minLength: 1, maxLength: 200 });

describe('columns', () => {
  it('in view are those, and only those, that lie between the edges', () => {
    fc.assert(
      fc.property(widths, fc.nat(50_000), fc.integer({ min: 1, max: 2000 }), (list, left, view) => {
        const edges = edgesOf(list);
        const { start, end } = seenColumns(edges, left, view);
        list.forEach((_, column) => {
          const visible = edges[column + 1]! > left && edges[column]! < left + view;
          expect(column >= start && column < end).toBe(visible);
        });
      }),
    );
  });

  it('are found among five thousand without looking at each', () => {
    const edges = edgesOf(Array.from({ length: 5000 }, () => 120));
    expect(seenColumns(edges, 300_000, 900)).toEqual({ start: 2500, end: 2508 });
  });

  it('are stretched into the room there is, but not apart', () => {
    expect(fitWidths([100, 100], 300, new Set())).toEqual([150, 150]);
    expect(fitWidths([100], 900, new Set())).toEqual([220]);
    expect(fitWidths([100, 100], 300, new Set([0]))).toEqual([100, 200]);
    expect(fitWidths([500, 500], 200, new Set())).toEqual([500, 500]);
  });

  it('of long text give way before the table has to be scrolled', () => {
    expect(fitWidths([100, 340], 300, new Set())).toEqual([100, 200]);
    expect(fitWidths([100, 340], 200, new Set())).toEqual([100, 340]);
    expect(fitWidths([100, 340], 300, new Set([1]))).toEqual([100, 340]);
  });

  it('give Korean letters the room they need', () => {
    expect(textWidth('서울')).toBeGreaterThan(textWidth('ab'));
    expect(naturalWidth('이름', ['부산 김해 국제공항'])).toBeGreaterThan(naturalWidth('nm', ['abcde fgh']));
  });

  it('come into view by the smallest move', () => {
    const edges = edgesOf([100, 100, 100, 100]);
    expect(revealColumn(1, edges, 0, 250)).toBe(0);
    expect(revealColumn(2, edges, 0, 250)).toBe(50);
    expect(revealColumn(0, edges, 150, 250)).toBe(0);
  });
});
