/** Asks the server for a pivot of a result, and for the statement behind it. */

import type { Static, TSchema } from '@sinclair/typebox';
import { Check } from '@sinclair/typebox/value';
import { PivotAnswer, PivotStatement } from '../../../server/protocol/pivot/answer.ts';
import type { PivotSpec } from '../../../server/protocol/pivot.ts';
import type { Narrow } from '../../../server/protocol/table/narrow.ts';
import { asking } from '../../standing.ts';
import { failureOf } from '../table/rows.ts';
import { narrowQuery } from '../table/view.ts';
import type { Failure } from '../table/windows.ts';

export type Asked<T> = { readonly ok: true; readonly answer: T } | { readonly ok: false; readonly failure: Failure };

/** Rows of which result, how they come together. */
export type PivotOf = { readonly result: string; readonly spec: PivotSpec; readonly narrow: Narrow };

export const askPivot = (of: PivotOf, signal: AbortSignal): Promise<Asked<PivotAnswer>> =>
  ask(PivotAnswer, of, 'pivot', {}, signal);

export const askStatement = (of: PivotOf, table: string, signal: AbortSignal): Promise<Asked<PivotStatement>> =>
  ask(PivotStatement, of, 'pivot/sql', { table }, signal);

/** Never rejects, but where `signal` aborts. */
async function ask<T extends TSchema>(
  schema: T,
  { result, spec, narrow }: PivotOf,
  what: string,
  more: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Asked<Static<T>>> {
  const query = new URLSearchParams({ spec: JSON.stringify(spec), ...narrowQuery(narrow), ...more });
  try {
    const response = await fetch(`/api/v1/results/${encodeURIComponent(result)}/${what}?${query}`, {
      signal,
      ...asking(),
    });
    const body: unknown = await response.json().catch(() => undefined);
    if (!response.ok) return { ok: false, failure: failureOf(response.status, body) };
    if (Check(schema, body)) return { ok: true, answer: body };
    return { ok: false, failure: { code: 'unreadable', message: '' } };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ok: false, failure: { code: 'unreachable', message: '' } };
  }
}
