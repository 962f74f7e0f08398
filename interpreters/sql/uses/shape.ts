/**
 * What a statement is made of, for the question what it reads and writes: pure. The engine's parser tells the tree of
 * queries alone, so a statement that is none is taken apart by its words into what it writes and the queries in it; a
 * change of rows is asked about as the query for those rows (`delete from a using b where c` as `select 1 from a, b where c`).
 * What is not known here gives its words: names that may be tables.
 */
import type { Use } from '../../uses.ts';
import { literalOf, nameOf, type Statement, type Token, wordOf } from '../lexer.ts';
import { isQuery } from '../statement.ts';

export type Shape = {
  readonly queries: readonly Query[];
  readonly reads: readonly Use[];
  readonly writes: readonly Use[];
  /** Where the tables stand that are no part of a query. */
  readonly names: readonly Token[];
  /** Not understood: what its words name counts. */
  readonly words: boolean;
};

/** For the parser; `pieces`: what of it stands where in the whole text. */
export type Query = { readonly text: string; readonly pieces: readonly Piece[] };
/** `at` in the query, `from` in the whole text. */
export type Piece = { readonly at: number; readonly from: number; readonly length: number };

const NOTHING: Shape = { queries: [], reads: [], writes: [], names: [], words: false };
const SETTINGS: Use = { kind: 'settings', name: 'session' };

export function shapeOf(statement: Statement): Shape {
  const { tokens } = statement;
  const first = wordOf(tokens[0]);
  switch (first) {
    case 'explain':
      return shapeOf(from(statement, wordOf(tokens[1]) === 'analyze' ? 2 : 1));
    case 'begin':
    case 'start':
    case 'commit':
    case 'rollback':
    case 'abort':
    case 'end':
    case 'checkpoint':
    case 'vacuum':
    case 'analyze':
      return NOTHING;
    case 'create':
      return created(statement);
    case 'insert':
      return inserted(statement);
    case 'update':
      return updated(statement);
    case 'delete':
      return deleted(statement);
    case 'copy':
      return copied(statement);
    case 'truncate':
    case 'drop':
    case 'alter':
      return changed(statement, wordOf(tokens[1]) === 'table' || wordOf(tokens[1]) === 'view' ? 2 : 1);
    case 'merge':
      return changed(statement, wordOf(tokens[1]) === 'into' ? 2 : 1);
    case 'with': {
      const change = topLevel(tokens, 1, 'insert', 'update', 'delete', 'merge');
      if (change === -1) break;
      return { ...shapeOf(from(statement, change)), words: true };
    }
  }
  if (isQuery(statement)) return { ...NOTHING, queries: [query(whole(statement))] };
  return { ...NOTHING, reads: [SETTINGS], writes: [SETTINGS], words: true };
}

/** The names in a statement that is not understood: any word may be a table, and any text a file. */
export function wordsOf({ tokens }: Statement): {
  readonly words: readonly string[];
  readonly texts: readonly string[];
} {
  const words = tokens.filter(({ kind }) => kind === 'word' || kind === 'quoted').map(nameOf);
  return { words, texts: tokens.flatMap((token) => literalOf(token) ?? []) };
}

function created(statement: Statement): Shape {
  const { tokens } = statement;
  const at = tokens.findIndex((token) =>
    /^(table|view|macro|function|type|schema|sequence|index|secret)$/.test(wordOf(token)),
  );
  if (at === -1 || !/^(table|view)$/.test(wordOf(tokens[at]))) {
    return { ...NOTHING, reads: [SETTINGS], writes: [SETTINGS], words: true };
  }
  const name = nameAt(tokens, skip(tokens, at + 1, 'if', 'not', 'exists'));
  if (!name) return { ...NOTHING, words: true };
  const as = topLevel(tokens, name.next, 'as');
  const queries = as === -1 ? [] : [query(stretch(statement, as + 1))];
  return { ...NOTHING, writes: [name.use], names: [name.token], queries };
}

/** Rows come to those that are there: it reads the table too. */
function inserted(statement: Statement): Shape {
  const { tokens } = statement;
  const into = topLevel(tokens, 1, 'into');
  const name = nameAt(tokens, into + 1);
  if (into === -1 || !name) return { ...NOTHING, words: true };
  const rows = topLevel(tokens, name.next, 'select', 'with', 'from', 'values', 'table');
  const end = endOf(tokens, Math.max(rows, name.next));
  const both = { reads: [name.use], writes: [name.use], names: [name.token] };
  return { ...NOTHING, ...both, queries: rows === -1 ? [] : [query(stretch(statement, rows, end))] };
}

function updated(statement: Statement): Shape {
  const { tokens } = statement;
  const name = nameAt(tokens, 1);
  const set = topLevel(tokens, 1, 'set');
  if (!name || set === -1) return { ...NOTHING, words: true };
  const more = topLevel(tokens, set, 'from');
  const where = topLevel(tokens, set, 'where');
  const end = endOf(tokens, set);
  const stop = where === -1 ? end : where;
  const others = more === -1 ? [] : [', ', stretch(statement, more + 1, stop)];
  const values = stretch(statement, set + 1, more === -1 ? stop : more);
  const rows = where === -1 ? [] : [' ', stretch(statement, where, end)];
  const asked = query('select ', values, ' from ', stretch(statement, 1, set), ...others, ...rows);
  return { ...NOTHING, reads: [name.use], writes: [name.use], names: [name.token], queries: [asked] };
}

function deleted(statement: Statement): Shape {
  const { tokens } = statement;
  const name = nameAt(tokens, 2);
  if (wordOf(tokens[1]) !== 'from' || !name) return { ...NOTHING, words: true };
  const using = topLevel(tokens, 2, 'using');
  const where = topLevel(tokens, 2, 'where');
  const end = endOf(tokens, 2);
  const stop = where === -1 ? end : where;
  const others = using === -1 ? [] : [', ', stretch(statement, using + 1, stop)];
  const rows = where === -1 ? [] : [' ', stretch(statement, where, end)];
  const asked = query('select 1 from ', stretch(statement, 2, using === -1 ? stop : using), ...others, ...rows);
  return { ...NOTHING, reads: [name.use], writes: [name.use], names: [name.token], queries: [asked] };
}

function copied(statement: Statement): Shape {
  const { tokens } = statement;
  const to = topLevel(tokens, 1, 'to');
  const source = to === -1 ? topLevel(tokens, 1, 'from') : to;
  const file = literalOf(tokens[source + 1]);
  if (source === -1 || file === undefined) return { ...NOTHING, writes: [SETTINGS], words: true };
  const path: Use = { kind: 'file', name: file };
  const name = nameAt(tokens, 1);
  const names = name ? [name.token] : [];
  if (to === -1) return name ? { ...NOTHING, reads: [path], writes: [name.use], names } : { ...NOTHING, words: true };
  if (tokens[1]?.text !== '(') return { ...NOTHING, reads: name ? [name.use] : [], writes: [path], names };
  return { ...NOTHING, writes: [path], queries: [query(stretch(statement, 1, to))] };
}

function changed(statement: Statement, at: number): Shape {
  const { tokens } = statement;
  const name = nameAt(tokens, skip(tokens, at, 'if', 'exists'));
  if (!name || /^(schema|macro|function|type|sequence|index|database|secret)$/.test(wordOf(tokens[1])))
    return { ...NOTHING, reads: [SETTINGS], writes: [SETTINGS], words: true };
  const words = wordOf(tokens[0]) === 'merge';
  const reads = wordOf(tokens[0]) === 'drop' ? [] : [name.use];
  return { ...NOTHING, reads, writes: [name.use], names: [name.token], words };
}

/** Databases of ours: their tables go by their last name. */
const OWN: ReadonlySet<string> = new Set(['session', 'named', 'main', 'temp', 'memory', '']);
export const isOwnDatabase = (name: string): boolean => OWN.has(name.toLowerCase());

/** A table by the parts of its name. */
export function tableOf(parts: readonly string[]): Use {
  const last = parts.at(-1) ?? '';
  const foreign = parts.slice(0, -1).filter((part) => !isOwnDatabase(part));
  return { kind: 'table', name: [...foreign, last].join('.') };
}

type Named = {
  readonly use: Use;
  /** Its last part. */
  readonly token: Token;
  readonly next: number;
};

function nameAt(tokens: readonly Token[], at: number): Named | undefined {
  const parts: string[] = [];
  for (let index = at; ; index += 2) {
    const token = tokens[index];
    if (token?.kind !== 'word' && token?.kind !== 'quoted') return undefined;
    parts.push(nameOf(token));
    if (tokens[index + 1]?.text !== '.') return { use: tableOf(parts), token, next: index + 1 };
  }
}

function skip(tokens: readonly Token[], at: number, ...words: readonly string[]): number {
  let index = at;
  while (words.includes(wordOf(tokens[index]))) index += 1;
  return index;
}

/** The first of these words outside of brackets; -1 where there is none. */
function topLevel(tokens: readonly Token[], at: number, ...words: readonly string[]): number {
  let depth = 0;
  for (let index = at; index < tokens.length; index += 1) {
    const { text } = tokens[index]!;
    if (text === '(' || text === '[' || text === '{') depth += 1;
    else if (text === ')' || text === ']' || text === '}') depth -= 1;
    else if (depth === 0 && words.includes(wordOf(tokens[index]))) return index;
  }
  return -1;
}

/** Where RETURNING or ON CONFLICT begins, else its end. */
function endOf(tokens: readonly Token[], at: number): number {
  const returning = topLevel(tokens, at, 'returning');
  let conflict = topLevel(tokens, at, 'on');
  while (conflict !== -1 && wordOf(tokens[conflict + 1]) !== 'conflict')
    conflict = topLevel(tokens, conflict + 1, 'on');
  return Math.min(...[returning, conflict, tokens.length].filter((end) => end !== -1));
}

/** As written, and where that stands in the whole text. */
type Stretch = { readonly text: string; readonly from: number };

const whole = ({ text, start }: Statement): Stretch => ({ text, from: start });

/** From one token up to another. */
function stretch({ text, start, tokens }: Statement, first: number, end = tokens.length): Stretch {
  const [head, last] = [tokens[first], tokens[end - 1]];
  if (first >= end || !head || !last) return { text: '', from: start };
  return { text: text.slice(head.start - start, last.end - start), from: head.start };
}

/** Of stretches of the whole text, and words between them. */
function query(...parts: readonly (string | Stretch)[]): Query {
  const pieces: Piece[] = [];
  let text = '';
  for (const part of parts) {
    if (typeof part !== 'string') pieces.push({ at: text.length, from: part.from, length: part.text.length });
    text += typeof part === 'string' ? part : part.text;
  }
  return { text, pieces };
}

const from = (statement: Statement, at: number): Statement => ({
  start: statement.tokens[at]?.start ?? statement.start,
  text: stretch(statement, at).text,
  tokens: statement.tokens.slice(at),
});
