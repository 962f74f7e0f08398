/**
 * TypeScript and JavaScript. Between lines it remembers what is open: a comment, and templates with the braces of the
 * expressions in them. Whether `/` divides or begins a pattern is told by what stands before it in the line.
 */
import { type Lexer, push, type Token, type TokenType } from './lexer.ts';

/** What is open, innermost last: `*` a comment, `` ` `` a template, `{` a brace inside a template's expression. */
export type TypeScriptState = string;

const KEYWORDS = new Set(
  `abstract await break case catch class const continue debugger default delete do else export extends false finally for
  function if implements import in instanceof interface let new null private protected public return static super switch this
  throw true try typeof undefined var void while yield`.split(/\s+/),
);
/** Words that are names unless another word follows. */
const CONTEXTUAL = new Set(
  'as async asserts declare from get infer is keyof namespace of override readonly satisfies set type unique'.split(
    ' ',
  ),
);
const TYPES = new Set('any bigint boolean never number object string symbol unknown void'.split(' '));

const NEXT =
  /(\/\/.*)|(\/\*)|('(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?)|(`)|(\d[\d_]*(?:\.[\d_]+)?(?:[eE][+-]?\d+)?n?|0[xXbBoO][\da-fA-F_]+n?|\.\d[\d_]*)|(@?[\p{L}_$][\p{L}\p{M}\p{N}_$]*)|([{}])/uy;
const PATTERN = /\/(?![*/])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
/** Before a pattern stands the start, an operator, or a word after which a value comes. */
const BEFORE_PATTERN = /(?:^|[(,=:[!&|?{};+\-*%<>~^]|=>|\b(?:return|typeof|case|in|of|await|yield|delete|void))\s*$/;

export const typescript: Lexer<TypeScriptState> = {
  start: '',
  line: (text, before) => {
    const tokens: Token[] = [];
    let state = before;
    let at = 0;
    while (at < text.length) {
      const open = state.at(-1);
      if (open === '*' || open === '`') {
        push(tokens, at, open === '*' ? 'comment' : 'string');
        const end = open === '*' ? text.indexOf('*/', at) : endOfTemplate(text, at);
        if (end < 0) return { tokens, state };
        if (open === '`' && text[end] === '$') {
          push(tokens, end, 'plain');
          state += '{';
        } else state = state.slice(0, -1);
        at = end + (text[end] === '`' ? 1 : 2);
        continue;
      }
      const end = endOfPattern(text, at);
      if (end > at) {
        push(tokens, at, 'string');
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
      const [whole, comment, block, quoted, template, number, word, brace] = match;
      if (comment !== undefined || block !== undefined) push(tokens, at, 'comment');
      else if (quoted !== undefined || template !== undefined) push(tokens, at, 'string');
      else if (number !== undefined) push(tokens, at, 'number');
      else if (word !== undefined) push(tokens, at, wordType(text, at, at + word.length));
      else push(tokens, at, 'plain');
      if (block !== undefined) state += '*';
      else if (template !== undefined) state += '`';
      else if (brace === '{' && state !== '') state += '{';
      else if (brace === '}' && state !== '') state = state.slice(0, -1);
      at += whole.length;
    }
    return { tokens, state };
  },
};

function endOfPattern(text: string, at: number): number {
  if (text[at] !== '/' || !BEFORE_PATTERN.test(text.slice(Math.max(0, at - 40), at))) return at;
  PATTERN.lastIndex = at;
  return PATTERN.test(text) ? PATTERN.lastIndex : at;
}

/** Where a template ends or an expression in it begins; −1 if neither in this line. */
function endOfTemplate(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '`' || (text[at] === '$' && text[at + 1] === '{')) return at;
  }
  return -1;
}

function wordType(text: string, start: number, end: number): TokenType {
  const word = text.slice(start, end);
  const before = text.slice(0, start).trimEnd();
  const behind = text.slice(end).trimStart();
  const isMember = /(?<!\.\.)[.]$/.test(before);
  if (!isMember && KEYWORDS.has(word))
    return behind[0] === ':' && (word !== 'default' || before.endsWith(',')) ? 'plain' : 'keyword';
  if (!isMember && CONTEXTUAL.has(word) && /^[\p{L}_$[{*'"(]/u.test(behind) && behind[0] !== '(') return 'keyword';
  if (TYPES.has(word) && /[:|<&]$/.test(before)) return 'keyword';
  return /^(?:\?\.)?[(`]/.test(behind) || /^[A-Z]/.test(word) || word.startsWith('@') ? 'name' : 'plain';
}
