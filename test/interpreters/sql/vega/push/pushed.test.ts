/**
 * What the engine aggregates is what Vega aggregates: specs by the hundred, over rows with nothing, NaN, empty texts and odd names
 * in them, drawn of all rows and drawn of what a plan asks for. The pictures are the same to the last label and tip.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { factsOf } from '../../../../../interpreters/sql/vega/drawing.ts';
import { plan } from '../../../../../interpreters/sql/vega/push/plan.ts';
import { type Database, openDatabase, pictureOf } from './drawn.ts';

let database: Database;
beforeAll(async () => {
  database = await openDatabase(`
    select setseed(0.42);
    create table t as select
      i as id,
      case when i % 13 = 0 then null when i % 17 = 0 then '' else ['SEA', 'JFK', 'ORD', 'O''Hare "x"', '서울'][i % 5 + 1] end as origin,
      ['a', 'b', 'c'][(i * 7) % 3 + 1] as class,
      case when i % 11 = 0 then null else i % 2 = 0 end as late,
      case when i % 9 = 0 then null else (i * 37) % 41 - 8 end::integer as n,
      (9007199254740990 + i % 4)::bigint as big,
      case when i % 19 = 0 then 'nan'::double when i % 7 = 0 then null else sin(i) * 100 + i / 3.7 end as price,
      (i % 23 * 1.37)::decimal(10, 2) as amount,
      (i % 10 * 0.1)::float as share,
      date '2023-01-01' + ((i * 13) % 900)::integer as day,
      case when i % 29 = 0 then null else timestamp '2023-03-05 01:02:03' + to_seconds((i * 77777) % 9000000) end as at,
      cos(i) * 5 as "Sepal.Length",
      i % 3 as "it's ""q""]"
    from range(240) r(i)`);
});
afterAll(() => database.close());

type View = Record<string, unknown>;

/** Draws it of all rows, and of what is planned; `most` rows are sent as they are. */
async function both(spec: View, most = 0) {
  const flow = { sql: 'select * from "t"', columns: await database.columns('from t') };
  const planned = await plan(spec, new Map([['t', flow]]), factsOf(database.texts), { rows: most });
  const rows = new Map<string, Awaited<ReturnType<Database['rows']>>>();
  for (const { name, sql } of planned.tables) rows.set(name, await database.rows(sql));
  return { planned, rows, whole: new Map([['t', await database.rows('from t')]]) };
}

async function expectSame(spec: View): Promise<void> {
  const { planned, rows, whole } = await both(spec);
  const notes = planned.tables.flatMap(({ note }) => (note ? [note] : []));
  expect(notes, JSON.stringify(spec)).toEqual([]);
  const [drawn, wanted] = [await pictureOf(planned.spec, rows), await pictureOf(spec, whole)];
  const said = JSON.stringify({ spec, planned: planned.spec, sql: planned.tables.map(({ sql }) => sql) });
  expect(missing(drawn, wanted), said).toEqual(missing(wanted, drawn));
}

/** A few of those that the others do not have, as often. */
function missing(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return lines
    .filter((line) => {
      const at = left.indexOf(line);
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    })
    .slice(0, 4);
}

const NUMBERS = ['n', 'price', 'amount', 'share', 'Sepal\\.Length'];
const OPS = [
  'mean',
  'average',
  'sum',
  'median',
  'min',
  'max',
  'q1',
  'q3',
  'stdev',
  'stdevp',
  'variance',
  'variancep',
  'stderr',
];
const UNITS = [
  'year',
  'yearmonth',
  'yearquarter',
  'month',
  'date',
  'day',
  'hours',
  'yearmonthdate',
  'week',
  'yearweek',
  'dayofyear',
];
UNITS.push('monthdate', 'dayhours', 'yearmonthdatehours', 'quarter', 'minutes');

const measure = fc.oneof(
  fc.constant({ aggregate: 'count', type: 'quantitative' }),
  fc.record({
    aggregate: fc.constantFrom(...OPS),
    field: fc.constantFrom(...NUMBERS),
    type: fc.constant('quantitative'),
  }),
  fc.record({
    aggregate: fc.constantFrom('distinct', 'valid', 'missing'),
    field: fc.constantFrom('origin', 'late', 'n', 'price', 'day'),
    type: fc.constant('quantitative'),
  }),
);
const category = fc.record({
  field: fc.constantFrom('origin', 'class', 'late', 'n', 'big', 'it\'s "q"\\]'),
  type: fc.constantFrom('nominal', 'ordinal'),
});
const bin = fc.oneof(
  fc.constant(true),
  fc.record({ maxbins: fc.integer({ min: 2, max: 40 }) }),
  fc.record({ step: fc.constantFrom(0.5, 3, 10) }),
  fc.record({ maxbins: fc.integer({ min: 3, max: 20 }), nice: fc.boolean(), base: fc.constantFrom(2, 10) }),
  fc.record({ maxbins: fc.constant(12), extent: fc.constantFrom([-5, 20], [0, 100], [3, 7]) }),
  fc.record({ maxbins: fc.constant(12), anchor: fc.constantFrom(0.25, 2) }),
);
const binned = fc.record({ field: fc.constantFrom(...NUMBERS), bin, type: fc.constant('quantitative') });
const cut = fc.record({
  field: fc.constantFrom('at', 'day'),
  timeUnit: fc.oneof(
    fc.constantFrom(...UNITS),
    fc.record({
      unit: fc.constantFrom('minutes', 'hours', 'month', 'date', 'year'),
      step: fc.integer({ min: 1, max: 7 }),
    }),
  ),
  type: fc.constantFrom('temporal', 'ordinal'),
});
const group = fc.oneof(category, binned, cut);
const sort = fc.oneof(
  fc.constantFrom('ascending', 'descending', 'y', '-y'),
  fc.record({ field: fc.constantFrom('price', 'Sepal\\.Length'), op: fc.constantFrom('mean', 'sum', 'max', 'median') }),
  fc.constant({ encoding: 'y', order: 'descending' }),
);
const mark = fc.constantFrom('bar', 'line', 'area', 'point', 'circle', 'rect', 'tick');
/** Sorted by what no two places have in common: which comes first of equals is nobody's promise. */
const apart = fc.record({
  aggregate: fc.constantFrom('mean', 'sum', 'median'),
  field: fc.constantFrom('price', 'Sepal\\.Length'),
  type: fc.constant('quantitative'),
});
const unit = fc.oneof(
  fc.record({
    mark,
    encoding: fc.record(
      {
        x: group,
        y: measure,
        color: fc.oneof(category, binned, measure),
        size: measure,
        row: fc.constant({ field: 'class', type: 'nominal' }),
      },
      { requiredKeys: ['x', 'y'] },
    ),
  }),
  fc.record({
    mark: fc.constantFrom('bar', 'point'),
    encoding: fc.record(
      {
        x: fc.record({ field: fc.constantFrom('origin', 'class'), type: fc.constant('nominal'), sort }),
        y: apart,
        color: fc.constant({ field: 'class', type: 'nominal' }),
      },
      { requiredKeys: ['x', 'y'] },
    ),
  }),
  fc.record({
    mark: fc.constantFrom('rect', 'bar', 'circle'),
    encoding: fc.record({ x: group, y: group, color: measure }, { requiredKeys: ['x', 'y', 'color'] }),
  }),
  fc.record({
    mark: fc.constant('arc'),
    encoding: fc.record({ theta: fc.constant({ aggregate: 'count' }), color: category }),
  }),
);
const filter = fc.constantFrom(
  'datum.n > 3',
  'datum.n <= 0 || datum.late',
  "datum.origin == 'SEA' || datum['class'] !== 'a'",
  '!datum.late && datum.price < 50',
  'isValid(datum.n)',
  'datum.n === null',
  "datum.origin != ''",
  'datum.price / datum.n > 2',
  'abs(datum.price - 20) < 30 && datum["Sepal.Length"] * 2 > -6',
  'year(datum.day) == 2024 && month(datum.day) >= 2',
  { field: 'n', gt: 2 },
  { field: 'n', range: [-3, 12] },
  { field: 'price', range: [null, 30] },
  { field: 'n', range: [12, -3] },
  'datum.n || datum.late',
  '(datum.n && datum.price) || datum.origin',
  { field: 'origin', oneOf: ['SEA', 'O\'Hare "x"'] },
  { field: 'origin', equal: '서울' },
  { field: 'late', equal: true },
  { field: 'price', valid: true },
  { and: [{ field: 'n', lte: 20 }, { not: { field: 'class', equal: 'b' } }] },
  { or: ['datum.n < 0', { field: 'class', equal: 'c' }] },
);
const transform = fc.array(
  fc.oneof(
    filter.map((one) => ({ filter: one })),
    fc.constant({ calculate: 'datum.n * 2 + 1', as: 'twice' }),
    fc.constant({ bin: { maxbins: 7 }, field: 'amount', as: 'amounts' }),
  ),
  { maxLength: 2 },
);
const distinctAs = (steps: readonly View[]): View[] =>
  steps.filter((step, at) => 'filter' in step || steps.findIndex((one) => one.as === step.as) === at);

/** Of two channels that measure one field Vega-Lite looks for gaps in the last alone; here each has a name of its own. */
function isClear({ mark, encoding }: { readonly mark: string; readonly encoding: object }): boolean {
  // Filling the gaps of stacked areas, Vega takes nothing and an empty text for one, whichever comes first.
  if (mark === 'area' && JSON.stringify(encoding).includes('"origin"')) return false;
  const defs: readonly View[] = Object.values(encoding);
  const fields = defs.map(({ field }) => field).filter((field) => field !== undefined);
  return defs.every(({ aggregate, field }) => !aggregate || fields.filter((one) => one === field).length < 2);
}

describe('a pushed chart', () => {
  it('is the picture of all rows, whatever is aggregated', async () => {
    await fc.assert(
      fc.asyncProperty(unit.filter(isClear), transform, async (view, steps) => {
        await expectSame({
          data: { name: 't' },
          ...view,
          ...(steps.length > 0 ? { transform: distinctAs(steps) } : {}),
        });
      }),
      { numRuns: 150 },
    );
  });

  const count = { aggregate: 'count', type: 'quantitative' };
  const origin = { field: 'origin', type: 'nominal' };
  const mean = { aggregate: 'mean', field: 'price', type: 'quantitative' };
  const month = { field: 'day', timeUnit: 'month', type: 'ordinal' };
  it.each<[string, View]>([
    ['layers', { layer: [{ mark: 'line' }, { mark: 'point' }], encoding: { x: month, y: mean } }],
    [
      'layers of their own',
      {
        layer: [
          { mark: 'bar', encoding: { y: count } },
          { mark: 'rule', encoding: { y: { aggregate: 'median', field: 'amount', type: 'quantitative' } } },
        ],
        encoding: { x: origin },
      },
    ],
    [
      'views beside each other',
      {
        hconcat: [
          { mark: 'bar', encoding: { x: origin, y: count } },
          { mark: 'arc', encoding: { theta: count, color: origin } },
        ],
      },
    ],
    [
      'a facet',
      { facet: { row: { field: 'class', type: 'nominal' } }, spec: { mark: 'bar', encoding: { x: origin, y: mean } } },
    ],
    [
      'a facet of one field',
      {
        facet: { field: 'class', type: 'nominal' },
        columns: 2,
        spec: { mark: 'point', encoding: { x: mean, y: origin } },
      },
    ],
    [
      'a repeat',
      {
        repeat: { column: ['n', 'amount'], row: ['class', 'origin'] },
        spec: {
          mark: 'bar',
          encoding: {
            x: { field: { repeat: 'row' }, type: 'nominal' },
            y: { aggregate: 'sum', field: { repeat: 'column' }, type: 'quantitative' },
          },
        },
      },
    ],
    [
      'a repeat of layers',
      {
        repeat: { layer: ['n', 'amount'] },
        spec: {
          mark: 'line',
          encoding: { x: month, y: { aggregate: 'mean', field: { repeat: 'layer' }, type: 'quantitative' } },
        },
      },
    ],
    ['the order of the table', { mark: 'bar', encoding: { x: { ...origin, sort: null }, y: count } }],
    ['an order that is written out', { mark: 'bar', encoding: { x: { ...origin, sort: ['ORD', 'JFK'] }, y: count } }],
    [
      'shares of a whole',
      {
        mark: 'bar',
        encoding: { x: origin, y: { ...count, stack: 'normalize' }, color: { field: 'class', type: 'nominal' } },
      },
    ],
    [
      'bars beside each other',
      { mark: 'bar', encoding: { x: origin, y: mean, xOffset: { field: 'class' }, color: { field: 'class' } } },
    ],
    [
      'a condition on a group',
      {
        mark: 'bar',
        encoding: {
          x: origin,
          y: count,
          color: { condition: { test: "datum.origin === 'SEA'", value: 'red' }, value: 'grey' },
        },
      },
    ],
    [
      'a predicate on a group',
      {
        mark: 'bar',
        encoding: {
          x: origin,
          y: count,
          color: { condition: { test: { field: 'origin', equal: 'SEA' }, value: 'red' }, value: 'grey' },
        },
      },
    ],
    [
      'steps of their own',
      {
        transform: [
          { filter: 'datum.n > 0' },
          {
            aggregate: [
              { op: 'mean', field: 'price', as: 'dear' },
              { op: 'count', as: 'many' },
              { op: 'max', field: 'day', as: 'last' },
            ],
            groupby: ['origin', 'class'],
          },
          { filter: { field: 'many', gt: 2 } },
        ],
        mark: 'bar',
        encoding: { x: origin, y: { aggregate: 'max', field: 'dear', type: 'quantitative' } },
      },
    ],
    ['titles of its own', { mark: 'bar', encoding: { x: { ...origin, title: 'From' }, y: { ...mean, title: null } } }],
    [
      'a truth value that is summed',
      {
        mark: 'bar',
        encoding: { x: { field: 'class' }, y: { aggregate: 'mean', field: 'late', type: 'quantitative' } },
      },
    ],
    [
      'ends of a time',
      {
        mark: 'bar',
        encoding: {
          y: origin,
          x: { aggregate: 'min', field: 'day', type: 'temporal' },
          x2: { aggregate: 'max', field: 'day' },
        },
      },
    ],
    [
      'a unit with a bound beside it',
      {
        mark: 'line',
        encoding: { x: { field: 'day', type: 'temporal', timeUnit: { unit: 'yearmonth', maxbins: 300 } }, y: mean },
      },
    ],
  ])('draws %s as of all rows', async (_, view) => {
    await expectSame({ data: { name: 't' }, ...view });
  });

  it.each<[string, View, object]>([
    [
      'an aggregate of its own',
      { mark: 'bar', encoding: { x: origin, y: { aggregate: 'ci0', field: 'price' } } },
      { kind: 'aggregate', name: 'ci0' },
    ],
    [
      'an argument',
      { mark: 'bar', encoding: { x: origin, y: { aggregate: { argmax: 'price' }, field: 'n' } } },
      { kind: 'aggregate', name: 'argmax' },
    ],
    [
      'boxes',
      { mark: 'boxplot', encoding: { x: origin, y: { field: 'price', type: 'quantitative' } } },
      { kind: 'mark', name: 'boxplot' },
    ],
    [
      'bars of rows',
      { mark: 'bar', encoding: { x: origin, y: { field: 'price', type: 'quantitative' } } },
      { kind: 'mark', name: 'bar' },
    ],
    [
      'an expression',
      { transform: [{ filter: 'test(/a/, datum.origin)' }], mark: 'bar', encoding: { x: origin, y: count } },
      { kind: 'expression' },
    ],
    [
      'what is aggregated, in a condition',
      {
        mark: 'bar',
        encoding: { x: origin, y: mean, color: { condition: { test: 'datum.mean_price > 3', value: 'red' } } },
      },
      { kind: 'expression' },
    ],
    [
      'a unit of another clock',
      { mark: 'bar', encoding: { x: { ...month, timeUnit: 'utcmonth' }, y: count } },
      { kind: 'other' },
    ],
    [
      'a path into a value',
      { mark: 'bar', encoding: { x: { field: 'origin.length' }, y: count } },
      { kind: 'field', name: 'origin.length' },
    ],
    [
      'one value or another',
      { transform: [{ calculate: 'datum.n || 1', as: 'm' }], mark: 'bar', encoding: { x: origin, y: count } },
      { kind: 'expression' },
    ],
    [
      'bars on each other in the order of a field',
      {
        mark: 'bar',
        encoding: { x: { ...origin, sort: { field: 'n' } }, y: count, color: { field: 'n', type: 'ordinal' } },
      },
      { kind: 'other', name: 'sort without op' },
    ],
    [
      'a domain of all values',
      { config: { scale: { useUnaggregatedDomain: true } }, mark: 'bar', encoding: { x: origin, y: mean } },
      { kind: 'other' },
    ],
    [
      'what is filled in between rows',
      {
        mark: 'line',
        encoding: {
          x: { field: 'id', type: 'quantitative' },
          y: { field: 'n', type: 'quantitative', impute: { value: 0 } },
          color: { field: 'class' },
        },
      },
      { kind: 'other', name: 'impute' },
    ],
    [
      'a parameter',
      { transform: [{ filter: { param: 'brush' } }], mark: 'bar', encoding: { x: origin, y: count } },
      { kind: 'transform' },
    ],
  ])('leaves %s to the page, over the first rows, and says why', async (_, view, why) => {
    const { planned, rows } = await both({ data: { name: 't' }, ...view }, 50);
    expect(planned.tables).toMatchObject([{ note: { kind: 'first', table: 't', of: 240, why } }]);
    expect([...rows.values()][0]?.length).toBe(50);
  });

  it('reads texts as the spec says, although the rows are another table', async () => {
    const format = { parse: { origin: 'date:"%Y"' } };
    const view = { data: { name: 't', format }, mark: 'bar', encoding: { x: origin, y: count } };
    const { planned } = await both(view, 50);
    expect(planned.spec).toMatchObject({ data: { format } });
    expect(planned.tables).toMatchObject([{ note: { kind: 'first', why: { name: 'format.parse' } } }]);
  });

  it.each(['variance', 'stdevp', 'stderr'])('draws the %s although one value has no end', async (op) => {
    const flow = {
      sql: "select *, case when id = 7 then 'inf'::double else price end as endless from t",
      columns: [...(await database.columns('from t')), { name: 'endless', type: 'DOUBLE' }],
    };
    const y = { aggregate: op, field: 'endless', type: 'quantitative' };
    const view = { data: { name: 't' }, mark: 'bar', encoding: { x: origin, y } };
    const planned = await plan(view, new Map([['t', flow]]), factsOf(database.texts), { rows: 0 });
    expect(planned.tables.map(({ note }) => note)).toEqual([undefined]);
    const rows = await database.rows(planned.tables[0]!.sql);
    expect(rows.filter((row) => Number.isNaN(row.gd_0))).toHaveLength(1);
  });

  it('adds up what is beyond whole numbers', async () => {
    const sql = 'select id, 170141183460469231731687303715884105727::hugeint as h from t';
    const view = {
      data: { name: 't' },
      mark: 'bar',
      encoding: { y: { aggregate: 'sum', field: 'h', type: 'quantitative' } },
    };
    const flow = { sql, columns: [{ name: 'h', type: 'HUGEINT' }] };
    const planned = await plan(view, new Map([['t', flow]]), factsOf(database.texts), { rows: 0 });
    expect((await database.rows(planned.tables[0]!.sql))[0]!.gd_0).toBeCloseTo(240 * 2 ** 127, -30);
  });

  it('asks no more than it may, however many layers and steps there are', async () => {
    const flow = { sql: 'select * from "t"', columns: await database.columns('from t') };
    let asked = 0;
    const facts = factsOf((sql) => {
      asked += 1;
      return database.texts(sql);
    });
    const layers = (layer: readonly View[]) =>
      plan({ data: { name: 't' }, layer }, new Map([['t', flow]]), facts, { rows: 1000 });
    const point = { mark: 'point', encoding: { x: { field: 'n', type: 'quantitative' } } };
    const same = await layers(Array.from({ length: 10_000 }, () => point));
    expect([same.tables.length, asked]).toEqual([1, 1]);
    const other = Array.from({ length: 10_000 }, (_, n) => ({ ...point, transform: [{ filter: `datum.n > ${n}` }] }));
    await expect(layers(other)).rejects.toMatchObject({ failure: { code: 'too-large' } });
    expect(asked).toBeLessThan(110);
    const steps = Array.from({ length: 2000 }, (_, n) => ({ filter: `datum.n > ${-n}` }));
    const deep = await layers([{ ...point, transform: steps }]);
    expect(JSON.stringify(deep.spec).split('datum.n').length - 1).toBe(1950);
    expect(await database.rows(deep.tables[0]!.sql)).not.toHaveLength(0);
  });

  it('takes names and texts for nothing but what they are', async () => {
    const hostile = [
      '"; drop table t; --',
      "'||(select 1)||'",
      "x') or true --",
      '$1',
      'a\\',
      '{{}}',
      '\u0000',
      '서울 "x"',
    ];
    for (const text of hostile) {
      const filters = [
        { field: 'origin', equal: text },
        { field: text, equal: 1 },
        `datum.origin == ${JSON.stringify(text)}`,
        `datum[${JSON.stringify(text)}] > 1`,
        text,
      ];
      for (const filter of filters)
        for (const field of ['origin', text]) {
          const view = {
            data: { name: 't' },
            transform: [{ filter }],
            mark: 'bar',
            encoding: { x: { field }, y: { ...count, title: text } },
          };
          const { rows } = await both(view, 1000);
          expect(rows.size).toBeGreaterThan(0);
        }
    }
    expect(await database.texts('select count(*) from t')).toEqual([['240']]);
  });
});
