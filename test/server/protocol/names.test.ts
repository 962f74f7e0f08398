import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uniqueNames } from '../../../server/protocol/names.ts';

describe('names of columns', () => {
  it('stay as they are while they differ', () => {
    expect(uniqueNames(['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
  });
  it('number what repeats, case apart', () => {
    expect(uniqueNames(['a', 'a', 'A'])).toEqual(['a', 'a_2', 'A_3']);
  });
  it('never take a name that stands there already', () => {
    expect(uniqueNames(['a', 'a', 'a_2'])).toEqual(['a', 'a_3', 'a_2']);
    expect(uniqueNames(['a_2', 'a', 'a', 'a_2'])).toEqual(['a_2', 'a', 'a_3', 'a_2_2']);
  });
  it('are unique for any list, and the first of each keeps its name', () => {
    const name = fc.constantFrom('a', 'A', 'a_2', 'a_3', 'b', '', '_2', 'a_2_2');
    fc.assert(
      fc.property(fc.array(name, { maxLength: 12 }), (names) => {
        const unique = uniqueNames(names);
        expect(new Set(unique.map((one) => one.toLowerCase())).size).toBe(names.length);
        names.forEach((one, index) => {
          const first = names.findIndex((other) => other.toLowerCase() === one.toLowerCase());
          if (first === index) expect(unique[index]).toBe(one);
        });
      }),
    );
  });
});
