/** Markdown, lightly: structure stands out, prose stays prose. */
import { type Lexer, push, type Token } from './lexer.ts';

/** '' outside; the fence that opened a block of code (its marks); `$$` in display math. */
export type MarkdownState = string;

const INLINE =
  /(`+)(?:.*?[^`])?\1(?!`)|(\*\*|__)(?=\S).+?\2|(!?\[[^\]]*\]\([^)\s]*(?:\s+"[^"]*")?\))|(\$[^$\s](?:[^$]*[^$\s])?\$(?!\d))|(<?https?:\/\/[^\s>)]+>?)/g;

export const markdown: Lexer<MarkdownState> = {
  start: '',
  line: (text, state) => {
    const tokens: Token[] = [];
    if (state !== '') {
      push(tokens, 0, state === '$$' ? 'number' : 'string');
      return { tokens, state: closes(text, state) ? '' : state };
    }
    const fence = /^ {0,3}(`{3,}|~{3,})/.exec(text)?.[1];
    if (fence) {
      push(tokens, 0, 'comment');
      return { tokens, state: fence };
    }
    if (/^\s*\$\$/.test(text)) {
      push(tokens, 0, 'number');
      return { tokens, state: /\$\$.*\$\$/.test(text) ? '' : '$$' };
    }
    if (/^ {0,3}#{1,6}(\s|$)/.test(text)) {
      push(tokens, 0, 'heading');
      return { tokens, state: '' };
    }
    const lead = /^\s*(?:>\s?|[-*+]\s+(?:\[[ xX]\]\s)?|\d+[.)]\s+)+|^\s*\|?\s*:?-{3,}.*$/.exec(text)?.[0].length ?? 0;
    if (lead > 0) push(tokens, 0, 'comment');
    inline(text, lead, tokens);
    return { tokens, state: '' };
  },
};

function inline(text: string, from: number, tokens: Token[]): void {
  let at = from;
  INLINE.lastIndex = from;
  for (let match = INLINE.exec(text); match; match = INLINE.exec(text)) {
    if (match.index > at) push(tokens, at, 'plain');
    const [, code, strong, , math] = match;
    push(tokens, match.index, code ? 'string' : strong ? 'strong' : math ? 'number' : 'name');
    at = match.index + match[0].length;
    if (match[0] === '') INLINE.lastIndex += 1;
  }
  if (at < text.length) push(tokens, at, 'plain');
}

function closes(text: string, state: MarkdownState): boolean {
  if (state === '$$') return text.includes('$$');
  const marks = /^ {0,3}(`{3,}|~{3,})\s*$/.exec(text)?.[1];
  return marks !== undefined && marks[0] === state[0] && marks.length >= state.length;
}
