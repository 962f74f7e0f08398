/** What a range of values comes to. */
import { type Static, Type } from '@sinclair/typebox';

export const RangeSums = Type.Object({
  /** Values that are not NULL, and numbers among them. */
  values: Type.Integer(),
  numbers: Type.Integer(),
  /** As text: exact for one column of whole numbers or decimals. Absent where there are no numbers. */
  sum: Type.Optional(Type.String()),
  mean: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
});
export type RangeSums = Static<typeof RangeSums>;
