/** Asking the server for rows of a result: windows as Arrow, downloads by their address. */
import { asking } from '../../standing.ts';
import type { ViewQuery } from './view.ts';
import type { Failure, FetchRows } from './windows.ts';

export type DownloadFormat = 'csv' | 'tsv' | 'xlsx' | 'parquet' | 'arrow' | 'json' | 'jsonl';
/** `written`: how, where a form leaves that open. */
export type Chosen = { readonly format: DownloadFormat; readonly written?: ViewQuery };

const address = (result: string, query: Record<string, string>, what: 'rows' | 'download' = 'rows'): string =>
  `/api/v1/results/${encodeURIComponent(result)}/${what}?${new URLSearchParams(query)}`;

/** All rows of the view, in its order. */
export const downloadAddress = (result: string, format: DownloadFormat, view: ViewQuery): string =>
  address(result, { format, ...view });

/** Where the same is asked to be prepared. */
export const preparingAddress = (result: string, format: DownloadFormat, view: ViewQuery): string =>
  address(result, { format, ...view }, 'download');

export function fetchRows(result: string, view: ViewQuery, fetcher: typeof fetch = fetch): FetchRows {
  return async (offset, limit, signal) => {
    const query = { offset: String(offset), limit: String(limit), format: 'arrow', ...view };
    const response = await fetcher(address(result, query), { signal, ...asking() });
    if (response.ok) return { ok: true, bytes: new Uint8Array(await response.arrayBuffer()) };
    return { ok: false, ...failureOf(response.status, await response.json().catch(() => undefined)) };
  };
}

export function failureOf(status: number, body: unknown): Failure {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  const entry = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
  const { code, message, hint } = entry;
  return {
    code: typeof code === 'string' ? code : `http-${status}`,
    message: typeof message === 'string' ? message : `The server answered ${status}.`,
    ...(typeof hint === 'string' ? { hint } : {}),
  };
}
