import { describe, expect, it } from 'vitest';
import { sortParameter, toggle } from '../../../../client/outputs/table/sort.ts';

const up = (column: number) => ({ column, descending: false });
const down = (column: number) => ({ column, descending: true });

describe('sorting', () => {
  it('goes up, down, and back', () => {
    expect(toggle([], 1, false)).toEqual([up(1)]);
    expect(toggle([up(1)], 1, false)).toEqual([down(1)]);
    expect(toggle([down(1)], 1, false)).toEqual([]);
    expect(toggle([up(2)], 1, false)).toEqual([up(1)]);
  });

  it('takes several columns with Shift, in the order they were clicked', () => {
    expect(toggle([up(2)], 1, true)).toEqual([up(2), up(1)]);
    expect(toggle([up(2), up(1)], 2, true)).toEqual([down(2), up(1)]);
    expect(toggle([down(2), up(1)], 2, true)).toEqual([up(1)]);
  });

  it('is asked for as the API wants it', () => {
    expect(sortParameter([down(0), up(1)], ['a', 'b'])).toBe('-a,b');
    expect(sortParameter([down(0)], ['count(a, b)'])).toBe('["-count(a, b)"]');
    expect(sortParameter([up(0)], ['[a]'])).toBe('["[a]"]');
    expect(sortParameter([up(1)], ['a', 'A'])).toBe('A_2');
    expect(sortParameter([], ['a'])).toBe('');
  });
});
