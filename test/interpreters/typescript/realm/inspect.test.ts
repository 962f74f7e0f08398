import { expect, it } from 'vitest';
import { GroupedFrame } from '../../../../interpreters/typescript/library/frame.ts';
import { inspect } from '../../../../interpreters/typescript/realm/inspect.ts';

it('a frame that is printed says how its rows are seen', () => {
  const grouped = new GroupedFrame(() => {
    throw new Error('nothing runs');
  });
  Object.defineProperty(grouped, 'hidden', { value: 1 });
  expect(inspect([grouped])).toMatch(/GroupedFrame \(a query; .*display\(\)/);
});

it('a class of the user’s that has the name of a frame is shown as any other', () => {
  class DataFrame {
    rows = 3;
  }
  expect(inspect(new DataFrame())).toBe('DataFrame { rows: 3 }');
});
