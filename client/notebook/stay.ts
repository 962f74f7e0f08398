/**
 * Keeps the paragraph one is at where it is seen: when the run above it answers, its table would push the caret off the
 * screen. The page moves by no more than the paragraph was pushed, and not at all once the person has scrolled.
 */
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { sectionOf } from './place.ts';
import { READING_TOP } from './reading.ts';

/** Below the paragraph, so that its last line does not touch the edge. */
const FOOT = 16;
const SCROLLING_KEYS: ReadonlySet<string> = new Set(['PageUp', 'PageDown', 'Home', 'End', ' ']);

export type Stretch = { readonly top: number; readonly bottom: number };

/** By how much to scroll when what was at `before` is now at `now`, in a window that shows `view`. */
export function shiftFor(before: number, now: Stretch, view: Stretch): number {
  const pushed = now.top - before;
  // Of what is higher than the window, its beginning counts.
  const bottom = Math.min(now.bottom, now.top + view.bottom - view.top);
  if (pushed > 0) return Math.max(0, Math.min(pushed, bottom - view.bottom));
  return Math.min(0, Math.max(pushed, now.top - view.top));
}

export type Stay = {
  /** The person went to `at`, which is in sight now. */
  went(at: ParagraphId | undefined): void;
  close(): void;
};

export function openStay(page: Window & typeof globalThis, content: HTMLElement): Stay {
  let at: ParagraphId | undefined;
  let top: number | undefined;
  const section = (): HTMLElement | null => (at === undefined ? null : sectionOf(page.document, at));
  const look = (): void => {
    top = section()?.getBoundingClientRect().top;
  };
  const letGo = (): void => {
    at = undefined;
  };
  const onKey = (event: KeyboardEvent): void => {
    if (SCROLLING_KEYS.has(event.key) && !(event.target as Element | null)?.closest?.('.editing')) letGo();
  };
  /** Beside the content of the window is its scroll bar. */
  const onPress = (event: PointerEvent): void => {
    if (event.clientX >= page.document.documentElement.clientWidth) letGo();
  };
  const onSize = (): void => {
    const now = section()?.getBoundingClientRect();
    if (!now) return;
    if (top !== undefined) {
      const shift = shiftFor(top, now, { top: READING_TOP, bottom: page.innerHeight - FOOT });
      if (Math.abs(shift) >= 1) page.scrollBy({ top: shift, behavior: 'instant' });
    }
    look();
  };
  const sizes = new page.ResizeObserver(onSize);
  sizes.observe(content);
  page.addEventListener('scroll', look, { passive: true });
  page.addEventListener('wheel', letGo, { passive: true });
  page.addEventListener('touchmove', letGo, { passive: true });
  page.addEventListener('keydown', onKey, { capture: true });
  page.addEventListener('pointerdown', onPress, { capture: true });
  return {
    went(next) {
      at = next;
      look();
    },
    close() {
      sizes.disconnect();
      page.removeEventListener('scroll', look);
      page.removeEventListener('wheel', letGo);
      page.removeEventListener('touchmove', letGo);
      page.removeEventListener('keydown', onKey, { capture: true });
      page.removeEventListener('pointerdown', onPress, { capture: true });
    },
  };
}
