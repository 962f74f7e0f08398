/** JSON, for Vega-Lite: names of members apart from values. No text goes over a line's end. */
import { type Lexer, push, type Token } from './lexer.ts';

const NEXT = /("(?:[^"\\]|\\.)*"?)(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

export const json: Lexer<''> = {
  start: '',
  line: (text) => {
    const tokens: Token[] = [];
    let at = 0;
    for (const match of text.matchAll(NEXT)) {
      const [, quoted, colon, number] = match;
      if (match.index > at) push(tokens, at, 'plain');
      if (quoted !== undefined) push(tokens, match.index, colon === undefined ? 'string' : 'name');
      else push(tokens, match.index, number === undefined ? 'keyword' : 'number');
      at = match.index + (quoted ?? match[0]).length;
    }
    if (at < text.length) push(tokens, at, 'plain');
    return { tokens, state: '' };
  },
};
