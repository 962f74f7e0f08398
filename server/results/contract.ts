/**
 * Results: tables that runs produced, kept for good (within the budget) and looked at through windows.
 * Small ones are one Arrow block in a segment file; larger ones a DuckDB file with a row number, served by the reader
 * process. No call here runs a query of the user again.
 */
import type { Readable } from 'node:stream';
import type { Footprint } from '../../interpreters/parquet.ts';
import type { ChartSpec } from '../protocol/chart.ts';
import type { NotebookId, ParagraphId, ResultId, RunId } from '../protocol/ids.ts';
import type { SessionKey } from '../protocol/keys.ts';
import type { Column } from '../protocol/outputs.ts';
import type { PivotStatement } from '../protocol/pivot/answer.ts';
import type { PivotSpec } from '../protocol/pivot.ts';
import type { Narrow } from '../protocol/table/narrow.ts';
import type { ColumnProfile } from '../protocol/table/profile.ts';
import type { RangeSums } from '../protocol/table/sums.ts';
import type { NamedResult } from '../sessions/contract.ts';
import type { Preparation, Prepared } from './downloads.ts';
import type { Asker } from './reader/turns.ts';

export type ResultInfo = {
  readonly id: ResultId;
  readonly notebook: NotebookId;
  readonly run: RunId;
  readonly columns: readonly Column[];
  readonly rows: number;
  readonly bytes: number;
  readonly state: 'open' | 'kept' | 'dropped';
};

export type Sort = readonly { readonly column: string; readonly descending: boolean }[];
export type Format = 'json' | 'jsonl' | 'arrow' | 'csv' | 'tsv' | 'parquet' | 'xlsx';

export type WindowQuery = {
  readonly offset: number;
  /** Absent: all rows, streamed. */
  readonly limit?: number;
  readonly sort: Sort;
  readonly format: Format;
  /** Absent: all rows. `offset` and `limit` count those that match. */
  readonly narrow?: Narrow;
  /** How CSV and TSV are written. */
  readonly written?: Written;
};

export const SEPARATORS = [',', ';', '\t', '|'] as const;
export type Written = {
  readonly separator?: (typeof SEPARATORS)[number];
  /** A byte order mark, by which spreadsheets know UTF-8. */
  readonly mark: boolean;
  /** Texts that a spreadsheet would take for a formula begin with an apostrophe. */
  readonly guard: boolean;
};

/** A sorted and filtered table. */
export type View = { readonly sort: Sort; readonly narrow: Narrow };
export type SummedRange = { readonly columns: readonly string[]; readonly from: number; readonly to: number };
/** `fraction` of the work, 1 when it is done; `rows` that match, so far. */
export type Progress = { readonly fraction: number; readonly rows: number };

/** `id` is made by `newResultId(key)`, of the session that runs. The latest large result of each paragraph outlives others in the budget. */
export type ResultOwner = {
  readonly notebook: NotebookId;
  readonly paragraph: ParagraphId;
  readonly run: RunId;
  readonly id: ResultId;
};

export interface Results {
  /** The first rows of a result that is still being written: windows are served from them. */
  open(owner: ResultOwner, columns: readonly Column[], block: Uint8Array | undefined, rows: number): void;
  /** Keeps a small result; durable when it resolves with the bytes it takes. Rejects with AppError, as keepFile does. */
  keepBlock(owner: ResultOwner, columns: readonly Column[], rows: number, block: Uint8Array): Promise<number>;
  /**
   * Takes a finished result file away from the session's `out`, or one that was linked for it, if it is what `linked` says; durable
   * when it resolves with its bytes. Rejects: quota-exceeded, storage-read-only, source-changed.
   */
  keepFile(
    owner: ResultOwner,
    columns: readonly Column[],
    rows: number,
    file: string,
    linked?: Footprint,
  ): Promise<number>;
  /** They are this run's from now on, as new as it is: it shows what another made. False where one of them is gone. */
  renew(ids: readonly ResultId[], run: RunId): Promise<boolean>;
  /** The run ended before its table was whole. */
  abandon(id: ResultId): void;
  /** Finds a result by its id alone; reads the notebook's manifest where that is not in memory. */
  info(id: ResultId): Promise<ResultInfo | undefined>;
  /** How a session gets at it; undefined when it was dropped, or is a linked file that was changed. */
  source(id: ResultId): Promise<NamedResult['source'] | undefined>;
  /** Without `asker`, here and below, it is the server that asks. Rejects with AppError: not-found, result-gone, source-changed, result-open, unknown-column. Aborting ends the reader's work. */
  window(
    id: ResultId,
    query: WindowQuery,
    signal: AbortSignal,
    asker?: Asker,
  ): Promise<{ readonly contentType: string; readonly body: Readable | Uint8Array }>;
  /** Makes all rows in one form into a file, or says how far that is. Whoever aborts it gives it up. Rejects as `window` does, and with not-prepared. */
  prepare(id: ResultId, query: WindowQuery, signal: AbortSignal, asker?: Asker): Promise<Preparation>;
  /** What was prepared; with `wait` it is prepared now. Undefined where there is nothing, or no room. Rejects as `window` does. */
  prepared(
    id: ResultId,
    query: WindowQuery,
    wait: boolean,
    signal: AbortSignal,
    asker?: Asker,
  ): Promise<Prepared | undefined>;
  /**
   * A chart of all rows, aggregated where they lie, as `ChartAnswer` in JSON. Rejects with AppError as `window` does, and with
   * bad-request where the columns can't be drawn so.
   */
  chart(
    id: ResultId,
    spec: ChartSpec,
    narrow: Narrow,
    signal: AbortSignal,
    asker?: Asker,
  ): Promise<{ readonly contentType: string; readonly body: Readable | Uint8Array }>;
  /**
   * A pivot of the rows that `narrow` leaves, as `PivotAnswer` in JSON. Without `spec` one is chosen. Rejects with AppError as
   * `window` does, and with bad-request where these columns make no such pivot.
   */
  pivot(
    id: ResultId,
    spec: PivotSpec | undefined,
    narrow: Narrow,
    signal: AbortSignal,
    asker?: Asker,
  ): Promise<{ readonly contentType: string; readonly body: Readable | Uint8Array }>;
  /** The statement that gives the same pivot of a table called `name`. */
  pivotStatement(
    id: ResultId,
    spec: PivotSpec | undefined,
    narrow: Narrow,
    name: string,
    signal: AbortSignal,
    asker?: Asker,
  ): Promise<PivotStatement>;
  /**
   * How far the view has come that windows wait for. A search is begun by this; the answer comes when `enough` rows match, or
   * after a moment, and aborting gives the search up.
   */
  progress(id: ResultId, view: View, enough: number, signal: AbortSignal, asker?: Asker): Promise<Progress>;
  /** A column at a glance. Rejects as `window` does. */
  profile(id: ResultId, column: string, narrow: Narrow, signal: AbortSignal, asker?: Asker): Promise<ColumnProfile>;
  /** What some columns of a view come to, from the row at `from` to before that at `to`. Rejects as `window` does. */
  sums(id: ResultId, view: View, range: SummedRange, signal: AbortSignal, asker?: Asker): Promise<RangeSums>;
  /** Call after a run has ended. Drops until within both budgets, oldest first, the latest of each paragraph last; tells what went. */
  enforceBudget(): Promise<readonly ResultId[]>;
  /** The records of these runs were forgotten: their results go. */
  forget(ids: readonly ResultId[]): Promise<void>;
  /** Lets go of the records of this session's results, which are about to be removed for ever. */
  leave(key: SessionKey): Promise<void>;
  close(): Promise<void>;
}
