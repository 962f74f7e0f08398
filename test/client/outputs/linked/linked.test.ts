/** What is selected in a chart, as filters, and what these mean to other results. */
import { describe, expect, it } from 'vitest';
import {
  isChosen,
  isSelectable,
  type Shown,
  spanOf,
  stretchIn,
  toggled,
  toldOf,
} from '../../../../client/outputs/chart/chosen.ts';
import type { Picture } from '../../../../client/outputs/chart/draw.ts';
import { between, boxesOf, inBox, onName, onPlace, veiledBy } from '../../../../client/outputs/chart/selecting.ts';
import { seriesOf } from '../../../../client/outputs/chart/series.ts';
import { appliedTo } from '../../../../client/outputs/linked/apply.ts';
import { createLinked, type LinkedFilter, placeIn, type Selection } from '../../../../client/outputs/linked/linked.ts';
import { together } from '../../../../client/outputs/table/view.ts';
import type { ChartAnswer } from '../../../../server/protocol/chart/answer.ts';
import type { Column } from '../../../../server/protocol/outputs.ts';

const labels = { null: 'null', empty: '“”', others: (count: number) => `${count} others` };
const at = (text: string): number => Date.parse(`${text}Z`);
const COLUMNS: readonly Column[] = [
  { name: 'at', type: 'TIMESTAMP' },
  { name: 'day', type: 'DATE' },
  { name: 'delay', type: 'DOUBLE' },
  { name: 'hour', type: 'INTEGER' },
  { name: 'origin', type: 'VARCHAR' },
  { name: 'spent', type: 'INTERVAL' },
];
const shown = (answer: ChartAnswer, chart: Shown['chart']): Shown => ({
  answer,
  chart,
  series: seriesOf(answer, labels),
  columns: COLUMNS,
});
const months = shown(
  {
    mark: 'bar',
    rows: 9,
    x: {
      scale: 'time',
      values: ['2024-01-01T00:00', '2024-02-01T00:00', '2024-04-01T00:00'].map(at),
      every: { count: 1, unit: 'month' },
      domain: [at('2024-01-03T00:00'), at('2024-04-20T00:00')],
    },
    y: { aggregate: 'count', values: [3, 4, 2] },
    colour: { scale: 'category', keys: ['ORD', null], rest: 3, at: [0, 1, 0] },
    notes: [],
  },
  { mark: 'bar', x: { column: 'at' }, y: { aggregate: 'count' }, colour: { column: 'origin' } },
);
const hours = shown(
  {
    mark: 'histogram',
    rows: 24,
    x: { scale: 'number', values: [0, 1, 2, 3], bin: 1, domain: [0, 3] },
    y: { aggregate: 'count', values: [1, 2, 3, 4] },
    notes: [],
  },
  { mark: 'histogram', x: { column: 'hour' } },
);
const points = shown(
  {
    mark: 'point',
    rows: 3,
    x: { scale: 'time', values: ['2024-01-01T01:02:03', '2024-01-02T04:05:06'].map(at), domain: [0, 1] },
    y: { aggregate: 'none', values: [10, 60] },
    notes: [],
  },
  { mark: 'point', x: { column: 'at' }, y: { column: 'delay', aggregate: 'none' } },
);
const origins = shown(
  {
    mark: 'bar',
    rows: 9,
    x: {
      scale: 'category',
      keys: ['ORD', 'SEA', '', null, 7, `${'x'.repeat(119)}…`, 'rest'],
      rest: 4,
      at: [0, 1, 2, 3],
    },
    y: { aggregate: 'sum', values: [4, 3, 2, 1] },
    notes: [],
  },
  { mark: 'bar', x: { column: 'origin' }, y: { column: 'delay', aggregate: 'sum' } },
);
/** A plot of 100 × 100 pixels; places of categories have ten each. */
const picture = (places: readonly string[] = [], from = 0, to = 100): Picture => ({
  plot: { left: 0, top: 0, width: 100, height: 100 },
  place: (value) =>
    typeof value === 'string' ? places.indexOf(value) * 10 : ((Number(value) - from) / (to - from)) * 100,
  value: (pixels) => from + (pixels / 100) * (to - from),
  placeUp: (value) => 100 - value,
  valueUp: (pixels) => 100 - pixels,
  band: places.length > 0 ? 10 : 0,
  release: () => {},
});

describe('what is selected', () => {
  it('is whole stretches of time and whole bins, up to where the last one ends', () => {
    const x = stretchIn(months, [at('2024-01-20T00:00'), at('2024-02-02T00:00')], 1)!;
    expect(toldOf({ x }, months)).toEqual({
      said: 'at 2024-01 – 2024-02',
      filters: [
        {
          column: 'at',
          kind: 'time',
          is: 'range',
          from: '2024-01-01 00:00:00',
          to: '2024-03-01 00:00:00',
          below: true,
        },
      ],
    });
    // Nothing is drawn in March.
    expect(stretchIn(months, [at('2024-03-05T00:00'), at('2024-03-06T00:00')], 1)).toBeUndefined();
    const bins = stretchIn(hours, [1.2, 2.7], 0.01)!;
    expect(toldOf({ x: bins }, hours)).toEqual({
      said: 'hour 1 – 2',
      filters: [{ column: 'hour', kind: 'number', is: 'range', from: '1', to: '3', below: true }],
    });
    // The last bin begins at the highest value of all: what lies there is in it.
    expect(toldOf({ x: stretchIn(hours, [2.5, 9], 0.01)! }, hours)?.filters).toEqual([
      { column: 'hour', kind: 'number', is: 'range', from: '2', to: '4', below: true },
    ]);
  });
  it('among points is a rectangle, to the digits that a pixel tells apart', () => {
    const box = { left: 20, width: 30, top: 40, height: 50 };
    const there = inBox(box, picture([], at('2024-01-01T00:00'), at('2024-01-11T00:00')), points)!;
    expect(toldOf(there, points)).toEqual({
      said: 'at 2024-01-03 – 2024-01-06, delay 10 – 60',
      filters: [
        { column: 'at', kind: 'time', is: 'range', from: '2024-01-03 00:00:00', to: '2024-01-06 00:00:00' },
        { column: 'delay', kind: 'number', is: 'range', from: '10', to: '60' },
      ],
    });
    const [place] = boxesOf(there, picture([], at('2024-01-01T00:00'), at('2024-01-11T00:00')), points);
    expect(place).toEqual({ left: 20, width: 30, top: 40, height: 50 });
  });
  it('of categories are their values, NULL and empty text too', () => {
    const places = origins.series.places!;
    expect(inBox({ left: 5, width: 10 }, picture(places), origins)).toEqual({ places: ['ORD', 'SEA'] });
    // All others are behind a veil.
    const veils = veiledBy({ places: ['ORD', 'SEA'] }, picture(places), origins);
    expect(veils.map(({ left, width }) => [left, width])).toEqual([20, 30, 40, 50, 60].map((left) => [left, 10]));
    expect(toldOf({ places: places.slice(0, 5) }, origins)).toEqual({
      said: 'origin ORD, SEA, “” +2',
      filters: [{ column: 'origin', kind: 'text', is: 'among', values: ['ORD', 'SEA', '', null, '7'] }],
    });
  });
  it('is nothing that filters can’t say: the others, a label that was cut, an interval', () => {
    const places = origins.series.places!;
    expect(toldOf({ places: [places[6]!] }, origins)).toBeUndefined();
    expect(toldOf({ places: [places[5]!] }, origins)).toBeUndefined();
    expect(toldOf({ colours: ['3 others'] }, months)).toBeUndefined();
    const spent = { ...hours, chart: { mark: 'histogram' as const, x: { column: 'spent' } } };
    expect(toldOf({ x: { from: 1, to: 2 } }, spent)).toBeUndefined();
  });
  it('of a column of days is days, of moments microseconds', () => {
    const days = { ...months, chart: { ...months.chart, x: { column: 'day' } } };
    expect(toldOf({ x: { from: at('2024-01-01T00:00'), to: at('2024-03-01T00:00') } }, days)?.filters[0]).toEqual({
      column: 'day',
      kind: 'time',
      is: 'range',
      from: '2024-01-01',
      to: '2024-03-01',
      below: true,
    });
    const raw = { from: at('2024-01-01T00:00') + 0.25, to: at('2024-01-01T00:00:01.5') };
    expect(toldOf({ x: raw }, points)?.filters[0]).toMatchObject({
      from: '2024-01-01 00:00:00.00025',
      to: '2024-01-01 00:00:01.5',
    });
  });
  it('is made by clicks: one place, more with Shift, none by the same again', () => {
    const one = months.series.marks.find(({ x }) => x === at('2024-01-01T00:00'));
    const three = months.series.marks.find(({ x }) => x === at('2024-04-01T00:00'));
    const first = onPlace(one!, false, months)!;
    expect(first.x).toEqual({ from: at('2024-01-01T00:00'), to: at('2024-02-01T00:00') });
    expect(onPlace(one!, false, months, first)).toBeUndefined();
    expect(onPlace(three!, true, months, first)?.x).toEqual({
      from: at('2024-01-01T00:00'),
      to: at('2024-05-01T00:00'),
    });
    expect(onPlace(one!, false, months, { ...first, colours: ['ORD'] })).toEqual({ colours: ['ORD'] });
    expect(onName('ORD', false, 'colours', first)).toEqual({ ...first, colours: ['ORD'] });
    expect(onName('ORD', false, 'colours', { colours: ['ORD'] })).toBeUndefined();
    expect(toggled(['a', 'b'], 'a', false)).toEqual(['a']);
    expect(toggled(['a', 'b'], 'a', true)).toEqual(['b']);
  });
  it('is made by keys from one place to another', () => {
    const [one, two] = points.series.marks;
    expect(between(two!, one!, points)).toEqual({
      x: { from: at('2024-01-01T01:02:03'), to: at('2024-01-02T04:05:06') },
      y: { from: 10, to: 60 },
    });
    const [ord, , empty] = origins.series.marks;
    expect(spanOf(origins, empty!, ord!)).toEqual({ places: ['ORD', 'SEA', '“”'] });
    expect(isChosen({ places: [] })).toBe(false);
  });
});

const selection = (source: string, ...filters: readonly LinkedFilter[]): Selection => ({
  source,
  title: source,
  said: source,
  filters,
  chosen: {},
});

describe('a result that follows', () => {
  const range: LinkedFilter = {
    column: 'at',
    kind: 'time',
    is: 'range',
    from: '2024-01-10 05:00:00',
    to: '2024-01-12 07:00:00',
    below: true,
  };
  it('is filtered by all selections but its own, where its column is of the same kind', () => {
    const among: LinkedFilter = { column: 'origin', kind: 'text', is: 'among', values: ['ORD'] };
    const all = [selection('a/0', range), selection('b/0', among), selection('c/0', { ...among, column: 'delay' })];
    const applied = appliedTo('b/0', COLUMNS, all);
    expect(applied.map(({ selection: { source }, filters, lacks }) => [source, filters, lacks])).toEqual([
      ['a/0', [{ column: 'at', is: 'range', from: '2024-01-10 05:00:00', to: '2024-01-12 07:00:00', below: true }], []],
      ['c/0', [], ['delay']],
    ]);
  });
  it('takes all of a selection or nothing: half of it would be another one', () => {
    const both = selection('a/0', range, { column: 'nowhere', kind: 'number', is: 'range', from: '1', to: '2' });
    expect(appliedTo('b/0', COLUMNS, [both])).toMatchObject([{ filters: [], lacks: ['nowhere'] }]);
  });
  it('with days alone takes the days that a stretch of moments touches', () => {
    const named = (type: string) => [{ name: 'at', type }];
    const filtersOf = (to: string) => appliedTo('b/0', named('DATE'), [selection('a/0', { ...range, to })])[0]!.filters;
    expect(filtersOf('2024-01-12 07:00:00')).toEqual([
      { column: 'at', is: 'range', from: '2024-01-10', to: '2024-01-12' },
    ]);
    expect(filtersOf('2024-01-12 00:00:00')).toEqual([
      { column: 'at', is: 'range', from: '2024-01-10', to: '2024-01-12', below: true },
    ]);
    expect(appliedTo('b/0', named('TIMESTAMP WITH TIME ZONE'), [selection('a/0', range)])[0]!.lacks).toEqual([]);
    expect(appliedTo('b/0', named('VARCHAR'), [selection('a/0', range)])[0]!.lacks).toEqual(['at']);
  });
  it('keeps its own filters and search beside them', () => {
    const own = { filters: [{ column: 'delay', is: 'present' as const }], search: 'x' };
    expect(together(own, [])).toBe(own);
    expect(together(own, [{ column: 'origin', is: 'null' }])).toEqual({
      filters: [...own.filters, { column: 'origin', is: 'null' }],
      search: 'x',
    });
  });
});

describe('the selections of a notebook', () => {
  it('are one of each chart, of paragraphs that are there', () => {
    let there = ['a', 'b'];
    const linked = createLinked((paragraph) => there.includes(paragraph));
    expect(placeIn('a', 1)).toBe('a/1');
    linked.select(selection('a/1'));
    linked.select(selection('b/0'));
    linked.select({ ...selection('a/1'), said: 'again' });
    expect(linked.selections().map(({ source, said }) => [source, said])).toEqual([
      ['b/0', 'b/0'],
      ['a/1', 'again'],
    ]);
    there = ['a'];
    expect(linked.selections().map(({ source }) => source)).toEqual(['a/1']);
    linked.clear('a/1');
    expect([linked.selections(), linked.of('a/1')]).toEqual([[], undefined]);
  });
  it('know who follows, and what can be followed', () => {
    const linked = createLinked();
    const release = linked.follow('a/0');
    linked.follow('b/0');
    expect([linked.followers('a/0'), linked.followers('c/0')]).toEqual([1, 2]);
    release();
    expect(linked.followers('c/0')).toBe(1);
    const gone = linked.offer('a/0');
    expect([linked.isOffered('a/0'), linked.isOffered('b/0')]).toEqual([false, true]);
    gone();
    expect(linked.isOffered('b/0')).toBe(false);
  });
});

it('is offered on no map but for its colours', () => {
  const { answer } = months;
  const colour = { scale: 'category' as const, keys: ['a'], at: [0] };
  expect([answer, { mark: 'map' as const }, { mark: 'map' as const, colour }].map((one) => isSelectable(one))).toEqual([
    true,
    false,
    true,
  ]);
});
