/**
 * Words of SQL with their places: enough to find where statements begin and end, what a statement is, and what stands
 * around a caret. The engine's parser gives neither texts nor places of several statements. Comments nest, as in the
 * engine's own lexer; offsets are UTF-16 units.
 */
export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'comment';

export type Token = {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** As written. */
  readonly text: string;
  /** A string, quoted name or comment that the text ends inside of. */
  readonly open?: true;
};

export type Statement = {
  readonly start: number;
  /** Without its semicolon. */
  readonly text: string;
  /** Without comments; places as in the whole text. */
  readonly tokens: readonly Token[];
};

const SPACE = /\s/;
const WORD_START = /[\p{L}_]/u;
const WORD = /[\p{L}\p{N}\p{M}_$]*/uy;
const NUMBER = /(?:\d[\d_]*)?\.?\d[\d_]*(?:[eE][+-]?\d+)?|\d[\d_]*\./y;
/** The engine ends it at either sign: what followed would run unseen. */
const LINE_COMMENT = /--[^\r\n]*/y;
const DOLLAR_TAG = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (SPACE.test(text[at]!)) {
      at += 1;
      continue;
    }
    const token = tokenAt(text, at);
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function tokenAt(text: string, start: number): Token {
  const char = text[start]!;
  const next = text[start + 1];
  if (char === '-' && next === '-') {
    const end = start + (match(LINE_COMMENT, text, start)?.length ?? 0);
    return make('comment', text, start, end, end === text.length);
  }
  if (char === '/' && next === '*') return blockComment(text, start);
  if (char === "'") return quoted('string', text, start, start, "'", false);
  if (char === '"') return quoted('quoted', text, start, start, '"', false);
  if ((char === 'e' || char === 'E') && next === "'") return quoted('string', text, start, start + 1, "'", true);
  if ((char === 'x' || char === 'X') && next === "'") return quoted('string', text, start, start + 1, "'", false);
  if (char === '$') {
    const tag = match(DOLLAR_TAG, text, start);
    if (tag) {
      const end = text.indexOf(tag, start + tag.length);
      return make('string', text, start, end === -1 ? text.length : end + tag.length, end === -1);
    }
  }
  if (WORD_START.test(codePointAt(text, start))) {
    return make('word', text, start, start + (match(WORD, text, start)?.length ?? 1), false);
  }
  const number = match(NUMBER, text, start);
  if (number) return make('number', text, start, start + number.length, false);
  const length = text.startsWith('::', start) ? 2 : codePointAt(text, start).length;
  return make('symbol', text, start, start + length, false);
}

function quoted(kind: TokenKind, text: string, start: number, quote: number, mark: string, escapes: boolean): Token {
  let at = quote + 1;
  while (at < text.length) {
    if (escapes && text[at] === '\\') at += 2;
    else if (text[at] !== mark) at += 1;
    else if (text[at + 1] === mark) at += 2;
    else return make(kind, text, start, at + 1, false);
  }
  return make(kind, text, start, text.length, true);
}

function blockComment(text: string, start: number): Token {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const pair = text.slice(at, at + 2);
    if (pair === '/*') depth += 1;
    else if (pair === '*/') depth -= 1;
    else continue;
    at += 1;
    if (depth === 0) return make('comment', text, start, at + 1, false);
  }
  return make('comment', text, start, text.length, true);
}

const make = (kind: TokenKind, text: string, start: number, end: number, open: boolean): Token => ({
  kind,
  start,
  end,
  text: text.slice(start, end),
  ...(open ? { open } : {}),
});

const codePointAt = (text: string, at: number): string => String.fromCodePoint(text.codePointAt(at) ?? 0);

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] || undefined;
}

/** The statements of a paragraph in order; those without a word in them are left out. */
export function splitStatements(text: string): Statement[] {
  const statements: Statement[] = [];
  let start = 0;
  let tokens: Token[] = [];
  const finish = (end: number): void => {
    const first = tokens[0];
    if (first) {
      const from = leading(text, start, first.start);
      statements.push({ start: from, text: text.slice(from, end).trimEnd(), tokens });
    }
    tokens = [];
    start = end + 1;
  };
  for (const token of tokenize(text)) {
    if (token.kind === 'symbol' && token.text === ';') finish(token.start);
    else if (token.kind !== 'comment') tokens.push(token);
  }
  finish(text.length);
  return statements;
}

/** Where a statement's text begins: at its first word, or at a comment before it on lines of its own. */
const leading = (text: string, start: number, first: number): number => {
  const comment = text.slice(start, first).search(/\S/);
  return comment === -1 ? first : start + comment;
};

/** Lower case; empty for what is no word. */
export const wordOf = (token: Token | undefined): string => (token?.kind === 'word' ? token.text.toLowerCase() : '');

/** The name that a word or a quoted name stands for. */
export const nameOf = (token: Token): string =>
  token.kind === 'quoted' ? token.text.replace(/^"|"$/g, '').replaceAll('""', '"') : token.text;

/** The value of a plain string literal; undefined for any other form. */
export function literalOf(token: Token | undefined): string | undefined {
  if (token?.kind !== 'string' || token.open || !token.text.startsWith("'")) return undefined;
  return token.text.slice(1, -1).replaceAll("''", "'");
}
