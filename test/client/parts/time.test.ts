import { expect, test } from 'vitest';
import { ago, clock, size, span } from '../../../client/parts/time.ts';

const now = new Date(2026, 10, 22, 13, 0).getTime();
const before = (hours: number): number => now - hours * 3_600_000;

test('times are told as one would say them', () => {
  expect(ago(now - 5000, now)).toBe('just now');
  expect(ago(before(0.1), now)).toBe('6 minutes ago');
  expect(ago(before(1), now)).toBe('1 hour ago');
  expect(ago(before(14), now)).toBe('yesterday');
  expect(ago(before(3 * 24), now)).toBe('3 days ago');
  expect(ago(new Date(2026, 10, 2).getTime(), now)).toBe('2 Nov');
  expect(ago(new Date(2025, 10, 2).getTime(), now)).toBe('2 Nov 2025');
  expect(ago(now + 60_000, now)).toBe('just now');
});

test('a clock has its day when that is another one', () => {
  expect(clock(new Date(2026, 10, 22, 9, 5).getTime(), now)).toBe('09:05');
  expect(clock(new Date(2026, 10, 21, 9, 5).getTime(), now)).toBe('21 Nov, 09:05');
});

test('spans are as exact as they are short', () => {
  expect([4, 40, 120, 1800, 12_300, 125_000, 7_260_000].map(span)).toEqual([
    '4 ms',
    '0.04 s',
    '0.12 s',
    '1.8 s',
    '12 s',
    '2 min 5 s',
    '2 h 1 min',
  ]);
});

test('sizes have three figures at most', () => {
  expect([0, 999, 1000, 13_500_000, 3.6e9, 412e6].map(size)).toEqual([
    '0 B',
    '999 B',
    '1.0 KB',
    '13.5 MB',
    '3.6 GB',
    '412 MB',
  ]);
});
