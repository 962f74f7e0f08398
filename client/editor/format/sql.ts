/**
 * The layout of SQL by a formatter that knows DuckDB's dialect. It sees a mask of the same length: texts, quoted names,
 * comments and forms (`$day`, `${day=2015-01-01}`) stand there as plain ones, so that nothing in them is read or moved. What
 * comes back only says where lines break: the tokens, by the engine's own lexer, have to be the same (`gaps.ts`).
 */
import { duckdb, formatDialect } from 'sql-formatter';
import { placeholdersIn } from '../../../interpreters/placeholders.ts';
import { splitStatements, type Token, tokenize } from '../../../interpreters/sql/lexer.ts';
import type { Splice } from '../splice.ts';
import { gapSplices, type Piece } from './gaps.ts';

export type Formatted = {
  readonly splices: readonly Splice[];
  /** A statement stays as it is: the formatter does not understand it, or it is too long. */
  readonly isLeft: boolean;
};

/** The formatter takes the page's time: longer texts are data more than code. */
const LONGEST = 50_000;
/** As it reads beside an output, and as wide as most write. */
const WIDTH = 80;
const LAYOUT = {
  dialect: duckdb,
  tabWidth: 2,
  keywordCase: 'preserve',
  identifierCase: 'preserve',
  dataTypeCase: 'preserve',
  functionCase: 'preserve',
  expressionWidth: WIDTH,
  linesBetweenQueries: 1,
} as const;

export function formatSql(source: string): Formatted {
  const mask = source.length > LONGEST ? undefined : maskOf(source);
  if (mask === undefined) return { splices: [], isLeft: true };
  const whole = laidOut(source, mask, 0);
  if (whole) return { splices: whole, isLeft: false };
  // One that is not understood keeps its lines; the others get theirs.
  const splices: Splice[] = [];
  let isLeft = false;
  for (const { start, text } of splitStatements(mask).toReversed()) {
    const some = laidOut(source.slice(start, start + text.length), text, start);
    isLeft ||= some === undefined;
    splices.push(...(some ?? []));
  }
  return { splices, isLeft };
}

function laidOut(source: string, mask: string, ahead: number): readonly Splice[] | undefined {
  try {
    const made = compact(formatDialect(mask, LAYOUT));
    const found = gapSplices(source, tokenize(mask).map(pieceOf), made, tokenize(made).map(pieceOf));
    return found?.map((splice) => ({ ...splice, at: splice.at + ahead }));
  } catch {
    return undefined;
  }
}

/** A clause of one line stands beside its word: `from flights`, `limit 10`. */
function compact(text: string): string {
  const lines = text.split('\n');
  const made: string[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const [line = '', body, next = ''] = lines.slice(index, index + 3);
    const depth = depthOf(line);
    const isOnly = body !== undefined && depthOf(body) === depth + LAYOUT.tabWidth && depthOf(next) <= depth;
    const joined = `${line} ${body?.trim()}`;
    if (isOnly && CLAUSE.test(line) && !/^\s*--/.test(body) && joined.length <= WIDTH) {
      made.push(joined);
      index += 1;
    } else made.push(line);
  }
  return made.join('\n');
}

const CLAUSE = /^\s*[a-z]+(?: [a-z]+)*$/i;
const depthOf = (line: string): number => line.length - line.trimStart().length;

/** Signs that mean something else once they touch: `->>`, `::`, `$1`. */
const SIGNS = /^[-+*/<>=~!@#%^&|?:$]/;

function pieceOf({ kind, start, end, text }: Token): Piece {
  switch (kind) {
    case 'symbol':
      return { start, end, text, kind: SIGNS.test(text) ? 'sign' : 'other' };
    case 'comment':
      // A formatter may indent its lines; they stay as they are.
      return { start, end, text: text.startsWith('--') ? '--' : '/*', kind: 'comment' };
    case 'string':
      return { start, end, text, kind: 'text' };
    default:
      return { start, end, text, kind: 'word' };
  }
}

/** Undefined where a text or a comment does not end: whatever comes would be put into it. */
function maskOf(source: string): string | undefined {
  const forms = placeholdersIn(source).filter(({ inside }) => inside.kind === 'code');
  const text = replaced(
    source,
    forms.map(({ start, end }) => ({ start, end, text: `_${'p'.repeat(end - start - 1)}` })),
  );
  const tokens = tokenize(text);
  const masks: Mask[] = [];
  for (const [index, { kind, start, end, text: said, open }] of tokens.entries()) {
    const next = tokens[index + 1];
    if (open && (kind !== 'comment' || said.startsWith('/*'))) return undefined;
    const put = (made: string): void => void masks.push({ start, end, text: made });
    if (kind === 'string') put(`'${'x'.repeat(end - start - 2)}'`);
    else if (kind === 'quoted') put(`"${'x'.repeat(end - start - 2)}"`);
    else if (kind === 'comment' && said.startsWith('--')) put(`--${filled(source, start + 2, end)}`);
    else if (kind === 'comment') put(`/*${filled(source, start + 2, end - 2)}*/`);
    else if (kind === 'number') put(said.replaceAll('_', '0'));
    else if (/^[$#?]$/.test(said) && next?.start === end && (next.kind === 'word' || next.kind === 'number')) put('_');
  }
  return replaced(text, masks).replace(STRANGE, (operator) => KNOWN[operator.length - 1] ?? operator);
}

type Mask = { readonly start: number; readonly end: number; readonly text: string };

/** In one go: a text of many literals is long. */
function replaced(text: string, masks: readonly Mask[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, text: put } of masks) {
    parts.push(text.slice(at, start), put);
    at = end;
  }
  return [...parts, text.slice(at)].join('');
}

/** Operators of the engine that the formatter has none of, and some of their length that it has. */
const STRANGE = /(?<![-+*/<>=~!@#%^&|?:])(?:@>|<@|&&|!~~\*|!~~|!~\*|!~|~~\*|~\*|@)(?![-+*/<>=~!@#%^&|?:])/g;
const KNOWN: readonly string[] = ['-', '||', '->>'];

const filled = (source: string, start: number, end: number): string =>
  source.slice(start, Math.max(start, end)).replaceAll(/[^\n]/g, 'x');
