/**
 * What one chart may make out of its spec: a few letters of it (`"stop": 1e9`) can ask for more than a machine has. Asked
 * before anything is made, so that a chart is refused in words while its memory is still small; all sums are of one drawing
 * or one event. Frames of a browser share processes: what one takes, its neighbours do without.
 */
import { charts as words } from '../words/charts.ts';

/** A chart is sent 100,000 rows; layers and folds draw them several times. A drawn one takes up to 1 kB. */
export const MOST_ROWS = 1_000_000;
/** Of lists that expressions make, 8 bytes each. */
const MOST_ITEMS = 10_000_000;
/** Of texts that expressions make. */
export const MOST_LETTERS = 50_000_000;
/** On one axis or legend; nobody reads more than some dozens. Also boundaries of bins and colours of a scale. */
const MOST_TICKS = 5_000;
/** Of the canvas, 4 bytes each. */
export const MOST_PIXELS = 64_000_000;

export const LIMITS = {
  rows: MOST_ROWS,
  items: MOST_ITEMS,
  letters: MOST_LETTERS,
  ticks: MOST_TICKS,
  pixels: MOST_PIXELS,
} as const;
export type Kind = keyof typeof LIMITS;

export class TooMuch extends Error {}

/** Throws where so many at once are too many. */
export function allow(kind: Kind, count: number): void {
  if (count > LIMITS[kind]) throw new TooMuch(words.much(words.kinds[kind], LIMITS[kind]));
}

export type Budget = {
  /** Takes so many of what is left; throws where that is not enough. */
  take(kind: 'items' | 'letters', count: number): void;
  /** The rows that one step holds now, in place of those it held. */
  hold(step: object, count: number): void;
  /** Something else begins. */
  renew(): void;
};

export function createBudget(): Budget {
  let spent = { items: 0, letters: 0 };
  const held = new WeakMap<object, number>();
  let rows = 0;
  return {
    take(kind, count) {
      spent[kind] += count || 0;
      allow(kind, spent[kind]);
    },
    hold(step, count) {
      const now = count || 0;
      rows += now - (held.get(step) ?? 0);
      held.set(step, now);
      allow('rows', rows);
    },
    renew() {
      spent = { items: 0, letters: 0 };
    },
  };
}
