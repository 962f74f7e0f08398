/**
 * What a call of `gondola run` asks for, checked before anything is started: files that are there, formats that exist, a
 * notebook that lies in its workspace. Every mistake is a UsageError that says what to write instead.
 */
import { accessSync, constants, existsSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { UsageError } from '../config.ts';
import { NOTEBOOK_SUFFIX } from '../protocol/suffix.ts';
import { findChromium, NO_CHROMIUM } from '../report/chromium.ts';
import { PAPERS, type Paper } from '../report/pdf.ts';

const isPaper = (size: string): size is Paper => Object.hasOwn(PAPERS, size);

export type TableFormat = 'parquet' | 'csv';

export const REPORT_FORMS = ['html', 'pdf', 'md', 'json'] as const;
export type ReportForm = (typeof REPORT_FORMS)[number];

export type Job = {
  /** The notebook as the caller wrote it: what messages name. */
  readonly given: string;
  /** Absolute; its folder without links. */
  readonly file: string;
  /** A real path. */
  readonly workspace: string;
  /** The notebook in the workspace, `/`-separated. */
  readonly path: string;
  readonly results?: { readonly folder: string; readonly format: TableFormat };
  readonly output?: { readonly file: string; readonly form: ReportForm; readonly code: boolean; readonly paper: Paper };
  /** Values of forms as they were written, by name; of a list several. */
  readonly forms: ReadonlyMap<string, readonly string[]>;
  /** Events on stdout. */
  readonly json: boolean;
};

/** As the command line gives them. */
export type RunOptions = {
  readonly workspace?: string;
  readonly results?: string;
  readonly format?: string;
  readonly json?: boolean;
  readonly output?: string;
  /** Code is shown in the report. */
  readonly code?: boolean;
  /** Of a PDF. */
  readonly paper?: string;
  readonly form?: readonly string[];
};

export function jobOf(notebook: string, options: RunOptions): Job {
  const file = notebookFile(notebook);
  const workspace = options.workspace === undefined ? workspaceOf(file) : folderGiven(options.workspace);
  const path = relative(workspace, file);
  if (path.startsWith(`..${sep}`))
    throw new UsageError(`${notebook} does not lie in the workspace ${workspace}. Name a folder above it.`);
  return {
    given: notebook,
    file,
    workspace,
    path: path.split(sep).join('/'),
    forms: formsGiven(options.form ?? []),
    json: options.json === true,
    ...resultsOf(options),
    ...outputsOf(options),
  };
}

function formsGiven(given: readonly string[]): Job['forms'] {
  const forms = new Map<string, string[]>();
  for (const one of given) {
    const at = one.indexOf('=');
    if (at < 1) throw new UsageError(`--form ${one}: write NAME=VALUE.`);
    const name = one.slice(0, at);
    forms.set(name, [...(forms.get(name) ?? []), one.slice(at + 1)]);
  }
  return forms;
}

function notebookFile(given: string): string {
  const path = resolve(given);
  const stats = look('the notebook', given, path);
  if (!stats) throw new UsageError(`there is no file ${given}.`);
  if (stats.isDirectory())
    throw new UsageError(`${given} is a folder. Name one notebook of it: gondola run NOTEBOOK${NOTEBOOK_SUFFIX}`);
  if (!path.endsWith(NOTEBOOK_SUFFIX))
    throw new UsageError(`${given} is no notebook: the name of one ends in ${NOTEBOOK_SUFFIX}.`);
  return join(realpathSync(dirname(path)), basename(path));
}

/** The nearest folder above that is or was served, or has a `gondola.json`; else the notebook's own. */
function workspaceOf(file: string): string {
  for (let at = dirname(file); ; at = dirname(at)) {
    if (existsSync(join(at, 'gondola.json')) || existsSync(join(at, '.gondola'))) return at;
    if (at === dirname(at)) return dirname(file);
  }
}

function folderGiven(given: string): string {
  const path = resolve(given);
  const stats = look('--workspace', given, path);
  if (!stats) throw new UsageError(`there is no folder ${given}.`);
  if (!stats.isDirectory()) throw new UsageError(`${given} is a file, not a folder. A workspace is a folder.`);
  return realpathSync(path);
}

function resultsOf({ results, format }: RunOptions): Pick<Job, 'results'> {
  if (format !== undefined && format !== 'parquet' && format !== 'csv')
    throw new UsageError(`--format is parquet or csv, not ${JSON.stringify(format)}.`);
  if (results === undefined) {
    if (format !== undefined) throw new UsageError('--format says how results are written: it needs --results DIR.');
    return {};
  }
  const folder = resolve(results);
  if (look('--results', results, folder)?.isDirectory() === false)
    throw new UsageError(`--results ${results} is a file, not a folder.`);
  refuseReadOnly('--results', results, folder);
  return { results: { folder, format: format ?? 'parquet' } };
}

function outputsOf({ output, code, paper }: RunOptions): Pick<Job, 'output'> {
  if (output !== undefined) return { output: outputOf(output, code === true, paper) };
  if (paper !== undefined) throw new UsageError('--paper is of a PDF: it needs --output FILE.pdf.');
  if (code) throw new UsageError('--code says what a report shows: it needs --output FILE.html or FILE.pdf.');
  return {};
}

function outputOf(given: string, code: boolean, paper: string | undefined): NonNullable<Job['output']> {
  const file = resolve(given);
  if (file.endsWith('.ipynb'))
    throw new UsageError('--output cannot write .ipynb yet. Give a name that ends in .html, .pdf, .md or .json.');
  const form = REPORT_FORMS.find((one) => file.endsWith(`.${one}`));
  if (!form)
    throw new UsageError(
      `--output ${given}: the name should end in .html, .pdf, .md or .json, which says what is written.`,
    );
  if (code && form !== 'html' && form !== 'pdf')
    throw new UsageError(`--code is for reports as .html and .pdf: a .${form} shows the code anyway.`);
  const size = paper ?? 'a4';
  if (!isPaper(size)) throw new UsageError(`--paper is a4 or letter, not ${JSON.stringify(size)}.`);
  if (paper !== undefined && form !== 'pdf') throw new UsageError('--paper is of a PDF: it needs --output FILE.pdf.');
  if (form === 'pdf' && findChromium(process.env.PATH ?? '') === undefined) throw new UsageError(NO_CHROMIUM);
  if (file.endsWith(NOTEBOOK_SUFFIX))
    throw new UsageError(`--output ${given} would look like a notebook. Choose a name that ends in .md alone.`);
  if (look('--output', given, file)?.isDirectory()) throw new UsageError(`--output ${given} is a folder, not a file.`);
  refuseReadOnly('--output', given, dirname(file));
  return { file, form, code, paper: size };
}

/** Undefined where nothing is there. What cannot be: too long a name, a file where a folder should be, a circle of links. */
function look(option: string, given: string, path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const shown = given.length > LONGEST_SHOWN ? `${given.slice(0, LONGEST_SHOWN)}…` : given;
    throw new UsageError(`${option} ${shown}: ${FAULTS[code] ?? 'it cannot be looked at'} (${code}).`);
  }
}

const LONGEST_SHOWN = 100;
const FAULTS: Readonly<Record<string, string>> = {
  ENAMETOOLONG: 'a part of the name is too long for this disk',
  ENOTDIR: 'a part of it is a file, not a folder',
  EACCES: 'its folder may not be entered',
  ELOOP: 'its links lead round in a circle',
};

/** Better said before a long run than after it. */
function refuseReadOnly(option: string, given: string, folder: string): void {
  let at = folder;
  while (!existsSync(at) && at !== dirname(at)) at = dirname(at);
  if (!look(option, given, at)?.isDirectory())
    throw new UsageError(`${option} ${given}: ${at} is a file, not a folder.`);
  try {
    accessSync(at, constants.W_OK);
  } catch {
    throw new UsageError(`${option} ${given}: the folder ${at} may not be written to.`);
  }
}
