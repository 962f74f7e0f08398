/**
 * Widths of columns and which of them are seen. Widths are guessed from the first rows by counting characters: measuring
 * text would cost more than drawing it.
 */
export type Seen = { readonly start: number; readonly end: number };

const CHARACTER = 7.3;
const WIDE_CHARACTER = 13;
const PADDING = 25;
const NARROWEST = 56;
const WIDEST = 340;
/** A column is stretched to fill the frame, but figures shall not drift away from their neighbours. */
const STRETCH = 2.2;

/** Hangul, kana, Han and full-width forms take the room of two. */
const WIDE = /[ᄀ-ᅟ⺀-꓏가-힣豈-﫿︰-﹏＀-｠￠-￦]/g;

export function textWidth(text: string): number {
  // oxlint-disable-next-line no-control-regex
  const wide = /[^ -ɏ]/.test(text) ? (text.match(WIDE)?.length ?? 0) : 0;
  return wide * WIDE_CHARACTER + (text.length - wide) * CHARACTER;
}

/** `header` with room for its mark and the sort arrow; `samples` as they are shown. */
export function naturalWidth(header: string, samples: Iterable<string>): number {
  let width = textWidth(header) + 34;
  for (const sample of samples) width = Math.max(width, textWidth(sample.length > 60 ? sample.slice(0, 60) : sample));
  return Math.round(Math.min(WIDEST, Math.max(NARROWEST, width + PADDING)));
}

/** Spreads what is left of `room` over the columns that nobody resized. */
export function stretch(widths: readonly number[], room: number, fixed: ReadonlySet<number>): number[] {
  const used = widths.reduce((sum, width) => sum + width, 0);
  const free = widths.reduce((sum, width, index) => (fixed.has(index) ? sum : sum + width), 0);
  if (used >= room || free === 0) return widths.slice();
  const factor = Math.min(STRETCH, 1 + (room - used) / free);
  return widths.map((width, index) => (fixed.has(index) ? width : Math.floor(width * factor)));
}

/** Left edges; the last entry is the width of all. */
export function edgesOf(widths: readonly number[]): Float64Array {
  const edges = new Float64Array(widths.length + 1);
  for (let index = 0; index < widths.length; index += 1) edges[index + 1] = edges[index]! + widths[index]!;
  return edges;
}

/** Columns that lie, whole or in part, between `left` and `left + view`. */
export function seenColumns(edges: Float64Array, left: number, view: number): Seen {
  const count = edges.length - 1;
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle + 1]! <= left) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < count && edges[end]! < left + view) end += 1;
  return { start: low, end };
}

/** The smallest move to the side that brings a column into full view. */
export function revealColumn(column: number, edges: Float64Array, left: number, view: number): number {
  const [start, end] = [edges[column] ?? 0, edges[column + 1] ?? 0];
  if (start < left || end - start > view) return start;
  return end > left + view ? end - view : left;
}
