/** Words of a headless run on a terminal: durations, counts, what an output is, and a failure with the line it is at. */
import type { ErrorOutput, Output } from '../protocol/outputs.ts';
import type { EndReason, Run } from '../protocol/runs.ts';
import type { Step } from './notebook.ts';

export type Paint = (style: 'red' | 'green' | 'dim' | 'bold', text: string) => string;

const CODES = { red: 31, green: 32, dim: 2, bold: 1 } as const;
export const painter =
  (colours: boolean): Paint =>
  (style, text) =>
    colours && text !== '' ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text;

/** 0.04 s, 2.3 s, 12 s, 3 min 4 s, 1 h 2 min. */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 1) return `${seconds.toFixed(2)} s`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;

/** What a run showed, in a few words: `3,000,000 rows`, `2 tables, text`. */
export function shown(outputs: readonly Output[]): string {
  const tables = outputs.filter((output) => output.kind === 'table');
  const others = ['chart', 'image', 'html', 'markdown', 'text'] as const;
  const rows = tables.length === 1 ? [count(tables[0]!.rows, 'row')] : [];
  return [
    ...rows,
    ...(tables.length > 1 ? [count(tables.length, 'table')] : []),
    ...others.flatMap((kind) => {
      const found = outputs.filter((output) => output.kind === kind).length;
      if (found === 0) return [];
      return [found === 1 || kind === 'text' ? kind : `${found} ${kind}s`];
    }),
  ].join(', ');
}

const REASONS: Readonly<Record<EndReason, string>> = {
  'after-failure': 'not run',
  asked: 'cancelled',
  deleted: 'deleted',
  'process-gone': 'its process ended',
  'memory-limit': 'it passed the limit of memory',
  'time-limit': 'it passed the limit of time',
  'output-limit': 'it passed the limit of output',
  'disk-limit': 'it passed the limit of disk',
};

export const reasonText = (reason: EndReason): string => REASONS[reason];

/** Lines of the text around a failure. */
const SHOWN_CHARACTERS = 160;

/** Where it is in the file, what is wrong, the line with the place marked, and what to do. `path` is as the user knows it. */
export function failureLines(
  path: string,
  step: Step,
  run: Pick<Run, 'source'>,
  failure: ErrorOutput,
  paint: Paint,
): readonly string[] {
  const { line, column = 1, code, message, hint, fix, detail } = failure;
  const at = line === undefined ? step.line : step.line + line;
  const place = line !== undefined && failure.column !== undefined ? `${at}:${column}` : `${at}`;
  const text = line === undefined ? undefined : run.source.split('\n')[line - 1];
  const marked = text === undefined ? [] : markedLine(text, failure.column, failure.length ?? 1, paint);
  const mend = fix && failure.column !== undefined ? [`Did you mean ${fix.replacement}?`] : [];
  return [
    `${paint('bold', `${path}:${place}`)} ${message} ${paint('dim', `(${code})`)}`,
    ...marked,
    ...mend,
    ...(hint && mend.length === 0 ? [hint] : []),
    ...(detail && marked.length === 0
      ? detail
          .split('\n')
          .slice(0, 20)
          .map((one) => paint('dim', one))
      : []),
  ].map((one) => `  ${one}`);
}

/** The line, cut around the place in a long one, and marks below it. */
function markedLine(text: string, column: number | undefined, length: number, paint: Paint): readonly string[] {
  const characters = [...text.replace(/\t/g, ' ')];
  const place = Math.min(characters.length, Math.max(0, [...text.slice(0, (column ?? 1) - 1)].length));
  const from = place > SHOWN_CHARACTERS - 40 ? place - 40 : 0;
  const cut = characters.slice(from, from + SHOWN_CHARACTERS).join('');
  const marks = Math.max(1, Math.min(length, SHOWN_CHARACTERS - (place - from)));
  return [
    `    ${cut}`,
    ...(column === undefined ? [] : [`    ${' '.repeat(place - from)}${paint('red', '^'.repeat(marks))}`]),
  ];
}

/** The error that ended the run, if one did. */
export const failureOf = (run: Run): ErrorOutput | undefined => {
  const last = run.outputs.findLast((output) => output.kind === 'error');
  return last?.kind === 'error' ? last : undefined;
};
