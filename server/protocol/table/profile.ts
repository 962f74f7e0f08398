/**
 * What a column holds, at a glance: how its values lie, which are frequent, how many are NULL. Of all rows, or of those that
 * filters leave. Values are texts as filters take them.
 */
import { type Static, Type } from '@sinclair/typebox';

/** Frequent values that are told: a list one picks from. */
export const MAX_FREQUENT = 50;
/** About so many bins: a bar is seen at three pixels. */
export const BINS = 24;

export const ColumnProfile = Type.Object({
  /** Rows, and NULLs among them. */
  rows: Type.Integer(),
  nulls: Type.Integer(),
  /** Different values, NULL aside. `about`: estimated, usually within a tenth. Absent where values can't be compared. */
  distinct: Type.Optional(Type.Object({ count: Type.Integer(), about: Type.Boolean() })),
  /** The least and the greatest. */
  ends: Type.Optional(Type.Tuple([Type.String(), Type.String()])),
  /** Bin i holds `counts[i]` values from `edges[i]` to before `edges[i + 1]`. Infinities and NaN are in none. */
  bins: Type.Optional(Type.Object({ edges: Type.Array(Type.String()), counts: Type.Array(Type.Integer()) })),
  /**
   * The most frequent values, most frequent first, each counted exactly. `about`: of very many values, those that a sample
   * finds frequent.
   */
  frequent: Type.Optional(
    Type.Object({
      values: Type.Array(Type.Object({ text: Type.String(), count: Type.Integer() })),
      about: Type.Boolean(),
    }),
  ),
});
export type ColumnProfile = Static<typeof ColumnProfile>;
