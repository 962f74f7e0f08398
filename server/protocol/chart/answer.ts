/**
 * What the results reader answers to a chart: columns of values, never one of a row each unless rows are what is drawn.
 * Times are milliseconds of the wall clock in the server's time zone, counted as if that were UTC: whoever draws them as UTC
 * shows what the table shows. Values are doubles; sums past 2^53 are rounded. At most `MAX_ANSWER` bytes as JSON.
 */
import { type Static, Type } from '@sinclair/typebox';
import { AGGREGATES, MARKS, UNITS } from '../chart.ts';

/** Draws in milliseconds over any line that people work on. */
export const MAX_ANSWER = 100_000;

const oneOf = <T extends string>(values: readonly T[]) => Type.Union(values.map((value) => Type.Literal(value)));
const Numbers = Type.Array(Type.Union([Type.Number(), Type.Null()]));

/** Categories: texts, numbers, truth values, null for NULL; `rest` says how many more are together in the last key. */
const Keys = {
  keys: Type.Array(Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])),
  rest: Type.Optional(Type.Integer()),
};

const Stretch = Type.Tuple([Type.Number(), Type.Number()]);

const X = Type.Union([
  Type.Object({
    scale: Type.Literal('category'),
    ...Keys,
    /** Places in `keys`. */
    at: Type.Array(Type.Integer()),
  }),
  Type.Object({
    scale: Type.Literal('number'),
    values: Numbers,
    /** Width of each bin, which begins at its value. */
    bin: Type.Optional(Type.Number()),
    domain: Stretch,
    /** Where nothing was asked for: the part that is shown, as values far beyond would squeeze it. Ask for `domain` to see all. */
    view: Type.Optional(Stretch),
  }),
  Type.Object({
    scale: Type.Literal('time'),
    values: Numbers,
    /** Each value stands for a stretch of this length, which begins there. */
    every: Type.Optional(
      Type.Object({ count: Type.Integer(), unit: oneOf(['microsecond', 'millisecond', ...UNITS] as const) }),
    ),
    domain: Stretch,
    /** Where nothing was asked for: the part that is shown, as values far beyond would squeeze it. Ask for `domain` to see all. */
    view: Type.Optional(Stretch),
  }),
]);

/** What is not to be seen in the picture, and how much of it. */
const Note = Type.Union([
  Type.Object({ kind: Type.Literal('sampled'), shown: Type.Integer(), of: Type.Integer() }),
  Type.Object({ kind: Type.Literal('thinned'), of: Type.Integer() }),
  Type.Object({
    kind: Type.Literal('top'),
    channel: oneOf(['x', 'colour'] as const),
    shown: Type.Integer(),
    of: Type.Integer(),
    /** Whether the others are there together. */
    together: Type.Boolean(),
    /** `of` is estimated, and those shown are the largest of the ones that a sample found; their values are exact. */
    about: Type.Optional(Type.Literal(true)),
  }),
  /** Counts of distinct values are estimated. */
  Type.Object({ kind: Type.Literal('estimated') }),
  /** Rows without a place: NULL, infinite or no number, negative where only positive can be drawn. */
  Type.Object({ kind: Type.Literal('null'), rows: Type.Integer() }),
  Type.Object({ kind: Type.Literal('infinite'), rows: Type.Integer() }),
  Type.Object({ kind: Type.Literal('negative'), rows: Type.Integer() }),
  /** Rows below and above the part of x that is shown. */
  Type.Object({ kind: Type.Literal('beyond'), below: Type.Integer(), above: Type.Integer() }),
  /** Whole numbers past 2^53 were rounded. */
  Type.Object({ kind: Type.Literal('rounded') }),
]);
export type ChartNote = Static<typeof Note>;

export const ChartAnswer = Type.Object({
  mark: oneOf(MARKS),
  /** Rows of the result. */
  rows: Type.Integer(),
  x: X,
  y: Type.Object({
    aggregate: oneOf(AGGREGATES),
    values: Numbers,
    /** Where several rows share a place of a thinned line: `values` are their lowest, these their highest. */
    high: Type.Optional(Numbers),
  }),
  colour: Type.Optional(
    Type.Union([
      Type.Object({ scale: Type.Literal('category'), ...Keys, at: Type.Array(Type.Integer()) }),
      Type.Object({ scale: Type.Literal('number'), values: Numbers }),
    ]),
  ),
  /** Rows behind each value. */
  counts: Type.Optional(Type.Array(Type.Integer())),
  notes: Type.Array(Note),
});
export type ChartAnswer = Static<typeof ChartAnswer>;
export type ChartX = ChartAnswer['x'];
export type ChartUnit = NonNullable<Extract<ChartX, { scale: 'time' }>['every']>;
