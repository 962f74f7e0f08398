/**
 * What may stand where a form is written, told by the words around: pure. The engine takes a parameter wherever a value can
 * stand; a table, a column's name, an alias, a direction, and what ORDER BY and GROUP BY list are no such places.
 */
import { type Token, wordOf } from '../lexer.ts';

/** `length` tokens from number `at` on stand for the form. */
export type Reference = { readonly at: number; readonly length: number };

/** Words right before a table. */
const BEFORE_TABLE = words('from join into update table summarize pivot unpivot using describe desc attach use alter');
/** Words right before a name that is made. */
const BEFORE_NAME = words('as database schema view index column');
/** Words that end no operand: a value may follow. */
const BEFORE_VALUE = words(
  'select where and or not on having when then else case in like ilike glob between is limit offset distinct all any some values set ' +
    'returning qualify escape similar to zone with over filter by union except intersect default ' +
    'check call return explain analyze recursive collate top percent rows range preceding following default if',
);
const LIST_ENDS = words(
  'from where having qualify limit offset union intersect except window group order on set rows range',
);

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

export function isCodePlace(tokens: readonly Token[], { at, length }: Reference): boolean {
  const before = tokens[at - 1];
  const after = tokens[at + length];
  if (after?.text === '.' || before?.text === '.') return true;
  if (!before) return false;
  const word = wordOf(before);
  if (word === 'from' && (wordOf(tokens[at - 2]) === 'distinct' || inCall(tokens, at))) return false;
  if (BEFORE_TABLE.has(word)) return true;
  if (BEFORE_NAME.has(word)) return true;
  if (word === 'on' && /^(pivot|unpivot)$/.test(firstOf(tokens, at))) return true;
  if (BEFORE_VALUE.has(word)) return word === 'by' && isListed(tokens, at - 1);
  if (before.text === ',') return inList(tokens, at) || inNames(tokens, at) || inFrom(tokens, at);
  if (before.text === '(') return inNames(tokens, at);
  return isOperandEnd(before);
}

/** A name, a number, a text, a closing bracket: another operand can't follow. */
const isOperandEnd = ({ kind, text }: Token): boolean =>
  kind === 'word' || kind === 'quoted' || kind === 'string' || kind === 'number' || text === ')' || text === ']';

/** `by` of ORDER BY, GROUP BY, PARTITION BY. */
const isListed = (tokens: readonly Token[], by: number): boolean =>
  /^(order|group|partition)$/.test(wordOf(tokens[by - 1]));

/** Back to what opens the brackets around, or to one of `ends`. */
function backTo(tokens: readonly Token[], at: number, ends: (word: string, index: number) => boolean): number {
  let depth = 0;
  for (let index = at - 1; index >= 0; index -= 1) {
    const token = tokens[index];
    if (!token) break;
    if (token.text === ')' || token.text === ']') depth += 1;
    else if (token.text === '(' || token.text === '[') {
      if (depth === 0) return index;
      depth -= 1;
    } else if (depth === 0 && (token.text === ';' || ends(wordOf(token), index))) return index;
  }
  return -1;
}

/** A whole item of ORDER BY, GROUP BY or PARTITION BY, behind a comma. */
function inList(tokens: readonly Token[], at: number): boolean {
  const from = backTo(tokens, at, (word) => word === 'by' || LIST_ENDS.has(word) || word === 'select');
  return wordOf(tokens[from]) === 'by' && isListed(tokens, from);
}

/** `from a, $b`. */
function inFrom(tokens: readonly Token[], at: number): boolean {
  const from = backTo(tokens, at, (word) => LIST_ENDS.has(word) || word === 'select' || word === 'by');
  return wordOf(tokens[from]) === 'from' && !inCall(tokens, from);
}

/** Names in brackets: `insert into t (…)`, `join u using (…)`, `* exclude (…)`. */
function inNames(tokens: readonly Token[], at: number): boolean {
  const open = backTo(tokens, at, () => false);
  if (tokens[open]?.text !== '(') return false;
  const word = wordOf(tokens[open - 1]);
  return word === 'using' || word === 'exclude' || wordOf(tokens[open - 2]) === 'into';
}

/** `extract(year from $day)`, `trim(both from $q)`: no table follows there. */
function inCall(tokens: readonly Token[], at: number): boolean {
  const open = backTo(tokens, at, (word) => word === 'select');
  return tokens[open]?.text === '(' && /^(extract|trim|substring|overlay)$/.test(wordOf(tokens[open - 1]));
}

const firstOf = (tokens: readonly Token[], at: number): string => {
  const end = tokens.slice(0, at).findLastIndex(({ text }) => text === ';');
  return wordOf(tokens[end + 1]);
};

/** Types that a text may follow, `date '2015-01-01'`; a parameter may not. */
const TYPES = words(
  'date time timetz timestamp timestamptz timestamp_s timestamp_ms timestamp_us timestamp_ns interval uuid json blob integer int bigint double',
);

/** The type right before it. */
export function typeBefore(tokens: readonly Token[], { at }: Reference): Token | undefined {
  const before = tokens[at - 1];
  return before && TYPES.has(wordOf(before)) ? before : undefined;
}

/** `between $range`. */
export const between = (tokens: readonly Token[], { at }: Reference): boolean => wordOf(tokens[at - 1]) === 'between';

/** The brackets of `in ($list)`, which the engine would take for a list of one. */
export function listBrackets(tokens: readonly Token[], { at, length }: Reference): readonly Token[] {
  const [open, close] = [tokens[at - 1], tokens[at + length]];
  return wordOf(tokens[at - 2]) === 'in' && open?.text === '(' && close?.text === ')' ? [open, close] : [];
}
