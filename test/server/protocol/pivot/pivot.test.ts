/** Settings of pivots, read part by part; the first choice; and what can't be made. */
import { describe, expect, it } from 'vitest';
import { choosePivot } from '../../../../server/protocol/pivot/choose.ts';
import { planPivot } from '../../../../server/protocol/pivot/plan.ts';
import { publishedOption } from '../../../../server/protocol/pivot/published.ts';
import { MAX_FIELDS, readPivot, readPivotSpec, specIn } from '../../../../server/protocol/pivot.ts';

const columns = [
  { name: 'id', type: 'BIGINT' },
  { name: 'day', type: 'DATE' },
  { name: 'carrier', type: 'VARCHAR' },
  { name: 'hour', type: 'INTEGER' },
  { name: 'passengers', type: 'BIGINT' },
  { name: 'delay', type: 'DECIMAL(9,2)' },
];

describe('what somebody wrote', () => {
  it('is read part by part: what is damaged is as good as absent', () => {
    expect(
      readPivot({
        rows: [
          { column: 'carrier' },
          { column: 3 },
          { column: 'day', unit: 'fortnight' },
          { column: 'delay', bin: -1 },
        ],
        columns: 'day',
        values: [{ aggregate: 'sum' }, { column: 'delay', aggregate: 'mean' }, { aggregate: 'count' }],
        sort: { value: 0, at: ['a', null, 1] },
        rowTotals: false,
        columnTotals: 'no',
        filters: [
          { column: 'carrier', is: 'sql' },
          { column: 'carrier', is: 'null' },
        ],
      }),
    ).toEqual({
      rows: [{ column: 'carrier' }],
      values: [{ column: 'delay', aggregate: 'mean' }, { aggregate: 'count' }],
      rowTotals: false,
      filters: [{ column: 'carrier', is: 'null' }],
    });
    for (const nothing of [null, 1, 'x', [], {}]) expect(specIn(readPivot(nothing))).toBeUndefined();
  });

  it('is refused whole where it is asked for by a call', () => {
    expect(readPivotSpec({})).toEqual({ rows: [], columns: [], values: [] });
    expect(readPivotSpec({ rows: [{ column: 'a', bin: 0.5 }] })).toEqual({
      rows: [{ column: 'a', bin: 0.5 }],
      columns: [],
      values: [],
    });
    const many = Array.from({ length: MAX_FIELDS + 1 }, () => ({ column: 'a' }));
    for (const wrong of [
      { rows: many },
      { rows: [{}] },
      { sql: '1' },
      { rowTotals: 1 },
      { sort: { value: -1 } },
      [],
      'a',
    ])
      expect(readPivotSpec(wrong)).toBeUndefined();
  });
});

describe('the first choice', () => {
  it('puts a category down, a time across and adds a measure up', () => {
    expect(choosePivot(columns)).toEqual({
      rows: [{ column: 'carrier' }],
      columns: [{ column: 'day', unit: 'month' }],
      values: [{ column: 'passengers', aggregate: 'sum' }],
    });
  });

  it('has a pivot for whatever columns there are, which can be made', () => {
    const types = [
      'VARCHAR',
      'BOOLEAN',
      'DOUBLE',
      'HUGEINT',
      'DATE',
      'TIMESTAMP WITH TIME ZONE',
      'INTEGER[]',
      'UUID',
      'INTERVAL',
      '"NULL"',
      'JSON',
    ];
    for (const first of types)
      for (const second of types) {
        const some = [
          { name: 'a', type: first },
          { name: 'a', type: second },
        ];
        const chosen = choosePivot(some);
        expect([first, second, planPivot(chosen, some)]).toMatchObject([first, second, { plan: {} }]);
      }
    expect(choosePivot([])).toBeUndefined();
  });
});

describe('a plan', () => {
  const problem = (spec: object) => planPivot(readPivotSpec(spec), columns);
  it('says what can’t be made of these columns', () => {
    expect(problem({ rows: [{ column: 'gone' }] })).toEqual({ problem: { kind: 'unknown-column', column: 'gone' } });
    expect(problem({ rows: [{ column: 'carrier', unit: 'day' }] })).toEqual({
      problem: { kind: 'not-a-date', column: 'carrier' },
    });
    for (const spec of [
      { rows: [{ column: 'carrier', bin: 3 }] },
      { values: [{ column: 'carrier', aggregate: 'sum' }] },
    ])
      expect(problem(spec)).toEqual({ problem: { kind: 'not-a-number', column: 'carrier' } });
    expect(planPivot(undefined, [])).toEqual({ problem: { kind: 'no-columns' } });
  });

  it('counts rows where nothing is measured, and forgets a sort by what is not there', () => {
    expect(problem({ rows: [{ column: 'carrier' }], sort: { value: 3, descending: true } })).toMatchObject({
      plan: { values: [{ aggregate: 'count' }], sort: { descending: true }, rowTotals: true },
    });
    expect(
      problem({ rows: [{ column: 'carrier' }], columns: [{ column: 'hour' }], sort: { value: 0, at: ['a', 'b'] } }),
    ).toMatchObject({ plan: { sort: { value: 0, descending: false } } });
  });
});

it('is told to whoever holds a link without filters, and only where it is shown', () => {
  const pivot = { rows: [{ column: 'a' }], filters: [{ column: 'b', is: 'null' }] };
  expect(publishedOption({ show: 'pivot', mark: 'bar', pivot })).toEqual({
    show: 'pivot',
    mark: 'bar',
    pivot: { rows: [{ column: 'a' }], columns: [], values: [] },
  });
  expect(publishedOption([{ show: 'chart', pivot }, null, { pivot }])).toEqual([{ show: 'chart' }, {}, {}]);
  for (const none of [undefined, null, 1, 'x']) expect(publishedOption(none)).toBeNull();
});
