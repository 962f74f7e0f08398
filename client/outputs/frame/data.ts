/** What a chart is handed: the rows of its results as Arrow, and the script that draws. All bounded: a frame is a guest. */
import { painter } from 'virtual:frame';
import { CHART_BYTES, CHART_ROWS, type ChartData } from '../../../server/protocol/outputs.ts';
import type { Table } from '../../frame/messages.ts';
import { asking } from '../../standing.ts';
import { fromBase64 } from '../base64.ts';

export type Rows =
  | { readonly state: 'ready'; readonly tables: readonly Table[] }
  | { readonly state: 'large'; readonly name: string; readonly rows: number; readonly bytes: number }
  | { readonly state: 'failed'; readonly message: string };

export async function fetchTables(data: readonly ChartData[], signal: AbortSignal): Promise<Rows> {
  const large = data.find(({ rows }) => rows > CHART_ROWS);
  if (large) return { state: 'large', name: large.name, rows: large.rows, bytes: 0 };
  const tables: Table[] = [];
  for (const one of data) {
    const arrow = one.block === undefined ? await fetchRows(one, signal) : fromBase64(one.block).buffer;
    if (!(arrow instanceof ArrayBuffer)) return arrow;
    tables.push({ name: one.name, arrow });
  }
  return { state: 'ready', tables };
}

async function fetchRows(data: ChartData, signal: AbortSignal): Promise<ArrayBuffer | Rows> {
  const response = await fetch(`/api/v1/results/${data.result}/rows?format=arrow`, { signal, ...asking() });
  if (!response.ok || !response.body) return { state: 'failed', message: await messageOf(response) };
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return await new Blob(parts).arrayBuffer();
    bytes += value.byteLength;
    if (bytes > CHART_BYTES) {
      await reader.cancel();
      return { state: 'large', name: data.name, rows: data.rows, bytes };
    }
    parts.push(value);
  }
}

async function messageOf(response: Response): Promise<string> {
  try {
    const body: unknown = await response.json();
    if (typeof body === 'object' && body !== null && 'error' in body) {
      const { error } = body;
      if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
    }
  } catch {
    // No JSON: its status has to do.
  }
  return `HTTP ${response.status}`;
}

/** Undefined where it can't be had now. */
export async function fetchPainter(): Promise<string | undefined> {
  try {
    const response = await fetch(painter);
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}
