/**
 * Widths of columns and which of them are seen. Widths are guessed from the first rows by counting characters: measuring
 * text would cost more than drawing it.
 */
export type Seen = { readonly start: number; readonly end: number };

const CHARACTER = 7;
/** Tabular figures, capitals, and what is about as wide. */
const BROAD_CHARACTER = 8.5;
const WIDE_CHARACTER = 13;
const PADDING = 30;
const NARROWEST = 56;
const WIDEST = 340;
/** Long texts give way down to this before the table has to be scrolled sideways. */
const YIELDING = 150;
/** A column is stretched to fill the frame, but figures shall not drift away from their neighbours. */
const STRETCH = 2.2;

/** Hangul, kana, Han and full-width forms take the room of two. */
const WIDE = /[ᄀ-ᅟ⺀-꓏가-힣豈-﫿︰-﹏＀-｠￠-￦]/g;

export function textWidth(text: string): number {
  const broad = text.match(/[0-9A-Z@mwMW%]/g)?.length ?? 0;
  const wide = /[^ -ɏ]/.test(text) ? (text.match(WIDE)?.length ?? 0) : 0;
  return wide * WIDE_CHARACTER + broad * BROAD_CHARACTER + (text.length - wide - broad) * CHARACTER;
}

/** `header` with room for its mark and the sort arrow; `samples` as they are shown. */
export function naturalWidth(header: string, samples: Iterable<string>): number {
  let width = textWidth(header) + 34;
  for (const sample of samples) width = Math.max(width, textWidth(sample.length > 60 ? sample.slice(0, 60) : sample));
  return Math.round(Math.min(WIDEST, Math.max(NARROWEST, width + PADDING)));
}

/** Fits columns that nobody resized into `room`: what is left is spread over them, what lacks is taken from the widest. */
export function fitWidths(widths: readonly number[], room: number, fixed: ReadonlySet<number>): number[] {
  const used = sum(widths);
  if (used >= room) return shrink(widths, used - room, fixed);
  const free = used - sum(widths.filter((_, index) => fixed.has(index)));
  if (free === 0) return widths.slice();
  const factor = Math.min(STRETCH, 1 + (room - used) / free);
  return widths.map((width, index) => (fixed.has(index) ? width : Math.floor(width * factor)));
}

function shrink(widths: readonly number[], lack: number, fixed: ReadonlySet<number>): number[] {
  const spare = widths.map((width, index) => (fixed.has(index) ? 0 : Math.max(0, width - YIELDING)));
  const all = sum(spare);
  if (lack > all) return widths.slice();
  return widths.map((width, index) => (all === 0 ? width : width - Math.ceil((spare[index]! / all) * lack)));
}

const sum = (list: readonly number[]): number => list.reduce((total, each) => total + each, 0);

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

/** Pinned ones, which are always seen, and those in view. */
export function columnsIn({ start, end }: Seen, pinned: number): readonly number[] {
  const from = Math.max(start, pinned);
  const others = Math.max(0, end - from);
  return Array.from({ length: pinned + others }, (_, index) => (index < pinned ? index : from + index - pinned));
}

/** The smallest move to the side that brings a column into full view. */
export function revealColumn(column: number, edges: Float64Array, left: number, view: number): number {
  const [start, end] = [edges[column] ?? 0, edges[column + 1] ?? 0];
  if (start < left || end - start > view) return start;
  return end > left + view ? end - view : left;
}
