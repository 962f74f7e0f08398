import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { showsChart, withView } from '../../../server/protocol/chart/option.ts';
import { planChart } from '../../../server/protocol/chart/plan.ts';
import { type ChartSettings, readChart, readSpec, writeChart } from '../../../server/protocol/chart.ts';

const whole: ChartSettings = {
  show: 'chart',
  mark: 'bar',
  x: { column: 'origin', sort: 'value' },
  y: { column: 'delay', aggregate: 'mean' },
  colour: { column: 'year' },
};
const columns = [
  { name: 'origin', type: 'VARCHAR' },
  { name: 'delay', type: 'DOUBLE' },
];

describe('settings', () => {
  it('come back as they were written', () => {
    expect(readChart(writeChart(undefined, whole))).toEqual(whole);
    expect(readChart(JSON.parse(JSON.stringify(writeChart(undefined, whole))))).toEqual(whole);
  });
  it('lose only the part that is damaged', () => {
    const damaged = { ...whole, mark: 'cake', x: { column: 7, sort: 'value' }, y: 'delay', colour: [1] };
    expect(readChart(damaged)).toEqual({ show: 'chart', x: { sort: 'value' } });
    expect(readChart({ ...whole, x: { column: 'a'.repeat(5000) } }).x).toBeUndefined();
    expect(readChart({ ...whole, y: { column: 'delay', aggregate: 'drop table', bin: 1e9 } }).y).toEqual({
      column: 'delay',
    });
  });
  it('keep what another version wrote beside them', () => {
    const option = { show: 'chart', facet: { column: 'k' } };
    expect(writeChart(option, { show: 'chart', mark: 'pie' })).toEqual({
      show: 'chart',
      mark: 'pie',
      facet: { column: 'k' },
    });
    expect(writeChart({ mark: 'bar', later: 1 }, {})).toEqual({ later: 1 });
  });
  it('are one object for one table, and a list where there are several', () => {
    const second = writeChart(whole, { show: 'chart', mark: 'pie' }, 1);
    expect(second).toEqual([whole, { show: 'chart', mark: 'pie' }]);
    expect(readChart(second, 0)).toEqual(whole);
    expect(readChart(second, 1).mark).toBe('pie');
    expect(readChart(second, 2)).toEqual({});
    expect(writeChart(second, {}, 1)).toEqual(whole);
    expect(writeChart(undefined, { mark: 'pie' }, 2)).toEqual([null, null, { mark: 'pie' }]);
    expect(writeChart(whole, {})).toBeUndefined();
  });
  it('say which view is shown; the table where nothing is said', () => {
    expect(showsChart(undefined, 0)).toBe(false);
    expect(showsChart(withView(undefined, 0, 'chart'), 0)).toBe(true);
    expect(withView(whole, 0, 'table')).toEqual({ ...whole, show: undefined, ...{} });
    expect(withView({ show: 'chart' }, 0, 'table')).toBeUndefined();
    expect(showsChart(withView(whole, 1, 'chart'), 1)).toBe(true);
  });
  it('of any shape are read without harm, and give a plan or a problem', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(3), (option, index) => {
        const settings = readChart(option, index);
        const planned = planChart(settings, columns);
        expect('plan' in planned || 'problem' in planned).toBe(true);
        writeChart(option, settings, index);
        withView(option, index, 'chart');
        expect(showsChart(withView(option, index, 'chart'), index)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a spec', () => {
  it('is refused where it holds anything else', () => {
    expect(readSpec({ mark: 'bar', range: [0, 1] })).toBeTruthy();
    expect(readSpec({})).toEqual({});
    for (const wrong of [
      null,
      [],
      'bar',
      { mark: 'cake' },
      { sql: 'x' },
      { range: [1] },
      { range: ['a', 2] },
      { x: 'a' },
    ])
      expect(readSpec(wrong)).toBeUndefined();
  });
});
