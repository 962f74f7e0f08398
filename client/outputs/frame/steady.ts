/**
 * What one reads stays where it is when a frame above it finds its height. Browsers see to that where the frame has left
 * the window; one whose end still stands at the top of it would grow over what is read below, and push it away.
 */

export type Edges = { readonly top: number; readonly bottom: number };

/** By how much to scroll, so that what follows a box is where it was; nothing where the box itself is what is read. */
export function shiftFor(before: Edges, now: Edges, view: Edges): number {
  const isAbove = before.top < view.top && before.bottom < (view.top + view.bottom) / 2;
  return isAbove ? now.bottom - before.bottom : 0;
}

/** Lets the box change its height. Sizes are asked for at once: what the browser has moved by itself is in them. */
export function keepSteady(box: HTMLElement, change: () => void): void {
  const before = box.getBoundingClientRect();
  change();
  const page = box.ownerDocument.defaultView;
  if (!page) return;
  // Under the top bar, where reading begins.
  const top = Number.parseFloat(page.getComputedStyle(box.ownerDocument.documentElement).scrollPaddingTop) || 0;
  const shift = shiftFor(before, box.getBoundingClientRect(), { top, bottom: page.innerHeight });
  if (Math.abs(shift) >= 1) page.scrollBy({ top: shift, behavior: 'instant' });
}
