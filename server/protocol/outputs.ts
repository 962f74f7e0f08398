/**
 * What a run shows. An output is data of one shape for the live page, the record on disk and the API.
 * Tables are named by their result; their rows travel as Arrow IPC streams, never as JSON, except where the API asks.
 */
import type { ResultId } from './ids.ts';

export type Column = {
  readonly name: string;
  /** The engine's own name of the type, e.g. `DECIMAL(18,3)`, `TIMESTAMP WITH TIME ZONE`, `STRUCT(a INTEGER)[]`. */
  readonly type: string;
};

export type TextStream = 'stdout' | 'stderr' | 'value';

export type TextOutput = {
  readonly kind: 'text';
  readonly stream: TextStream;
  readonly text: string;
  /** Characters left out after the cap; absent when whole. */
  readonly omitted?: number;
  /** Characters that are kept and not in this copy: `GET /runs/:id/outputs/:index/text` has them. Only in what pages are sent. */
  readonly cut?: number;
};

export type TableOutput = Rows & { readonly kind: 'table'; readonly name?: string };

/** What is told of a result. */
export type Rows = {
  readonly result: ResultId;
  readonly columns: readonly Column[];
  /** Rows so far while `open`, all rows afterwards. */
  readonly rows: number;
  /** Bytes the result takes on disk; 0 while open. */
  readonly bytes: number;
  /** Whether more rows may come. */
  readonly open?: true;
  /** The first rows, an Arrow IPC stream in base64. Only in live events and only up to `INLINE_BLOCK_BYTES`. */
  readonly block?: string;
  /** The result was removed to stay within the budget: the record stays, and "run again" is offered. */
  readonly dropped?: true;
};

export type ErrorOutput = {
  readonly kind: 'error';
  readonly code: string;
  readonly message: string;
  /** 1-based, in the paragraph's text. */
  readonly line?: number;
  readonly column?: number;
  /** Characters from `column` on that are at fault. */
  readonly length?: number;
  readonly hint?: string;
  /** A one-click mend: the characters at (line, column, length) replaced by `replacement`. */
  readonly fix?: { readonly replacement: string };
  /** Details folded away: a stack, the engine's own words. */
  readonly detail?: string;
};

/** Characters that are kept and not in this copy: `GET /runs/:id/outputs/:index/text` has all. Only in what pages are sent. */
type Cut = { readonly cut?: number };

/** Written by code: shown in a sandboxed frame only. */
export type HtmlOutput = Cut & { readonly kind: 'html'; readonly html: string };
export type MarkdownOutput = Cut & { readonly kind: 'markdown'; readonly text: string };
export type ImageType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'image/svg+xml';
export type ImageOutput = Cut & {
  readonly kind: 'image';
  readonly type: ImageType;
  /** base64. */
  readonly data: string;
  readonly alt?: string;
};
/** A result that a chart draws, under the name its spec calls it. */
export type ChartData = Rows & { readonly name: string };
/** A Vega-Lite chart that a person or a program wrote: drawn in a sandboxed frame, its data fetched as Arrow. */
export type ChartOutput = Cut & {
  readonly kind: 'chart';
  /** Vega-Lite as JSON text. */
  readonly spec: string;
  readonly data: readonly ChartData[];
  /** Of what its rows are, where they are not all there are. */
  readonly notes?: readonly RowsNote[];
};
/** Rows of `table` that a chart draws, `shown` of `of`: a sample, the ends of each step of a line, or the first of them. */
export type RowsNote = {
  readonly kind: 'sampled' | 'thinned' | 'first';
  readonly table: string;
  readonly shown: number;
  readonly of: number;
  /** What of the spec the engine does not do, so that all rows had to be sent. */
  readonly why?: {
    readonly kind: 'transform' | 'mark' | 'aggregate' | 'expression' | 'field' | 'other';
    readonly name: string;
  };
};
/** What code made to be looked at. */
export type MadeOutput = HtmlOutput | MarkdownOutput | ImageOutput | ChartOutput;

export type Output = TextOutput | TableOutput | ErrorOutput | MadeOutput;

/** Up to this size a block rides in the run event itself: one round trip less for the small results that most runs are. */
export const INLINE_BLOCK_BYTES = 64 * 1024;
/** A result up to both limits is one Arrow block, kept in the segment files; a larger one gets a file of its own. */
export const SMALL_RESULT_ROWS = 10_000;
export const SMALL_RESULT_BYTES = 1024 * 1024;
/** Characters of text kept of one run; the rest is counted in `omitted`. */
export const TEXT_LIMIT = 1024 * 1024;
/** Characters of html, markdown, images and charts kept of one run, all together; what comes then is counted. */
export const MADE_LIMIT = 32 * 1024 * 1024;
/** Of each of these pages are sent no more than this; longer ones they fetch when somebody comes near. */
export const INLINE_MADE_CHARACTERS = 16 * 1024;
/** Rows and bytes of a chart's data: what a page takes in without a pause. More is to be aggregated where it lies. */
export const CHART_ROWS = 100_000;
export const CHART_BYTES = 64 * 1024 * 1024;
