/**
 * Where a statement that the parser gives no tree of names one table, by its words alone: pure. Where only a table can stand
 * it is one; a name that the statement gives to something itself, or that may be a column, is a doubt.
 */
import { foldTable } from '../../renaming.ts';
import { nameOf, type Token, wordOf } from '../lexer.ts';
import { isTable } from '../mentions.ts';
import { isOwnDatabase } from './shape.ts';

export type WordPlaces = { readonly places: readonly Token[]; readonly doubts: readonly Token[] };

/** Functions whose arguments have a FROM of their own. */
const WITH_FROM = /^(extract|substring|trim|overlay|position)$/;

export function placesByWords(tokens: readonly Token[], name: string): WordPlaces {
  const wanted = foldTable(name);
  const isIt = (token: Token | undefined): boolean =>
    (token?.kind === 'word' || token?.kind === 'quoted') && foldTable(nameOf(token)) === wanted;
  const all = tokens.flatMap((token, at) => (isIt(token) ? [at] : []));
  const isGiven = all.some((at) => isAlias(tokens, at) || isQueryOfWith(tokens, at));
  if (isGiven) return { places: [], doubts: all.flatMap((at) => tokens[at] ?? []) };
  const tables = new Set(all.filter((at) => isTableAt(tokens, at)));
  const places: Token[] = [];
  const doubts: Token[] = [];
  for (const at of all) {
    const token = tokens[at]!;
    const isOwner = tokens[at + 1]?.text === '.' && tokens[at - 1]?.text !== '.';
    if (tables.has(at) || (isOwner && tables.size > 0)) places.push(token);
    // What stands behind a dot is of something else.
    else if (tokens[at - 1]?.text !== '.') doubts.push(token);
  }
  return { places, doubts };
}

const isAlias = (tokens: readonly Token[], at: number): boolean => wordOf(tokens[at - 1]) === 'as';
const isQueryOfWith = (tokens: readonly Token[], at: number): boolean =>
  (wordOf(tokens[at + 1]) === 'as' && tokens[at + 2]?.text === '(' && tokens[at - 1]?.text !== '.') ||
  // `with t(a, b) as (`
  (tokens[at + 1]?.text === '(' && /^(with|recursive|,)$/i.test(tokens[at - 1]?.text ?? ''));

/** Behind FROM and its kin, with a database of ours before it or none. */
function isTableAt(tokens: readonly Token[], at: number): boolean {
  if (/^[.(]$/.test(tokens[at + 1]?.text ?? '')) return false;
  let first = at;
  while (tokens[first - 1]?.text === '.') {
    const owner = tokens[first - 2];
    if (!owner || !isOwnDatabase(nameOf(owner))) return false;
    first -= 2;
  }
  if (wordOf(tokens[first - 1]) === 'from' && wordOf(tokens[first - 2]) === 'distinct') return false;
  return isTable(tokens, first) && !isArgument(tokens, first);
}

/** `extract(year from flights)`. */
function isArgument(tokens: readonly Token[], at: number): boolean {
  let depth = 0;
  for (let index = at - 1; index >= 0; index -= 1) {
    const { text } = tokens[index]!;
    if (text === ')') depth += 1;
    else if (text === '(' && depth === 0) return WITH_FROM.test(wordOf(tokens[index - 1]));
    else if (text === '(') depth -= 1;
  }
  return false;
}
