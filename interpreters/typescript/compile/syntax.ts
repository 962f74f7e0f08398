/**
 * A paragraph's text as a syntax tree: types stripped, every character at its place, parsed once. What is JavaScript as it
 * stands is parsed as that; the stripper is called only where there are types. Node's own stripper says where an error is
 * in the first lines of its stack only.
 */
import { type ExpressionStatement, type Node, type Program, parse, parseExpressionAt } from 'acorn';
import { Failed, failure } from '../../errors.ts';
import { unclosed } from './brackets.ts';
import { offsetOf, type placeOf, span } from './place.ts';
import { stripTypes } from './strip.ts';

export type Parsed = {
  /** Of the same length as the source. */
  readonly text: string;
  readonly program: Program;
};

/** Throws `Failed` with the place of the first error. */
export function parseSource(source: string): Parsed {
  const literal = /^\s*\{.*\}\s*$/s.test(source) ? parseLiteral(source) : undefined;
  if (literal) return literal;
  const plain = tryParse(source);
  if (plain && !mayHoldTypes(source)) return { text: source, program: plain };
  const text = strip(source);
  try {
    return { text, program: program(text) };
  } catch (error) {
    throw syntaxError(source, error);
  }
}

/** A text from brace to brace is an object where it can be one, as a person means it, and else a block. */
function parseLiteral(source: string): Parsed | undefined {
  try {
    const text = strip(`(${source}\n)`).slice(1, -2);
    const expression = parseExpressionAt(text, text.indexOf('{'), OPTIONS);
    const { start, end } = expression;
    if (text.slice(end).trim() !== '') return undefined;
    const statement: ExpressionStatement = { type: 'ExpressionStatement', expression, start, end };
    return { text, program: { type: 'Program', sourceType: 'module', body: [statement], start: 0, end: text.length } };
  } catch {
    return undefined;
  }
}

/** The tree of an expression; throws a SyntaxError. */
export function parseExpression(expression: string): Node {
  const text = mayHoldTypes(expression) || !canParse(expression) ? strip(`(${expression}\n)`).slice(1) : expression;
  return parseExpressionAt(text, 0, OPTIONS);
}

/** Loads the stripper, so that the first text with types does not wait for it. */
export function loadStripper(): void {
  strip('');
}

const OPTIONS = { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true } as const;
const program = (text: string): Program => parse(text, OPTIONS);

function tryParse(source: string): Program | undefined {
  try {
    return program(source);
  } catch {
    return undefined;
  }
}

function canParse(expression: string): boolean {
  try {
    parseExpressionAt(expression, 0, OPTIONS);
    return true;
  } catch {
    return false;
  }
}

/** `f<T>(x)` is a comparison in JavaScript; whatever might be one is stripped. */
const mayHoldTypes = (source: string): boolean => /<[^=]*>/s.test(source);

function strip(source: string): string {
  try {
    return stripTypes(source);
  } catch (error) {
    throw stripError(source, error);
  }
}

/**
 * Where the stripper's snippet points: its first line ends with the line's number; then come lines around it, and carets
 * under the place, or `  > ` before each line of a longer one. Tabs are printed as four spaces, wide characters take two.
 */
function snippetPlace(
  source: string,
  stack: string,
): { line: number; column: number; length?: number } | 'end' | undefined {
  const [head = '', ...rows] = stack.split('\n\n', 1)[0]!.split('\n');
  const line = Number(/:(\d+)$/.exec(head)?.[1]);
  const text = source.split(/\r\n|[\n\r]/)[line - 1];
  if (text === undefined) return undefined;
  const carets = rows.findLast((row) => /^ *\^+$/.test(row));
  // At the end of the text there is neither.
  if (carets === undefined && !rows.some((row) => row.startsWith('  > '))) return 'end';
  if (carets === undefined) return { line, column: text.length - text.trimStart().length + 1 };
  const [from, to] = [carets.indexOf('^'), carets.length].map((width) => unitsIn(text, width));
  return { line, column: from! + 1, length: Math.max(1, to! - from!) };
}

const WIDE =
  /[\p{Emoji_Presentation}\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\uff01-\uff60]/u;

/** UTF-16 units of what takes so many places when printed. */
function unitsIn(text: string, width: number): number {
  let units = 0;
  let left = width;
  for (const one of text) {
    left -= one === '\t' ? 4 : WIDE.test(one) ? 2 : 1;
    if (left < 0) break;
    units += one.length;
  }
  return units;
}

function stripError(source: string, error: unknown): Failed {
  if (!(error instanceof Error)) return new Failed(failure('syntax', String(error)));
  const place = snippetPlace(source, error.stack ?? '') ?? firstError(source)?.failure ?? {};
  if (place === 'end') return endsEarly(source);
  const unsupported = /^TypeScript (.+) is not supported in strip-only mode/.exec(error.message)?.[1];
  if (unsupported === undefined) {
    const message = sentence(error.message.replace(/\. Expected .*/s, ''));
    return new Failed(failure('syntax', message, { ...place, ...openBefore(source, place) }));
  }
  const hint = INSTEAD[unsupported] ?? 'Write it in plain JavaScript: types are only removed here.';
  return new Failed(failure('syntax', `TypeScript’s ${unsupported} is not supported here.`, { ...place, hint }));
}

/** At the bracket that is open, else at the end of the text. */
function endsEarly(source: string): Failed {
  const bracket = unclosed(source, OPTIONS)?.bracket;
  if (bracket) {
    const { text, start, closer } = bracket;
    const hint = `Write “${closer}” where it belongs.`;
    const place = span(source, start, start + text.length);
    return new Failed(failure('syntax', `The text ends before this “${text}” is closed.`, { ...place, hint }));
  }
  const first = firstError(source);
  if (first && /^Unterminated/.test(first.failure.message)) return first;
  const end = source.trimEnd().length;
  const hint = 'Write what is missing at its end.';
  return new Failed(failure('syntax', 'The text ends too early.', { ...span(source, end, end), hint }));
}

/** A word where nothing can follow is often behind a bracket that nobody closed. */
function openBefore(source: string, { line, column }: Partial<ReturnType<typeof placeOf>>): { hint?: string } {
  if (line === undefined || column === undefined) return {};
  const found = unclosed(source, OPTIONS);
  const here = offsetOf(source, line, column);
  if (!found || found.bracket.start >= here || (found.at !== undefined && found.at !== here)) return {};
  const { text, start, closer } = found.bracket;
  const place = span(source, start, start);
  return { hint: `“${text}” of line ${place.line}, column ${place.column} is still open: is a “${closer}” missing?` };
}

const INSTEAD: Readonly<Record<string, string>> = {
  enum: "Write const Color = { red: 'red', blue: 'blue' } as const; types are only removed here.",
  'namespace declaration': 'Use an object, or put the code into a .ts file beside the notebook and import that.',
  'parameter property': 'Declare the field in the class, and assign it in the constructor.',
};

function firstError(source: string): Failed | undefined {
  try {
    program(source);
    return undefined;
  } catch (error) {
    return syntaxError(source, error);
  }
}

function syntaxError(source: string, error: unknown): Failed {
  if (!(error instanceof SyntaxError)) throw error;
  const at = 'pos' in error && typeof error.pos === 'number' ? error.pos : source.length;
  const message = sentence(error.message.replace(/ \(\d+:\d+\)$/, ''));
  return new Failed(failure('syntax', message, span(source, at, wordEnd(source, at))));
}

const sentence = (message: string): string => (/[.!?]$/.test(message) ? message : `${message}.`);

/** The end of the word or sign at an offset. */
function wordEnd(source: string, at: number): number {
  const word = /^[\p{ID_Continue}$]+/u.exec(source.slice(at, at + 100));
  return word ? at + word[0].length : Math.min(source.length, at + 1);
}
