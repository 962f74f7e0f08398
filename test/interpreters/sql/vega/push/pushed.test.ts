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
function isClear({ encoding }: { readonly encoding: object }): boolean {
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
});
