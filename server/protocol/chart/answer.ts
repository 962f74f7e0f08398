/**
 * What the results reader answers to a chart: columns of values, never one of a row each unless rows are what is drawn.
 * Times are milliseconds of the wall clock in the server's time zone, counted as if that were UTC: whoever draws them as UTC
 * shows what the table shows. Values are doubles; sums past 2^53 are rounded. At most `MAX_ANSWER` bytes as JSON.
 */
import { type Static, Type } from '@sinclair/typebox';
import { AGGREGATES, FLAT_MARKS, isFigureMark, UNITS } from '../chart.ts';
import { FigureAnswer } from './figures.ts';
import { ChartNote, oneOf } from './note.ts';

/** Draws in milliseconds over any line that people work on. */
export const MAX_ANSWER = 100_000;

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

export const ChartAnswer = Type.Object({
  mark: oneOf(FLAT_MARKS),
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
  /** Another measure of the same places, on an axis of its own. */
  y2: Type.Optional(Type.Object({ aggregate: oneOf(AGGREGATES), values: Numbers })),
  /** Of points. */
  size: Type.Optional(Numbers),
  /** What points say of their rows: a list for each column. */
  tooltip: Type.Optional(Type.Array(Type.Array(Type.Union([Type.String(), Type.Null()])))),
  /** Small charts: `at` is the panel of each value, `row * columns + column`. */
  facet: Type.Optional(
    Type.Object({
      row: Type.Optional(Type.Object(Keys)),
      column: Type.Optional(Type.Object(Keys)),
      at: Type.Array(Type.Integer()),
    }),
  ),
  /** Rows behind each value. */
  counts: Type.Optional(Type.Array(Type.Integer())),
  /** Dates of the notebook that the axis of time covers, told to those who have no document: as `Dated`. */
  annotations: Type.Optional(
    Type.Array(Type.Object({ from: Type.Number(), to: Type.Optional(Type.Number()), text: Type.String() })),
  ),
  notes: Type.Array(ChartNote),
});
export type ChartAnswer = Static<typeof ChartAnswer>;
export type ChartX = ChartAnswer['x'];
export type ChartUnit = NonNullable<Extract<ChartX, { scale: 'time' }>['every']>;

/** Whatever was asked for. */
export const AnyAnswer = Type.Union([ChartAnswer, FigureAnswer]);
export type AnyAnswer = Static<typeof AnyAnswer>;
export const isFigure = (answer: AnyAnswer): answer is FigureAnswer => isFigureMark(answer.mark);
