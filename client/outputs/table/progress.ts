/**
 * How far a view has come whose rows one waits for. A sort is asked about now and then, because most are there at once. A
 * search is begun by asking, and its rows come while it goes on; leaving it gives it up.
 */
import { asking } from '../../standing.ts';
import { failureOf } from './rows.ts';
import type { ViewQuery } from './view.ts';
import type { Failure } from './windows.ts';

/** `rows` match, so far. */
export type Progress = { readonly fraction: number; readonly rows: number };

export type ProgressOptions = {
  readonly result: string;
  readonly query: ViewQuery;
  /** It is filtered: its rows are not known yet. */
  readonly isSearch: boolean;
  readonly onProgress: (progress: Progress) => void;
  readonly onFailure: (failure: Failure) => void;
  readonly fetcher?: typeof fetch;
};

/** Shorter sorts need no words. */
const FIRST_MS = 400;
const EVERY_MS = 500;
/** The server waits for news of a search by itself. */
const AGAIN_MS = 50;
/** Rows of the first screens: as soon as they match there is something to see. */
const FIRST_ROWS = 60;
const ALL_ROWS = 2 ** 40;

/** Returns the release. */
export function watchView(options: ProgressOptions): () => void {
  const { result, query, isSearch, onProgress, onFailure, fetcher = fetch } = options;
  const abort = new AbortController();
  const ask = async (enough: number): Promise<void> => {
    const parameters = new URLSearchParams({ ...query, enough: String(enough) });
    const address = `/api/v1/results/${encodeURIComponent(result)}/progress?${parameters}`;
    const response = await fetcher(address, { signal: abort.signal, ...asking() });
    const body: unknown = await response.json().catch(() => undefined);
    if (abort.signal.aborted) return;
    const progress = response.ok ? readProgress(body) : undefined;
    if (!progress) {
      if (isSearch) onFailure(failureOf(response.status, body));
      return;
    }
    onProgress(progress);
    if (progress.fraction < 1) later(isSearch ? AGAIN_MS : EVERY_MS, ALL_ROWS);
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const asked = (enough: number): void =>
    void ask(enough).catch((error: unknown) => {
      // The rows of a sort say themselves what is wrong, if anything is.
      if (isSearch && !abort.signal.aborted) onFailure({ code: 'unreachable', message: String(error) });
    });
  const later = (wait: number, enough: number): void => {
    timer = setTimeout(asked, wait, enough);
  };
  if (isSearch) asked(FIRST_ROWS);
  else later(FIRST_MS, 0);
  return () => {
    clearTimeout(timer);
    abort.abort();
  };
}

function readProgress(body: unknown): Progress | undefined {
  if (typeof body !== 'object' || body === null || !('fraction' in body) || !('rows' in body)) return undefined;
  const { fraction, rows } = body;
  return typeof fraction === 'number' && typeof rows === 'number' ? { fraction, rows } : undefined;
}
