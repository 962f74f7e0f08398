/** Brackets of a text that is no program: which one is not closed. Texts, templates, comments and patterns have none. */
import { type Options, tokenizer, tokTypes } from 'acorn';

export type Bracket = { readonly text: string; readonly start: number; readonly closer: string };
export type Unclosed = {
  readonly bracket: Bracket;
  /** Where another bracket is closed in its place; absent: the text ends. */
  readonly at?: number;
};

/** The innermost bracket that is not closed; undefined where all are, or the text can't be read to there. */
export function unclosed(source: string, options: Options): Unclosed | undefined {
  const open: Bracket[] = [];
  try {
    for (const { type, start, end } of tokenizer(source, options)) {
      const closer = CLOSERS.get(type);
      if (closer !== undefined) open.push({ text: source.slice(start, end), start, closer });
      else if (ENDS.has(type)) {
        const last = open.pop();
        if (!last) return undefined;
        if (last.closer !== source.slice(start, end)) return { bracket: last, at: start };
      }
    }
  } catch {
    return undefined;
  }
  const last = open.at(-1);
  return last && { bracket: last };
}

const CLOSERS: ReadonlyMap<unknown, string> = new Map([
  [tokTypes.parenL, ')'],
  [tokTypes.bracketL, ']'],
  [tokTypes.braceL, '}'],
  [tokTypes.dollarBraceL, '}'],
]);
const ENDS: ReadonlySet<unknown> = new Set([tokTypes.parenR, tokTypes.bracketR, tokTypes.braceR]);
