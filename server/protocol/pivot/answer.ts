/**
 * What the results reader answers to a pivot. All values are texts as the engine writes them, exact for every type; a cell
 * where no row meets is null, as one whose aggregate is NULL. Bounded: a pivot is read by people, and what is left out is told.
 */
import { type Static, Type } from '@sinclair/typebox';
import { PIVOT_AGGREGATES, PIVOT_UNITS } from '../pivot.ts';

/** Columns side by side: those with the most rows. A page scrolls through them; nobody compares more. */
export const MAX_COLUMN_KEYS = 200;
/** Rows, the first in their order. */
export const MAX_ROW_KEYS = 5_000;
/** Values in all: about a megabyte, drawn a screen at a time. */
export const MAX_CELLS = 60_000;
/** Characters of a key or a value that is a text: longer ones are cut, and marked so. */
export const MAX_LABEL = 200;

const oneOf = <T extends string>(values: readonly T[]) => Type.Union(values.map((value) => Type.Literal(value)));
const Texts = Type.Array(Type.Union([Type.String(), Type.Null()]));

const Field = Type.Object({
  column: Type.String(),
  type: Type.String(),
  unit: Type.Optional(oneOf(PIVOT_UNITS)),
  /** The width of each bin, which begins at its key. */
  bin: Type.Optional(Type.Number()),
});

/** A key for each field of its side; `cut` names those whose text goes on. */
const Key = Type.Object({ texts: Texts, cut: Type.Optional(Type.Array(Type.Integer())) });

export const PivotAnswer = Type.Object({
  /** Rows that the filters leave. */
  matching: Type.Integer(),
  rows: Type.Object({ fields: Type.Array(Field), keys: Type.Array(Key), of: Type.Integer() }),
  columns: Type.Object({ fields: Type.Array(Field), keys: Type.Array(Key), of: Type.Integer() }),
  values: Type.Array(
    Type.Object({
      column: Type.Optional(Type.String()),
      aggregate: oneOf(PIVOT_AGGREGATES),
      /** The engine's name of what comes out. */
      type: Type.String(),
    }),
  ),
  /** A list a row: all values of the first column, of the second, … */
  cells: Type.Array(Texts),
  /** A list a row: what it comes to in all columns, also those left out. Absent where not wished. */
  rowTotals: Type.Optional(Type.Array(Texts)),
  /** As a row of cells: what each column comes to in all rows. */
  columnTotals: Type.Optional(Texts),
  grand: Type.Optional(Texts),
});
export type PivotAnswer = Static<typeof PivotAnswer>;
export type PivotAnswerField = Static<typeof Field>;
export type PivotAnswerKey = Static<typeof Key>;

/** The statement behind a pivot. */
export const PivotStatement = Type.Object({ sql: Type.String() });
export type PivotStatement = Static<typeof PivotStatement>;
