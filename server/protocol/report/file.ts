/**
 * What a report in one file holds, as JSON: what the server puts there and the script in the file draws. All of it is bounded,
 * and it says what was left out. Nothing in it is fetched, and nothing in it is looked up anywhere.
 */
import type { AnyAnswer } from '../chart/answer.ts';
import type { Chart } from '../chart/choose.ts';
import type { ParagraphId } from '../ids.ts';
import type {
  Column,
  ErrorOutput,
  HtmlOutput,
  ImageOutput,
  ImageType,
  MarkdownOutput,
  RowsNote,
  TextOutput,
} from '../outputs.ts';
import type { PivotAnswer } from '../pivot/answer.ts';
import type { PivotSpec } from '../pivot.ts';
import type { ColumnFormat } from '../table/settings.ts';
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
/** Characters of one table, so that no single one takes the room of all others. */
export const FILE_TABLE = FILE_MOST / 4;
/** Bytes of one picture of `data/`: a photograph. In base64 a third more. */
export const FILE_PICTURE = 4_000_000;

/** A value as it is shown; numbers stay numbers, so that a column of them sorts. */
export type FileCell = string | number | boolean | null;

export type FileTable = {
  readonly kind: 'table';
  readonly columns: readonly Column[];
  /** How a writer wants each column read, where any is to be read otherwise. */
  readonly formats?: readonly (ColumnFormat | null)[];
  readonly rows: readonly (readonly FileCell[])[];
  /** Of the whole table. */
  readonly total: number;
  /** Of all columns that are shown. */
  readonly width: number;
  /** Only rows that a writer’s filters leave. */
  readonly narrowed?: true;
  /** There are more of them. */
  readonly more?: true;
  /** Some of them had no room in the file. */
  readonly short?: true;
  readonly cut?: true;
};

export type FilePivot = {
  readonly kind: 'pivot';
  readonly spec: PivotSpec;
  readonly answer: PivotAnswer;
  /** Rows of the table that it is made of. */
  readonly total: number;
  readonly short?: true;
};

export type FileChart = {
  readonly kind: 'drawing';
  readonly chart: Chart;
  readonly answer: AnyAnswer;
  readonly columns: readonly Column[];
  readonly total: number;
};

/** A chart that a person or a program wrote, with its rows as Arrow in base64. */
export type FileSpec = {
  readonly kind: 'spec';
  readonly spec: string;
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly arrow: string }[];
  /** Of what its rows are, where they are not all there are. */
  readonly notes?: readonly RowsNote[];
};

/** What is not in the file, and why. */
export type FileLeft = { readonly kind: 'left'; readonly what: string; readonly why: 'size' | 'gone' | 'drawing' };

/** A picture of `data/` that prose shows, in base64; else why it is not there. */
export type FilePicture =
  | { readonly type: ImageType; readonly data: string }
  | { readonly left: 'absent' | 'size' | 'kind' };

export type FileOutput =
  | FileTable
  | FilePivot
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
  /** How wide its column is beside others, where it is not as wide as they are. */
  readonly span?: number;
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
  /** By the names that prose calls them. */
  readonly pictures: readonly (readonly [string, FilePicture])[];
  /** It is for paper: in light colours with all its rows. `ask`: it opens the dialog to print itself. */
  readonly paper?: 'ask' | 'given';
};
