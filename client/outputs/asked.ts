/** Asks the server what a result comes to, a chart or a pivot of it: an answer of a known shape, or why there is none. */
import type { Static, TSchema } from '@sinclair/typebox';
import { Check } from '@sinclair/typebox/value';
import { asking } from '../standing.ts';
import { outputs as words } from '../words/outputs.ts';
import { failureOf } from './table/rows.ts';
import type { Failure } from './table/windows.ts';

export type ResultAnswer<T> =
  | { readonly ok: true; readonly answer: T }
  | { readonly ok: false; readonly failure: Failure };

/** `what`: the path below the result's own. Never rejects, but where `signal` aborts. */
export async function askResult<T extends TSchema>(
  schema: T,
  result: string,
  what: string,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ResultAnswer<Static<T>>> {
  try {
    const address = `/api/v1/results/${encodeURIComponent(result)}/${what}?${new URLSearchParams(query)}`;
    const response = await fetch(address, { signal, ...asking() });
    const body: unknown = await response.json().catch(() => undefined);
    if (!response.ok) return { ok: false, failure: failureOf(response.status, body) };
    if (Check(schema, body)) return { ok: true, answer: body };
    return { ok: false, failure: { code: 'unreadable', message: '' } };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ok: false, failure: { code: 'unreachable', message: '' } };
  }
}

export function failureText({ code, message }: Failure): string {
  if (code === 'unreachable') return words.table.unreachable;
  return code === 'unreadable' ? words.table.unreadable : message;
}
