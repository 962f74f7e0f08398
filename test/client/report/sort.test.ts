import { expect, it } from 'vitest';
import { nextOrder, sorted } from '../../../client/report/file/sort.ts';

it('sorts numbers by size, exact ones past 2^53 too, and NULL last either way', () => {
  const rows = [['9007199254740993'], [null], ['9007199254740992'], [10], [9]];
  expect(sorted(rows.slice(0, 3), { column: 0, descending: false }, 'BIGINT').flat()).toEqual([
    '9007199254740992',
    '9007199254740993',
    null,
  ]);
  expect(sorted([[9], [null], [10]], { column: 0, descending: true }, 'INTEGER').flat()).toEqual([10, 9, null]);
  expect(sorted([['b'], ['a10'], ['a9']], { column: 0, descending: false }, 'VARCHAR').flat()).toEqual([
    'a9',
    'a10',
    'b',
  ]);
  expect(sorted(rows, undefined, '')).toBe(rows);
});

it('sorts up, then down, then as it came', () => {
  const up = nextOrder(undefined, 1);
  const down = nextOrder(up, 1);
  expect([up, down, nextOrder(down, 1)]).toEqual([
    { column: 1, descending: false },
    { column: 1, descending: true },
    undefined,
  ]);
});
