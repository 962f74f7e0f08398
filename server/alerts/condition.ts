/**
 * What an alert asks of a figure at the end of each occurrence of its job. A figure is one number of a named result: of its
 * only row, or of each row by a key (an airport, an endpoint), and then each key is an alert of its own.
 */
export type Threshold = {
  readonly kind: 'threshold';
  readonly is: 'above' | 'at-least' | 'below' | 'at-most';
  readonly value: number;
};

export type Direction = 'rise' | 'fall' | 'either';

export type Change = {
  readonly kind: 'change';
  /** The occurrence before, or the last one on the same day of the week. */
  readonly against: 'previous' | 'same-weekday';
  readonly direction: Direction;
  /** More than this; in hundredths of what it was, or in its own unit. */
  readonly by: number;
  readonly unit: 'percent' | 'absolute';
};

/** No row, no value, or a key that was there the last time. */
export type Missing = { readonly kind: 'missing' };

export type Anomaly = {
  readonly kind: 'anomaly';
  readonly direction: Direction;
  /** Farther from the median than so many deviations. */
  readonly deviations: number;
  /** Of the last so many figures. */
  readonly last: number;
  /** Only figures of the same day of the week, or the same hour of the day, are compared. */
  readonly season: 'none' | 'weekday' | 'hour';
};

export type Condition = Threshold | Change | Missing | Anomaly;

/** What a figure was at an occurrence. */
export type Figure = {
  /** The occurrence's planned time, ms since 1970. */
  readonly at: number;
  /** null: it had no value. */
  readonly value: number | null;
};

export type Verdict =
  | {
      readonly is: 'ok' | 'breach' /** What was expected of it, where the condition reckons that. */;
      readonly range?: Range;
    }
  | { readonly is: 'no-data' }
  /** There is too little to compare with; nothing is wrong. */
  | { readonly is: 'learning'; readonly have: number; readonly need: number };

/** Absent ends are open. */
export type Range = { readonly low?: number; readonly high?: number };
