/**
 * Brings what is likely asked for next, so that a menu or a dialog opens at once although the first visit did not load
 * it: soon after somebody stirs, or stays. Whoever only looks at a page loads nothing of it. What came is put aside with the
 * rest of the page (`drafts/shell.ts`), and opens while the server is away too.
 */

/** Opening is over by then, and whoever is still here reads on: a key or a click may follow, the server be away. */
const STAYED_MS = 5_000;
/** What was pressed goes first: a run's rows are on the page by then. */
const STIRRED_MS = 1_000;
const STIRS = ['pointermove', 'pointerdown', 'keydown', 'wheel'];

const brought = (): Promise<unknown> =>
  Promise.allSettled([
    import('./notebook/Commands.tsx'),
    import('./notebook/Find.tsx'),
    import('./notebook/Empty.tsx'),
    import('./notebook/SessionMenu.tsx'),
    import('./notebook/KeyList.tsx'),
    import('./notebook/ClearDialog.tsx'),
    import('./notebook/Tables.tsx'),
    import('./paste/take.ts'),
    import('./people/NameDialog.tsx'),
    import('./drafts/SignOut.tsx'),
    import('./drafts/Drafts.tsx'),
    import('./home/Home.tsx'),
    import('./home/HomeCommands.tsx'),
  ]);

/** Returns the release. */
export function bringAhead(
  page: Pick<Window, 'addEventListener' | 'setTimeout' | 'clearTimeout'>,
  bring: () => unknown = brought,
): () => void {
  const stop = new AbortController();
  let timer = page.setTimeout(start, STAYED_MS);
  function close(): void {
    stop.abort();
    page.clearTimeout(timer);
  }
  function start(): void {
    close();
    void bring();
  }
  function stirred(): void {
    close();
    timer = page.setTimeout(start, STIRRED_MS);
  }
  for (const type of STIRS) page.addEventListener(type, stirred, { signal: stop.signal, passive: true, capture: true });
  return close;
}
