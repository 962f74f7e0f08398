/**
 * The layout of JSON as specs are written: what fits on a line stands on one, else each of its parts does. Comments and a
 * comma too many stay. Only blanks between tokens change.
 */
import type { Splice } from '../splice.ts';
import { gapSplices, type Piece } from './gaps.ts';

const WIDTH = 80;
const STEP = '  ';
/** Longer ones hold data: reading them takes the page's time. */
const LONGEST = 200_000;
/** Each level is indented: so much deeper, and a text of brackets would become one of blanks. */
const DEEPEST = 200;
const TOKEN = /"[^"\\\n]*(?:\\.[^"\\\n]*)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[{}[\],:]|[^\s"{}[\],:/]+/gy;

type Token = Piece & { /** A comment that begins on the line of what is before it. */ readonly isBehind: boolean };

/** Undefined where it is no JSON, too long or too deep. */
export function formatJson(source: string): readonly Splice[] | undefined {
  const tokens = source.length > LONGEST ? undefined : tokensOf(source);
  const made = tokens && printed(tokens);
  const others = made === undefined ? undefined : tokensOf(made);
  return tokens && made !== undefined && others ? gapSplices(source, tokens, made, others) : undefined;
}

function tokensOf(source: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    if (/[\s\uFEFF]/.test(source[at] ?? '')) {
      at += 1;
      continue;
    }
    TOKEN.lastIndex = at;
    // Behind a comment nothing is left standing, a line's end of other systems neither.
    const text = TOKEN.exec(source)?.[0].trimEnd();
    if (text === undefined) return undefined;
    const isComment = /^\/[/*]/.test(text);
    const kind = isComment ? 'comment' : /^[{}[\],:]$/.test(text) ? 'other' : 'word';
    const last = tokens.at(-1);
    const isBehind = isComment && last !== undefined && !source.slice(last.end, at).includes('\n');
    tokens.push({ start: at, end: at + text.length, kind, text, isBehind });
    at += text.length;
  }
  return tokens;
}

const CLOSERS: Readonly<Record<string, string>> = { '{': '}', '[': ']' };

/** Undefined where brackets do not match, or stand in too many others. */
function printed(tokens: readonly Token[]): string | undefined {
  const ends = closersOf(tokens);
  if (!ends) return undefined;
  const done: string[] = [];
  /** The line that is being written; a comment in it may have more. */
  let text = '';
  let indent = '';
  /** The ends of what stands on one line. */
  let flatUntil = -1;
  const line = (): void => {
    if (text !== '') done.push(text.trimEnd());
    text = indent;
  };
  for (const [index, token] of tokens.entries()) {
    const before = tokens[index - 1];
    const isFlat = index <= flatUntil;
    const isCloser = token.text === '}' || token.text === ']';
    const isOpen = CLOSERS[token.text] !== undefined;
    if (isCloser && !isFlat) {
      indent = indent.slice(STEP.length);
      if (before?.text !== '{' && before?.text !== '[') line();
    } else if (token.isBehind) text = `${text.trimEnd()} `;
    else if (token.kind === 'comment' || before?.kind === 'comment') line();
    else if (!isFlat && before && (before.text === ',' || CLOSERS[before.text] !== undefined) && token.text !== ',')
      line();
    else if (isFlat && before?.text === ',' && !isCloser) text += ' ';
    else if (before?.text === ':') text += ' ';
    text += token.text;
    if (!isOpen || isFlat) continue;
    const end = ends.get(index) ?? index;
    const column = text.length - 1 - (text.lastIndexOf('\n') + 1);
    if (column + widthOf(tokens, index, end) <= WIDTH) flatUntil = end;
    else indent += STEP;
  }
  return [...done, text].join('\n');
}

/** On one line, with the comma behind it; what holds a comment never stands on one. */
function widthOf(tokens: readonly Token[], from: number, to: number): number {
  let width = tokens[to + 1]?.text === ',' ? 1 : 0;
  for (let index = from; index <= to; index += 1) {
    const { text, kind } = tokens[index]!;
    if (kind === 'comment') return Number.POSITIVE_INFINITY;
    width += text.length + (text === ',' || text === ':' ? 1 : 0);
    if (width > WIDTH) break;
  }
  return width;
}

function closersOf(tokens: readonly Token[]): ReadonlyMap<number, number> | undefined {
  const ends = new Map<number, number>();
  const open: number[] = [];
  for (const [index, { text }] of tokens.entries()) {
    if (CLOSERS[text] !== undefined) open.push(index);
    if (open.length > DEEPEST) return undefined;
    if (text !== '}' && text !== ']') continue;
    const start = open.pop();
    if (start === undefined || CLOSERS[tokens[start]!.text] !== text) return undefined;
    ends.set(start, index);
  }
  return open.length === 0 ? ends : undefined;
}
