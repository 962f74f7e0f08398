/** What charts find out about a column, once. */
import type { Extent } from './extent.ts';
import { type Kept, openKept } from './kept.ts';

export type Known = {
  readonly extents: Kept<Extent>;
  /** Where a histogram looks first. */
  readonly views: Kept<View>;
  readonly varieties: Kept<Variety>;
};

export const openKnown = (): Known => ({ extents: openKept(), views: openKept(), varieties: openKept() });

/** Where a histogram looks first. */
export type View =
  | { readonly kind: 'whole' }
  /** `range` as a chart is asked for it: the axis's own units, of the clock on the wall. */
  | {
      readonly kind: 'bulk';
      readonly range: readonly [number, number];
      readonly below: number;
      readonly above: number;
    };

/** How many values a column has, about. */
export type Variety =
  /** Each value is a group beside whatever else rows are grouped by. */
  | { readonly kind: 'few' }
  /** Grouped by alone, the largest are found exactly; the rest are one group from then on. */
  | { readonly kind: 'some' }
  /** The largest are looked for among those of a sample. `about`: how many values there are, within two percent. */
  | { readonly kind: 'many'; readonly about: number };
