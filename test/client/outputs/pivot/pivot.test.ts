/** What hands change in a pivot, which rows are behind its cells, and how it reads. */
import { describe, expect, it } from 'vitest';
import {
  added,
  moved,
  removed,
  sortedBy,
  stepped,
  toggled,
  withTotals,
} from '../../../../client/outputs/pivot/change.ts';
import { binEnd, filtersOf, nextDay } from '../../../../client/outputs/pivot/drill.ts';
import { layoutOf, seen } from '../../../../client/outputs/pivot/layout.ts';
import { csvOf, figureText, keyText, linesOf, titleOf } from '../../../../client/outputs/pivot/texts.ts';
import type { PivotAnswer } from '../../../../server/protocol/pivot/answer.ts';
import { MAX_FIELDS, type PivotSpec } from '../../../../server/protocol/pivot.ts';

const columns = [
  { name: 'day', type: 'DATE' },
  { name: 'carrier', type: 'VARCHAR' },
  { name: 'delay', type: 'DOUBLE' },
  { name: 'seats', type: 'INTEGER' },
  ...Array.from({ length: 5 }, (_, at) => ({ name: `c${at}`, type: 'VARCHAR' })),
];
const spec: PivotSpec = {
  rows: [{ column: 'carrier' }],
  columns: [{ column: 'day', unit: 'month' }],
  values: [{ column: 'delay', aggregate: 'mean' }],
};

describe('a hand', () => {
  it('puts a field on a side, where it then stands alone', () => {
    expect(added(spec, 'rows', 'day', columns, 0)).toEqual({
      ...spec,
      rows: [{ column: 'day', unit: 'month' }, { column: 'carrier' }],
      columns: [],
    });
    expect(added(spec, 'values', 'carrier', columns).values).toEqual([
      { column: 'delay', aggregate: 'mean' },
      { column: 'carrier', aggregate: 'distinct' },
    ]);
    // Once more: another aggregate.
    expect(added(spec, 'values', 'delay', columns).values[1]).toEqual({ column: 'delay', aggregate: 'count' });
    expect(added(spec, 'rows', 'gone', columns)).toBe(spec);
  });

  it('finds a side full', () => {
    let full = spec;
    for (let at = 0; at < 5; at += 1) full = added(full, 'rows', `c${at}`, columns);
    expect(full.rows).toHaveLength(MAX_FIELDS);
    expect(full.rows.at(-1)).toEqual({ column: 'c2' });
  });

  it('clicks a field on and off, and what is taken away stays away', () => {
    const bare = toggled(toggled(toggled(spec, 'carrier', columns), 'day', columns), 'delay', columns);
    expect(bare).toEqual({ rows: [], columns: [], values: [{ aggregate: 'count' }] });
    expect(toggled(bare, 'seats', columns).values).toEqual([{ column: 'seats', aggregate: 'mean' }]);
    expect(toggled(toggled(bare, 'carrier', columns), 'c1', columns)).toMatchObject({
      rows: [{ column: 'carrier' }],
      columns: [{ column: 'c1' }],
    });
  });

  it('moves a field to another side, with how it is cut, and among its neighbours', () => {
    const down = moved(spec, { side: 'columns', at: 0 }, { side: 'rows', at: 0 }, columns);
    expect(down).toEqual({ ...spec, rows: [{ column: 'day', unit: 'month' }, { column: 'carrier' }], columns: [] });
    expect(moved(down, { side: 'rows', at: 0 }, { side: 'rows', at: 2 }, columns).rows).toEqual([
      { column: 'carrier' },
      { column: 'day', unit: 'month' },
    ]);
    expect(stepped(down, { side: 'rows', at: 1 }, -1).rows[0]).toEqual({ column: 'carrier' });
    expect(stepped(down, { side: 'rows', at: 1 }, 1)).toBe(down);
    expect(moved(spec, { side: 'rows', at: 0 }, { side: 'values', at: 0 }, columns).values[0]).toEqual({
      column: 'carrier',
      aggregate: 'distinct',
    });
    expect(removed(spec, { side: 'rows', at: 0 }).rows).toEqual([]);
  });

  it('sorts by figures from the largest, by names from the end, and back', () => {
    const once = sortedBy(spec, 0, ['2015-01-01']);
    expect(once.sort).toEqual({ value: 0, at: ['2015-01-01'], descending: true });
    const twice = sortedBy(once, 0, ['2015-01-01']);
    expect(twice.sort).toEqual({ value: 0, at: ['2015-01-01'] });
    expect(sortedBy(twice, 0, ['2015-01-01']).sort).toBeUndefined();
    expect(sortedBy(once, 0).sort).toEqual({ value: 0, descending: true });
    expect(sortedBy(spec, undefined).sort).toEqual({ descending: true });
    expect(sortedBy(sortedBy(spec, undefined), undefined).sort).toBeUndefined();
    // Other columns have other keys.
    expect(removed(once, { side: 'columns', at: 0 }).sort).toBeUndefined();
    expect(withTotals(withTotals(spec, 'rowTotals', false), 'rowTotals', true)).toEqual(spec);
  });
});

const answer: PivotAnswer = {
  matching: 5,
  rows: {
    fields: [{ column: 'carrier', type: 'VARCHAR' }],
    keys: [{ texts: ['AA'] }, { texts: [null] }, { texts: ['a long one…'], cut: [0] }],
    of: 3,
  },
  columns: {
    fields: [
      { column: 'day', type: 'DATE', unit: 'quarter' },
      { column: 'n', type: 'HUGEINT', bin: 10 },
    ],
    keys: [{ texts: ['2015-10-01', '-10'] }, { texts: ['2015-10-01', '170141183460469231731687303715884105720'] }],
    of: 2,
  },
  values: [
    { column: 'delay', aggregate: 'mean', type: 'DOUBLE' },
    { aggregate: 'count', type: 'BIGINT' },
  ],
  cells: [
    ['1.23456', '12345', null, null],
    ['100.5', '1', '0.5', '2'],
    [null, null, null, null],
  ],
  rowTotals: [
    ['1.5', '3'],
    ['2', '4'],
    [null, '0'],
  ],
  columnTotals: ['1', '2', '3', '4'],
  grand: ['5', '6'],
};

describe('the rows behind a cell', () => {
  it('are found by filters: a value, a stretch of time, a bin', () => {
    expect(filtersOf(answer, 0, 0)).toEqual([
      { column: 'carrier', is: 'among', values: ['AA'] },
      { column: 'day', is: 'range', from: '2015-10-01', to: '2016-01-01', below: true },
      { column: 'n', is: 'range', from: '-10', to: '0', below: true },
    ]);
    expect(filtersOf(answer, 1, undefined)).toEqual([{ column: 'carrier', is: 'null' }]);
    expect(filtersOf(answer, undefined, undefined)).toEqual([]);
    expect(filtersOf(answer, 2, 0)).toBeUndefined();
  });

  it('lie up to an end that is exact', () => {
    expect(binEnd('170141183460469231731687303715884105720', 7)).toBe('170141183460469231731687303715884105727');
    expect(binEnd('0.2', 0.1)).toBe('0.3');
    expect(['day', 'week', 'month', 'quarter', 'year'].map((unit) => nextDay('2015-12-01', unit as 'day'))).toEqual([
      '2015-12-02',
      '2015-12-08',
      '2016-01-01',
      '2016-03-01',
      '2016-12-01',
    ]);
  });
});

describe('a pivot reads', () => {
  it('by its title, the names of stretches and bins, and figures of one length', () => {
    expect(titleOf(spec)).toBe('mean delay by carrier × day by month');
    expect(titleOf({ rows: [], columns: [], values: [] })).toBe('count of rows');
    expect(keyText({ column: 'd', type: 'DATE', unit: 'month' }, '2015-03-01')).toBe('2015-03');
    expect(keyText({ column: 'd', type: 'DOUBLE', bin: 0.5 }, '-1.5')).toBe('−1.5 – −1');
    expect(keyText({ column: 'd', type: 'VARCHAR' }, null)).toBe('null');
    expect(figureText('1234.5678', 'DOUBLE', 1)).toBe('1,234.6');
    expect(figureText('-12345678901234567890.10', 'DECIMAL(38,2)', 1)).toBe('−12,345,678,901,234,567,890.10');
    expect(figureText('nan', 'DOUBLE', 1)).toBe('nan');
  });

  it('as lines with heads and totals, values in full', () => {
    const lines = linesOf(answer);
    expect(lines[0]).toEqual([null, '2015 Q4', '2015 Q4', '2015 Q4', '2015 Q4', 'Total', 'Total']);
    expect(lines[2]).toEqual([
      'carrier',
      'mean delay',
      'count of rows',
      'mean delay',
      'count of rows',
      'mean delay',
      'count of rows',
    ]);
    expect(lines[3]).toEqual(['AA', '1.23456', '12345', null, null, '1.5', '3']);
    expect(lines.at(-1)).toEqual(['Total', '1', '2', '3', '4', '5', '6']);
    expect(csvOf([['a"b', null, ''], ['1,5']])).toBe('"a""b",,""\r\n"1,5"\r\n');
  });

  it('below heads that stand above what they are of', () => {
    const layout = layoutOf(answer);
    expect(layout.heads.map((heads) => heads.map(({ text, from, span }) => [text, from, span]))).toEqual([
      [
        ['2015 Q4', 0, 4],
        ['Total', 4, 2],
      ],
      [
        ['−10 – 0', 0, 2],
        [
          '170,141,183,460,469,231,731,687,303,715,884,105,720 – 170,141,183,460,469,231,731,687,303,715,884,105,730',
          2,
          2,
        ],
        ['', 4, 2],
      ],
      ['mean delay', 'count of rows', 'mean delay', 'count of rows', 'mean delay', 'count of rows'].map((text, at) => [
        text,
        at,
        1,
      ]),
    ]);
    expect(layout.text(0, 0)).toBe('1.23');
    expect(layout.text(3, 5)).toBe('6');
    expect(layout.value(1, 4)).toBe('2');
  });

  it('as far as one sees', () => {
    expect(seen([10, 10, 10, 10, 10], 15, 25, 0)).toEqual({ start: 1, end: 3 });
    expect(seen([10, 10, 10, 10, 10], 15, 25, 1)).toEqual({ start: 0, end: 4 });
    expect(seen([], 0, 10, 2)).toEqual({ start: 0, end: 0 });
  });
});
