/** What is not to be seen in a chart's picture, and how much of it. */
import { type Static, Type } from '@sinclair/typebox';

export const oneOf = <T extends string>(values: readonly T[]) => Type.Union(values.map((value) => Type.Literal(value)));

export const ChartNote = Type.Union([
  Type.Object({ kind: Type.Literal('sampled'), shown: Type.Integer(), of: Type.Integer() }),
  Type.Object({ kind: Type.Literal('thinned'), of: Type.Integer() }),
  Type.Object({
    kind: Type.Literal('top'),
    channel: oneOf(['x', 'y', 'colour', 'row', 'column'] as const),
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
  /** Each point is a cell of a grid with its rows, in `counts`. */
  Type.Object({ kind: Type.Literal('cells'), of: Type.Integer() }),
  /** The latest cohorts of more. */
  Type.Object({ kind: Type.Literal('latest'), shown: Type.Integer(), of: Type.Integer() }),
]);
export type ChartNote = Static<typeof ChartNote>;
