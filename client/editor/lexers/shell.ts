/** bash: commands stand out at their places, variables in words and texts, here-documents to their ends. */
import { type Lexer, push, type Token, type TokenType } from './lexer.ts';

/** '' outside; `"` or `'` in a text; `<EOF` in a here-document up to that word, `=EOF` in one whose variables count. */
export type ShellState = string;

const KEYWORDS = new Set(
  'if then else elif fi for while until do done case esac in function select time coproc [[ ]] ! { }'.split(' '),
);
/** After these a command comes, as at the start. */
const BEFORE_COMMAND = new Set('if then else elif while until do time ! {'.split(' '));

const NEXT =
  /(#.*)|(<<-?\s*(?:'([^']+)'|"([^"]+)"|\\?([\w-]+)))|(["'])|(\$\{[^}]*\}|\$[\p{L}_][\p{L}\p{N}_]*|\$[0-9@*#?$!-])|(\$\(|[;|&(]+)|([\p{L}_][\p{L}\p{N}_]*\+?=)|([^\s"'$;|&()<>\\]+)|(\\.)/uy;

export const shell: Lexer<ShellState> = {
  start: '',
  line: (text, before) => {
    const tokens: Token[] = [];
    if (before.startsWith('<') || before.startsWith('=')) return document(text, before);
    let state = before;
    let following = '';
    let isCommand = state === '';
    let at = 0;
    while (at < text.length) {
      if (state !== '') {
        const end = quoted(text, at, state, tokens);
        if (end < 0) return { tokens, state };
        state = '';
        at = end;
        continue;
      }
      NEXT.lastIndex = at;
      const match = NEXT.exec(text);
      const isValue = text[at - 1] === '=';
      const isStart = at === 0 || /[\s;|&(]/.test(text[at - 1]!);
      if (!match || (match[1] !== undefined && !isStart)) {
        push(tokens, at, 'plain');
        at += 1;
        continue;
      }
      const [whole, comment, here, single, double, bare, quote, variable, operator, assignment, word] = match;
      if (comment !== undefined) push(tokens, at, 'comment');
      else if (here !== undefined) {
        push(tokens, at, 'string');
        following = bare === undefined ? `<${single ?? double}` : `=${bare}`;
      } else if (quote !== undefined) state = quote;
      else if (variable !== undefined) push(tokens, at, 'number');
      else if (operator !== undefined) push(tokens, at, 'plain');
      else if (word !== undefined) push(tokens, at, wordType(word, isCommand && !isValue));
      else push(tokens, at, 'plain');
      if (quote !== undefined) push(tokens, at, 'string');
      if (operator !== undefined) isCommand = true;
      else if (word !== undefined && !isValue) isCommand &&= BEFORE_COMMAND.has(word);
      else if (assignment === undefined && !isValue) isCommand = false;
      at += whole.length;
    }
    return { tokens, state: state === '' ? following : state };
  },
};

function wordType(word: string, isCommand: boolean): TokenType {
  if (KEYWORDS.has(word) && (isCommand || word === 'in' || word === ']]' || word === '}')) return 'keyword';
  if (isCommand) return 'name';
  return /^\d+$/.test(word) ? 'number' : 'plain';
}

const VARIABLE = /\\.|\$\{[^}]*\}|\$[\p{L}_][\p{L}\p{N}_]*|\$[0-9@*#?$!]|"/gu;

/** Just behind the quote that ends the text, −1 if this line does not. */
function quoted(text: string, from: number, quote: string, tokens: Token[]): number {
  push(tokens, from, 'string');
  if (quote === "'") {
    const end = text.indexOf("'", from);
    return end < 0 ? -1 : end + 1;
  }
  VARIABLE.lastIndex = from;
  for (let match = VARIABLE.exec(text); match; match = VARIABLE.exec(text)) {
    const end = match.index + match[0].length;
    if (match[0] === '"') return end;
    if (match[0].startsWith('\\')) continue;
    push(tokens, match.index, 'number');
    if (end < text.length) push(tokens, end, 'string');
  }
  return -1;
}

function document(text: string, state: ShellState): { tokens: Token[]; state: ShellState } {
  const tokens: Token[] = [];
  if (text.trim() === state.slice(1)) return { tokens: [{ start: 0, type: 'string' }], state: '' };
  push(tokens, 0, 'string');
  if (state.startsWith('=')) {
    for (const match of text.matchAll(/(?<!\\)(?:\$\{[^}]*\}|\$[\p{L}_][\p{L}\p{N}_]*)/gu)) {
      push(tokens, match.index, 'number');
      const end = match.index + match[0].length;
      if (end < text.length) push(tokens, end, 'string');
    }
  }
  return { tokens, state };
}
