import { expect, it } from 'vitest';
import { shareOf } from '../../../server/results/reader/share.ts';

const nothing = { engine: 0, rows: 0, sent: undefined };

it('rows that are known to come are counted', () => {
  const way = { isSorted: false, isFile: false, total: 200 };
  expect(shareOf(way, { ...nothing, rows: 50 })).toBe(0.25);
  expect(shareOf(way, { ...nothing, engine: 1, rows: 50 })).toBe(0.25);
});
it('where nobody knows how many match, the engine says how far it is', () => {
  expect(shareOf({ isSorted: false, isFile: false, total: undefined }, { ...nothing, engine: 0.3, rows: 7 })).toBe(0.3);
});
it('half of a sort is done before its first row', () => {
  const way = { isSorted: true, isFile: false, total: 100 };
  expect(shareOf(way, { ...nothing, engine: 0.5 })).toBe(0.25);
  expect(shareOf(way, { ...nothing, engine: 1, rows: 50 })).toBe(0.75);
});
it('a file is made, then sent', () => {
  const way = { isSorted: false, isFile: true, total: 100 };
  expect(shareOf(way, { ...nothing, engine: 0.5 })).toBe(0.45);
  expect(shareOf(way, { ...nothing, engine: 1, sent: 0.5 })).toBeCloseTo(0.95);
});
it('the end is told by the end alone', () => {
  expect(shareOf({ isSorted: false, isFile: false, total: 1 }, { ...nothing, rows: 1 })).toBeLessThan(1);
  expect(shareOf({ isSorted: false, isFile: false, total: 0 }, nothing)).toBeLessThan(1);
});
