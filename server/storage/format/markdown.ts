/**
 * Where CommonMark sees top-level fences and HTML blocks. The parser is markdown-it's block part alone, so that lists,
 * quotes, indented code and comments hide a fence here exactly where they hide it on the page and on GitHub.
 */
import MarkdownIt from 'markdown-it';

export type Piece =
  | {
      readonly kind: 'fence';
      /** Lines [from, to). */
      readonly from: number;
      readonly to: number;
      /** ` or ~, as often as written. */
      readonly mark: string;
      readonly content: string;
    }
  | { readonly kind: 'html'; readonly from: number; readonly to: number };

// markdown-it tries tables before fences, CommonMark and GitHub after: a fence's line with `|` in it must stay a fence.
const parser = new MarkdownIt({ html: true }).disable('table');

/** `text` has `\n` only. */
export function topLevelPieces(text: string): readonly Piece[] {
  const tokens: ReturnType<typeof parser.parse> = [];
  parser.block.parse(text, parser, {}, tokens);
  const pieces: Piece[] = [];
  for (const { type, level, map, markup, content } of tokens) {
    if (level !== 0 || !map) continue;
    if (type === 'fence') pieces.push({ kind: 'fence', from: map[0], to: map[1], mark: markup, content });
    else if (type === 'html_block') pieces.push({ kind: 'html', from: map[0], to: map[1] });
  }
  return pieces;
}
