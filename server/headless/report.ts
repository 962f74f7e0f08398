/** `--output`: the run as a file: a report as HTML, PDF or Markdown for people, JSON for programs (`docs/headless.md`). */
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { showRun } from '../http/schemas.ts';
import { tablesBefore } from '../protocol/chart/option.ts';
import { PROSE } from '../protocol/document.ts';
import type { FormValues } from '../protocol/forms.ts';
import type { ResultId } from '../protocol/ids.ts';
import type { FileOutput } from '../protocol/report/file.ts';
import { isHidden, placeOf, spanOf } from '../protocol/report/layout.ts';
import type { Run } from '../protocol/runs.ts';
import { findChromium, NO_CHROMIUM } from '../report/chromium.ts';
import { collect, type Reader, type Shown } from '../report/collect.ts';
import { pivotOf } from '../report/drawings.ts';
import { openReportPages } from '../report/page.ts';
import { PrintFailure, pdfOf } from '../report/pdf.ts';
import { picturesOf } from '../report/pictures.ts';
import { tableRows } from '../report/tables.ts';
import { shownValues } from '../report/values.ts';
import type { Results } from '../results/contract.ts';
import { dataFiles } from '../workspace/data.ts';
import type { Job } from './job.ts';
import { markdownReport, REPORT_ROWS } from './markdown.ts';
import type { Notebook } from './notebook.ts';
import { firstRows, type Row, writeWhole } from './tables.ts';

/** Rows of each table in a JSON report: enough to see what it holds; `--results` writes all. */
export const JSON_ROWS = 100;

export type Ran = {
  readonly state: 'done' | 'failed' | 'cancelled';
  readonly started: number;
  readonly ended: number;
  readonly runs: readonly Run[];
};

export type Writing = {
  readonly job: Pick<Job, 'path' | 'workspace'>;
  readonly notebook: Notebook;
  readonly ran: Ran;
  readonly values: FormValues;
  readonly results: Reader;
  /** Where the package lies. */
  readonly root: string;
  readonly signal: AbortSignal;
};

/** Rejects with what the disk, the reader or Chromium said. */
export async function writeReport(output: NonNullable<Job['output']>, on: Writing): Promise<void> {
  await mkdir(dirname(output.file), { recursive: true });
  const { signal } = on;
  switch (output.form) {
    case 'html':
      return writeWhole(output.file, [await htmlReport(on, output.code)], signal);
    case 'pdf': {
      // There was one when the run began.
      const program = findChromium(process.env.PATH ?? '');
      if (program === undefined) throw new PrintFailure(NO_CHROMIUM);
      const html = await htmlReport(on, output.code, 'given');
      return writeWhole(output.file, [await pdfOf(html, program, output.paper, signal)], signal);
    }
    case 'json': {
      const rows = await rowsOf(on.ran.runs, JSON_ROWS, on.results, signal);
      const text = JSON.stringify(jsonReport(on.job, on.notebook, on.ran, rows), null, 2);
      return writeWhole(output.file, [`${text}\n`], signal);
    }
    case 'md':
      return writeMarkdown(output.file, on);
  }
}

async function writeMarkdown(file: string, { job, notebook, ran, results, signal }: Writing): Promise<void> {
  const shown = await tablesOf(notebook, ran.runs, results, signal);
  const folder = `${basename(file, '.md')}-files`;
  const { text, pictures } = markdownReport({
    ...ran,
    title: notebook.title,
    path: job.path,
    paragraphs: notebook.paragraphs.filter(({ options }) => !isHidden(options)),
    runs: new Map(ran.runs.map((run) => [run.paragraph, run])),
    tableOf: (result) => shown.get(result),
    folder,
  });
  const beside = join(dirname(file), folder);
  if (pictures.length > 0) await mkdir(beside, { recursive: true });
  for (const { name, bytes } of pictures) await writeWhole(join(beside, name), [bytes], signal);
  await writeWhole(file, [text], signal);
}

async function htmlReport(on: Writing, code: boolean, paper?: 'given'): Promise<string> {
  const { job, notebook, ran, values, results, root, signal } = on;
  const runs = new Map<string, Run>(ran.runs.map((run) => [run.paragraph, run]));
  const shown = notebook.paragraphs.map(({ id, interpreter, source, options }): Shown => {
    const run = runs.get(id);
    const isShown = interpreter === PROSE || code;
    return {
      id,
      interpreter,
      place: placeOf(options),
      span: spanOf(options),
      chart: options.chart,
      layout: options.table,
      ...(isShown ? { source } : {}),
      ...(run ? { run } : {}),
    };
  });
  return openReportPages(join(root, 'dist', 'report')).page({
    title: notebook.title,
    path: job.path,
    ran: new Date(ran.ended).toISOString(),
    layout: notebook.layout,
    values: shownValues(notebook.forms, values),
    ...(await collect(
      shown,
      {
        results,
        pictures: picturesOf(job.path, dataFiles(job.workspace, join(job.workspace, '.gondola'))),
        dates: notebook.dates,
      },
      signal,
    )),
    ...(paper ? { paper } : {}),
  });
}

function jsonReport(
  { path }: Pick<Job, 'path'>,
  { title }: Notebook,
  { state, started, ended, runs }: Ran,
  rows: ReadonlyMap<string, readonly Row[]>,
) {
  return {
    notebook: path,
    title,
    state,
    started,
    ended,
    runs: runs.map((run) => {
      const shown = showRun(run);
      const outputs = shown.outputs.map((output) =>
        output.kind === 'table' ? { ...output, first: rows.get(output.result) ?? [] } : output,
      );
      return { ...shown, outputs };
    }),
  };
}

/** What each table shows: its rows as they are laid out, or its pivot. */
async function tablesOf(
  { paragraphs }: Notebook,
  runs: readonly Run[],
  results: Reader,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, FileOutput>> {
  const options = new Map(paragraphs.map((one) => [one.id, one.options]));
  const found = new Map<string, FileOutput>();
  for (const { paragraph, outputs } of runs)
    for (const [at, output] of outputs.entries()) {
      if (output.kind !== 'table' || output.dropped || found.has(output.result)) continue;
      const { chart, table: layout } = options.get(paragraph) ?? {};
      const how = { index: tablesBefore(outputs, at), chart, layout, mayRead: true };
      const pivot = await pivotOf(output, how, results, signal);
      const isPivot = pivot?.kind === 'pivot';
      found.set(output.result, isPivot ? pivot : await tableRows(output, how, results, signal, REPORT_ROWS));
    }
  return found;
}

async function rowsOf(
  runs: readonly Run[],
  limit: number,
  results: Pick<Results, 'window'>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Row[]>> {
  const found = new Map<ResultId, readonly Row[]>();
  for (const output of runs.flatMap(({ outputs }) => outputs)) {
    if (output.kind !== 'table' || output.dropped || found.has(output.result)) continue;
    found.set(output.result, await firstRows(results, output.result, limit, signal));
  }
  return found;
}
