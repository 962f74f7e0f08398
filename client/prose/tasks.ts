/** `- [ ] to do`, `- [x] done`: boxes that say in which line of the text they stand, so that a click can change it there. */
import type { MarkdownIt } from 'markdown-it';

export function tasks(markdown: MarkdownIt): void {
  markdown.core.ruler.after('inline', 'tasks', ({ tokens }) => {
    for (let index = 2; index < tokens.length; index += 1) {
      const inline = tokens[index]!;
      const item = tokens[index - 2]!;
      if (inline.type !== 'inline' || tokens[index - 1]!.type !== 'paragraph_open' || item.type !== 'list_item_open')
        continue;
      const box = /^\[([ xX])\]\s+/.exec(inline.content);
      const first = inline.children?.[0];
      if (!box || first?.type !== 'text') continue;
      first.content = first.content.slice(box[0].length);
      item.attrJoin('class', 'task');
      item.meta = { checked: box[1] !== ' ', line: item.map?.[0] };
    }
  });
  markdown.renderer.rules.list_item_open = (tokens, index, options, _env, self) => {
    const open = self.renderToken(tokens, index, options);
    const meta: unknown = tokens[index]!.meta;
    if (typeof meta !== 'object' || meta === null || !('checked' in meta)) return open;
    const line = 'line' in meta && typeof meta.line === 'number' ? ` data-line="${meta.line}"` : '';
    return `${open}<input type="checkbox" disabled${line}${meta.checked === true ? ' checked' : ''}> `;
  };
}

const BOX = /^((?:\s|>)*(?:[-*+]|\d{1,9}[.)])\s+\[)([ xX])\]\s/;

/** Where the mark of the box in this line stands (0-based) and what it becomes; undefined where there is none. */
export function toggled(source: string, line: number): { readonly offset: number; readonly mark: string } | undefined {
  const lines = source.split('\n');
  const [, before, mark] = BOX.exec(lines[line] ?? '') ?? [];
  if (before === undefined) return undefined;
  const offset = lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, before.length);
  return { offset, mark: mark === ' ' ? 'x' : ' ' };
}
