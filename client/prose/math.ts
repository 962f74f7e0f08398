/** `$…$` and `$$…$$` in Markdown become elements that hold the TeX as plain text; KaTeX fills them once it is there. */
import type { MarkdownIt } from 'markdown-it';

const DOLLAR = 36;

export function math(markdown: MarkdownIt): void {
  markdown.inline.ruler.after('escape', 'math', (state, silent) => {
    const { src, pos } = state;
    if (src.charCodeAt(pos) !== DOLLAR) return false;
    const display = src.startsWith('$$', pos);
    const open = pos + (display ? 2 : 1);
    const close = display ? src.indexOf('$$', open) : closing(src, open);
    if (close < 0 || src.slice(open, close).trim() === '') return false;
    if (!silent) {
      const token = state.push('math', '', 0);
      token.content = src.slice(open, close).trim();
      token.markup = display ? '$$' : '$';
    }
    state.pos = close + (display ? 2 : 1);
    return true;
  });
  markdown.renderer.rules.math = (tokens, index) => {
    const { content, markup } = tokens[index]!;
    const display = markup === '$$' ? ' math-display' : '';
    return `<span class="math${display}">${markdown.utils.escapeHtml(content)}</span>`;
  };
}

/** As Pandoc has it, so that prices stay prices: no space inside the dollars, no digit behind them. */
function closing(src: string, open: number): number {
  if (/\s/.test(src[open] ?? ' ')) return -1;
  for (let at = open; at < src.length; at += 1) {
    if (src[at] === '\\') at += 1;
    else if (src.charCodeAt(at) === DOLLAR) {
      return at > open && !/\s/.test(src[at - 1]!) && !/\d/.test(src[at + 1] ?? '') ? at : -1;
    }
  }
  return -1;
}
