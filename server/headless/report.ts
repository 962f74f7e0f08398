/** `--output`: the whole run as a file, JSON for programs or Markdown for people (`docs/headless.md`). */
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { showRun } from '../http/schemas.ts';
import type { ResultId } from '../protocol/ids.ts';
import type { Run } from '../protocol/runs.ts';
import type { Results } from '../results/contract.ts';
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

export async function writeReport(
  output: NonNullable<Job['output']>,
  job: Pick<Job, 'path'>,
  notebook: Notebook,
  ran: Ran,
  results: Pick<Results, 'window'>,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(dirname(output.file), { recursive: true });
  const rows = await rowsOf(ran.runs, output.form === 'json' ? JSON_ROWS : REPORT_ROWS, results, signal);
  if (output.form === 'json') {
    await writeWhole(output.file, [`${JSON.stringify(jsonReport(job, notebook, ran, rows), null, 2)}\n`], signal);
    return;
  }
  const folder = `${basename(output.file, '.md')}-files`;
  const { text, pictures } = markdownReport({
    ...ran,
    title: notebook.title,
    path: job.path,
    paragraphs: notebook.paragraphs,
    runs: new Map(ran.runs.map((run) => [run.paragraph, run])),
    rowsOf: (result) => rows.get(result),
    folder,
  });
  const beside = join(dirname(output.file), folder);
  if (pictures.length > 0) await mkdir(beside, { recursive: true });
  for (const { name, bytes } of pictures) await writeWhole(join(beside, name), [bytes], signal);
  await writeWhole(output.file, [text], signal);
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
