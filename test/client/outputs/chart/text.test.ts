/** From the builder to text and back: the same chart, and a text that Vega-Lite draws without a word. */
import fc from 'fast-check';
import { compile } from 'vega-lite';
import { describe, expect, it } from 'vitest';
import { readSpec } from '../../../../client/frame/reading.ts';
import { read, readText } from '../../../../client/outputs/chart/text/read.ts';
import { saidOf } from '../../../../client/outputs/chart/text/said.ts';
import { type Written, write } from '../../../../client/outputs/chart/text/write.ts';
import type { AnyAnswer, ChartAnswer } from '../../../../server/protocol/chart/answer.ts';
import type { Chart } from '../../../../server/protocol/chart/choose.ts';
import { planChart } from '../../../../server/protocol/chart/plan.ts';

const columns = [
  { name: 'at', type: 'TIMESTAMP' },
  { name: 'city', type: 'VARCHAR' },
  { name: 'Sepal.Length', type: 'DOUBLE' },
  { name: "it's [n]", type: 'INTEGER' },
  { name: 'late', type: 'BOOLEAN' },
];
const column = fc.constantFrom(...columns.map(({ name }) => name));
const number = fc.constantFrom('Sepal.Length', "it's [n]");
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const unit = maybe(
  fc.constantFrom('hour' as const, 'day' as const, 'week' as const, 'month' as const, 'year' as const),
);
const sort = maybe(fc.constantFrom('value' as const, 'name' as const, 'table' as const));

/** What the builder lets one choose of an axis, by its column. */
const axis = fc.tuple(column, unit, maybe(fc.integer({ min: 1, max: 200 })), sort).map(([name, each, bin, order]) => ({
  column: name,
  ...(name === 'at' && each ? { unit: each } : {}),
  ...(['Sepal.Length', "it's [n]"].includes(name) && bin ? { bin } : {}),
  ...(['city', 'late'].includes(name) && order ? { sort: order } : {}),
}));
const measure = fc.oneof(
  fc.constant({ aggregate: 'count' as const }),
  fc.record({
    column: number,
    aggregate: fc.constantFrom('sum' as const, 'mean' as const, 'median' as const, 'min' as const, 'max' as const),
  }),
  fc.record({ column, aggregate: fc.constantFrom('distinct' as const) }),
);
const colour = maybe(fc.record({ column: fc.constantFrom('city', 'late') }));
const chart: fc.Arbitrary<Chart> = fc
  .record({
    mark: fc.constantFrom(
      'bar' as const,
      'line' as const,
      'area' as const,
      'pie' as const,
      'histogram' as const,
      'heat' as const,
    ),
    x: axis,
    y: measure,
    colour,
    stack: maybe(fc.constantFrom('share' as const, 'apart' as const)),
    y2: maybe(measure),
    row: maybe(fc.record({ column: fc.constant('city') })),
    upward: axis,
  })
  .map(({ mark, x, y, colour: hue, stack, y2, row, upward }): Chart => {
    const { sort: _, ...plain } = x;
    switch (mark) {
      case 'pie':
        return { mark, x: { column: x.column }, y };
      case 'heat':
        return { mark, x: plain, y: withoutSort(upward), colour: y };
      case 'histogram':
        return {
          mark,
          x: plain,
          ...(hue ? { colour: hue } : {}),
          ...(hue && stack ? { stack } : {}),
          ...(row ? { row } : {}),
        };
      default: {
        const own = mark === 'bar' ? x : plain;
        if (y2) return { mark, x: own, y, y2 };
        const stacks = hue && stack && mark !== 'line' ? { stack } : {};
        return { mark, x: own, y, ...(hue ? { colour: hue } : {}), ...stacks, ...(row ? { row } : {}) };
      }
    }
  });
const points: fc.Arbitrary<Chart> = fc
  .record(
    {
      mark: fc.constantFrom('point' as const, 'map' as const),
      x: fc.record({ column: number }),
      y: fc.record({ column: number }),
      colour: fc.record({ column }),
      size: fc.record({ column: number }),
      tooltip: fc.uniqueArray(column, { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: ['mark', 'x', 'y'] },
  )
  .map((one) => (one.mark === 'point' ? { ...one, y: { ...one.y, aggregate: 'none' as const } } : one));

/** What the builder can draw, no histogram of names, and a text can: no order of two measures. */
const drawable = fc
  .oneof(chart, points)
  .filter((one) => 'plan' in planChart(one, columns) && !(one.y2 && one.x?.sort === 'value'));

const withoutSort = ({ sort: _, ...rest }: { readonly sort?: unknown; readonly column: string }) => rest;

/** As the reader answers: what it chose by itself is in it. */
function answerTo(one: Chart): AnyAnswer {
  const typeOf = (name: string | undefined) => columns.find((known) => known.name === name)?.type;
  const axisFor = (name: string | undefined) => {
    if (typeOf(name) === 'TIMESTAMP')
      return {
        scale: 'time' as const,
        values: [0],
        every: { count: 1, unit: 'month' as const },
        domain: [0, 1] as [number, number],
      };
    if (/INTEGER|DOUBLE/.test(typeOf(name) ?? ''))
      return { scale: 'number' as const, values: [1, 2, 3], bin: 1, domain: [0, 3] as [number, number] };
    return { scale: 'category' as const, keys: ['a'], at: [0] };
  };
  if (one.mark === 'heat') {
    const [x, y] = [axisFor(one.x?.column), axisFor(one.y?.column)];
    return {
      mark: 'heat',
      rows: 1,
      aggregate: 'count',
      x,
      y,
      cells: { x: [], y: [], values: [], counts: [] },
      notes: [],
    } as AnyAnswer;
  }
  const isRaw = one.mark === 'point' || one.mark === 'map';
  const shade = isRaw && ['Sepal.Length', "it's [n]"].includes(one.colour?.column ?? '');
  return {
    mark: one.mark,
    rows: 1,
    x: isRaw ? { scale: 'number', values: [1], domain: [0, 1] } : axisFor(one.x?.column),
    y: { aggregate: 'none', values: [] },
    ...(shade ? { colour: { scale: 'number', values: [] } } : {}),
    notes: [],
  } as ChartAnswer;
}

function textOf(one: Chart): { readonly said: Written; readonly text: object } {
  const said = saidOf(one, answerTo(one), columns, 'flights');
  const text = said && write(said);
  if (!said || !text) throw new Error(`no text: ${JSON.stringify(one)}`);
  return { said, text };
}

describe('a chart of the builder', () => {
  it('comes back from its text as it was', () => {
    fc.assert(
      fc.property(drawable, (one) => {
        const { said, text } = textOf(one);
        expect(said.chart).toEqual(one);
        const back = readText(JSON.stringify(text));
        expect(back, JSON.stringify(text)).toBeDefined();
        expect(back?.chart).toEqual(one);
        expect(back?.table).toBe('flights');
      }),
      { numRuns: 1000 },
    );
  });

  it('is text that Vega-Lite follows', () => {
    const said: unknown[] = [];
    const note = (...texts: unknown[]) => {
      said.push(...texts);
      return logger;
    };
    const logger = { error: note, warn: note, info: note, debug: note, level: () => logger };
    fc.assert(
      fc.property(drawable, (one) => {
        said.length = 0;
        const row = Object.fromEntries(columns.map(({ name }) => [name, 1]));
        const { spec } = readSpec(JSON.stringify(textOf(one).text), new Map([['flights', [row]]]));
        compile(spec, { logger: logger as never });
        // That what does not add up is stacked is what was chosen.
        expect(said.filter((text) => !/non-summative/.test(String(text)))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('is none where a text has more than the builder', () => {
    const bar = {
      data: { name: 't' },
      mark: 'bar',
      encoding: { x: { field: 'city', type: 'nominal', sort: '-y' }, y: { aggregate: 'count' } },
    };
    expect(read(bar)?.chart).toEqual({ mark: 'bar', x: { column: 'city' }, y: { aggregate: 'count' } });
    expect(read({ ...bar, $schema: 'https://vega.github.io/schema/vega-lite/v6.json' })).toBeDefined();
    for (const other of [
      { ...bar, title: 'Cities' },
      { ...bar, transform: [{ filter: 'datum.n > 1' }] },
      { ...bar, mark: { type: 'bar', color: 'red' } },
      { ...bar, encoding: { ...bar.encoding, opacity: { value: 0.5 } } },
      { ...bar, encoding: { ...bar.encoding, y: { aggregate: 'q1', field: 'n' } } },
      { ...bar, encoding: { ...bar.encoding, y: { field: 'n', type: 'quantitative' } } },
      { ...bar, data: { values: [] } },
      { ...bar, mark: 'boxplot' },
      [],
      null,
    ])
      expect(read(other), JSON.stringify(other)).toBeUndefined();
    expect(readText('{ // by hand')).toBeUndefined();
  });
});
