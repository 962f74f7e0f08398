/**
 * What a report in one file holds, as JSON: what the server puts there and the script in the file draws. All of it is bounded,
 * and it says what was left out. Nothing in it is fetched, and nothing in it is looked up anywhere.
 */
import type { ChartAnswer } from '../chart/answer.ts';
import type { Chart } from '../chart/choose.ts';
import type { ParagraphId } from '../ids.ts';
import type { Column, ErrorOutput, HtmlOutput, ImageOutput, MarkdownOutput, TextOutput } from '../outputs.ts';
import type { Layout, Place } from './layout.ts';

/** Rows of one table: a few dozen pages of paper, and a page that opens at once. */
export const FILE_ROWS = 1_000;
/** Columns of one table: nobody reads more across, and each is 1,000 values. */
export const FILE_COLUMNS = 100;
/** Characters of one value. */
export const FILE_CELL = 1_000;
/** Characters of one text, of HTML or of Markdown. */
export const FILE_TEXT = 1_000_000;
/** Characters of all tables, texts and pictures together: a file that is sent by mail. What comes after is left out, and said so. */
export const FILE_MOST = 20_000_000;

/** A value as it is shown; numbers stay numbers, so that a column of them sorts. */
export type FileCell = string | number | boolean | null;

export type FileTable = {
  readonly kind: 'table';
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly FileCell[])[];
  /** Of the whole table. */
  readonly total: number;
  /** Of all columns. */
  readonly width: number;
  readonly cut?: true;
};

export type FileChart = {
  readonly kind: 'drawing';
  readonly chart: Chart;
  readonly answer: ChartAnswer;
  readonly columns: readonly Column[];
  readonly total: number;
};

/** A chart that a person or a program wrote, with its rows as Arrow in base64. */
export type FileSpec = {
  readonly kind: 'spec';
  readonly spec: string;
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly arrow: string }[];
};

/** What is not in the file, and why. */
export type FileLeft = { readonly kind: 'left'; readonly what: string; readonly why: 'size' | 'gone' | 'drawing' };

export type FileOutput =
  | FileTable
  | FileChart
  | FileSpec
  | FileLeft
  | TextOutput
  | ErrorOutput
  | HtmlOutput
  | MarkdownOutput
  | ImageOutput;

export type FileParagraph = {
  readonly id: ParagraphId;
  readonly interpreter: string;
  readonly place: Place;
  /** Prose with the values of its forms; code where it is shown. */
  readonly source?: string;
  readonly state?: 'not-run' | 'failed' | 'cancelled';
  readonly outputs: readonly FileOutput[];
};

export type ReportFile = {
  readonly title: string;
  /** Of the notebook in its workspace, where that is told. */
  readonly path?: string;
  /** When the newest of what it shows ended: ISO 8601, UTC. */
  readonly ran?: string;
  readonly layout: Layout;
  /** Values of its forms as people read them. */
  readonly values: readonly { readonly label: string; readonly value: string }[];
  readonly paragraphs: readonly FileParagraph[];
  /** It is for paper: in light colours with all its rows. `ask`: it opens the dialog to print itself. */
  readonly paper?: 'ask' | 'given';
};
