/**
 * Where a statement names a spreadsheet: pure. A text or a quoted name that ends as such files do, `data/x.xlsx`, maybe with a sheet,
 * `data/x.xlsx#Sheet 2`; and whether only a table can stand there, or as well a text.
 */
import { literalOf, nameOf, type Statement, type Token, wordOf } from './lexer.ts';

/** A file of sheets, by its name. */
export const isSheet = (path: string): boolean => /\.xlsx$/i.test(path);

/** Path and sheet. */
export const SHEET_NAME = /^(.*?\.xlsx)(?:#(.+))?$/is;
/** Words after which only a table stands. */
const BEFORE_TABLE = new Set(['from', 'join', 'summarize', 'describe', 'desc', 'pivot', 'unpivot', 'table', 'using']);

export type Mention = { readonly token: Token; readonly name: string; readonly certain: boolean };

/** Pure: the spreadsheets that a statement names, or may. */
export function mentionsOf({ tokens }: Pick<Statement, 'tokens'>): readonly Mention[] {
  return tokens.flatMap((token, index) => {
    const name = token.kind === 'quoted' ? nameOf(token) : literalOf(token);
    if (name === undefined || !SHEET_NAME.test(name)) return [];
    return [{ token, name, certain: isTable(tokens, index) }];
  });
}

/** Whether only a table can stand there: behind FROM and its kin, or further on in the list that FROM begins. */
export function isTable(tokens: readonly Token[], at: number): boolean {
  if (BEFORE_TABLE.has(wordOf(tokens[at - 1]))) return true;
  if (tokens[at - 1]?.text !== ',' && tokens[at - 1]?.text !== '(') return false;
  let depth = 0;
  for (let index = at - 1; index >= 0; index -= 1) {
    const token = tokens[index]!;
    if (token.text === ')') depth += 1;
    else if (token.text === '(') {
      if (depth > 0) depth -= 1;
      // Arguments of a function, a list of values.
      else if (!BEFORE_LIST.has(wordOf(tokens[index - 1])) && tokens[index - 1]?.text !== ',') return false;
    } else if (depth === 0 && CLAUSES.has(wordOf(token))) return BEFORE_LIST.has(wordOf(token));
  }
  return false;
}

const BEFORE_LIST = new Set(['from', 'join']);
const CLAUSES = new Set([
  'select',
  'from',
  'join',
  'where',
  'by',
  'having',
  'values',
  'set',
  'on',
  'using',
  'in',
  'limit',
]);
