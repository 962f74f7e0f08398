/**
 * What a report in one file holds, gathered from what its paragraphs show: rows and charts read through the results reader as
 * pages read them, within the bounds of `protocol/report/file.ts`. Who may see what was decided before: whatever is handed in
 * may be in the file, and of a table that shows its chart the drawing alone is.
 */
import { Readable } from 'node:stream';
import { Check } from '@sinclair/typebox/value';
import { AppError } from '../errors.ts';
import { ChartAnswer } from '../protocol/chart/answer.ts';
import { tablesBefore } from '../protocol/chart/option.ts';
import { drawnOf, publishedSpec } from '../protocol/chart/published.ts';
import { contentOf, isLong } from '../protocol/content.ts';
import { PROSE } from '../protocol/document.ts';
import type { ParagraphId, ResultId } from '../protocol/ids.ts';
import { uniqueNames } from '../protocol/names.ts';
import {
  CHART_BYTES,
  CHART_ROWS,
  type ChartOutput,
  type Column,
  type Output,
  type TableOutput,
} from '../protocol/outputs.ts';
import {
  FILE_CELL,
  FILE_COLUMNS,
  FILE_MOST,
  FILE_ROWS,
  FILE_TEXT,
  type FileCell,
  type FileOutput,
  type FileParagraph,
} from '../protocol/report/file.ts';
import type { Place } from '../protocol/report/layout.ts';
import type { RunPhase } from '../protocol/runs.ts';
import { EVERYTHING } from '../protocol/table/narrow.ts';
import type { Results } from '../results/contract.ts';

/** A paragraph as it is to be seen; its outputs whole. */
export type Shown = {
  readonly id: ParagraphId;
  readonly interpreter: string;
  readonly place: Place;
  readonly source?: string;
  /** Its option `chart`. */
  readonly chart?: unknown;
  /** Whether the rows of its table of that number may be in the file; absent: all. */
  readonly mayRead?: (index: number) => boolean;
  readonly run?: { readonly phase: RunPhase; readonly outputs: readonly Output[] };
};

type How = { readonly index: number; readonly chart: unknown; readonly mayRead: boolean };
type Reader = Pick<Results, 'window' | 'chart'>;

/** Rejects where `signal` aborts; what cannot be read is said in the file. */
export async function collect(
  paragraphs: readonly Shown[],
  results: Reader,
  signal: AbortSignal,
): Promise<readonly FileParagraph[]> {
  const budget = { left: FILE_MOST };
  const collected: FileParagraph[] = [];
  for (const { id, interpreter, place, source, chart, mayRead = () => true, run } of paragraphs) {
    if (place === 'hidden') continue;
    const outputs: FileOutput[] = [];
    for (const [at, output] of (run?.outputs ?? []).entries()) {
      const index = tablesBefore(run?.outputs ?? [], at);
      const wanted = await one(output, { index, chart, mayRead: mayRead(index) }, results, signal);
      const size = JSON.stringify(wanted).length;
      const isWithin = size <= budget.left;
      outputs.push(isWithin ? wanted : { kind: 'left', what: nameOf(output), why: 'size' });
      if (isWithin) budget.left -= size;
    }
    const state = interpreter === PROSE ? undefined : stateOf(run?.phase);
    collected.push({
      id,
      interpreter,
      place,
      ...(source === undefined ? {} : { source: source.slice(0, FILE_TEXT) }),
      ...(state ? { state } : {}),
      outputs,
    });
  }
  return collected;
}

function stateOf(phase: RunPhase | undefined): FileParagraph['state'] {
  switch (phase?.state) {
    case undefined:
      return 'not-run';
    case 'failed':
      return 'failed';
    case 'cancelled':
    case 'lost':
      return 'cancelled';
    default:
      return undefined;
  }
}

async function one(output: Output, how: How, results: Reader, signal: AbortSignal): Promise<FileOutput> {
  try {
    if (output.kind === 'table') return await tableOf(output, how, results, signal);
    if (output.kind === 'chart') return await specOf(output, results, signal);
    if (isLong(output) && output.kind !== 'image' && contentOf(output).length > FILE_TEXT && output.kind !== 'text')
      return { kind: 'left', what: nameOf(output), why: 'size' };
    if (output.kind === 'text') return textOf(output);
    return output;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    return { kind: 'left', what: nameOf(output), why: error.code === 'result-gone' ? 'gone' : 'drawing' };
  }
}

function textOf({ cut: _, ...output }: Extract<Output, { kind: 'text' }>): FileOutput {
  const left = Math.max(0, output.text.length - FILE_TEXT) + (output.omitted ?? 0);
  return { ...output, text: output.text.slice(0, FILE_TEXT), ...(left > 0 ? { omitted: left } : {}) };
}

async function tableOf(
  { result, columns, rows, dropped, open }: TableOutput,
  { index, chart: option, mayRead }: How,
  results: Reader,
  signal: AbortSignal,
): Promise<FileOutput> {
  if (dropped || open) return { kind: 'left', what: 'table', why: 'gone' };
  const drawn = drawnOf(option, index, columns);
  // What shows a pivot alone gives no rows away.
  if (!drawn && !mayRead) return { kind: 'left', what: 'pivot', why: 'drawing' };
  if (!drawn) return rowsOf(result, columns, rows, results, signal);
  if (!drawn.chart) return { kind: 'left', what: 'chart', why: 'drawing' };
  // Where rows are not given away no point is one of them.
  const asked = mayRead ? drawn.chart : publishedSpec(drawn.chart);
  const answer: unknown = JSON.parse((await read(results.chart(result, asked, EVERYTHING, signal))).toString());
  if (!Check(ChartAnswer, answer)) throw new Error('the reader gave an answer that is no chart');
  return { kind: 'drawing', chart: drawn.chart, answer, columns: [...columns], total: rows };
}

async function rowsOf(
  result: ResultId,
  columns: readonly Column[],
  total: number,
  results: Pick<Reader, 'window'>,
  signal: AbortSignal,
): Promise<FileOutput> {
  const query = { offset: 0, limit: FILE_ROWS, sort: [], format: 'json' } as const;
  const rows: readonly Readonly<Record<string, unknown>>[] = JSON.parse(
    (await read(results.window(result, query, signal))).toString(),
  );
  const keys = uniqueNames(columns.map(({ name }) => name)).slice(0, FILE_COLUMNS);
  let isCut = false;
  const cellOf = (value: unknown): FileCell => {
    if (value === null || value === undefined) return null;
    if (typeof value === 'number' || typeof value === 'boolean') return value;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (text.length <= FILE_CELL) return text;
    isCut = true;
    return `${text.slice(0, FILE_CELL)}…`;
  };
  const cells = rows.map((row) => keys.map((key) => cellOf(row[key])));
  return {
    kind: 'table',
    columns: columns.slice(0, FILE_COLUMNS),
    rows: cells,
    total,
    width: columns.length,
    ...(isCut ? { cut: true } : {}),
  };
}

/** Bytes of Arrow of one chart, as base64 a third more: what is larger is left out of the file. */
const MOST_ARROW = Math.min(CHART_BYTES, FILE_MOST / 2);

async function specOf({ spec, data }: ChartOutput, results: Reader, signal: AbortSignal): Promise<FileOutput> {
  const tables: { readonly name: string; readonly rows: number; readonly arrow: string }[] = [];
  let bytes = 0;
  for (const { name, result, rows, dropped, open } of data) {
    if (dropped || open) return { kind: 'left', what: 'chart', why: 'gone' };
    if (rows > CHART_ROWS) return { kind: 'left', what: 'chart', why: 'size' };
    const arrow = await read(results.window(result, { offset: 0, sort: [], format: 'arrow' }, signal));
    bytes += arrow.length;
    if (bytes > MOST_ARROW) return { kind: 'left', what: 'chart', why: 'size' };
    tables.push({ name, rows, arrow: arrow.toString('base64') });
  }
  return { kind: 'spec', spec, tables };
}

async function read(answer: Promise<{ readonly body: Readable | Uint8Array }>): Promise<Buffer> {
  const { body } = await answer;
  if (!(body instanceof Readable)) return Buffer.from(body);
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}

const nameOf = ({ kind }: Output): string => kind;
