/** Where in a paragraph an error belongs: the engine's byte position, or the word that its message speaks of. */
import type { FailureParts } from '../errors.ts';
import type { EngineError } from './engine-error.ts';
import { nameOf, type Statement, type Token, tokenize, wordOf } from './lexer.ts';
import { placeOf, unitsOfBytes } from './positions.ts';

export type Located = {
  /** The paragraph's whole text, and the statement in it. */
  readonly source: string;
  readonly statement: Statement;
  /** Characters before the statement's text in what the engine was given. */
  readonly prefix: number;
};

/** The word at the engine's position, in places of the source. */
export function tokenAt(error: EngineError, at: Located): Token | undefined {
  if (error.position === undefined) return nameToken(error.name, at.statement);
  const offset = at.statement.start + unitsOfBytes(at.statement.text, error.position - at.prefix);
  return (
    at.statement.tokens.find(({ start, end }) => start <= offset && offset < end) ??
    tokenize(at.source).find(({ start }) => start === offset)
  );
}

const nameToken = (name: string, statement: Statement): Token | undefined =>
  name === '' ? undefined : statement.tokens.find((token) => nameOf(token).toLowerCase() === name.toLowerCase());

/** Of `t.column` the engine marks `t`. */
export function columnToken(token: Token | undefined, at: Located, name: string): Token | undefined {
  const index = at.statement.tokens.findIndex(({ start }) => start === token?.start);
  return (
    at.statement.tokens.slice(Math.max(0, index)).find((other) => nameOf(other).toLowerCase() === name.toLowerCase()) ??
    token
  );
}

/** Without a word at the place: the end of the statement for what is missing there, else its first word. */
export function fallbackPlace(error: EngineError, at: Located): FailureParts {
  const { statement, source } = at;
  const last = statement.tokens.at(-1);
  const first = statement.tokens[0];
  if (error.position !== undefined && last) return { ...placeOf(source, last.end), length: 1 };
  return first ? { ...placeOf(source, first.start), length: first.end - first.start } : {};
}

/** The name of the one table that a query names, for the message. */
export function soleTable(statement: Statement): string | undefined {
  const named = statement.tokens.filter((_, index) =>
    /^(from|join|update|into)$/.test(wordOf(statement.tokens[index - 1])),
  );
  const [only] = named;
  return named.length === 1 && only && (only.kind === 'word' || only.kind === 'quoted') ? nameOf(only) : undefined;
}

export function literalPlace(at: Located): FailureParts {
  const token = at.statement.tokens.find(({ kind }) => kind === 'string');
  return token ? { ...placeOf(at.source, token.start), length: token.end - token.start } : {};
}

export const fileIn = (at: Located): string | undefined =>
  at.statement.tokens.find(({ kind, text }) => kind === 'string' && /[./]/.test(text))?.text.slice(1, -1);
