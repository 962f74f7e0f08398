/** Asks the server for a chart of a result. */
import { Check } from '@sinclair/typebox/value';
import { AnyAnswer } from '../../../server/protocol/chart/answer.ts';
import type { ChartSpec } from '../../../server/protocol/chart.ts';
import { asking } from '../../standing.ts';

export type ChartFailure = { readonly code: string; readonly message: string };
export type Asked =
  | { readonly ok: true; readonly answer: AnyAnswer }
  | { readonly ok: false; readonly failure: ChartFailure };

export const chartAddress = (result: string, spec: ChartSpec): string =>
  `/api/v1/results/${encodeURIComponent(result)}/chart?${new URLSearchParams({ spec: JSON.stringify(spec) })}`;

/** Never rejects, but where `signal` aborts. */
export async function askChart(
  result: string,
  spec: ChartSpec,
  signal: AbortSignal,
  fetcher: typeof fetch = fetch,
): Promise<Asked> {
  try {
    const response = await fetcher(chartAddress(result, spec), { signal, ...asking() });
    const body: unknown = await response.json().catch(() => undefined);
    if (!response.ok) return { ok: false, failure: failureOf(response.status, body) };
    if (Check(AnyAnswer, body)) return { ok: true, answer: body };
    return { ok: false, failure: { code: 'unreadable', message: '' } };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ok: false, failure: { code: 'unreachable', message: '' } };
  }
}

function failureOf(status: number, body: unknown): ChartFailure {
  const error = field(body, 'error');
  const [code, message] = [field(error, 'code'), field(error, 'message')];
  return {
    code: typeof code === 'string' ? code : `http-${status}`,
    message: typeof message === 'string' ? message : String(status),
  };
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
