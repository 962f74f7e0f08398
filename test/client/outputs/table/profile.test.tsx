import { describe, expect, it } from 'vitest';
import { drawProfile, factsOf, percent } from '../../../../client/outputs/table/profile.ts';
import { readProfile } from '../../../../client/outputs/table/profile-read.ts';

const drawn = (value: unknown): HTMLElement => {
  const place = document.createElement('div');
  drawProfile(place, readProfile(value)!);
  return place;
};

describe('a profile', () => {
  it('is bars for numbers, and names for frequent texts', () => {
    const numbers = {
      rows: 100,
      nulls: 20,
      ends: ['-1000', '9'],
      distinct: { count: 123_456, about: true },
      bins: { edges: ['0', '1', '2'], counts: [79, 1] },
    };
    expect(drawn(numbers).querySelector('path')!.getAttribute('d')!.match(/M/g)).toHaveLength(2);
    expect(drawn(numbers).textContent).toBe('20 % null');
    expect(factsOf(readProfile(numbers)!)).toEqual(['−1,000 – 9', 'about 120,000 distinct', '20 nulls (20 %)']);
    const texts = {
      rows: 100,
      nulls: 0,
      distinct: { count: 5, about: false },
      frequent: {
        about: false,
        values: [
          { text: 'ORD', count: 6 },
          { text: '', count: 5 },
          { text: 'x', count: 1 },
        ],
      },
    };
    expect(drawn(texts).textContent).toBe('ORD 6 % · “” 5 % · 3 more');
    expect(
      drawn({
        rows: 5000,
        nulls: 0,
        distinct: { count: 5000, about: false },
        frequent: { about: false, values: [{ text: 'a', count: 1 }] },
      }).textContent,
    ).toBe('5,000 distinct');
    expect(drawn({ rows: 7, nulls: 7, distinct: { count: 0, about: false } }).textContent).toBe('all null');
    expect(drawn({ rows: 0, nulls: 0 }).textContent).toBe('');
  });

  it('that is none, or damaged in part, is read as far as it goes', () => {
    for (const nothing of [null, 5, {}, { rows: '1' }]) expect(readProfile(nothing)).toBeUndefined();
    expect(
      readProfile({ rows: 1, nulls: 0, bins: { edges: ['1'], counts: [1] }, ends: [1], frequent: { values: [{}] } }),
    ).toEqual({ rows: 1, nulls: 0 });
  });

  it('says small shares as they are', () => {
    expect([percent(1, 3), percent(1, 100), percent(1, 250), percent(1, 100_000), percent(0, 5)]).toEqual([
      '33 %',
      '1 %',
      '0.4 %',
      '<0.1 %',
      '0 %',
    ]);
  });
});
