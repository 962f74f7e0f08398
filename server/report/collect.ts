/**
 * What a report in one file holds, gathered from what its paragraphs show: rows, charts and pivots read through the results
 * reader as pages read them, pictures of `data/` that its prose shows, within the bounds of `protocol/report/file.ts`. Who may
 * see what was decided before: whatever is handed in may be in the file, and of a table that shows its chart or its pivot that
 * alone is. Once the file is full no more rows are read.
 */
import { AppError } from '../errors.ts';
import type { Dated } from '../protocol/annotations.ts';
import { tablesBefore, viewAt } from '../protocol/chart/option.ts';
import { contentOf, isLong } from '../protocol/content.ts';
import { PROSE } from '../protocol/document.ts';
import type { ParagraphId } from '../protocol/ids.ts';
import type { Output } from '../protocol/outputs.ts';
import {
  FILE_MOST,
  FILE_PICTURE,
  FILE_TEXT,
  type FileOutput,
  type FileParagraph,
  type FilePicture,
  type ReportFile,
} from '../protocol/report/file.ts';
import type { Place } from '../protocol/report/layout.ts';
import type { RunPhase } from '../protocol/runs.ts';
import type { Results } from '../results/contract.ts';
import { chartOf, type How, pivotOf, specOf } from './drawings.ts';
import { sizeOf } from './page.ts';
import { type PictureFiles, pictureNames, readPicture } from './pictures.ts';
import { TooMuch } from './read.ts';
import { shortened, tableRows } from './tables.ts';

/** A paragraph as it is to be seen; its outputs whole. */
export type Shown = {
  readonly id: ParagraphId;
  readonly interpreter: string;
  readonly place: Place;
  readonly span?: number;
  readonly source?: string;
  /** Of prose that whoever asks filled with values: as its writers left it. What it shows of `data/` is theirs to say. */
  readonly pictured?: string;
  /** Its option `chart`. */
  readonly chart?: unknown;
  /** Its option `table`. */
  readonly layout?: unknown;
  /** Whether the rows of its table of that number may be in the file; absent: all. */
  readonly mayRead?: (index: number) => boolean;
  readonly run?: { readonly phase: RunPhase; readonly outputs: readonly Output[] };
};

export type Reader = Pick<Results, 'window' | 'chart' | 'pivot'>;
export type Collected = Pick<ReportFile, 'paragraphs' | 'pictures'>;

export type Sources = {
  readonly results: Reader;
  readonly pictures: PictureFiles;
  /** Of the notebook, where whoever asks is told them. */
  readonly dates?: readonly Dated[];
};

/** Less room than this holds no table or chart that anybody would miss. */
const LEAST_ROOM = 2_000;

/** Rejects where `signal` aborts; what cannot be read is said in the file. */
export async function collect(
  paragraphs: readonly Shown[],
  { results, pictures, dates = [] }: Sources,
  signal: AbortSignal,
): Promise<Collected> {
  let room = FILE_MOST;
  /** Something had no room. What is small may still have; no more rows are read. */
  let isFull = false;
  const collected: FileParagraph[] = [];
  const named = new Map<string, FilePicture>();

  async function show(text: string): Promise<void> {
    for (const name of pictureNames(text)) {
      if (named.has(name)) continue;
      signal.throwIfAborted();
      // What has no room is not read: a folder may hold thousands.
      const most = Math.min(FILE_PICTURE, Math.floor((room / 4) * 3));
      const picture: FilePicture = room < LEAST_ROOM ? { left: 'size' } : await readPicture(name, pictures, most);
      const isWithin = sizeOf(picture) <= room;
      named.set(name, isWithin ? picture : { left: 'size' });
      if (isWithin) room -= sizeOf(picture);
    }
  }

  async function take(output: Output, how: How): Promise<FileOutput> {
    const left: FileOutput = { kind: 'left', what: output.kind, why: 'size' };
    if (room < LEAST_ROOM || (isFull && showsRows(output, how))) return left;
    const wanted = await one(output, how, results, signal);
    const kept = wanted.kind === 'table' ? shortened(wanted, room) : sizeOf(wanted) <= room ? wanted : undefined;
    isFull ||= kept !== wanted;
    if (!kept) return left;
    room -= sizeOf(kept);
    return kept;
  }

  for (const paragraph of paragraphs) {
    const { id, interpreter, place, span = 1, source, pictured, chart, layout, mayRead = () => true, run } = paragraph;
    if (place === 'hidden') continue;
    const text = source?.slice(0, FILE_TEXT).toWellFormed();
    if (interpreter === PROSE) await show(pictured ?? text ?? '');
    const outputs: FileOutput[] = [];
    for (const [at, output] of (run?.outputs ?? []).entries()) {
      const index = tablesBefore(run?.outputs ?? [], at);
      outputs.push(await take(output, { index, chart, layout, dates, mayRead: mayRead(index) }));
    }
    const state = interpreter === PROSE ? undefined : stateOf(run?.phase);
    collected.push({
      id,
      interpreter,
      place,
      ...(span === 1 ? {} : { span }),
      ...(text === undefined ? {} : { source: text }),
      ...(state ? { state } : {}),
      outputs,
    });
  }
  return { paragraphs: collected, pictures: [...named] };
}

const showsRows = ({ kind }: Output, { chart, index }: How): boolean =>
  kind === 'chart' || (kind === 'table' && viewAt(chart, index) === 'table');

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
    if (output.kind === 'table') {
      if (output.dropped || output.open) return { kind: 'left', what: 'table', why: 'gone' };
      const drawn = (await chartOf(output, how, results, signal)) ?? (await pivotOf(output, how, results, signal));
      if (drawn) return drawn;
      // Whose rows are not given away shows something that is made of them.
      return how.mayRead
        ? await tableRows(output, how, results, signal)
        : { kind: 'left', what: 'table', why: 'drawing' };
    }
    if (output.kind === 'chart') return await specOf(output, results, signal);
    if (isLong(output) && output.kind !== 'image' && contentOf(output).length > FILE_TEXT && output.kind !== 'text')
      return { kind: 'left', what: output.kind, why: 'size' };
    if (output.kind === 'text') return textOf(output);
    return output;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TooMuch) return { kind: 'left', what: output.kind, why: 'size' };
    if (!(error instanceof AppError)) throw error;
    return { kind: 'left', what: output.kind, why: error.code === 'result-gone' ? 'gone' : 'drawing' };
  }
}

function textOf({ cut: _, ...output }: Extract<Output, { kind: 'text' }>): FileOutput {
  const left = Math.max(0, output.text.length - FILE_TEXT) + (output.omitted ?? 0);
  return { ...output, text: output.text.slice(0, FILE_TEXT), ...(left > 0 ? { omitted: left } : {}) };
}
