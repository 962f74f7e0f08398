/**
 * Markdown as HTML. HTML in the text is shown as text (`html: false`), code is coloured by functions that escape, links
 * and pictures pass `links.ts`: so nothing needs to be cleaned afterwards.
 */
import markdownIt, { type MarkdownIt } from 'markdown-it';
import { colour } from '../editor/colour.ts';
import { links, type ProseEnv } from './links.ts';
import { math } from './math.ts';
import type { HeldPictures } from './pictures.ts';
import { tasks } from './tasks.ts';

export type Rendered = {
  readonly html: string;
  readonly hasMath: boolean;
  /** Languages of its fences. */
  readonly languages: readonly string[];
};

/** `held`: its pictures, where no server is asked for them. */
export type Renderer = (source: string, folder?: string, held?: HeldPictures) => Rendered;

export function createRenderer(): Renderer {
  const markdown = markdownIt({
    html: false,
    linkify: true,
    highlight: (code, language) => colour(code, language),
  });
  // `notes.md` is a file, not a host in Moldova.
  markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
  markdown.use(math).use(tasks).use(links).use(headings);
  markdown.renderer.rules.table_open = () => '<div class="reading-table"><table>';
  markdown.renderer.rules.table_close = () => '</table></div>';
  return (source, folder = '', held) => {
    const env: ProseEnv = { folder, held };
    const tokens = markdown.parse(source, env);
    const languages = tokens.flatMap(({ type, info }) => (type === 'fence' && info ? [info.split(/\s/)[0]!] : []));
    const hasMath = tokens.some((token) => token.children?.some(({ type }) => type === 'math'));
    return { html: markdown.renderer.render(tokens, markdown.options, env), hasMath, languages };
  };
}

/** Ids for the outline. They begin with a word of ours, so that no text can shadow names that the page uses. */
function headings(markdown: MarkdownIt): void {
  markdown.core.ruler.push('headings', ({ tokens }) => {
    const taken = new Map<string, number>();
    tokens.forEach((token, index) => {
      if (token.type !== 'heading_open') return;
      const slug = slugOf(tokens[index + 1]?.content ?? '');
      const count = (taken.get(slug) ?? 0) + 1;
      taken.set(slug, count);
      token.attrSet('id', count === 1 ? slug : `${slug}-${count}`);
    });
  });
}

export const slugOf = (text: string): string =>
  `heading-${text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')}`;
