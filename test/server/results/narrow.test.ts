import { describe, expect, it } from 'vitest';
import { fitting, isEnd, placeNarrow, readFilters } from '../../../server/protocol/table/narrow.ts';
import { stepsOf } from '../../../server/results/reader/narrow.ts';
import { piecesOf } from '../../../server/results/reader/views.ts';

const columns = [
  { name: 'a', type: 'INTEGER' },
  { name: 'a', type: 'VARCHAR' },
  { name: 'at', type: 'TIMESTAMP' },
];

describe('filters', () => {
  it('are read part by part, and nothing else passes', () => {
    const good = [
      { column: 'a', is: 'range', from: '1', to: '2', below: true },
      { column: 'b', is: 'contains', text: '%' },
      { column: 'c', is: 'among', values: ['x', null] },
      { column: 'd', is: 'null' },
    ];
    expect(readFilters(good)).toEqual(good);
    expect(readFilters([{ column: 'a', is: 'null', sql: 'drop' }])).toEqual([{ column: 'a', is: 'null' }]);
    for (const bad of [
      {},
      [{}],
      [null],
      [{ column: 'a' }],
      [{ column: 1, is: 'null' }],
      [{ column: 'a', is: 'range' }],
      [{ column: 'a', is: 'range', from: 1 }],
      [{ column: 'a', is: 'contains' }],
      [{ column: 'a', is: 'contains', text: 'a\0b' }],
      [{ column: 'a', is: 'among', values: [1] }],
      [{ column: 'a', is: 'among', values: Array(201).fill('x') }],
      [{ column: 'a', is: 'matches', text: 'x' }],
      [{ column: 'a', is: 'contains', text: 'x'.repeat(1001) }],
      Array(41).fill({ column: 'a', is: 'null' }),
    ])
      expect(readFilters(bad)).toBeUndefined();
  });

  it('name columns as JSON does, and say what is wrong', () => {
    expect(placeNarrow({ filters: [{ column: 'a_2', is: 'null' }], search: '' }, columns)).toEqual({
      narrow: { filters: [{ place: 1, is: 'null' }] },
    });
    const problem = (filter: object) => {
      const placed = placeNarrow({ filters: readFilters([filter])! }, columns);
      return 'problem' in placed ? placed.problem.kind : undefined;
    };
    expect(problem({ column: 'b', is: 'null' })).toBe('unknown-column');
    expect(problem({ column: '__row', is: 'range', from: '1' })).toBe('unknown-column');
    expect(problem({ column: 'a_2', is: 'range', from: '1' })).toBe('not-ranged');
    expect(problem({ column: 'a', is: 'range', from: 'x' })).toBe('no-value');
    expect(problem({ column: 'at', is: 'range', to: '2001-02-30' })).toBe('no-value');
    expect(problem({ column: 'at', is: 'range', to: '2001-02-28' })).toBeUndefined();
  });

  it('that no longer fit are left out, the others stay', () => {
    const kept = {
      filters: readFilters([
        { column: 'gone', is: 'null' },
        { column: 'a', is: 'range', from: '1' },
      ])!,
      search: 'x',
    };
    expect(fitting(kept, columns)).toEqual({ filters: [kept.filters[1]], search: 'x' });
    expect(fitting(kept, columns.slice(0, 1))).toEqual({ filters: [kept.filters[1]] });
  });

  it('know the ends of stretches', () => {
    for (const text of ['1', '-1.5', '+.5', '2.', '1e9', '-3E-2']) expect(isEnd(text, 'DOUBLE')).toBe(true);
    for (const text of ['', 'x', '1,5', '0x1', '--1', '1e99999', 'nan', '1;drop'])
      expect(isEnd(text, 'BIGINT')).toBe(false);
    for (const text of ['2001-01-31', '2001-01-31 07:21', '2001-01-31T07:21:03.5Z', '2001-01-31 07:21+09'])
      expect(isEnd(text, 'TIMESTAMP WITH TIME ZONE')).toBe(true);
    for (const text of ['2001-13-01', '2001-01-31 25:00', 'today', '01/02/03'])
      expect(isEnd(text, 'TIMESTAMP')).toBe(false);
    expect(isEnd('2001-01-31 07:21', 'DATE')).toBe(false);
  });
});

describe('the ends of a stretch of whole numbers', () => {
  it('are rounded inwards exactly', () => {
    const cases: [string, number, bigint, bigint][] = [
      ['2.5', 0, 3n, 2n],
      ['-2.5', 0, -2n, -3n],
      ['7', 0, 7n, 7n],
      ['1.005', 2, 101n, 100n],
      ['-0.001', 2, 0n, -1n],
      ['1e3', 0, 1000n, 1000n],
      ['12e-1', 0, 2n, 1n],
      ['9007199254740993.0000000001', 0, 9007199254740994n, 9007199254740993n],
      ['1e-9999', 0, 1n, 0n],
    ];
    for (const [text, scale, up, down] of cases)
      expect([stepsOf(text, scale, 'up'), stepsOf(text, scale, 'down')], text).toEqual([up, down]);
    expect(stepsOf('1e9999', 0, 'up') > 10n ** 100n).toBe(true);
  });
});

describe('stretches of a view', () => {
  it('lie at fixed places once its end is known, and are no longer than asked before', () => {
    expect(piecesOf({ from: 90, to: 130 }, 100, 120)).toEqual([
      { from: 0, to: 100 },
      { from: 100, to: 120 },
    ]);
    expect(piecesOf({ from: 90, to: 130 }, 100, undefined)).toEqual([{ from: 90, to: 130 }]);
    expect(piecesOf({ from: 5, to: 5 }, 100, 5)).toEqual([]);
  });
});
