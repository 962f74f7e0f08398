/** What the end of bash means: done, or a failure that names the code or the signal and, where bash knows it, the line. */
import { constants } from 'node:os';
import { type FailureParts, failure } from '../errors.ts';
import type { Outcome } from '../protocol.ts';

export type Ended = {
  readonly code: number | null;
  readonly signal: string | null;
  /** `STATUS LINE COMMAND` of the command that ended the shell, as the ERR trap noted it. */
  readonly noted: string;
  /** The last text on stderr. */
  readonly stderr: string;
  readonly source: string;
};

/** Characters of a command that a message quotes. */
const QUOTED = 120;
/** 128 and the number of a signal. */
const BY_SIGNAL = 128;
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

const SAID = /^bash: (?:eval: )?line (\d+): (.+)$/gm;

export function outcomeOf(ended: Ended): Outcome {
  if (ended.code === 0) return { state: 'done' };
  if (ended.code === null) {
    const message = `bash was ended by ${ended.signal ?? 'a signal'}.`;
    return { state: 'failed', failure: failure('exit-code', message, { hint: HINTS.signal }) };
  }
  const noted = /^(\d+) (\d+) ([\s\S]*)$/.exec(ended.noted);
  const isNoted = noted !== null && Number(noted[1]) === ended.code;
  const messages = [...ended.stderr.trimEnd().matchAll(SAID)];
  // An unset variable or a syntax error is no failing command, but ends bash at once: its message is the last text.
  const found = isNoted
    ? messages.at(-1)
    : messages.find(({ index, 0: text }) => ended.stderr.trimEnd().length === index + text.length);
  const line = lineIn(ended.source, isNoted ? noted[2] : found?.[1]);
  const signal = signalOf(ended.code);
  const what = signal === undefined ? `exit code ${ended.code}` : `exit code ${ended.code}, ${signal}`;
  // bash's own words, where they are about the same line; of a signal it only tells the pid.
  const syntax = messages.findLast(({ 1: at, 2: text }) => at === found?.[1] && text?.startsWith('syntax error'));
  const isSaid = signal === undefined && (!isNoted || found?.[1] === noted[2]);
  const said = isSaid ? (syntax ?? found)?.[2] : undefined;
  const about = said ?? (line?.text || noted?.[3] || '');
  const hint = hintOf(ended.code, signal);
  const parts: FailureParts = {
    ...(line === undefined ? {} : { line: line.number }),
    ...(hint === undefined ? {} : { hint }),
  };
  const message = `It ended with ${what}${about === '' ? '.' : `: ${short(about)}`}`;
  return { state: 'failed', failure: failure('exit-code', message, parts) };
}

const short = (text: string): string => {
  const [first = ''] = text.split('\n');
  return first.length < text.length || first.length > QUOTED ? `${first.slice(0, QUOTED)} …` : first;
};

/** bash counts lines of what it sourced and of functions of other paragraphs too: only one of this text is told. */
function lineIn(
  source: string,
  line: string | undefined,
): { readonly number: number; readonly text: string } | undefined {
  const number = Number(line);
  const text = source.split('\n')[number - 1];
  return text === undefined ? undefined : { number, text: text.trim() };
}

function signalOf(code: number): string | undefined {
  return Object.entries(constants.signals).find(([, number]) => number === code - BY_SIGNAL)?.[0];
}

const HINTS = {
  missing:
    'The programs of this machine under /usr are there, with no network. Tables are in SQL: write “tables/NAME.parquet”.',
  forbidden: 'Run a script by its interpreter: “bash script.sh”. Only the session folder and /tmp can be written.',
  signal: 'Something ended it from outside: memory may have run out, or the text sent the signal itself.',
  pipe: 'Its reader closed the pipe, as “… | head” does; with “set -o pipefail” that counts as a failure.',
} as const;

function hintOf(code: number, signal: string | undefined): string | undefined {
  if (code === NOT_FOUND) return HINTS.missing;
  if (code === NOT_EXECUTABLE) return HINTS.forbidden;
  if (signal === 'SIGPIPE') return HINTS.pipe;
  return signal === undefined ? undefined : HINTS.signal;
}
