import { expect, it } from 'vitest';
import { borderOf, reduced, twelfths, withBorder } from '../../../client/report/spans.ts';
import { spanOf } from '../../../server/protocol/report/layout.ts';

it('divides a row into twelfths, as near to what was said as whole ones come', () => {
  expect(
    [
      [1, 1],
      [1, 2],
      [1, 1, 1],
      [1, 1, 1, 1],
      [5, 7],
      [1, 11],
      [12, 1, 1, 1],
      [1, 1, 3],
    ].map(twelfths),
  ).toEqual([
    [6, 6],
    [4, 8],
    [4, 4, 4],
    [3, 3, 3, 3],
    [5, 7],
    [2, 10],
    [6, 2, 2, 2],
    [3, 2, 7],
  ]);
  for (let a = 1; a <= 12; a += 1)
    for (let b = 1; b <= 12; b += 1)
      for (let c = 1; c <= 12; c += 1) {
        const parts = twelfths([a, b, c]);
        expect(parts.reduce((sum, part) => sum + part)).toBe(12);
        expect(Math.min(...parts)).toBeGreaterThanOrEqual(2);
      }
});

it('moves a border between two columns alone, never past what can be read', () => {
  expect(withBorder([6, 6], 0, 4.4)).toEqual([4, 8]);
  expect(withBorder([6, 6], 0, -3)).toEqual([2, 10]);
  expect(withBorder([4, 4, 4], 1, 10)).toEqual([4, 6, 2]);
  expect(borderOf([4, 6, 2], 1)).toBe(10);
});

it('keeps the smallest numbers that say the same', () => {
  expect(
    [
      [4, 8],
      [6, 6],
      [5, 7],
      [3, 3, 3, 3],
      [2, 4, 6],
    ].map(reduced),
  ).toEqual([
    [1, 2],
    [1, 1],
    [5, 7],
    [1, 1, 1, 1],
    [1, 2, 3],
  ]);
});

it('takes from a file what is a width, and one of anything else', () => {
  expect([2, 12, 0, 13, 1.5, '2', null, undefined].map((span) => spanOf({ span }))).toEqual([2, 12, 1, 1, 1, 1, 1, 1]);
});
