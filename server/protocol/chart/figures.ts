/**
 * Charts whose answers have shapes of their own: boxes, heat maps, cohorts, a number with its change, a table of small
 * lines. For each what the results reader takes (a plan: columns by place, nothing of the user's but places and numbers) and
 * what it answers. All of them are aggregates; the outliers of boxes alone are values of rows, and left out where asked.
 */
import { type Static, Type } from '@sinclair/typebox';
import { AGGREGATES, MAX_BINS, SORTS, UNITS } from '../chart.ts';
import { ChartNote, oneOf } from './note.ts';

const Place = Type.Integer({ minimum: 0 });
const Numbers = Type.Array(Type.Union([Type.Number(), Type.Null()]));

/** An axis of places: categories, bins of numbers, stretches of time. */
const PlanAxis = Type.Object({
  column: Place,
  kind: oneOf(['number', 'time', 'category'] as const),
  bin: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_BINS })),
  unit: Type.Optional(oneOf(UNITS)),
  sort: Type.Optional(oneOf(SORTS)),
});
export type PlanAxis = Static<typeof PlanAxis>;

const PlanMeasure = Type.Object({ column: Type.Optional(Place), aggregate: oneOf(AGGREGATES) });
export type PlanMeasure = Static<typeof PlanMeasure>;

/** Stretches of which people come back: hours and seconds are none. */
export const COHORT_UNITS = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type CohortUnit = (typeof COHORT_UNITS)[number];

export const FigurePlan = Type.Union([
  Type.Object({
    mark: Type.Literal('box'),
    /** One box of all where absent. */
    x: Type.Optional(PlanAxis),
    y: Type.Object({ column: Place }),
    outliers: Type.Boolean(),
  }),
  Type.Object({ mark: Type.Literal('heat'), x: PlanAxis, y: PlanAxis, measure: PlanMeasure }),
  Type.Object({
    mark: Type.Literal('cohort'),
    x: Type.Object({ column: Place, unit: Type.Optional(oneOf(COHORT_UNITS)) }),
    y: Type.Object({ column: Place }),
  }),
  Type.Object({
    mark: Type.Literal('number'),
    x: Type.Optional(Type.Object({ column: Place, unit: Type.Optional(oneOf(UNITS)) })),
    measure: PlanMeasure,
  }),
  Type.Object({
    mark: Type.Literal('spark'),
    x: Type.Object({ column: Place, unit: Type.Optional(oneOf(UNITS)) }),
    measure: PlanMeasure,
    row: Type.Object({ column: Place }),
  }),
]);
export type FigurePlan = Static<typeof FigurePlan>;
export type PlanOf<M extends FigurePlan['mark']> = Extract<FigurePlan, { mark: M }>;

const Every = Type.Object({
  count: Type.Integer(),
  unit: oneOf(['microsecond', 'millisecond', ...UNITS] as const),
});

/** Places in order: categories by their keys, bins and stretches by where they begin, those without rows left out. */
const Axis = Type.Union([
  Type.Object({
    scale: Type.Literal('category'),
    keys: Type.Array(Type.Union([Type.String(), Type.Number(), Type.Null()])),
    /** How many more there are, left out. */
    left: Type.Optional(Type.Integer()),
  }),
  Type.Object({ scale: Type.Literal('number'), values: Type.Array(Type.Number()), bin: Type.Number() }),
  Type.Object({ scale: Type.Literal('time'), values: Type.Array(Type.Number()), every: Every }),
]);
export type FigureAxis = Static<typeof Axis>;

const Whole = { rows: Type.Integer(), notes: Type.Array(ChartNote) };
const Measured = { aggregate: oneOf(AGGREGATES) };

export const FigureAnswer = Type.Union([
  Type.Object({
    mark: Type.Literal('box'),
    ...Whole,
    x: Axis,
    /** One for each place of x: whiskers end at the farthest value within one and a half boxes. */
    boxes: Type.Array(
      Type.Object({
        low: Type.Number(),
        q1: Type.Number(),
        median: Type.Number(),
        q3: Type.Number(),
        high: Type.Number(),
        count: Type.Integer(),
        /** How many values lie beyond the whiskers. */
        beyond: Type.Integer(),
      }),
    ),
    /** Some of the values beyond: `at` is the place in x. */
    outliers: Type.Optional(Type.Object({ at: Type.Array(Type.Integer()), values: Type.Array(Type.Number()) })),
  }),
  Type.Object({
    mark: Type.Literal('heat'),
    ...Whole,
    ...Measured,
    x: Axis,
    y: Axis,
    /** `x` and `y` are places on the axes. */
    cells: Type.Object({
      x: Type.Array(Type.Integer()),
      y: Type.Array(Type.Integer()),
      values: Numbers,
      counts: Type.Array(Type.Integer()),
    }),
  }),
  Type.Object({
    mark: Type.Literal('cohort'),
    ...Whole,
    unit: oneOf(COHORT_UNITS),
    /** Those who came first in the same stretch: `kept[n]` of `size` came in the nth after it; null is still to come. */
    cohorts: Type.Array(Type.Object({ start: Type.Number(), size: Type.Integer(), kept: Numbers })),
  }),
  Type.Object({
    mark: Type.Literal('number'),
    ...Whole,
    ...Measured,
    /** Of all rows; of the last stretch of time where there is a time. */
    value: Type.Union([Type.Number(), Type.Null()]),
    /** The stretch before, and all of them. */
    before: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
    series: Type.Optional(Type.Object({ values: Numbers, at: Type.Array(Type.Number()), every: Every })),
  }),
  Type.Object({
    mark: Type.Literal('spark'),
    ...Whole,
    ...Measured,
    keys: Type.Array(Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])),
    at: Type.Array(Type.Number()),
    every: Every,
    /** One for each key, a value for each place of `at`. */
    lines: Type.Array(Numbers),
  }),
]);
export type FigureAnswer = Static<typeof FigureAnswer>;
export type FigureOf<M extends FigureAnswer['mark']> = Extract<FigureAnswer, { mark: M }>;
