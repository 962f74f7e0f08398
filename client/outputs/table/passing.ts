/**
 * A wheel that scrolls the page scrolls it on when a table comes under the pointer, however long the table is. Only a hand
 * that moves the pointer over a table means that table: till then it has no vertical scroll of its own, so the browser
 * gives the wheel to the page, as smoothly as ever. Clicks, keys and touch are as always.
 */

/** Returns the release. */
export function letPass(root: HTMLElement): () => void {
  const abort = new AbortController();
  let at: { readonly x: number; readonly y: number } | undefined;
  const pass = (event: WheelEvent): void => {
    if (event.target instanceof Node && root.contains(event.target)) return;
    at = { x: event.screenX, y: event.screenY };
    if (root.scrollHeight > root.clientHeight) root.dataset.passing = '';
  };
  // A page that moves below a still pointer makes the browser tell of a move that was none.
  const mean = (event: PointerEvent): void => {
    if (root.dataset.passing === undefined) return;
    if (event.screenX !== at?.x || event.screenY !== at?.y) delete root.dataset.passing;
  };
  document.addEventListener('wheel', pass, { passive: true, capture: true, signal: abort.signal });
  root.addEventListener('pointermove', mean, { passive: true, signal: abort.signal });
  return () => abort.abort();
}
