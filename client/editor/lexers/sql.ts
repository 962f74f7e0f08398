/** SQL as DuckDB speaks it: `"name"`, `'text'`, `E'…'`, `$tag$ … $tag$`, `$parameter`, and forms `${day=…}`. */
import { type Lexer, push, type Token } from './lexer.ts';

/** Words that mean something by themselves; functions are known by the parenthesis behind them. */
const KEYWORDS = new Set(
  `all alter always analyze and anti any array as asc asof at attach begin between by call cascade case cast check checkpoint
  collate column columns commit constraint copy create cross current cube cycle database deallocate default delete desc describe
  detach distinct do drop else end enum escape except exclude execute exists explain export extension false fetch filter first
  following for force foreign format from full function generated glob global group grouping groups having if ignore ilike import in
  include index inner insert install intersect interval into is isnull join key lambda last lateral left like limit load local
  macro map materialized minus name natural no not nothing notnull null nulls of offset on only or order ordinality outer over
  overwrite parallel partition percent persistent pivot pivot_longer pivot_wider positional pragma preceding prepare primary
  qualify range recursive references rename repeatable replace reset respect returning right rollback rollup row rows sample
  schema secret select semi sequence set sets show similar some start stored struct summarize symmetric table tables tablesample
  temp temporary ties then to transaction true truncate type unbounded union unique unpivot update use using vacuum values
  variable view virtual when where window with within without`.split(/\s+/),
);
const TYPES = new Set(
  `bigint bignum bit blob bool boolean char date datetime decimal double float hugeint int integer json numeric real smallint
  string text time timestamp timestamptz tinyint ubigint uhugeint uinteger usmallint utinyint uuid varchar`.split(
    /\s+/,
  ),
);

/** '' outside; `comment`; `'` or `"` inside quotes; `E` in an escape string; `$tag$` inside a dollar-quoted text. */
export type SqlState = string;

const NEXT =
  /(--.*)|(\/\*)|([eE]')|(['"])|(\$[\p{L}_\d]*\$)|(\$[\p{L}_\d]+|\$\{[^}]*\})|(\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d+)?|\.\d[\d_]*(?:[eE][+-]?\d+)?)|([\p{L}_][\p{L}\p{M}_\d$]*)/uy;

export const sql: Lexer<SqlState> = {
  start: '',
  line: (text, before) => {
    const tokens: Token[] = [];
    let state = before;
    let at = 0;
    while (at < text.length) {
      if (state !== '') {
        const end = endOf(text, at, state);
        push(tokens, at, state === 'comment' ? 'comment' : state === '"' ? 'plain' : 'string');
        if (end < 0) return { tokens, state };
        state = '';
        at = end;
        continue;
      }
      NEXT.lastIndex = at;
      const match = NEXT.exec(text);
      if (!match) {
        push(tokens, at, 'plain');
        at += 1;
        continue;
      }
      const [whole, comment, block, escaped, quote, dollar, parameter, number] = match;
      const end = at + whole.length;
      if (comment !== undefined) push(tokens, at, 'comment');
      else if (block !== undefined) state = open(tokens, at, 'comment');
      else if (escaped !== undefined) state = open(tokens, at, 'E');
      else if (quote !== undefined) state = open(tokens, at, quote);
      else if (dollar !== undefined) state = open(tokens, at, dollar);
      else if (parameter !== undefined || number !== undefined) push(tokens, at, 'number');
      else push(tokens, at, wordType(text, at, end));
      at = end;
    }
    return { tokens, state };
  },
};

function open(tokens: Token[], at: number, state: SqlState): SqlState {
  push(tokens, at, state === 'comment' ? 'comment' : state === '"' ? 'plain' : 'string');
  return state;
}

function wordType(text: string, start: number, end: number): Token['type'] {
  const lower = text.slice(start, end).toLowerCase();
  const behind = text.slice(end, end + 8);
  const called = /^\s*\(/.test(behind);
  if (KEYWORDS.has(lower)) return called && CALLABLE.has(lower) ? 'name' : 'keyword';
  if (TYPES.has(lower) && isType(text.slice(Math.max(0, start - 8), start), behind)) return 'keyword';
  return called ? 'name' : 'plain';
}

/** `date` is a type behind `::`, in `cast(x as date)` and before a text, else likely a column. */
const isType = (before: string, behind: string): boolean =>
  /::\s*$/.test(before) || /^\s+'/.test(behind) || (/\bas\s+$/i.test(before) && /^\s*[()[]/.test(behind));

/** Keywords that are functions when they are called. */
const CALLABLE = new Set([
  'first',
  'last',
  'left',
  'right',
  'map',
  'replace',
  'range',
  'glob',
  'format',
  'if',
  'any',
  'struct',
  'array',
  'row',
]);

/** Just behind the end of what `state` opened, −1 if this line does not end it. */
function endOf(text: string, from: number, state: SqlState): number {
  if (state === 'comment') return after(text.indexOf('*/', from), 2);
  if (state.startsWith('$')) return after(text.indexOf(state, from), state.length);
  const quote = state === 'E' ? "'" : state;
  for (let at = from; at < text.length; at += 1) {
    if (state === 'E' && text[at] === '\\') at += 1;
    else if (text[at] === quote) {
      if (text[at + 1] !== quote) return at + 1;
      at += 1;
    }
  }
  return -1;
}

const after = (at: number, length: number): number => (at < 0 ? -1 : at + length);
