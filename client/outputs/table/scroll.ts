/**
 * One scroll from the first to the last row of any table. Browsers cap the height of an element (Chromium at 33 million
 * pixels, Firefox at 17), so a long table gets a shorter *track*: its ends run one to one, so that the first and last
 * thousands of rows behave like any page, and what lies between is compressed. Wheels, keys and touch always move by
 * true pixels; only a jump (a dragged scrollbar) goes through the track. When scrolling rests, the track's position is
 * put back to where the rows are.
 *
 * `top` counts true pixels of rows, `real` pixels of the track; all pure.
 */
export type Extent = {
  /** Height of all rows. */
  readonly height: number;
  /** Height of what is seen of them. */
  readonly view: number;
};

export type Place = { readonly top: number; readonly real: number };

/** Well below every browser's cap, also at 200% zoom and above. */
export const TRACK = 6_000_000;
/** Pixels at each end that are not compressed. */
const END = 1_000_000;
/** A single event that moves further than this many views is a dragged scrollbar, not a wheel. */
const JUMP_VIEWS = 4;

export const maxTop = (extent: Extent): number => Math.max(0, extent.height - extent.view);
export const trackHeight = (extent: Extent): number => Math.min(extent.height, Math.max(TRACK, extent.view));
const maxReal = (extent: Extent): number => Math.max(0, trackHeight(extent) - extent.view);

export function topOf(real: number, extent: Extent): number {
  const [tops, reals] = [maxTop(extent), maxReal(extent)];
  const at = clamp(real, reals);
  if (tops <= reals) return Math.min(tops, at);
  if (at <= END) return at;
  if (at >= reals - END) return tops - (reals - at);
  return END + ((at - END) / (reals - 2 * END)) * (tops - 2 * END);
}

export function realOf(top: number, extent: Extent): number {
  const [tops, reals] = [maxTop(extent), maxReal(extent)];
  const at = clamp(top, tops);
  if (tops <= reals) return at;
  if (at <= END) return at;
  if (at >= tops - END) return reals - (tops - at);
  return END + ((at - END) / (tops - 2 * END)) * (reals - 2 * END);
}

/** Where the rows are after the track moved to `real`, and whether that was a jump. */
export function follow(place: Place, real: number, extent: Extent): { readonly top: number; readonly jump: boolean } {
  const moved = real - place.real;
  const whole = maxTop(extent) <= maxReal(extent);
  const jump = Math.abs(moved) > JUMP_VIEWS * extent.view;
  if (whole || jump || real <= 0 || real >= maxReal(extent)) return { top: topOf(real, extent), jump };
  return { top: clamp(place.top + moved, maxTop(extent)), jump };
}

/** The rows seen, whole or in part; `end` is exclusive. */
export function seenRows(top: number, view: number, rowHeight: number, rows: number): { start: number; end: number } {
  const start = Math.min(rows, Math.max(0, Math.floor(top / rowHeight)));
  return { start, end: Math.min(rows, Math.ceil((top + view) / rowHeight)) };
}

/** The smallest move that brings a row into full view. */
export function reveal(row: number, top: number, extent: Extent, rowHeight: number): number {
  const start = row * rowHeight;
  if (start < top) return start;
  const end = start + rowHeight;
  return end > top + extent.view ? clamp(end - extent.view, maxTop(extent)) : top;
}

const clamp = (value: number, max: number): number => Math.min(max, Math.max(0, value));
