/**
 * Uploads and downloads under way: whoever may no longer do what they began is cut off within 2 s, as sockets are. Decided
 * once at its start, a body that comes or goes for hours would outlive the sign-in, token or grant that it came by.
 */
import type { BookStore } from '../access/store.ts';

/** Another process or the clock may take it away: that is noticed by asking. */
const ASK_MS = 1_000;

/** Calls `end` once when `may` says no. Returns the release. */
export function endWhenRefused(store: Pick<BookStore, 'onChange'>, may: () => boolean, end: () => void): () => void {
  const ask = (): void => {
    if (may()) return;
    release();
    end();
  };
  const timer = setInterval(ask, ASK_MS).unref();
  const stopListening = store.onChange(ask);
  const release = (): void => {
    clearInterval(timer);
    stopListening();
  };
  return release;
}
