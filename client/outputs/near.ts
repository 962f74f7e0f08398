/** Tells when an element comes near the viewport: what is far away need not be drawn. */

/** A screen ahead in both directions, so that ordinary scrolling finds things drawn. */
const MARGIN = '800px 0px';

/** Calls at once where nothing can tell. Returns the release. */
export function whenNear(element: Element, change: (near: boolean) => void): () => void {
  if (typeof IntersectionObserver === 'undefined') {
    change(true);
    return () => {};
  }
  const observer = new IntersectionObserver((entries) => change(entries.at(-1)?.isIntersecting ?? true), {
    rootMargin: MARGIN,
  });
  observer.observe(element);
  return () => observer.disconnect();
}
