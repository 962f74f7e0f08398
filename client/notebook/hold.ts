/**
 * What was asked for by a key may still be on its way, and who asked goes on typing: until it has the focus, keys are
 * neither commands nor letters of the text behind it. Letters come into its field, if it has one; Escape gives it up.
 */

const DIALOG = '[role="dialog"], [role="alertdialog"]';
/** Longer, and it is not coming: the keys are the page's again. */
const MOST_MS = 5_000;

/** Returns the release. */
export function holdKeys(page: Window, onLeave: () => void): () => void {
  const stop = new AbortController();
  const timer = page.setTimeout(release, MOST_MS);
  let typed = '';
  function release(): void {
    page.clearTimeout(timer);
    stop.abort();
  }
  const isThere = (target: EventTarget | null): target is Element =>
    target instanceof Element && target.closest(DIALOG) !== null;
  const options = { capture: true, signal: stop.signal };
  page.addEventListener(
    'keydown',
    (event) => {
      if (isThere(event.target)) return release();
      event.preventDefault();
      event.stopImmediatePropagation();
      if (event.key === 'Escape') onLeave();
      else if (event.key === 'Backspace') typed = typed.slice(0, -1);
      else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) typed += event.key;
    },
    options,
  );
  page.addEventListener(
    'focusin',
    ({ target }) => {
      if (!isThere(target)) return;
      release();
      if (!(target instanceof HTMLInputElement) || typed === '') return;
      // Once what is in it is selected.
      queueMicrotask(() => {
        target.setRangeText(typed, target.selectionStart ?? 0, target.selectionEnd ?? 0, 'end');
        target.dispatchEvent(new InputEvent('input', { bubbles: true }));
      });
    },
    options,
  );
  return release;
}
