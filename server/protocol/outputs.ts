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

export type TableOutput = {
  readonly kind: 'table';
  readonly result: ResultId;
  readonly name?: string;
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

/** Written by code: shown in a sandboxed frame only. */
export type HtmlOutput = { readonly kind: 'html'; readonly html: string };
export type MarkdownOutput = { readonly kind: 'markdown'; readonly text: string };
export type ImageType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'image/svg+xml';
export type ImageOutput = {
  readonly kind: 'image';
  readonly type: ImageType;
  /** base64. */
  readonly data: string;
  readonly alt?: string;
};
/** A Vega-Lite chart that a person or a program wrote: drawn in a sandboxed frame, its data fetched as Arrow. */
export type ChartOutput = {
  readonly kind: 'chart';
  /** Vega-Lite as JSON text. */
  readonly spec: string;
  /** The results that hold its data, under the names the spec calls them. */
  readonly data: readonly (Omit<TableOutput, 'kind' | 'name' | 'open'> & { readonly name: string })[];
};

export type Output = TextOutput | TableOutput | ErrorOutput | HtmlOutput | MarkdownOutput | ImageOutput | ChartOutput;

/** Up to this size a block rides in the run event itself: one round trip less for the small results that most runs are. */
export const INLINE_BLOCK_BYTES = 64 * 1024;
/** A result up to both limits is one Arrow block, kept in the segment files; a larger one gets a file of its own. */
export const SMALL_RESULT_ROWS = 10_000;
export const SMALL_RESULT_BYTES = 1024 * 1024;
/** Characters of text kept of one run; the rest is counted in `omitted`. */
export const TEXT_LIMIT = 1024 * 1024;
