/** `- [ ] to do`, `- [x] done`: boxes that show, and are changed in the text. */
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
      item.meta = { checked: box[1] !== ' ' };
    }
  });
  markdown.renderer.rules.list_item_open = (tokens, index, options, _env, self) => {
    const open = self.renderToken(tokens, index, options);
    const meta: unknown = tokens[index]!.meta;
    if (typeof meta !== 'object' || meta === null || !('checked' in meta)) return open;
    return `${open}<input type="checkbox" disabled${meta.checked === true ? ' checked' : ''}> `;
  };
}
