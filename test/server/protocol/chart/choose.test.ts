import { describe, expect, it } from 'vitest';
import { type Chart, chooseChart } from '../../../../server/protocol/chart/choose.ts';
import { aggregateOf, isIdentifier, kindOfType } from '../../../../server/protocol/chart/kinds.ts';
import { planChart } from '../../../../server/protocol/chart/plan.ts';
import { fieldOn, switchMark } from '../../../../server/protocol/chart/switch.ts';

/** `name type, name type`. */
const columns = (text: string) =>
  text.split(/,\s*(?![^(]*\))/).map((one) => {
    const [name = '', ...type] = one.trim().split(' ');
    return { name, type: type.join(' ') };
  });
const said = (chart: Chart | undefined): string =>
  chart === undefined
    ? 'none'
    : [
        chart.mark,
        chart.x?.column,
        chart.y && `${chart.y.aggregate}${chart.y.column ? ` ${chart.y.column}` : ''}`,
        chart.colour && `by ${chart.colour.column}`,
      ]
        .filter(Boolean)
        .join(', ');

describe('the first chart', () => {
  const cases: Readonly<Record<string, string>> = {
    'date TIMESTAMP, delay DOUBLE': 'line, date, mean delay',
    'date DATE, flights BIGINT': 'line, date, sum flights',
    'at TIMESTAMP WITH TIME ZONE, city VARCHAR, price DECIMAL(9,2)': 'line, at, mean price, by city',
    'date TIMESTAMP, delay SMALLINT, distance SMALLINT, origin VARCHAR, destination VARCHAR': 'line, date, mean delay',
    'hour BIGINT, delay DOUBLE, flights BIGINT': 'bar, hour, mean delay',
    'year INTEGER, revenue DOUBLE': 'line, year, sum revenue',
    'city VARCHAR, origin VARCHAR, flights BIGINT': 'bar, city, sum flights, by origin',
    'origin VARCHAR, mean_delay DOUBLE': 'bar, origin, mean mean_delay',
    'ok BOOLEAN, n BIGINT': 'bar, ok, sum n',
    "level ENUM('low', 'high'), count HUGEINT": 'bar, level, sum count',
    'width DOUBLE, height DOUBLE': 'point, width, none height',
    'delay SMALLINT': 'histogram, delay',
    'user_id BIGINT, delay DOUBLE': 'histogram, delay',
    'id UUID, name VARCHAR': 'bar, name, count',
    'at TIMESTAMP': 'histogram, at, count',
    'month INTEGER': 'bar, month, count',
    'id BIGINT': 'bar, id, count',
    'list INTEGER[], record STRUCT(a INTEGER)': 'bar, list, count',
    '도시 VARCHAR, 매출 BIGINT': 'bar, 도시, sum 매출',
    'a VARCHAR, a INTEGER': 'bar, a, mean a_2',
  };
  it.each(Object.entries(cases))('of %s', (text, wanted) => {
    const list = columns(text);
    expect(said(chooseChart(list))).toBe(wanted);
    expect(planChart({}, list)).toHaveProperty('plan');
  });
  it('of no columns is none', () => {
    expect(chooseChart([])).toBeUndefined();
    expect(planChart({}, [])).toEqual({ problem: { kind: 'no-columns' } });
  });
});

describe('columns', () => {
  it('are numbers, times, categories or others by the engine’s types', () => {
    expect(['DECIMAL(18,3)', 'UHUGEINT', 'INTERVAL', 'FLOAT'].map(kindOfType)).toEqual(Array(4).fill('number'));
    expect(['DATE', 'TIMESTAMP_NS', 'TIMESTAMP WITH TIME ZONE'].map(kindOfType)).toEqual(Array(3).fill('time'));
    expect(['VARCHAR', 'BOOLEAN', 'TIME', "ENUM('DATE')", 'UUID'].map(kindOfType)).toEqual(Array(5).fill('category'));
    expect(
      ['INTEGER[]', 'STRUCT(a DATE)', 'JSON', 'BLOB', 'MAP(INTEGER, INTEGER)', 'DATE[3]', '"NULL"'].map(kindOfType),
    ).toEqual(Array(7).fill('other'));
  });
  it('that name things are ids', () => {
    const is = (name: string, type = 'BIGINT') => isIdentifier({ name, type });
    expect([is('id'), is('user_id'), is('userId'), is('x', 'UUID'), is('zip')]).toEqual(Array(5).fill(true));
    expect([is('paid'), is('width'), is('valid'), is('id', 'DOUBLE')]).toEqual(Array(4).fill(false));
  });
  it('are added up where they count', () => {
    const of = (name: string) => aggregateOf({ name, type: 'BIGINT' });
    expect(['n', 'totalSales', 'flight_count', '건수'].map(of)).toEqual(Array(4).fill('sum'));
    expect(['delay', 'avg_count', 'error_rate', 'temperature'].map(of)).toEqual(Array(4).fill('mean'));
  });
});

describe('switching the mark', () => {
  const list = columns('day TIMESTAMP, city VARCHAR, price DOUBLE, n BIGINT');
  const bars: Chart = {
    mark: 'bar',
    x: { column: 'city' },
    y: { column: 'price', aggregate: 'median' },
    colour: { column: 'city' },
  };
  it('keeps what fits', () => {
    for (const mark of ['line', 'area'] as const) expect(switchMark(bars, mark, list)).toEqual({ ...bars, mark });
    expect(switchMark(switchMark(bars, 'line', list), 'bar', list)).toEqual(bars);
    const counted: Chart = { ...bars, y: { aggregate: 'count' } };
    expect(switchMark(counted, 'pie', list)).toEqual({ ...counted, mark: 'pie' });
    const priced: Chart = { ...bars, y: { column: 'price', aggregate: 'sum' } };
    expect(switchMark(priced, 'pie', list)).toEqual({ ...priced, mark: 'pie' });
  });
  it('chooses anew only what can’t be drawn', () => {
    expect(switchMark(bars, 'histogram', list).x).toEqual({ column: 'price' });
    const ways = columns('origin VARCHAR, destination VARCHAR, delay BIGINT');
    const boxes: Chart = { mark: 'box', x: { column: 'origin' }, y: { column: 'delay' } };
    expect(switchMark(boxes, 'heat', ways)).toMatchObject({ x: { column: 'origin' }, y: { column: 'destination' } });
    const line: Chart = { mark: 'line', x: { column: 'day' }, y: { column: 'price', aggregate: 'none' } };
    expect(switchMark(line, 'pie', list)).toMatchObject({
      x: { column: 'city' },
      y: { aggregate: 'count' },
    });
    expect(switchMark(bars, 'pie', list).y).toEqual({ aggregate: 'count' });
    const means: Chart = { ...bars, y: { column: 'n', aggregate: 'mean' } };
    expect(switchMark(means, 'pie', list).y).toEqual({ column: 'n', aggregate: 'sum' });
    expect(switchMark(line, 'bar', list).y).toEqual({ column: 'price', aggregate: 'mean' });
    expect(switchMark(line, 'point', list).y).toEqual({ column: 'price', aggregate: 'none' });
  });
  it('gives a chart that can be drawn, from any to any', () => {
    for (const text of [
      'day TIMESTAMP, city VARCHAR, price DOUBLE, n BIGINT',
      'a DOUBLE, b DOUBLE',
      'x BIGINT',
      'k VARCHAR, n INTEGER',
    ]) {
      const all = columns(text);
      const first = chooseChart(all)!;
      for (const one of ['bar', 'line', 'area', 'point', 'pie', 'histogram', 'number'] as const)
        for (const two of ['bar', 'line', 'area', 'point', 'pie', 'histogram', 'number'] as const)
          expect([text, one, two, planChart(switchMark(switchMark(first, one, all), two, all), all)]).toMatchObject([
            text,
            one,
            two,
            { plan: { mark: two } },
          ]);
    }
  });
});

describe('a field', () => {
  const list = columns('city VARCHAR, price DOUBLE, n BIGINT');
  const bars: Chart = { mark: 'bar', x: { column: 'city' }, y: { aggregate: 'count' } };
  it('put on y is added up as its kind is', () => {
    expect(fieldOn(bars, 'y', 'n', list).y).toEqual({ column: 'n', aggregate: 'sum' });
    expect(fieldOn(bars, 'y', 'price', list).y).toEqual({ column: 'price', aggregate: 'mean' });
    expect(fieldOn(bars, 'y', 'city', list).y).toEqual({ column: 'city', aggregate: 'distinct' });
    expect(fieldOn({ ...bars, y: { column: 'n', aggregate: 'max' } }, 'y', 'price', list).y?.aggregate).toBe('max');
  });
  it('that is not there changes nothing', () => {
    expect(fieldOn(bars, 'x', 'gone', list)).toBe(bars);
  });
});

describe('a plan', () => {
  const list = columns('k VARCHAR, n INTEGER');
  it('says what is wrong', () => {
    const problem = (spec: Parameters<typeof planChart>[0]) => {
      const planned = planChart(spec, list);
      return 'problem' in planned ? planned.problem : undefined;
    };
    expect(problem({ mark: 'bar', x: { column: 'gone' } })).toEqual({
      kind: 'unknown-column',
      channel: 'x',
      column: 'gone',
    });
    expect(problem({ mark: 'bar' })).toEqual({ kind: 'missing', channel: 'x' });
    expect(problem({ mark: 'bar', x: { column: 'n' }, y: { aggregate: 'sum' } })).toEqual({
      kind: 'missing',
      channel: 'y',
    });
    expect(problem({ mark: 'histogram', x: { column: 'k' } })).toMatchObject({ kind: 'not-a-number', channel: 'x' });
    expect(problem({ mark: 'bar', x: { column: 'n' }, y: { column: 'k', aggregate: 'mean' } })).toMatchObject({
      kind: 'not-a-number',
      channel: 'y',
    });
  });
  it('takes a range only where there is an axis, in order and finite', () => {
    const range = (spec: Parameters<typeof planChart>[0]) => {
      const planned = planChart(spec, list);
      return 'plan' in planned && 'range' in planned.plan ? planned.plan.range : undefined;
    };
    expect(range({ mark: 'histogram', x: { column: 'n' }, range: [5, 1] })).toEqual([1, 5]);
    expect(range({ mark: 'bar', x: { column: 'k' }, range: [5, 1] })).toBeUndefined();
  });
});
