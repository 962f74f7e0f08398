/**
 * Which rows and leaves of a pivot's grid are seen, so that only these have to be elements; and how one is brought into
 * sight. A small pivot is there whole, so that nothing has to be put in when one scrolls.
 */
import { createMemo, createSignal, onCleanup, onMount } from 'solid-js';
import { type Layout, ROW, type Stretch, seen, sum } from './layout.ts';

const ROWS_AHEAD = 12;
const LEAVES_AHEAD = 4;
/** Fewer are all there. */
const MANY_ROWS = 100;
const MANY_LEAVES = 40;
/** Pixels where nothing is measured, as before the first picture. */
const USUAL = { width: 900, height: 420 } as const;

type Scroll = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

export type Sight = {
  readonly rows: () => Stretch;
  readonly leaves: () => Stretch;
  /** Pixels of the leaves before and after those that are seen. */
  readonly before: () => number;
  readonly after: () => number;
  /** Of the box, in pixels. */
  readonly height: () => number;
  measure(): void;
  /** Scrolls as little as it takes. A row or leaf of -1 is a head: it always is in sight. */
  bring(row: number, leaf: number): void;
};

/** `box` is asked once it is on the page. */
export function createSight(layout: () => Layout, box: () => HTMLElement): Sight {
  const [scroll, setScroll] = createSignal<Scroll>({ left: 0, top: 0, ...USUAL });
  const headWidth = (): number => sum(layout().widths.heads);
  const rows = createMemo(
    (): Stretch => {
      const all = layout().keys.length;
      if (all <= MANY_ROWS) return { start: 0, end: all };
      const { top, height } = scroll();
      const start = Math.max(0, Math.floor(top / ROW) - ROWS_AHEAD);
      return { start, end: Math.min(all, Math.ceil((top + height) / ROW) + ROWS_AHEAD) };
    },
    undefined,
    { equals: same },
  );
  const leaves = createMemo(
    (): Stretch => {
      const { leaves: widths } = layout().widths;
      if (widths.length <= MANY_LEAVES) return { start: 0, end: widths.length };
      const { left, width } = scroll();
      return seen(widths, left, left + Math.max(0, width - headWidth()), LEAVES_AHEAD);
    },
    undefined,
    { equals: same },
  );

  function measure(): void {
    const { scrollLeft: left, scrollTop: top, clientWidth: width, clientHeight: height } = box();
    setScroll({ left, top, width: width || USUAL.width, height: height || USUAL.height });
  }
  onMount(() => {
    measure();
    if (typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(measure);
    observer.observe(box());
    onCleanup(() => observer.disconnect());
  });

  function bring(row: number, leaf: number): void {
    const { widths, heads, keys, hasTotalRow } = layout();
    const frame = box();
    if (row >= 0 && row < keys.length) {
      const top = row * ROW;
      if (top < frame.scrollTop) frame.scrollTop = top;
      const room = frame.clientHeight - heads.length * ROW - (hasTotalRow ? ROW : 0);
      if (frame.clientHeight > 0 && top + ROW > frame.scrollTop + room) frame.scrollTop = top + ROW - room;
    }
    if (leaf < 0) return;
    const left = sum(widths.leaves.slice(0, leaf));
    if (left < frame.scrollLeft) frame.scrollLeft = left;
    const room = frame.clientWidth - headWidth();
    const right = left + widths.leaves[leaf]!;
    if (frame.clientWidth > 0 && right > frame.scrollLeft + room) frame.scrollLeft = right - room;
  }

  return {
    rows,
    leaves,
    before: () => sum(layout().widths.leaves.slice(0, leaves().start)),
    after: () => sum(layout().widths.leaves.slice(leaves().end)),
    height: () => scroll().height,
    measure,
    bring,
  };
}

const same = (a: Stretch, b: Stretch): boolean => a.start === b.start && a.end === b.end;
