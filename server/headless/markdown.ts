/**
 * `--output FILE.md`: the notebook with what it showed, as Markdown that reads well anywhere: prose as prose, code as fenced
 * blocks, tables with their first rows. Pictures go into a folder beside the report. Pure: rows come in, text goes out; the
 * same run gives the same text but for its times.
 */
import type { Paragraph } from '../protocol/document.ts';
import { PROSE } from '../protocol/document.ts';
import type { ErrorOutput, ImageOutput, Output } from '../protocol/outputs.ts';
import type { FileCell, FileOutput, FileTable } from '../protocol/report/file.ts';
import type { Run } from '../protocol/runs.ts';
import { PIVOT_ROWS, pivotLines } from './pivot.ts';
import { count, duration } from './words.ts';

/** Rows of a table that a report shows. */
export const REPORT_ROWS = 20;
/** Columns beyond this make a table that nobody reads in a text. */
const COLUMNS = 50;
/** Characters of one value. */
const CELL = 200;
/** Characters of one text output: ten screens. */
const TEXT = 20_000;

export type Picture = { readonly name: string; readonly bytes: Uint8Array };
export type Report = { readonly text: string; readonly pictures: readonly Picture[] };

export type ReportOptions = {
  readonly title: string;
  readonly path: string;
  readonly paragraphs: readonly Paragraph[];
  /** The run of each paragraph that had one. */
  readonly runs: ReadonlyMap<string, Run>;
  /** What the table of a result shows: at most so many of its rows, or its pivot. */
  readonly tableOf: (result: string) => FileOutput | undefined;
  readonly state: string;
  readonly started: number;
  readonly ended: number;
  /** The folder for pictures, as the report names it. */
  readonly folder: string;
};

export function markdownReport(options: ReportOptions): Report {
  const { paragraphs, runs, state, started, ended } = options;
  const pictures: Picture[] = [];
  const named = paragraphs
    .find(({ interpreter }) => interpreter === PROSE)
    ?.source.trimStart()
    .startsWith('# ');
  const parts: string[] = named ? [] : [`# ${oneLine(options.title)}`];
  for (const { id, interpreter, source, name } of paragraphs) {
    if (interpreter === PROSE) {
      parts.push(source);
      continue;
    }
    parts.push(fenced(source, name === undefined ? interpreter : `${interpreter} name=${name}`));
    const run = runs.get(id);
    if (!run) continue;
    for (const output of run.outputs) parts.push(show(output));
    if (run.phase.state === 'cancelled')
      parts.push(run.phase.reason === 'after-failure' ? '*Not run.*' : '*Cancelled.*');
    else if (run.phase.state === 'lost') parts.push('*Its process ended.*');
  }
  const when = `${new Date(started).toISOString()}, in ${duration(ended - started)}`;
  parts.push('---', `*${escaped(oneLine(options.path))}: ${state}, ${when}.*`);
  return { text: `${parts.filter((part) => part !== '').join('\n\n')}\n`, pictures };

  function show(output: Output): string {
    switch (output.kind) {
      case 'text':
        return textOf(output.text, output.omitted ?? 0);
      case 'table':
        return shownTable(options.tableOf(output.result), output.rows);
      case 'error':
        return errorOf(output);
      case 'markdown':
        return output.text;
      case 'html':
        return folded('HTML', fenced(output.html, 'html'));
      case 'chart':
        return folded('Chart (Vega-Lite)', fenced(indented(output.spec), 'json'));
      case 'image':
        return imageOf(output);
    }
  }

  function imageOf({ type, data, alt }: ImageOutput): string {
    const name = `${pictures.length + 1}.${type === 'image/svg+xml' ? 'svg' : type.slice('image/'.length)}`;
    pictures.push({ name, bytes: Buffer.from(data, 'base64') });
    return `![${oneLine(alt ?? 'Picture').replace(/[[\]]/g, '')}](<${options.folder}/${name}>)`;
  }
}

/** As written where it is no JSON. */
function indented(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

function textOf(text: string, omitted: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours and moves of a terminal are such characters
  const plain = text.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '').replace(/\n$/, '');
  const kept = plain.slice(0, TEXT);
  const left = plain.length - kept.length + omitted;
  return left === 0 ? fenced(kept, 'text') : `${fenced(kept, 'text')}\n\n*${count(left, 'more character')}.*`;
}

/** Closed by more backticks than any line of it has. */
function fenced(text: string, info: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${info}\n${text}\n${fence}`;
}

const folded = (title: string, body: string): string => `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;

function errorOf({ code, message, line, column, hint, detail }: ErrorOutput): string {
  const place = line === undefined ? '' : ` (line ${line}${column === undefined ? '' : `, column ${column}`})`;
  const lines = [
    `**${code}**${place}: ${escaped(message)}`,
    ...(hint ? ['', escaped(hint)] : []),
    ...(detail ? ['', fenced(detail, 'text')] : []),
  ];
  return lines
    .join('\n')
    .split('\n')
    .map((one) => `> ${one}`.trimEnd())
    .join('\n');
}

function shownTable(shown: FileOutput | undefined, total: number): string {
  if (shown?.kind === 'table') return tableText(shown);
  if (shown?.kind !== 'pivot') return `*${count(total, 'row')}, not shown.*`;
  const { heads, rows, figures } = pivotLines(shown.answer);
  const { matching, rows: down } = shown.answer;
  const note = [
    count(total, 'row'),
    ...(matching < total ? [`${matching} of them counted`] : []),
    ...(down.of > PIVOT_ROWS ? [`the first ${PIVOT_ROWS} of ${down.of} lines shown`] : []),
    ...(heads.length > COLUMNS ? [`${COLUMNS} of ${heads.length} columns`] : []),
  ];
  return linesOf(heads.slice(0, COLUMNS), rows, (at) => at >= figures, note);
}

function tableText({ columns, rows, total, width, narrowed, more }: FileTable): string {
  const heads = columns.slice(0, COLUMNS);
  const some = narrowed ? `${more ? 'the first ' : ''}${rows.length} of those that its filters leave` : undefined;
  const said = [
    count(total, 'row'),
    ...(some ? [some] : more ? [`the first ${rows.length} shown`] : []),
    ...(heads.length < width ? [`${heads.length} of ${width} columns`] : []),
  ];
  return linesOf(
    heads.map(({ name }) => name),
    rows,
    (at) => isNumber(heads[at]?.type ?? ''),
    said,
  );
}

function linesOf(
  heads: readonly string[],
  rows: readonly (readonly FileCell[])[],
  isFigure: (at: number) => boolean,
  said: readonly string[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const head = [line(heads.map(cell)), line(heads.map((_, at) => (isFigure(at) ? '---:' : '---')))];
  const body = rows.map((row) => line(heads.map((_, at) => cell(row[at] ?? null))));
  return `${[...head, ...body].join('\n')}\n\n*${said.join(', ')}.*`;
}

const isNumber = (type: string): boolean =>
  /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\)|BIGNUM)$/.test(type);

function cell(value: FileCell): string {
  if (value === null) return '';
  const text = String(value);
  const characters = [...text];
  return escaped(characters.length > CELL ? `${characters.slice(0, CELL - 1).join('')}…` : text).replace(
    /\r\n?|\n/g,
    '<br>',
  );
}

/** What Markdown would take for its own. */
const escaped = (text: string): string => text.replace(/[\\`*_[\]<>|~]/g, (mark) => `\\${mark}`);
