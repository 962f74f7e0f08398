/** Which tables a statement reads, as far as its words tell: what columns can be offered, whatever is still unfinished. */
import { quoteName } from '../arrow/names.ts';
import { nameOf, type Statement, type Token, wordOf } from './lexer.ts';

export type Reference = {
  /** What stands behind FROM, as SQL: a name, a file in quotes, a function call, a query in brackets. */
  readonly sql: string;
  /** What columns may be written behind: the alias, else the table's last name. */
  readonly alias: string;
  /** How its alias calls its columns: `(a, b)`. */
  readonly columns?: string;
  /** What stands before it in its list, as SQL: a query in brackets and a function may speak of that. */
  readonly before?: string;
};

export type Scope = {
  readonly references: readonly Reference[];
  /** The statement's WITH clause as far as its queries are closed, to go before a query about a reference. */
  readonly prefix: string;
  /** Names of the WITH clause's queries. */
  readonly queries: readonly string[];
};

/** A statement that reads more tables than this gets columns of the first ones. */
const MAX_REFERENCES = 12;
const INTRODUCES = new Set(['from', 'join', 'update', 'into', 'describe', 'summarize', 'pivot', 'unpivot']);
/** Words behind a table that are no alias. */
const CLAUSES = new Set(
  'select where group order having limit offset qualify window union intersect except on using join left right full inner outer cross natural positional asof anti semi lateral tablesample sample set values returning pivot unpivot with as'.split(
    ' ',
  ),
);

/** `offset`: of the tables that are seen there, in the paragraph's text, those of the innermost query first; else of all. */
export function scopeOf(statement: Statement, offset?: number): Scope {
  const tokens = statement.tokens;
  const textOf = (from: number, to: number): string =>
    statement.text.slice(tokens[from]!.start - statement.start, tokens[to]!.end - statement.start);
  const found: { readonly reference: Reference; readonly depth: number; readonly list: number | undefined }[] = [];
  const caret = offset === undefined ? undefined : bracketsAt(tokens, offset);
  const brackets: number[] = [];
  for (let index = 0; index < tokens.length && found.length < MAX_REFERENCES; index += 1) {
    if (tokens[index]!.text === '(') brackets.push(index);
    if (tokens[index]!.text === ')') brackets.pop();
    const isSeen = caret === undefined || brackets.every((open, depth) => caret[depth] === open);
    if (!isSeen) continue;
    if (!INTRODUCES.has(wordOf(tokens[index]))) continue;
    let at = index + 1;
    while (found.length < MAX_REFERENCES) {
      if (wordOf(tokens[at]) === 'lateral') at += 1;
      const end = referenceEnd(tokens, at, wordOf(tokens[index]) !== 'into');
      if (end === undefined) break;
      const named = aliasAt(tokens, end + 1);
      const last = tokens[end]!;
      const alias = named?.name ?? (last.text === ')' ? '' : nameOf(last));
      // A query does not see the table that it makes.
      const isAround = offset !== undefined && tokens[at]!.start < offset && offset < last.end;
      if (!isAround || last.text !== ')') {
        const sql = textOf(at, end);
        const siblings = found
          .filter((one) => one.list === brackets.at(-1))
          .map(({ reference }) => asListed(reference));
        const before = sql.includes('(') && siblings.length > 0 ? { before: siblings.join(', ') } : {};
        const columns = named?.columns === undefined ? {} : { columns: textOf(...named.columns) };
        found.push({ reference: { sql, alias, ...columns, ...before }, depth: brackets.length, list: brackets.at(-1) });
      }
      const next = named?.next ?? end + 1;
      if (tokens[next]?.text !== ',') break;
      at = next + 1;
    }
  }
  const inner = caret === undefined ? found : found.toSorted((a, b) => b.depth - a.depth);
  return { references: inner.map(({ reference }) => reference), ...withClause(tokens, textOf, offset) };
}

/** As it stands behind FROM. */
export const asListed = ({ sql, alias, columns = '' }: Reference): string =>
  alias === '' ? sql : `${sql} as ${quoteName(alias)}${columns}`;

/** The brackets that are open at a place, outermost first. */
function bracketsAt(tokens: readonly Token[], offset: number): readonly number[] {
  const open: number[] = [];
  for (const [index, { text, start }] of tokens.entries()) {
    if (start >= offset) break;
    if (text === '(') open.push(index);
    if (text === ')') open.pop();
  }
  return open;
}

/** The index of a reference's last token. `call`: brackets behind a name are a function's. */
function referenceEnd(tokens: readonly Token[], start: number, call: boolean): number | undefined {
  const first = tokens[start];
  if (!first || first.open) return undefined;
  if (first.text === '(') return closing(tokens, start);
  if (first.kind === 'string') return start;
  if (first.kind !== 'quoted' && (first.kind !== 'word' || CLAUSES.has(wordOf(first)))) return undefined;
  let end = start;
  while (tokens[end + 1]?.text === '.' && /^(word|quoted)$/.test(tokens[end + 2]?.kind ?? '')) end += 2;
  return call && tokens[end + 1]?.text === '(' ? closing(tokens, end + 1) : end;
}

function closing(tokens: readonly Token[], open: number): number | undefined {
  let depth = 0;
  for (let index = open; index < tokens.length; index += 1) {
    if (tokens[index]!.text === '(') depth += 1;
    if (tokens[index]!.text === ')') depth -= 1;
    if (depth === 0) return index;
  }
  return undefined;
}

type Alias = { readonly name: string; readonly next: number; readonly columns?: readonly [number, number] };

function aliasAt(tokens: readonly Token[], at: number): Alias | undefined {
  const explicit = wordOf(tokens[at]) === 'as';
  const token = tokens[explicit ? at + 1 : at];
  if (!token || (token.kind !== 'word' && token.kind !== 'quoted')) return undefined;
  if (!explicit && token.kind === 'word' && CLAUSES.has(wordOf(token))) return undefined;
  const next = explicit ? at + 2 : at + 1;
  const end = tokens[next]?.text === '(' ? closing(tokens, next) : undefined;
  return end === undefined
    ? { name: nameOf(token), next }
    : { name: nameOf(token), next: end + 1, columns: [next, end] };
}

/** Up to the query that `offset` is in: that one is still being written. */
function withClause(
  tokens: readonly Token[],
  textOf: (from: number, to: number) => string,
  offset = Number.POSITIVE_INFINITY,
): { prefix: string; queries: string[] } {
  const queries: string[] = [];
  if (wordOf(tokens[0]) !== 'with') return { prefix: '', queries };
  let at = wordOf(tokens[1]) === 'recursive' ? 2 : 1;
  let end: number | undefined;
  while (at < tokens.length) {
    const name = tokens[at]!;
    const as = tokens.findIndex((token, index) => index > at && wordOf(token) === 'as');
    const open = as === -1 ? -1 : tokens.findIndex((token, index) => index > as && token.text === '(');
    const close = open === -1 ? undefined : closing(tokens, open);
    if (close === undefined || offset <= tokens[close]!.start) break;
    queries.push(nameOf(name));
    end = close;
    if (tokens[close + 1]?.text !== ',') break;
    at = close + 2;
  }
  return { prefix: end === undefined ? '' : `${textOf(0, end)} `, queries };
}
