/** How far a sort has come whose rows one waits for; asked now and then, because most sorts are there at once. */
import { asking } from '../../standing.ts';

/** Shorter waits need no words. */
const FIRST_MS = 400;
const EVERY_MS = 500;

export type SortingOptions = {
  readonly result: string;
  readonly sort: string;
  /** 0–1. */
  readonly onProgress: (fraction: number) => void;
  readonly fetcher?: typeof fetch;
};

/** Returns the release. */
export function watchSorting({ result, sort, onProgress, fetcher = fetch }: SortingOptions): () => void {
  const abort = new AbortController();
  const address = `/api/v1/results/${encodeURIComponent(result)}/progress?${new URLSearchParams({ sort })}`;
  const ask = async (): Promise<void> => {
    const response = await fetcher(address, { signal: abort.signal, ...asking() });
    const body: unknown = response.ok ? await response.json() : undefined;
    if (abort.signal.aborted || typeof body !== 'object' || body === null || !('fraction' in body)) return;
    if (typeof body.fraction !== 'number') return;
    onProgress(body.fraction);
    if (body.fraction < 1) later(EVERY_MS);
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = (wait: number): void => {
    // The rows themselves say what is wrong, if anything is.
    timer = setTimeout(() => void ask().catch(() => {}), wait);
  };
  later(FIRST_MS);
  return () => {
    clearTimeout(timer);
    abort.abort();
  };
}
